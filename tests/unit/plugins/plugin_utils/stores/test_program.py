# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real programs of the store command: how each is started, fed, read and stopped."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import program as program_module
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.program import Ended, Program
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError

# Long enough for a machine that is busy; a program that behaves never takes it.
PATIENCE = 120
REQUEST = b'{"version": 1}\n'


def shell(script: str, folder: Path, timeout: int = PATIENCE, request: bytes = REQUEST) -> Ended:
    """Return how a shell script ended."""
    return Program(["sh", "-c", script], str(folder), timeout).ask(request)


def is_alive(pid: int) -> bool:
    """Return whether a process still runs; one that has ended and waits for its parent does not."""
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended; fails the test when it does not."""
    until = time.monotonic() + PATIENCE
    while is_alive(pid):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_program_gets_the_request_and_returns_output_errors_and_exit_code(tmp_path: Path) -> None:
    assert shell("cat; echo oh >&2; exit 3", tmp_path) == Ended(3, REQUEST, b"oh\n")


def test_arguments_are_never_seen_by_a_shell(tmp_path: Path) -> None:
    ended = Program(["printf", "%s|", "$HOME; exit 9", "~/x", "a  b"], str(tmp_path), PATIENCE).ask(REQUEST)
    assert ended.output.decode() == f"$HOME; exit 9|{os.path.expanduser('~/x')}|a  b|"


def test_the_program_has_the_environment_and_the_folder_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_LOGIN", "mine")
    assert shell('echo "$STORE_LOGIN $PWD"', tmp_path).output.decode() == f"mine {tmp_path}\n"


def test_much_goes_in_and_out_at_once(tmp_path: Path) -> None:
    request = b"x" * (3 * program_module.MEBIBYTE)

    ended = shell("cat; head -c 300000 /dev/zero >&2", tmp_path, request=request)

    assert ended.output == request
    assert len(ended.errors) == program_module.KEPT_ERRORS


@pytest.mark.parametrize("script", ["echo done", "exec <&-; echo done", "head -c 1 >/dev/null; echo done"])
def test_a_program_need_not_read_the_whole_request(tmp_path: Path, script: str) -> None:
    ended = shell(script, tmp_path, request=b"x" * program_module.MEBIBYTE)

    assert ended.code == 0
    assert ended.output == b"done\n"
    assert ended.stopped == ""


@pytest.mark.parametrize("script", ["sleep 600 & echo $!; wait", "trap '' TERM; sleep 600 & echo $!; wait; wait", "sleep 600 & echo $!; exec >&- 2>&-; wait"])
def test_a_program_that_hangs_is_stopped_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    monkeypatch.setattr(program_module, "CLEAN_UP_SECONDS", 0.2)

    ended = shell(script, tmp_path, timeout=1)

    assert ended.stopped == "it did not end within 1 s and was stopped; see the store's option timeout"
    assert ended.code < 0

    if ended.output:
        wait_until_gone(int(ended.output))


def test_a_program_that_is_stopped_may_clean_up(tmp_path: Path) -> None:
    ended = shell("trap 'rm here; exit 1' TERM; touch here; while :; do sleep 0.1; done", tmp_path, timeout=1)
    assert ended.stopped
    assert not (tmp_path / "here").exists()


def test_a_child_that_a_program_leaves_behind_goes_on(tmp_path: Path) -> None:
    """It may be an agent, which the program starts for later."""
    ended = shell("sleep 600 & echo $!", tmp_path)
    child = int(ended.output)

    assert ended.code == 0
    assert ended.stopped == ""
    assert is_alive(child)

    os.kill(child, signal.SIGKILL)


def test_a_program_that_writes_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "MOST_OUTPUT", 2 * program_module.MEBIBYTE)

    ended = shell("yes", tmp_path)

    assert ended.stopped == "it wrote more than 2 MiB to stdout and was stopped; one JSON document belongs there"
    assert len(ended.output) < 3 * program_module.MEBIBYTE


def test_a_program_that_is_killed_has_the_signal_for_an_exit_code(tmp_path: Path) -> None:
    assert shell("kill -9 $$", tmp_path) == Ended(-9, b"", b"")


def test_ctrl_c_at_the_terminal_does_not_reach_the_program(tmp_path: Path) -> None:
    """A terminal sends it to the process group in its foreground; the program has one of its own."""
    group, own = shell("cut -d' ' -f5 /proc/$$/stat; echo $$", tmp_path).output.split()
    assert group == own


@pytest.fixture
def default_interrupt() -> Iterator[None]:
    """Let an interrupt raise, whatever the test runner has set."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("default_interrupt")
def test_a_program_ends_with_the_thread_that_waits_for_it(tmp_path: Path) -> None:
    """An exception in the middle, as Ctrl-C raises in a lookup, leaves nothing behind."""
    program = Program(["sh", "-c", "cat > /dev/null; echo $$ > pid; exec sleep 600"], str(tmp_path), PATIENCE)

    def interrupt() -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text(encoding="utf-8").strip():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()

    with pytest.raises(KeyboardInterrupt):
        program.ask(REQUEST)

    thread.join()
    wait_until_gone(int((tmp_path / "pid").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("word", "content", "mode", "said"),
    [
        ("no-such-program", None, 0, "'no-such-program', which is not there; install it, write its whole path, or add its folder to PATH."),
        ("./none", None, 0, "/none', which is not there"),
        ("./script", "#!/bin/sh\n", 0o600, "/script', which may not be run; make it executable with 'chmod +x'."),
        ("./script", "#!/no/such/sh\n", 0o700, "/script', whose interpreter is missing; check its first line, the one that begins with #!."),
        ("./script", "\0\1", 0o700, "which cannot be run (Exec format error); a script needs a first line such as #!/bin/sh."),
    ],
)
def test_a_program_that_cannot_be_started_is_explained(tmp_path: Path, word: str, content: str | None, mode: int, said: str) -> None:
    if content is not None:
        (tmp_path / "script").write_text(content, encoding="utf-8")
        (tmp_path / "script").chmod(mode)

    with pytest.raises(StoreError) as error:
        Program([word], str(tmp_path), PATIENCE).ask(REQUEST)

    assert said in str(error.value)
    assert not error.value.in_doubt


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"which should run in .*/gone, where there is no folder; create it."):
        Program(["true"], str(tmp_path / "gone"), PATIENCE).ask(REQUEST)
