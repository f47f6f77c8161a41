# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the command line that tell a running emulator what to do, and what it writes for those who work with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.tests.emulator import __main__ as command_line
from ansible_collections.abbyy.vantage.tests.emulator.clock import DAY
from ansible_collections.abbyy.vantage.tests.emulator.config import EmulatorConfig
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.emulator.https_server import HttpsServer
from ansible_collections.abbyy.vantage.tests.emulator.messages import Request
from ansible_collections.abbyy.vantage.tests.emulator.playground import EXAMPLES, Playground, welcome

Say = Callable[..., str]


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def playground(emulator: Emulator, tmp_path: Path) -> Iterator[Playground]:
    """An emulator that listens, and its folder."""
    server = HttpsServer(emulator)
    playground = Playground(tmp_path / "a folder", EmulatorConfig(), server.base_url)
    playground.write(server.ca_pem, 1, workspace=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield playground
    server.shutdown()
    server.server_close()


@pytest.fixture
def say(playground: Playground, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Type a command, and return what it prints."""

    def type_words(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["emulator", "--dir", str(playground.folder), *words])
        command_line.main()
        return capsys.readouterr().out

    return type_words


def test_the_clock_is_shown(say: Say) -> None:
    assert "in the emulator" in say("clock")


def test_the_clock_is_moved(say: Say, emulator: Emulator) -> None:
    before = emulator.now()
    say("clock", "155d")
    assert 0 <= emulator.now() - before - 155 * DAY < 60


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("36h", 129600), ("2w", 1209600), ("7", 7)])
def test_durations(say: Say, emulator: Emulator, text: str, seconds: int) -> None:
    before = emulator.now()
    say("clock", text)
    assert 0 <= emulator.now() - before - seconds < 60


class TestJournal:
    @pytest.fixture
    def _requests(self, emulator: Emulator) -> None:
        """Let a read fail, and send a write."""
        emulator.faults.replace([{"kind": "status"}])
        for method in ("GET", "POST"):
            emulator.handle(Request(method, "https://vantage.test/api/adminapi2/v2/tenants/none/clients/", {}, b""))

    def test_is_empty_at_first(self, say: Say) -> None:
        assert say("journal") == "0 requests\n"

    @pytest.mark.usefixtures("_requests")
    def test_is_shown(self, say: Say) -> None:
        everything = say("journal").splitlines()
        assert everything[-1] == "2 requests"
        assert everything[0].endswith("GET    503  /api/adminapi2/v2/tenants/none/clients/  (status)")

    @pytest.mark.usefixtures("_requests")
    def test_is_shown_without_what_only_reads(self, say: Say) -> None:
        assert say("journal", "--writes").splitlines()[-1] == "1 request"

    @pytest.mark.usefixtures("_requests")
    def test_is_cleared(self, say: Say) -> None:
        assert say("journal", "--clear") == "The journal is empty.\n"
        assert say("journal") == "0 requests\n"


class TestFaults:
    @pytest.fixture(autouse=True)
    def _two(self, say: Say) -> None:
        """Add two faults."""
        say("fault", "status", "--path", "/secrets/", "--method", "POST", "--status", "500", "--times", "2")
        say("fault", "drop_after", "--times", "0", "--skip", "3")

    def test_are_added(self, emulator: Emulator) -> None:
        first, second = emulator.faults.as_dicts()
        assert (first["kind"], first["path"], first["method"], first["status"], first["times"]) == ("status", "/secrets/", "POST", 500, 2)
        assert (second["kind"], second["times"], second["skip"]) == ("drop_after", None, 3)

    def test_are_shown(self, say: Say) -> None:
        assert say("fault").count("\n") == 2

    def test_are_removed(self, say: Say, emulator: Emulator) -> None:
        assert say("fault", "--clear") == "No fault is set.\n"
        assert emulator.faults.as_dicts() == []


def test_switches_are_changed(say: Say, emulator: Emulator) -> None:
    said = say("behaviour", "lifetime_format=timespan", "latency=0.5", "api_versions=[v1]")
    assert 'lifetime_format="timespan"' in said
    assert (emulator.behaviour.lifetime_format, emulator.behaviour.latency, emulator.behaviour.api_versions) == ("timespan", 0.5, ["v1"])


def test_the_state_is_shown(say: Say, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": "made-by-hand"}])
    assert "made-by-hand" in say("state")


def test_the_state_is_reset(say: Say, emulator: Emulator) -> None:
    emulator.seed("contoso", [{"clientId": "made-by-hand"}])
    assert say("reset") == "The emulator is as it was at its start.\n"
    assert "made-by-hand" not in say("state")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("behaviour", "no_such_switch=1"), "The emulator refused it: .*unknown switch 'no_such_switch'"),
        (("behaviour", "latency"), "'latency' is no switch with a value"),
    ],
)
def test_mistakes_are_one_sentence(say: Say, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(SystemExit, match=said):
        say(*words)


@pytest.mark.parametrize("words", [("clock", "3 fortnights"), ("fault", "no_such_kind"), ("no_such_command",)])
def test_unknown_words_are_refused(say: Say, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        say(*words)

    assert refused.value.code == 2
    assert words[-1] in capsys.readouterr().err


def test_without_an_emulator_the_command_says_how_to_start_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["emulator", "--dir", str(tmp_path), "clock"])
    with pytest.raises(SystemExit, match=r"No emulator runs in .*Start one there"):
        command_line.main()


def test_a_terminal_that_reads_the_variables_can_work(playground: Playground) -> None:
    names = ("VANTAGE_BASE_URL", "VANTAGE_CA_PATH", "CONTOSO_AUTH_CLIENT_SECRET", "ANSIBLE_INVENTORY", "ANSIBLE_VAULT_PASSWORD_FILE")
    shown = " ".join(f'"${name}"' for name in names)
    script = f'. "$0" && printf "%s\\n" {shown} && emulator clock'

    run = subprocess.run(["sh", "-c", script, str(playground.folder / "env")], capture_output=True, text=True, check=True)
    base_url, ca_path, secret, inventory, password_file, clock = run.stdout.splitlines()

    assert (base_url, ca_path, secret) == (playground.base_url, str(playground.ca_path), "contoso-automation-secret-0001")
    assert Path(inventory).read_bytes() == (EXAMPLES / "inventory.yml").read_bytes()
    assert Path(password_file).stat().st_mode & 0o777 == 0o600
    assert "in the emulator" in clock


def test_what_somebody_changed_in_the_examples_is_kept(playground: Playground) -> None:
    (playground.tenants / "inventory.yml").write_text("changed", encoding="utf-8")
    playground.write(b"another CA", 2, workspace=True)
    assert (playground.tenants / "inventory.yml").read_text(encoding="utf-8") == "changed"


def test_the_first_words_say_where_and_how(playground: Playground) -> None:
    said = welcome(playground, workspace=True)
    for part in (playground.base_url, str(playground.ca_path), "contoso-automation-secret-0001", "fabrikam", "try_anything.md"):
        assert part in said


def test_a_port_in_use_is_one_sentence(playground: Playground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    port = playground.base_url.rpartition(":")[2]
    monkeypatch.setattr(sys, "argv", ["emulator", "--dir", str(tmp_path), "--port", port])
    with pytest.raises(SystemExit, match=rf"cannot listen on port {port}: .* Choose another one with --port"):
        command_line.main()
