# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find and roll back what requests in doubt have made: secrets whose value was lost with the response."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, SecretItem, SecretPayload, same_second, secret_from_api

FIRST_WAIT = 1.0
# Time-outs of a proxy or gateway: the request may still be running behind it.
GATEWAY_GAVE_UP = (408, 499, 502, 504)


class Doubts:
    """The requests that make one secret, and what happened to those without a response.

    :param known: ids of the client's secrets before the first request.
    :ivar rolled_back: ids of the secrets that were found and deleted.
    """

    def __init__(self, api: Api, item: SecretItem, known: Iterable[str]) -> None:
        self._api = api
        self._item = item
        self._known = frozenset(known)
        self._sent: list[SecretPayload] = []
        self._open: list[VantageError] = []
        self.rolled_back: list[str] = []

    def sent(self, payload: SecretPayload) -> None:
        """Remember a request, so that its result can be recognized."""
        self._sent.append(payload)

    def settle(self, cause: VantageError) -> None:
        """Roll back what a request without a response has made, or makes while it may still be running.

        :raises ApiError: when that cannot be found out or rolled back.
        """
        self._open.append(cause)
        patience = float(self._api.http.timeout) if _may_be_under_way(cause) else 0.0
        waited, pause = 0.0, FIRST_WAIT
        while True:
            try:
                if self.roll_back() or waited >= patience:
                    return
            except VantageError as exc:
                if waited >= patience or not _may_pass(exc):
                    raise self._lost(cause, exc) from exc
            step = min(pause, patience - waited)
            self._api.http.wait(step)
            waited += step
            pause *= 2

    def new_secrets(self) -> list[Secret]:
        """Return what these requests have made, as far as the tenant lists it already."""
        listed = [secret_from_api(raw) for raw in self._api.list_secrets(self._item.client_id) or []]
        return [secret for secret in listed if secret.id not in self._known and secret.id not in self.rolled_back and self._is_ours(secret)]

    def roll_back(self, but: str | None = None) -> list[str]:
        """Delete what these requests have made and return the ids.

        :param but: id of the secret to keep.
        """
        found = [secret.id for secret in self.new_secrets() if secret.id != but]
        for secret_id in found:
            try:
                self._api.delete_secret(self._item.client_id, secret_id, reason="rolled_back")
            except VantageError as exc:
                exc.message = f"It has made secret {secret_id}, which could not be rolled back: {exc.message}"
                raise
            self.rolled_back.append(secret_id)
        return found

    def look_once_more(self, made: Secret) -> tuple[str, ...]:
        """Look again after a secret was made, and return sentences about the requests in doubt."""
        if not self._open:
            return ()
        said = [error.message for error in self._open]
        try:
            if len(self.rolled_back) < len(self._open):
                self.roll_back(but=made.id)
        except VantageError as exc:
            said.append(exc.message)
        return (f"The secret was made at another attempt. Before that: {' '.join(said)} {self.what_was_found()}",)

    def what_was_found(self) -> str:
        """Return a sentence about what was rolled back and what may still appear."""
        sentences = []
        if self.rolled_back:
            sentences.append(f"Rolled back: {', '.join(self.rolled_back)}.")
        if len(self.rolled_back) < len(self._open):
            none = "No other" if self.rolled_back else "None"
            sentences.append(f"{none} was found in the tenant's list; if one with this description appears there later, its value is lost: delete it.")
        return " ".join(sentences)

    def _is_ours(self, secret: Secret) -> bool:
        return secret.description == self._item.description and any(_ends_as_asked(secret, payload) for payload in self._sent)

    def _lost(self, cause: VantageError, trouble: VantageError) -> ApiError:
        if trouble.message.startswith("It has made"):
            said = f"{trouble.message} Its value is lost: delete it."
        else:
            said = (
                f"It is unknown whether secret {self._item.name!r} was made: {trouble.message} If it was, its value is lost, and a run without "
                "held_id would treat it as the current one: run again with the held_id of the secret that you hold (empty for none), or delete it."
            )
        return ApiError(f"{cause.message} {said}", code="in_doubt", changed=True)


def _ends_as_asked(secret: Secret, payload: SecretPayload) -> bool:
    wanted = payload.get("expiration")
    return wanted is None or same_second(secret.expiration, moment_from_timestamp(wanted))


def _may_be_under_way(cause: VantageError) -> bool:
    return isinstance(cause, TransportError) or cause.status in GATEWAY_GAVE_UP


def _may_pass(trouble: VantageError) -> bool:
    return isinstance(trouble, TransportError) or (trouble.status or 0) >= 500
