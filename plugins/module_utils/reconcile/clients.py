# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Bring clients to their desired state: read, plan, and carry the plans out."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypedDict

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, ConfigError, ConflictError, RefusedError, VantageError, named
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import client_id_of_jwt
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.bulk import Outcome, run_each
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_habits import accept_added, added_by, send_client, warn_of_untold
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import NOTHING_ADDED, Plan, differences, plan
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api, Raw, shown_text
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import (
    ClientValues,
    check_readable,
    create_payload,
    created_from_desired,
    current_from_api,
    desired_from_params,
    fields_of,
    is_complete,
    update_payload,
)
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import (
    canonical_client,
    check_client,
    check_distinct,
    check_roles,
    warnings_of_client,
)

MOST_TRIES = 3


class ClientItem(NamedTuple):
    """One client as the user wants it.

    :param desired: the managed options, by option name.
    :param error: why it is invalid, so that nothing is done for it.
    :param pruned: whether it is deleted because it is not declared.
    """

    client_id: str
    desired: ClientValues
    state: str = "present"
    error: ConfigError | None = None
    pruned: bool = False


class Found(NamedTuple):
    """The current state of a client.

    :param raw: the client as the server sent it; None if it does not exist.
    :param fresh: whether it was just read by itself, rather than from a list.
    """

    raw: Raw | None
    fresh: bool


class ClientOptions(NamedTuple):
    """Settings for all clients of a task.

    :param prune_protect: shell patterns of client ids that are not pruned.
    :param prune_among: returns the only clients that may be pruned; None for all. It is called after the tenant was listed.
    :param own_client_ids: clients that this run logs in with, which are not pruned; the client of the access token is added.
    :param roles_member: as of the connection; without it, no roles can be managed.
    """

    concurrency: int = 8
    prune: bool = False
    prune_protect: tuple[str, ...] = ()
    prune_limit: int = 10
    prune_among: Callable[[], Collection[str]] | None = None
    own_client_ids: frozenset[str] = frozenset()
    full_results: bool = False
    single: bool = False
    roles_member: str = ""


class ClientResult(TypedDict, total=False):
    """What a module returns for a client; ``client`` with full results only."""

    client_id: str
    action: str
    changed: bool
    msg: str
    client: ClientValues


PlannedClient = Planned[ClientItem, Plan, Raw]


class ClientReconciler:
    """What one task of vantage_client asks for.

    :raises ConfigError: for a contradictory list, or for the only item of the single form.
    :raises RefusedError: for a list that must be a mistake when pruning.
    """

    actions: tuple[str, ...] = ("created", "updated", "unchanged", "deleted", "failed")
    noun = "client"

    def __init__(self, items: Sequence[ClientItem], options: ClientOptions | None = None) -> None:
        self._options = options or ClientOptions()
        self.single = self._options.single
        self.concurrency = self._options.concurrency
        self.warnings: list[str] = []
        self.items = [self._ready(item) for item in items]
        if self.single and self.items[0].error is not None:
            raise self.items[0].error
        self.warnings += check_distinct([item.client_id for item in self.items if item.client_id])
        if self._options.prune:
            _check_prune(self.items, single=self.single)

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ClientReconciler:
        """Return the request in the parameters of the module."""
        single = params["clients"] is None
        options = ClientOptions(
            concurrency=params["concurrency"],
            prune=params["prune"],
            prune_protect=tuple(texts_from_option("prune_protect", params["prune_protect"])),
            prune_limit=params["prune_limit"],
            own_client_ids=frozenset({params["auth_client_id"]} if params["auth_client_id"] else ()),
            full_results=params["full_results"],
            single=single,
            roles_member=params["roles_member"] or "",
        )
        return cls([_item_from_params(entry, params["state"]) for entry in ([params] if single else params["clients"])], options)

    def prepare(self, api: Api) -> list[PlannedClient]:
        """Read the tenant and return one plan per item, then those of the clients to prune."""
        if self.single:
            item = self.items[0]
            found = api.find_client(item.client_id)
            if found is None:
                # A wrong tenant also returns 404; in check mode nothing else would show it.
                api.check_tenant()
            return [_planned(api, item, found, fresh=True)]
        if self._options.prune:
            listed, complete = {str(raw["clientId"]): raw for raw in api.list_clients()}, True
        else:
            listed, complete = self._list_while_cheap(api)
        read = run_each(self.items, lambda item: self._find_in_list(api, item, listed, complete), self.concurrency)

        def planned_of(found: tuple[ClientItem, Outcome[Found]]) -> PlannedClient:
            item, outcome = found
            raw, fresh = outcome.result()
            return _planned(api, item, raw, fresh=fresh)

        # Planned last and in order: what all of them show about the tenant counts for each.
        outcomes = run_each(list(zip(self.items, read)), planned_of, 1)
        planned = [
            PlannedClient(item, item.client_id, error=outcome.error) if outcome.error else outcome.result() for item, outcome in zip(self.items, outcomes)
        ]
        self._warn_of_case(listed)
        return planned + (self._pruned(api, listed) if self._options.prune else [])

    def carry_out(self, api: Api, planned: PlannedClient) -> ClientResult:
        """Carry out the plan and return the result."""
        item, client_plan = planned.item, _plan_of(planned)
        if client_plan.action == "deleted":
            # A listed client is read by its own id before it is deleted.
            if planned.fresh or api.find_client(item.client_id) is not None:
                api.delete_client(item.client_id, reason="pruned" if item.pruned else "unwanted")
            return self._result(item, "deleted", client_plan.before)
        if client_plan.action == "created":
            done, client = _create(api, item.desired)
            return self._result(item, done, client)
        if client_plan.action == "updated":
            raw = planned.seen if planned.fresh else api.find_client(item.client_id)
            return self._result(item, "updated", _update(api, item.client_id, raw, client_plan.changes))
        return self._result(item, "unchanged", client_plan.before)

    def predict(self, planned: PlannedClient) -> ClientResult:
        """Return the predicted result of the plan."""
        client_plan = _plan_of(planned)
        return self._result(planned.item, client_plan.action, client_plan.after or client_plan.before)

    def answer(self, result: ClientResult) -> Mapping[str, object]:
        """Return the module's return values for the result of the single form."""
        return {"client": result.get("client", {})}

    def _ready(self, item: ClientItem) -> ClientItem:
        """Return the item in its final form, or with its error."""
        if item.error is not None or item.state != "present":
            return item
        desired, warnings = canonical_client(item.desired)
        try:
            check_client(desired)
            check_roles(desired, self._options.roles_member)
        except ConfigError as exc:
            return item._replace(error=exc)
        self.warnings += [*warnings, *warnings_of_client(desired)]
        return item._replace(desired=desired)

    def _result(self, item: ClientItem, action: str, client: ClientValues) -> ClientResult:
        result: ClientResult = {"client_id": shown_text(item.client_id), "action": action, "changed": action != "unchanged", "msg": ""}
        if self.single or self._options.full_results:
            result["client"] = client
        return result

    def _list_while_cheap(self, api: Api) -> tuple[dict[str, Raw], bool]:
        """List the tenant's clients, unless reading only the wanted ones is faster.

        :returns: the clients by id, and whether the list is complete.
        """
        wanted = {item.client_id for item in self.items if item.error is None}
        listed: dict[str, Raw] = {}
        if not wanted:
            return listed, True
        most_pages = max(2, math.ceil(len(wanted) / self.concurrency))
        for number, page in enumerate(api.client_pages(), start=1):
            listed.update((str(raw["clientId"]), raw) for raw in page)
            if wanted <= listed.keys():
                break
            if number >= most_pages:
                return listed, False
        return listed, True

    def _find_in_list(self, api: Api, item: ClientItem, listed: Mapping[str, Raw], complete: bool) -> Found:
        if item.error is not None:
            raise item.error
        raw = listed.get(item.client_id)
        if raw is None:
            if complete:
                return Found(None, fresh=False)
        elif is_complete(raw, api.roles_member) or item.state == "absent":
            return Found(raw, fresh=False)
        return Found(api.find_client(item.client_id), fresh=True)

    def _warn_of_case(self, listed: Iterable[str]) -> None:
        ids = set(listed)
        by_lower = {client_id.lower(): client_id for client_id in ids}
        for item in self.items:
            other = by_lower.get(item.client_id.lower(), item.client_id)
            if item.client_id not in ids and other != item.client_id:
                self.warnings.append(f"The tenant has a client {other!r}, which differs from {item.client_id!r} only in upper and lower case.")

    def _pruned(self, api: Api, listed: Mapping[str, Raw]) -> list[PlannedClient]:
        of_token = client_id_of_jwt(api.tokens.access_token())
        own = self._options.own_client_ids | ({of_token} if of_token else frozenset())
        if not own:
            raise RefusedError(
                "prune needs to know which client this run logs in with, so as to spare it, and the access token does not say: set auth_client_id.",
                code="prune_own_client_unknown",
            )
        patterns = [pattern for pattern in self._options.prune_protect if pattern]
        idle = [pattern for pattern in patterns if not any(fnmatchcase(client_id, pattern) for client_id in listed)]
        if idle:
            self.warnings.append(f"prune_protect {named(map(repr, idle))} matches no client of the tenant; check the spelling.")
        spared = {item.client_id for item in self.items} | own
        among = listed if self._options.prune_among is None else self._options.prune_among()
        surplus = [one for one in listed if one in among and one not in spared and not any(fnmatchcase(one, pattern) for pattern in patterns)]
        most = self._options.prune_limit
        if len(surplus) > most:
            raise RefusedError(
                f"Nothing was written. prune would delete {len(surplus)} client{'' if len(surplus) == 1 else 's'}, more than prune_limit ({most}): "
                f"{named(map(shown_text, sorted(surplus)))}. Declare them, add them to prune_protect, or raise prune_limit.",
                code="prune_limit",
            )
        return [_planned(api, ClientItem(client_id, {"client_id": client_id}, "absent", pruned=True), listed[client_id], fresh=False) for client_id in surplus]


def _check_prune(items: Sequence[ClientItem], *, single: bool) -> None:
    """Refuse to prune by a list that is probably a mistake."""
    if single:
        raise ConfigError("prune needs the option clients, since it deletes the clients that are not in that list; write the client as a list of one.")
    faulty = [item.error.message for item in items if item.error is not None]
    if faulty:
        raise RefusedError(f"prune cannot use a list with mistakes, so nothing was written: {named(faulty, separator=' ')}", code="prune_faulty_list")
    if not any(item.state == "present" for item in items):
        raise RefusedError(
            "prune would delete all clients of the tenant, since clients names none that should exist: check its variable. "
            "To delete clients, name each with state absent, without prune.",
            code="prune_empty_list",
        )


def _item_from_params(params: Mapping[str, Any], default_state: str) -> ClientItem:
    state = params.get("state") or default_state
    try:
        desired = desired_from_params(params)
    except ConfigError as exc:
        client_id = params.get("client_id")
        return ClientItem(client_id if isinstance(client_id, str) else repr(client_id), {}, state, exc)
    client_id = desired.get("client_id")
    if not isinstance(client_id, str) or not client_id:
        return ClientItem("", desired, state, ConfigError("client_id is empty; give the client's identifier."))
    return ClientItem(client_id, desired, state)


def _plan_of(planned: PlannedClient) -> Plan:
    if planned.plan is None:
        raise planned.error or ApiError(f"Client {planned.item.client_id!r} was not read.", code="unreadable")
    return planned.plan


def _planned(api: Api, item: ClientItem, raw: Raw | None, *, fresh: bool) -> PlannedClient:
    current = None if raw is None else current_from_api(raw, api.roles_member)
    added = NOTHING_ADDED
    if current is not None and item.state == "present":
        check_readable(item.desired, current)
        added = added_by(api, item.desired, current)
        warn_of_untold(api, item.desired, current)
    client_plan = plan(item.desired, current, item.state, created_from_desired(item.desired, api.roles_member), added)
    return PlannedClient(item, shown_text(item.client_id), plan=client_plan, seen=raw, fresh=fresh, last=client_plan.action == "deleted")


def _create(api: Api, desired: ClientValues) -> tuple[str, ClientValues]:
    """Create a client exactly once, whatever happens to the connection; return the action and the client."""
    client_id = str(desired["client_id"])
    doubt: VantageError | None = None
    for attempt in range(MOST_TRIES):
        if attempt:
            api.http.wait(2.0 ** (attempt - 1))
        try:
            raw = send_client(
                api,
                lambda: create_payload(desired, forms=api.habits.forms, roles_member=api.roles_member),
                lambda body: api.create_client(body, reason="absent"),
            )
        except ConflictError as exc:
            doubt = exc
        except VantageError as exc:
            if not exc.in_doubt:
                raise
            doubt = exc
        else:
            if raw is None or not is_complete(raw, api.roles_member):
                raw = _read_back(api, client_id)
            return "created", _applied(api, client_id, desired, raw, created=True)
        found = _find_in_doubt(api, client_id, doubt)
        if found is not None:
            current = current_from_api(found, api.roles_member)
            changes = differences(desired, current, accept_added(api, client_id, desired, current, created=True))
            if changes:
                return "updated", _update(api, client_id, found, changes)
            # A client of somebody else that is already as desired is unchanged; our own, whose response was lost, is created.
            return "unchanged" if isinstance(doubt, ConflictError) and attempt == 0 else "created", current
        if isinstance(doubt, ConflictError):
            doubt.message += " The tenant shows no client of exactly this id, but may have one that differs in upper and lower case."
            raise doubt
    raise ApiError(
        f"Could not create client {client_id!r}: {MOST_TRIES} attempts ended without finding the client. The last one: {doubt}",
        code="in_doubt",
    ) from doubt


def _update(api: Api, client_id: str, raw: Raw | None, changes: ClientValues) -> ClientValues:
    """Send the whole client with the changes, and return it as read back."""
    if raw is None:
        raise ApiError(f"Could not update client {client_id!r}: it was deleted after it was read; run again to create it.", code="gone")

    def write() -> Raw:
        return update_payload(raw, changes, taken=api.habits.taken, roles_member=api.roles_member)

    send_client(api, write, lambda body: api.update_client(client_id, body, reason="differs", options=list(changes)))
    return _applied(api, client_id, changes, _read_back(api, client_id), created=False)


def _find_in_doubt(api: Api, client_id: str, doubt: VantageError) -> Raw | None:
    try:
        return api.find_client(client_id)
    except VantageError as exc:
        raise ApiError(
            f"{doubt} It is unknown whether client {client_id!r} was created: {exc} Run again.",
            code="in_doubt",
            changed=True,
        ) from exc


def _read_back(api: Api, client_id: str) -> Raw:
    try:
        raw = api.find_client(client_id)
    except VantageError as exc:
        # The write before it was accepted.
        exc.changed = True
        raise
    if raw is None:
        raise ApiError(f"Could not read client {client_id!r} back: the server has none of that id although it accepted it.", code="gone", changed=True)
    return raw


def _applied(api: Api, client_id: str, desired: ClientValues, raw: Raw, *, created: bool) -> ClientValues:
    """Return the client as it was read back; raise if it differs from the request."""
    current = current_from_api(raw, api.roles_member)
    warn_of_untold(api, desired, current)
    missed = differences(desired, current, accept_added(api, client_id, desired, current, created=created))
    if missed:
        members = {field.option: field.member for field in fields_of(api.roles_member)}
        raise ApiError(
            f"The server accepted client {client_id!r} but did not apply {', '.join(missed)}: asked for "
            + "; ".join(f"{option} {value!r}" for option, value in missed.items())
            + f". Read back: {'; '.join(f'{members[option]} {raw.get(members[option])!r}' for option in missed)}.",
            code="not_applied",
            changed=True,
        )
    return current
