# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source polls a tenant: each event once, only reading, and nothing secret in any of it."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.extensions.eda.plugins.event_source import client_secrets
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.connect import connect
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.file import FileStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch import polling
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.options import OWN, SHARED, watch_from_args
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.polling import Poller
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

APPS = [{"client_id": "claims", "allowed_grant_types": ["client_credentials"]}]


@pytest.fixture
def poller(in_process: InProcess) -> Poller:
    watch = watch_from_args({**in_process.options, "name": "contoso"}, {})
    return Poller(watch, pytest.fail, partial(connect, new_session=in_process.new_session))


def findings(poller: Poller) -> list[tuple[str, str, str | None]]:
    """Return the events of the next poll, but for the password grant that the emulator's first clients may use."""
    events = [event["vantage"] for event in poller.poll()]
    return [(event["state"], event["finding"], event.get("client_id")) for event in events if event.get("risk") != "password_grant"]


def test_a_secret_expires_and_is_renewed(in_process: InProcess, poller: Poller) -> None:
    in_process.run("vantage_client", client_id="claims", allowed_grant_types=["client_credentials"])
    in_process.run("vantage_client_secret", client_id="claims", description="default", lifetime="60d")

    assert findings(poller) == []
    assert poller.poll() == []

    in_process.emulator.advance(40 * DAY)

    assert findings(poller) == [("begun", "expiring", "claims")]
    assert findings(poller) == []

    in_process.run("vantage_client_secret", client_id="claims", description="default", lifetime="60d", force=True)

    assert findings(poller) == [("ended", "expiring", "claims")]


def test_a_poll_only_reads_and_tells_no_value(in_process: InProcess, poller: Poller) -> None:
    in_process.run("vantage_client", client_id="claims", allowed_grant_types=["client_credentials"])
    made = in_process.run("vantage_client_secret", client_id="claims", description="default", lifetime="60d")["secret"]
    poller.poll()
    in_process.emulator.advance(40 * DAY)
    in_process.emulator.journal.clear()

    (event,) = poller.poll()

    assert (event["vantage"]["finding"], event["vantage"]["secret_id"]) == ("expiring", made["id"])
    assert made["value"] not in json.dumps(event)
    assert [entry for entry in in_process.emulator.journal.entries() if entry.write] == []


def test_a_tenant_that_does_not_answer(in_process: InProcess, poller: Poller) -> None:
    in_process.emulator.faults.replace([{"kind": "forbidden", "path": "/clients/", "times": None}])

    (event,) = poller.poll()

    assert event["vantage"]["finding"] == "tenant_unreachable"
    assert "contoso-automation-secret-0001" not in json.dumps(event)

    in_process.emulator.faults.replace([])

    assert findings(poller) == [("ended", "tenant_unreachable", None)]


def test_a_store_that_cannot_be_read_is_said_and_the_rest_goes_on(in_process: InProcess, tmp_path: Path) -> None:
    (tmp_path / "secrets.yml").write_text("not encrypted\n", encoding="utf-8")
    said: list[str] = []
    store = {"type": FileStore.kind, "path": str(tmp_path / "secrets.yml"), "vault_password": "planted-password-0001"}
    watch = watch_from_args({**in_process.options, "name": "contoso", "store": store}, {})
    poller = Poller(watch, said.append, partial(connect, new_session=in_process.new_session))

    found = findings(poller)

    assert found == []
    assert len(said) == 1
    assert said[0].startswith("contoso: The store could not be read.")
    assert "planted-password-0001" not in said[0]


def test_the_source_puts_events_into_its_queue(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    async def first_event() -> dict[str, Any]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        task = asyncio.create_task(client_secrets.main(queue, {**in_process.options, "interval": "1h"}))
        event = await asyncio.wait_for(queue.get(), 30)
        task.cancel()
        return event

    monkeypatch.setattr(polling, "connect", partial(connect, new_session=in_process.new_session))
    monkeypatch.setattr(Poller, "__init__", partial_init(in_process))
    in_process.emulator.faults.replace([{"kind": "forbidden", "path": "/clients/", "times": None}])

    event = asyncio.run(first_event())

    assert event["vantage"]["finding"] == "tenant_unreachable"


def partial_init(in_process: InProcess) -> Any:
    """Return a constructor of a poller whose requests end in the emulator."""
    original = Poller.__init__

    def construct(self: Poller, watch: Any, warn: Any) -> None:
        original(self, watch, warn, partial(connect, new_session=in_process.new_session))

    return construct


def test_a_mistake_is_one_sentence_without_a_traceback() -> None:
    with pytest.raises(ValueError, match=r"^abbyy.vantage.client_secrets: The event source has no option 'tenant'") as refused:
        asyncio.run(client_secrets.main(asyncio.Queue(), {"tenant": "x"}))
    assert refused.value.__suppress_context__


# Runs the file as ansible-rulebook does, without an ansible-core, and prints the first finding.
WITHOUT_ANSIBLE = """
import asyncio, json, logging, runpy, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "ansible":
            raise ModuleNotFoundError("ansible is not here", name="ansible")

class Queue:
    async def put(self, event):
        print(event["vantage"]["finding"])
        raise SystemExit

logging.basicConfig()
sys.meta_path.insert(0, Refuse())
asyncio.run(runpy.run_path(sys.argv[1])["main"](Queue(), json.loads(sys.argv[2])))
"""


@pytest.mark.parametrize("linked", [True, False])
def placed_source(folder: Path, linked: bool) -> Path:
    """Install the collection in a folder, as a link or as a copy of what the event source needs, and return the source."""
    place = folder / "ansible_collections/abbyy/vantage"
    if linked:
        place.parent.mkdir(parents=True)
        place.symlink_to(ROOT)
    else:
        for name in ("plugins/module_utils", "plugins/plugin_utils", "extensions"):
            shutil.copytree(ROOT / name, place / name)
    return place / "extensions/eda/plugins/event_source/client_secrets.py"


@pytest.mark.parametrize("linked", [True, False])
def test_the_source_needs_no_ansible_core(tmp_path: Path, linked: bool) -> None:
    options = {"base_url": "http://127.0.0.1:1", "tenant_id": CONTOSO, "auth_token": "x", "timeout": 1}
    command = [sys.executable, "-c", WITHOUT_ANSIBLE, str(placed_source(tmp_path, linked)), json.dumps(options)]

    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env={})

    assert run.stdout == "tenant_unreachable\n", run.stderr


def test_the_store_that_needs_ansible_core_says_so(in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: Any) -> None:
        raise ModuleNotFoundError("No module named 'ansible'", name="ansible")

    said: list[str] = []
    monkeypatch.setattr(polling, "store_from_option", refuse)
    watch = watch_from_args({**in_process.options, "name": "contoso", "store": "file"}, {})

    found = findings(Poller(watch, said.append, partial(connect, new_session=in_process.new_session)))

    assert found == []
    assert said == ["contoso: The store could not be read. The store needs the Python package ansible, which is not installed here: pip install ansible-core"]


def test_the_documentation_names_the_options_of_its_own() -> None:
    documented = set(yaml.safe_load(client_secrets.DOCUMENTATION)["options"])
    assert documented == {*OWN, *SHARED}
