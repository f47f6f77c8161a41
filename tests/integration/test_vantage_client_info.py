# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading clients, by real playbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_client_info"


def test_clients_are_read_and_nothing_is_written(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    deployment.emulator.seed("contoso", [{"clientId": f"app-{number:03}", "clientName": f"App {number}", "secrets": [{}]} for number in range(130)])

    run = playbooks.run_tasks(
        {MODULE: {}},
        {MODULE: {"client_id": "app-007"}, "check_mode": True},
        {MODULE: {"client_id": "none"}},
        {MODULE: {"name": "App 12?", "include_secrets": True, "concurrency": 16}},
    )
    everything, one, none, some = run.answers

    assert [len(answer["clients"]) for answer in run.answers] == [132, 1, 0, 10]
    assert not [answer for answer in run.answers if answer["changed"] or answer["failed"]]
    assert one["clients"][0] == next(client for client in everything["clients"] if client["client_id"] == "app-007")
    assert [len(client["secrets"]) for client in some["clients"]] == [1] * 10
    assert "value" not in some["clients"][0]["secrets"][0]
    assert none["server_time"] >= one["server_time"]
    assert {entry.kind for entry in deployment.emulator.journal} == {"token", "read"}
    assert run.warnings == []
