# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The encrypted file: whole or not at all, for its owner alone, and one run at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault import encrypted_file
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import Entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords

ENTRIES: Entries = {"a/default": {"id": "1", "value": "geheim"}}


def new_file(path: Path, password: str | None = "pw") -> SecretFile:
    """Return a file with one password."""
    return SecretFile(str(path), VaultPasswords([], password=password))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is not there yet."""
    return tmp_path / "kept" / "contoso.yml"


def store(path: Path, entries: Entries | None = None) -> None:
    """Write a file as a task does."""
    file = new_file(path)
    file.make_directory()
    with file.locked():
        file.read()
        file.write(ENTRIES if entries is None else entries)


def test_a_file_that_is_not_there_holds_nothing(path: Path) -> None:
    assert new_file(path.parent / "none.yml").read() is None


def test_what_was_written_is_read(path: Path) -> None:
    store(path)
    assert new_file(path).read() == ENTRIES


def test_a_file_is_written_for_the_owner_alone(path: Path) -> None:
    store(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_is_encrypted_as_ansible_vault_does(path: Path) -> None:
    store(path)
    assert b"geheim" not in path.read_bytes()
    assert VaultLib([("default", VaultSecret(b"pw"))]).decrypt(path.read_bytes())


def test_a_file_that_others_may_read_is_closed(path: Path) -> None:
    store(path)
    path.chmod(0o644)

    store(path, {"b": {"id": "2"}})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    store(path)
    link = tmp_path / "link.yml"
    link.symlink_to(path)

    store(link, {"b": {"id": "2"}})

    assert link.is_symlink()
    assert new_file(path).read() == {"b": {"id": "2"}}


class TestReadAgain:
    """A file that this process has written: it is read from the disk each time, but only decrypted when it has changed."""

    @pytest.fixture
    def file(self, path: Path) -> SecretFile:
        file = new_file(path)
        file.make_directory()
        with file.locked():
            file.write(ENTRIES)
        return file

    def test_it_is_not_decrypted_again(self, file: SecretFile, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(VaultPasswords, "decrypt")
        assert file.read() == ENTRIES

    def test_what_another_process_wrote_is_read(self, file: SecretFile, path: Path) -> None:
        store(path, {})
        assert file.read() == {}

    def test_a_file_that_is_gone_holds_nothing(self, file: SecretFile, path: Path) -> None:
        path.unlink()
        assert file.read() is None

    def test_what_was_read_is_not_decrypted_again(self, file: SecretFile, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        store(path, {"b": {"id": "2"}})
        file.read()
        monkeypatch.delattr(VaultPasswords, "decrypt")

        entries = file.read()

        assert entries == {"b": {"id": "2"}}

    def test_a_damaged_file_is_an_error_until_it_is_restored(self, file: SecretFile, path: Path) -> None:
        written = path.read_bytes()
        path.write_bytes(written[:-9])

        with pytest.raises(SecretFileError):
            file.read()

        path.write_bytes(written)

        assert file.read() == ENTRIES

    def test_it_is_not_decrypted_after_another_write(self, file: SecretFile, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(VaultPasswords, "decrypt")

        with file.locked():
            file.write({"b": {"id": "2"}})

        assert file.read() == {"b": {"id": "2"}}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_root_keeps_owner_and_group(path: Path) -> None:
    store(path)
    os.chown(path, 1234, 2345)
    (path.parent / ".contoso.yml.lock").unlink()

    store(path, {"b": {"id": "2"}})

    for name in ("contoso.yml", ".contoso.yml.lock"):
        found = (path.parent / name).stat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (1234, 2345, 0o600)


@pytest.mark.parametrize("step", ["write_synced", "os.replace"])
def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fill(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store(path)
    before = path.read_bytes()
    monkeypatch.setattr(*((encrypted_file, step) if step == "write_synced" else (encrypted_file.os, "replace")), fill)

    with pytest.raises(SecretFileError, match=r"No space left on device; make room there or choose another path\. The file is as it was\."):
        store(path, {})

    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == [".contoso.yml.lock", "contoso.yml"]


def test_a_folder_that_cannot_be_synced_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: str) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(encrypted_file, "sync_directory", refuse)

    store(path)

    assert new_file(path).read() == ENTRIES


def test_proving_changes_nothing(path: Path) -> None:
    store(path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    file = new_file(path)

    with file.locked():
        file.write(file.read() or {}, keep=False)

    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert not (path.parent / ".contoso.yml.new").exists()


def test_the_leftovers_of_a_killed_run_are_deleted(path: Path) -> None:
    store(path)
    left = path.parent / ".contoso.yml.new"
    left.write_text("half", encoding="utf-8")

    store(path, {"b": {"id": "2"}})

    assert not left.exists()
    assert new_file(path).read() == {"b": {"id": "2"}}


@pytest.mark.parametrize(
    ("content", "password", "said"),
    [
        (None, "other", "cannot be decrypted with the vault password given, or is damaged; give the password that it was encrypted with."),
        (None, None, "is encrypted, but there is no vault password; give it with --vault-password-file"),
        (b"a: geheim\n", "pw", "is not encrypted with ansible-vault; choose another path"),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "pw", "contoso.yml"),
    ],
)
def test_what_cannot_be_read(path: Path, content: bytes | None, password: str | None, said: str) -> None:
    store(path)
    if content:
        path.write_bytes(content)

    with pytest.raises(SecretFileError) as error:
        new_file(path, password).read()

    assert said in str(error.value)
    assert "geheim" not in str(error.value)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match=r"there is no folder .*/no/such; create it or choose another path"):
        new_file(tmp_path / "no" / "such" / "file.yml").check_directory()


def test_a_folder_is_not_created_in_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(SecretFileError, match=r"Could not create the folder .*/no/such: No such file or directory"):
        new_file(tmp_path / "no" / "such" / "file.yml").make_directory()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SecretFileError, match=r"Could not read .*: Not a directory"):
        new_file(tmp_path / "file" / "x.yml").read()


def test_without_a_password_nothing_is_written(path: Path) -> None:
    path.parent.mkdir()
    file = new_file(path, None)

    with file.locked(), pytest.raises(SecretFileError, match="has no vault password to be encrypted with; give one with"):
        file.write(ENTRIES)

    assert not path.exists()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock as another process would."""
    with open(path.parent / f".{path.name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_another_run_is_waited_for_but_not_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(path)
    monkeypatch.setattr(encrypted_file, "LOCK_SECONDS", 0.0)

    with held(path), pytest.raises(SecretFileError, match="another run has held it"), new_file(path).locked():
        pass


def test_runs_at_once_lose_nothing(path: Path) -> None:
    def add(number: int) -> None:
        file = new_file(path)
        with file.locked():
            entries = file.read() or {}
            file.write({**entries, f"n{number}": {"id": str(number)}})

    store(path, {})
    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(new_file(path).read() or {}) == [f"n{number}" for number in range(8)]
