# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""What became of a run: one row per secret, one word per app, and counts. Pure, and without any value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret, AppState

# In this order the outcomes of apps are counted and shown.
OUTCOMES = ("created", "updated", "renewed", "copied", "tidied", "deleted", "unchanged", "failed")
# The same words by their weight: of what became of an app's parts, the weightiest is told.
WEIGHTS = ("unchanged", "tidied", "copied", "renewed", "updated", "created", "deleted", "failed")
SECRET_ACTIONS = ("created", "renewed", "copied", "retired", "deleted", "unchanged", "failed")


@dataclass(frozen=True)
class Pruned:
    """A client that was deleted since no app declares it, or why it was not.

    :param action: deleted or failed.
    """

    client_id: str
    action: str
    msg: str = ""


@dataclass(frozen=True)
class Row:
    """What became of one secret of an app, or of an app without secrets.

    :param action: of the client.
    :param secret: what became of the secret; empty for a row without one.
    :param secret_id: of the current secret; empty where there is none or nobody knows.
    :param expiration: of what consumers have after the run; None for never and for what nobody knows.
    :param removed: how many entries were removed from the store.
    """

    client_id: str
    action: str
    description: str = ""
    secret: str = ""
    secret_id: str = ""
    reason: str = ""
    expires: str = ""
    expiration: datetime | None = None
    removed: int = 0
    msg: str = ""
    note: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything of it failed."""
        return self.action == "failed" or self.secret == "failed" or bool(self.msg)

    @property
    def is_news(self) -> bool:
        """Whether it tells of a change or a failure."""
        return self.failed or self.action != "unchanged" or self.secret not in ("", "unchanged") or bool(self.removed)


@dataclass(frozen=True)
class Outcome:
    """What a run leaves.

    :param now: by the tenant's clock.
    :param check: whether the run only planned.
    """

    states: Sequence[AppState]
    pruned: Sequence[Pruned]
    now: datetime
    check: bool

    def rows(self) -> list[Row]:
        """Return the rows in the order in which the apps were declared, those of pruned clients last."""
        rows = [row for state in self.states for row in rows_of_state(state, self.now, check=self.check)]
        return rows + [Row(one.client_id, one.action, msg=one.msg) for one in self.pruned]

    def notes(self) -> list[str]:
        """Return what the user should know of secrets that did not fail; what holds for many is said once."""
        names: dict[str, list[str]] = {}
        for secret in (secret for state in self.states for secret in state.secrets):
            for note in secret.notes:
                names.setdefault(note, []).append(secret.name)
        return [f"{named(of)}: {note}" for note, of in names.items()]

    @property
    def changed(self) -> bool:
        """Whether anything was written, or in check mode would be."""
        if self.check:
            return any(word not in ("unchanged", "failed") for word in words_of(self.rows()).values())
        written = any(state.written or state.leftovers for state in self.states)
        secrets = [secret for state in self.states for secret in state.secrets]
        return written or any(secret.made or secret.retired or secret.copied for secret in secrets) or any(one.action == "deleted" for one in self.pruned)


def rows_of_state(state: AppState, now: datetime, *, check: bool = False) -> list[Row]:
    """Return one row per secret, or one for an app without any.

    :param check: whether the plan counts, and not what was done.
    """
    action = "failed" if state.trouble else state.action
    if state.trouble or not state.secrets:
        return [Row(state.client_id, action, removed=len(state.leftovers), msg=state.trouble)]
    return [row_of_secret(state, secret, action, now, check=check) for secret in state.secrets]


def row_of_secret(state: AppState, secret: AppSecret, action: str, now: datetime, *, check: bool) -> Row:
    """Return the row of a secret."""
    did = "failed" if secret.trouble else "retired" if secret.todo == "retire" and (check or secret.retired) else secret.action
    if not secret.trouble and (secret.copied or (check and secret.copies)):
        did = "copied"
    expiration, expires = ends_of(secret, now)
    return Row(
        client_id=state.client_id,
        action=action,
        description=secret.item.description,
        secret=did,
        secret_id=secret.made.secret.id if secret.made else secret.held_id or (secret.source.id if secret.copies and secret.source else ""),
        reason=secret.plan.reason if secret.plan else "",
        expires="" if did in ("deleted", "failed") else expires,
        expiration=None if did == "deleted" else expiration,
        msg=secret.trouble,
        note=" ".join(secret.notes),
    )


def ends_of(secret: AppSecret, now: datetime) -> tuple[datetime | None, str]:
    """Return when the secret expires that consumers have after the run, and in how much time the current one does, in words."""
    if secret.made:
        end = secret.made.secret.expiration
        return end, time_left(end, now)
    if secret.plan is None:
        return held_end(secret), ""
    if secret.todo == "make":
        planned = secret.plan.after.get("expiration")
        return held_end(secret), time_left(moment_from_timestamp(planned), now) if planned else ""
    keep = secret.plan.keep
    return (None, "") if keep is None else (keep.expiration, time_left(keep.expiration, now))


def held_end(secret: AppSecret) -> datetime | None:
    """Return when the secret in the store expires."""
    return moment_from_timestamp(secret.held.expiration) if secret.held and secret.held.expiration else None


def time_left(end: datetime | None, now: datetime) -> str:
    """Return the time until a moment in its largest fitting unit."""
    if end is None:
        return "never"
    duration = end - now
    if duration <= timedelta(0):
        return "expired"
    for unit, length in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if duration >= 2 * length:
            return f"{round(duration / length)} {unit}"
    minutes = max(1, round(duration / timedelta(minutes=1)))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def words_of(rows: Iterable[Row]) -> dict[str, str]:
    """Return one word for each app."""
    words: dict[str, str] = {}
    for row in rows:
        word = word_of(row)
        former = words.get(row.client_id, "unchanged")
        words[row.client_id] = word if WEIGHTS.index(word) > WEIGHTS.index(former) else former
    return words


def word_of(row: Row) -> str:
    """Return what a row says about its app."""
    if row.failed:
        return "failed"
    if row.action != "unchanged":
        return row.action
    if row.secret in ("created", "renewed"):
        return "renewed"
    if row.secret == "copied":
        return "copied"
    return "tidied" if row.secret in ("retired", "deleted") or row.removed else "unchanged"


def counted(words: Iterable[str]) -> str:
    """Return "98 created, 2 failed"."""
    counts = Counter(words)
    return ", ".join(f"{counts[word]:,} {word}" for word in OUTCOMES if counts[word]) or "none"


def batch_line(number: int, work: Sequence[Sequence[AppState]], total: int, now: datetime) -> str:
    """Return the line that reports a batch: "batch 3/10: apps 201-300 of 1,000, 98 created, 2 failed"."""
    rows = [row for state in work[number - 1] for row in rows_of_state(state, now)]
    done = counted(words_of(rows).values())
    size, apps = len(work[number - 1]), sum(len(batch) for batch in work)
    if len(work) == 1:
        return f"batch 1/1: {size:,} of {total:,} app{'' if total == 1 else 's'} {'needs' if size == 1 else 'need'} changes, {done}"
    first = sum(len(batch) for batch in work[: number - 1]) + 1
    return f"batch {number}/{len(work)}: apps {first:,}-{first + size - 1:,} of {apps:,}, {done}"


def summary_of(rows: Sequence[Row], changed: bool) -> dict[str, object]:
    """Return counts and names for programs."""
    words = words_of(rows)
    apps, secrets = Counter(words.values()), Counter(row.secret for row in rows if row.secret)
    return {
        "apps": {word: apps[word] for word in OUTCOMES},
        "secrets": {word: secrets[word] for word in SECRET_ACTIONS},
        "changed": changed,
        "failed": [client_id for client_id, word in words.items() if word == "failed"],
    }


def apps_of(rows: Sequence[Row], show: str = "changed") -> list[dict[str, object]]:
    """Return the apps for programs: small, since a job's event holds all of them.

    :param show: changed for those that changed or failed, all, or none.
    """
    words = words_of(rows)
    shown = {client_id for client_id, word in words.items() if show == "all" or (show == "changed" and word != "unchanged")}
    apps: dict[str, dict[str, object]] = {}
    for row in rows:
        if row.client_id not in shown:
            continue
        app = apps.setdefault(row.client_id, {"client_id": row.client_id, "action": words[row.client_id], "secrets": {}})
        secrets = app["secrets"]
        if row.secret and isinstance(secrets, dict):
            secrets[row.description] = row.secret
        if row.msg:
            app["msg"] = f"{app['msg']} {row.msg}" if "msg" in app else row.msg
    return list(apps.values())
