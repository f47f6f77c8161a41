# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Report what is declared and what a store holds, without requests to the tenant. Nothing is written, and no value is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import OptionNames, Problem, in_order
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.risks import risks_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import read_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Store


@dataclass(frozen=True)
class Declaration:
    """The apps of a tenant, and their problems.

    :param problems: mistakes and warnings, sorted by place, each once.
    """

    apps: list[App]
    problems: list[Problem]

    @property
    def mistakes(self) -> list[Problem]:
        """The problems that would stop a run."""
        return [problem for problem in self.problems if not problem.is_warning]


def read_declaration(params: Mapping[str, Any], find: Callable[[str], str], name: OptionNames) -> Declaration:
    """Return the declared apps with their defaults, and all their problems."""
    apps, problems = read_apps(params, find, name)
    return Declaration(apps, in_order([*problems, *risks_of(apps)]))


def shown_app(app: App) -> dict[str, Any]:
    """Return an app for the result."""
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


def read_entries(store: Store) -> dict[str, Any] | None:
    """Return the entries of a store by name, without values; None when it cannot list them.

    :raises VantageError: when it cannot be read.
    """
    store.check()
    # Some stores know only after a request what they can do.
    if not (store.remembers and store.can_list):
        return None
    return {name: entry.to_members() for name, entry in store.read(None, values=False).items()}
