# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the refresh token of a login in a file on the controller, where the vault passwords are, and its results out of every log."""

from __future__ import annotations

import os
from typing import Any

from ansible import constants
from ansible.module_utils.common.validation import check_type_path
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.abbyy.vantage.plugins.modules import vantage_token
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.login_file import LOG_IN, KeptLogin
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords
from ansible_collections.abbyy.vantage.plugins.plugin_utils.no_log_action import NoLogAction
from ansible_collections.abbyy.vantage.plugins.plugin_utils.plain import plain

# Options handled on the controller; the module gets the rest.
OWN_OPTIONS = ("login_file", "login_name", "vault_password", "vault_id")
# Any of these starts a new login instead of renewing one.
MAKES_LOGIN = ("code", "callback_url", "auth_username", "auth_password", "auth_refresh_token")


class ActionModule(NoLogAction):
    """Runs the module between reading and writing the file, with the login locked while a stored token is used."""

    module = vantage_token

    def run_module(self, tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Return the module's result; without the refresh token when that was saved."""
        args = self._task.args
        if not args.get("login_file"):
            return super().run_module(tmp, task_vars)
        own, sent = split(args)
        try:
            login = self._kept_login(plain(own))
            if makes_login(sent):
                return self._make(login, sent, tmp, task_vars)
            return self._renew(login, sent, tmp, task_vars)
        except SecretFileError as exc:
            return failure(str(exc))

    def _kept_login(self, own: dict[str, Any]) -> KeptLogin:
        passwords = VaultPasswords(
            self._loader._vault.secrets,
            password=own.get("vault_password") or None,
            vault_id=own.get("vault_id") or None,
            preferred=constants.DEFAULT_VAULT_ENCRYPT_IDENTITY,  # type: ignore[attr-defined]  # made at run time from Ansible's settings
        )
        return KeptLogin(os.path.abspath(check_type_path(own["login_file"])), str(own.get("login_name") or "login"), passwords)

    def _make(self, login: KeptLogin, sent: dict[str, Any], tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        brings_token = sent.get("auth_refresh_token") or boolean(sent.get("offline_access", False), strict=False)
        if not brings_token:
            return failure("login_file needs a refresh token, and without offline_access the server sends none: set offline_access to true.")
        if not self._task.check_mode:
            # Checked before somebody logs in for nothing.
            login.prove()
        answer = self._ask(sent, tmp, task_vars)
        if self._task.check_mode:
            return answer
        token = answer.pop("refresh_token", None)
        if answer.get("failed") and not token:
            return answer
        token = token or str(sent.get("auth_refresh_token") or "")
        if not token:
            return lost(answer, None, "The login worked, but the server sent no refresh token to save: set allow_offline_access of the client.")
        try:
            login.begin(token, answer.get("server_time"))
        except SecretFileError as exc:
            return lost(answer, token, f"{answer.get('msg') or 'The login worked, but it could not be saved.'} {exc}")
        return kept(answer)

    def _renew(self, login: KeptLogin, sent: dict[str, Any], tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        # First without the lock, which would create a file even if there is no login.
        login.refresh_token()
        if self._task.check_mode:
            return self._spend(login, sent, tmp, task_vars)
        with login.held_alone():
            answer = self._spend(login, sent, tmp, task_vars)
            token = answer.pop("refresh_token", None)
            if not token:
                return answer
            try:
                login.renew(token, answer.get("server_time"))
            except SecretFileError as exc:
                spent = "The refresh token in the file was used, and the next one could not be saved."
                return lost(answer, token, f"{spent} {exc} Then {LOG_IN}.")
            return kept(answer)

    def _spend(self, login: KeptLogin, sent: dict[str, Any], tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        # Read again: another run may have renewed the login.
        token = login.refresh_token()
        answer = self._ask({**sent, "auth_grant": "refresh_token", "auth_refresh_token": token}, tmp, task_vars)
        if answer.get("failed"):
            answer["msg"] = f"{answer.get('msg')} ({login.history()})"
        return answer

    def _ask(self, sent: dict[str, Any], tmp: str | None, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        self._task.args = sent
        return super().run_module(tmp, task_vars)


def split(args: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options handled here, and those for the module."""
    return {name: args.get(name) for name in OWN_OPTIONS}, {name: value for name, value in args.items() if name not in OWN_OPTIONS}


def makes_login(sent: dict[str, Any]) -> bool:
    """Return whether the task starts a new login instead of using the stored one."""
    if boolean(sent.get("listen", False), strict=False) or any(sent.get(option) for option in MAKES_LOGIN):
        return True
    return sent.get("auth_grant") not in (None, "", "refresh_token")


def failure(message: str) -> dict[str, Any]:
    """Return the result of a task that failed on the controller."""
    return {"failed": True, "changed": False, "msg": message, "error": {"status": None, "code": "login_file", "method": None, "path": None}}


def kept(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a login whose refresh token is saved, even if the login failed otherwise."""
    if answer.get("failed"):
        answer["msg"] = f"{answer.get('msg')} The next refresh token came with it and is saved: try again."
    return {**answer, "kept": True}


def lost(answer: dict[str, Any], token: str | None, message: str) -> dict[str, Any]:
    """Return the result of a login that succeeded but was not saved: it contains the token, so that a rescue block can save it."""
    if token is None:
        return {**answer, **failure(message)}
    told = f"{message} The result of this task contains the next refresh token; a rescue block can save it elsewhere."
    return {**answer, **failure(told), "refresh_token": token}
