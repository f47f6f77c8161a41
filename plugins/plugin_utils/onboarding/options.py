# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The options of vantage_app: their specification, and the request of a run. Pure, except for reading the files of the apps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import duration_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import MOST_CONNECTIONS
from ansible_collections.abbyy.vantage.plugins.module_utils.lists import texts_from_option
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import warnings_of_tenant
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ROLES
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import options_spec as client_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import NO_ROLES_MEMBER
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import APP_KINDS, complete_apps, crowded_secrets
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import OWN_NAMES, OptionNames, Place, Problem, ProblemsError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, read_source
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import type_name
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.context import PARTS, Settings
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import spec_of_store_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Spec

MOST_IN_BATCH = 1000
WARNINGS_NAMED = 5
SECRET_OPTIONS: Spec = {
    "description": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"]},
    "lifetime": {"type": "str"},
    "expiration": {"type": "str"},
    "start_time": {"type": "str"},
    "renew_before": {"type": "str"},
    "force": {"type": "bool"},
    "verify": {"type": "raw"},
    "prune": {"type": "str", "choices": ["none", "expired", "superseded"]},
    "overlap": {"type": "str"},
    "labels": {"type": "dict"},
}
STATE: Spec = {"state": {"type": "str", "choices": ["present", "absent"]}}


def app_spec() -> Spec:
    """Return the specification of one app: a client with its secrets. No option has a default here, since defaults are merged in later."""
    # The reader of the apps checks how all options were written, so none is raw here.
    client = {name: {**rules, "type": "str"} if rules["type"] == "raw" else rules for name, rules in client_spec().items()}
    return {**client, **STATE, "labels": {"type": "dict"}, "secrets": {"type": "list", "elements": "dict", "options": SECRET_OPTIONS}}


def own_spec() -> Spec:
    """Return the specification of the options of vantage_app besides the connection and those of a single app."""
    return {
        "apps": {"type": "list", "elements": "dict", "options": app_spec()},
        "source": {"type": "path"},
        "allow_braces": {"type": "bool", "default": False},
        # They contain no secrets, although ansible-core suspects the word.
        "defaults": {"type": "dict", "default": {}},
        "secret_defaults": {"type": "dict", "default": {}, "no_log": False},
        "store": {"type": "raw", "default": "file"},
        "from_store": {"type": "raw"},
        "prune": {"type": "str", "choices": ["false", "managed", "all"], "default": "false"},
        "prune_protect": {"type": "list", "elements": "str", "default": []},
        "prune_limit": {"type": "int", "default": 10},
        "fail_on_drift": {"type": "bool", "default": False},
        "fail_if_expiring_within": {"type": "str"},
        "plan_file": {"type": "path"},
        "batch_size": {"type": "int", "default": 100},
        "show": {"type": "str", "choices": ["changed", "all", "none"], "default": "changed"},
        "return_apps": {"type": "bool", "default": True},
        "parts": {"type": "list", "elements": "str", "choices": list(PARTS), "default": list(PARTS)},
        "concurrency": {"type": "int", "default": 8},
    }


def documented_spec() -> Spec:
    """Return the whole specification as it is documented."""
    return {**connection_spec(), **app_spec(), **own_spec(), "store": {"type": "raw", "default": "file", "options": spec_of_store_option()}}


def info_spec() -> Spec:
    """Return the specification of vantage_app_info as it is documented."""
    names = ("source", "allow_braces", "defaults", "secret_defaults", "concurrency")
    problems: Spec = {
        "fail_on_problems": {"type": "bool", "default": True},
        "show_problems": {"type": "list", "elements": "str", "choices": ["text", "github"], "default": []},
    }
    return {
        "apps": {"type": "list", "elements": "dict"},
        **{name: own_spec()[name] for name in names},
        **problems,
        "store": {"type": "raw"},
        "audit_log": {"type": "path"},
        "tenant_id": {"type": "str"},
    }


def checked_info_spec() -> Spec:
    """Return the part that Ansible checks: as for vantage_app, the apps have their own reader."""
    raw = {name: {"type": "raw"} for name in ("apps", "defaults")}
    return {**info_spec(), **raw, "secret_defaults": {"type": "raw", "no_log": False}}


def checked_spec() -> Spec:
    """Return the specification that Ansible checks; the apps have their own reader, which reports every mistake and is fast with thousands."""
    raw = {name: {"type": "raw"} for name in (*app_spec(), "apps", "defaults", "secret_defaults")}
    return {**connection_spec(), **own_spec(), **raw, "secret_defaults": {"type": "raw", "no_log": False}}


def unknown_option(task: str, given: Mapping[str, Any], known: Spec) -> str:
    """Return the mistake in the first unknown option; empty when all are known.

    :param task: name of the action.
    """
    for name in given:
        if name not in known:
            near = get_close_matches(str(name), known, n=1)
            return f"{task} has no option {name!r}; {f'did you mean {near[0]!r}?' if near else 'see its documentation for those that it has.'}"
    return ""


@dataclass(frozen=True)
class Request:
    """The request of a run.

    :param fail_on_drift: whether check mode fails when anything would be changed.
    :param expiring_within: fail when a secret in use expires within this time, as the user wrote it; empty to ignore expiry.
    :param warnings: what is allowed but probably a mistake.
    :param show: the rows of the table: changed, all or none.
    :param return_apps: whether the apps are in the result.
    """

    apps: list[App]
    settings: Settings
    fail_on_drift: bool
    expiring_within: str
    warnings: list[str]
    show: str = "changed"
    return_apps: bool = True

    @property
    def expiring_time(self) -> timedelta:
        """The same as a duration."""
        return duration_from_option("fail_if_expiring_within", self.expiring_within or 0)


def request_from_params(params: Mapping[str, Any], host: str, find: Callable[[str], str], name: OptionNames = OWN_NAMES) -> Request:
    """Return the request in the options.

    :param params: checked by ``checked_spec``.
    :param host: the tenant's name in the inventory, for messages.
    :param find: returns the absolute path of a source.
    :param name: maps options to their names in messages.
    :raises ConfigError: with all mistakes; nothing was sent.
    """
    apps, problems = read_apps(params, find, name)
    problems += [Problem(text) for text in problems_of_settings(params, apps, host, name)]
    if problems:
        raise ProblemsError(problems)
    settings = Settings(
        tenant_id=params["tenant_id"],
        scope=params["auth_scope"],
        own_client_id=params["auth_client_id"] or "",
        own_secret=params["auth_client_secret"] or "",
        prune=params["prune"],
        prune_protect=tuple(texts_from_option("prune_protect", params["prune_protect"])),
        prune_limit=params["prune_limit"],
        batch_size=params["batch_size"],
        concurrency=params["concurrency"],
        roles_member=params["roles_member"] or "",
        parts=frozenset(params["parts"]),
        is_single=params.get("client_id") is not None,
    )
    expiring_within, show, return_apps = params["fail_if_expiring_within"] or "", params["show"], params["return_apps"]
    warnings = [*warnings_of_tenant(params), *warnings_of(apps, host, name)]
    return Request(apps, settings, params["fail_on_drift"], expiring_within, warnings, show, return_apps)


def read_apps(params: Mapping[str, Any], find: Callable[[str], str], name: OptionNames) -> tuple[list[App], list[Problem]]:
    """Return the apps with their defaults, and all their problems."""
    declared, problems = declared_apps(params, find, name)
    apps, wrong = complete_apps(declared, params.get("defaults"), params.get("secret_defaults"), allow_braces=params["allow_braces"], name=name)
    return apps, [*problems, *wrong]


def declared_apps(params: Mapping[str, Any], find: Callable[[str], str], name: OptionNames) -> tuple[list[Declared], list[Problem]]:
    """Return the apps as declared in options and files, and the mistakes in how they are given."""
    single = {option: params[option] for option in APP_KINDS if params.get(option) is not None}
    listed = params.get("apps")
    if single and (listed is not None or params.get("source")):
        return [], [Problem(f"{next(iter(single))} is of a single app, but {'apps' if listed is not None else 'source'} is given too; give one of them.")]
    if listed is not None and not isinstance(listed, list):
        return [], [Problem(f"{name('apps')} is {type_name(listed)}, but has to be a list of apps, each a mapping with client_id.")]
    if single:
        return [Declared(single, Place(option="This task"))], []
    declared = [Declared(app, Place(option=f"{name('apps')}, app {number}")) for number, app in enumerate(listed or [], start=1)]
    if not params.get("source"):
        return declared, []
    found, problems = read_source(find(params["source"]), name)
    return [*declared, *found], problems


def problems_of_settings(params: Mapping[str, Any], apps: list[App], host: str, name: OptionNames) -> list[str]:
    """Return the mistakes in the settings of the run, independent of the apps."""
    problems = []
    if not 1 <= params["batch_size"] <= MOST_IN_BATCH:
        problems.append(f"{name('batch_size')} is {params['batch_size']}; give 1 to {MOST_IN_BATCH}, so that the log of a batch stays readable.")
    if not 1 <= params["concurrency"] <= MOST_CONNECTIONS:
        problems.append(f"{name('concurrency')} is {params['concurrency']}; give 1 to {MOST_CONNECTIONS}.")
    if params["prune"] != "false" and not any(app.state == "present" for app in apps):
        whose = "of the tenant's clients" if params["prune"] == "all" else "clients that earlier runs declared"
        problem = (
            f"{name('prune')} is {params['prune']}, but {host} declares no app that stays, so all {whose} would be deleted; "
            f"check {name('apps')} and {name('source')} for a wrong variable or an empty folder, or set {name('prune')} to false."
        )
        problems.append(problem)
    if not params["roles_member"]:
        problems += [Problem(NO_ROLES_MEMBER, app.declared.place, app.client_id).sentence for app in apps if app.client.get(ROLES.option) is not None]
    try:
        duration_from_option(name("fail_if_expiring_within"), params.get("fail_if_expiring_within") or 0)
    except ConfigError as exc:
        problems.append(exc.message)
    return problems


def warnings_of(apps: list[App], host: str, name: OptionNames) -> list[str]:
    """Return what is allowed but probably a mistake."""
    if not apps:
        return [f"{host} declares no apps, so there is nothing to do; check {name('apps')} and {name('source')} if you expected some."]
    crowded = crowded_secrets(apps)
    if not crowded:
        return []
    named = ", ".join(crowded[:WARNINGS_NAMED]) + (f" and {len(crowded) - WARNINGS_NAMED} more" if len(crowded) > WARNINGS_NAMED else "")
    warning = (
        f"With nightly runs, three generations of {named} can work at a time: the next one is due before the overlap of the older ones ends; "
        "lower renew_before or overlap, or raise lifetime."
    )
    return [warning]
