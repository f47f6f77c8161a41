# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Compare and send clients by the habits of their tenant: what it adds, and which forms it accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import NOTHING_ADDED, Added, added_entries, untold_options
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api, Raw
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ClientValue, rewritten
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.habits import CODE_FLOW

AnswerT = TypeVar("AnswerT")
BAD_REQUEST = 400
GRANTS = "allowed_grant_types"
CODE_FLOW_ADDED: Added = {GRANTS: frozenset({CODE_FLOW})}
EVERY_CLIENT = (
    f"This tenant gives every client the grant type {CODE_FLOW}, as the vendor documents, so it is not a difference where {GRANTS} does not name it. "
    "A client without redirect_uris cannot use it."
)


def added_by(api: Api, desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue]) -> Added:
    """Return what the tenant adds, which is not a difference: the code flow, unless a client without it was seen.

    If no other client was seen yet, the first page of clients is read.
    """
    if not added_entries(desired, current, CODE_FLOW_ADDED):
        return NOTHING_ADDED
    if not api.habits.code_flow_is_optional and not api.has_listed:
        next(api.client_pages(), None)
    if api.habits.code_flow_is_optional:
        return NOTHING_ADDED
    api.habits.note(EVERY_CLIENT)
    return CODE_FLOW_ADDED


def accept_added(api: Api, client_id: str, desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue], *, created: bool) -> Added:
    """Return the same for a client that was read back: what was not requested but is there was added by the tenant."""
    if not added_entries(desired, current, CODE_FLOW_ADDED):
        return NOTHING_ADDED
    if created or not api.habits.code_flow_is_optional:
        api.habits.note(EVERY_CLIENT)
    else:
        api.habits.warn(
            f"The tenant put {CODE_FLOW} back into {GRANTS} of client {client_id!r}, although other clients do not have it, so every run tries again; "
            f"add {CODE_FLOW} to {GRANTS} to end that."
        )
    return CODE_FLOW_ADDED


def warn_of_untold(api: Api, desired: Mapping[str, ClientValue], current: Mapping[str, ClientValue]) -> None:
    """Warn once about each declared list that cannot be compared."""
    for option in untold_options(desired, current):
        api.habits.warn(
            f"This tenant does not show the entries of {option}, only {str(current[option])[:40]!r}, so they are sent when a client is created, "
            "but not compared or changed later; run the playbook abbyy.vantage.probe and report what it finds."
        )


def send_client(api: Api, write: Callable[[], Raw], send: Callable[[Raw], AnswerT]) -> AnswerT:
    """Send a client; send it once more when the server's error names members that have another form.

    A refused request has created nothing, so it may be sent again. The accepted form is remembered for the run.

    :param write: returns the body in the forms known by then.
    """
    with api.habits.turn(write()):
        # Use what another client learned while this one waited.
        payload = write()
        try:
            return send(payload)
        except ApiError as exc:
            other = rewritten(payload, exc.fields, api.roles_member) if exc.status == BAD_REQUEST else {}
            if not other:
                raise
            refusal = exc
        try:
            answer = send({**payload, **other})
        except ApiError as exc:
            if exc.status == BAD_REQUEST:
                refusal.message += f" Written as {', '.join(f'{member} {value!r}' for member, value in other.items())}, it was refused as well."
                raise refusal from exc
            raise
        api.habits.learn(other)
        return answer
