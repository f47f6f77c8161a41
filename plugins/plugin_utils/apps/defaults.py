# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Merge the defaults into each app, and find all mistakes that need no server. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import OPTION_FIELDS, ClientValues, desired_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import check_client
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import SecretItem, flaws_of_item, read_item
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.lines import Lines
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import OWN_NAMES, OptionNames, Place, Problem
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import unfilled_texts, value_of_kind

APP_KINDS = {
    **{field.option: "names" if field.holds_blanks else field.kind for field in OPTION_FIELDS},
    "state": "state",
    "secrets": "secrets",
    "labels": "labels",
}
SECRET_KINDS = {
    "description": "text",
    "state": "state",
    "lifetime": "seconds",
    "expiration": "time",
    "start_time": "time",
    "renew_before": "seconds",
    "force": "flag",
    "verify": "verify",
    "prune": "prune",
    "overlap": "seconds",
    "labels": "labels",
}
# The built-in defaults for secrets.
SECRET_DEFAULTS = {"description": "default", "state": "present", "overlap": "1d", "prune": "superseded", "verify": True, "force": False}
DAY = timedelta(days=1)
RENEW_BEFORE = 30 * 86400
# Six months, the server's default; one day more or less does not matter here.
USUAL_LIFE = timedelta(days=182)


class Problems:
    """Collects mistakes with their places."""

    def __init__(self, name: OptionNames) -> None:
        self.name = name
        self.found: list[Problem] = []
        self._lines = Lines()

    def add(self, declared: Declared, text: str, *keys: str | int) -> None:
        """Add a mistake of an app.

        :param keys: the path to the wrong value, from the app down.
        """
        client_id = declared.app.get("client_id") if isinstance(declared.app, dict) else None
        # Only text: a list that refers to itself many times would be endless.
        self.found.append(Problem(text, self.place_of(declared, *keys), client_id if isinstance(client_id, str) else ""))

    def place_of(self, declared: Declared, *keys: str | int) -> Place:
        """Return the place of an app, or of a value in it."""
        return self._lines.place_of(declared, *keys)


@dataclass(frozen=True)
class Layers:
    """The defaults of all apps, and of all secrets.

    :param client: the defaults of apps that are options of a client.
    :param flaws: mistakes in the defaults of secrets, reported once and not for each secret.
    """

    app: Mapping[str, Any]
    client: ClientValues
    secret: Mapping[str, Any]
    flaws: frozenset[str]


def complete_apps(
    declared: Iterable[Declared], defaults: Any, secret_defaults: Any, *, allow_braces: bool = False, name: OptionNames = OWN_NAMES
) -> tuple[list[App], list[Problem]]:
    """Return the apps in the given order, and all mistakes.

    :param defaults: options of every app that does not set them.
    :param secret_defaults: options of every secret that does not set them.
    :param allow_braces: whether template-like text in files is taken literally.
    :param name: maps options to their names in messages.
    """
    problems = Problems(name)
    layers = checked_layers(defaults, secret_defaults, problems)
    apps = []
    first: dict[str, Declared] = {}
    for entry in declared:
        given = given_options(entry, problems, allow_braces)
        if "client_id" not in given:
            continue
        other = first.setdefault(given["client_id"], entry)
        if other is not entry:
            problems.add(entry, f"this client_id is also in {problems.place_of(other, 'client_id')}; keep one of the two.", "client_id")
            continue
        apps.append(completed_app(entry, given, layers, problems))
    return apps, problems.found


def checked_layers(defaults: Any, secret_defaults: Any, problems: Problems) -> Layers:
    """Return the defaults, and report their mistakes once."""
    apps = Declared(defaults or {}, Place(option=problems.name("defaults")))
    secrets = Declared(secret_defaults or {}, Place(option=problems.name("secret_defaults")))
    app_layer = checked_keys(apps, apps.app, APP_KINDS, problems)
    client = client_options(apps, app_layer, problems)
    secret_layer = checked_keys(secrets, secrets.app, SECRET_KINDS, problems)
    flaws = []
    for _option, flaw in flaws_of_secret({**SECRET_DEFAULTS, **secret_layer}):
        problems.add(secrets, flaw)
        flaws.append(flaw)
    return Layers(app_layer, client, secret_layer, frozenset(flaws))


def given_options(entry: Declared, problems: Problems, allow_braces: bool) -> dict[str, Any]:
    """Return the options of one app in their types; without client_id if it is not an app."""
    if not isinstance(entry.app, dict):
        problems.add(entry, "this is not an app; write a mapping with client_id.")
        return {}
    if not entry.app.get("client_id"):
        problems.add(entry, "this app has no client_id; give it one.")
        return {}
    app = entry.app if allow_braces or not entry.is_file else without_templates(entry, problems)
    return checked_keys(entry, app, APP_KINDS, problems, is_text=entry.is_text)


def without_templates(entry: Declared, problems: Problems) -> dict[str, Any]:
    """Return the keys of an app without a template in their values; templates in files are mistakes."""
    whole = {}
    for key, value in entry.app.items():
        found = next(unfilled_texts([key, value]), None)
        if found is None:
            whole[key] = value
            continue
        said = f"{key} holds {found!r}, a template, and files are not templated; "
        problems.add(entry, f"{said}write its value, or set {problems.name('allow_braces')} to keep the braces.", key)
    return whole


def checked_keys(
    entry: Declared, given: Any, kinds: dict[str, str], problems: Problems, *way: str | int, is_text: bool = False, prefix: str = ""
) -> dict[str, Any]:
    """Return the known keys in their types; None stays, since it removes a default.

    :param way: the path from the app to these keys.
    :param prefix: of messages, when the keys are not the app's own.
    """
    if not isinstance(given, dict):
        problems.add(entry, f"{prefix}this has to be a mapping.", *way)
        return {}
    checked = {}
    for key, value in given.items():
        kind = kinds.get(key)
        if kind is None:
            near = get_close_matches(str(key), kinds, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(kinds))}."
            problems.add(entry, f"{prefix}unknown key {key!r}; {advice}", *way, key)
            continue
        try:
            checked[key] = None if value is None else value_of_kind(kind, value, is_text=is_text)
        except ValueError as exc:
            problems.add(entry, f"{prefix}{key} {exc}.", *way, key)
    return checked


def completed_app(entry: Declared, given: Mapping[str, Any], layers: Layers, problems: Problems) -> App:
    """Return one app with its client and its secrets; an absent app is checked like any other, but reduced to its id."""
    app = {**layers.app, **given}
    labels = {**(layers.app.get("labels") or {}), **(given.get("labels") or {})}
    client_id, state = app["client_id"], app.get("state") or "present"
    client = {**layers.client, **client_options(entry, given, problems)}
    declared = app.get("secrets")
    if declared is None:
        # A public client does not log in with a secret, so it gets none by default.
        declared = [{}] if app.get("require_client_secret") is not False else []
    found = completed_secrets(entry, client_id, declared, layers, problems)
    if state == "absent":
        return App(client_id, state, {"client_id": client_id}, (), entry, labels)
    # An option without a value removes its default.
    managed = {field.option: client[field.option] for field in OPTION_FIELDS if field.option in client and app.get(field.option) is not None}
    secret_labels = {item.description: {**(layers.secret.get("labels") or {}), **labels, **own} for item, own in found}
    return App(client_id, state, managed, tuple(item for item, _own in found), entry, labels, secret_labels)


def client_options(entry: Declared, given: Mapping[str, Any], problems: Problems) -> ClientValues:
    """Return the given options of a client, and report each option and list entry that the server cannot work with."""
    values: ClientValues = {}
    for option in given:
        try:
            values.update(desired_from_params({option: given[option]}))
        except ConfigError as exc:
            problems.add(entry, exc.message, option)
    for option, value in values.items():
        # The scopes are checked as a whole.
        parts = enumerate(value) if isinstance(value, list) and option != "allowed_scopes" else ()
        flaws = [(flaw, index) for index, part in parts if (flaw := flaw_of_client({option: [part]}))]
        for flaw, index in flaws:
            problems.add(entry, flaw, option, index)
        flaw = "" if flaws else flaw_of_client({option: value})
        if flaw:
            problems.add(entry, flaw, option)
    return values


def flaw_of_client(values: ClientValues) -> str:
    """Return the mistake in an option of a client; empty for none."""
    client_id = str(values.get("client_id", "app"))
    try:
        check_client({"client_id": client_id, **values})
    except ConfigError as exc:
        return exc.message.removeprefix(f"Client {client_id!r}: ")
    return ""


def completed_secrets(entry: Declared, client_id: str, declared: list[Any], layers: Layers, problems: Problems) -> list[tuple[SecretItem, dict[str, str]]]:
    """Return the secrets of one app, each with its own labels; keyed by their descriptions."""
    seen: set[str] = set()
    items = []
    for index, member in enumerate(declared):
        given = {"description": member} if isinstance(member, str) else member
        described = given.get("description")
        prefix = f"secret {described!r}: " if isinstance(described, str) else ""
        own = checked_keys(entry, given, SECRET_KINDS, problems, "secrets", index, prefix=prefix)
        secret = {**SECRET_DEFAULTS, **layer_under(own, layers.secret), **own}
        description = secret.get("description") or ""
        if description in seen:
            problems.add(entry, f"two secrets have the description {description!r}; give each its own.", "secrets", index)
        seen.add(description)
        for option, flaw in flaws_of_secret(secret):
            if option in own or flaw not in layers.flaws:
                problems.add(entry, f"{prefix}{flaw}", "secrets", index, option)
        items.append((item_of_secret(client_id, secret), own.get("labels") or {}))
    return items


def flaws_of_secret(secret: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Return the option and a sentence for each mistake in a secret whose values have the right types."""
    return flaws_of_item(item_of_secret("app", secret), secret)


def item_of_secret(client_id: str, secret: Mapping[str, Any]) -> SecretItem:
    """Return the wanted secret."""
    given = {key: value for key, value in secret.items() if value is not None}
    given.setdefault("renew_before", usual_renew_before(given))
    return read_item({"client_id": client_id, "overlap": 0, "prune": "none", **given}, {})


def layer_under(own: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults without lifetime or expiration when the secret sets the other one."""
    ends = ("lifetime", "expiration")
    return {key: value for key, value in layer.items() if key not in ends or not any(end in own for end in ends)}


def crowded_secrets(apps: Iterable[App]) -> list[str]:
    """Return the names of the secrets that may have three generations at a time with nightly runs.

    The older of two is deleted once the newer one has been working for ``overlap``, or the older one has expired; here, the third one is made before that.
    """
    return [secret.name for app in apps for secret in app.secrets if is_crowded(secret)]


def is_crowded(secret: SecretItem) -> bool:
    """Return whether a secret is due again before the previous one may be deleted."""
    if secret.expiration or secret.state == "absent" or secret.prune != "superseded":
        return False
    lifetime = secret.lifetime or USUAL_LIFE
    # Two runs are hardly ever exactly a day apart: a period of whole days may begin one night and end a night later.
    next_made = max(1, -(-(lifetime - secret.renew_before) // DAY))
    older_gone = secret.overlap // DAY + 1
    # One that has expired by then no longer counts.
    return older_gone >= next_made and lifetime >= 2 * next_made * DAY


def usual_renew_before(secret: Mapping[str, Any]) -> int:
    """Return 30 days, or a third of a shorter life."""
    if "lifetime" not in secret:
        return RENEW_BEFORE
    return min(RENEW_BEFORE, seconds_from_duration(secret["lifetime"]) // 3)
