# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Choose the password to encrypt or decrypt a file, like ansible-vault itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, VaultSecret

HOW_TO_GIVE = (
    "with --vault-password-file, --vault-id or --ask-vault-pass, or in the option vault_password; in AWX, attach a Vault credential to the job template"
)


class PasswordError(Exception):
    """There is no matching password; the text is a part of a sentence, with the fix."""


class Key(NamedTuple):
    """The key of a file.

    :param vault_id: the label in the file's first line; ansible-vault leaves "default" out.
    """

    vault_id: str
    secret: Any


class VaultPasswords:
    """The passwords that a task may use.

    :param given: those of the play by their ids, as given by ``--vault-id`` and similar options.
    :param password: the task's own password, which takes precedence; blanks around it are ignored, as in a password file of ansible-vault, so that
        a YAML block, which ends with a line break, is the password that 'ansible-vault view' asks for.
    :param vault_id: label of that password, or of the play's password to encrypt with.
    :param preferred: the id that Ansible's setting ``vault_encrypt_identity`` names for new files.
    """

    def __init__(
        self, given: Sequence[tuple[str, Any]] | None, *, password: str | None = None, vault_id: str | None = None, preferred: str | None = None
    ) -> None:
        password = (password or "").strip()
        if password:
            given = [(vault_id or "default", VaultSecret(password.encode("utf-8")))]
        self._keys = [Key(name, secret) for name, secret in given or []]
        self._vault_id = vault_id
        self._preferred = None if password else preferred
        self._lib = VaultLib([tuple(key) for key in self._keys])

    def decrypt(self, encrypted: bytes) -> tuple[str, Key]:
        """Return the text and the key that it was encrypted with.

        :raises PasswordError: without the right password.
        """
        if not self._keys:
            raise PasswordError(f"is encrypted, but there is no vault password; give it {HOW_TO_GIVE}")
        try:
            plain, vault_id, secret = self._lib.decrypt_and_get_vault_id(encrypted)
        except AnsibleError as exc:
            raise PasswordError("cannot be decrypted with the vault password given, or is damaged; give the password that it was encrypted with") from exc
        return plain.decode("utf-8"), Key(vault_id, secret)

    def check(self) -> None:
        """Raise PasswordError when the password for a new file is ambiguous."""
        self._chosen(None)

    def encrypt(self, text: str, former: Key | None) -> bytes:
        """Return the text encrypted.

        :param former: the previous key of the file; None for a new one.
        :raises PasswordError: when the password is ambiguous.
        """
        key = self._chosen(former)
        encrypted: bytes = self._lib.encrypt(text, secret=key.secret, vault_id=key.vault_id)
        return encrypted

    def _chosen(self, former: Key | None) -> Key:
        wanted = self._vault_id or (None if former else self._preferred)
        known = list(dict.fromkeys(key.vault_id for key in self._keys))
        if wanted:
            found = next((key for key in self._keys if key.vault_id == wanted), None)
            if found is None:
                raise PasswordError(
                    f"needs the vault password of the id {wanted!r}, but those given are {', '.join(known) or 'none'}; add --vault-id {wanted}@…, or in AWX a "
                    "Vault credential with that identifier"
                )
            return found
        if former:
            return former
        if not known:
            raise PasswordError(f"has no vault password to be encrypted with; give one {HOW_TO_GIVE}")
        if len(known) > 1:
            raise PasswordError(f"could be encrypted for {' or '.join(known)}; choose one in the option vault_id")
        return self._keys[0]
