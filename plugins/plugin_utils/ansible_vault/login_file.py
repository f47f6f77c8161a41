# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Keep logins between runs: their single-use refresh tokens, in an encrypted file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import SECRET_MEMBER
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords

# Longer than a token endpoint can take with all retries, times several hosts that share a login.
LOGIN_SECONDS = 1800.0
LOG_IN = "log in with the playbook abbyy.vantage.login"


class KeptLogin:
    """One login by its name in a file that may hold others.

    All methods raise SecretFileError.
    """

    def __init__(self, path: str, name: str, passwords: VaultPasswords) -> None:
        self._file = SecretFile(path, passwords)
        self._name = name
        # A login's name can contain anything; a file name cannot.
        self._part = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._entry: dict[str, Any] = {}

    def refresh_token(self) -> str:
        """Return the valid refresh token."""
        entries = self._file.read()
        if entries is None:
            raise SecretFileError(f"The login file {self._file.path} does not exist; {LOG_IN} first, or check login_file.")
        self._entry = entries.get(self._name, {})
        token = self._entry.get(SECRET_MEMBER)
        if not isinstance(token, str) or not token.strip():
            known = shown(", ".join(sorted(entries))) or "none"
            raise SecretFileError(f"{self._file.path} contains no login {self._name!r} (it contains: {known}); {LOG_IN} first, or check login_name.")
        return token

    def history(self) -> str:
        """Return the details of the login that was read last."""
        moments = [f"{words} {self._entry[key]}" for key, words in (("logged_in_at", "made"), ("renewed_at", "last renewed")) if self._entry.get(key)]
        return f"login {self._name!r} in {self._file.path}" + (f", {', '.join(moments)}" if moments else "")

    def prove(self) -> None:
        """Check that a refresh token can be saved, before there is one."""
        self._file.make_directory()
        self._file.check_directory()
        with self._file.locked():
            self._prove()

    @contextmanager
    def held_alone(self) -> Iterator[None]:
        """Lock this login on this machine, and prove that the file can be written.

        The file itself is not locked: runs with other logins in it need not wait for this one's token endpoint.
        """
        self._file.check_directory()
        with self._file.locked(self._part, LOGIN_SECONDS):
            with self._file.locked():
                self._prove()
            yield

    def renew(self, token: str, moment: str | None) -> None:
        """Save the next refresh token of the login that was read; only while it is locked."""
        self._write({**self._entry, SECRET_MEMBER: token, "renewed_at": moment})

    def begin(self, token: str, moment: str | None) -> None:
        """Save the refresh token of a new login, replacing an older one of that name once no run is using it."""
        with self._file.locked(self._part, LOGIN_SECONDS):
            self._write({SECRET_MEMBER: token, "logged_in_at": moment})

    def _prove(self) -> None:
        self._file.write(self._file.read() or {}, keep=False)

    def _write(self, entry: dict[str, Any]) -> None:
        # The old token is used up: wait longer for the file's lock than before the login.
        with self._file.locked(seconds=LOGIN_SECONDS):
            self._file.write({**(self._file.read() or {}), self._name: entry})
