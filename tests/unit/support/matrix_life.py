# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole life of a client and its secrets, and what has to be true whatever the tenant does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.client_secrets import ClientSecretReconciler, SecretOptions
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.clients import ClientItem, ClientOptions, ClientReconciler
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import reconcile
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import SecretItem
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess
from ansible_collections.abbyy.vantage.tests.unit.support.matrix import WORKS, Variant

APP: dict[str, Any] = {
    "client_id": "app",
    "allowed_grant_types": ["client_credentials"],
    "redirect_uris": ["https://app.example.com/in", "https://app.example.com/back"],
    "allowed_cors_origins": ["https://app.example.com"],
    "access_token_lifetime": 28800,
}
CHANGED: dict[str, Any] = {
    **APP,
    "client_name": "The app",
    "allowed_grant_types": ["password", "client_credentials"],
    "redirect_uris": ["https://app.example.com/in"],
    "refresh_token_lifetime": 604800,
}
ROLES = {"roles": ["Skill User"]}
SECRET = SecretItem("app", "production", verify=True, lifetime=timedelta(days=90))
# More than fit on a page of ten.
OTHERS = [{"clientId": f"other-{number}"} for number in range(10)]


class Life:
    """One life on one tenant.

    :param variants: what the tenant does.
    """

    def __init__(self, in_process: InProcess, variants: Sequence[Variant]) -> None:
        self._in_process = in_process
        self._emulator = in_process.emulator
        self._emulator.reset()
        self._emulator.behaviour.patch({variant.switch: variant.value for variant in variants})
        self._emulator.seed(CONTOSO, OTHERS)
        names = {variant.name for variant in variants}
        options = {name: value for variant in variants for name, value in variant.options.items()}
        self._roles = ROLES if "roles_member" in options else {}
        self._roles_member = options.get("roles_member", "")
        self._keeps_secrets = all(variant.outcome == WORKS for variant in variants)
        is_refreshed = "refresh_tokens=reuse" in names and "external_identity_provider" not in names
        login = {"auth_refresh_token": in_process.refresh_token()} if is_refreshed else {"auth_token": self._emulator.issue_token(CONTOSO)}
        self._api = in_process.api(**options, **login)
        self._emulator.journal.clear()

    def live(self) -> None:
        """Check what has to be true after each step."""
        self._check_client({**APP, **self._roles}, "created")
        before = self._stored()
        self._check_client({**CHANGED, **self._roles}, "updated")
        after = self._stored()
        assert {name for name in after if after[name] != before[name]} == {"clientName", "allowedGrantTypes", "redirectUris", "refreshTokenLifetime"}
        self._check_secrets()
        self._emulator.journal.clear()
        self._check_client({"client_id": "app"}, "deleted")
        assert "app" not in self._in_process.clients()
        untold = [warning for warning in self._api.habits.warnings if "allowed_cors_origins" not in warning]
        assert untold == []

    def _check_client(self, desired: dict[str, Any], action: str) -> None:
        """Plan it, do it, and check that it is done, with both ways of finding a client."""
        assert self._reconcile(desired, action, check=True, single=action == "updated")["action"] == action
        assert self._emulator.journal.writes() == []
        assert self._reconcile(desired, action, single=action == "updated")["action"] == action
        self._emulator.journal.clear()
        if action != "deleted":
            self._check_stored(desired)
        for single in (False, True):
            assert self._reconcile(desired, action, single=single)["action"] == "unchanged"
        assert self._emulator.journal.writes() == []

    def _reconcile(self, desired: dict[str, Any], action: str, *, check: bool = False, single: bool = False) -> dict[str, Any]:
        item = ClientItem("app", desired, "absent" if action == "deleted" else "present")
        answer = reconcile(ClientReconciler([item], ClientOptions(single=single, roles_member=self._roles_member)), self._api, check=check, diff=False)
        result: dict[str, Any] = answer if single else answer["results"][0]
        assert result["action"] != "failed", result
        return result

    def _check_stored(self, desired: dict[str, Any]) -> None:
        stored = self._stored()
        for option, member in (
            ("allowed_grant_types", "allowedGrantTypes"),
            ("redirect_uris", "redirectUris"),
            ("allowed_cors_origins", "allowedCorsOrigins"),
            ("access_token_lifetime", "accessTokenLifetime"),
        ):
            assert stored[member] == (sorted(desired[option]) if isinstance(desired[option], list) else desired[option])
        assert stored["allowedScopes"] == ["openid", "permissions", "publicapi.all"]
        assert self._in_process.clients()["app"]["roles"] == desired.get("roles", [])

    def _check_secrets(self) -> None:
        """Make a secret, check that it stays, renew it, and delete the new one."""
        foreign = self._secrets()
        if not self._keeps_secrets:
            assert self._secret(SECRET)["error"]["code"] == "no_value"
            assert self._secrets() == foreign
            return
        first = self._secret(SECRET)
        assert (first["action"], self._secrets()) == ("created", {**foreign, first["secret"]["id"]: first["secret"]["value"]})
        held = SECRET._replace(held_id=first["secret"]["id"])
        self._emulator.journal.clear()
        assert self._secret(held)["action"] == "unchanged"
        assert self._emulator.journal.writes() == []
        second = self._secret(held._replace(force=True, prune="superseded", overlap=timedelta(0)))
        assert (second["action"], second["deleted"]) == ("renewed", [first["secret"]["id"]])
        assert self._secrets() == {**foreign, second["secret"]["id"]: second["secret"]["value"]}
        assert self._secret(SECRET._replace(state="absent", force=True, verify=False))["action"] == "deleted"
        assert self._secrets() == foreign

    def _secret(self, item: SecretItem) -> dict[str, Any]:
        reconciler = ClientSecretReconciler([item], SecretOptions(scope="openid"))
        result: dict[str, Any] = reconcile(reconciler, self._api, check=False, diff=False)["results"][0]
        assert result["action"] != "failed" or not self._keeps_secrets, result
        return result

    def _stored(self) -> dict[str, Any]:
        members: dict[str, Any] = self._in_process.clients()["app"]["members"]
        return {name: sorted(value) if isinstance(value, list) else value for name, value in members.items()}

    def _secrets(self) -> dict[str, str]:
        """Return the values of the client's secrets by id."""
        return {str(secret["id"]): secret["value"] for secret in self._in_process.clients()["app"]["secrets"]}
