# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Bring client secrets to their desired state: read, plan, make, prove, and only then retire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp, timestamp_from_moment
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, NotFoundError, RefusedError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import current_from_api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import (
    Secret,
    SecretItem,
    SecretPlan,
    check_distinct,
    item_from_params,
    payload_from_item,
    plan_secret,
    same_second,
    secret_from_api,
    secrets_like,
    shown_from_secret,
)

MOST_TRIES = 3
# A new secret may take a while until every node of the server knows it.
SPREAD_WAITS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Made(NamedTuple):
    """A secret that was made in this run, with the value that is shown this once."""

    secret: Secret
    value: str
    doubts: tuple[str, ...] = ()


class ClientSecretReconciler:
    """What one task of vantage_client_secret asks for.

    :param params: the module's parameters.
    :raises ConfigError: for anything that can be told wrong without the server.
    """

    actions: tuple[str, ...] = ("created", "renewed", "unchanged", "deleted", "failed")
    noun = "secret"

    def __init__(self, params: dict[str, Any]) -> None:
        self.single = params["secrets"] is None
        self.concurrency: int = params["concurrency"]
        self.warnings: list[str] = []
        self._scope: str = params["auth_scope"]
        self._now: datetime | None = None
        self._own: tuple[str, str] = (params["auth_client_id"] or "", params["auth_client_secret"] or "")
        self.items = [item_from_params(entry, params) for entry in ([params] if self.single else params["secrets"])]
        check_distinct(self.items)

    def prepare(self, api: Api) -> list[Planned]:
        """List the secrets of each client once, and return one plan per item."""
        client_ids = list(dict.fromkeys(item.client_id for item in self.items))
        outcomes = dict(zip(client_ids, run_each(client_ids, lambda client_id: secrets_of(api, client_id), self.concurrency)))
        if any(outcome.error is None and outcome.value is None for outcome in outcomes.values()):
            # A wrong tenant answers 404 as well.
            api.check_tenant()
        self._now = api.http.now()
        planned = [self._planned(item, outcomes[item.client_id], self._now) for item in self.items]
        return self._guarded(api, planned, self._now)

    def predict(self, planned: Planned) -> dict[str, Any]:
        """Return the result that the plan promises."""
        item, plan = planned.item, planned.plan
        return _result(item, plan, plan.after or plan.before, [secret.id for secret in plan.retire])

    def carry_out(self, api: Api, planned: Planned) -> dict[str, Any]:
        """Make and prove the new secret or prove the held one, then retire the older ones."""
        item, plan = planned.item, planned.plan
        made: Made | None = None
        shown = plan.before
        if plan.makes:
            made = make_secret(api, item, {secret.id for secret in planned.seen})
            if item.verify and (item.start_time is None or item.start_time <= api.http.now()):
                self._prove_made(api, item, made)
            shown = {**shown_from_secret(made.secret, api.http.now()), "value": made.value}
        elif plan.keep is not None:
            shown = shown_from_secret(plan.keep, api.http.now())
            if item.verify and item.held_value and plan.keep.is_active(api.http.now()):
                self._prove_held(api, item)
        retired, failure = _retire(api, item, plan.retire)
        if failure and made is None:
            failure.changed = bool(retired)
            raise failure
        result = _result(item, plan, shown, retired)
        if failure:
            # The value must reach the caller; the older generation is still there for the next run.
            result["msg"] = f"The new secret was made, but an older one is still there. {failure.message}"
            self.warnings.append(f"{item.name}: {result['msg']}")
        return result

    def answer(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the module's own answer keys for the single form."""
        if not self.single:
            return {}
        return {key: results[0][key] for key in ("secret", "reason", "retired", "superseded")}

    def _planned(self, item: SecretItem, outcome: Any, now: datetime) -> Planned:
        if outcome.error:
            return Planned(item, item.name, error=outcome.error)
        if outcome.value is None and item.state == "present":
            error = NotFoundError(
                f"Client {item.client_id!r} does not exist in this tenant; create it with abbyy.vantage.vantage_client before its secrets.",
                status=404,
                code="no_client",
            )
            return Planned(item, item.name, error=error)
        secrets = outcome.value or []
        try:
            return Planned(item, item.name, plan=self._plan(item, secrets, now), seen=secrets)
        except VantageError as exc:
            return Planned(item, item.name, error=exc)

    def _plan(self, item: SecretItem, secrets: list[Secret], now: datetime) -> SecretPlan:
        """Return the plan; it spares the secret that this run logs in with, for what comes after has to log in again."""
        plan = plan_secret(item, secrets, now)
        own_id, own_value = self._own
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

    def _guarded(self, api: Api, planned: list[Planned], now: datetime) -> list[Planned]:
        """Refuse what would leave a client that needs a secret without any that works."""
        by_client: dict[str, list[Planned]] = {}
        for one in planned:
            if one.plan is not None:
                by_client.setdefault(one.item.client_id, []).append(one)
        bare = set()
        for client_id, group in by_client.items():
            unforced = [one for one in group if one.plan.action == "deleted" and not one.item.force]
            going = {secret.id for one in group for secret in one.plan.retire}
            active = {secret.id for secret in group[0].seen if secret.is_active(now)}
            if unforced and active & going and not active - going and not any(one.plan.makes for one in group):
                bare.add(client_id)
        needing = {client_id for client_id in bare if _needs_secret(api, client_id)}
        return [_refused(one) if one.plan and one.plan.action == "deleted" and not one.item.force and one.item.client_id in needing else one for one in planned]

    def _prove_made(self, api: Api, item: SecretItem, made: Made) -> None:
        try:
            proven = logs_in(api, item.client_id, made.value, self._scope)
        except VantageError as exc:
            taken_back = try_delete(api, item, made.secret.id)
            exc.message += f" The new secret was not proven and {taken_back}."
            exc.changed = True
            raise
        if not proven:
            taken_back = try_delete(api, item, made.secret.id)
            raise ApiError(
                f"The new secret of client {item.client_id!r} does not log in at the token endpoint (invalid_client); it {taken_back}, "
                "and no older one was touched.",
                code="not_proven",
                changed=True,
            )

    def _prove_held(self, api: Api, item: SecretItem) -> None:
        if not logs_in(api, item.client_id, item.held_value or "", self._scope):
            raise ApiError(
                f"The held value of secret {item.name!r} does not log in at the token endpoint (invalid_client); no older secret was "
                "touched. Run again without held_id, or with an empty one, to replace it.",
                code="held_value_refused",
            )


def secrets_of(api: Api, client_id: str) -> list[Secret] | None:
    listed = api.list_secrets(client_id)
    return None if listed is None else [secret_from_api(raw) for raw in listed]


def make_secret(api: Api, item: SecretItem, known: set[str]) -> Made:
    """Make one secret, whatever happens to the connection, and leave no orphan behind.

    There is no idempotency key: a request in doubt is never resent before what it may have made was looked for and deleted.
    """
    doubt: VantageError | None = None
    taken_back: list[str] = []
    for attempt in range(MOST_TRIES):
        if attempt:
            api.http.wait(2.0 ** (attempt - 1))
        payload = payload_from_item(item, api.http.now())
        try:
            raw = api.create_secret(item.client_id, payload)
        except VantageError as exc:
            if not exc.in_doubt:
                raise
            doubt = exc
            taken_back += _take_orphans_back(api, item, known, payload, exc)
            if exc.code == "no_value":
                raise
            continue
        return _checked(api, item, known, payload, raw)
    raise ApiError(
        f"Could not make secret {item.name!r}: {MOST_TRIES} tries ended without its value; {_what_was_found(taken_back)}. The last one: {doubt}",
        code="in_doubt",
        changed=bool(taken_back),
    ) from doubt


def _checked(api: Api, item: SecretItem, known: set[str], payload: dict[str, Any], raw: dict[str, Any]) -> Made:
    """Return the secret of an answer that has all it needs; take it back otherwise."""
    value = raw.get("value")
    if not isinstance(value, str) or not value:
        orphans = _take_orphans_back(api, item, known, payload, None)
        raise ApiError(f"The server made secret {item.name!r} but did not answer its value; {_what_was_found(orphans)}.", code="no_value", changed=True)
    if not raw.get("id"):
        new = _new_secrets(api, item, known, payload)
        if len(new) != 1:
            raise ApiError(
                f"The server made secret {item.name!r} without an id, and {len(new)} new ones of that description are listed; delete them and run again.",
                code="no_id",
                changed=True,
            )
        raw = {**raw, "id": new[0].id}
    secret = secret_from_api({"description": item.description, "valueDisplay": value[:3], **payload, **raw})
    wanted = payload.get("expiration")
    if wanted and not same_second(secret.expiration, moment_from_timestamp(wanted)):
        taken_back = try_delete(api, item, secret.id)
        got = "never" if secret.expiration is None else timestamp_from_moment(secret.expiration)
        raise ApiError(
            f"The server made secret {item.name!r} to expire {got} although {wanted} was asked for; it {taken_back}.", code="not_applied", changed=True
        )
    return Made(secret, value)


def _new_secrets(api: Api, item: SecretItem, known: set[str], payload: dict[str, Any]) -> list[Secret]:
    wanted = payload.get("expiration")
    return [
        secret
        for secret in secrets_of(api, item.client_id) or []
        if secret.id not in known
        and secret.description == item.description
        and (wanted is None or same_second(secret.expiration, moment_from_timestamp(wanted)))
    ]


def _take_orphans_back(api: Api, item: SecretItem, known: set[str], payload: dict[str, Any], cause: VantageError | None) -> list[str]:
    """Delete what a request in doubt has made and return the ids."""
    try:
        new = _new_secrets(api, item, known, payload)
        for secret in new:
            api.delete_secret(item.client_id, secret.id)
    except VantageError as exc:
        said = f"{cause} " if cause else ""
        raise ApiError(
            f"{said}Whether secret {item.name!r} was made could not be found out: {exc} If it was, the next run replaces and deletes it.",
            code="in_doubt",
            changed=True,
        ) from exc
    return [secret.id for secret in new]


def _what_was_found(taken_back: list[str]) -> str:
    return f"taken back: {', '.join(taken_back)}" if taken_back else "none was found in the tenant's list"


def logs_in(api: Api, client_id: str, value: str, scope: str) -> bool:
    for wait in SPREAD_WAITS:
        if api.endpoint.try_secret(client_id, value, scope):
            return True
        api.http.wait(wait)
    return api.endpoint.try_secret(client_id, value, scope)


def _retire(api: Api, item: SecretItem, secrets: list[Secret]) -> tuple[list[str], VantageError | None]:
    retired: list[str] = []
    for secret in secrets:
        try:
            api.delete_secret(item.client_id, secret.id)
        except VantageError as exc:
            return retired, exc
        retired.append(secret.id)
    return retired, None


def try_delete(api: Api, item: SecretItem, secret_id: str) -> str:
    try:
        api.delete_secret(item.client_id, secret_id)
    except VantageError as exc:
        return f"could not be taken back ({exc.code}): delete {secret_id} by hand or run again"
    return "was taken back"


def _needs_secret(api: Api, client_id: str) -> bool:
    raw = api.find_client(client_id)
    return raw is not None and bool(current_from_api(raw)["require_client_secret"])


def _refused(one: Planned) -> Planned:
    error = RefusedError(
        f"Deleting secret {one.name!r} would leave client {one.item.client_id!r}, which requires a secret, without any that works; "
        "make another one first, delete the client, or set force.",
        code="last_active_secret",
    )
    return one._replace(plan=None, error=error)


def _result(item: SecretItem, plan: Any, secret: dict[str, Any], retired: list[str]) -> dict[str, Any]:
    return {
        "client_id": item.client_id,
        "description": item.description,
        "action": plan.action,
        "changed": plan.changed,
        "reason": plan.reason,
        "retired": retired,
        "superseded": [secret.id for secret in plan.superseded],
        "secret": {key: value for key, value in secret.items() if key != "generations"},
        "msg": "",
    }
