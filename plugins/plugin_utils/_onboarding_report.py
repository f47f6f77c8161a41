# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say what became of the apps: one row per secret, counts, and a table for people. Pure, and without any value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_batch import (
    BatchFacts,
    Secret,
    does_not_work,
    key_of,
    made_secret,
    trouble_in_keeping,
    trouble_in_making,
    trouble_in_reading,
    trouble_in_retiring,
    trouble_of_client,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import Facts, all_items, clients_to_prune

Row = dict[str, Any]
# In this order the outcomes of apps are counted and shown.
OUTCOMES = ("created", "updated", "renewed", "tidied", "deleted", "unchanged", "failed")
REASONS = {
    "not_held": "not in the store",
    "due": "due",
    "expired": "expired",
    "forced": "forced",
}
MOST_ROWS = 1000
FEW_ROWS = 50
FAILURES_NAMED = 20
USUAL_LIFE = timedelta(days=182)


def report(facts: Facts) -> dict[str, Any]:
    """Return the ``rows`` of a run, the ``table``, the ``summary`` and the ``failure`` (a message, empty when there is none).

    :param facts: of the run; with the ``rows`` of its batches, and with ``pruned``, the answer of vantage_client to deleting the surplus.
    """
    rows = [*rows_of_plan(facts), *facts["rows"], *rows_of_pruned(clients_to_prune(facts), facts["pruned"])]
    places = {app["client_id"]: number for number, app in enumerate(facts["apps"])}
    rows.sort(key=lambda row: places.get(row["app"], len(places)))
    return {"rows": rows, "table": table(rows), "summary": summary(rows), "failure": failure_message(rows)}


def line(label: str, rows: list[Row]) -> str:
    """Return one line on a batch."""
    return f"{label}: {counted(outcomes(rows).values())}"


def rows_of_plan(facts: Facts) -> list[Row]:
    """Return the rows of the apps that no batch works on: nothing to do, or not readable."""
    return [
        row for item in all_items(facts) if not item["work"] for row in rows_of_item(item, item["msg"], lambda secret: planned_outcome(secret, facts["now"]))
    ]


def rows_of_batch(facts: BatchFacts) -> list[Row]:
    """Return the rows of a batch after its work, or what its work would be in check mode."""
    rows = []
    for item in facts.items:
        trouble = trouble_of_client(item, facts)
        if facts.check:
            rows += rows_of_item(item, trouble, lambda secret: planned_outcome(secret, facts.now))
        else:
            rows += rows_of_item(item, trouble, lambda secret: outcome(secret, facts))
        lost = trouble_in_settling(item, facts)
        if lost and not trouble:
            rows[-1].update(msg=f"{rows[-1]['msg']} {lost}".strip(), failed=True)
    return rows


def rows_of_pruned(surplus: list[dict[str, Any]], answer: dict[str, Any]) -> list[Row]:
    """Return the rows of the clients that no app names.

    :param answer: of vantage_client to deleting them.
    """
    results = {result["client_id"]: result for result in answer.get("results", [])}
    rows = []
    for client_id in (client["client_id"] for client in surplus):
        result = results.get(client_id, {"action": "failed", "msg": answer.get("msg", "")})
        rows.append(new_row(client_id, result["action"], result.get("msg", "")))
    return rows


def rows_of_item(item: dict[str, Any], trouble: str, outcome_of: Any) -> list[Row]:
    """Return one row per secret of an app, or one for an app without any."""
    action = "failed" if trouble else item["action"]
    if trouble or not item["secrets"]:
        return [{**new_row(item["client_id"], action, trouble), "removed": len(item["leftovers"])}]
    return [
        {**new_row(item["client_id"], action, ""), "description": secret["args"].get("description", ""), **outcome_of(secret)} for secret in item["secrets"]
    ]


def new_row(client_id: str, action: str, msg: str) -> Row:
    """Return a row without a secret."""
    return {
        "app": client_id,
        "action": action,
        "description": "",
        "secret": "",
        "reason": "",
        "expires": "",
        "removed": 0,
        "msg": msg,
        "failed": action == "failed",
    }


def planned_outcome(secret: Secret, now: str) -> Row:
    """Return what a row says of a secret by the plan alone."""
    action = "retired" if secret["todo"] == "retire" else secret["action"]
    expires = planned_end(secret, now) if secret["todo"] == "make" else end_of(secret["secret"], now)
    return {
        "secret": action,
        "reason": secret.get("reason", ""),
        "expires": "" if action in ("deleted", "failed") else expires,
        "expiration": "" if action == "deleted" else expiration_in_use(secret, None),
        "msg": secret["msg"],
        "failed": action == "failed",
    }


def outcome(secret: Secret, facts: BatchFacts) -> Row:
    """Return what a row says of a secret after the work."""
    trouble = secret["msg"]
    made = None
    if secret["todo"] == "make":
        made = made_secret(secret, facts)
        trouble = trouble_in_making(secret, facts) or trouble_in_keeping(secret, facts) or trouble_in_retiring(secret, facts)
        if does_not_work(secret, facts):
            trouble = f"{trouble} The store has its former entry again and the new secret was taken back."
        back = facts.taken_back.result((secret["args"]["client_id"], ""))
        if back.get("action") == "failed":
            trouble = f"{trouble} Taking it back failed, which the next run will do: {back['msg']}"
    elif secret["todo"] == "retire":
        trouble = (trouble_in_reading(secret, facts) if facts.keeps else "") or trouble_in_retiring(secret, facts)
    elif secret["todo"] == "delete":
        trouble = trouble_in_retiring(secret, facts)
    row = planned_outcome(secret, facts.now)
    if secret["todo"] == "make":
        result = facts.made.result(key_of(secret))
        row.update(secret=result.get("action", "failed"), reason=result.get("reason", ""), expires=end_of(made or result.get("secret", {}), facts.now))
        row["expiration"] = expiration_in_use(secret, None if trouble else made)
    if trouble:
        row.update(secret="failed", msg=trouble, failed=True)
    return row


def trouble_in_settling(item: dict[str, Any], facts: BatchFacts) -> str:
    """Return what went wrong with the store's last changes for an app; empty when nothing did."""
    settles = item["leftovers"] or any(secret["todo"] == "delete" or (secret["todo"] == "make" and does_not_work(secret, facts)) for secret in item["secrets"])
    if not settles or facts.settled.entries is None:
        return facts.settled.msg if settles else ""
    names = [*item["leftovers"], *(secret["name"] for secret in item["secrets"])]
    return " ".join(facts.settled.failed.get(name) or facts.settled.doubtful.get(name, "") for name in names).strip()


def expiration_in_use(secret: Secret, made: dict[str, Any] | None) -> str:
    """Return when the secret expires that consumers have from the store after the run; empty when it never does or nobody knows."""
    if made:
        return str(made.get("expiration") or "")
    if secret["todo"] == "make":
        return str(secret["held"].get("expiration") or "")
    return str(secret["secret"].get("expiration") or "")


def end_of(secret: dict[str, Any], now: str) -> str:
    """Return in how much time a secret expires, in words."""
    if not secret:
        return ""
    if not secret.get("expiration"):
        return "never"
    return left(moment_from_timestamp(secret["expiration"]) - moment_from_timestamp(now))


def planned_end(secret: Secret, now: str) -> str:
    """Return when a secret that does not exist yet is going to expire."""
    args = secret["args"]
    if args.get("expiration"):
        return left(moment_from_timestamp(args["expiration"]) - moment_from_timestamp(now))
    return left(timedelta(seconds=seconds_from_duration(args["lifetime"])) if "lifetime" in args else USUAL_LIFE)


def left(duration: timedelta) -> str:
    """Return a duration in its largest fitting unit."""
    if duration <= timedelta(0):
        return "expired"
    for unit, length in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if duration >= 2 * length:
            return f"{round(duration / length)} {unit}"
    minutes = max(1, round(duration / timedelta(minutes=1)))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def outcomes(rows: Iterable[Row]) -> dict[str, str]:
    """Return one word for each app."""
    words: dict[str, str] = {}
    for row in rows:
        word = "failed" if row["failed"] else row["action"]
        if word == "unchanged":
            if row["secret"] in ("created", "renewed"):
                word = "renewed"
            elif row["secret"] in ("retired", "deleted") or row["removed"]:
                word = "tidied"
        former = words.get(row["app"], "unchanged")
        words[row["app"]] = word if weight(word) > weight(former) else former
    return words


def weight(word: str) -> int:
    """Return how much a word says about an app: of its secrets' words the weightiest counts."""
    return ("unchanged", "tidied", "renewed", "updated", "created", "deleted", "failed").index(word)


def counted(words: Iterable[str]) -> str:
    """Return "98 created, 2 failed"."""
    counts = Counter(words)
    return ", ".join(f"{counts[word]:,} {word}" for word in OUTCOMES if counts[word]) or "none"


def summary(rows: list[Row]) -> dict[str, Any]:
    """Return counts and names for programs."""
    words = outcomes(rows)
    apps = Counter(words.values())
    secrets = Counter(row["secret"] for row in rows if row["secret"])
    return {
        "apps": {word: apps[word] for word in OUTCOMES},
        "secrets": {word: secrets[word] for word in ("created", "renewed", "retired", "deleted", "unchanged", "failed")},
        "changed": any(word not in ("unchanged", "failed") for word in words.values()),
        "failed": [app for app, word in words.items() if word == "failed"],
    }


def table(rows: list[Row]) -> list[str]:
    """Return the lines of a table: all rows when they are few, else those that changed or failed."""
    shown = rows if len(rows) <= FEW_ROWS else [row for row in rows if is_news(row)]
    left_out = len(rows) - len(shown)
    cut = shown[:MOST_ROWS]
    cells = [("APP", "ACTION", "SECRET", "SECRET ACTION", "EXPIRES IN"), *(cells_of(row) for row in cut)]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells] if cut else []
    if len(shown) > len(cut):
        lines.append(f"… and {len(shown) - len(cut):,} rows more")
    if left_out:
        lines.append(f"{left_out:,} rows without a change are not shown")
    words = outcomes(rows)
    return [*lines, f"{len(words):,} app{'' if len(words) == 1 else 's'}: {counted(words.values())}"]


def is_news(row: Row) -> bool:
    """Return whether a row tells of a change or a failure."""
    return row["failed"] or row["action"] != "unchanged" or row["secret"] not in ("", "unchanged") or bool(row["removed"])


def cells_of(row: Row) -> tuple[str, str, str, str, str]:
    """Return a row's cells."""
    secret = row["secret"]
    reason = REASONS.get(row["reason"], "") if secret in ("created", "renewed") else ""
    if row["removed"]:
        secret = "removed from the store"
    return row["app"], row["action"], row["description"] or "-", f"{secret}: {reason}" if reason else secret or "-", row["expires"] or "-"


def failure_message(rows: list[Row]) -> str:
    """Return one message that names the apps that failed; empty when none did."""
    failed = [row for row in rows if row["failed"]]
    if not failed:
        return ""
    words = outcomes(rows)
    count = sum(word == "failed" for word in words.values())
    named = "; ".join(f"{row['app']}{'/' + row['description'] if row['description'] else ''}: {row['msg']}" for row in failed[:FAILURES_NAMED])
    more = f"; and {len(failed) - FAILURES_NAMED:,} more" if len(failed) > FAILURES_NAMED else ""
    return f"{count:,} of {len(words):,} apps failed; the others are done. {named}{more}"
