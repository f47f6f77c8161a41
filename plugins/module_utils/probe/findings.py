# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Probe what no document says about a tenant: the raw requests, and what they found."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.record import Write
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, shown
from ansible_collections.abbyy.vantage.plugins.module_utils.http.transport import Answer
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import BASE, Api

NOTHING_TO_SET = "There is nothing to set: the collection works either way."
DO_NOT_RUN = "Do not run the collection on this tenant, and report the finding."


class Question(NamedTuple):
    """An assumption of the collection.

    :param text: the question, short enough for a table.
    :param documented: whether the vendor documents it.
    :param assumed: what the collection assumes; None when it assumes nothing.
    :param copes: whether the collection also works with another answer.
    :param advice: what to do then; empty for nothing.
    """

    text: str
    documented: bool
    assumed: str | None
    copes: bool = True
    advice: str = ""


class Found(NamedTuple):
    """An answer.

    :param text: what was found, without any value of a secret.
    :param same: whether that was assumed; None when unknown.
    """

    text: str
    same: bool | None


class Seen(NamedTuple):
    """The outcome of one request, successful or not.

    :param code: the short name of the error, empty for none.
    :param fields: members that the error names.
    """

    status: int | None
    body: Any
    code: str = ""
    fields: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return not self.code


class Requests:
    """Sends raw requests with the login of the API; an error response is a finding and is not raised.

    :raises TransportError: when no response comes.
    """

    def __init__(self, api: Api, *, tenant_id: str, api_version: str, given_refresh_token: str = "") -> None:
        self.api = api
        self.given_refresh_token = given_refresh_token
        self._tenant_id = tenant_id
        self._api_version = api_version

    def path(self, *parts: str, slash: bool = False, api_version: str | None = None) -> str:
        """Return a path below the tenant's clients."""
        base = BASE.format(api_version=api_version or self._api_version, tenant_id=quote(self._tenant_id, safe=""))
        return base + "/".join(["clients", *(quote(part, safe="") for part in parts)]) + ("/" if slash else "")

    def discovery_path(self, *, pinned: bool) -> str:
        """Return the path of the discovery document."""
        tenant = f"{quote(self._tenant_id, safe='')}/" if pinned else ""
        return f"/auth2/{tenant}.well-known/openid-configuration"

    def send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        bearer: str | None = None,
        doing: str = "probe",
        most_bytes: int | None = None,
    ) -> Seen:
        """Return the outcome."""
        headers = {"Authorization": f"Bearer {bearer or self.api.tokens.access_token()}"}

        def ask() -> Answer:
            return self.api.http.request(method, path, doing=doing, headers=headers, query=query, json_body=body, most_bytes=most_bytes)

        try:
            answer = ask() if method == "GET" else self.api.noted(write_of(method, path, body), ask)
        except ApiError as exc:
            return Seen(exc.status, None, exc.code or "error", exc.fields)
        return Seen(answer.status, answer.body)


def write_of(method: str, path: str, body: Any) -> Write:
    """Return the audit trail's record of a request to a path below the tenant's clients."""
    ids = [unquote(part) for part in path.partition("/clients")[2].split("/") if part]
    verb = {"POST": "create", "PUT": "update", "DELETE": "delete"}[method]
    client_id = ids[0] if ids else str((body or {}).get("clientId", ""))
    return Write(f"{verb}_{'secret' if len(ids) > 1 else 'client'}", client_id, ids[2] if len(ids) > 2 else "", reason="probe")


def finding_from(key: str, question: Question, found: Found) -> dict[str, Any]:
    """Return an entry of the result."""
    if found.same is None:
        verdict = "open"
    elif question.assumed is None:
        verdict = "settled"
    else:
        verdict = "same" if found.same else "differs"
    return {
        "key": key,
        "question": question.text,
        "basis": "documented" if question.documented else "inferred",
        "assumed": question.assumed or "not known",
        "found": shown(found.text),
        "verdict": verdict,
        "copes": question.copes,
        "advice": advice_on(question) if verdict == "differs" else "",
    }


def advice_on(question: Question) -> str:
    """Return what to do when the answer differs from the assumption."""
    if question.advice:
        return question.advice
    return NOTHING_TO_SET if question.copes else DO_NOT_RUN


def refusal(seen: Seen) -> str:
    """Return an error response in a few words."""
    return f"refused ({seen.status})" if seen.status else f"refused ({seen.code})"
