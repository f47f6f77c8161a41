# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vantage_app_info in tasks of a play, against the emulator over HTTPS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import write_entries

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

MODULE = "abbyy.vantage.vantage_app_info"
PASSWORD = "of the store"


def test_declared_apps_and_kept_entries_are_read_without_asking_the_tenant(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    (playbooks.folder / "apps.csv").write_text("client_id,secrets\nintake,day|night\n", encoding="utf-8")
    path = playbooks.folder / "stores" / "contoso.yml"
    write_entries(path, {"intake/day": {"client_id": "intake", "description": "day", "id": "1", "value": "planted-value-0001"}}, PASSWORD)
    store = {"type": "file", "path": str(path), "vault_password": PASSWORD}
    secrets = [{"description": name, "state": "present", "renew_before": 14 * 86400, "labels": {}} for name in ("day", "night")]

    run = playbooks.run_tasks(
        {MODULE: {"source": "apps.csv", "secret_defaults": {"renew_before": "14d"}, "store": store}},
        {MODULE: {"apps": [{"client_id": "intake"}], "store": {**store, "path": str(path.with_name("none.yml"))}}},
        {MODULE: {"apps": [{"client_name": "Intake"}]}},
        {MODULE: {"store": {**store, "vault_password": "another one"}}},
    )
    both, no_store, wrong_app, wrong_password = run.answers

    assert both["apps"] == [{"client_id": "intake", "state": "present", "labels": {}, "secrets": secrets}]
    assert list(both["entries"]) == ["intake/day"]
    assert "entries" not in no_store
    assert "this app has no client_id; give it one." in wrong_app["msg"]
    assert "cannot be decrypted with the vault password given" in wrong_password["msg"]
    assert [answer["changed"] for answer in run.answers] == [False] * 4
    assert "planted-value-0001" not in run.output + str(run.events) + str(run.answers)
    assert deployment.emulator.journal.entries() == []
