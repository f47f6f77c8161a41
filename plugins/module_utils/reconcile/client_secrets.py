# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Bring client secrets to their desired state: read, plan, create, verify, and only then retire."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError, NotFoundError, RefusedError, VantageError, named
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import Token
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.access import note_of_access
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import Outcome, run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.orphans import Doubts
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api, Raw
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import current_from_api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.clocks import too_far_apart, warning_of_clocks
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import (
    Secret,
    SecretItem,
    SecretPayload,
    SecretPlan,
    ShownSecret,
    check_distinct,
    check_held,
    item_or_error,
    payload_from_item,
    plan_secret,
    reason_to_retire,
    same_second,
    secret_from_api,
    secrets_like,
    shown_from_secret,
    verify_from_option,
)

MOST_TRIES = 3
# It may take a while until every node of the server knows a new secret.
SPREAD_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
NOT_TRIED = "The secret was not tested: the client does not require one (require_client_secret is false), so the token endpoint accepts a wrong one as well."
PlannedSecret = Planned[SecretItem, SecretPlan, "list[Secret]"]


class Made(NamedTuple):
    """A secret that was made in this run, with its value, which the API returns once.

    :param doubts: sentences about earlier requests without a response.
    :param notes: sentences that the user should read although nothing failed.
    """

    secret: Secret
    value: str
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class SecretOptions(NamedTuple):
    """Settings for all secrets of a task.

    :param scope: for the login that tries a new value.
    :param own_login: id and secret of the client that this run logs in with; empty when unknown.
    :param known_clients: clients that the caller has already read from this tenant.
    """

    concurrency: int = 8
    scope: str = ""
    own_login: tuple[str, str] = ("", "")
    known_clients: frozenset[str] = frozenset()
    single: bool = False


class SecretResult(TypedDict):
    """What a module returns for a secret."""

    client_id: str
    description: str
    action: str
    changed: bool
    reason: str
    deleted: list[str]
    superseded: list[str]
    secret: ShownSecret
    notes: list[str]
    msg: str


class ClientStanding:
    """The state of one client's secrets in this run so far.

    :ivar working: ids of those that work.
    :ivar troubled: whether a wanted secret could not be made or verified.
    """

    def __init__(self, secrets: Iterable[Secret], now: datetime) -> None:
        self.lock = threading.Lock()
        self.working = {secret.id for secret in secrets if secret.is_active(now)}
        self.troubled = False


class ClientSecretReconciler:
    """What one task of vantage_client_secret asks for.

    :raises ConfigError: for a contradictory list, or for the only item of the single form.
    """

    actions: tuple[str, ...] = ("created", "renewed", "unchanged", "deleted", "failed")
    noun = "secret"

    def __init__(self, items: Sequence[SecretItem], options: SecretOptions | None = None) -> None:
        self._options = options or SecretOptions()
        self.single = self._options.single
        self.concurrency = self._options.concurrency
        self.warnings: list[str] = []
        self.items = [_held_or_error(item) for item in items]
        self._lock = threading.Lock()
        self._noted: dict[str, list[str]] = {}
        self._standings: dict[str, ClientStanding] = {}
        self._clients: dict[str, Outcome[Raw | None]] = {}
        if self.single and self.items[0].error is not None:
            raise self.items[0].error
        check_distinct(item for item in self.items if item.error is None)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ClientSecretReconciler:
        """Return the request in the parameters of the module."""
        # A mistake in all entries is reported once.
        verify_from_option(params["verify"])
        single = params["secrets"] is None
        options = SecretOptions(
            concurrency=params["concurrency"],
            scope=params["auth_scope"],
            own_login=(params["auth_client_id"] or "", params["auth_client_secret"] or ""),
            single=single,
        )
        return cls([item_or_error(entry, params) for entry in ([params] if single else params["secrets"])], options)

    def prepare(self, api: Api) -> list[PlannedSecret]:
        """List the secrets of each client once, and return one plan per item."""
        client_ids = list(dict.fromkeys(item.client_id for item in self.items if item.error is None))
        listed = dict(zip(client_ids, run_each(client_ids, lambda client_id: secrets_of(api, client_id), self.concurrency)))
        if any(outcome.error is None and outcome.value is None for outcome in listed.values()):
            # A wrong tenant returns 404 as well.
            api.check_tenant()
        now = api.http.now()
        offset, tolerance = api.http.clock_offset(), api.http.clock_tolerance
        clocks = warning_of_clocks(offset, tolerance)
        self.warnings += [clocks] if clocks else []
        hold = clocks if too_far_apart(offset, tolerance) else ""
        planned = [self._planned(item, listed.get(item.client_id), now, hold) for item in self.items]
        self._standings = {client_id: ClientStanding(outcome.value or [], now) for client_id, outcome in listed.items()}
        planned = self._of_clients_that_exist(api, planned)
        for one in planned:
            if one.error is not None and one.item.state == "present" and one.item.client_id in self._standings:
                self._standings[one.item.client_id].troubled = True
        return self._guarded(api, planned, now)

    def predict(self, planned: PlannedSecret) -> SecretResult:
        """Return the predicted result of the plan."""
        plan = _plan_of(planned)
        return _result(planned.item, plan, plan.after or plan.before, [secret.id for secret in plan.retire])

    def carry_out(self, api: Api, planned: PlannedSecret) -> SecretResult:
        """Make and verify the new secret, then retire the older ones; or delete absent ones."""
        item, plan = planned.item, _plan_of(planned)
        standing = self._standings[item.client_id]
        if plan.action == "deleted":
            return self._delete(api, item, plan, standing)
        made: Made | None = None
        shown = plan.before
        if plan.makes:
            made = self._make(api, planned, standing)
            shown = {**shown_from_secret(made.secret, api.http.now()), "value": made.value}
        elif plan.keep is not None:
            shown = shown_from_secret(plan.keep, api.http.now())
        retired, failure = _retire(api, item, plan.retire, standing, made.secret if made else plan.keep)
        if failure and made is None:
            failure.changed = bool(retired)
            raise failure
        result = _result(item, plan, shown, retired)
        result["notes"] += made.notes if made else ()
        if failure:
            # The value must reach the caller; the older generation is still there for the next run.
            result["msg"] = f"The new secret was made, but an older one is still there. {failure.message}"
            self.warnings.append(f"{item.name}: {result['msg']}")
        return result

    def answer(self, result: SecretResult) -> Mapping[str, object]:
        """Return the module's return values for the result of the single form."""
        return {
            "secret": result["secret"],
            "reason": result["reason"],
            "deleted": result["deleted"],
            "superseded": result["superseded"],
            "notes": result["notes"],
        }

    def _planned(self, item: SecretItem, listed: Outcome[list[Secret] | None] | None, now: datetime, hold: str) -> PlannedSecret:
        """Return the plan of one item.

        :param hold: why nothing may be deleted; empty when it may.
        """
        last = item.state == "absent"
        error = item.error or (listed.error if listed else None)
        if error is not None or listed is None:
            return PlannedSecret(item, item.name, last=last, error=error)
        if listed.value is None and not last:
            return PlannedSecret(item, item.name, error=_no_client(item.client_id))
        secrets = listed.value or []
        try:
            plan = self._plan(item._replace(prune="none") if hold else item, secrets, now)
            if plan.retire and hold:
                raise RefusedError(f"Secret {item.name!r} was not deleted. {hold}", code="clocks")
        except VantageError as exc:
            return PlannedSecret(item, item.name, last=last, error=exc)
        return PlannedSecret(item, item.name, plan=plan, seen=secrets, last=last)

    def _plan(self, item: SecretItem, secrets: list[Secret], now: datetime) -> SecretPlan:
        """Return the plan; it spares the secret that this run logs in with, since later tasks need it."""
        plan = plan_secret(item, secrets, now)
        own_id, own_value = self._options.own_login
        if item.client_id != own_id or not own_value:
            return plan
        spared = secrets_like(own_value, [*plan.retire, *plan.superseded], now)
        if not spared or item.state == "absent":
            return plan
        self.warnings.append(
            f"Secret {item.name!r}: the older {', '.join(sorted(spared))} stays, since this run seems to log in with it; "
            "give auth_client_secret the current value, and it is deleted."
        )
        return plan_secret(item, secrets, now, spared)

    def _of_clients_that_exist(self, api: Api, planned: list[PlannedSecret]) -> list[PlannedSecret]:
        """Fail items that would be written to another client: on some servers, client ids are case-insensitive."""
        written = {one.item.client_id for one in planned if one.plan is not None and one.plan.changed}
        client_ids = sorted(written - self._options.known_clients)
        self._clients.update(zip(client_ids, run_each(client_ids, api.find_client, self.concurrency)))

        def checked(one: PlannedSecret) -> PlannedSecret:
            found = self._clients.get(one.item.client_id)
            if one.plan is None or not one.plan.changed or found is None or found.value is not None:
                return one
            return replace(one, plan=None, error=found.error or _no_client(one.item.client_id))

        return [checked(one) for one in planned]

    def _guarded(self, api: Api, planned: list[PlannedSecret], now: datetime) -> list[PlannedSecret]:
        """Refuse plans that would leave a client that needs a secret without a working one."""
        bare = set()
        for client_id, standing in self._standings.items():
            plans = [(one.item, one.plan) for one in planned if one.plan is not None and one.item.client_id == client_id]
            going = {secret.id for _item, plan in plans for secret in plan.retire}
            replaced = any(plan.makes and (item.start_time is None or item.start_time <= now) for item, plan in plans)
            if standing.working & going and not standing.working - going and not replaced and self._needs_secret(api, client_id):
                bare.add(client_id)
        return [
            replace(one, plan=None, error=_last_secret(one.item))
            if one.plan is not None and one.plan.action == "deleted" and not one.item.force and one.item.client_id in bare
            else one
            for one in planned
        ]

    def _make(self, api: Api, planned: PlannedSecret, standing: ClientStanding) -> Made:
        item = planned.item
        try:
            made = make_secret(api, item, {secret.id for secret in planned.seen or []}, reason=_plan_of(planned).reason)
            self.warnings += [f"{item.name}: {doubt}" for doubt in made.doubts]
            if item.verify and (item.start_time is None or item.start_time <= api.http.now()):
                if self._takes_any_secret(api, item.client_id):
                    made = made._replace(notes=(*made.notes, NOT_TRIED))
                else:
                    self._prove(api, item, made)
        except VantageError:
            standing.troubled = True
            raise
        if made.secret.is_active(api.http.now()):
            with standing.lock:
                standing.working.add(made.secret.id)
        return made

    def _prove(self, api: Api, item: SecretItem, made: Made) -> None:
        tokens: list[Token] = []
        try:
            proven = logs_in(api, item.client_id, made.value, self._options.scope, tokens.append)
        except VantageError as exc:
            rolled_back = try_delete(api, item, made.secret.id)
            exc.message += f" The new secret was not proven and {rolled_back}."
            exc.changed = True
            raise
        if not proven:
            rolled_back = try_delete(api, item, made.secret.id)
            raise ApiError(
                f"The new secret of client {item.client_id!r} does not log in at the token endpoint (invalid_client); it {rolled_back}, "
                "and no older one was touched.",
                code="not_proven",
                changed=True,
            )
        note = note_of_access(api.http, tokens[-1] if tokens else None) if item.verify_api else ""
        if note:
            self._warn_of(item, note)

    def _warn_of(self, item: SecretItem, note: str) -> None:
        """Warn about a secret; combine the same warning for many secrets."""
        with self._lock:
            names = self._noted.setdefault(note, [])
            former = f"{named(names)}: {note}"
            names.append(item.name)
            # Other threads only append.
            if former in self.warnings:
                self.warnings[self.warnings.index(former)] = f"{named(names)}: {note}"
            else:
                self.warnings.append(f"{named(names)}: {note}")

    def _delete(self, api: Api, item: SecretItem, plan: SecretPlan, standing: ClientStanding) -> SecretResult:
        """Delete, based on what has happened so far: a creation may have failed, and other secrets may be deleted."""
        going = {secret.id for secret in plan.retire}
        with standing.lock:
            if not item.force:
                if standing.troubled:
                    raise RefusedError(
                        f"Secret {item.name!r} was not deleted, since another secret of client {item.client_id!r} could not be made; "
                        "fix that first, or set force.",
                        code="other_secret_failed",
                    )
                if standing.working & going and not standing.working - going and self._needs_secret(api, item.client_id):
                    raise _last_secret(item)
            retired, failure = _retire(api, item, plan.retire, None)
            standing.working.difference_update(retired)
        if failure:
            failure.changed = bool(retired)
            raise failure
        return _result(item, plan, plan.before, retired)

    def _client(self, api: Api, client_id: str) -> Raw | None:
        if client_id not in self._clients:
            self._clients[client_id] = Outcome(api.find_client(client_id))
        return self._clients[client_id].result()

    def _takes_any_secret(self, api: Api, client_id: str) -> bool:
        try:
            client = self._client(api, client_id)
        except VantageError:
            # Test it then.
            return False
        return client is not None and not current_from_api(client)["require_client_secret"]

    def _needs_secret(self, api: Api, client_id: str) -> bool:
        client = self._client(api, client_id)
        return client is not None and bool(current_from_api(client)["require_client_secret"])


def secrets_of(api: Api, client_id: str) -> list[Secret] | None:
    """Return all secrets of a client; None when there is no such client."""
    listed = api.list_secrets(client_id)
    return None if listed is None else [secret_from_api(raw) for raw in listed]


def make_secret(api: Api, item: SecretItem, known: Iterable[str], *, reason: str) -> Made:
    """Make one secret, whatever happens to the connection, without leaving an orphan.

    There is no idempotency key: before a request in doubt is resent, its possible result is searched for and deleted.

    :param known: ids of the client's secrets as they were just before.
    :param reason: why, as the plan says it.
    """
    doubts = Doubts(api, item, known)
    last: VantageError | None = None
    for attempt in range(MOST_TRIES):
        if attempt:
            api.http.wait(2.0 ** (attempt - 1))
        payload = payload_from_item(item, api.http.now())
        doubts.sent(payload)
        try:
            raw = api.create_secret(item.client_id, payload, reason=reason)
        except VantageError as exc:
            if not exc.in_doubt:
                exc.message = f"{exc.message} {doubts.what_was_found()}".strip()
                exc.changed = bool(doubts.rolled_back)
                raise
            last = exc
            doubts.settle(exc)
            if exc.code == "no_value":
                exc.message = f"{exc.message} {doubts.what_was_found()}"
                exc.changed = True
                raise
            continue
        made = _checked(api, item, doubts, payload, raw)
        return made._replace(doubts=doubts.look_once_more(made.secret))
    raise ApiError(
        f"Could not make secret {item.name!r}: {MOST_TRIES} attempts ended without its value. {doubts.what_was_found()} The last one: {last}",
        code="in_doubt",
        changed=bool(doubts.rolled_back),
    ) from last


def logs_in(api: Api, client_id: str, value: str, scope: str, keep: Callable[[Token], None] | None = None) -> bool:
    """Return whether the client can log in with a secret, after waiting for it to spread.

    :param keep: receives the token, if there is one.
    """
    for wait in SPREAD_WAITS:
        if api.endpoint.try_secret(client_id, value, scope, keep):
            return True
        api.http.wait(wait)
    return api.endpoint.try_secret(client_id, value, scope, keep)


def try_delete(api: Api, item: SecretItem, secret_id: str) -> str:
    """Try to delete a secret of the item's client, and return the end of a sentence about it."""
    try:
        api.delete_secret(item.client_id, secret_id, reason="rolled_back")
    except VantageError as exc:
        return f"could not be rolled back ({exc.code}): delete {secret_id} by hand or run again"
    return "was rolled back"


def _checked(api: Api, item: SecretItem, doubts: Doubts, payload: SecretPayload, raw: Raw) -> Made:
    """Return the secret of a complete response; roll it back otherwise."""
    value = raw.get("value")
    if not isinstance(value, str) or not value:
        raise _without_value(item, doubts)
    if not raw.get("id"):
        new = doubts.new_secrets()
        if len(new) != 1:
            raise ApiError(
                f"The server made secret {item.name!r} without an id, and {len(new)} new ones of that description are listed; delete them and run again.",
                code="no_id",
                changed=True,
            )
        raw = {**raw, "id": new[0].id}
    given = {name: member for name, member in raw.items() if member is not None}
    secret = secret_from_api({"description": item.description, "valueDisplay": value[:3], **payload, **given})
    differing = _not_applied(item, payload, secret)
    if differing:
        rolled_back = try_delete(api, item, secret.id)
        raise ApiError(f"The server made secret {item.name!r} {differing}; it {rolled_back}.", code="not_applied", changed=True)
    return Made(secret, value)


def _without_value(item: SecretItem, doubts: Doubts) -> ApiError:
    begun = f"The server made secret {item.name!r} but did not return its value"
    try:
        found = doubts.roll_back()
    except VantageError as exc:
        return ApiError(f"{begun}, and it could not be rolled back: {exc.message} Its value is lost: delete it.", code="no_value", changed=True)
    return ApiError(f"{begun}; rolled back: {', '.join(found) or 'none, since none is listed'}.", code="no_value", changed=True)


def _not_applied(item: SecretItem, payload: SecretPayload, secret: Secret) -> str:
    """Return the difference from the request; empty for none."""
    if secret.description != item.description:
        return f"with the description {secret.description!r}, so the next run would not find it; use one that the server does not change"
    wanted = payload.get("expiration")
    if wanted and not same_second(secret.expiration, moment_from_timestamp(wanted)):
        got = "never" if secret.expiration is None else timestamp_from_moment(secret.expiration)
        return f"to expire {got} although {wanted} was asked for"
    return ""


def _retire(
    api: Api, item: SecretItem, secrets: Iterable[Secret], standing: ClientStanding | None, current: Secret | None = None
) -> tuple[list[str], VantageError | None]:
    retired: list[str] = []
    for secret in secrets:
        try:
            api.delete_secret(item.client_id, secret.id, reason=reason_to_retire(item, secret, current, api.http.now()))
        except VantageError as exc:
            return retired, exc
        retired.append(secret.id)
        if standing is not None:
            with standing.lock:
                standing.working.discard(secret.id)
    return retired, None


def _held_or_error(item: SecretItem) -> SecretItem:
    if item.error is None:
        try:
            check_held(item)
        except ConfigError as exc:
            return item._replace(error=exc)
    return item


def _plan_of(planned: PlannedSecret) -> SecretPlan:
    if planned.plan is None:
        raise planned.error or _no_client(planned.item.client_id)
    return planned.plan


def _no_client(client_id: str) -> NotFoundError:
    return NotFoundError(
        f"Client {client_id!r} does not exist in this tenant; create it with abbyy.vantage.vantage_client before its secrets.", status=404, code="no_client"
    )


def _last_secret(item: SecretItem) -> RefusedError:
    return RefusedError(
        f"Deleting secret {item.name!r} would leave client {item.client_id!r}, which requires a secret, without any that works; "
        "make another one first, delete the client, or set force.",
        code="last_active_secret",
    )


def _result(item: SecretItem, plan: SecretPlan, secret: ShownSecret, retired: list[str]) -> SecretResult:
    shown = secret.copy()
    shown.pop("generations", None)
    return {
        "client_id": item.client_id,
        "description": item.description,
        "action": plan.action,
        "changed": plan.changed,
        "reason": plan.reason,
        "deleted": retired,
        "superseded": [one.id for one in plan.superseded],
        "secret": shown,
        "notes": [],
        "msg": "",
    }
