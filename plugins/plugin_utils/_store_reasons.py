# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Tell from what other collections' modules answer why a store did not do something, without any secret. Pure."""

from __future__ import annotations

import base64
import re
from typing import Any

UNSAID = "The store gave no reason."
HIDDEN = "***"
# By which a result is known as one of a failure. Of a module that ended with an exception, ansible-core since 2.19 leaves but the last one when
# failed_when overrules the failure.
SIGNS = ("msg", "failed", "failed_when_suppressed_exception")
LONGEST = 400
# Before the reason that counts, ansible-core tells how it came to it, each release in its own words.
PREAMBLES = (
    r".*The lookup plugin '[^']+' failed: ",
    r".*original message: ",
    r"Task failed: ",
    r"(Action|Module) failed: ",
)
SECRET_OPTION = re.compile(r"token|secret|password|_key$|api_key|jwt")
# Kubernetes answers with an object, of which one member is meant for people.
KUBERNETES_MESSAGE = re.compile(r'"message":\s*"((?:[^"\\]|\\.)*)"')


def plain_reason(message: Any, secrets: list[str]) -> str:
    """Return the part of an error's text that tells the reason, in one line and without any of the secrets.

    :param secrets: what must not be shown; empty texts and None are left out.
    """
    text = str(message or UNSAID)
    for secret in filter(None, secrets):
        for form in (secret, base64.b64encode(secret.encode()).decode()):
            text = text.replace(form, HIDDEN)
    for preamble in PREAMBLES:
        text = re.sub(f"^{preamble}", "", text, flags=re.DOTALL)
    # Its answer comes as Python writes bytes, with every backslash doubled.
    inner = KUBERNETES_MESSAGE.search(text.replace("\\\\", "\\"))
    if inner:
        text = inner.group(1).replace('\\"', '"')
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def passwords(options: dict[str, Any], entries: dict[str, Any]) -> list[str]:
    """Return what no message may show: the values of entries, and those of a store's connection."""
    logins = [value for key, value in options.items() if isinstance(value, str) and SECRET_OPTION.search(key)]
    return [*logins, *(entry["value"] for entry in entries.values() if entry.get("value"))]


def reasons_said(results: list[Any], loop_var: str, secrets: list[str]) -> dict[str, str]:
    """Return by entry why its item in a loop failed; the modules in use say a ``msg`` only then.

    :param loop_var: the member of a result that is the entry's name.
    """
    return {result[loop_var]: plain_reason(result.get("msg"), secrets) for result in results if any(result.get(sign) for sign in SIGNS)}


def reasons_said_by_kubernetes(answer: dict[str, Any], names: list[str], secrets: list[str]) -> dict[str, str]:
    """Return by entry why the module k8s could not do its part; with one definition, the module answers in another shape.

    :param names: of the entries, in the order of the definitions.
    """
    if answer.get("skipped"):
        return {}
    if answer.get("msg"):
        return dict.fromkeys(names, plain_reason(answer["msg"], secrets))
    results = [answer] if len(names) == 1 else answer["result"]["results"]
    return {name: plain_reason(result["error"].get("msg"), secrets) for name, result in zip(names, results) if result.get("error")}
