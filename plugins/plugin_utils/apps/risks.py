# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find risky settings of declared apps. Pure, except for reading a file again to find its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client import ClientValues
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import canonical_client, check_distinct, warnings_of_client
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import is_crowded
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.lines import Lines
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Problem

CROWDED = (
    "with nightly runs, three generations of it can work at a time: the next one is due before the overlap of the older ones ends; "
    "lower renew_before or overlap, or raise lifetime."
)


def risks_of(apps: Sequence[App]) -> Iterator[Problem]:
    """Yield a warning for each risky setting, with its place."""
    lines = Lines()
    for warning in check_distinct([app.client_id for app in apps]):
        yield Problem(warning, is_warning=True)
    for app in apps:
        for option, value in app.client.items():
            for warning in warnings_of_option(app.client_id, {option: value}):
                yield Problem(warning, lines.place_of(app.declared, option), app.client_id, is_warning=True)
        for index, secret in enumerate(app.secrets):
            if is_crowded(secret):
                place = lines.place_of(app.declared, "secrets", index)
                yield Problem(f"secret {secret.description!r}: {CROWDED}", place, app.client_id, is_warning=True)


def warnings_of_option(client_id: str, values: ClientValues) -> list[str]:
    """Return the warnings of one option of a client, without the client's name."""
    named: ClientValues = {"client_id": client_id, **values}
    warnings = [*warnings_of_client(named), *canonical_client(named)[1]]
    return [warning.removeprefix(f"Client {client_id!r}: ") for warning in warnings]
