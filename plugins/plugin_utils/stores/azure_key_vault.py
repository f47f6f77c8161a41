# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store Azure Key Vault: one secret for each entry, whose name has letters, digits and hyphens only."""

from __future__ import annotations

import time
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import libraries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.cloud import (
    CONNECT_TIMEOUT,
    FOREIGN,
    OURS,
    CloudStore,
    Reason,
    fitting,
    found_from_text,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import FlatRules, flat_name, names_below
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, Spec, StoreContext, StoreError

PACKAGES = "azure-identity azure-keyvault-secrets"
# Names in the vault are case-insensitive.
RULES = FlatRules(r"[a-z0-9]|(?<=[a-z0-9])-(?=[a-z0-9])", "--", "---", 127)
CLOUDS = {
    "AzureCloud": "https://login.microsoftonline.com",
    "AzureUSGovernment": "https://login.microsoftonline.us",
    "AzureChinaCloud": "https://login.chinacloudapi.cn",
}
# The tag that marks the collection's secrets, even deleted ones whose values cannot be read.
OWNER = "managed-by"
TAG, MOST_TAGS = r"(?s).{1,256}", 15
LONGEST_WAIT = 10
# Deleting or recovering a secret takes some seconds.
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)


class AzureKeyVaultStore(CloudStore):
    """Secrets of one vault. The service has no compare-and-set, so each secret is read just before it is written."""

    kind = "azure_key_vault"
    loggers = ("azure", "msal", "urllib3")
    secret_options = ("secret",)
    longest_text = 25_000
    longest_name = RULES.longest
    compares = False
    SPEC: ClassVar[Spec] = {
        "vault_url": {"type": "str", "required": True},
        "tenant": {"type": "str", "env": ("AZURE_TENANT", "AZURE_TENANT_ID")},
        "client_id": {"type": "str", "env": ("AZURE_CLIENT_ID",)},
        "secret": {"type": "str", "no_log": True, "env": ("AZURE_SECRET", "AZURE_CLIENT_SECRET")},
        "cloud_environment": {"type": "str", "env": ("AZURE_CLOUD_ENVIRONMENT",), "default": "AzureCloud"},
        "tags": {"type": "dict"},
        "timeout": {"type": "int", "default": 30, "lowest": 1},
        "retries": {"type": "int", "default": 5},
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(options, context)
        self._url = options.text("vault_url").rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
            raise ConfigError(
                f"The option 'vault_url' of the store azure_key_vault is {self._url.rsplit('@', 1)[-1]!r}; "
                "write an address such as https://contoso.vault.azure.net."
            )
        self.place = f"{self._url} {self._prefix}"

    def errors(self) -> tuple[type[Exception], ...]:
        """Return the exceptions of azure-core."""
        return (libraries.library(self.kind, "azure.core.exceptions", PACKAGES).AzureError,)

    def code_of(self, exc: Exception) -> str:
        """Return the status of the service's answer."""
        return str(getattr(exc, "status_code", None) or "")

    def reason_of(self, exc: Exception, right: str) -> Reason:
        """Return the error text of azure-identity or the service."""
        status = getattr(exc, "status_code", None)
        message = getattr(getattr(exc, "error", None), "message", None) or getattr(exc, "message", "")
        words = " ".join(str(message).split()).rstrip(".")
        if type(exc).__name__ in ("ClientAuthenticationError", "CredentialUnavailableError"):
            return Reason(f"{words}; check the store's options tenant, client_id and secret, or the identity of this machine")
        if status == 403:
            return Reason(f"{words}; this needs {right}")
        if status is not None:
            return Reason(f"{words or 'no reason was given'}{'; run again later' if status in (429, 503) else ''}", in_doubt=status >= 500)
        return self.transport_reason(getattr(exc, "inner_exception", None) or exc)

    def new_client(self) -> Any:
        """Return the one client, with its first token."""
        secrets = libraries.library(self.kind, "azure.keyvault.secrets", PACKAGES)
        transport = libraries.library(self.kind, "azure.core.pipeline.transport", PACKAGES).RequestsTransport()
        transport.open()
        for adapter in transport.session.adapters.values():
            adapter.init_poolmanager(self._concurrency, self._concurrency)
        timeout = self._options.number("timeout")
        # Their info messages would be written to Ansible's log.
        libraries.silence(*self.loggers)
        client = secrets.SecretClient(
            self._url,
            self._credential(),
            transport=transport,
            connection_timeout=min(CONNECT_TIMEOUT, timeout),
            read_timeout=timeout,
            retry_total=self._options.number("retries"),
            retry_backoff_max=LONGEST_WAIT,
        )
        self._get_first_token(client)
        return client

    def _get_first_token(self, client: Any) -> None:
        """Log in before each thread would; the missing secret is not an error."""
        core = libraries.library(self.kind, "azure.core.exceptions", PACKAGES)
        try:
            client.get_secret(RULES.written(OURS))
        except core.ClientAuthenticationError:
            raise
        except core.HttpResponseError:
            # The first real request reports any problem with the vault.
            return

    def _credential(self) -> Any:
        identity = libraries.library(self.kind, "azure.identity", PACKAGES)
        tenant, client_id, secret, cloud = (self._options.text(name) for name in ("tenant", "client_id", "secret", "cloud_environment"))
        if cloud not in CLOUDS and not cloud.startswith("https://"):
            raise ConfigError(
                f"The option 'cloud_environment' of the store azure_key_vault is {cloud!r}; choose one of {', '.join(CLOUDS)}, "
                "or write the https address of the login service."
            )
        # The public login service, which would be asked whether to trust it, does not know a private one.
        where = {"authority": CLOUDS.get(cloud, cloud), "disable_instance_discovery": cloud not in CLOUDS}
        if secret:
            if not tenant or not client_id:
                raise ConfigError("The store azure_key_vault needs its options tenant, client_id and secret together; set all three or no secret.")
            return identity.ClientSecretCredential(tenant, client_id, secret, **where)
        more = {"managed_identity_client_id": client_id} if client_id else {}
        return identity.DefaultAzureCredential(**where, **more)

    def place_of(self, name: str) -> str:
        """Return the name of an entry's secret."""
        return flat_name(self._prefix, name, RULES)

    def list_places(self) -> list[str]:
        """Return the names below the prefix among all in the vault."""
        names = self.ask(
            lambda: [str(found.name) for found in self._client.list_properties_of_secrets()],
            f"list the secrets of {self._url}",
            "the permission to list secrets, such as the role Key Vault Secrets Officer",
        )
        return names_below(self._prefix, names, RULES)

    def get(self, place: str) -> Found:
        """Read one secret."""
        answer = self.ask(lambda: self._client.get_secret(place), f"read {place} of {self._url}", "the permission to get secrets", instead={"404": None})
        return found_from_text(answer.value, str(answer.properties.version)) if answer else Found()

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Write a new version; a deleted secret of this collection is recovered first, since its name is still taken."""
        text, tags = self.text_of(entry), self._tags(entry)

        def write() -> bool:
            return self.ask(
                lambda: bool(self._client.set_secret(place, text, content_type="application/json", tags=tags)),
                f"write {place} of {self._url}",
                "the permission to set secrets, such as the role Key Vault Secrets Officer",
                hidden=entry.value,
                instead={"409": False},
            )

        for pause in PAUSES:
            time.sleep(pause)
            if write():
                return None
            self._recover(place)
        raise StoreError(f"Could not write {place} of {self._url}: a secret of this name is being deleted or recovered; run again later.")

    def _recover(self, place: str) -> None:
        """Recover a deleted secret, if it belongs to this collection."""
        deleted = self.ask(
            lambda: self._client.get_deleted_secret(place),
            f"look at the deleted secret {place} of {self._url}",
            "the permission to get deleted secrets",
            instead={"404": None},
        )
        if deleted is None:
            return
        if (deleted.properties.tags or {}).get(OWNER) != OURS:
            raise StoreError(f"Could not write {place} of {self._url}: {FOREIGN}.")
        self.ask(
            lambda: self._client.begin_recover_deleted_secret(place),
            f"recover {place} of {self._url}",
            "the permission to recover deleted secrets",
            instead={"404": None, "409": None},
        )

    def _tags(self, entry: Entry) -> dict[str, str]:
        own = {**self._options.mapping("tags"), OWNER: OURS}
        return {**fitting(entry.labels, TAG, TAG, MOST_TAGS - len(own)), **own}

    def delete(self, place: str, version: str) -> None:
        """Delete a secret; the vault keeps it for its soft-delete period."""
        self.ask(
            lambda: self._client.begin_delete_secret(place),
            f"remove {place} of {self._url}",
            "the permission to delete secrets",
            instead={"404": None, "409": None},
        )
