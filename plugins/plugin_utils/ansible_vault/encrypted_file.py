# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Keep a mapping of named entries in one file, encrypted like ansible-vault does."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ansible.parsing.vault import is_encrypted

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import Entries, entries_from_text, lines_of_entries, text_from_entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import Key, PasswordError, VaultPasswords

MODE = 0o600
DIRECTORY_MODE = 0o700
LOCK_SECONDS = 60.0
LOCK_PAUSE = 0.05


class SecretFileError(Exception):
    """The file cannot be read or written; the text is one sentence with the fix and without any content."""


class SecretFile:
    """One encrypted file.

    :param path: a link is followed, so that the link stays.
    """

    def __init__(self, path: str, passwords: VaultPasswords) -> None:
        self.path = os.path.realpath(path)
        self._directory = os.path.dirname(self.path)
        self._passwords = passwords
        self._key: Key | None = None
        self._known: tuple[bytes, Entries] | None = None

    def read(self) -> Entries | None:
        """Return all entries, or None when there is no such file. An unchanged file is not decrypted again.

        :raises SecretFileError: when it cannot be opened, decrypted or parsed.
        """
        encrypted = self._read_encrypted()
        if encrypted is None:
            return None
        if self._known and self._known[0] == encrypted:
            return self._known[1]
        try:
            entries = entries_from_text(self._decrypt(encrypted))
        except ValueError as exc:
            raise SecretFileError(f"{self.path} could be decrypted, but {exc}; fix it with 'ansible-vault edit' or choose another path.") from None
        self._known = (encrypted, entries)
        return entries

    def check(self) -> None:
        """Raise SecretFileError when the file could not be read or written, as far as that can be checked without writing."""
        if self.read() is None:
            try:
                self._passwords.check()
            except PasswordError as exc:
                raise SecretFileError(f"{self.path} {exc}.") from exc
        above = self._directory if os.path.exists(self._directory) else os.path.dirname(self._directory)
        if not os.path.isdir(above):
            raise SecretFileError(f"Could not write {self.path}: there is no folder {above}; create it or choose another path.")
        if not os.access(above, os.W_OK | os.X_OK):
            raise SecretFileError(f"Could not write {self.path}: no permission to write into {above}; allow it or choose another path.")

    def lines(self) -> dict[str, int]:
        """Return the first line of each entry by name, for messages about hand-edited files."""
        encrypted = self._read_encrypted()
        return lines_of_entries(self._decrypt(encrypted)) if encrypted else {}

    def _read_encrypted(self) -> bytes | None:
        try:
            with open(self.path, "rb") as source:
                return source.read()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise SecretFileError(f"Could not read {self.path}: {exc.strerror}; check the path and its permissions.") from exc

    def _decrypt(self, encrypted: bytes) -> str:
        if not is_encrypted(encrypted):
            raise SecretFileError(
                f"{self.path} is not encrypted with ansible-vault; choose another path, or run 'ansible-vault encrypt' on it if it is the one."
            )
        try:
            text, self._key = self._passwords.decrypt(encrypted)
        except PasswordError as exc:
            raise SecretFileError(f"{self.path} {exc}.") from exc
        return text

    def write(self, entries: Entries, *, keep: bool = True) -> None:
        """Replace the whole file; only while it is locked, and with the key of the last read.

        :param keep: False to write a temporary file and discard it, which proves that a write would work.
        :raises SecretFileError: when it cannot be encrypted or written; the old file is untouched then.
        """
        try:
            encrypted = self._passwords.encrypt(text_from_entries(entries), self._key)
        except PasswordError as exc:
            raise SecretFileError(f"{self.path} {exc}.") from exc
        # Under the lock nothing else uses this name: an existing file was left by a killed run.
        draft = os.path.join(self._directory, f".{os.path.basename(self.path)}.new")
        try:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            write_synced(draft, encrypted)
            keep_owner(draft, self.path)
            if keep:
                os.replace(draft, self.path)
        except OSError as exc:
            raise SecretFileError(f"Could not write {self.path}: {exc.strerror}; {advice_for(exc)}. The file is as it was.") from exc
        finally:
            with suppress(OSError):
                os.unlink(draft)
        if keep:
            self._known = (encrypted, entries)
            # The file is already replaced, and some file systems cannot sync a folder: that is not a failed write.
            with suppress(OSError):
                sync_directory(self._directory)

    def make_directory(self) -> None:
        """Create the file's folder if it is missing, for its owner only; not those above it, since a missing one suggests a wrong path."""
        try:
            os.mkdir(self._directory, DIRECTORY_MODE)
        except FileExistsError:
            return
        except OSError as exc:
            raise SecretFileError(f"Could not create the folder {self._directory}: {exc.strerror}; create it yourself or choose another path.") from exc

    def check_directory(self) -> None:
        """Raise SecretFileError when the folder is missing or this user may not write there."""
        if not os.path.isdir(self._directory):
            raise SecretFileError(f"Could not write {self.path}: there is no folder {self._directory}; create it or choose another path.")
        if not os.access(self._directory, os.W_OK | os.X_OK):
            raise SecretFileError(f"Could not write {self.path}: no permission to write into {self._directory}; allow it or choose another path.")

    @contextmanager
    def locked(self, part: str = "", seconds: float | None = None) -> Iterator[None]:
        """Lock out other runs on this machine while this one reads, compares and writes.

        :param part: name, fit for a file's, of a part of the content that is locked instead of the file.
        :param seconds: how long to wait for the lock, if not the default.
        """
        beside = os.path.join(self._directory, f".{os.path.basename(self.path)}{part and f'.{part}'}.lock")
        try:
            handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
        except OSError as exc:
            raise SecretFileError(f"Could not lock {self.path}: {exc.strerror} at {beside}; check the permissions there.") from exc
        try:
            # Otherwise root would lock out the owner of the file, who cannot open root's lock file.
            with suppress(OSError):
                keep_owner(beside, self.path)
            self._wait_for_lock(handle, LOCK_SECONDS if seconds is None else seconds)
            yield
        finally:
            os.close(handle)

    def _wait_for_lock(self, handle: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                if time.monotonic() > until:
                    raise SecretFileError(
                        f"Could not lock {self.path}: another run has held it for {seconds:.0f} seconds; wait for that one to end and run again."
                    ) from exc
                time.sleep(LOCK_PAUSE)
            except OSError as exc:
                raise SecretFileError(f"Could not lock {self.path}: {exc.strerror}; its file system may not know locks: choose another path.") from exc
            else:
                return


def write_synced(path: str, content: bytes) -> None:
    """Write a new private file, and sync it to disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())


def keep_owner(path: str, example: str) -> None:
    """Give a file made by root the owner and group of another file, if that exists."""
    if os.geteuid() != 0:
        return
    with suppress(FileNotFoundError):
        found = os.stat(example)
        os.chown(path, found.st_uid, found.st_gid)


def sync_directory(path: str) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def advice_for(exc: OSError) -> str:
    """Return what to do about a failed write."""
    if isinstance(exc, PermissionError):
        return "allow writing into its folder or choose another path"
    return "make room there or choose another path"
