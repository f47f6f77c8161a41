# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Parse the callback of a login in a browser, and check that it belongs to this login. Pure."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import AuthError, RefusedError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.problem import problem_from_body
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor

READ = ("state", "code", "error", "error_description")
MOST_PARAMETERS = 50
ADVICE = {
    "access_denied": " Whoever logged in has cancelled, or may not use this client.",
    "invalid_scope": " Check auth_scope, which vantage_authorization_url puts into the address.",
}


class StrayCallbackError(RefusedError):
    """The callback does not belong to this login; the listener keeps waiting."""


def code_from_callback(text: str, *, state: str) -> str:
    """Return the authorization code.

    :param text: the whole callback address, or only its query; white space from a terminal is removed.
    :param state: the state that the login started with.
    :raises StrayCallbackError: when the state is missing or different, or when the text is empty.
    :raises AuthError: when the server says that the login failed.
    """
    brought = _parameters(without_spaces(text).strip("\"'<>"))
    if not brought:
        raise StrayCallbackError(
            "The callback address has neither a code nor an error in it: after the login, copy the whole address from the browser's address bar.",
            code="no_code",
        )
    # Checked first: a callback with another state belongs to someone else, including its error.
    if "state" not in brought:
        raise StrayCallbackError(
            "The callback address has no state, so its login is unknown: copy the whole address from the browser's address bar.",
            code="state_missing",
        )
    if not hmac.compare_digest(_bytes(brought["state"]), _bytes(without_spaces(state))):
        raise StrayCallbackError(
            "The callback address belongs to another login: its state is not the one given. Take state, code_verifier and the address to "
            "open from the same result of vantage_authorization_url.",
            code="state_mismatch",
        )
    if "error" in brought:
        raise _refusal(brought)
    if not brought.get("code"):
        raise RefusedError("The callback address has no code in it; log in again with a new address of vantage_authorization_url.", code="no_code")
    return brought["code"]


def without_spaces(text: str) -> str:
    """Return the text without any white space: the values of a login never contain any, but pasted ones may."""
    return "".join(text.split())


def _parameters(text: str) -> dict[str, str]:
    query = text.partition("?")[2] or text.partition("#")[2] or text
    try:
        pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError as exc:
        raise StrayCallbackError(
            f"The callback address has more than {MOST_PARAMETERS} parameters; it is not the callback of a login.", code="repeated"
        ) from exc
    found = [(name, value) for name, value in pairs if name in READ]
    # RFC 6749 forbids repeating a parameter; doing so lets two readers see different values.
    if len({name for name, _value in found}) < len(found):
        raise StrayCallbackError("The callback address names one of its parameters twice; log in again.", code="repeated")
    return dict(found)


def _refusal(brought: dict[str, str]) -> AuthError:
    redactor = Redactor()
    redactor.add(brought.get("code"), brought.get("state"))
    problem = problem_from_body(400, {name: brought.get(name) for name in ("error", "error_description")}, redactor.clean)
    return AuthError(f"The login in the browser failed: {problem.text}.{ADVICE.get(problem.code, '')}", code=problem.code)


def _bytes(text: str) -> bytes:
    # Bytes, since compare_digest refuses non-ASCII text, which anybody may send.
    return text.encode("utf-8", "surrogateescape")
