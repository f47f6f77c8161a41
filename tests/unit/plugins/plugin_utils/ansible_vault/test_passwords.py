# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which vault password encrypts a file."""

from __future__ import annotations

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import PasswordError, VaultPasswords

PROD, TEST = ("prod", VaultSecret(b"one")), ("test", VaultSecret(b"two"))
DEFAULT = ("default", VaultSecret(b"three"))


def label(encrypted: bytes) -> str:
    """Return the id in the first line; empty for none."""
    words = encrypted.splitlines()[0].decode().split(";")
    return words[3] if len(words) > 3 else ""


@pytest.mark.parametrize(
    ("passwords", "its_label"),
    [
        pytest.param(VaultPasswords([DEFAULT]), "", id="the default"),
        pytest.param(VaultPasswords([PROD]), "prod", id="one with an id"),
        pytest.param(VaultPasswords([PROD], password="own"), "", id="the own one"),
    ],
)
def test_the_only_password_is_taken(passwords: VaultPasswords, its_label: str) -> None:
    assert label(passwords.encrypt("x", None)) == its_label


@pytest.mark.parametrize("password", ["own\n", " own \n", "own\r\n"])
def test_a_password_is_read_as_from_a_password_file(password: str) -> None:
    encrypted = VaultPasswords(None, password=password).encrypt("x", None)
    assert VaultLib([("default", VaultSecret(b"own"))]).decrypt(encrypted) == b"x"


def test_blanks_are_no_password() -> None:
    with pytest.raises(PasswordError, match="has no vault password to be encrypted with"):
        VaultPasswords(None, password=" \n").check()


def test_a_password_of_the_command_line_is_one() -> None:
    VaultPasswords([PROD]).check()


def test_of_several_one_has_to_be_chosen_for_a_new_file() -> None:
    with pytest.raises(PasswordError, match="could be encrypted for prod or test; choose one in the option vault_id"):
        VaultPasswords([PROD, TEST]).encrypt("x", None)


@pytest.mark.parametrize(("choice", "its_label"), [({"vault_id": "test"}, "test"), ({"preferred": "prod"}, "prod")])
def test_the_chosen_one_of_several_is_taken(choice: dict[str, str], its_label: str) -> None:
    assert label(VaultPasswords([PROD, TEST], **choice).encrypt("x", None)) == its_label


def test_one_that_is_not_given_cannot_be_chosen() -> None:
    with pytest.raises(PasswordError, match="needs the vault password of the id 'other', but those given are prod, test"):
        VaultPasswords([PROD, TEST], vault_id="other").encrypt("x", None)


def test_a_file_keeps_its_password() -> None:
    passwords = VaultPasswords([PROD, TEST], preferred="prod")
    encrypted = VaultPasswords([TEST]).encrypt("x", None)

    text, key = passwords.decrypt(encrypted)

    assert text == "x"
    assert label(passwords.encrypt("y", key)) == "test"


@pytest.mark.parametrize(
    ("passwords", "said"),
    [
        pytest.param(VaultPasswords([TEST]), "give the password that it was encrypted with", id="wrong"),
        pytest.param(VaultPasswords(None), "there is no vault password", id="missing"),
    ],
)
def test_a_wrong_or_missing_password_is_said(passwords: VaultPasswords, said: str) -> None:
    encrypted = VaultPasswords([PROD]).encrypt("x", None)
    with pytest.raises(PasswordError, match=said):
        passwords.decrypt(encrypted)
