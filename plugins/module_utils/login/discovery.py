# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the OAuth endpoints of a tenant: the documented paths, or those of its discovery document."""

from __future__ import annotations

import threading
from typing import NamedTuple
from urllib.parse import quote

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, NotFoundError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import is_usable_endpoint
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Http

AUTHORIZE = "connect/authorize"
TOKEN = "connect/token"


# Characters of an unexpected issuer in a message.
LONGEST_SHOWN = 200


class Document(NamedTuple):
    """The members used of a discovery document; their values are not validated yet."""

    token_endpoint: object
    authorization_endpoint: object


class Endpoints:
    """Where to send people and requests to log in.

    :param tenant_id: None when unknown; then nothing can be pinned or discovered.
    :param discovery: ask the tenant's discovery document (OpenID Connect Discovery 1.0) instead of the documented paths.
    """

    def __init__(self, http: Http, *, tenant_id: str | None, discovery: bool = False) -> None:
        self._http = http
        self._tenant_id = tenant_id
        self._discovery = discovery
        self._document: Document | None = None
        self._lock = threading.Lock()

    def token(self, *, pinned: bool) -> str:
        """Return the path or, when discovered, the whole URL of the token endpoint.

        :param pinned: use the tenant's own endpoint when the tenant is known.
        """
        return self._discovered("token_endpoint") if self._discovery else self._documented(TOKEN, pinned)

    def authorize(self) -> str:
        """Return the whole URL of the authorization endpoint, pinned to the tenant when it is known."""
        return self._discovered("authorization_endpoint") if self._discovery else self._http.url(self._documented(AUTHORIZE, True))

    def _documented(self, endpoint: str, pinned: bool) -> str:
        # Without a slash at the end: IdentityServer answers 404 to one.
        return f"/auth2/{quote(self._tenant_id, safe='')}/{endpoint}" if pinned and self._tenant_id else f"/auth2/{endpoint}"

    def _discovered(self, key: str) -> str:
        with self._lock:
            if self._document is None:
                self._document = self._fetched()
        address = getattr(self._document, key)
        # The endpoint named there receives the login's secret.
        if not isinstance(address, str) or not is_usable_endpoint(address, self._http.url("")):
            raise ApiError(f"The tenant's discovery document names no usable {key}; set auth_discovery to false.", code="discovery")
        return address

    def _fetched(self) -> Document:
        issuer_path = f"/auth2/{quote(self._tenant_id or '', safe='')}"
        doing = "read the tenant's discovery document"
        try:
            body = self._http.request("GET", f"{issuer_path}/.well-known/openid-configuration", doing=doing).body
        except NotFoundError as exc:
            raise NotFoundError(
                f"{exc.message} This deployment offers no discovery for the tenant: check tenant_id, or set auth_discovery to false.",
                status=exc.status,
                code="discovery",
                method=exc.method,
                path=exc.path,
            ) from exc
        document = body if isinstance(body, dict) else {}
        expected = self._http.url(issuer_path)
        if document.get("issuer") != expected:
            raise ApiError(
                f"The discovery document names the issuer {repr(document.get('issuer'))[:LONGEST_SHOWN]}, not {expected!r}; check base_url and tenant_id, "
                "or set auth_discovery to false.",
                code="issuer_mismatch",
            )
        return Document(document.get("token_endpoint"), document.get("authorization_endpoint"))
