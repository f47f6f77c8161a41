# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log in by the authorization code flow against an emulator in this process, with a person who needs no browser."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.login import authorization_request, connection, token_login
from ansible_collections.abbyy.vantage.plugins.module_utils.login.authorization_request import PRODUCT_ID, begin_login
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import login_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.login.token_login import get_token, predict_token
from ansible_collections.abbyy.vantage.tests.emulator.person import log_in
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

REDIRECT_URI = "http://127.0.0.1:8765/callback"


class BrowserLogin:
    """Begin and finish logins; options are those of the two modules, on top of a whole set.

    :ivar warnings: the warnings of the modules.
    """

    def __init__(self, in_process: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = in_process.emulator
        self._in_process = in_process
        self.warnings: list[str] = []
        for user in (authorization_request, token_login):
            monkeypatch.setattr(user, "http_from_params", partial(self._http, connection.http_from_params))

    def _http(self, original: Any, params: dict[str, Any], *, new_session: Any = None) -> Any:
        return original(params, new_session=self._in_process.new_session)

    def begin(self, **options: Any) -> dict[str, Any]:
        """Return the result of vantage_authorization_url."""
        own = {"redirect_uri": REDIRECT_URI, "offline_access": False, "product_id": PRODUCT_ID}
        return begin_login(self._params({**own, **options}), self.warnings)

    def visit(self, url: str, **person: Any) -> str:
        """Return the address that the browser ends on."""
        return log_in(self._in_process.new_session(), url, **person)

    def finish(self, *, check: bool = False, **options: Any) -> dict[str, Any]:
        """Return the result of vantage_token."""
        own = dict.fromkeys(("code", "callback_url", "code_verifier", "state", "redirect_uri"))
        params = self._params({**own, "listen": False, "listen_timeout": 300, "offline_access": False, **options})
        return (predict_token if check else get_token)(params, self.warnings)

    def refusal(self, **options: Any) -> VantageError:
        """Return the error with which vantage_token ends."""
        with pytest.raises(VantageError) as caught:
            self.finish(**options)
        return caught.value

    def session(self) -> requests.Session:
        """Return a session that is answered by the emulator."""
        return self._in_process.new_session()

    def kinds(self) -> list[str]:
        """Return the kinds of the requests that arrived."""
        return [entry.kind for entry in self.emulator.journal]

    def _params(self, options: dict[str, Any]) -> dict[str, Any]:
        defaults = {option: keywords.get("default") for option, keywords in login_spec().items()}
        return {**defaults, **self._in_process.options, **options}


def keys_of(begun: dict[str, Any]) -> dict[str, Any]:
    """Return of an authorization request what vantage_token needs."""
    return {name: begun[name] for name in ("state", "code_verifier", "redirect_uri")}


def query_of(url: str) -> dict[str, str]:
    """Return the parameters of an address, each of which has to be there once."""
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in query.values())
    return {name: values[0] for name, values in query.items()}
