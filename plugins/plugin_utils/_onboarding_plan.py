# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Put together what an onboarding run has to do, from what the apps, the tenant and the store say. Pure.

What a run knows is a mapping, ``facts``:

- ``apps``: as ``complete_apps`` returns them.
- ``clients``: the answer of vantage_client for all of them in check mode.
- ``keeps``: whether the store can say what it holds.
- ``held``: the store's entries by name, without values.
- ``checks``: the answers of vantage_client_secret in check mode, one per chunk.
- ``reserved``: the store's answer to the reservation, empty before it.
- ``prune``: whether clients that no app names are to go.
- ``tenant_id``, ``now`` (the server's time), ``size`` (apps in a batch).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment

Facts = dict[str, Any]
# A check costs one request per app and writes nothing, so its steps may be longer than those of the writes.
BATCHES_PER_CHECK = 10
# A server's clock that is less than three seconds behind is taken to agree, and what began within a second and a half of a moment for older.
CLOCK_GRAIN = timedelta(seconds=5)
EXISTING = ("unchanged", "updated")


def name_of_entry(client_id: str, description: str) -> str:
    """Return under which name a store keeps a secret; two secrets never share one."""
    return f"{client_id.replace('%', '%25').replace('/', '%2F')}/{description}"


def secrets_to_check(facts: Facts) -> list[list[dict[str, Any]]]:
    """Return the arguments of vantage_client_secret for the secrets of clients that are there, in chunks."""
    actions = planned_actions(facts)
    items = [
        check_item(secret, facts)
        for app in facts["apps"]
        if app["state"] == "present" and actions.get(app["client_id"]) in EXISTING
        for secret in app["secrets"]
    ]
    size = facts["size"] * BATCHES_PER_CHECK
    return [items[start : start + size] for start in range(0, len(items), size)]


def check_item(secret: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Return one secret with what the store holds of it."""
    item = {key: value for key, value in secret.items() if key != "verify"}
    if not facts["keeps"] or secret["state"] == "absent":
        return item
    held = held_entry(secret, facts)
    item["held_id"] = held.get("id") or ""
    if held.get("orphaned_after"):
        item["orphaned_after"] = held["orphaned_after"]
    return item


def entries_to_reserve(facts: Facts) -> dict[str, Any]:
    """Return the store's changes that say "a secret is about to be made here", for those that it knows nothing of."""
    entries = {}
    for item in work_items(facts):
        for secret in item["secrets"]:
            if secret["todo"] == "make" and secret["name"] not in facts["held"]:
                entries[secret["name"]] = {
                    "client_id": item["client_id"],
                    "description": secret["args"].get("description", ""),
                    "tenant_id": facts["tenant_id"],
                    "reserved_at": facts["now"],
                }
    return {"entries": entries, "expect": dict.fromkeys(entries), "remove": [], "needed": needs_store(facts)}


def needs_store(facts: Facts) -> bool:
    """Return whether this run is going to write to the store."""
    return any(secret["todo"] in ("make", "delete") for item in work_items(facts) for secret in item["secrets"]) or any(
        item["leftovers"] for item in work_items(facts)
    )


def batches(facts: Facts) -> list[dict[str, Any]]:
    """Return the apps that need work in portions, each with what it takes to do it."""
    items = work_items(facts)
    size, total = facts["size"], len(facts["apps"])
    of = f"of {len(items):,}" if len(items) == total else f"of {len(items):,} that need work, of {total:,} in all"
    return [
        {"label": f"apps {start + 1:,}-{min(start + size, len(items)):,} {of}", "items": items[start : start + size]} for start in range(0, len(items), size)
    ]


def work_items(facts: Facts) -> list[dict[str, Any]]:
    """Return the apps that need work."""
    return [item for item in all_items(facts) if item["work"]]


def all_items(facts: Facts) -> list[dict[str, Any]]:
    """Return every app with what was found of it and what is to be done."""
    results = {result["client_id"]: result for result in facts["clients"].get("results", [])}
    checks = {(result["client_id"], result["description"]): result for answer in facts["checks"] for result in answer.get("results", [])}
    broken = next((answer["msg"] for answer in facts["checks"] if "results" not in answer and answer.get("msg")), "")
    by_client: dict[str, dict[str, Any]] = {}
    for name, entry in facts["held"].items():
        by_client.setdefault(entry.get("client_id", ""), {})[name] = entry
    items = []
    for app in facts["apps"]:
        result = results.get(app["client_id"], {"action": "failed", "msg": facts["clients"].get("msg", "")})
        failed = result["action"] == "failed"
        secrets = [] if failed else [planned_secret(secret, result["action"], checks, broken, facts) for secret in app["secrets"]]
        leftovers = by_client.get(app["client_id"], {}) if app["state"] == "absent" else {}
        work = not failed and (result["action"] != "unchanged" or bool(leftovers) or any(secret["todo"] for secret in secrets))
        items.append(
            {
                "client_id": app["client_id"],
                "client": app["client"],
                "action": result["action"],
                "msg": result["msg"] if failed else "",
                "secrets": secrets,
                "leftovers": leftovers,
                "work": work,
            }
        )
    return items


def planned_secret(secret: dict[str, Any], client_action: str, checks: dict[Any, Any], broken: str, facts: Facts) -> dict[str, Any]:
    """Return one secret with what is to be done: make, retire, delete, or nothing (empty)."""
    name = name_of_entry(secret["client_id"], secret.get("description", ""))
    held = held_entry(secret, facts)
    planned = {"name": name, "args": secret, "held": held, "known": name in facts["held"], "todo": "", "msg": "", "retired": [], "secret": {}}
    if client_action == "created":
        check = {"action": "unchanged", "reason": "absent"} if secret["state"] == "absent" else {"action": "created", "reason": "absent"}
    else:
        check = checks.get((secret["client_id"], secret.get("description", "")), {"action": "failed", "msg": broken or "The secret was not read."})
    planned.update({key: check[key] for key in ("action", "reason", "retired", "secret") if key in check})
    if check["action"] == "failed":
        planned["msg"] = check["msg"]
    elif secret["state"] == "absent":
        planned["todo"] = "delete" if check["action"] == "deleted" or planned["known"] else ""
    elif check["action"] in ("created", "renewed"):
        planned["todo"] = "make"
        reserved = facts["reserved"]
        unmarked = {**entries_failed(reserved), **(reserved.get("doubtful") or {})}
        if (reserved.get("refused") or {}).get(name, {}).get("id"):
            planned.update(action="failed", todo="", msg="Another run has delivered this secret meanwhile; run again to see that all is well.")
        elif name in unmarked:
            planned.update(action="failed", todo="", msg=f"It was not made, since the store cannot be written. {unmarked[name]}")
    elif check.get("retired"):
        planned["todo"] = "retire"
    return planned


def held_entry(secret: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Return the store's entry of a secret as it is after the reservation; empty when there is none."""
    name = name_of_entry(secret["client_id"], secret.get("description", ""))
    reserved = facts["reserved"]
    for entries in (reserved.get("refused", {}), reserved.get("entries", {}), facts["held"]):
        if name in entries:
            return dict(entries[name])
    return {}


def orphans_since(held: dict[str, Any]) -> str | None:
    """Return from when on a secret that the store does not hold was made by a run that died before it could deliver it."""
    if held.get("id"):
        return held.get("start_time") or held.get("orphaned_after")
    if held.get("reserved_at"):
        return timestamp_from_moment(moment_from_timestamp(held["reserved_at"]) - CLOCK_GRAIN)
    return None


def planned_actions(facts: Facts) -> dict[str, str]:
    """Return what is to become of each client."""
    return {result["client_id"]: result["action"] for result in facts["clients"].get("results", [])}


def clients_to_prune(facts: Facts) -> list[dict[str, Any]]:
    """Return the arguments of vantage_client that delete the clients that no app names."""
    named = {app["client_id"] for app in facts["apps"]}
    return [{"client_id": result["client_id"], "state": "absent"} for result in facts["clients"].get("results", []) if result["client_id"] not in named]


def clients_to_seek(facts: Facts) -> list[dict[str, Any]]:
    """Return the arguments of vantage_client in check mode that find out which clients are there of those that only the store knows.

    Such a one is spared from pruning, or was pruned by a run that could not tell the store any more.
    """
    found = {result["client_id"] for result in facts["clients"].get("results", [])}
    known = {entry["client_id"] for entry in facts["held"].values() if entry.get("client_id")} if facts["prune"] else set()
    return [{"client_id": client_id, "state": "absent"} for client_id in sorted(known - found)]


def entries_to_prune(facts: Facts) -> dict[str, Any]:
    """Return the store's changes that remove the entries of clients that are gone.

    :param facts: with ``pruned``, the answer to deleting them, and ``sought``, the answer to seeking those that only the store knows.
    """
    gone = {result["client_id"] for result in facts["pruned"].get("results", []) if result["action"] in ("deleted", "unchanged")}
    gone |= {result["client_id"] for result in facts["sought"].get("results", []) if result["action"] == "unchanged"}
    expect = {name: entry.get("id") or "" for name, entry in facts["held"].items() if entry.get("client_id") in gone}
    return {"entries": {}, "remove": list(expect), "expect": expect}


def foreign_entries(facts: Facts) -> list[str]:
    """Return the names of store entries that belong to another tenant."""
    own = plain_tenant(facts["tenant_id"])
    return [name for name, entry in facts["held"].items() if own and entry.get("tenant_id") and plain_tenant(entry["tenant_id"]) != own]


def plain_tenant(tenant_id: str) -> str:
    """Return the id in the one of its two writings that has no hyphens."""
    return tenant_id.replace("-", "").lower()


def entries_failed(answer: dict[str, Any]) -> dict[str, str]:
    """Return by name why a store did not take entries; ``failed`` is also how ansible-core says that a whole task has."""
    failed = answer.get("failed")
    return failed if isinstance(failed, dict) else {}
