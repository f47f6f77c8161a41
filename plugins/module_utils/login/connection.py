# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn the connection options of a task into a transport and the login endpoints; sends nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import duration_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.throttle import Throttle
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.discovery import Endpoints
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import DEFAULT_CLOCK_TOLERANCE, REGIONS, connection_spec, secret_options

_GUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
# What an address can contain unescaped; dots alone would be read as folders.
_SEGMENT = re.compile(r"(?!\.+$)[A-Za-z0-9._~-]+", re.ASCII)


def endpoints_from_params(http: Http, params: Mapping[str, Any]) -> Endpoints:
    """Return where to log in.

    :raises ConfigError: when discovery is asked for without a tenant.
    """
    tenant_id = tenant_from_params(params)
    if params["auth_discovery"] and tenant_id is None:
        raise ConfigError("auth_discovery needs tenant_id: the discovery document is the tenant's; set it or switch auth_discovery off.")
    return Endpoints(http, tenant_id=tenant_id, discovery=params["auth_discovery"])


def http_from_params(params: Mapping[str, Any], *, new_session: Callable[[], Any] | None = None, sleep: Callable[[float], None] | None = None) -> Http:
    """Return the transport to the deployment of ``base_url``, or else of ``region``.

    :param sleep: waits so many seconds; the usual way when None.
    """
    waits: dict[str, Any] = {} if sleep is None else {"sleep": sleep}
    timeout = params["timeout"]
    if not 1 <= timeout <= 3600:
        raise ConfigError(f"timeout is {timeout}; give 1 to 3600 seconds.")
    http = Http(
        base_url_from_params(params),
        validate_certs=params["validate_certs"],
        ca_path=params.get("ca_path") or None,
        timeout=timeout,
        throttle=Throttle(params.get("concurrency") or 1, **waits),
        new_session=new_session,
        clock_tolerance=clock_tolerance_from_params(params),
        **waits,
    )
    http.redact(*(params.get(option) for option in secret_options(connection_spec())))
    return http


def clock_tolerance_from_params(params: Mapping[str, Any]) -> timedelta:
    """Return how far the tenant's clock may be off.

    :raises ConfigError: for anything but a duration.
    """
    return duration_from_option("clock_tolerance", params.get("clock_tolerance") or DEFAULT_CLOCK_TOLERANCE)


def base_url_from_params(params: Mapping[str, Any]) -> str:
    """Return ``base_url``, or the vendor's address of ``region``."""
    if params.get("base_url"):
        return str(params["base_url"])
    if params.get("region"):
        return REGIONS[params["region"]]
    raise ConfigError(
        f"Neither base_url nor region is given: set region to one of {', '.join(REGIONS)}, or base_url to your own deployment "
        "(VANTAGE_REGION or VANTAGE_BASE_URL in the environment)."
    )


def tenant_from_params(params: Mapping[str, Any]) -> str | None:
    """Return ``tenant_id`` as the user wrote it, None when it is not given.

    :raises ConfigError: when it cannot be part of an address.
    """
    tenant_id = params.get("tenant_id")
    if not tenant_id:
        return None
    if not _SEGMENT.fullmatch(tenant_id):
        raise ConfigError(f"tenant_id {tenant_id!r} holds a character that no tenant id has; copy it from the tenant's settings.")
    return str(tenant_id)


def warnings_of_tenant(params: Mapping[str, Any]) -> list[str]:
    """Return a warning about a tenant id that is not a GUID: the vendor's examples have such ids, but it is probably a mistake."""
    tenant_id = params.get("tenant_id") or ""
    if not tenant_id or _GUID.fullmatch(tenant_id):
        return []
    warning = (
        f"tenant_id {tenant_id!r} is not a GUID (32 hexadecimal digits, with or without hyphens); it is sent as it is. "
        "If the tenant is not found, copy the id from the tenant's settings."
    )
    return [warning]
