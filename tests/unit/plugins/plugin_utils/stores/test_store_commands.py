# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs of docs/examples/store_commands, as they are: a JSON file, pass with real gpg, and 1Password with a stand-in of its program op."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Entry, Store, StoreError
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import (
    ODD,
    ODD_DESCRIPTION,
    StoreLifecycle,
    change_to,
    new_context,
    new_entry,
    new_mark,
)

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "docs/examples/store_commands"
NAME = new_entry().name
NewStore = Callable[[], Store]


def new_store(folder: Path, program: str, *arguments: str) -> Store:
    """Return a store over an example."""
    # Without the packages of the machine, Python starts twice as quickly.
    command = [sys.executable, "-I", "-S", str(EXAMPLES / program), *arguments]
    return store_from_option({"type": "command", "command": command}, new_context(folder), {})


@pytest.fixture
def json_file(tmp_path: Path) -> NewStore:
    """Makes stores that share one JSON file."""
    return lambda: new_store(tmp_path, "json_file.py", "secrets.json")


@pytest.fixture(scope="module")
def gpg_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of gpg with one key without a passphrase, and its agent."""
    if not (shutil.which("pass") and shutil.which("gpg")):
        pytest.skip("pass or gpg is not installed")
    # The path of the agent's socket must be short.
    home = tmp_path_factory.mktemp("g")
    home.chmod(0o700)
    key = ["--batch", "--passphrase", "", "--quick-gen-key", "vantage@example.com", "default", "default", "never"]
    subprocess.run(["gpg", "--homedir", str(home), *key], check=True, capture_output=True)
    yield home
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=True, capture_output=True)


@pytest.fixture
def pass_store(gpg_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewStore:
    """Makes stores that use a password store of their own."""
    monkeypatch.setenv("GNUPGHOME", str(gpg_home))
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(tmp_path / "store"))
    subprocess.run(["pass", "init", "vantage@example.com"], check=True, capture_output=True)
    return lambda: new_store(tmp_path, "pass_store.py")


@pytest.fixture
def op_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NewStore:
    """Makes stores that use a stand-in of op."""
    (tmp_path / "bin").mkdir()
    stand_in = ROOT / "tests/integration/support/stores/op_standin.py"
    (tmp_path / "bin/op").write_text(f'#!/bin/sh\nexec {sys.executable} -I -S {stand_in} "$@"\n', encoding="utf-8")
    (tmp_path / "bin/op").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("OP_STANDIN_FILE", str(tmp_path / "vault.json"))
    return lambda: new_store(tmp_path, "op_store.py", "Automation")


def test_a_json_file_passes_the_whole_lifecycle(json_file: NewStore) -> None:
    StoreLifecycle(json_file).run()


def live(make: NewStore) -> None:
    """Mark, deliver, renew, be refused and remove, with names that few stores take; shorter than `StoreLifecycle`, as these programs are slow."""
    entries = [new_entry(), new_entry(1, ODD, ODD_DESCRIPTION), Entry("managed", "", labels={"team": "a"})]
    store = make()
    store.check()
    store.prove()

    marked = store.write([change_to(replaced_by_mark(entry), None) for entry in entries])

    assert {answer.status for answer in marked.values()} == {"written"}

    delivered = store.write([change_to(entry, "") for entry in entries])

    assert {name: answer.after for name, answer in delivered.items()} == {entry.name: entry for entry in entries}
    assert make().read(None, values=True) == {entry.name: entry for entry in entries}

    renewed = make().write([change_to(new_entry(2), "secret-1")])[NAME]

    assert renewed.status == "written"
    assert renewed.before == new_entry()

    late = store.write([change_to(new_entry(3), "secret-1")])[NAME]

    assert late.status == "refused"

    removed = store.write([Change(NAME, None, "secret-2"), *(Change(entry.name, None, entry.id) for entry in entries[1:])])

    assert {answer.status for answer in removed.values()} == {"written"}
    assert make().read(None, values=True) == {}


def replaced_by_mark(entry: Entry) -> Entry:
    """Return the mark that an entry replaces."""
    return new_mark(entry.client_id, entry.description)


def test_pass_passes_the_lifecycle(pass_store: NewStore) -> None:
    live(pass_store)


def test_pass_itself_shows_the_value_first_and_the_members_below(pass_store: NewStore) -> None:
    pass_store().write([change_to(new_entry(), None)])

    shown = subprocess.run(["pass", "show", "vantage/contoso/claims/default"], check=True, capture_output=True, text=True, encoding="utf-8").stdout

    assert shown.splitlines()[0] == new_entry().value
    assert json.loads(shown.splitlines()[1])["id"] == "secret-1"


@pytest.fixture
def undecryptable(pass_store: NewStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """A store in pass with one entry, whose key is gone."""
    store = pass_store()
    store.write([change_to(new_entry(), None)])
    (tmp_path / "empty").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "empty"))
    return store


def test_an_entry_that_pass_cannot_decrypt_is_not_taken_for_removed(undecryptable: Store) -> None:
    with pytest.raises(StoreError, match=r"could not read 1 of 1 entries. claims/default: gpg: .*decryption failed"):
        undecryptable.read([NAME], values=False)


def test_an_entry_that_pass_cannot_decrypt_is_not_overwritten(undecryptable: Store) -> None:
    answer = undecryptable.write([change_to(new_entry(2), "secret-1")])[NAME]
    assert answer.status == "failed"
    assert "could not be read before it was written" in answer.reason


def test_a_missing_password_store_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD_STORE_DIR", str(tmp_path / "none"))
    with pytest.raises(StoreError, match=r"There is no password store in .*none; make one with 'pass init'."):
        new_store(tmp_path, "pass_store.py").check()


def test_1password_passes_the_lifecycle(op_store: NewStore) -> None:
    live(op_store)


def test_a_refusal_of_1password_is_reported(op_store: NewStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OP_STANDIN_FILE", "")
    with pytest.raises(StoreError, match=r"could not list: it ended with the exit code 1. It said: .*You are not currently signed in"):
        op_store().check()


def test_an_item_that_a_killed_run_left_behind_is_ignored_and_removed(op_store: NewStore, tmp_path: Path) -> None:
    store = op_store()
    store.write([change_to(new_entry(), None)])
    vault = json.loads((tmp_path / "vault.json").read_text(encoding="utf-8"))
    vault["old"] = {**next(iter(vault.values())), "id": "old", "updated_at": "2020-01-01T00:00:00Z"}
    (tmp_path / "vault.json").write_text(json.dumps(vault), encoding="utf-8")

    found = store.read([NAME], values=True)

    assert found == {NAME: new_entry()}

    store.write([change_to(new_entry(2), "secret-1")])

    assert len(json.loads((tmp_path / "vault.json").read_text(encoding="utf-8"))) == 1


def test_of_many_runs_at_once_one_wins(json_file: NewStore) -> None:
    stores = [json_file() for _number in range(6)]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda pair: pair[1].write([change_to(new_entry(pair[0]), None)])[NAME], enumerate(stores)))

    assert sorted(answer.status for answer in answers) == ["refused"] * 5 + ["written"]


def test_checking_and_reading_write_nothing(json_file: NewStore, tmp_path: Path) -> None:
    store = json_file()

    store.check()
    everything = store.read(None, values=True)
    single = store.read([NAME], values=True)

    assert everything == {}
    assert single == {}
    assert list(tmp_path.iterdir()) == []
