# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Export the clients of a tenant as apps, so that onboarding them changes nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import UNITS, moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import OPTION_FIELDS, Field
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import check_client
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import LONGEST, SHORTEST

UNTOLD = "The tenant shows it in a form that does not tell its value, so it cannot be written down; look it up in the tenant's settings."


def apps_from_clients(clients: Iterable[dict[str, Any]], *, all_options: bool, secrets: bool, exclude: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return ``apps``, by client id, and ``left_out``: clients that the collection would refuse, and patterns without a match, with the reason.

    :param clients: as vantage_client_info returns them, with their secrets when ``secrets`` is set.
    :param all_options: also write options with their documented default.
    :param secrets: declare the secrets too; since values cannot be read, onboarding then makes a new generation of each.
    :param exclude: shell patterns of client ids.
    """
    patterns = list(dict.fromkeys(exclude))
    listed = sorted(clients, key=lambda client: str(client["client_id"]))
    apps: list[dict[str, Any]] = []
    left_out = [_unmatched(pattern) for pattern in patterns if not any(fnmatchcase(client["client_id"], pattern) for client in listed)]
    for client in listed:
        if any(fnmatchcase(client["client_id"], pattern) for pattern in patterns):
            continue
        app, refused = _app_from_client(client, all_options)
        left_out += refused
        if app:
            # Without the key, the role gives an app a default secret.
            app["secrets"] = _declared_secrets(client.get("secrets") or []) if secrets else []
            apps.append(app)
    return {"apps": apps, "left_out": left_out}


def _unmatched(pattern: str) -> dict[str, Any]:
    reason = f"No client of the tenant matches the pattern {shown(pattern)!r} in exclude; check how it is written."
    return {"client_id": shown(pattern), "option": "exclude", "reason": reason}


def _app_from_client(client: dict[str, Any], all_options: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    identity = {"client_id": client["client_id"]}
    reason = _why_refused(identity)
    if reason:
        return {}, [{"client_id": shown(client["client_id"]), "option": "client_id", "reason": reason}]
    app = dict(identity)
    left_out = []
    for field in OPTION_FIELDS[1:]:
        if field.option not in client:
            # Roles, when their member is unknown.
            continue
        value = client[field.option]
        if (field.kind == "list" and not isinstance(value, list)) or (field.kind == "seconds" and not isinstance(value, int)):
            left_out.append({"client_id": shown(client["client_id"]), "option": field.option, "reason": UNTOLD})
            continue
        if not all_options and _is_default(field, value, client):
            continue
        if field.kind == "list":
            # The server's order is meaningless: it changes when a list is written.
            value = sorted(set(value))
        reason = _why_refused({**identity, field.option: value})
        if reason:
            left_out.append({"client_id": shown(client["client_id"]), "option": field.option, "reason": reason})
        else:
            app[field.option] = _duration(value) if field.kind == "seconds" else value
    return app, left_out


def _is_default(field: Field, value: Any, client: dict[str, Any]) -> bool:
    if field.option == "client_name":
        return bool(value == client["client_id"])
    return set(value) == set(field.default) if isinstance(field.default, list) else bool(value == field.default)


def _why_refused(desired: dict[str, Any]) -> str:
    """Return the collection's error; empty when it accepts the option."""
    try:
        check_client(desired)
    except ConfigError as exc:
        return exc.message
    return ""


def _declared_secrets(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one declaration per description, with the lifetime of its newest generation."""
    newest: dict[str, dict[str, Any]] = {}
    for secret in sorted(listed, key=lambda secret: (secret.get("start_time") or "", secret["id"])):
        newest[secret["description"]] = secret
    # Consumers keep using a secret that was made by hand: adopting a client must not retire anything.
    return [{"description": description, **_lifetime(newest[description]), "prune": "none"} for description in sorted(newest)]


def _lifetime(secret: dict[str, Any]) -> dict[str, str]:
    if not secret.get("start_time") or not secret.get("expiration"):
        return {}
    life = moment_from_timestamp(secret["expiration"]) - moment_from_timestamp(secret["start_time"])
    # A secret made for 180 days may be listed a few seconds off.
    days = round(life / timedelta(days=1))
    if abs(life - timedelta(days=days)) < timedelta(minutes=10):
        life = timedelta(days=days)
    return {"lifetime": _duration(int(life.total_seconds()))} if SHORTEST <= life <= LONGEST else {}


def _duration(seconds: int) -> str:
    """Return the seconds in the largest unit that divides them: days, hours, minutes or seconds."""
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"
