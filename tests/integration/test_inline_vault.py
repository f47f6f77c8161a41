# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A value that is encrypted inline, with !vault, works wherever one is taken, on every ansible-core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import APP, CONNECTION, INFO, AppPlays
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import VAULT_PASSWORD, play_of_role, service

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import Run

STORE_PASSWORD = "password-of-the-store-0123456789"
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
LOOKUP = "lookup('abbyy.vantage.stored_secret', 'app-0/default')"


class Inline(str):
    """A text that stands encrypted in the file."""

    __slots__ = ()


class Dumper(yaml.SafeDumper):
    """Writes such texts as !vault."""


def represent(dumper: yaml.SafeDumper, text: Inline) -> yaml.ScalarNode:
    """Encrypt a text where it stands."""
    encrypted = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))]).encrypt(str.__str__(text)).decode()
    return dumper.represent_scalar("!vault", encrypted, style="|")


Dumper.add_representer(Inline, represent)


def write(plays: AppPlays, name: str, content: Any) -> Any:
    path = plays.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.dump(content, Dumper=Dumper, sort_keys=False), encoding="utf-8")
    return path


def run(plays: AppPlays, *tasks: dict[str, Any]) -> Run:
    """Run tasks with the store's password and the login's secret encrypted inline in host_vars."""
    secret = plays.hosts["contoso"].pop("vantage_auth_client_secret")
    inline = {"vantage_auth_client_secret": Inline(secret), "app_onboarding_store": {"type": "file", "vault_password": Inline(STORE_PASSWORD)}}
    write(plays, "host_vars/contoso.yml", {**inline, "store_password": Inline(STORE_PASSWORD)})
    found = plays.arguments()
    playbook = write(plays, "inline.yml", [play_of_role()[0], AppPlays.play_of(tasks, {"vars": LOCAL})])
    result = plays.playbooks.run_playbook(playbook, *found[2:], inventory=found[1], env=plays.env())
    assert STORE_PASSWORD not in result.output
    assert secret not in result.output
    return result


def test_an_inline_value_works_everywhere(plays: AppPlays) -> None:
    plays.declare(service("app-0"))
    direct = {**CONNECTION, "auth_client_secret": Inline(plays.hosts["contoso"]["vantage_auth_client_secret"])}
    apps = {"apps": [service("app-0")]}
    store = {"type": "file", "vault_password": Inline(STORE_PASSWORD)}
    as_app = {**CONNECTION, "auth_client_id": "app-0", "auth_client_secret": f"{{{{ {LOOKUP} }}}}"}
    options = f"{LOOKUP[:-1]}, store={{'type': 'file', 'vault_password': store_password}}, member='id')"

    played = run(
        plays,
        {"name": "Variables", APP: {**CONNECTION, **apps, "store": "{{ app_onboarding_store }}"}},
        {"name": "Inline", APP: {**direct, **apps, "store": store}},
        {"name": "Leaf", APP: {**direct, **apps, "store": {"type": "file", "vault_password": "{{ store_password }}"}}},
        {"name": "Info", INFO: {**apps, "store": store}},
        {"name": "Info by variables", INFO: {**apps, "store": "{{ app_onboarding_store }}"}},
        {"name": "Module", "abbyy.vantage.vantage_client": {**direct, "client_id": "app-0"}},
        {"name": "Module by variables", "abbyy.vantage.vantage_client_info": dict(CONNECTION)},
        {"name": "In a list", "abbyy.vantage.vantage_client": {**direct, "clients": [{"client_id": Inline("app-0")}]}},
        {"name": "Log in", "abbyy.vantage.vantage_token": {**as_app, "base_url": Inline(plays.hosts["contoso"]["vantage_base_url"])}},
        {"name": "Lookup", "ansible.builtin.debug": {"msg": f"{{{{ {options} }}}}"}},
    )
    ((secret_id, _value),) = plays.live_secrets("app-0").items()

    assert [task for task in ("Variables", "Inline", "Leaf", "Info", "Module", "In a list") if played.results_of(task)[0]["changed"]] == []
    assert [entry["client_id"] for entry in played.results_of("Info")[0]["entries"].values()] == ["app-0"]
    assert played.results_of("Info by variables")[0]["entries"] == played.results_of("Info")[0]["entries"]
    assert played.results_of("Lookup")[0]["msg"] == secret_id
