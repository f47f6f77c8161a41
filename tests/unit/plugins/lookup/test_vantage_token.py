# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup vantage_token: where its options come from, what it refuses, and how often it logs in."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import ansible.template
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.abbyy.vantage.plugins.doc_fragments.lookup import ModuleDocFragment
from ansible_collections.abbyy.vantage.plugins.lookup import vantage_token
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

SECRET = "contoso-automation-secret-0001"
Look = Callable[..., str]


@pytest.fixture
def look(emulator: Emulator, in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> Look:
    """Evaluates the lookup with these variables and options, as one more item of the same task."""
    monkeypatch.setattr(vantage_token, "get_token", partial(vantage_token.get_token, new_session=in_process.new_session))
    monkeypatch.setattr(vantage_token, "tokens", {})
    for name in [name for name in os.environ if name.startswith("VANTAGE_")]:
        monkeypatch.delenv(name)

    def evaluate(variables: dict[str, Any] | None = None, *terms: str, **options: Any) -> str:
        found = {f"vantage_{name}": value for name, value in in_process.options.items()} if variables is None else variables
        lookup = vantage_token.LookupModule(loader=DataLoader(), templar=Templar(loader=DataLoader(), variables=found))
        (token,) = lookup.run(list(terms), found, **options)
        return token

    return evaluate


def logins(emulator: Emulator) -> int:
    """Return how often somebody logged in."""
    return sum(entry.path.endswith("/connect/token") for entry in emulator.journal)


def test_one_login_for_the_items_of_a_loop(look: Look, emulator: Emulator) -> None:
    tokens = {look() for _item in range(5)}
    assert len(tokens) == logins(emulator) == 1
    assert tokens <= set(emulator.world.access_tokens)


def test_other_options_are_another_login(look: Look, emulator: Emulator) -> None:
    assert look() != look(auth_scope="openid permissions")
    assert logins(emulator) == 2


def test_another_task_is_another_process(look: Look, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    first = look()
    monkeypatch.setattr(vantage_token.os, "getpid", lambda: -1)

    second = look()

    assert second != first
    assert logins(emulator) == 2


@pytest.mark.parametrize(("seconds_left", "kept"), [(60, True), (20, False)])
def test_a_token_that_is_about_to_expire_is_replaced(look: Look, monkeypatch: pytest.MonkeyPatch, seconds_left: int, kept: bool) -> None:
    first, now = look(), vantage_token.time.monotonic()
    monkeypatch.setattr(vantage_token.time, "monotonic", lambda: now + 24 * 3600 - seconds_left)

    second = look()

    assert (second == first) is kept


class TestPrecedence:
    @pytest.fixture(autouse=True)
    def _environment(self, look: Look, in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
        """Set a connection in the environment whose client is wrong."""
        monkeypatch.setenv("VANTAGE_BASE_URL", in_process.options["base_url"])
        monkeypatch.setenv("VANTAGE_TENANT_ID", in_process.options["tenant_id"])
        monkeypatch.setenv("VANTAGE_AUTH_CLIENT_ID", "nobody")
        monkeypatch.setenv("VANTAGE_AUTH_CLIENT_SECRET", SECRET)

    def test_variables_take_precedence_over_the_environment(self, look: Look) -> None:
        assert look({"vantage_auth_client_id": "automation", "vantage_auth_client_secret": ""})

    def test_options_take_precedence_over_variables(self, look: Look) -> None:
        assert look({"vantage_auth_client_id": "nobody"}, auth_client_id="automation", auth_scope=None)

    def test_the_environment_is_used_otherwise(self, look: Look) -> None:
        with pytest.raises(AnsibleError, match="invalid_client"):
            look({})


def test_variables_of_a_host_are_templates(look: Look, in_process: InProcess) -> None:
    trusted: Callable[[str], str] = getattr(ansible.template, "trust_as_template", str)
    variables = {f"vantage_{name}": value for name, value in in_process.options.items()}
    variables.update(vantage_auth_client_secret=trusted("{{ kept | default('') }}"), kept=SECRET, vantage_timeout=trusted("{{ 7 }}"))

    token = look(variables)

    assert token


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vantage_auth_client_secret": "geheim-geheim"}, "Check auth_client_id and auth_client_secret"),
        ({"vantage_auth_client_id": None}, "auth_grant client_credentials needs auth_client_id"),
        (dict.fromkeys(("vantage_auth_client_id", "vantage_auth_client_secret"), ""), "There is nothing to log in with"),
        ({"vantage_auth_client_secret": "abc"}, "auth_client_secret is shorter than 4 characters"),
        ({"vantage_base_url": ""}, "Neither base_url nor region is given"),
        ({"vantage_region": "mars"}, "value of region must be one of: us, eu, au, got: mars"),
        ({"vantage_auth_refresh_token": "geheim-geheim"}, "A lookup would spend the refresh token in auth_refresh_token and keep no next one; log in with"),
        ({"vantage_auth_grant": "refresh_token"}, "A lookup would spend the refresh token"),
        ({"vantage_auth_grant": "authorization_code"}, "value of auth_grant must be one of"),
        ({"vantage_login_file": "logins.yml"}, "This host logs in with the login that vantage_login_file keeps, which a lookup cannot renew; log in with"),
    ],
)
def test_what_is_wrong_is_the_message_of_the_modules(look: Look, in_process: InProcess, changes: dict[str, Any], said: str) -> None:
    variables = {f"vantage_{name}": value for name, value in in_process.options.items()}

    with pytest.raises(AnsibleError) as error:
        look({**variables, **changes})

    assert said in str(error.value)
    assert "geheim" not in str(error.value)
    assert SECRET not in str(error.value)
    assert error.value.__cause__ is None


def test_terms_are_refused(look: Look) -> None:
    with pytest.raises(AnsibleError, match="takes no terms; give it options by their names"):
        look(None, "contoso")


def test_unknown_options_are_refused(look: Look) -> None:
    with pytest.raises(AnsibleError, match=r"vantage_token has no option 'auth_client_secrets'; did you mean 'auth_client_secret'?"):
        look(None, auth_client_secrets="geheim")


def test_a_token_that_is_there_is_returned_as_it_is(look: Look, emulator: Emulator) -> None:
    variables = {"vantage_auth_token": "from-a-kept-login", "vantage_login_file": "logins.yml", "vantage_base_url": "https://vantage.example.com"}
    assert look(variables) == "from-a-kept-login"
    assert len(emulator.journal) == 0


class TestDocumentation:
    options: ClassVar[dict[str, Any]] = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    spec: ClassVar[dict[str, Any]] = connection_spec(tenant_required=False)

    def test_has_the_options_of_the_modules(self) -> None:
        assert set(self.options) == set(self.spec)

    @pytest.mark.parametrize("name", spec)
    def test_names_the_variable_of_an_option(self, name: str) -> None:
        assert self.options[name]["vars"] == [{"name": f"vantage_{name}"}]

    @pytest.mark.parametrize("name", spec)
    def test_names_where_an_option_is_in_the_environment(self, name: str) -> None:
        rules = self.spec[name]
        assert [one["name"] for one in self.options[name].get("env", [])] == (rules["fallback"][1] if "fallback" in rules else [])

    @pytest.mark.parametrize("member", ["type", "default", "choices"])
    @pytest.mark.parametrize("name", spec)
    def test_tells_the_values_of_an_option(self, name: str, member: str) -> None:
        assert self.options[name].get(member) == self.spec[name].get(member)

    @pytest.mark.parametrize("name", spec)
    def test_requires_no_option(self, name: str) -> None:
        assert not self.options[name]["required"]
