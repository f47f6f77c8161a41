# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a browser brings back."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import AuthError, RefusedError
from ansible_collections.abbyy.vantage.plugins.module_utils.login import callback
from ansible_collections.abbyy.vantage.plugins.module_utils.login.callback import StrayCallbackError, code_from_callback

STATE = "s-T4te_0123456789"
CODE = "C0de+with/signs="
QUERY = f"code=C0de%2Bwith%2Fsigns%3D&scope=openid%20permissions&state={STATE}&session_state=x.y"
URL = f"http://127.0.0.1:8765/callback?{QUERY}"


@pytest.mark.parametrize(
    "text",
    [
        URL,
        QUERY,
        f"?{QUERY}",
        f"/callback?{QUERY}",
        f"  {URL}\n",
        f'"{URL}"',
        f"<{URL}>",
        "\n".join(URL[start : start + 40] for start in range(0, len(URL), 40)),
        "  \r\n  ".join(URL[start : start + 33] for start in range(0, len(URL), 33)),
        URL.replace("%20", " "),
        f"{URL}#_=_",
        f"{URL}#",
        f"https://app.example.com/#{QUERY}",
        f"state={STATE}&code=C0de%2Bwith%2Fsigns%3D",
    ],
)
def test_the_code_is_found_however_the_address_was_pasted(text: str) -> None:
    assert code_from_callback(text, state=STATE) == CODE


def test_white_space_around_the_state_does_not_matter() -> None:
    assert code_from_callback(URL, state=f" {STATE}\n") == CODE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (URL.replace(STATE, "another"), "state_mismatch"),
        (URL.replace(STATE, STATE.lower()), "state_mismatch"),
        (URL.replace(STATE, STATE[:-1]), "state_mismatch"),
        (URL.replace(STATE, ""), "state_mismatch"),
        (URL.replace(STATE, "%C3%A4"), "state_mismatch"),
        (URL.replace(STATE, "%ff"), "state_mismatch"),
        ("http://127.0.0.1:8765/callback?code=abc", "state_missing"),
        ("error=access_denied", "state_missing"),
        ("error=access_denied&state=another", "state_mismatch"),
        (f"code=abc&code=def&state={STATE}", "repeated"),
        (f"code=abc&state=x&state={STATE}", "repeated"),
        ("&".join([f"state={STATE}", *["a=b"] * 60]), "repeated"),
    ],
)
def test_a_callback_of_another_login_is_a_stray(text: str, code: str) -> None:
    with pytest.raises(StrayCallbackError) as caught:
        code_from_callback(text, state=STATE)

    assert caught.value.code == code
    assert [secret for secret in (STATE, "abc", CODE, "C0de") if secret in caught.value.message] == []


@pytest.mark.parametrize("text", ["", "   ", "http://127.0.0.1:8765/callback", "C0de", "https://vantage.example.com/login?ReturnUrl=x"])
def test_an_address_without_a_code_is_explained(text: str) -> None:
    with pytest.raises(StrayCallbackError) as caught:
        code_from_callback(text, state=STATE)
    assert caught.value.code == "no_code"
    assert "address bar" in caught.value.message


@pytest.mark.parametrize("text", [f"state={STATE}", f"state={STATE}&code="])
def test_a_callback_of_this_login_without_a_code_is_no_stray(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        code_from_callback(text, state=STATE)
    assert (caught.value.code, isinstance(caught.value, StrayCallbackError)) == ("no_code", False)


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        (
            "error=access_denied",
            "access_denied",
            "The login in the browser failed: access_denied. Whoever logged in has cancelled, or may not use this client.",
        ),
        (
            "error=invalid_scope&error_description=The+scope+is+unknown.",
            "invalid_scope",
            "The login in the browser failed: invalid_scope. The scope is unknown. Check auth_scope, which vantage_authorization_url puts into the address.",
        ),
        ("error=server_error&error_description=line%0Atwo%00", "server_error", "The login in the browser failed: server_error. line two."),
        ("error=odd&error_description=code+S3cr3tC0de+is+bad&code=S3cr3tC0de", "odd", "The login in the browser failed: odd. code ******** is bad."),
    ],
)
def test_an_error_of_the_server_becomes_the_message(query: str, code: str, message: str) -> None:
    with pytest.raises(AuthError) as caught:
        code_from_callback(f"{query}&state={STATE}", state=STATE)
    assert (caught.value.code, caught.value.message) == (code, message)


def test_states_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(callback.hmac, "compare_digest", lambda left, right: compared.append((left, right)) or left == right)

    code = code_from_callback(URL, state=STATE)

    assert code == CODE
    assert compared == [(STATE.encode(), STATE.encode())]
