# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The outcome of a run: one row per secret, one word per app, and counts. Pure, and without any value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, moved, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import named
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.plan import AppSecret, AppState
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry

# The order in which the outcomes of apps are counted and shown.
OUTCOMES = ("created", "renewed", "updated", "copied", "deleted", "unchanged", "failed")
# The same words by weight: the heaviest outcome of an app's parts is the app's outcome.
WEIGHTS = ("unchanged", "copied", "updated", "renewed", "created", "deleted", "failed")
OLD_DELETED, LEFT_DELETED = "old one deleted", "leftover deleted"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A date that is further away is shown with its year.
SAME_YEAR = timedelta(days=300)


@dataclass(frozen=True)
class Pruned:
    """An undeclared client that was deleted, or why it was not.

    :param action: deleted or failed.
    :param entries: its entries in the store.
    """

    client_id: str
    action: str
    msg: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class SecretChange:
    """A changed secret that consumers have to pick up; without its value.

    :param action: created, renewed or deleted.
    """

    client_id: str
    description: str
    secret_id: str
    action: str
    expiration: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """The outcome of one secret of an app, or of an app without secrets.

    :param action: of the client.
    :param secret: of the secret, in the same words; empty for a row without one.
    :param secret_id: of the current secret; empty if there is none or it is unknown.
    :param expiration: of the secret that consumers have after the run; None for never and for unknown.
    :param removed: how many entries of an absent app were removed from the store.
    :param old_deleted: how many older generations were deleted.
    :param left_deleted: how many leftovers of an interrupted run were deleted.
    :param older_until: until when an older generation still works, in words; empty when there is none.
    :param labels: of the secret, or of an app without secrets.
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
    old_deleted: int = 0
    left_deleted: int = 0
    older_until: str = ""
    msg: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether anything of it failed."""
        return self.action == "failed" or self.secret == "failed" or bool(self.msg)

    @property
    def is_news(self) -> bool:
        """Whether it shows a change or a failure."""
        return self.failed or self.action != "unchanged" or self.secret not in ("", "unchanged") or self.has_deleted

    @property
    def has_deleted(self) -> bool:
        """Whether an older generation or a leftover was deleted."""
        return bool(self.removed or self.old_deleted or self.left_deleted)


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run.

    :param now: by the tenant's clock.
    :param check: whether the run only planned.
    :param undeclared: names of the store's entries of declared apps whose secrets are no longer declared.
    """

    states: Sequence[AppState]
    pruned: Sequence[Pruned]
    now: datetime
    check: bool
    undeclared: Sequence[str] = ()

    def rows(self) -> list[Row]:
        """Return the rows in the order in which the apps were declared, followed by those of pruned clients."""
        rows = [row for state in self.states for row in rows_of_state(state, self.now, check=self.check)]
        return rows + [Row(one.client_id, one.action, removed=len(one.entries) if one.action == "deleted" else 0, msg=one.msg) for one in self.pruned]

    def changes(self) -> list[SecretChange]:
        """Return the changed secrets that consumers have to pick up; in check mode, as predicted."""
        changes = [change for state in self.states for change in changes_of_state(state, check=self.check)]
        return changes + [deleted_entry(entry) for one in self.pruned if one.action == "deleted" for entry in one.entries if entry.id]

    def notes(self) -> list[str]:
        """Return the notes about all secrets, those that failed included; the same note about many is combined."""
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
        done = any(secret.made or secret.retired or secret.copied or secret.action == "updated" for secret in secrets)
        return written or done or any(one.action == "deleted" for one in self.pruned)


def rows_of_state(state: AppState, now: datetime, *, check: bool = False) -> list[Row]:
    """Return one row per secret, or one for an app without any.

    :param check: whether to show the plan instead of what was done.
    """
    action = "failed" if state.trouble else state.action
    if state.trouble or not state.secrets:
        return [Row(state.client_id, action, removed=len(state.leftovers), msg=state.trouble, labels=state.app.labels)]
    return [row_of_secret(state, secret, action, now, check=check) for secret in state.secrets]


def row_of_secret(state: AppState, secret: AppSecret, action: str, now: datetime, *, check: bool) -> Row:
    """Return the row of a secret."""
    did = "failed" if secret.trouble else "updated" if check and secret.relabels and secret.action == "unchanged" else secret.action
    if not secret.trouble and (secret.copied or (check and secret.copies)):
        did = "copied"
    expiration, expires = ends_of(secret, now)
    gone = gone_of(secret, check=check) if secret.item.state == "present" else []
    left = sum(one in secret.left_behind for one in gone)
    return Row(
        client_id=state.client_id,
        action=action,
        description=secret.item.description,
        secret=did,
        secret_id=secret.made.secret.id if secret.made else secret.held_id or (secret.source.id if secret.copies and secret.source else ""),
        reason=secret.plan.reason if secret.plan else "",
        expires="" if did in ("deleted", "failed") else expires,
        expiration=None if did == "deleted" else expiration,
        old_deleted=len(gone) - left,
        left_deleted=left,
        older_until="" if did in ("deleted", "failed") else older_until(secret, gone, now),
        msg=secret.trouble,
        labels=secret.labels,
    )


def gone_of(secret: AppSecret, *, check: bool) -> list[str]:
    """Return the ids of the secrets of a description that were deleted, or in check mode would be."""
    return [one.id for one in secret.plan.retire] if check and secret.plan else secret.retired


def older_until(secret: AppSecret, gone: Sequence[str], now: datetime) -> str:
    """Return until when an older generation still works, such as "28 Nov"; empty when there is none."""
    if secret.plan is None or secret.item.state == "absent":
        return ""
    current = secret.made.secret if secret.made else secret.plan.keep
    older = [one for one in secret.known if one.description == secret.item.description and one.id not in gone and not one.is_expired(now)]
    if current:
        older = [one for one in older if one.id != current.id and (one.start is None or current.start is None or one.start <= current.start)]
    ends = [one.expiration for one in older if one.expiration]
    if secret.item.prune == "superseded":
        settled = moved((current.start if current else None) or now, secret.item.overlap)
        ends = [min([settled, *([one.expiration] if one.expiration else [])]) for one in older if one.id not in secret.spared_ids]
    last = max(ends, default=None)
    return shown_day(last, now) if last and last > now else ""


def shown_day(moment: datetime, now: datetime) -> str:
    """Return a date for people, independent of the machine's locale."""
    day = f"{moment.day} {MONTHS[moment.month - 1]}"
    return day if moment - now < SAME_YEAR else f"{day} {moment.year}"


def changes_of_state(state: AppState, *, check: bool) -> list[SecretChange]:
    """Return the changed secrets of an app that consumers have to pick up."""
    changes = [deleted_entry(entry) for entry in state.leftovers.values() if entry.id and not state.trouble]
    for secret in state.secrets:
        if secret.todo == "make" and ((check and not secret.trouble) or (secret.made and not secret.in_doubt)):
            end = secret.made.secret.expiration if secret.made else planned_end(secret)
            changes.append(change_of(secret, secret.action, secret.made.secret.id if secret.made else "", end))
        elif secret.todo == "delete" and not secret.trouble:
            changes.append(change_of(secret, "deleted", secret.held_id, None))
    return changes


def change_of(secret: AppSecret, action: str, secret_id: str, end: datetime | None) -> SecretChange:
    """Return the change of a declared secret."""
    expiration = "" if end is None else timestamp_from_moment(end)
    return SecretChange(secret.item.client_id, secret.item.description, secret_id, action, expiration, dict(secret.labels))


def deleted_entry(entry: Entry) -> SecretChange:
    """Return the change of a secret that was deleted with its client."""
    return SecretChange(entry.client_id, entry.description, entry.id, "deleted", entry.expiration, dict(entry.labels))


def planned_end(secret: AppSecret) -> datetime | None:
    """Return the expiration of a planned secret."""
    planned = secret.plan.after.get("expiration") if secret.plan else None
    return moment_from_timestamp(planned) if planned else None


def ends_of(secret: AppSecret, now: datetime) -> tuple[datetime | None, str]:
    """Return the expiration of the secret that consumers have after the run, and the time left in words."""
    if secret.made:
        end = secret.made.secret.expiration
        return end, time_left(end, now)
    if secret.plan is None:
        return held_end(secret), ""
    if secret.todo == "make":
        planned = planned_end(secret)
        return held_end(secret), time_left(planned, now) if planned else ""
    keep = secret.plan.keep
    return (None, "") if keep is None else (keep.expiration, time_left(keep.expiration, now))


def held_end(secret: AppSecret) -> datetime | None:
    """Return the expiration of the secret in the store."""
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
    """Return the outcome of a row's app."""
    if row.failed:
        return "failed"
    if row.action in ("created", "deleted") or (row.removed and row.action == "unchanged"):
        return "created" if row.action == "created" else "deleted"
    if row.secret in ("created", "renewed"):
        return "renewed"
    if row.secret == "copied":
        return "updated" if row.action == "updated" else "copied"
    return "updated" if row.action == "updated" or row.secret in ("updated", "deleted") or row.has_deleted else "unchanged"


def secret_word(row: Row) -> str:
    """Return the outcome of a secret, in one word if possible."""
    if row.secret != "unchanged" or not row.has_deleted:
        return row.secret
    return OLD_DELETED if row.old_deleted else LEFT_DELETED


def counted(words: Iterable[str]) -> str:
    """Return "98 created, 2 failed"."""
    counts = Counter(words)
    return ", ".join(f"{counts[word]:,} {word}" for word in OUTCOMES if counts[word]) or "none"


def batch_line(number: int, work: Sequence[Sequence[AppState]], now: datetime) -> str:
    """Return the line that reports a batch: "batch 3/10: apps 201-300 of 1,000, 98 created, 2 failed"."""
    rows = [row for state in work[number - 1] for row in rows_of_state(state, now)]
    done = counted(words_of(rows).values())
    size, apps = len(work[number - 1]), sum(len(batch) for batch in work)
    first = sum(len(batch) for batch in work[: number - 1]) + 1
    return f"batch {number}/{len(work)}: apps {first:,}-{first + size - 1:,} of {apps:,}, {done}"


def summary_of(rows: Sequence[Row], changed: bool) -> dict[str, object]:
    """Return counts and names for programs."""
    words = words_of(rows)
    apps, secrets = Counter(words.values()), Counter(row.secret for row in rows if row.secret)
    return {
        "apps": {word: apps[word] for word in OUTCOMES},
        "secrets": {
            **{word: secrets[word] for word in OUTCOMES},
            "old_deleted": sum(row.old_deleted for row in rows),
            "leftover_deleted": sum(row.left_deleted for row in rows),
        },
        "changed": changed,
        "failed": [client_id for client_id, word in words.items() if word == "failed"],
    }


def apps_of(rows: Sequence[Row], show: str = "changed") -> list[dict[str, object]]:
    """Return the apps for programs: short, since a job's event contains all of them.

    :param show: changed for those that changed or failed, all, or none.
    """
    words = words_of(rows)
    shown = {client_id for client_id, word in words.items() if show == "all" or (show == "changed" and word != "unchanged")}
    apps: dict[str, dict[str, object]] = {}
    for row in rows:
        if row.client_id not in shown:
            continue
        app = apps.setdefault(row.client_id, {"client_id": row.client_id, "action": words[row.client_id], "secrets": {}})
        if row.labels:
            app.setdefault("labels", dict(row.labels))
        secrets = app["secrets"]
        if row.secret and isinstance(secrets, dict):
            secrets[row.description] = secret_word(row)
        if row.msg:
            app["msg"] = f"{app['msg']} {row.msg}" if "msg" in app else row.msg
    return list(apps.values())
