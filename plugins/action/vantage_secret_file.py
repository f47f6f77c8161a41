# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and write an encrypted file of secrets on the controller, where the vault passwords are."""

from __future__ import annotations

from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import Entries, Merged, merge, without_values
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords

SPEC: dict[str, dict[str, Any]] = {
    "path": {"type": "path", "required": True},
    "state": {"type": "str", "choices": ["read", "merge"], "default": "read"},
    "names": {"type": "list", "elements": "str"},
    "include_values": {"type": "bool", "default": False},
    "entries": {"type": "dict", "default": {}},
    "expect": {"type": "dict", "default": {}},
    "remove": {"type": "list", "elements": "str", "default": []},
    "prove": {"type": "bool", "default": False},
    "create_directory": {"type": "bool", "default": False},
    "vault_password": {"type": "str", "no_log": True},
    "vault_id": {"type": "str"},
}


class ActionModule(ActionBase):
    """Answer without values unless they are asked for, and then without being logged."""

    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module's answer."""
        super().run(tmp, task_vars)  # refuses async
        _validated, params = self.validate_argument_spec(SPEC)  # type: ignore[no-untyped-call]  # ansible-core annotates in part only
        passwords = VaultPasswords(
            self._loader._vault.secrets,
            password=params["vault_password"],
            vault_id=params["vault_id"],
            preferred=constants.DEFAULT_VAULT_ENCRYPT_IDENTITY,  # type: ignore[attr-defined]  # made at run time from Ansible's settings
        )
        store = SecretFile(params["path"], passwords)
        try:
            answer = read(store, params) if params["state"] == "read" else self._merge(store, params)
        except SecretFileError as exc:
            return {"failed": True, "changed": False, "msg": str(exc)}
        if params["include_values"] and answer["entries"]:
            answer["_ansible_no_log"] = True
        return answer

    def _merge(self, store: SecretFile, params: dict[str, Any]) -> dict[str, Any]:
        if self._task.check_mode:
            before = store.read() or {}
            return self._answer(before, planned(before, params), params)
        if params["create_directory"]:
            store.make_directory()
        store.check_directory()
        with store.locked():
            before = store.read() or {}
            merged = planned(before, params)
            if merged.changed or params["prove"]:
                store.write(merged.entries, keep=merged.changed)
        # Read again, so that the answer says what is there and not what should be.
        try:
            after = store.read() if params["include_values"] and merged.changed else merged.entries
        except SecretFileError as exc:
            doubtful = dict.fromkeys([*merged.written, *merged.removed], f"It was written, but could not be read back: {exc}")
            return {**self._answer(before, merged._replace(entries={}), params), "doubtful": doubtful}
        return self._answer(before, merged._replace(entries=after or {}), params)

    def _answer(self, before: Entries, merged: Merged, params: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in params["entries"] if name in merged.entries]
        entries = {name: merged.entries[name] for name in named}
        answer = {
            "changed": merged.changed,
            "written": merged.written,
            "removed": merged.removed,
            "refused": without_values(merged.refused),
            "entries": entries if params["include_values"] else without_values(entries),
        }
        if self._task.diff and merged.changed:
            answer["diff"] = difference(before, merged, params["path"])
        return answer


def read(store: SecretFile, params: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a read."""
    found = store.read()
    names = None if params["names"] is None else set(params["names"])
    entries = {name: entry for name, entry in (found or {}).items() if names is None or name in names}
    return {"changed": False, "exists": found is not None, "entries": entries if params["include_values"] else without_values(entries)}


def planned(before: Entries, params: dict[str, Any]) -> Merged:
    """Return what the task asks for."""
    wanted = {str(name): dict(entry) for name, entry in params["entries"].items()}
    return merge(before, wanted, params["remove"], params["expect"])


def difference(before: Entries, merged: Merged, path: str) -> dict[str, Any]:
    """Return which entries change, without their values."""
    names = [*merged.written, *merged.removed]
    return {
        "before_header": path,
        "after_header": path,
        "before": without_values({name: before[name] for name in names if name in before}),
        "after": without_values({name: merged.entries[name] for name in merged.written if name in merged.entries}),
    }
