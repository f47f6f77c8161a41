# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of secrets in a store, the same for every store: made, left alone, renewed, refused by the store, retired, removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner, Run

Entries = dict[str, dict[str, Any]]
PREFIX = "vantage/contoso"
DESK = "claims-desk"
# With what a name may hold and most stores do not take; nothing of it is a template.
ODD, ODD_DESCRIPTION = "Claims/Intake+EU", "night {{ 'A' }} / é"
DESK_NAME, ODD_NAME = f"{DESK}/default", f"Claims%2FIntake+EU/{ODD_DESCRIPTION}"
RECORD = ("client_id", "description", "tenant_id", "id", "start_time", "expiration")
DAY = 86400


@dataclass
class Story:
    """Runs the role against one store, which is looked into without the role.

    :ivar settings: the role's options for the store.
    :ivar read_entries: reads what the store holds, with values, by entry name.
    :ivar count_writes: counts the requests so far that were to change the store.
    :ivar refuse: makes the store refuse to write one entry from now on, or with None none.
    :ivar refusal: what the user is to read of that.
    """

    deployment: Deployment
    playbooks: PlaybookRunner
    settings: Mapping[str, Any]
    read_entries: Callable[[], Entries]
    count_writes: Callable[[], int]
    refuse: Callable[[str | None], Any]
    refusal: str
    env: Mapping[str, str | None] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    values: set[str] = field(default_factory=set)

    def run(self, *arguments: str, rc: int = 0, odd: str = "present") -> Run:
        """Run the role for two apps, of which the odd one may be gone."""
        grants = {"allowed_grant_types": ["client_credentials"]}
        apps = [{"client_id": DESK, **grants}, {"client_id": ODD, "state": odd, "secrets": [ODD_DESCRIPTION], **grants}]
        (self.playbooks.folder / "apps.json").write_text(json.dumps(apps), encoding="utf-8")
        variables = {
            "vantage_tenant_id": CONTOSO,
            "app_onboarding_source": "apps.json",
            "app_onboarding_secret_defaults": {"lifetime": "90d", "renew_before": "30d"},
            "app_onboarding_store_prefix": PREFIX,
            **self.settings,
        }
        play = {"name": "Onboard", "hosts": "localhost", "gather_facts": False, "vars": variables, "roles": ["abbyy.vantage.app_onboarding"]}
        run = self.playbooks.run_playbook([play], *arguments, env=self.env, rc=rc)
        self.runs.append(run)
        self.values |= {entry["value"] for entry in self.read_entries().values()}
        self.values |= {secret["value"] for client in self.deployment.clients().values() for secret in client["secrets"]}
        return run

    def secrets_of(self, client_id: str) -> dict[str, str]:
        """Return the values of a client's secrets in the tenant, by id."""
        return {secret["id"]: secret["value"] for secret in self.deployment.clients()[client_id]["secrets"]}

    def assert_held(self, name: str, client_id: str) -> str:
        """Assert that the store has what logs in, with its record; return its id."""
        entry = self.read_entries()[name]
        assert entry["value"] == self.secrets_of(client_id)[entry["id"]]
        assert [member for member in RECORD if not entry.get(member)] == []
        assert (entry["client_id"], entry["tenant_id"]) == (client_id, CONTOSO)
        assert "reserved_at" not in entry
        return str(entry["id"])

    def assert_nothing_told(self) -> None:
        """Assert that no value of any secret was in anything that Ansible has shown or handed to callbacks."""
        assert len(self.values) > 2
        for run in self.runs:
            told = run.output + json.dumps(run.events, ensure_ascii=False)
            assert [value for value in self.values if value in told] == []


def tell(story: Story) -> None:
    """Live through it all."""
    emulator = story.deployment.emulator
    story.run("-vvv")
    desk, odd = story.assert_held(DESK_NAME, DESK), story.assert_held(ODD_NAME, ODD)

    before, writes = story.read_entries(), story.count_writes()
    emulator.journal.clear()
    story.run()
    assert story.count_writes() == writes
    assert emulator.journal.writes() == []
    assert story.read_entries() == before

    emulator.advance(61 * DAY)
    story.refuse(ODD_NAME)
    run = story.run("-vvv", rc=2)
    renewed = story.assert_held(DESK_NAME, DESK)
    assert set(story.secrets_of(DESK)) == {desk, renewed}
    assert renewed != desk
    assert story.read_entries()[ODD_NAME] == before[ODD_NAME]
    assert set(story.secrets_of(ODD)) == {odd}
    assert "1 of 2 apps failed" in run.output
    assert f"{ODD}/{ODD_DESCRIPTION}: It could not be delivered and was taken back." in run.output
    assert story.refusal in run.output

    story.refuse(None)
    emulator.advance(2 * DAY)
    story.run("-vvv", odd="absent")
    assert story.assert_held(DESK_NAME, DESK) == renewed
    assert set(story.secrets_of(DESK)) == {renewed}
    assert set(story.read_entries()) == {DESK_NAME}
    story.assert_nothing_told()
