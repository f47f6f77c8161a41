# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Decide about client secrets: which one is current, whether it is due, and which ones to retire. Pure."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, TypedDict

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import (
    add_months,
    duration_from_option,
    moment_from_timestamp,
    moved,
    timestamp_from_moment,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import flag_of, text_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Raw, shown_text

# The third value of ``verify`` besides true and false.
API = "api"
SHORTEST = timedelta(days=1)
LONGEST_MONTHS = 36
# Three years; one may be a leap year.
LONGEST = timedelta(days=1096)
DEFAULT_MONTHS = 6
# The server checks the expiry when the request arrives: exactly one day would be too short by then.
ARRIVAL = timedelta(minutes=5)
# Some servers cut off or round fractions of a second.
SAME_TIME = timedelta(seconds=1.5)
# The header with the server's time has whole seconds, and clocks that differ by less than three seconds count as equal:
# what has begun by the server's clock must not seem to lie ahead.
CLOCK_MARGIN = timedelta(seconds=5)
# These servers write "never" as the first or the last possible day.
NEVER_YEARS = ("0001-", "9999-")
# Beyond it, an expiration may not fit into a datetime.
LAST_YEAR = 9990


class Secret(NamedTuple):
    """A secret as the tenant lists it; its value is never listed.

    :param start: when it starts to work; None when the server does not say.
    :param expiration: when it expires; None for never.
    """

    id: str
    description: str
    start: datetime | None
    expiration: datetime | None
    value_display: str

    def is_expired(self, now: datetime) -> bool:
        """Return whether it has expired."""
        return self.expiration is not None and self.expiration <= now

    def is_active(self, now: datetime) -> bool:
        """Return whether it works now."""
        return not self.is_expired(now) and (self.start is None or self.start <= moved(now, CLOCK_MARGIN))

    def active_for(self, now: datetime) -> timedelta:
        """Return how long it has been working; zero while it does not."""
        if not self.is_active(now):
            return timedelta(0)
        return timedelta.max if self.start is None else max(now - self.start, timedelta(0))


class SecretItem(NamedTuple):
    """One secret as the user wants it; durations are resolved, moments are UTC.

    :param held_id: id of the secret whose value the caller holds; "" when it holds none, None when unknown.
    :param orphaned_after: secrets that began after it and are not held were never delivered.
    :param spared: ids of older generations that are kept.
    :param verify_api: whether a new secret that has logged in is also tried at the API.
    :param secret_id: with the state absent, the one to delete, whatever its description.
    :param error: why it is invalid, so that nothing is done for it.
    """

    client_id: str
    description: str = ""
    state: str = "present"
    lifetime: timedelta | None = None
    expiration: datetime | None = None
    start_time: datetime | None = None
    renew_before: timedelta = timedelta(0)
    force: bool = False
    held_id: str | None = None
    orphaned_after: datetime | None = None
    spared: frozenset[str] = frozenset()
    prune: str = "none"
    overlap: timedelta = timedelta(days=1)
    verify: bool = False
    verify_api: bool = False
    secret_id: str | None = None
    error: ConfigError | None = None

    @property
    def name(self) -> str:
        """Return its name in messages."""
        return f"{self.client_id}/{self.secret_id or self.description}"


class ShownSecret(TypedDict, total=False):
    """A secret as results show it.

    :param generations: ids of all of its description, in a plan.
    :param value: only of a secret that was made in this run.
    """

    id: str
    description: str
    start_time: str | None
    expiration: str | None
    value_display: str
    active: bool
    days_left: float | None
    generations: list[str]
    value: str


class SecretPayload(TypedDict, total=False):
    """The body that makes a secret."""

    description: str
    startTime: str
    expiration: str


class SecretPlan(NamedTuple):
    """The plan for one item.

    :param action: created, renewed, unchanged or deleted.
    :param reason: why, one of the module's documented words.
    :param keep: the secret that stays current, None when a new one is made or nothing is kept.
    :param retire: the secrets to delete, oldest first.
    :param superseded: the secrets that ``prune: superseded`` would also delete, oldest first.
    """

    action: str
    reason: str
    keep: Secret | None
    retire: list[Secret]
    superseded: list[Secret]
    before: ShownSecret
    after: ShownSecret

    @property
    def makes(self) -> bool:
        """Whether a new secret is made."""
        return self.action in ("created", "renewed")

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "unchanged" or bool(self.retire)


def secret_from_api(raw: Raw) -> Secret:
    """Return the secret of a list's entry, or of the response to a creation.

    :raises ApiError: for an entry without an id or with an unreadable time.
    """
    if not raw.get("id"):
        raise ApiError("Could not read a secret: the server gives it no id.", code="unreadable")
    return Secret(
        id=str(raw["id"]),
        description=str(raw.get("description") or ""),
        start=_moment(raw, "startTime"),
        expiration=_moment(raw, "expiration"),
        value_display=str(raw.get("valueDisplay") or ""),
    )


def item_from_params(params: Mapping[str, Any], shared: Mapping[str, Any]) -> SecretItem:
    """Return the wanted state.

    :param params: one entry of ``secrets``, or all parameters in the single form.
    :param shared: the top-level parameters, the defaults of each entry.
    :raises ConfigError: for a value that no server would accept.
    """
    item = read_item(params, shared)
    written = {**shared, **{option: value for option, value in params.items() if value is not None}}
    for option, flaw in flaws_of_item(item, written):
        raise ConfigError(flaw if option == "client_id" else f"Secret {item.name!r}: {flaw}")
    return item


def read_item(params: Mapping[str, Any], shared: Mapping[str, Any]) -> SecretItem:
    """Return the same without validating the values.

    :raises ConfigError: for a value that cannot be read.
    """

    def given(option: str) -> Any:
        return shared.get(option) if params.get(option) is None else params[option]

    client_id, description = _name_from_params(params)
    verify = verify_from_option(given("verify"))
    return SecretItem(
        client_id=client_id,
        description=description,
        state=given("state"),
        lifetime=_duration("lifetime", given("lifetime")),
        expiration=_timestamp("expiration", given("expiration")),
        start_time=_timestamp("start_time", given("start_time")),
        renew_before=_duration("renew_before", given("renew_before")) or timedelta(0),
        force=bool(given("force")),
        held_id=params.get("held_id"),
        prune=given("prune"),
        overlap=_duration("overlap", given("overlap")) or timedelta(0),
        verify=verify is not False,
        verify_api=verify == API,
        secret_id=params.get("secret_id"),
    )


def verify_from_option(value: object) -> bool | str:
    """Return whether a new secret is tried; ``api`` when the API is tried with it as well.

    :raises ConfigError: for anything else.
    """
    if value is None:
        return False
    if isinstance(value, str) and value.strip().lower() == API:
        return API
    flag = flag_of(value)
    if flag is None:
        raise ConfigError(f"verify is {reprlib.repr(value)}; write true, false or {API}.")
    return flag


def item_or_error(params: Mapping[str, Any], shared: Mapping[str, Any]) -> SecretItem:
    """Return the wanted secret; for a mistake, an item with only its error."""
    try:
        return item_from_params(params, shared)
    except ConfigError as exc:
        client_id, description = (str(params.get(option) or "") for option in ("client_id", "description"))
        return SecretItem(client_id, description, secret_id=params.get("secret_id"), error=exc)


def check_held(item: SecretItem) -> None:
    """Raise ConfigError for a task that would delete working secrets but cannot say which one is in use."""
    if item.state == "present" and item.prune == "superseded" and item.held_id is None:
        raise ConfigError(
            f"Secret {item.name!r}: prune superseded needs held_id, the id of the secret whose value you hold, or an empty text when you hold none: "
            "without it, the one secret that is in use could be deleted."
        )


def check_distinct(items: Iterable[SecretItem]) -> None:
    """Raise ConfigError when two items name the same secret."""
    seen = set()
    for item in items:
        key = (item.client_id, item.description, item.secret_id)
        if key in seen:
            raise ConfigError(f"Secret {item.name!r} is given twice in secrets; keep one entry, or give the two different descriptions.")
        seen.add(key)


def plan_secret(item: SecretItem, secrets: Iterable[Secret], now: datetime, spared: frozenset[str] = frozenset()) -> SecretPlan:
    """Plan the generations of one secret.

    :param secrets: all secrets of the client.
    :param now: by the server's clock.
    :param spared: ids of older generations that are kept.
    """
    if item.state == "absent":
        return _plan_absent(item, secrets, now)
    generations = sorted((secret for secret in secrets if secret.description == item.description), key=_age)
    current = _current(item, generations)
    reason = _reason_to_make(item, generations, current, now)
    if reason:
        action, keep = ("renewed" if generations else "created"), None
    else:
        action, keep = "unchanged", current
    may_go = [secret for secret in generations if secret.id not in spared and secret.id not in item.spared]
    retire = _to_retire(item, may_go, current, keep, now)
    superseded = [secret for secret in _to_retire(item._replace(prune="superseded"), may_go, current, keep, now) if secret not in retire]
    before: ShownSecret = {} if current is None else shown_from_secret(current, now)
    after: ShownSecret = before if keep else _shown_when_made(item, now)
    if not keep or retire:
        kept = [secret.id for secret in generations if secret not in retire]
        before = {**before, "generations": [secret.id for secret in generations]}
        after = {**after, "generations": kept if keep else [*kept, "(new)"]}
    return SecretPlan(action, reason or "current", keep, retire, superseded, before, after)


def reason_to_retire(item: SecretItem, secret: Secret, current: Secret | None, now: datetime) -> str:
    """Return why a secret is deleted, in one word: unwanted, expired, superseded, or orphaned if its value is lost.

    :param current: the generation that stays.
    """
    if item.state == "absent":
        return "unwanted"
    if secret.is_expired(now):
        return "expired"
    return "superseded" if current is not None and _age(secret) < _age(current) and not _is_orphan(item, secret, current) else "orphaned"


def left_behind(item: SecretItem, secrets: Iterable[Secret]) -> frozenset[str]:
    """Return the ids of the secrets that an interrupted run made but did not deliver."""
    if item.state == "absent":
        return frozenset()
    generations = sorted((secret for secret in secrets if secret.description == item.description), key=_age)
    current = _current(item, generations)
    return frozenset(secret.id for secret in generations if _is_orphan(item, secret, current))


def secrets_like(value: str, secrets: Iterable[Secret], now: datetime) -> frozenset[str]:
    """Return the ids of the working secrets that may have this value, by the few characters that the server shows."""
    return frozenset(secret.id for secret in secrets if secret.is_active(now) and secret.value_display and value.startswith(secret.value_display))


def payload_from_item(item: SecretItem, now: datetime) -> SecretPayload:
    """Return the body that creates the secret; the server sets times that the user did not give."""
    payload: SecretPayload = {"description": item.description} if item.description else {}
    start = _start_ahead(item, now)
    if start is not None:
        payload["startTime"] = timestamp_from_moment(start)
    expiration = _wanted_expiration(item, now)
    if expiration is not None:
        payload["expiration"] = timestamp_from_moment(expiration)
    return payload


def shown_from_secret(secret: Secret, now: datetime) -> ShownSecret:
    """Return a secret for the result, without any value."""
    days_left = None if secret.expiration is None else round((secret.expiration - now) / timedelta(days=1), 1)
    return {
        "id": secret.id,
        "description": shown_text(secret.description),
        "start_time": None if secret.start is None else timestamp_from_moment(secret.start),
        "expiration": None if secret.expiration is None else timestamp_from_moment(secret.expiration),
        "value_display": secret.value_display,
        "active": secret.is_active(now),
        "days_left": days_left,
    }


def same_second(first: datetime | None, second: datetime | None) -> bool:
    """Return whether two moments are equal at the precision of every server: some cut off fractions."""
    if first is None or second is None:
        return first is second
    return abs(first - second) < SAME_TIME


def flaws_of_item(item: SecretItem, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the option and a sentence for each value that no server would accept.

    :param written: the options as the user wrote them.
    """
    if not item.client_id.strip():
        yield "client_id", "client_id is empty; give the identifier of the client that the secret is for."
    if item.description != item.description.strip() or not item.description.isprintable():
        yield (
            "description",
            (
                "its description begins or ends with a blank, or holds a control character, which a server may cut off so that the secret is "
                "not found again; write it without."
            ),
        )
    if item.start_time is not None and item.start_time.year > LAST_YEAR:
        yield "start_time", f"start_time lies in the year {item.start_time.year}; give one before {LAST_YEAR + 1}."
    if item.lifetime is not None and item.expiration is not None:
        yield "expiration", "both lifetime and expiration are given; give one of them."
    if item.secret_id and item.state != "absent":
        yield "secret_id", "secret_id goes with state absent only; a secret's id is the server's choice."
    if item.expiration is not None and item.start_time is not None and item.expiration <= item.start_time:
        yield "expiration", "expiration is not after start_time; change one of them."
    yield from _flaws_of_life(item, written)


def _flaws_of_life(item: SecretItem, written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    lifetime = shown_value(written.get("lifetime"))
    if item.lifetime is not None and item.lifetime < SHORTEST:
        yield "lifetime", f"lifetime {lifetime} is shorter than a day, but the server takes 1 day to 3 years; raise it."
    if item.lifetime is not None and item.lifetime > LONGEST:
        yield "lifetime", f"lifetime {lifetime} is longer than 3 years, but the server takes 1 day to 3 years; lower it."
    if item.lifetime is not None and not SHORTEST <= item.lifetime <= LONGEST:
        # With a correct lifetime, the following may be fine.
        return
    whole = item.lifetime
    if whole is None and item.expiration is None:
        whole, lifetime = timedelta(days=DEFAULT_MONTHS * 30), f"{DEFAULT_MONTHS} months unless you give one"
    if item.state == "present" and whole is not None and item.renew_before >= whole:
        yield (
            "renew_before",
            (
                f"renew_before {shown_value(written.get('renew_before'))} is not less than the lifetime ({lifetime}), so that every "
                "run would make a new one; lower renew_before or raise lifetime."
            ),
        )


def shown_value(value: object) -> str:
    """Return a value for a message: in Python's quotes, and shortened."""
    return reprlib.repr(value)


def _name_from_params(params: Mapping[str, Any]) -> tuple[str, str]:
    return text_from_option("client_id", params.get("client_id")) or "", text_from_option("description", params.get("description")) or ""


def _start_ahead(item: SecretItem, now: datetime) -> datetime | None:
    """Return when a new secret starts to work; None for at once.

    With a start in the past, it would expire as early as its predecessor, and seem to have worked for the whole overlap.
    """
    return item.start_time if item.start_time is not None and item.start_time > now else None


def _wanted_expiration(item: SecretItem, now: datetime) -> datetime | None:
    start = _start_ahead(item, now) or now
    if item.lifetime is None:
        expiration = item.expiration
    else:
        expiration = max(moved(start, item.lifetime), moved(now, SHORTEST + ARRIVAL))
        # 1,096 days may be one day more than three years.
        expiration = min(expiration, add_months(start, LONGEST_MONTHS))
    if expiration is None:
        return None
    if not moved(now, SHORTEST) <= expiration <= add_months(start, LONGEST_MONTHS):
        raise ConfigError(
            f"Secret {item.name!r}: it would expire at {timestamp_from_moment(expiration)}, but the server takes 1 day to 3 years from now "
            f"({timestamp_from_moment(now)}); change expiration or lifetime."
        )
    return expiration


def _age(secret: Secret) -> tuple[datetime, str]:
    return (secret.start or datetime.min.replace(tzinfo=timezone.utc), secret.id)


def _current(item: SecretItem, generations: list[Secret]) -> Secret | None:
    if item.held_id is not None:
        return next((secret for secret in generations if secret.id == item.held_id), None)
    return generations[-1] if generations else None


def _reason_to_make(item: SecretItem, generations: list[Secret], current: Secret | None, now: datetime) -> str:
    """Return why a new secret is needed; empty when the current one is fine."""
    if not generations:
        return "absent"
    if current is None:
        return "not_held"
    if current.is_expired(now):
        return "expired"
    if item.force:
        return "forced"
    if current.expiration is not None and current.expiration - now < item.renew_before:
        return "due"
    return ""


def _to_retire(item: SecretItem, generations: list[Secret], current: Secret | None, keep: Secret | None, now: datetime) -> list[Secret]:
    if item.prune == "none":
        return []
    expired = [secret for secret in generations if secret is not keep and secret.is_expired(now)]
    if item.prune == "expired":
        return expired
    superseded = [
        secret
        for secret in generations
        if secret is not keep and secret not in expired and (_is_orphan(item, secret, current) or (_is_settled(item, keep, now) and _is_older(secret, keep)))
    ]
    return sorted([*expired, *superseded], key=_age)


def _is_settled(item: SecretItem, keep: Secret | None, now: datetime) -> bool:
    """Return whether the current secret has been working for the whole overlap, so that no consumer needs an older one."""
    if keep is None:
        return not item.overlap and (item.start_time is None or item.start_time <= now)
    return keep.is_active(now) and keep.active_for(now) >= item.overlap


def _is_older(secret: Secret, keep: Secret | None) -> bool:
    return keep is None or _age(secret) < _age(keep)


def _is_orphan(item: SecretItem, secret: Secret, current: Secret | None) -> bool:
    """Return whether the secret's value is lost: it was made after the one that the caller holds, or since the caller started tracking."""
    if item.held_id is None or secret is current:
        return False
    if current is not None and _age(secret) > _age(current):
        return True
    return item.orphaned_after is not None and secret.start is not None and secret.start - item.orphaned_after > SAME_TIME


def _plan_absent(item: SecretItem, secrets: Iterable[Secret], now: datetime) -> SecretPlan:
    if item.secret_id:
        going = [secret for secret in secrets if secret.id == item.secret_id]
    else:
        going = sorted((secret for secret in secrets if secret.description == item.description), key=_age)
    if not going:
        return SecretPlan("unchanged", "absent", None, [], [], {}, {})
    before: ShownSecret = {**shown_from_secret(going[-1], now), "generations": [secret.id for secret in going]}
    return SecretPlan("deleted", "unwanted", None, going, [], before, {})


def _shown_when_made(item: SecretItem, now: datetime) -> ShownSecret:
    start = _start_ahead(item, now) or now
    expiration = _wanted_expiration(item, now) or add_months(start, DEFAULT_MONTHS)
    return {"description": item.description, "start_time": timestamp_from_moment(start), "expiration": timestamp_from_moment(expiration)}


def _moment(raw: Raw, member: str) -> datetime | None:
    value = raw.get(member)
    if value in (None, "") or str(value).startswith(NEVER_YEARS):
        return None
    try:
        return moment_from_timestamp(value)
    except ValueError as exc:
        raise ApiError(f"Could not read secret {raw.get('id')}: its {member} is not a time.", code="unreadable") from exc


def _duration(option: str, value: object) -> timedelta | None:
    return None if value is None else duration_from_option(option, value)


def _timestamp(option: str, value: object) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        return moment_from_timestamp(value)
    except ValueError as exc:
        raise ConfigError(f"{option} {value!r} is not a time; write it as 2026-09-07T13:03:38Z (UTC) or with an offset.") from exc


def options_spec(*, in_list: bool) -> dict[str, dict[str, Any]]:
    """Return the argument spec of one secret.

    :param in_list: for an entry of ``secrets``, which takes its defaults from the top level.
    """
    spec: dict[str, dict[str, Any]] = {
        # Raw, so that a 0123 or 1.10 without quotes, which YAML changes, can be detected.
        "client_id": {"type": "raw", "required": in_list},
        "description": {"type": "raw"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "lifetime": {"type": "str"},
        "expiration": {"type": "str"},
        "start_time": {"type": "str"},
        "renew_before": {"type": "str"},
        "force": {"type": "bool", "default": False},
        "held_id": {"type": "str"},
        "verify": {"type": "raw", "default": False},
        "prune": {"type": "str", "choices": ["none", "expired", "superseded"], "default": "none"},
        "overlap": {"type": "str", "default": "1d"},
        # The id is not a secret, although ansible-core suspects its name.
        "secret_id": {"type": "str", "no_log": False},
    }
    if in_list:
        for keywords in spec.values():
            keywords.pop("default", None)
    return spec
