# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read the options of the event source, which ansible-core does not check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import duration_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import FALSE, TRUE, is_given, whole_number

DEFAULTS = {"interval": "15m", "within": "30d", "concurrency": 8}
SHARED = ("tenants", "interval", "within")
# Options of one tenant besides its connection.
OWN = ("name", "store", "concurrency")


@dataclass(frozen=True)
class Watched:
    """One tenant to poll.

    :param name: its name in events and in the inventory, so that a rule can limit a run to it.
    :param params: the modules' connection options, and ``concurrency``.
    :param store: the option of its store; None for none.
    """

    name: str
    params: Mapping[str, Any]
    store: Any


@dataclass(frozen=True)
class Watch:
    """What to poll, and how often.

    :param within: duration; a secret that expires in less is a finding.
    """

    tenants: tuple[Watched, ...]
    interval: timedelta
    within: str


def watch_from_args(args: Mapping[str, Any], environ: Mapping[str, str]) -> Watch:
    """Return the settings in the options of the event source.

    :raises ConfigError: for the first mistake, in one sentence.
    """
    shared = {name: value for name, value in args.items() if name not in SHARED}
    listed = args.get("tenants")
    if listed is not None and not (isinstance(listed, list) and listed and all(isinstance(one, Mapping) for one in listed)):
        raise ConfigError("The option tenants is no list of mappings; write one mapping per tenant, such as {name: contoso, tenant_id: …}.")
    interval = duration_from_option("interval", args.get("interval") or DEFAULTS["interval"])
    if interval < timedelta(seconds=1):
        raise ConfigError(f"The option interval is {args['interval']!r}; give at least 1s.")
    within = args.get("within") or DEFAULTS["within"]
    duration_from_option("within", within)
    tenants = tuple(watched_from_options({**shared, **one}, environ) for one in listed or [{}])
    names = [tenant.name for tenant in tenants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(f"Two tenants are named {twice!r}; give each its own name.")
    return Watch(tenants, interval, str(within))


def watched_from_options(given: Mapping[str, Any], environ: Mapping[str, str]) -> Watched:
    """Return one tenant, with its connection completed from the environment and the defaults."""
    spec = connection_spec()
    unknown = next((str(name) for name in given if name not in spec and name not in OWN), None)
    if unknown is not None:
        near = get_close_matches(unknown, [*spec, *OWN, *SHARED], 1)
        raise ConfigError(f"The event source has no option {unknown!r}; {f'did you mean {near[0]!r}?' if near else 'see its documentation for those it has.'}")
    params = {name: option_value(name, rules, given, environ) for name, rules in spec.items()}
    params["concurrency"] = converted("concurrency", {"type": "int"}, given.get("concurrency") or DEFAULTS["concurrency"])
    if not params["tenant_id"]:
        raise ConfigError("A tenant has no tenant_id; set the option tenant_id, or VANTAGE_TENANT_ID in the environment.")
    return Watched(str(given.get("name") or params["tenant_id"]), params, given.get("store"))


def option_value(name: str, rules: Mapping[str, Any], given: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    """Return the value of the option, its environment variable or its default; None for none."""
    value = given.get(name)
    if not is_given(value):
        _function, variables = rules.get("fallback", (None, []))
        value = next((environ[variable] for variable in variables if environ.get(variable)), rules.get("default"))
    return converted(name, rules, value) if is_given(value) else None


def converted(name: str, rules: Mapping[str, Any], value: Any) -> str | int | bool:
    """Return a value converted to the type in the specification."""
    shown = "a secret text" if rules.get("no_log") else repr(value)
    if rules["type"] == "bool":
        text = str(value).lower()
        if text not in TRUE and text not in FALSE:
            raise ConfigError(f"The option {name} is {shown}; write true or false.")
        return text in TRUE
    if rules["type"] == "int":
        number = whole_number(value)
        if number is None:
            raise ConfigError(f"The option {name} is {shown}; write a whole number.")
        return number
    if not isinstance(value, str):
        raise ConfigError(f"The option {name} is {'not text' if rules.get('no_log') else f'{shown}, which is not text'}; put it into quotes.")
    choices = rules.get("choices")
    if choices and value not in choices:
        raise ConfigError(f"The option {name} is {shown}; choose one of {', '.join(choices)}.")
    return value
