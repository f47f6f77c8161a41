# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The one table of the administration API's calls, and how their answers are read. No policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, ConfigError, NotFoundError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Answer, Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import TokenEndpoint, TokenSource

BASE = "/api/adminapi2/{api_version}/tenants/{tenant_id}/"
PAGE_SIZE = 500
# A server may cap a page below what was asked for, and need not say so. No known one caps below ten.
SMALLEST_CAP = 10
MOST_PAGES = 10_000


class Call(NamedTuple):
    """One call of the API.

    :param documented: False for a call that no vendor page shows (see docs/api-contract.md).
    """

    method: str
    path: str
    documented: bool = False


CALLS = {
    "list_clients": Call("GET", "clients/"),
    "read_client": Call("GET", "clients/{client_id}"),
    "create_client": Call("POST", "clients/", documented=True),
    "update_client": Call("PUT", "clients/{client_id}"),
    "delete_client": Call("DELETE", "clients/{client_id}"),
    "list_secrets": Call("GET", "clients/{client_id}/secrets/"),
    "create_secret": Call("POST", "clients/{client_id}/secrets/", documented=True),
    "delete_secret": Call("DELETE", "clients/{client_id}/secrets/{secret_id}"),
}
ITEM_KEYS = ("items", "clients", "secrets", "results", "data", "value")
# Not "count": some servers mean the entries of this page by it.
TOTAL_KEYS = ("totalItemCount", "totalCount", "total")


class Api:
    """The administration API of one tenant.

    All methods raise TransportError or ApiError; objects are dicts as the server sent them, with camelCase member names.
    """

    def __init__(self, http: Http, tokens: TokenSource, endpoint: TokenEndpoint, *, tenant_id: str, api_version: str = "v2") -> None:
        self.http = http
        self.tokens = tokens
        self.endpoint = endpoint
        self._base = BASE.format(api_version=api_version, tenant_id=quote(tenant_id, safe=""))

    def list_clients(self) -> list[dict[str, Any]]:
        """Return all clients of the tenant."""
        return [client for page in self.client_pages() for client in page]

    def client_pages(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the clients of the tenant page by page; each page is one request."""
        return self._pages("list_clients", "list the clients of the tenant", {}, key="clientId")

    def find_client(self, client_id: str) -> dict[str, Any] | None:
        """Return one client, or None when the tenant has none of that id."""
        try:
            body = self._call("read_client", f"read client {client_id!r}", {"client_id": client_id}).body
        except NotFoundError:
            return None
        if not isinstance(body, dict):
            raise ApiError(f"Could not read client {client_id!r}: the answer is not an object.", code="unreadable")
        return camel_members(body)

    def check_tenant(self) -> None:
        """Raise NotFoundError or AuthError when the tenant cannot be administered; reads one entry at most."""
        self._call("list_clients", "list the clients of the tenant", {}, query={"offset": "0", "limit": "1"})

    def create_client(self, payload: dict[str, Any]) -> dict[str, Any] | None:
        """Return the new client as the server answered it, or None for an empty answer."""
        body = self._call("create_client", f"create client {payload.get('clientId')!r}", {}, body=payload).body
        return camel_members(body) if isinstance(body, dict) else None

    def update_client(self, client_id: str, payload: dict[str, Any]) -> None:
        """Put the whole object."""
        self._call("update_client", f"update client {client_id!r}", {"client_id": client_id}, body=payload)

    def delete_client(self, client_id: str) -> None:
        """Delete; one that is not there counts as deleted."""
        self._delete("delete_client", f"delete client {client_id!r}", {"client_id": client_id})

    def list_secrets(self, client_id: str) -> list[dict[str, Any]] | None:
        """Return all secrets of a client, expired ones too and never with a value; None when there is no such client."""
        try:
            pages = self._pages("list_secrets", f"list the secrets of client {client_id!r}", {"client_id": client_id}, key="id")
            return [secret for page in pages for secret in page]
        except NotFoundError:
            return None

    def create_secret(self, client_id: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the new secret with its value, which is shown this once."""
        body = self._call("create_secret", f"create a secret for client {client_id!r}", {"client_id": client_id}, body=payload).body
        if not isinstance(body, dict):
            raise ApiError(
                f"Could not create a secret for client {client_id!r}: the server accepted it but answered without its value.",
                code="no_value",
                in_doubt=True,
            )
        secret = camel_members(body)
        self.http.redact(str(secret.get("value") or ""))
        return secret

    def delete_secret(self, client_id: str, secret_id: str) -> None:
        """Delete; one that is not there counts as deleted."""
        self._delete("delete_secret", f"delete secret {secret_id} of client {client_id!r}", {"client_id": client_id, "secret_id": secret_id})

    def _delete(self, name: str, doing: str, places: dict[str, str]) -> None:
        try:
            self._call(name, doing, places)
        except NotFoundError:
            return

    def _call(self, name: str, doing: str, places: dict[str, str], *, body: dict[str, Any] | None = None, query: dict[str, str] | None = None) -> Answer:
        call = CALLS[name]
        path = self._base + call.path.format(**{key: _segment(key, value) for key, value in places.items()})
        bearer = self.tokens.access_token()
        try:
            return self._send(call.method, path, doing, bearer, body, query)
        except AuthError as exc:
            if exc.status != 401:
                raise _explained(exc) from exc
            renewed = self.tokens.renew(bearer)
            if renewed is None:
                raise _explained(exc) from exc
        try:
            return self._send(call.method, path, doing, renewed, body, query)
        except AuthError as exc:
            raise _explained(exc) from exc

    def _send(self, method: str, path: str, doing: str, bearer: str, body: Any, query: Any) -> Answer:
        return self.http.request(method, path, doing=doing, headers={"Authorization": f"Bearer {bearer}"}, json_body=body, query=query)

    def _pages(self, name: str, doing: str, places: dict[str, str], *, key: str) -> Iterator[list[dict[str, Any]]]:
        """Yield every entry once, whether the server pages, caps its pages, or ignores paging altogether."""
        seen: set[str] = set()
        offset = 0
        for _page in range(MOST_PAGES):
            query = {"offset": str(offset), "limit": str(PAGE_SIZE)}
            entries, total = entries_from_body(self._call(name, doing, places, query=query).body, doing)
            new = {str(entry.get(key)): entry for entry in entries if str(entry.get(key)) not in seen}
            seen.update(new)
            offset += len(entries)
            yield list(new.values())
            if not new or (len(entries) < SMALLEST_CAP if total is None else len(seen) >= total):
                return
        raise ApiError(f"Could not {doing}: the list does not end.", code="endless_list")


def _segment(key: str, value: str) -> str:
    """Return the value as one segment of a path; whatever carries the request would resolve dots, even encoded ones."""
    if value in (".", ".."):
        raise ConfigError(f"{key} {value!r} cannot stand in an address; give another one.")
    return quote(value, safe="")


def entries_from_body(body: Any, doing: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return a list answer's entries and its total, from a bare array or an object around one.

    :returns: the total is None where the answer gives none.
    """
    total = None
    listed = body
    if isinstance(body, dict):
        around = camel_members(body)
        listed = next((around[key] for key in ITEM_KEYS if isinstance(around.get(key), list)), None)
        total = next((around[key] for key in TOTAL_KEYS if isinstance(around.get(key), int)), None)
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise ApiError(f"Could not {doing}: the answer is neither a list nor an object with one.", code="unreadable")
    return [camel_members(entry) for entry in listed], total


def camel_members(members: dict[str, Any]) -> dict[str, Any]:
    """Return the object with camelCase names; some deployments of this family of servers send PascalCase."""
    return {name[:1].lower() + name[1:]: value for name, value in members.items()}


def _explained(exc: AuthError) -> AuthError:
    if exc.status == 403:
        advice = "The login needs the Tenant Administrator role in this very tenant; check tenant_id and the roles of the user or application."
    else:
        advice = "The access token is not accepted (any more): get a new one, or give auth_client_id and auth_client_secret so that it can be renewed."
    return AuthError(f"{exc.message} {advice}", status=exc.status, code=exc.code, method=exc.method, path=exc.path)
