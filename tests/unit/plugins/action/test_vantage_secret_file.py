# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the file of secrets answers when it breaks in the middle of a task."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible_collections.abbyy.vantage.plugins.action.vantage_secret_file import SPEC, ActionModule
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import Entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords


class BreakingFile(SecretFile):
    """A file that can be read only until it has been written."""

    written = False

    def read(self) -> Entries | None:
        """Return all entries."""
        if self.written:
            raise SecretFileError("The disk is gone.")
        return super().read()

    def write(self, entries: Entries, *, keep: bool = True) -> None:
        """Write, for the last time."""
        super().write(entries, keep=keep)
        self.written = True


def test_what_was_written_and_cannot_be_read_is_in_doubt(tmp_path: Path) -> None:
    action = ActionModule.__new__(ActionModule)
    action._task = SimpleNamespace(check_mode=False, diff=False)
    path = tmp_path / "contoso.yml"
    passwords = VaultPasswords([], password="pw")
    given: dict[str, Any] = {option: keywords.get("default") for option, keywords in SPEC.items()}
    params = {**given, "path": str(path), "entries": {"a/d": {"id": "1", "value": "geheim"}}, "include_values": True}
    answer = action._merge(BreakingFile(str(path), passwords), params)
    assert answer["doubtful"] == {"a/d": "It was written, but could not be read back: The disk is gone."}
    assert answer["entries"] == {}
    # It is there all the same, so a caller who took its failure for sure would delete the secret that the file holds.
    assert SecretFile(str(path), passwords).read() == params["entries"]
