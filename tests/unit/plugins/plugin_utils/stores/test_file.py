# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store that is an encrypted file: its life, and what is refused before anything is made."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault import encrypted_file
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import file as file_module
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.file import FileStore, problem_of_place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, Store, StoreError
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import StoreLifecycle, change_to, new_context, new_entry, new_mark

PASSWORD = "store-password"


def new_store(folder: Path, **options: str) -> Store:
    """Return the store of a folder, with a password unless another one is given."""
    return store_from_option({"type": "file", "vault_password": PASSWORD, **options}, new_context(folder), {})


def default_path(folder: Path) -> Path:
    """Return the path of that store's file."""
    return folder / ".vantage-secrets" / "contoso.yml"


def put_text(path: Path, text: str) -> None:
    """Write a file as a person with ansible-vault does."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(VaultLib([("default", VaultSecret(PASSWORD.encode()))]).encrypt(text))


def test_entries_are_made_renewed_and_removed(tmp_path: Path) -> None:
    StoreLifecycle(lambda: new_store(tmp_path)).run()


def test_the_place_of_the_store_is_the_path_of_its_file(tmp_path: Path) -> None:
    assert new_store(tmp_path).place == str(default_path(tmp_path))


def test_the_file_is_encrypted_and_private(tmp_path: Path) -> None:
    path = default_path(tmp_path)

    new_store(tmp_path).write([change_to(new_entry(), None)])
    text = VaultLib([("default", VaultSecret(PASSWORD.encode()))]).decrypt(path.read_bytes()).decode()

    assert '"claims/default": {"client_id": "claims", "description": "default"' in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x.yml", "{folder}/x.yml"),
        ("a/../x.yml", "{folder}/x.yml"),
        ("/srv/x.yml", "/srv/x.yml"),
        ("~/x.yml", "{home}/x.yml"),
        ("", "{folder}/.vantage-secrets/contoso.yml"),
    ],
)
def test_paths_are_absolute(tmp_path: Path, path: str, expected: str) -> None:
    assert new_store(tmp_path, path=path).place == expected.format(folder=tmp_path, home=os.path.expanduser("~"))


@pytest.mark.parametrize(("folder", "path"), [("None", ""), ("/srv/None", ""), ("/srv", "None/x.yml"), ("", "")])
def test_a_path_with_a_variable_without_a_value_is_refused(folder: str, path: str) -> None:
    with pytest.raises(ConfigError, match="made of a variable without a value, such as inventory_dir; set the store's option path"):
        store_from_option({"type": "file", "path": path}, new_context(folder), {})


def test_checking_and_reading_write_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path)

    store.check()
    found = store.read(None, values=True)

    assert found == {}
    assert list(tmp_path.iterdir()) == []


def test_proving_leaves_no_file(tmp_path: Path) -> None:
    new_store(tmp_path).prove()
    assert not default_path(tmp_path).exists()


def test_a_full_disk_fails_the_proof_and_the_write_and_keeps_the_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(tmp_path)
    store.write([change_to(new_mark(), None)])

    def fill(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(encrypted_file, "write_synced", fill)

    for attempt in (store.prove, lambda: store.write([change_to(new_entry(), "")])):
        with pytest.raises(StoreError, match="No space left on device; make room there or choose another path"):
            attempt()

    assert store.read(None, values=True) == {new_mark().name: new_mark()}


def test_an_entry_that_cannot_be_read_back_is_in_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store(tmp_path)
    replace_file = encrypted_file.os.replace

    def replace_and_break(old: str, new: str) -> None:
        replace_file(old, new)
        Path(new).write_text("broken", encoding="utf-8")

    monkeypatch.setattr(encrypted_file.os, "replace", replace_and_break)

    answer = store.write([change_to(new_entry(), None)])[new_entry().name]

    assert answer.status == "in_doubt"
    assert answer.reason.startswith("It was written, but could not be read back: ")


def test_a_store_without_a_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no vault password to be encrypted with; give one with --vault-password-file"):
        store_from_option("file", new_context(tmp_path), {}).check()


def test_the_password_of_the_play_encrypts_the_file(tmp_path: Path) -> None:
    vault = SimpleNamespace(secrets=[("default", VaultSecret(PASSWORD.encode()))])
    store = store_from_option(None, replace(new_context(tmp_path), vault=vault), {})
    store.check()

    store.write([change_to(new_entry(), None)])

    assert new_store(tmp_path).read(None, values=True) == {new_entry().name: new_entry()}


def test_another_password_is_refused(tmp_path: Path) -> None:
    new_store(tmp_path).write([change_to(new_entry(), None)])
    with pytest.raises(StoreError, match="give the password that it was encrypted with"):
        new_store(tmp_path, vault_password="other").check()


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=rf"there is no folder {tmp_path}/no; create it or choose another path"):
        new_store(tmp_path, path="no/such/x.yml").check()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Copied, and the name changed but not the members.
        ("a/x:\n  client_id: a\n  description: x\nb/x:\n  client_id: a\n  description: x\n", "'b/x' in line 4"),
        ("a/x:\n  client_id: a\na/y:\n  client_id: a\n  description: x\n", "'a/y' in line 3"),
        ('{\n"a/x": {"client_id": "a"},\n"vault_password": {"id": "1"}\n}\n', "'vault_password' in line 3"),
        ("a/x:\n  id: 1\nb/x:\n  id: 2\na/x:\n  id: 3\n", "a key is in it twice, in line 1 and in line 5"),
        ('{\n"a/x": {"id": "1"},\n"a/x": {"id": "2"}\n}\n', "a key is in it twice, in line 2 and in line 3"),
        ("a/x:\n  id: 1\n  value: geheim\n  id: 2\n", "a key is in it twice, in line 2 and in line 4"),
    ],
)
def test_a_file_that_a_person_has_spoiled_is_an_error_that_names_the_lines(tmp_path: Path, text: str, said: str) -> None:
    put_text(default_path(tmp_path), text)
    before = default_path(tmp_path).read_bytes()
    store = new_store(tmp_path)

    for attempt in (store.check, lambda: store.read(None, values=False), lambda: store.write([change_to(new_mark(), None)])):
        with pytest.raises(StoreError) as error:
            attempt()

        assert said in str(error.value)
        assert str(default_path(tmp_path)) in str(error.value)
        assert "geheim" not in str(error.value)

    assert default_path(tmp_path).read_bytes() == before


def test_an_entry_that_a_person_has_written_is_read(tmp_path: Path) -> None:
    put_text(default_path(tmp_path), "# mine\nbilling/night shift:\n  id: 5\n  value: by hand\n  owner: me\n")

    found = new_store(tmp_path).read(None, values=True)

    assert found == {"billing/night shift": Entry("billing", "night shift", id="5", value="by hand")}


def test_an_entry_that_a_person_has_written_is_kept(tmp_path: Path) -> None:
    put_text(default_path(tmp_path), "# mine\nbilling/night shift:\n  id: 5\n  value: by hand\n  owner: me\n")

    new_store(tmp_path).write([change_to(new_mark(), None)])

    assert set(new_store(tmp_path).read(None, values=True)) == {"billing/night shift", new_mark().name}


JOB = {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/47", "JOB_ID": "47"}
RULEBOOK = {"AWX_ISOLATED_DATA_DIR": f"{tempfile.gettempdir()}/eda1/artifacts/9"}


@pytest.mark.parametrize(
    ("path", "environ", "devices", "is_refused"),
    [
        ("/srv/secrets/x.yml", {}, {}, False),
        ("/runner/project/x.yml", {}, {}, False),
        ("/srv/secrets/x.yml", JOB, {}, True),
        ("/srv/secrets/x.yml", {"JOB_ID": "47"}, {}, True),
        ("/srv/secrets/x.yml", {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_47"}, {}, True),
        ("/srv/secrets/x.yml", JOB, {"/srv": 2}, False),
        ("/runner/project/x.yml", JOB, {"/runner": 2}, True),
        ("/runner/project/x.yml", {"JOB_ID": "47"}, {"/runner": 2}, True),
        ("/tmp/awx_47/x.yml", {"AWX_PRIVATE_DATA_DIR": "/tmp/awx_47"}, {"/tmp": 2}, True),
        ("/runners/x.yml", JOB, {"/runners": 2}, False),
        ("/srv/secrets/x.yml", {"JOB_ID": "", "AWX_ISOLATED_DATA_DIR": ""}, {}, False),
        # An execution environment without AWX, as ansible-navigator starts it.
        ("/srv/secrets/x.yml", {"AWX_ISOLATED_DATA_DIR": "/runner/artifacts/47"}, {}, True),
        # Ansible-runner and ansible-rulebook on a machine of the user's.
        ("/srv/secrets/x.yml", {"AWX_ISOLATED_DATA_DIR": "/srv/run/artifacts/47"}, {}, False),
        ("/srv/run/inventory/x.yml", {"AWX_ISOLATED_DATA_DIR": "/srv/run/artifacts/47"}, {}, False),
        ("/srv/secrets/x.yml", RULEBOOK, {}, False),
        (f"{tempfile.gettempdir()}/eda1/inventory/x.yml", RULEBOOK, {}, True),
    ],
)
def test_a_path_that_ends_with_the_job_is_refused(
    monkeypatch: pytest.MonkeyPatch, path: str, environ: Mapping[str, str], devices: dict[str, int], is_refused: bool
) -> None:
    """A file system is named by the folder that it is mounted at; what is not mounted is the container's own."""
    folders = {os.path.dirname(path), "/"}
    monkeypatch.setattr(file_module.os.path, "isdir", folders.__contains__)

    def device(folder: str) -> int:
        return next((number for mounted, number in devices.items() if f"{folder}/".startswith(f"{mounted}/")), 1)

    problem = problem_of_place(path, environ, device)

    assert bool(problem) is is_refused
    assert (path in problem) is is_refused
    assert ("use a store on a server" in problem) is is_refused


def test_the_check_refuses_such_a_path_before_anything_is_made(tmp_path: Path) -> None:
    store = FileStore(Options({"vault_password": PASSWORD}), new_context(tmp_path), environ=JOB, device=lambda _folder: 1)

    with pytest.raises(ConfigError, match="is gone when this job ends"):
        store.check()

    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the collection, which is not installed without a manifest."""
    monkeypatch.setattr(file_module, "COLLECTION", str(tmp_path))
    return tmp_path


def test_a_path_inside_a_checkout_is_allowed(collection: Path) -> None:
    """A checkout is the user's own."""
    assert not problem_of_place(str(collection / "playbooks/x.yml"), {}, lambda _folder: 1)


def test_a_path_inside_the_installed_collection_is_refused(collection: Path) -> None:
    (collection / "MANIFEST.json").write_text("{}", encoding="utf-8")
    assert "inside the installed collection" in problem_of_place(str(collection / "playbooks/x.yml"), {}, lambda _folder: 1)


def test_a_path_beside_the_installed_collection_is_allowed(collection: Path) -> None:
    (collection / "MANIFEST.json").write_text("{}", encoding="utf-8")
    assert not problem_of_place(f"{collection}-mine/x.yml", {}, lambda _folder: 1)
