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
    cleaned = redactor(secret).clean(f"It said Bearer {written}, and no more.")
    assert cleaned == f"It said Bearer {MASK}, and no more."


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("client", ["", "a", "ab", "abc", "automation"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_masked_whatever_stands_beside_it(secret: str, client: str, after: str, encode: Callable[[bytes], bytes]) -> None:
    header = encode(f"{client}:{secret}{after}".encode()).decode()
    cleaned = redactor(secret).clean(f"Basic {header} is wrong")
    assert cleaned == f"Basic {MASK} is wrong"


@pytest.mark.parametrize(
    ("secrets", "text", "cleaned"),
    [
        (["hunter", "hunter22"], "hunter22 or hunter", f"{MASK} or {MASK}"),
        (["abcdef", "defghi"], "xabcdefghix", f"x{MASK}x"),
        (["aaaa"], "a" * 50, MASK),
    ],
    ids=["one within the other", "two that overlap", "one that repeats"],
)
def test_secrets_that_share_characters_are_masked_whole(secrets: list[str], text: str, cleaned: str) -> None:
    assert redactor(*secrets).clean(text) == cleaned


@pytest.mark.parametrize("secrets", [["hunter22", "", "x", "abc"], []], ids=["too short or elsewhere", "none"])
def test_a_text_without_secrets_stays(secrets: list[str]) -> None:
    text = "The client 'automation' of x has no secret."
    cleaned = redactor(*secrets).clean(text)
    assert cleaned == text


def test_only_texts_are_secrets() -> None:
    made = redactor("hunter22")

    made.add(None, 7, 12345678, ["hunter23"] * 8, {"a": 1}, True)

    assert made.clean("") == ""
    assert made.clean("None, 12345678, hunter23, True") == "None, 12345678, hunter23, True"


def test_a_secret_that_cannot_be_encoded_is_masked() -> None:
    assert redactor("half\ud800pair").clean("a half\ud800pair!") == f"a {MASK}!"


def test_a_message_is_cleaned_fast_with_thousands_of_secrets() -> None:
    made = redactor(*(f"secret-{number:06}-value" for number in range(5000)))
    # The first message builds the index.
    made.clean("once")

    begun = time.process_time()
    cleaned = [made.clean(f"secret-{number:06}-value {'x' * 400}") for number in range(200)]
    seconds = time.process_time() - begun

    assert [message for message in cleaned if MASK not in message] == []
    assert seconds < 2


def test_a_hostile_text_is_scanned_once() -> None:
    made = redactor("hunter22hunter22")
    core = base64.b64encode(b"hunter22hunter22x").decode()[:24]

    begun = time.process_time()
    cleaned = made.clean(core * 20_000)
    seconds = time.process_time() - begun

    assert cleaned == MASK
    assert seconds < 5
