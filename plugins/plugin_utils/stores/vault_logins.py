# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The ways to log in to HashiCorp Vault or OpenBao."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options

# Where the programs vault and bao save the token of a login.
TOKEN_FILE = "~/.vault-token"
# Where Kubernetes puts the token of a pod's service account; it changes every hour.
SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"


class Login:
    """One way to log in.

    :ivar method: its name in the option ``auth_method``, and its default mount point.
    :ivar needs: the required options.
    :ivar renews: whether it can be repeated when the token has expired.
    """

    method: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    renews: ClassVar[bool] = True

    def __init__(self, options: Options) -> None:
        self.options = options
        self.mount_point = options.text("mount_point") or self.method

    def validate(self) -> None:
        """Raise ConfigError for missing options."""
        missing = [name for name in self.needs if not self.options.text(name)]
        if missing:
            raise ConfigError(f"The store hashi_vault needs its option {missing[0]!r} for the auth_method {self.method}, which is not set.")

    def authenticate(self, client: Any) -> Any:
        """Log in with hvac's client and return the server's response."""
        raise NotImplementedError


class TokenLogin(Login):
    """A token from elsewhere."""

    method = "token"
    renews = False

    def validate(self) -> None:
        """Raise ConfigError when there is no token."""
        if not self._token():
            raise ConfigError(
                "The store hashi_vault has no token; set its option token or VAULT_TOKEN, log in with 'vault login', or choose another auth_method."
            )

    def authenticate(self, client: Any) -> Any:
        """Return the token in the form of a login's response."""
        return {"auth": {"client_token": self._token()}}

    def _token(self) -> str:
        return self.options.text("token").strip() or text_of_file(TOKEN_FILE)


class AppRoleLogin(Login):
    """The login of machines; a role that does not bind secret ids needs no secret_id."""

    method = "approle"
    needs = ("role_id",)

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        secret_id = self.options.text("secret_id").strip() or None
        return client.auth.approle.login(self.options.text("role_id"), secret_id, use_token=False, mount_point=self.mount_point)


class JwtLogin(Login):
    """A JWT from a trusted issuer such as a CI system; without a role, the server's default role."""

    method = "jwt"
    needs = ("jwt",)

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        return client.auth.jwt.jwt_login(self.options.text("role_id"), self.options.text("jwt").strip(), use_token=False, path=self.mount_point)


class KubernetesLogin(Login):
    """The service account of this pod, unless another token is given."""

    method = "kubernetes"
    needs = ("role_id",)

    def validate(self) -> None:
        """Raise ConfigError for missing options, or outside a pod."""
        super().validate()
        if not self._jwt():
            raise ConfigError(
                f"The store hashi_vault finds no service account token in {SERVICE_ACCOUNT_TOKEN}; run this in a pod, or set the store's option jwt."
            )

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        return client.auth.kubernetes.login(self.options.text("role_id"), self._jwt(), use_token=False, mount_point=self.mount_point)

    def _jwt(self) -> str:
        return self.options.text("jwt").strip() or text_of_file(SERVICE_ACCOUNT_TOKEN)


class UserpassLogin(Login):
    """User name and password, kept by Vault."""

    method = "userpass"
    needs = ("username", "password")

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        return client.auth.userpass.login(self.options.text("username"), self.options.text("password"), use_token=False, mount_point=self.mount_point)


class LdapLogin(Login):
    """User name and password of a directory."""

    method = "ldap"
    needs = ("username", "password")

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        return client.auth.ldap.login(self.options.text("username"), self.options.text("password"), use_token=False, mount_point=self.mount_point)


class CertLogin(Login):
    """A client certificate; without a role, the server tries all of them."""

    method = "cert"
    needs = ("cert_auth_public_key", "cert_auth_private_key")

    def validate(self) -> None:
        """Raise ConfigError for missing options and files."""
        super().validate()
        for name in self.needs:
            if not os.path.isfile(self.options.text(name)):
                raise ConfigError(f"The option {name!r} of the store hashi_vault is {self.options.text(name)}, where there is no file.")
        if not self.options.flag("validate_certs"):
            raise ConfigError("The store hashi_vault logs in by certificate only if it checks the server's certificate; set ca_cert instead of validate_certs.")

    def authenticate(self, client: Any) -> Any:
        """Log in."""
        public_key, private_key = (self.options.text(name) for name in self.needs)
        return client.auth.cert.login(
            name=self.options.text("role_id"), cert_pem=public_key, key_pem=private_key, mount_point=self.mount_point, use_token=False
        )


LOGINS: dict[str, type[Login]] = {login.method: login for login in (TokenLogin, AppRoleLogin, JwtLogin, KubernetesLogin, UserpassLogin, LdapLogin, CertLogin)}


def text_of_file(path: str) -> str:
    """Return a file's text, stripped; empty for one that cannot be read."""
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as source:
            return source.read().strip()
    except OSError:
        return ""
