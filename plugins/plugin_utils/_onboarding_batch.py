# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Follow the secrets of one batch from making to retiring, and say what each next task has to do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import entries_failed, orphans_since

Secret = dict[str, Any]
FASTER = "Another run has delivered this secret meanwhile; the one that was made here is taken back."


class Answer:
    """What a task said of a batch; empty when it has not run.

    :ivar msg: why it failed as a whole; empty otherwise.
    :ivar results: by client, or by client and description, for those that work on many things; None when it failed as a whole.
    :ivar entries: by name, for those of a store; None when it failed as a whole.
    :ivar refused: the store's entries that were not as expected.
    :ivar failed: by name, why the store did not take an entry.
    :ivar doubtful: by name, why it is not known whether it has.
    """

    def __init__(self, raw: dict[str, Any] | None) -> None:
        given = raw or {}
        self.msg = str(given.get("msg") or "")
        self.results: dict[Any, Secret] | None = None
        if "results" in given:
            self.results = {
                (result["client_id"], result["description"]) if "description" in result else result["client_id"]: result for result in given["results"]
            }
        self.entries: dict[str, Secret] | None = given.get("entries")
        self.refused: dict[str, Secret] = given.get("refused") or {}
        self.failed = entries_failed(given)
        self.doubtful: dict[str, str] = given.get("doubtful") or {}

    def result(self, key: Any) -> Secret:
        """Return one result; empty when there is none."""
        return (self.results or {}).get(key, {})

    def entry(self, name: str) -> Secret:
        """Return one entry; empty when there is none."""
        return (self.entries or {}).get(name, {})


class BatchFacts:
    """What is known of a batch so far.

    :ivar items: its apps, as ``batches`` has put them together.
    :ivar keeps: whether the store can say what it holds.
    :ivar blind: whether the store never shows the values that it holds.
    :ivar check: whether nothing may be written.
    :ivar given_up: whether nothing is tried any more.
    :ivar store_trouble: why the store could not be written in an earlier batch; empty when it could.
    :ivar now: the server's time.
    :ivar clients: the answer of vantage_client.
    :ivar previous: the store's entries of the secrets that are to be replaced, with their values.
    :ivar made: the answer of vantage_client_secret that made new ones.
    :ivar kept: the store's answer to writing them, with their values as read back.
    :ivar read: the store's entries of the secrets whose older generations are to go, with their values.
    :ivar retired: the answer of vantage_client_secret that tried the values and deleted older generations.
    :ivar settled: the store's answer to the last changes.
    :ivar taken_back: the answer of vantage_client_secret that deleted what could not be kept.
    """

    def __init__(self, facts: dict[str, Any]) -> None:
        self.items: list[dict[str, Any]] = facts["batch"]["items"]
        self.tenant_id: str = facts["tenant_id"]
        self.keeps: bool = facts["keeps"]
        self.blind: bool = facts.get("blind", False)
        self.check: bool = facts["check"]
        self.given_up: bool = facts["given_up"]
        self.store_trouble: str = facts["store_trouble"]
        self.now: str = facts["now"]
        self.clients = Answer(facts.get("clients"))
        self.previous = Answer(facts.get("previous"))
        self.made = Answer(facts.get("made"))
        self.kept = Answer(facts.get("kept"))
        self.read = Answer(facts.get("read"))
        self.retired = Answer(facts.get("retired"))
        self.settled = Answer(facts.get("settled"))
        self.taken_back = Answer(facts.get("taken_back"))


def key_of(secret: Secret) -> tuple[str, str]:
    """Return how results name a secret."""
    return secret["args"]["client_id"], secret["args"].get("description", "")


def was_dead(facts: BatchFacts) -> bool:
    """Return whether the tenant did not answer at all, so that the batches after it may well be spared."""
    return any(answer.results is None and bool(answer.msg) for answer in (facts.clients, facts.made))


def trouble_of_store(facts: BatchFacts) -> str:
    """Return why the store could not be written at all; empty when it could, or was not to be."""
    return facts.kept.msg if facts.kept.entries is None else ""


def clients_to_write(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the arguments of vantage_client for those apps of a batch whose clients change."""
    return [{**item["client"], "known_absent": item["action"] == "created"} for item in items if item["action"] != "unchanged"]


def secrets_to_make(facts: BatchFacts) -> list[Secret]:
    """Return the arguments of vantage_client_secret that make new secrets."""
    items: list[Secret] = []
    if facts.store_trouble:
        return items
    for item, secret in todo(facts, "make"):
        if facts.check and item["action"] == "created":
            # A client that is not there cannot be asked.
            continue
        held = {"held_id": secret["held"].get("id") or ""} if facts.keeps else {}
        args = dict(secret["args"])
        if secret["reason"] != "absent":
            # Who reads the store needs a value that works now: only the very first may begin later.
            args.pop("start_time", None)
        # The answer says then what may go once the new one is delivered.
        since = orphans_since(secret["held"]) if facts.keeps else None
        items.append({**args, **held, "prune": "none", **({"orphaned_after": since} if since else {})})
    return items


def needs_retiring(facts: BatchFacts) -> bool:
    """Return whether a value has to be tried or a secret to be deleted."""
    return bool(names_to_read(facts) or secrets_to_retire(facts))


def needs_settling(facts: BatchFacts) -> bool:
    """Return whether there is anything left to bring into line."""
    changes = entries_to_settle(facts)
    return bool(changes["entries"] or changes["remove"] or secrets_to_take_back(facts))


def names_to_replace(items: list[dict[str, Any]]) -> list[str]:
    """Return the store's names of secrets that work now and are to be replaced, so that they can be put back."""
    return [secret["name"] for item in items for secret in item["secrets"] if secret["todo"] == "make" and secret["held"].get("id")]


def entries_to_keep(facts: BatchFacts) -> dict[str, Any]:
    """Return the store's changes that deliver the new secrets."""
    entries, expect = {}, {}
    for _item, secret in todo(facts, "make"):
        made = made_secret(secret, facts)
        if made and not missing_previous(secret, facts):
            entries[secret["name"]] = entry_of(secret, made, facts)
            expect[secret["name"]] = secret["held"].get("id") or ""
    return {"entries": entries, "remove": [], "expect": expect}


def entry_of(secret: Secret, made: Secret, facts: BatchFacts) -> Secret:
    """Return what the store keeps of a new secret."""
    entry = {
        "client_id": secret["args"]["client_id"],
        "description": made["description"],
        "tenant_id": facts.tenant_id,
        "id": made["id"],
        "value": made["value"],
        "start_time": made["start_time"],
        "expiration": made["expiration"],
    }
    since = orphans_since(secret["held"])
    return {**entry, "orphaned_after": since} if since else entry


def names_to_read(facts: BatchFacts) -> list[str]:
    """Return the store's names of the secrets that stay and whose older generations are to go."""
    return [secret["name"] for _item, secret in todo(facts, "retire")] if facts.keeps and not facts.blind and not facts.check else []


def secrets_to_retire(facts: BatchFacts) -> list[Secret]:
    """Return the arguments of vantage_client_secret that try the delivered values and delete what is no longer needed."""
    items = [
        {key: secret["args"][key] for key in ("client_id", "description", "state", "force") if key in secret["args"]}
        for _item, secret in todo(facts, "delete")
        if secret["action"] == "deleted"
    ]
    for _item, secret in todo(facts, "make"):
        made = made_secret(secret, facts)
        # One that had no older generation has nothing to retire; it was tried when it was made, and the store gave the same value back.
        if made and facts.keeps and made["generations"] and not trouble_in_keeping(secret, facts):
            gone = facts.made.result(key_of(secret)).get("superseded", [])
            items.append(retiring(secret, made["id"], facts.kept.entry(secret["name"]), orphans_since(secret["held"]), gone))
    for _item, secret in todo(facts, "retire"):
        if not facts.keeps:
            items.append(retiring(secret, None, {}, None, secret["retired"]))
        elif facts.blind:
            items.append(retiring(secret, secret["held"]["id"], {}, secret["held"].get("orphaned_after"), secret["retired"]))
        elif not trouble_in_reading(secret, facts):
            held = secret["held"]
            items.append(retiring(secret, held["id"], facts.read.entry(secret["name"]), held.get("orphaned_after"), secret["retired"]))
    return items


def retiring(secret: Secret, held_id: str | None, entry: Secret, since: str | None, gone: list[str]) -> Secret:
    """Return the arguments that keep one secret and let go of others of its name.

    :param gone: ids of those, as they were seen before the store was asked: a younger one may be another run's, and delivered since.
    """
    args = {key: secret["args"][key] for key in ("client_id", "description", "prune", "overlap") if key in secret["args"]}
    if held_id:
        args["held_id"] = held_id
        if secret["args"].get("verify") and entry.get("value"):
            args.update(verify=True, held_value=entry["value"])
    if since:
        args["orphaned_after"] = since
    args["prune_only"] = gone
    return args


def entries_to_settle(facts: BatchFacts) -> dict[str, Any]:
    """Return the store's last changes: entries of what is gone, and the former entry where a new value does not log in."""
    entries: dict[str, Any] = {}
    expect: dict[str, Any] = {}
    for item in facts.items:
        if item["leftovers"] and not trouble_of_client(item, facts):
            expect.update({name: entry.get("id") or "" for name, entry in item["leftovers"].items()})
    for _item, secret in todo(facts, "delete"):
        if secret["known"] and not trouble_in_retiring(secret, facts):
            expect[secret["name"]] = secret["held"].get("id") or ""
    remove = list(expect)
    for _item, secret in todo(facts, "make"):
        made = made_secret(secret, facts)
        if made and was_written(secret, facts) and does_not_work(secret, facts):
            entries[secret["name"]] = former_entry(secret, facts)
            expect[secret["name"]] = made["id"]
    return {"entries": entries, "remove": remove, "expect": expect}


def secrets_to_take_back(facts: BatchFacts) -> list[Secret]:
    """Return the arguments of vantage_client_secret that delete what was made and could not be kept."""
    items = []
    for _item, secret in todo(facts, "make"):
        made = made_secret(secret, facts)
        in_doubt = secret["name"] in facts.kept.doubtful
        if made and not in_doubt and (trouble_in_keeping(secret, facts) or does_not_work(secret, facts)):
            items.append(deleting(secret, made["id"]))
    for _item, secret in [*todo(facts, "make"), *todo(facts, "retire")]:
        stray = facts.retired.result(key_of(secret)).get("secret", {})
        if "value" in stray:
            items.append(deleting(secret, stray["id"]))
    return items


def deleting(secret: Secret, secret_id: str) -> Secret:
    """Return the arguments that delete one generation, of which nobody holds the value."""
    return {"client_id": secret["args"]["client_id"], "secret_id": secret_id, "state": "absent", "force": True}


def todo(facts: BatchFacts, what: str) -> Iterator[tuple[Secret, Secret]]:
    """Yield the secrets that something is to be done with, each with its app, but for those whose client failed."""
    if facts.given_up:
        return
    for item in facts.items:
        if any(secret["todo"] == what for secret in item["secrets"]) and not trouble_of_client(item, facts):
            for secret in item["secrets"]:
                if secret["todo"] == what:
                    yield item, secret


def trouble_of_client(item: Secret, facts: BatchFacts) -> str:
    """Return what went wrong with a client; empty when nothing did."""
    if facts.given_up:
        return "It was not tried, since the tenant gave no answer to the two batches before."
    if item["action"] == "unchanged":
        return ""
    if facts.clients.results is None:
        return facts.clients.msg
    result = facts.clients.result(item["client_id"])
    return str(result["msg"]) if result.get("action") == "failed" else ""


def made_secret(secret: Secret, facts: BatchFacts) -> Secret | None:
    """Return the new secret with its value, or None when none was made."""
    result = facts.made.result(key_of(secret))
    made = result.get("secret", {})
    return {**made, "generations": result["reason"] != "absent"} if made.get("value") else None


def trouble_in_making(secret: Secret, facts: BatchFacts) -> str:
    """Return why there is no new secret; empty when there is one, or when none is needed any more."""
    if facts.made.results is None and facts.store_trouble:
        return f"It was not made, since the store could not be written before. {facts.store_trouble}"
    return trouble_in(secret, facts.made)


def missing_previous(secret: Secret, facts: BatchFacts) -> str:
    """Return why the entry to be replaced could not be put back if need be; empty when it could."""
    former = secret["held"].get("id")
    if not former or facts.blind:
        return ""
    if facts.previous.entries is None:
        return f"The store could not be read, so the new secret was taken back. {facts.previous.msg}"
    return "" if facts.previous.entry(secret["name"]).get("id") == former else FASTER


def trouble_in_keeping(secret: Secret, facts: BatchFacts) -> str:
    """Return why the store does not hold the new secret; empty when it does."""
    missing = missing_previous(secret, facts)
    if missing:
        return missing
    made = made_secret(secret, facts)
    if made is None:
        return ""
    if facts.kept.entries is None:
        return f"It could not be delivered and was taken back. {facts.kept.msg}"
    name = secret["name"]
    if name in facts.kept.failed:
        return f"It could not be delivered and was taken back. {facts.kept.failed[name]}"
    if name in facts.kept.doubtful:
        return f"It is not known whether it was delivered; the next run will see. {facts.kept.doubtful[name]}"
    found = facts.kept.entry(name)
    if name in facts.kept.refused or found.get("id") != made["id"]:
        return FASTER
    return "" if facts.blind or found.get("value") == made["value"] else "The store gave another value back than was written; the new secret was taken back."


def was_written(secret: Secret, facts: BatchFacts) -> bool:
    """Return whether the store's entry is the new secret's, whatever its value."""
    made = made_secret(secret, facts)
    return made is not None and facts.kept.entry(secret["name"]).get("id") == made["id"]


def does_not_work(secret: Secret, facts: BatchFacts) -> bool:
    """Return whether the store's value of the new secret is of no use."""
    if was_written(secret, facts) and trouble_in_keeping(secret, facts):
        return True
    result = facts.retired.result(key_of(secret))
    # A value where the delivered secret was only to be kept means that it is gone, and yet another one was made.
    return result.get("error", {}).get("code") == "held_value_refused" or "value" in result.get("secret", {})


def former_entry(secret: Secret, facts: BatchFacts) -> Secret:
    """Return the entry that was there before."""
    return dict(facts.previous.entry(secret["name"]) or secret["held"])


def trouble_in_reading(secret: Secret, facts: BatchFacts) -> str:
    """Return why the held value cannot be tried; empty when it can."""
    if facts.blind:
        return ""
    if facts.read.entries is None:
        return f"The store could not be read, so no older secret was deleted. {facts.read.msg}"
    entry = facts.read.entry(secret["name"])
    if entry.get("id") != secret["held"].get("id"):
        return "Another run has replaced this secret meanwhile, so no older one was deleted; run again to see that all is well."
    return "" if entry.get("value") else "The store's entry has no value, so no older secret was deleted; remove the entry to get a new secret."


def trouble_in_retiring(secret: Secret, facts: BatchFacts) -> str:
    """Return what went wrong in trying the value or deleting older generations; empty when nothing did."""
    result = facts.retired.result(key_of(secret))
    if "value" in result.get("secret", {}):
        return "The secret was deleted by somebody else meanwhile; run again."
    return trouble_in(secret, facts.retired)


def trouble_in(secret: Secret, answer: Answer) -> str:
    """Return why an answer's result for a secret is a failure; empty when it is none."""
    if answer.results is None:
        return answer.msg
    result = answer.result(key_of(secret))
    return str(result["msg"]) if result.get("action") == "failed" else ""
