# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests in doubt: how long a run waits for what they make, what it rolls back, and what it says. The faults themselves are in test_client_secrets_faults."""

from __future__ import annotations

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ApiError, TransportError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.orphans import Doubts
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import Secret, SecretItem, secret_from_api
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

ITEM = SecretItem("app", "production")
LIST = {"method": "GET", "path": "secrets/$", "times": None}
# What a run waits in all for a request that may still be running: the timeout of the connection.
PATIENCE = [1.0, 2.0, 4.0, 8.0, 15.0]
LATER = "was found in the tenant's list; if one with this description appears there later, its value is lost: delete it."


class Requests:
    """Requests for one secret, some of whose responses were lost."""

    def __init__(self, in_process: InProcess) -> None:
        in_process.emulator.seed("contoso", [{"clientId": "app"}])
        self.in_process = in_process
        self.api = in_process.api()
        self.doubts = Doubts(self.api, ITEM, known=())

    def make(self) -> Secret:
        """Make the secret once more."""
        self.doubts.sent({"description": ITEM.description})
        return secret_from_api(self.api.create_secret(ITEM.client_id, {"description": ITEM.description}))

    def lose(self, *, made: bool, cause: VantageError | None = None) -> str:
        """Make a secret, or not, and lose the response; return its id."""
        secret_id = self.make().id if made else ""
        self.doubts.sent({"description": ITEM.description})
        self.in_process.clock.waits.clear()
        self.doubts.settle(cause or ApiError("The response was lost.", status=500))
        return secret_id


@pytest.fixture
def requests(in_process: InProcess) -> Requests:
    """A client without secrets."""
    return Requests(in_process)


@pytest.mark.parametrize(
    ("cause", "waits"),
    [
        (TransportError("The connection broke."), PATIENCE),
        *((ApiError("A gateway gave up.", status=status), PATIENCE) for status in (408, 499, 502, 504)),
        *((ApiError("The server answered.", status=status), []) for status in (400, 429, 500, 503)),
        (ApiError("The response cannot be read."), []),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
def test_only_a_request_that_may_be_running_is_waited_for(requests: Requests, cause: VantageError, waits: list[float]) -> None:
    requests.lose(made=False, cause=cause)
    assert requests.in_process.clock.waits == waits


def test_what_is_found_ends_the_wait(requests: Requests) -> None:
    secret_id = requests.lose(made=True, cause=TransportError("The connection broke."))

    assert requests.in_process.clock.waits == []
    assert requests.doubts.rolled_back == [secret_id]
    assert requests.in_process.clients()["app"]["secrets"] == []


@pytest.mark.parametrize(("status", "patient"), [(500, True), (503, True), (403, False), (400, False)])
def test_a_list_that_may_work_again_is_waited_for(requests: Requests, status: int, patient: bool) -> None:
    requests.in_process.emulator.faults.replace([{"kind": "status", "status": status, **LIST}])

    with pytest.raises(ApiError, match="It is unknown whether secret 'app/production' was made") as error:
        requests.lose(made=True, cause=TransportError("The connection broke."))

    assert error.value.code == "in_doubt"
    assert (sum(requests.in_process.clock.waits) >= sum(PATIENCE)) is patient


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ((True,), "Rolled back: {0}."),
        ((False,), f"None {LATER}"),
        ((True, True), "Rolled back: {0}, {1}."),
        ((True, False), f"Rolled back: {{0}}. No other {LATER}"),
        ((False, False), f"None {LATER}"),
    ],
)
def test_a_sentence_says_what_was_found(requests: Requests, lost: tuple[bool, ...], said: str) -> None:
    ids = [requests.lose(made=made) for made in lost]
    assert requests.doubts.what_was_found() == said.format(*ids)


def test_nothing_is_said_where_no_response_was_lost(requests: Requests) -> None:
    made = requests.make()
    assert requests.doubts.look_once_more(made) == ()


def test_the_list_is_read_once_more_for_what_has_not_been_found(requests: Requests) -> None:
    requests.lose(made=False)
    late, made = requests.make(), requests.make()

    said = requests.doubts.look_once_more(made)

    assert said == (f"The secret was made at another attempt. Before that: The response was lost. Rolled back: {late.id}.",)
    assert [secret["id"] for secret in requests.in_process.clients()["app"]["secrets"]] == [made.id]


def test_the_list_is_not_read_again_where_all_has_been_found(requests: Requests) -> None:
    lost = requests.lose(made=True)
    made = requests.make()
    requests.in_process.emulator.journal.clear()

    said = requests.doubts.look_once_more(made)

    assert said == (f"The secret was made at another attempt. Before that: The response was lost. Rolled back: {lost}.",)
    assert len(requests.in_process.emulator.journal) == 0


def test_a_list_that_cannot_be_read_once_more_is_reported(requests: Requests) -> None:
    requests.lose(made=False)
    made = requests.make()
    requests.in_process.emulator.faults.replace([{"kind": "forbidden", **LIST}])

    (said,) = requests.doubts.look_once_more(made)

    assert said.startswith("The secret was made at another attempt. Before that: The response was lost. Could not list")
    assert said.endswith(f" None {LATER}")
