# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the apps, the store or the login ends each tenant with one sentence, and nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import Onboarding, failure_of, service, write_entries

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

APPS = {"app_onboarding_apps": [service("portal")]}


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def encrypt(path: Path, password: str) -> str:
    write_entries(path, {}, password)
    return str(path)


def in_file(path: str) -> dict[str, Any]:
    return {"app_onboarding_store": {"path": path}}


def wrong_apps(folder: Path) -> dict[str, tuple[dict[str, Any], str]]:
    """Return the variables of each host, and a part of the sentence that its failure holds."""
    return {
        "yaml": (
            {"app_onboarding_source": write(folder / "bad" / "apps.yml", "- client_id: portal\n  redirect_uris: [https://a.example.com\n")},
            "apps.yml:3:1: this is not valid YAML",
        ),
        "twice": ({"app_onboarding_source": write(folder / "twice.yml", "- client_id: a\n  client_id: b\n")}, "the key 'client_id' is there twice"),
        "no_source": ({"app_onboarding_source": str(folder / "none.yml")}, "none.yml; change "),
        "no_id": ({"app_onboarding_apps": [{"client_name": "Portal"}]}, "this app has no client_id; give it one."),
        "same_id": ({"app_onboarding_apps": [service("portal"), service("portal")]}, "keep one of the two."),
        "unknown": ({"app_onboarding_apps": [{"client_id": "portal", "redirect_uri": "https://a.example.com"}]}, "did you mean 'redirect_uris'?"),
        "scheme": ({"app_onboarding_apps": [service("portal", redirect_uris=["javascript:alert(1)"])]}, "has the scheme 'javascript'"),
        "lifetime": ({"app_onboarding_apps": [service("portal", secrets=[{"description": "a", "lifetime": "soon"}])]}, "lifetime 'soon' is not a duration"),
        "batch": ({**APPS, "app_onboarding_batch_size": 0}, "batch_size is 0; give 1 to 1000"),
        "prune": ({"app_onboarding_prune": "all"}, "prune is all, but prune declares no app that stays"),
        "prune_word": ({**APPS, "app_onboarding_prune": True}, "value of prune must be one of: false, managed, all, got: True"),
        "prune_limit": (
            {**APPS, "app_onboarding_prune": "all", "app_onboarding_prune_limit": 0},
            "more than prune_limit (0): reader.",
        ),
    }


def wrong_stores(folder: Path, password: str) -> dict[str, tuple[dict[str, Any], str]]:
    """Return the same for stores and logins."""
    # No user, not even root, can write below a path that is a file.
    blocked = write(folder / "blocked", "")
    return {
        "other_password": (
            {**APPS, **in_file(encrypt(folder / "other.yml", "another one"))},
            "cannot be decrypted with the vault password given, or is damaged",
        ),
        "clear": ({**APPS, **in_file(write(folder / "clear.yml", "portal/default: {}\n"))}, "is not encrypted with ansible-vault"),
        "damaged": ({**APPS, **in_file(write(folder / "damaged.yml", "$ANSIBLE_VAULT;1.1;AES256\n61\n"))}, "or is damaged"),
        "no_folder": ({**APPS, **in_file(f"{blocked}/contoso.yml")}, f"{blocked}"),
        "password": ({**APPS, **in_file(encrypt(folder / "good.yml", password)), "vantage_auth_client_secret": "wrong-secret"}, "Check auth_"),
        "role": ({**APPS, "vantage_auth_client_id": "reader", "vantage_auth_client_secret": "contoso-reader-secret-0001"}, "the Tenant Administrator role"),
        "store": ({**APPS, "app_onboarding_store": "fiel"}, "did you mean file?"),
        "store_option": ({**APPS, "app_onboarding_store": {"paht": "a.yml"}}, "did you mean 'path'?"),
        "region": ({**APPS, "vantage_base_url": "", "vantage_region": ""}, "Neither base_url nor region is given"),
    }


def test_each_mistake_ends_its_tenant_with_one_sentence_and_nothing_is_written(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    connection = onboarding.hosts.pop("contoso")
    cases = {**wrong_apps(onboarding.folder), **wrong_stores(onboarding.folder, onboarding.password_file.read_text(encoding="utf-8"))}
    onboarding.hosts = {name: {**connection, **variables} for name, (variables, _said) in cases.items()}
    files = {path: path.read_bytes() for path in onboarding.folder.glob("*.yml")}

    run = onboarding.run(rc=2)

    for name, (_variables, said) in cases.items():
        told = failure_of(run, name)

        assert said in told, f"{name}: {told}"
        assert told.endswith((".", "?")), f"{name}: {told}"
        assert "\n" not in told.strip(), f"{name}: {told}"

    assert deployment.emulator.journal.writes() == []
    assert {path: path.read_bytes() for path in files} == files
    assert not list(onboarding.folder.glob(".vantage-secrets/*.yml"))
    assert "wrong-secret" not in run.output


def test_without_a_vault_password_nothing_is_written(playbooks: PlaybookRunner, deployment: Deployment) -> None:
    onboarding = Onboarding(playbooks, deployment)
    onboarding.declare(service("portal"))
    inventory = onboarding.arguments()[1]

    run = playbooks.run_playbook("abbyy.vantage.onboard", inventory=inventory, env=onboarding.env(), rc=2)

    assert "vault password" in failure_of(run, "contoso")
    assert deployment.emulator.journal.writes() == []
