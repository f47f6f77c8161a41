# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboard into Kubernetes by a real playbook: what is shown and logged holds no value, and a consumer logs in with what a pod gets."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.store_run import APPS, StoreRuns
from ansible_collections.abbyy.vantage.tests.integration.support.stores.kubernetes_api import TOKEN, running_kubernetes

SECRET = "vantage.contoso.app-0.default"


def test_secrets_are_delivered_renewed_and_removed_untold(plays: AppPlays) -> None:
    with running_kubernetes() as api:
        option = api.options(api_key="{{ cluster_token }}")
        plays.hosts["contoso"].update(cluster_token=TOKEN, app_onboarding_store=option)
        runs = StoreRuns(plays, api.options(), TOKEN)
        lookup = "{{ lookup('abbyy.vantage.stored_secret', 'app-0/default') | length }}"

        run = runs.play(*APPS, then=[{"name": "Consume", "ansible.builtin.debug": {"msg": lookup}}])

        assert sorted(api.secrets) == [SECRET, "vantage.contoso.app-1.default"]
        assert api.entry(SECRET).value in plays.live_secrets("app-0").values()
        assert int(run.results_of("Consume")[0]["msg"]) == len(api.entry(SECRET).value)

        runs.renew_and_remove()

        assert api.secrets == {}

        runs.assert_untold()


@pytest.mark.one_core("the cluster's answers do not depend on ansible-core, and secrets are delivered on each")
def test_a_role_that_is_too_narrow_stops_before_anything_is_made(plays: AppPlays) -> None:
    with running_kubernetes() as api:
        api.verbs[TOKEN] -= {"create"}

        run = plays.run_play(app_task("app-0", options={"store": api.options()}), rc=2)

        assert "it needs the verb create on secrets in the namespace vantage." in run.output
        assert plays.deployment.emulator.journal.writes() == []
