# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the connection and the login, and where they come from."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleFallbackNotFound

from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec, env_unless_empty
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import BASE_URL, InProcess

SECRETS = {"auth_token", "auth_client_secret", "auth_password", "auth_refresh_token"}


def test_an_empty_variable_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_A", "")
    monkeypatch.setenv("VANTAGE_B", "b")
    monkeypatch.delenv("VANTAGE_C", raising=False)

    value = env_unless_empty("VANTAGE_A", "VANTAGE_C", "VANTAGE_B")

    assert value == "b"


def test_empty_and_unset_variables_alone_are_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_A", "")
    monkeypatch.delenv("VANTAGE_C", raising=False)
    with pytest.raises(AnsibleFallbackNotFound):
        env_unless_empty("VANTAGE_A", "VANTAGE_C")


def test_each_option_but_the_version_has_a_variable_of_its_name() -> None:
    variables = {option: keywords["fallback"][1] for option, keywords in connection_spec().items() if "fallback" in keywords}
    assert variables == {option: [f"VANTAGE_{option.upper()}"] for option in connection_spec() if option != "api_version"}


def test_exactly_the_secret_options_are_kept_out_of_logs() -> None:
    assert {option for option, keywords in connection_spec().items() if keywords.get("no_log")} == SECRETS


def test_no_option_has_an_alias() -> None:
    assert not [option for option, keywords in connection_spec().items() if "aliases" in keywords]


def test_the_environment_alone_is_enough_to_connect(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    for option, value in in_process.options.items():
        monkeypatch.setenv(f"VANTAGE_{option.upper()}", value)
    in_process.options = {}

    answer = in_process.run("vantage_client_info")

    assert len(answer["clients"]) == 2


def test_an_option_overrides_its_variable(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VANTAGE_TENANT_ID", "0" * 32)
    monkeypatch.setenv("VANTAGE_AUTH_CLIENT_SECRET", "wrong")

    answer = in_process.run("vantage_client_info")

    assert len(answer["clients"]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"base_url": None}, "Neither base_url nor region is given: set region to one of us, eu, au, or base_url to your own deployment"),
        ({"tenant_id": "contoso/"}, "tenant_id 'contoso/' holds a character that no tenant id has"),
        ({"tenant_id": CONTOSO + "\n"}, "holds a character that no tenant id has"),
        ({"tenant_id": ".."}, "holds a character that no tenant id has"),
        ({"tenant_id": CONTOSO[:-1] + "\u0663"}, "holds a character that no tenant id has"),
        ({"tenant_id": None}, "missing required arguments: tenant_id"),
        ({"timeout": 0}, "timeout is 0; give 1 to 3600 seconds"),
        ({"timeout": 3601}, "timeout is 3601; give 1 to 3600 seconds"),
        ({"timeout": "long"}, "timeout"),
        ({"concurrency": 0}, "concurrency is 0; give 1 to 64"),
        ({"concurrency": 65}, "concurrency is 65; give 1 to 64"),
        ({"api_version": "v3"}, "value of api_version must be one of: v2, v1"),
        ({"auth_client_id": None, "auth_client_secret": None}, "There is nothing to log in with: set auth_token, or auth_client_id and auth_client_secret"),
        ({"auth_client_id": ""}, "auth_grant client_credentials needs auth_client_id: set it or VANTAGE_AUTH_CLIENT_ID in the environment"),
        ({"auth_client_secret": "", "auth_grant": "client_credentials"}, "needs auth_client_secret"),
        ({"auth_grant": "password"}, "auth_grant password needs auth_username and auth_password: set them or VANTAGE_AUTH_USERNAME, VANTAGE_AUTH_PASSWORD"),
        ({"auth_username": "admin@contoso.example"}, "auth_grant password needs auth_password"),
        ({"auth_grant": "refresh_token"}, "auth_grant refresh_token needs auth_refresh_token"),
        ({"auth_token": "abc\u2026"}, "auth_token holds a character that no token has"),
        ({"auth_token": "abc def"}, "auth_token holds a character that no token has"),
        ({"auth_token": "abc\n"}, "auth_token holds a character that no token has"),
        ({"auth_grant": "authorization_code"}, "value of auth_grant must be one of: client_credentials, password, refresh_token"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_sent(in_process: InProcess, options: dict[str, Any], said: str) -> None:
    answer = in_process.run("vantage_client_info", **options)

    assert answer["failed"]
    assert said in answer["msg"]
    assert in_process.requests() == []


@pytest.mark.parametrize(("region", "host"), [("us", "vantage-us.abbyy.com"), ("eu", "vantage-eu.abbyy.com"), ("au", "vantage-au.abbyy.com")])
def test_a_region_is_an_address_of_the_vendor(in_process: InProcess, region: str, host: str) -> None:
    api = in_process.api(base_url=None, region=region)
    assert api.http.url("") == f"https://{host}"


@pytest.mark.parametrize("region", ["us", "eu", "au"])
def test_base_url_overrides_the_region(in_process: InProcess, region: str) -> None:
    api = in_process.api(region=region)
    assert api.http.url("") == BASE_URL


def test_a_tenant_may_be_written_with_hyphens(in_process: InProcess) -> None:
    written = f"{CONTOSO[:8]}-{CONTOSO[8:12]}-{CONTOSO[12:16]}-{CONTOSO[16:20]}-{CONTOSO[20:]}".upper()

    answer = in_process.run("vantage_client_info", tenant_id=written)

    assert len(answer["clients"]) == 2
    assert f"/tenants/{written}/" in in_process.emulator.journal.entries()[-1].path


def test_the_version_of_the_api_can_be_chosen(in_process: InProcess) -> None:
    in_process.emulator.behaviour.patch({"api_versions": ["v1"]})

    assert in_process.run("vantage_client_info")["failed"]
    assert len(in_process.run("vantage_client_info", api_version="v1")["clients"]) == 2
