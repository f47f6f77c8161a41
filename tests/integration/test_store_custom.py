# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's store custom with task files that keep a JSON file; and what is said when a store cannot be used at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.integration.deployment import Deployment
from ansible_collections.abbyy.vantage.tests.integration.playbook_run import PlaybookRunner, link_collection
from ansible_collections.abbyy.vantage.tests.integration.stores.needs import find_collection
from ansible_collections.abbyy.vantage.tests.integration.stores.story import Story, tell

REFUSAL = "Our store is closed for this one."


def write_task_files(folder: Path) -> None:
    """Write the user's task files, which keep the entries in a file, but for those that another file names."""
    (folder / "kept.json").write_text("{}", encoding="utf-8")
    (folder / "closed.json").write_text("[]", encoding="utf-8")
    former = f"lookup('ansible.builtin.file', '{folder}/kept.json') | from_json"
    refused = f"app_onboarding_entries | list | intersect(lookup('ansible.builtin.file', '{folder}/closed.json') | from_json)"
    read = {"name": "Read our store", "ansible.builtin.set_fact": {"app_onboarding_found": f"{{{{ {former} }}}}"}, "no_log": True}
    write = {
        "name": "Write to our store",
        "ansible.builtin.copy": {
            "dest": f"{folder}/kept.json",
            "mode": "0600",
            "content": "{{ former | dict2items | rejectattr('key', 'in', app_onboarding_remove) | items2dict"
            " | combine(app_onboarding_entries | dict2items | rejectattr('key', 'in', refused) | items2dict) | to_json }}",
        },
        "vars": {"former": f"{{{{ {former} }}}}", "refused": f"{{{{ {refused} }}}}"},
        "no_log": True,
        "diff": False,
    }
    failures = f"{{{{ dict({refused} | zip_longest([], fillvalue='{REFUSAL}')) }}}}"
    say = {"name": "Say what was refused", "ansible.builtin.set_fact": {"app_onboarding_failures": failures}}
    (folder / "read.yml").write_text(yaml.safe_dump([read], width=1000), encoding="utf-8")
    (folder / "write.yml").write_text(yaml.safe_dump([write, say], width=1000), encoding="utf-8")


def test_life_of_secrets(deployment: Deployment, playbooks: PlaybookRunner, tmp_path: Path) -> None:
    write_task_files(tmp_path)
    kept, closed = tmp_path / "kept.json", tmp_path / "closed.json"
    tell(
        Story(
            deployment,
            playbooks,
            settings={
                "app_onboarding_store": "custom",
                "app_onboarding_custom_read": "read.yml",
                "app_onboarding_custom_write": str(tmp_path / "write.yml"),
            },
            read_entries=lambda: json.loads(kept.read_text(encoding="utf-8")),
            count_writes=lambda: kept.stat().st_mtime_ns,
            refuse=lambda name: closed.write_text(json.dumps([name] if name else []), encoding="utf-8"),
            refusal=REFUSAL,
        )
    )


@pytest.mark.parametrize("store", ["hashi_vault", "aws_secretsmanager"])
def test_missing_collection_is_said_before_anything_is_written(deployment: Deployment, playbooks: PlaybookRunner, store: str) -> None:
    collection = {"hashi_vault": "community.hashi_vault", "aws_secretsmanager": "community.aws"}[store]
    variables = {"app_onboarding_apps": [{"client_id": "claims"}], "app_onboarding_store": store}
    play = {"name": "Onboard", "hosts": "localhost", "gather_facts": False, "vars": variables, "roles": ["abbyy.vantage.app_onboarding"]}
    own = str(link_collection(playbooks.folder))
    if find_collection(collection, own):
        pytest.skip(f"{collection} is installed beside ansible-core")
    run = playbooks.run_playbook([play], env={"ANSIBLE_COLLECTIONS_PATH": own}, rc=2)
    assert "Nothing was written." in run.output
    assert f"The store {store} needs the collection {collection}" in run.output
    assert deployment.emulator.journal.entries() == []
