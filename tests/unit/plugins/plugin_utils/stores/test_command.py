# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store command: its requests, the meaning of its answers, and the reports when it fails. The program is in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.declared import read_entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.command import MOST_IN_CALL, CommandStore
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.program import Ended
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Change, Store, StoreContext, StoreError
from ansible_collections.abbyy.vantage.tests.unit.support.command_program import FAULTS, MemoryProgram, new_command_store
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import HOST, StoreLifecycle, change_to, new_context, new_entry, new_mark

NAME = new_entry().name
VALUE = new_entry().value


class Replies:
    """A program that answers each request with the next of the given documents, right or wrong."""

    name = "/usr/local/bin/odd-store"

    def __init__(self, *replies: Any) -> None:
        self.requests: list[dict[str, Any]] = []
        self._replies = list(replies)

    def ask(self, request: bytes) -> Ended:
        """Answer."""
        self.requests.append(json.loads(request))
        reply = self._replies.pop(0)
        return reply if isinstance(reply, Ended) else Ended(0, json.dumps(reply).encode(), b"")


def store_over(*replies: Any, warnings: list[str] | None = None) -> tuple[CommandStore, Replies]:
    """Return a store and its program."""
    program = Replies(*replies)
    context = StoreContext(HOST, "vantage/contoso", "/", warn=None if warnings is None else warnings.append)
    return CommandStore(Options({}), context, program=program), program


def test_entries_are_made_renewed_and_removed() -> None:
    program = MemoryProgram()
    StoreLifecycle(lambda: new_command_store(program)).run()


def test_a_program_is_asked_to_list_to_read_and_to_write() -> None:
    empty = {"entries": {NAME: None}}
    store, program = store_over({"names": []}, empty, {"written": [NAME]}, {"entries": {NAME: new_mark().to_members()}}, {"written": []})
    common = {"version": 1, "prefix": "vantage/contoso"}

    store.check()
    answer = store.write([change_to(new_mark(), None)])[NAME]
    store.prove()

    assert answer.status == "written"
    assert program.requests == [
        {**common, "list": True},
        {**common, "read": [NAME], "values": True},
        {**common, "write": [{"name": NAME, "expected": None, "entry": new_mark().to_members()}]},
        {**common, "read": [NAME], "values": True},
        {**common, "write": []},
    ]


def test_many_entries_take_several_calls() -> None:
    program = MemoryProgram()
    store = new_command_store(program)
    entries = [new_entry(number, f"app-{number}") for number in range(2 * MOST_IN_CALL + 1)]

    answers = store.write([change_to(entry, None) for entry in entries])

    assert {answer.status for answer in answers.values()} == {"written"}
    assert program.asked == ["read", "write", "read"] * 3
    assert len(store.read(None, values=False)) == len(entries)


def test_no_names_are_read_as_no_entries() -> None:
    program = MemoryProgram()
    store = new_command_store(program)
    store.write([change_to(new_entry(), None)])

    assert store.read([], values=True) == {}


@pytest.fixture
def listless() -> CommandStore:
    """The store of a program that cannot list, checked."""
    store = new_command_store(MemoryProgram(can_list=False))
    store.check()
    return store


def test_the_check_finds_that_a_program_cannot_list(listless: CommandStore) -> None:
    assert not listless.can_list


def test_a_program_that_cannot_list_can_be_written(listless: CommandStore) -> None:
    answer = listless.write([change_to(new_mark(), None)])[NAME]
    assert answer.status == "written"


def test_listing_with_a_program_that_cannot_list_is_an_error(listless: CommandStore) -> None:
    with pytest.raises(StoreError, match="cannot list its entries, since it returns null for the request 'list'"):
        listless.read(None, values=False)


def test_entries_that_cannot_be_listed_are_none_rather_than_an_empty_store(listless: CommandStore) -> None:
    assert read_entries(listless) is None
    assert read_entries(new_command_store(MemoryProgram())) == {}


def test_a_program_that_shows_no_values_is_written_and_read_without_them() -> None:
    store = new_command_store(MemoryProgram(shows_values=False))
    store.check()

    assert not store.shows_values

    made = store.write([change_to(new_entry(), None)])[NAME]

    assert made.status == "written"
    assert made.after == replace(new_entry(), value="")

    renewed = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert renewed.status == "written"
    assert renewed.before == replace(new_entry(), value="")


def test_a_value_that_was_never_shown_is_not_written_back() -> None:
    """The entry before came without its value, so writing it back would lose the newer value as well."""
    program = MemoryProgram(shows_values=False)
    store = new_command_store(program)
    store.check()
    store.write([change_to(new_entry(), None)])
    before = store.write([change_to(new_entry(2), "secret-1")])[NAME].before

    assert before

    undone = store.write([Change(NAME, before, "secret-2")])[NAME]

    assert undone.status == "failed"
    assert "could not be written back" in undone.reason
    assert program.held[NAME]["value"] == new_entry(2).value


@pytest.mark.parametrize("fault", [*FAULTS, "cannot be started"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_fault_at_every_call_of_a_write_is_reported_truly(fault: str, number: int) -> None:
    for before, change in [
        (None, change_to(new_mark(), None)),
        (new_entry(1), change_to(new_entry(2), "secret-1")),
        (new_entry(1), Change(NAME, None, "secret-1")),
    ]:
        program = MemoryProgram()
        program.held = {NAME: before.to_members()} if before else {}
        store = new_command_store(program)
        program.expect(fault, number)

        status, reason = report_of(store, change)
        happened = program.held.get(NAME) == (change.entry.to_members() if change.entry else None)

        assert VALUE not in reason
        assert status != "nothing" or number < 3
        # It is never said to be written when it was not, and never to have failed when it may have been.
        assert happened or status in ("nothing", "failed", "in_doubt"), change
        assert not happened or status in ("written", "in_doubt"), change
        assert (status == "in_doubt") == (number == 3 or (number == 2 and not happened and fault in ("hangs", "is killed"))), status


def report_of(store: CommandStore, change: Change) -> tuple[str, str]:
    """Return the status and the reason of a write; `nothing` when it was not tried."""
    try:
        answer = store.write([change])[NAME]
    except StoreError as exc:
        return "nothing", str(exc)
    return answer.status, answer.reason


@pytest.mark.parametrize("fault", [*FAULTS, "cannot be started"])
def test_every_fault_of_a_read_is_reported_with_the_program(fault: str) -> None:
    # An empty object is a valid answer to a write of nothing.
    for attempt in ("check", "read") if fault == "says nothing about any" else ("check", "prove", "read"):
        program = MemoryProgram()
        store = new_command_store(program)
        program.expect(fault, 1)

        with pytest.raises(StoreError, match="memory-store"):
            store.read([NAME], values=True) if attempt == "read" else getattr(store, attempt)()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "stdout must contain 'entries', a mapping of each name to its entry or null."),
        ({"entries": []}, "stdout must contain 'entries', a mapping"),
        ({"entries": {}}, "could not read 1 of 1 entries. claims/default: the program said nothing about it."),
        ({"entries": {}, "failed": {NAME: "gpg: decryption failed"}}, "claims/default: gpg: decryption failed."),
        ({"entries": {NAME: None}, "failed": {NAME: 7}}, "claims/default: it gave no reason."),
        ({"entries": {NAME: "a text"}}, "claims/default: the program returned no entry"),
        ({"entries": {NAME: new_entry(1, "other").to_members()}}, "claims/default: the program returned no entry, or the entry of another client"),
    ],
)
def test_an_entry_without_a_valid_answer_is_not_taken_for_removed(answer: Mapping[str, Any], said: str) -> None:
    store, _program = store_over(answer)

    with pytest.raises(StoreError) as error:
        store.read([NAME], values=False)

    assert said in str(error.value)


@pytest.mark.parametrize("answer", [{}, {"names": "a"}, {"names": [7]}, {"names": {"a/b": 1}}])
def test_an_invalid_list_is_an_error(answer: Mapping[str, Any]) -> None:
    store, _program = store_over(answer)
    with pytest.raises(StoreError, match="stdout must contain 'names', a list of the names of all entries, or null"):
        store.check()


FORMER, NEW = {"entries": {NAME: new_entry(1).to_members()}}, {"entries": {NAME: new_entry(2).to_members()}}
THIRD = {"entries": {NAME: new_entry(3).to_members()}}


@pytest.mark.parametrize(
    ("answer", "after", "status", "said"),
    [
        ({"written": [NAME]}, NEW, "written", ""),
        # The entry itself counts for more than the program's answer.
        ({"failed": {NAME: "no"}}, NEW, "written", ""),
        ({}, NEW, "written", ""),
        ({"written": [NAME]}, FORMER, "failed", "does not hold what was written"),
        ({"written": [NAME]}, THIRD, "refused", "run again"),
        ({"refused": [NAME]}, THIRD, "refused", "run again"),
        ({}, FORMER, "failed", "odd-store did not write it: the program said nothing about it."),
        ({"written": ["other/x"]}, FORMER, "failed", "the program said nothing about it."),
        ({"failed": {NAME: "its vault is full\nof things"}}, FORMER, "failed", "did not write it: its vault is full of things."),
        ({"failed": {NAME: f"cannot take {new_entry(2).value}"}}, FORMER, "failed", "did not write it: cannot take ********."),
        ({"written": "all", "refused": 1, "failed": []}, FORMER, "failed", "the program said nothing about it."),
        ({"written": [NAME]}, {"entries": {}}, "in_doubt", "It was written, but could not be read back: the program said nothing about it."),
    ],
)
def test_the_entry_that_is_read_back_decides_on_a_write(answer: Mapping[str, Any], after: Mapping[str, Any], status: str, said: str) -> None:
    store, _program = store_over(FORMER, answer, after)

    written = store.write([change_to(new_entry(2), "secret-1")])[NAME]

    assert written.status == status
    assert said in written.reason


def test_each_entry_of_a_batch_has_its_own_status() -> None:
    names = [new_entry(1, app).name for app in ("a", "b", "c", "d")]
    empty: dict[str, Any] = {"entries": dict.fromkeys(names)}
    after = {"entries": {**dict.fromkeys(names), names[0]: new_entry(1, "a").to_members()}}
    store, _program = store_over(empty, {"written": names[:1], "refused": names[1:2], "failed": {names[2]: "no"}}, after)

    answers = store.write([change_to(new_entry(1, app), None) for app in ("a", "b", "c", "d")])

    assert [answers[name].status for name in names] == ["written", "refused", "failed", "failed"]


def test_after_a_call_that_fails_as_a_whole_no_other_write_is_tried() -> None:
    program = MemoryProgram()
    store = new_command_store(program)
    entries = [new_entry(number, f"app-{number}") for number in range(3 * MOST_IN_CALL)]
    program.expect("fails", 5)

    answers = store.write([change_to(entry, None) for entry in entries])

    assert [answers[entry.name].status for entry in entries] == ["written"] * MOST_IN_CALL + ["failed"] * 2 * MOST_IN_CALL
    assert program.asked == ["read", "write", "read", "read", "write", "read"]


def test_only_the_end_of_stderr_is_shown_and_without_values() -> None:
    noise = ("x" * 40 + "\n") * 100 + f"The vault refuses {VALUE} and {json.dumps(VALUE)}\n\x1b[31m"
    store, _program = store_over(FORMER, Ended(3, b"", noise.encode()))
    store.read([NAME], values=True)

    with pytest.raises(StoreError) as error:
        store.prove()
    message = str(error.value)

    assert message.startswith("The program /usr/local/bin/odd-store could not write: it ended with the exit code 3. It said: …")
    assert message.endswith('The vault refuses ******** and "********" \\x1b[31m')
    assert len(message) < 800


def test_secrets_of_the_environment_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OP_SERVICE_ACCOUNT_TOKEN", "ops_geheim_geheim")
    monkeypatch.setenv("PASSWORD_STORE_DIR", "/srv/password-store")
    store, _program = store_over(Ended(1, b"", b"+ OP_SERVICE_ACCOUNT_TOKEN=ops_geheim_geheim /srv/password-store"))

    with pytest.raises(StoreError, match=r"OP_SERVICE_ACCOUNT_TOKEN=\*\*\*\*\*\*\*\* /srv/password-store"):
        store.check()


def test_stderr_of_a_program_that_succeeds_is_one_warning() -> None:
    warnings: list[str] = []
    reply = Ended(0, b'\xef\xbb\xbf{"names": []}', b"a new version is out\n")
    store, _program = store_over(reply, reply, warnings=warnings)

    store.check()
    store.check()

    assert warnings == ["The program /usr/local/bin/odd-store says: a new version is out"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (None, "The store command needs its option 'command', which is not set."),
        ([], "names no program; write one and its arguments"),
        (" ", "names no program"),
        ([""], "names no program"),
        ({"a": 1}, "is neither a text nor a list of texts"),
        (["a", ["geheim"]], "is neither a text nor a list of texts"),
        (["a", True], "is neither a text nor a list of texts"),
        (["a\0b"], "names no program"),
        ("a 'geheim", "cannot be split into words (No closing quotation)"),
    ],
)
def test_an_invalid_command_is_explained_and_not_shown(command: Any, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        store_from_option({"type": "command", "command": command}, new_context("/"), {})

    assert said in str(error.value)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    ("command", "place"),
    [
        ("pass-store", "pass-store vantage/contoso"),
        (["./bin/pass-store", 7], "/srv/bin/pass-store vantage/contoso"),
        ("'/opt/my store' --db \"$HOME\"", "/opt/my store vantage/contoso"),
    ],
)
def test_a_command_names_a_program(command: Any, place: str) -> None:
    store: Store = store_from_option({"type": "command", "command": command}, new_context("/srv"), {})
    assert store.place == place
