# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Merge the defaults into each app, and check all that can be told wrong without the server. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import seconds_from_duration
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import FIELDS, desired_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import check_client
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import SecretItem, item_from_params
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import unfilled_texts, value_of_kind

APP_KINDS = {**{field.option: field.kind for field in FIELDS}, "state": "state", "secrets": "secrets", "labels": "labels"}
SECRET_KINDS = {
    "description": "text",
    "state": "state",
    "lifetime": "seconds",
    "expiration": "text",
    "start_time": "text",
    "renew_before": "seconds",
    "force": "flag",
    "verify": "flag",
    "prune": "prune",
    "overlap": "seconds",
    "labels": "labels",
}
# What lies under the user's own defaults for secrets.
SECRET_DEFAULTS = {"description": "default", "state": "present", "overlap": "1d", "prune": "superseded", "verify": True, "force": False}
DAY = timedelta(days=1)
RENEW_BEFORE = 30 * 86400
# Six months, which is what the server gives; one day more or less is of no matter here.
USUAL_LIFE = timedelta(days=182)


class Problems:
    """Collects what is wrong, one sentence each."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def add(self, where: str, problem: str) -> None:
        """Add a sentence."""
        self.sentences.append(f"{where}: {problem}")


def complete_apps(declared: Iterable[Declared], defaults: Any, secret_defaults: Any, *, allow_braces: bool = False) -> tuple[list[App], list[str]]:
    """Return the apps in the order given, and what is wrong, one sentence each.

    :param defaults: options that every app has unless it says otherwise.
    :param secret_defaults: options that every secret has unless it says otherwise.
    :param allow_braces: whether what looks like a template is meant as it stands, in files.
    """
    problems = Problems()
    app_layer = checked_keys(defaults or {}, APP_KINDS, "defaults", problems)
    secret_layer = checked_keys(secret_defaults or {}, SECRET_KINDS, "secret_defaults", problems)
    apps = []
    first_places: dict[str, str] = {}
    for entry in declared:
        where = entry.where
        if not isinstance(entry.app, dict):
            problems.add(where, "this is not an app; write a mapping with client_id.")
            continue
        if not entry.app.get("client_id"):
            problems.add(where, "this app has no client_id; give it one.")
            continue
        if isinstance(entry.app["client_id"], str):
            # Only text: of a list that refers to itself many times over, the words would have no end.
            where = f"{where}, {entry.app['client_id']}"
        app = entry.app if allow_braces or not entry.is_file else without_templates(entry.app, where, problems)
        given = checked_keys(app, APP_KINDS, where, problems, is_text=entry.is_text)
        if "client_id" not in given:
            continue
        other = first_places.setdefault(given["client_id"], entry.where)
        if other != entry.where:
            problems.add(where, f"this client_id is also in {other}; keep one of the two.")
            continue
        labels = {**(app_layer.get("labels") or {}), **(given.get("labels") or {})}
        apps.append(completed_app({**app_layer, **given, "labels": labels}, secret_layer, where, problems))
    return apps, problems.sentences


def without_templates(app: dict[str, Any], where: str, problems: Problems) -> dict[str, Any]:
    """Return the keys of an app whose values hold no template, which nobody fills in in a file; each of the others is a mistake."""
    whole = {}
    for key, value in app.items():
        found = next(unfilled_texts([key, value]), None)
        if found is None:
            whole[key] = value
            continue
        said = f"{key} holds {found!r}, a template that nobody filled in, since nothing in a file is templated; "
        problems.add(where, f"{said}write what it stands for, or set allow_braces where braces are meant.")
    return whole


def checked_keys(given: Any, kinds: dict[str, str], where: str, problems: Problems, *, is_text: bool = False) -> dict[str, Any]:
    """Return the keys that are known, each in its own type; None stays, since it takes a default away."""
    if not isinstance(given, dict):
        problems.add(where, "this has to be a mapping.")
        return {}
    checked = {}
    for key, value in given.items():
        kind = kinds.get(key)
        if kind is None:
            near = get_close_matches(str(key), kinds, n=1)
            problems.add(where, f"unknown key {key!r}; {f'did you mean {near[0]!r}?' if near else 'known are ' + ', '.join(sorted(kinds)) + '.'}")
            continue
        try:
            checked[key] = None if value is None else value_of_kind(kind, value, is_text=is_text)
        except ValueError as exc:
            problems.add(where, f"{key} {exc}.")
    return checked


def completed_app(app: dict[str, Any], secret_layer: dict[str, Any], where: str, problems: Problems) -> App:
    """Return one app with its client and its secrets."""
    client_id, state, labels = app["client_id"], app.get("state") or "present", app.get("labels") or {}
    if state == "absent":
        return App(client_id, state, {"client_id": client_id}, (), where, labels)
    client: dict[str, Any] = {}
    try:
        client = desired_from_params(app)
        check_client(client)
    except ConfigError as exc:
        problems.add(where, exc.message)
    declared = app.get("secrets")
    if declared is None:
        # A public client proves nothing by a secret, so it gets none unasked.
        declared = [{}] if app.get("require_client_secret") is not False else []
    found = list(completed_secrets(client_id, declared, secret_layer, where, problems))
    secret_labels = {item.description: {**(secret_layer.get("labels") or {}), **labels, **own} for item, own in found}
    return App(client_id, state, client, tuple(item for item, _own in found), where, labels, secret_labels)


def completed_secrets(
    client_id: str, declared: list[Any], layer: dict[str, Any], where: str, problems: Problems
) -> Iterator[tuple[SecretItem, dict[str, str]]]:
    """Yield the secrets of one app, each with its own labels; their names among the app's are their descriptions."""
    seen: set[str] = set()
    for entry in declared:
        given = {"description": entry} if isinstance(entry, str) else entry
        own = checked_keys(given, SECRET_KINDS, f"{where}, secrets", problems)
        secret = {key: value for key, value in {**SECRET_DEFAULTS, **layer_under(own, layer), **own}.items() if value is not None}
        description = secret.get("description", "")
        if description in seen:
            problems.add(where, f"there are two secrets of the description {description!r}; give each its own.")
        seen.add(description)
        try:
            secret.setdefault("renew_before", usual_renew_before(secret))
            yield item_from_params({"client_id": client_id, "overlap": 0, "prune": "none", **secret}, {}), own.get("labels") or {}
        except ConfigError as exc:
            problems.add(where, exc.message)
        except ValueError:
            problems.add(where, f"lifetime {secret['lifetime']!r} is not a duration; write seconds, or 90d, 26w and the like.")


def layer_under(own: dict[str, Any], layer: dict[str, Any]) -> dict[str, Any]:
    """Return the defaults without the end that the secret sets in the other way."""
    ends = ("lifetime", "expiration")
    return {key: value for key, value in layer.items() if key not in ends or not any(end in own for end in ends)}


def crowded_secrets(apps: Iterable[App]) -> list[str]:
    """Return the names of the secrets of which a run every night may keep three generations at a time.

    The older of two goes once the younger one has been working for ``overlap``, or has itself expired; here, the third is made before that.
    """
    return [secret.name for app in apps for secret in app.secrets if is_crowded(secret)]


def is_crowded(secret: SecretItem) -> bool:
    """Return whether a secret is due again before the one before it may go."""
    if secret.expiration or secret.state == "absent" or secret.prune != "superseded":
        return False
    lifetime = secret.lifetime or USUAL_LIFE
    # Two runs are hardly ever a day apart to the second: what takes whole days may be due that night, and over only the night after.
    next_made = max(1, -(-(lifetime - secret.renew_before) // DAY))
    older_gone = secret.overlap // DAY + 1
    # One that has expired by then is no longer in the way.
    return older_gone >= next_made and lifetime >= 2 * next_made * DAY


def usual_renew_before(secret: dict[str, Any]) -> int:
    """Return 30 days, or a third of a shorter life.

    :raises ValueError: for a lifetime that is no duration.
    """
    if "lifetime" not in secret:
        return RENEW_BEFORE
    return min(RENEW_BEFORE, seconds_from_duration(secret["lifetime"]) // 3)
