# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn the connection options of a task into an Api that is ready to use; sends nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.trail import trail_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import endpoints_from_params, http_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.grants import grant_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import TokenEndpoint, TokenSource
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, READ_ONLY

# The same text for every tenant and task, so that Ansible shows it once.
UNCHECKED = (
    "TLS certificates are not checked, so anybody on the way to the tenant could read its secrets. Remove validate_certs: false; where the tenant has a "
    "private CA, give its certificate in ca_path."
)


def connect(params: dict[str, Any], *, new_session: Callable[[], Any] | None = None, sleep: Callable[[float], None] | None = None) -> Api:
    """Return the API of the tenant that the options name.

    :param sleep: waits so many seconds; an interruptible one lets a run be stopped.
    :raises ConfigError: when the connection or the login is not fully described.
    """
    roles_member = roles_member_from_params(params)
    audit = trail_from_params(params)
    http = http_from_params(params, new_session=new_session, sleep=sleep)
    endpoint = TokenEndpoint(http, endpoints_from_params(http, params))
    tokens = TokenSource(endpoint, grant_from_params(params), static_token=params.get("auth_token") or None)
    api = Api(http, tokens, endpoint, tenant_id=params["tenant_id"], api_version=params["api_version"], roles_member=roles_member, audit=audit)
    if not params["validate_certs"]:
        api.warnings.append(UNCHECKED)
    return api


def roles_member_from_params(params: dict[str, Any]) -> str:
    """Return the member of a client that holds its roles; empty when nobody has named it.

    :raises ConfigError: for a member that holds something else, over which the roles would be written.
    """
    member = params["roles_member"] or ""
    known = {name.lower() for name in (*READ_ONLY, *(field.member for field in FIELDS))}
    if member.lower() in known:
        raise ConfigError(f"roles_member is {member!r}, which holds something else of a client; set it to the name that the probe finds.")
    return str(member)
