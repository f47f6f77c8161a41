# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Onboard into credentials of AWX by a real playbook: what is shown and logged holds no value, and a job gets a secret that logs in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task
from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import TOKEN, USERS_TOKEN, StandIn, serve_standin
from ansible_collections.abbyy.vantage.tests.integration.support.store_run import APPS, StoreRuns

STORE = {"type": "awx", "organization": "Default", "credential_type": "Vantage app"}
SECRET_FIELD = {"id": "client_secret", "label": "Client secret", "type": "string", "secret": True}


@pytest.fixture
def awx() -> Iterator[StandIn]:
    """An AWX with an organization and a credential type."""
    with serve_standin([]) as standin:
        standin.objects.seed("organizations", name="Default")
        fields = [{"id": "client_id", "label": "Client id", "type": "string"}, SECRET_FIELD]
        standin.objects.seed("credential_types", name="Vantage app", kind="cloud", inputs={"fields": fields})
        yield standin


def test_secrets_are_delivered_renewed_and_removed_untold(plays: AppPlays, awx: StandIn) -> None:
    # A credential of the type "Red Hat Ansible Automation Platform" sets this environment in a job.
    runs = StoreRuns(plays, STORE, TOKEN, env={"CONTROLLER_HOST": awx.url, "CONTROLLER_OAUTH_TOKEN": TOKEN})

    runs.play(*APPS)
    held = {row["name"]: row["inputs"] for row in awx.objects.tables["credentials"].values()}

    assert sorted(held) == ["vantage/contoso/app-0/default", "vantage/contoso/app-1/default"]
    assert held["vantage/contoso/app-0/default"]["client_secret"] in plays.live_secrets("app-0").values()

    runs.renew_and_remove()

    assert awx.objects.tables["credentials"] == {}

    runs.assert_untold()


@pytest.mark.one_core("AWX's answers do not depend on ansible-core, and secrets are delivered on each")
@pytest.mark.parametrize(
    ("token", "option", "said"),
    [
        (
            USERS_TOKEN,
            {},
            "AWX says: You do not have permission to perform this action; give this login the role Credential Admin of the organization Default.",
        ),
        (TOKEN, {"credential_type": "Vantage ap"}, "There is no credential type 'Vantage ap' at "),
        ("awx-standin-token-0009", {}, "AWX says: Authentication credentials were not provided."),
    ],
)
def test_what_awx_refuses_stops_the_run_before_anything_is_made(plays: AppPlays, awx: StandIn, token: str, option: dict[str, str], said: str) -> None:
    store = {**STORE, **option, "controller_host": awx.url, "controller_oauthtoken": token}

    run = plays.run_play(app_task("app-0", options={"store": store}), rc=2)

    assert said in run.output
    assert token not in run.output
    assert plays.deployment.emulator.journal.writes() == []
