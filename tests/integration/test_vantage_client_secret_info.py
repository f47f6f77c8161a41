# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading secrets, by real playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY, format_time

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client_secret_info"


def test_secrets_are_read_and_nothing_is_written(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    now = deployment.emulator.now()
    spans = ((-30, 20.2), (-30, -2), (5, 90))
    listed = [{"description": str(end), "start_time": format_time(now + start * DAY), "expiration": format_time(now + end * DAY)} for start, end in spans]
    deployment.emulator.seed("contoso", [{"clientId": "app", "secrets": listed}, {"clientId": "bare"}])

    run = playbooks.run_tasks(
        {MODULE: {}},
        {MODULE: {"client_id": ["app", "bare", "none"]}, "check_mode": True},
        {MODULE: {"expiring_within": "30d"}},
        {MODULE: {"expiring_within": 0, "client_id": ["app"]}},
        {MODULE: {"client_id": []}},
    )
    seen = [(secret["client_id"], secret["description"], secret["active"], secret["days_left"]) for secret in run.answers[1]["client_secrets"]]
    values = [secret["value"] for client in deployment.clients().values() for secret in client["secrets"]]

    assert [len(answer["client_secrets"]) for answer in run.answers] == [5, 3, 2, 1, 0]
    assert not [answer for answer in run.answers if answer["changed"] or answer["failed"]]
    assert seen == [("app", "20.2", True, 20.2), ("app", "-2", False, -2.0), ("app", "90", False, 90.0)]
    assert {entry.kind for entry in deployment.emulator.journal} == {"token", "read"}
    assert run.warnings == []
    assert not [value for value in values if value in str(run.answers)]
