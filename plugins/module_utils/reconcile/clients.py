# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Bring clients to their desired state: read, plan, and carry the plans out."""

from __future__ import annotations

import math
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError, ConflictError, RefusedError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import differences, plan
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import (
    FIELDS,
    create_payload,
    created_from_desired,
    current_from_api,
    desired_from_params,
    is_complete,
    update_payload,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import check_client, check_distinct, warnings_of_client

MOST_TRIES = 3


class ClientItem(NamedTuple):
    """One client as the user wants it.

    :param known_absent: whether the caller knows that there is none yet, so that nobody needs to look.
    """

    client_id: str
    desired: dict[str, Any]
    state: str
    known_absent: bool = False


class ClientReconciler:
    """What one task of vantage_client asks for.

    :param params: the module's parameters.
    :raises ConfigError: for anything that can be told wrong without the server.
    """

    actions: tuple[str, ...] = ("created", "updated", "unchanged", "deleted", "failed")
    noun = "client"

    def __init__(self, params: dict[str, Any]) -> None:
        self._params = params
        self.single = params["clients"] is None
        self.concurrency: int = params["concurrency"]
        self.warnings: list[str] = []
        self.items = [_item_from_params(entry, params["state"]) for entry in ([params] if self.single else params["clients"])]
        self.warnings += check_distinct([item.client_id for item in self.items])
        for item in self.items:
            if item.state == "present":
                self.warnings += warnings_of_client(item.desired)

    def prepare(self, api: Api) -> list[Planned]:
        """Read the tenant and return one plan per item, then those of the clients to prune."""
        if self.single:
            item = self.items[0]
            found = api.find_client(item.client_id)
            if found is None:
                # A wrong tenant answers 404 as well; in check mode nothing else would tell.
                api.check_tenant()
            return [_planned(item, found, fresh=True)]
        if self._params["prune"]:
            listed = {raw["clientId"]: raw for raw in api.list_clients() if "clientId" in raw}
        else:
            listed = self._list_while_cheap(api)
        outcomes = run_each(self.items, lambda item: self._plan_from_list(api, item, listed), self.concurrency)
        planned = [
            outcome.value if outcome.error is None else Planned(item, item.client_id, error=outcome.error) for item, outcome in zip(self.items, outcomes)
        ]
        self._warn_of_case(listed)
        return planned + (self._pruned(api, listed) if self._params["prune"] else [])

    def carry_out(self, api: Api, planned: Planned) -> dict[str, Any]:
        """Do what the plan says and return the result."""
        item, action = planned.item, planned.plan.action
        if action == "deleted":
            api.delete_client(item.client_id)
            return self._result(item, "deleted", planned.plan.before)
        if action == "created":
            done, client = _create(api, item.desired)
            return self._result(item, done, client)
        if action == "updated":
            raw = planned.seen if planned.fresh else api.find_client(item.client_id)
            return self._result(item, "updated", _update(api, item.client_id, raw, planned.plan.changes))
        return self._result(item, "unchanged", planned.plan.before)

    def predict(self, planned: Planned) -> dict[str, Any]:
        """Return the result that the plan promises."""
        shown = planned.plan.after or planned.plan.before
        return self._result(planned.item, planned.plan.action, shown)

    def answer(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the module's own answer keys for the single form."""
        return {"client": results[0].get("client", {})} if self.single else {}

    def _result(self, item: ClientItem, action: str, client: dict[str, Any]) -> dict[str, Any]:
        result = {"client_id": item.client_id, "action": action, "changed": action != "unchanged", "msg": ""}
        if self.single or self._params["full_results"]:
            result["client"] = client
        return result

    def _list_while_cheap(self, api: Api) -> dict[str, dict[str, Any]]:
        """List the tenant's clients, but no longer than reading the wanted ones singly would take."""
        wanted = {item.client_id for item in self.items if not item.known_absent}
        self._listed_all = True
        if not wanted:
            return {}
        most_pages = max(2, math.ceil(len(wanted) / self.concurrency))
        listed: dict[str, dict[str, Any]] = {}
        for number, page in enumerate(api.client_pages(), start=1):
            listed.update((raw["clientId"], raw) for raw in page if "clientId" in raw)
            if wanted <= listed.keys():
                break
            if number >= most_pages:
                self._listed_all = False
                break
        return listed

    def _plan_from_list(self, api: Api, item: ClientItem, listed: dict[str, dict[str, Any]]) -> Planned:
        raw = listed.get(item.client_id)
        if raw is None:
            if self._params["prune"] or self._listed_all or item.known_absent:
                return _planned(item, None, fresh=False)
        elif is_complete(raw) or item.state == "absent":
            return _planned(item, raw, fresh=False)
        return _planned(item, api.find_client(item.client_id), fresh=True)

    def _warn_of_case(self, listed: dict[str, dict[str, Any]]) -> None:
        by_lower = {client_id.lower(): client_id for client_id in listed}
        for item in self.items:
            other = by_lower.get(item.client_id.lower(), item.client_id)
            if item.client_id not in listed and other != item.client_id:
                self.warnings.append(f"The tenant has a client {other!r}, which differs from {item.client_id!r} only in upper and lower case.")

    def _pruned(self, api: Api, listed: dict[str, dict[str, Any]]) -> list[Planned]:
        own = api.tokens.client_id(self._params)
        if own is None:
            raise RefusedError(
                "prune needs to know which client this run logs in with, so as to spare it, and the access token does not say: set auth_client_id.",
                code="prune_own_client_unknown",
            )
        named = {item.client_id for item in self.items}
        patterns = self._params["prune_protect"] or []
        surplus = [
            client_id
            for client_id in listed
            if client_id not in named and client_id != own and not any(fnmatchcase(client_id, pattern) for pattern in patterns)
        ]
        most = self._params["prune_limit"]
        if len(surplus) > most:
            shown = ", ".join(sorted(surplus)[:20]) + (", …" if len(surplus) > 20 else "")
            raise RefusedError(
                f"prune would delete {len(surplus)} clients, more than prune_limit ({most}): {shown}. Nothing was written. "
                "Name them in clients or prune_protect, or raise prune_limit.",
                code="prune_limit",
            )
        return [_planned(ClientItem(client_id, {"client_id": client_id}, "absent"), listed[client_id], fresh=False) for client_id in surplus]


def _item_from_params(params: dict[str, Any], default_state: str) -> ClientItem:
    desired = desired_from_params(params)
    state = params.get("state") or default_state
    if state == "present":
        check_client(desired)
    elif not desired.get("client_id"):
        raise ConfigError("client_id is empty; give the client's identifier.")
    return ClientItem(desired["client_id"], desired, state, bool(params.get("known_absent")))


def _planned(item: ClientItem, raw: dict[str, Any] | None, *, fresh: bool) -> Planned:
    current = None if raw is None else current_from_api(raw)
    return Planned(item, item.client_id, plan=plan(item.desired, current, item.state, created_from_desired(item.desired)), seen=raw, fresh=fresh)


def _create(api: Api, desired: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create a client once, whatever happens to the connection; return the action and the client."""
    client_id = desired["client_id"]
    doubt: VantageError | None = None
    for attempt in range(MOST_TRIES):
        if attempt:
            api.http.wait(2.0 ** (attempt - 1))
        try:
            raw = api.create_client(create_payload(desired))
        except ConflictError as exc:
            doubt = exc
        except VantageError as exc:
            if not exc.in_doubt:
                raise
            doubt = exc
        else:
            if raw is None or not is_complete(raw):
                raw = _read_back(api, client_id)
            _demand_applied(client_id, desired, raw)
            return "created", current_from_api(raw)
        found = _find_in_doubt(api, client_id, doubt)
        if found is not None:
            changes = differences(desired, current_from_api(found))
            if changes:
                return "updated", _update(api, client_id, found, changes)
            # Somebody else's, already as desired, is unchanged; our own, whose answer was lost, is created.
            return "unchanged" if isinstance(doubt, ConflictError) and attempt == 0 else "created", current_from_api(found)
        if isinstance(doubt, ConflictError):
            raise doubt
    raise ApiError(
        f"Could not create client {client_id!r}: {MOST_TRIES} tries ended without a client to be found. The last one: {doubt}",
        code="in_doubt",
    ) from doubt


def _update(api: Api, client_id: str, raw: dict[str, Any] | None, changes: dict[str, Any]) -> dict[str, Any]:
    """Put the whole client with the changes, and return it as read back."""
    if raw is None:
        raise ApiError(f"Could not update client {client_id!r}: it was deleted since it was read; run again to create it.", code="gone")
    api.update_client(client_id, update_payload(raw, changes))
    after = _read_back(api, client_id)
    _demand_applied(client_id, changes, after)
    return current_from_api(after)


def _find_in_doubt(api: Api, client_id: str, doubt: VantageError) -> dict[str, Any] | None:
    try:
        return api.find_client(client_id)
    except VantageError as exc:
        raise ApiError(
            f"{doubt} Whether client {client_id!r} was created could not be found out: {exc} Run again to bring it to its state.",
            code="in_doubt",
            changed=True,
        ) from exc


def _read_back(api: Api, client_id: str) -> dict[str, Any]:
    try:
        raw = api.find_client(client_id)
    except VantageError as exc:
        # The write before it was accepted.
        exc.changed = True
        raise
    if raw is None:
        raise ApiError(f"Could not read client {client_id!r} back: the server has none of that id although it accepted it.", code="gone", changed=True)
    return raw


def _demand_applied(client_id: str, desired: dict[str, Any], raw: dict[str, Any]) -> None:
    missed = differences(desired, current_from_api(raw))
    if missed:
        members = {field.option: field.member for field in FIELDS}
        raise ApiError(
            f"The server accepted client {client_id!r} but did not apply {', '.join(missed)}: asked for "
            + "; ".join(f"{option} {value!r}" for option, value in missed.items())
            + f". Read back: {'; '.join(f'{members[option]} {raw.get(members[option])!r}' for option in missed)}.",
            code="not_applied",
            changed=True,
        )
