# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in whatever form a server may repeat them."""

from __future__ import annotations

import base64
import html
import json
import re
import time
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlencode

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import MASK, Redactor

SECRETS = ["Pass w0rd+&=/\"'<\u00fc>%", "hunter22hunter22", "\u0416\u0416\u0416\u0416/\u0416", "back\\slash/and\ttab", "a+b/c=d-e_f~g.h"]


def redactor(*secrets: str) -> Redactor:
    made = Redactor()
    made.add(*secrets)
    return made


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "write",
    [
        str,
        quote,
        quote_plus,
        lambda secret: quote(secret, safe=""),
        lambda secret: re.sub("%..", lambda match: match.group().lower(), quote(secret, safe="")),
        lambda secret: urlencode({"client_secret": secret}).partition("=")[2],
        lambda secret: json.dumps(secret)[1:-1],
        lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
        lambda secret: json.dumps(secret).replace("/", "\\/")[1:-1],
        lambda secret: re.sub(r"(?<=\\u)....", lambda match: match.group().upper(), json.dumps(secret)[1:-1]),
        html.escape,
    ],
)
def test_a_secret_is_masked_however_it_is_written(secret: str, write: Callable[[str], str]) -> None:
    written = write(secret)
    assert redactor(secret).clean(f"It said Bearer {written}, and no more.") == f"It said Bearer {MASK}, and no more."


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("client", ["", "a", "ab", "abc", "automation"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_masked_whatever_stands_beside_it(secret: str, client: str, after: str, encode: Callable[[bytes], bytes]) -> None:
    header = encode(f"{client}:{secret}{after}".encode()).decode()
    assert redactor(secret).clean(f"Basic {header} is wrong") == f"Basic {MASK} is wrong"


def test_the_longer_of_two_goes_whole_and_so_do_two_that_overlap() -> None:
    assert redactor("hunter", "hunter22").clean("hunter22 or hunter") == f"{MASK} or {MASK}"
    assert redactor("abcdef", "defghi").clean("xabcdefghix") == f"x{MASK}x"
    assert redactor("aaaa").clean("a" * 50) == MASK


def test_what_is_no_secret_stays() -> None:
    text = "The client 'automation' of x has no secret."
    assert redactor("hunter22", "", "x", "abc").clean(text) == text
    assert Redactor().clean(text) == text
    made = redactor("hunter22")
    made.add(None, 7, 12345678, ["hunter23"] * 8, {"a": 1}, True)
    assert made.clean("") == ""


def test_a_secret_that_no_encoding_takes_is_masked_all_the_same() -> None:
    assert redactor("half\ud800pair").clean("a half\ud800pair!") == f"a {MASK}!"


def test_thousands_of_secrets_cost_a_message_nothing() -> None:
    made = redactor(*(f"secret-{number:06}-value" for number in range(5000)))
    made.clean("once")
    begun = time.process_time()
    for number in range(200):
        assert MASK in made.clean(f"secret-{number:06}-value {'x' * 400}")
    assert time.process_time() - begun < 2


def test_a_hostile_text_is_gone_through_once() -> None:
    begun = time.process_time()
    made = redactor("hunter22hunter22")
    core = base64.b64encode(b"hunter22hunter22x").decode()[:24]
    assert made.clean(core * 20_000) == MASK
    assert time.process_time() - begun < 5
