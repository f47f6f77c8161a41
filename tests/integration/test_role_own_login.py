# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secret that the runs themselves log in with is one of those that they rotate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.abbyy.vantage.tests.integration.onboarding import DAY, Onboarding, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner

NAME = "automation/default"


def test_a_year_of_the_own_login(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    own = {"client_id": "automation", "secrets": [{"lifetime": "90d", "overlap": "2d"}]}
    # The own client comes first, and what follows in the next batch has to log in again.
    onboarding.declare(own, service("worker", secrets=[{"lifetime": "90d", "overlap": "2d"}]), app_onboarding_batch_size=1)
    hand_made = onboarding.live_secrets("automation")
    login = onboarding.hosts["contoso"]

    onboarding.run()
    first = onboarding.entries()[NAME]
    assert onboarding.live_secrets("automation") == {**hand_made, first["id"]: first["value"]}
    login["vantage_auth_client_secret"] = first["value"]

    deployment.emulator.advance(61 * DAY)
    onboarding.run()
    second = onboarding.entries()[NAME]
    assert second["id"] != first["id"]
    assert set(onboarding.live_secrets("automation")) == {*hand_made, first["id"], second["id"]}

    # The overlap is over, but whatever starts the runs still has the older one.
    deployment.emulator.advance(3 * DAY)
    run = onboarding.run()
    assert set(onboarding.live_secrets("automation")) == {*hand_made, first["id"], second["id"]}
    onboarding.assert_single("worker")
    assert [line for line in run.warnings if f"the older {first['id']} stays" in line] != []

    login["vantage_auth_client_secret"] = second["value"]
    onboarding.run()
    onboarding.assert_kept(NAME, "worker/default")
    assert set(onboarding.live_secrets("automation")) == {*hand_made, second["id"]}
