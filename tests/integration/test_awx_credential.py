# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential type, rendered by AWX's own injector, gives the modules what a user has filled in, and nothing for what was left out."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import Controller, Job
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

pytestmark = pytest.mark.one_core("the credential type is rendered by AWX's own code; no ansible-core runs")

SECRET_FIELDS = {"auth_client_secret", "auth_password", "auth_token"}
# A job cannot keep the next one.
LEFT_OUT = "refresh_token"
FROZEN = "63ae2f4c392a9890f0143eabeb08eae01f79c6fc5912335fd7b35a7ff9f1ccea"
ALL_FIELDS = {
    "region": "eu",
    "base_url": "https://vantage.example.com",
    "tenant_id": "7a1de5a0c0de4b1e8f00c04705000001",
    "auth_grant": "password",
    "auth_client_id": "automation",
    "auth_client_secret": "client-$ecret {{ x }} 'q' \"d\" \\ ü",
    "auth_username": "admin@contoso.example",
    "auth_password": "pass-word-0001",
    "auth_token": "access-token-0001",
    "auth_scope": "openid permissions",
    "timeout": "60",
}


@pytest.fixture
def controller(playbooks: PlaybookRunner) -> Controller:
    """Renders credentials."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import start_controller

    return start_controller(playbooks)


def read_type() -> dict[str, Any]:
    """Read the credential type as plain YAML, which it is."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import CREDENTIAL_TYPE

    found: dict[str, Any] = yaml.safe_load(CREDENTIAL_TYPE.read_text(encoding="utf-8"))
    return found


def test_type_is_one_that_awx_saves() -> None:
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.rules import check_credential_type

    kept = read_type()

    check_credential_type(kept["inputs"], kept["injectors"])

    # AWX adds what is left out; then the second run of awx_setup would find a difference.
    assert kept == read_type()


def test_inputs_are_frozen() -> None:
    inputs = json.dumps(read_type()["inputs"], sort_keys=True).encode()
    assert hashlib.sha256(inputs).hexdigest() == FROZEN, (
        "AWX refuses to change the inputs of a credential type that is in use, so every user would have to make all credentials anew. If that is meant, "
        "say so in a changelog fragment under breaking_changes, and write the new checksum here."
    )


def test_secret_fields_are_secret() -> None:
    assert {field["id"] for field in read_type()["inputs"]["fields"] if field.get("secret")} == SECRET_FIELDS


def test_every_environment_fallback_of_the_modules_has_its_injector() -> None:
    from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec

    # The tolerance for clocks, the name of a member and the audit log are no part of a login.
    other = ("audit_log", "audit_user", "clock_tolerance", "roles_member")
    options = {name: option for name, option in connection_spec().items() if name not in other}
    variables = {option["fallback"][1][0] for option in options.values() if "fallback" in option}

    assert variables - {f"VANTAGE_AUTH_{LEFT_OUT.upper()}"} == set(read_type()["injectors"]["env"])


def test_empty_credential_says_nothing_but_keeps_tls_checked(controller: Controller) -> None:
    job = controller.render()
    said = {name: value for name, value in job.env.items() if value}
    assert said == {"VANTAGE_VALIDATE_CERTS": "true", "VANTAGE_AUTH_DISCOVERY": "false"}


def test_all_fields_arrive_as_they_are(controller: Controller) -> None:
    job = controller.render(**ALL_FIELDS)
    arrived = {f"VANTAGE_{name.upper()}": value for name, value in ALL_FIELDS.items()}
    assert {name: value for name, value in job.env.items() if name in arrived} == arrived


def test_what_awx_stores_of_the_environment_holds_no_secret(controller: Controller) -> None:
    job = controller.render(**ALL_FIELDS, ca_certificate="-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n")
    stored = "\n".join(job.safe_env.values())

    assert not [name for name in SECRET_FIELDS if ALL_FIELDS[name] in stored]
    assert job.safe_env["VANTAGE_AUTH_CLIENT_SECRET"] == "*" * 10
    assert job.safe_env["VANTAGE_AUTH_CLIENT_ID"] == "automation"


@pytest.mark.parametrize(("given", "arrives"), [({}, "true"), ({"skip_tls_verification": False}, "true"), ({"skip_tls_verification": True}, "false")])
def test_tls_is_checked_unless_the_switch_is_on(controller: Controller, given: dict[str, bool], arrives: str) -> None:
    assert controller.render(**given).env["VANTAGE_VALIDATE_CERTS"] == arrives


@pytest.mark.parametrize(("field", "variable"), [("region", "VANTAGE_REGION"), ("auth_grant", "VANTAGE_AUTH_GRANT")])
def test_first_choice_means_not_chosen(controller: Controller, field: str, variable: str) -> None:
    (choices,) = [found["choices"] for found in read_type()["inputs"]["fields"] if found["id"] == field]
    # AWX stores the first one when the field is left empty.
    assert [controller.render(**{field: choice}).env[variable] for choice in choices] == ["", *choices[1:]]


def test_choices_are_those_of_the_modules() -> None:
    from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec

    choices = {field["id"]: field["choices"][1:] for field in read_type()["inputs"]["fields"] if "choices" in field}
    assert choices == {name: [one for one in connection_spec()[name]["choices"] if one != LEFT_OUT] for name in ("region", "auth_grant")}


def test_ca_goes_to_the_job_as_a_file_if_there_is_one(controller: Controller) -> None:
    pem = "-----BEGIN CERTIFICATE-----\nMIIB=\n-----END CERTIFICATE-----\n"

    job: Job = controller.render(ca_certificate=pem)
    found = re.fullmatch(r"/runner/env/(\w+)", job.env["VANTAGE_CA_PATH"])

    assert found
    assert job.files[found[1]] == pem

    without = controller.render()

    assert without.env["VANTAGE_CA_PATH"] == ""
