# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The administration API's calls, and how their responses are read. No policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import DONE, Write, failed_write
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.trail import Trail
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, AuthError, ConfigError, NotFoundError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Answer, Http
from ansible_collections.abbyy.vantage.plugins.module_utils.login.tokens import TokenEndpoint, TokenSource
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.habits import Habits

BASE = "/api/adminapi2/{api_version}/tenants/{tenant_id}/"
PAGE_SIZE = 500
# A server may silently return smaller pages than requested. No known server caps below ten.
SMALLEST_CAP = 10
MOST_PAGES = 10_000

# An object as received from or sent to the server.
Raw = dict[str, Any]


class Call(NamedTuple):
    """One call of the API.

    :param documented: False for a call that is on no vendor page (see docs/api-contract.md).
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
# Not "count": on some servers it counts the entries of this page.
TOTAL_KEYS = ("totalItemCount", "totalCount", "total")


class Api:
    """The administration API of one tenant.

    All methods raise TransportError or ApiError; objects are as the server sent them, with camelCase member names.
    Those that write take a ``reason``, one word for the audit trail.

    :param roles_member: member of a client that holds its roles; empty when unknown.
    :param audit: records every write.
    :ivar warnings: oddities of the responses so far, one sentence each.
    :ivar habits: what the responses so far show about the tenant.
    :ivar has_listed: whether a page of the tenant's clients was read.
    """

    def __init__(
        self,
        http: Http,
        tokens: TokenSource,
        endpoint: TokenEndpoint,
        *,
        tenant_id: str,
        api_version: str = "v2",
        roles_member: str = "",
        audit: Trail | None = None,
    ) -> None:
        self.http = http
        self.tokens = tokens
        self.endpoint = endpoint
        self.warnings: list[str] = []
        self.habits = Habits()
        self.has_listed = False
        self.roles_member = roles_member
        self._audit = audit
        self._base = BASE.format(api_version=api_version, tenant_id=quote(tenant_id, safe=""))

    def list_clients(self) -> list[Raw]:
        """Return all clients of the tenant."""
        return [client for page in self.client_pages() for client in page]

    def client_pages(self) -> Iterator[list[Raw]]:
        """Yield the clients of the tenant page by page; each page is one request."""
        for page in self._pages("list_clients", "list the clients of the tenant", {}, key="clientId"):
            for client in page:
                self.habits.see(client)
            self.has_listed = True
            yield page

    def find_client(self, client_id: str) -> Raw | None:
        """Return one client, or None when the tenant has none of exactly that id."""
        try:
            body = self._call("read_client", f"read client {client_id!r}", {"client_id": client_id}).body
        except NotFoundError:
            return None
        if not isinstance(body, dict):
            raise ApiError(f"Could not read client {client_id!r}: the answer is not an object.", code="unreadable")
        found = camel_members(body)
        if not found.get("clientId"):
            raise ApiError(f"Could not read client {client_id!r}: the answer has no clientId.", code="unreadable")
        self.habits.see(found)
        # A server with case-insensitive ids returns another client.
        return found if found["clientId"] == client_id else None

    def check_tenant(self) -> None:
        """Raise NotFoundError or AuthError when the tenant cannot be administered; reads at most one entry."""
        body = self._call("list_clients", "list the clients of the tenant", {}, query={"offset": "0", "limit": "1"}).body
        with suppress(ApiError):
            for client in entries_from_body(body, "list the clients of the tenant")[0]:
                self.habits.see(client)

    def check_audit(self) -> None:
        """Raise ConfigError when the audit trail cannot be written."""
        if self._audit:
            self._audit.check()

    def noted(self, write: Write, send: Callable[[], Answer]) -> Answer:
        """Send a write, and record its result in the audit trail; an interrupted one is in doubt."""
        told: Write | None = write
        try:
            answer = send()
            told = _answered(write, answer)
            return answer
        except VantageError as exc:
            told = failed_write(write, exc)
            raise
        finally:
            if self._audit and told:
                self.warnings += self._audit.note(told)

    def create_client(self, payload: Raw, *, reason: str = "") -> Raw | None:
        """Return the new client from the response, or None for an empty response."""
        write = Write("create_client", str(payload.get("clientId") or ""), reason=reason)
        body = self._write(write, f"create client {payload.get('clientId')!r}", {}, body=payload).body
        return camel_members(body) if isinstance(body, dict) else None

    def update_client(self, client_id: str, payload: Raw, *, reason: str = "", options: Sequence[str] = ()) -> None:
        """Put the whole object.

        :param options: those that change, for the audit trail.
        """
        write = Write("update_client", client_id, reason=reason, options=options)
        self._write(write, f"update client {client_id!r}", {"client_id": client_id}, body=payload)

    def delete_client(self, client_id: str, *, reason: str = "") -> None:
        """Delete; a missing one counts as deleted."""
        self._delete(Write("delete_client", client_id, reason=reason), f"delete client {client_id!r}", {"client_id": client_id})

    def list_secrets(self, client_id: str) -> list[Raw] | None:
        """Return all secrets of a client, expired ones too and never with a value; None when there is no such client."""
        try:
            pages = self._pages("list_secrets", f"list the secrets of client {client_id!r}", {"client_id": client_id}, key="id")
            return [secret for page in pages for secret in page]
        except NotFoundError:
            return None

    def create_secret(self, client_id: str, payload: Mapping[str, Any], *, reason: str = "") -> Raw:
        """Return the new secret with its value, which is shown this once."""
        write = Write("create_secret", client_id, reason=reason)
        body = self._write(write, f"create a secret for client {client_id!r}", {"client_id": client_id}, body=payload).body
        if not isinstance(body, dict):
            raise ApiError(
                f"Could not create a secret for client {client_id!r}: the server accepted it but did not return its value.",
                code="no_value",
                in_doubt=True,
            )
        secret = camel_members(body)
        self.http.redact(str(secret.get("value") or ""))
        return secret

    def delete_secret(self, client_id: str, secret_id: str, *, reason: str = "") -> None:
        """Delete; a missing one counts as deleted."""
        write = Write("delete_secret", client_id, secret_id, reason)
        self._delete(write, f"delete secret {secret_id} of client {client_id!r}", {"client_id": client_id, "secret_id": secret_id})

    def _delete(self, write: Write, doing: str, places: dict[str, str]) -> None:
        try:
            self._write(write, doing, places)
        except NotFoundError:
            return

    def _write(self, write: Write, doing: str, places: dict[str, str], *, body: Mapping[str, Any] | None = None) -> Answer:
        return self.noted(write, lambda: self._call(write.action, doing, places, body=body))

    def _call(self, name: str, doing: str, places: dict[str, str], *, body: Mapping[str, Any] | None = None, query: dict[str, str] | None = None) -> Answer:
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

    def _send(self, method: str, path: str, doing: str, bearer: str, body: Mapping[str, Any] | None, query: dict[str, str] | None) -> Answer:
        return self.http.request(method, path, doing=doing, headers={"Authorization": f"Bearer {bearer}"}, json_body=body, query=query)

    def _pages(self, name: str, doing: str, places: dict[str, str], *, key: str) -> Iterator[list[Raw]]:
        """Yield every entry once, whether the server pages, caps its pages, or ignores paging altogether.

        :raises ApiError: when the list ends before its own total.
        """
        seen: set[str] = set()
        offset = nameless = 0
        for _page in range(MOST_PAGES):
            query = {"offset": str(offset), "limit": str(PAGE_SIZE)}
            entries, total = entries_from_body(self._call(name, doing, places, query=query).body, doing)
            new = {str(entry[key]): entry for entry in entries if entry.get(key) not in (None, "") and str(entry[key]) not in seen}
            seen.update(new)
            nameless += sum(entry.get(key) in (None, "") for entry in entries)
            if nameless and key == "id":
                # A secret without an id cannot be identified, but it exists.
                raise ApiError(f"Could not {doing}: the server lists one without an id.", code="unreadable")
            offset += len(entries)
            yield list(new.values())
            if _ends(len(entries), len(new), len(seen) + nameless, total, doing):
                if nameless:
                    self.warnings.append(f"Asked to {doing}, the server returned {nameless} without {key}; they were left out.")
                return
        raise ApiError(f"Could not {doing}: the list does not end.", code="endless_list")


def _ends(entries: int, new: int, seen: int, total: int | None, doing: str) -> bool:
    """Return whether a list ends with this page.

    :param entries: number of entries on it.
    :param new: number of entries that no earlier page had.
    :param seen: number of entries so far.
    """
    if total is None:
        return not new or entries < SMALLEST_CAP
    if seen >= total:
        return True
    if not new:
        raise ApiError(
            f"Could not {doing}: the server says that there are {total}, but shows {seen} only, so what it does not show cannot be told from what is not "
            "there. Run again; if it stays so, the server does not page as expected (see the playbook abbyy.vantage.probe).",
            code="incomplete_list",
        )
    return False


def _segment(key: str, value: str) -> str:
    """Return the value as one segment of a path; HTTP libraries would resolve dots, even encoded ones."""
    if value in (".", "..") or not is_text(value):
        raise ConfigError(f"{key} {value!r} cannot be part of an address; give another one.", code="unaddressable")
    return quote(value, safe="")


def is_text(value: str) -> bool:
    """Return whether the value can be sent and shown: half a surrogate pair, which JSON can hold, cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def shown_text(value: str) -> str:
    """Return the value in a form that can be shown, with lone surrogates escaped."""
    return value if is_text(value) else value.encode("utf-8", "backslashreplace").decode()


def entries_from_body(body: Any, doing: str) -> tuple[list[Raw], int | None]:
    """Return a list's entries and its total, from a bare array or an object around one.

    :returns: the total is None where the response has none.
    """
    total = None
    listed = body
    if isinstance(body, dict):
        around = camel_members(body)
        listed = next((around[key] for key in ITEM_KEYS if isinstance(around.get(key), list)), None)
        total = next((around[key] for key in TOTAL_KEYS if is_count(around.get(key))), None)
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise ApiError(f"Could not {doing}: the answer is neither a list nor an object with one.", code="unreadable")
    return [camel_members(entry) for entry in listed], total


def is_count(value: object) -> bool:
    """Return whether a value is a count; Python alone takes a boolean for a number."""
    return isinstance(value, int) and not isinstance(value, bool)


def camel_members(members: Raw) -> Raw:
    """Return the object with camelCase names; some deployments send PascalCase."""
    return {name[:1].lower() + name[1:]: value for name, value in members.items()}


def _answered(write: Write, answer: Answer) -> Write:
    made = camel_members(answer.body).get("id") if write.action == "create_secret" and isinstance(answer.body, dict) else None
    return write._replace(result=DONE, status=answer.status, secret_id=write.secret_id if made is None else shown_text(str(made)))


def _explained(exc: AuthError) -> AuthError:
    if exc.status == 403:
        advice = "The login needs the Tenant Administrator role in this tenant; check tenant_id and the roles of the user or application."
    else:
        advice = "The access token is not accepted or has expired: get a new one, or give auth_client_id and auth_client_secret so that it can be renewed."
    return AuthError(f"{exc.message} {advice}", status=exc.status, code=exc.code, method=exc.method, path=exc.path)
