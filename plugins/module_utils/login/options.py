# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The specification of the options for the connection and the login."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.login.grants import GRANTS, AuthorizationCodeGrant
from ansible_collections.abbyy.vantage.plugins.module_utils.long_numbers import shortened

REGIONS = {
    "us": "https://vantage-us.abbyy.com",
    "eu": "https://vantage-eu.abbyy.com",
    "au": "https://vantage-au.abbyy.com",
}
DEFAULT_CLOCK_TOLERANCE = "1d"
DEFAULT_SCOPE = "openid permissions global.wildcard"
# The return value of every module that holds a secret: the successor of the refresh token that was used.
NEXT_REFRESH_TOKEN = "auth_refresh_token"
# The login in a browser, which only the modules that log in support.
LOGIN_GRANTS = (*GRANTS, AuthorizationCodeGrant.name)


def env_unless_empty(*names: str) -> str:
    """Return the first variable that is set and not empty.

    AWX injects an empty variable for each optional field of a credential that was left out.
    """
    for name in names:
        value = os.environ.get(name)
        if value:
            return value
    # Only ansible-core's check of options calls this; the event source reads this specification without ansible-core.
    from ansible.module_utils.basic import AnsibleFallbackNotFound

    raise AnsibleFallbackNotFound


def number_unless_empty(*names: str) -> str:
    """Return the same for a whole number, shortened if no message could hold it."""
    return shortened(env_unless_empty(*names))


def _option(env: str, **keywords: Any) -> dict[str, Any]:
    return dict(keywords, fallback=(env_unless_empty, [env]))


def connection_spec(*, tenant_required: bool = True, grants: Iterable[str] = GRANTS) -> dict[str, dict[str, Any]]:
    """Return the argument spec that every module shares."""
    return {
        "base_url": _option("VANTAGE_BASE_URL", type="str"),
        "region": _option("VANTAGE_REGION", type="str", choices=list(REGIONS)),
        "tenant_id": _option("VANTAGE_TENANT_ID", type="str", required=tenant_required),
        "api_version": {"type": "str", "choices": ["v2", "v1"], "default": "v2"},
        "roles_member": _option("VANTAGE_ROLES_MEMBER", type="str"),
        "validate_certs": _option("VANTAGE_VALIDATE_CERTS", type="bool", default=True),
        "ca_path": _option("VANTAGE_CA_PATH", type="path"),
        "timeout": {"type": "int", "default": 30, "fallback": (number_unless_empty, ["VANTAGE_TIMEOUT"])},
        "clock_tolerance": _option("VANTAGE_CLOCK_TOLERANCE", type="str", default=DEFAULT_CLOCK_TOLERANCE),
        "auth_token": _option("VANTAGE_AUTH_TOKEN", type="str", no_log=True),
        "auth_grant": _option("VANTAGE_AUTH_GRANT", type="str", choices=list(grants)),
        "auth_client_id": _option("VANTAGE_AUTH_CLIENT_ID", type="str"),
        "auth_client_secret": _option("VANTAGE_AUTH_CLIENT_SECRET", type="str", no_log=True),
        "auth_username": _option("VANTAGE_AUTH_USERNAME", type="str"),
        "auth_password": _option("VANTAGE_AUTH_PASSWORD", type="str", no_log=True),
        "auth_refresh_token": _option("VANTAGE_AUTH_REFRESH_TOKEN", type="str", no_log=True),
        "auth_scope": _option("VANTAGE_AUTH_SCOPE", type="str", default=DEFAULT_SCOPE),
        "auth_discovery": _option("VANTAGE_AUTH_DISCOVERY", type="bool", default=False),
        "audit_log": _option("VANTAGE_AUDIT_LOG", type="list", elements="str"),
        "audit_user": _option("VANTAGE_AUDIT_USER", type="str"),
    }


def login_spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the modules that only log in."""
    return connection_spec(tenant_required=False, grants=LOGIN_GRANTS)


def secret_options(spec: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the options that must not be shown."""
    return [option for option, keywords in spec.items() if keywords.get("no_log")]
