# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say what is declared and what a store holds, without asking the tenant. Nothing is written, and no value is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import ProblemsError, declared_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Store


def read_apps(params: Mapping[str, Any], find: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the declared apps, with their defaults.

    :raises ConfigError: with everything that is wrong.
    """
    declared, problems = declared_apps(params, find)
    apps, wrong = complete_apps(declared, params.get("defaults"), params.get("secret_defaults"), allow_braces=params["allow_braces"])
    if problems or wrong:
        raise ProblemsError([*problems, *wrong])
    return [shown_app(app) for app in apps]


def shown_app(app: App) -> dict[str, Any]:
    """Return an app as results show it."""
    secrets = [
        {
            "description": secret.description,
            "state": secret.state,
            "renew_before": int(secret.renew_before.total_seconds()),
            "labels": dict(app.labels_of(secret.description)),
        }
        for secret in app.secrets
    ]
    return {"client_id": app.client_id, "state": app.state, "labels": dict(app.labels), "secrets": secrets}


def read_entries(store: Store) -> dict[str, Any]:
    """Return the entries of a store by name, without values.

    :raises VantageError: when it cannot be read.
    """
    store.check()
    return {name: entry.to_members() for name, entry in store.read(None, values=False).items()} if store.remembers else {}
