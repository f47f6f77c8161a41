# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines arrive whole, whoever else writes, in a file that only its owner reads; a log that cannot be written is reported before and during the run."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.audit.log_file import LogFile
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

WRITER = """
import sys
from ansible_collections.abbyy.vantage.plugins.module_utils.audit.log_file import LogFile
log = LogFile(sys.argv[1])
for number in range(200):
    log.append(sys.argv[2] * 300)
"""


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a disk that is full."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
        signal.signal(signal.SIGXFSZ, handler)


@contextmanager
def no_umask() -> Iterator[None]:
    """Let new files have the mode that their program asks for."""
    former = os.umask(0)
    try:
        yield
    finally:
        os.umask(former)


def test_the_check_creates_no_file(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    LogFile(str(path)).check()
    assert not path.exists()


def test_only_the_owner_may_read_a_new_log(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"

    with no_umask():
        LogFile(str(path)).append("line")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_lines_follow_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("first")

    log.check()
    log.append("second")

    assert path.read_text(encoding="utf-8") == "first\nsecond\n"


def test_a_mode_that_the_administrator_set_stays(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.touch()
    path.chmod(0o640)

    LogFile(str(path)).append("line")

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}

    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter], env=environment) for letter in "abc"]
    ended = [writer.wait() for writer in writers]

    assert ended == [0, 0, 0]
    assert sorted(path.read_text(encoding="utf-8").splitlines()) == sorted(letter * 300 for letter in "abc" for _number in range(200))


def test_lines_of_several_threads_neither_mix_nor_wait(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    waits: list[float] = []
    log = LogFile(str(path), sleep=waits.append)
    lines = [f"{number:03}" * 100 for number in range(200)]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(log.append, lines))

    assert sorted(path.read_text(encoding="utf-8").splitlines()) == lines
    assert waits == []


def test_logrotate_may_move_it_away(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("old")
    path.rename(tmp_path / "audit.jsonl.1")

    log.append("new")

    assert path.read_text(encoding="utf-8") == "new\n"


def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("first")

    with largest_file(10), pytest.raises(OSError, match="too large"):
        log.append("second")

    assert path.read_text(encoding="utf-8") == "first\nseco"


def test_a_line_after_a_torn_one_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("first")
    with largest_file(10), suppress(OSError):
        log.append("second")

    log.append("third")

    assert path.read_text(encoding="utf-8") == "first\nseco\nthird\n"


def test_a_lock_that_is_never_released_delays_the_run_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.touch()
    waits: list[float] = []
    log = LogFile(str(path), sleep=waits.append, monotonic=lambda: sum(waits))

    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        log.append("line")
        waited = sum(waits)
        log.append("another")

    assert 1 < waited < 10
    # Once is enough for a run.
    assert sum(waits) == waited
    assert path.read_text(encoding="utf-8") == "line\nanother\n"


def make_link(path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))


def make_link_to_a_file(path: Path) -> None:
    path.with_name("elsewhere").touch()
    path.symlink_to(path.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_link, "it is a symbolic link"),
        (make_link_to_a_file, "it is a symbolic link"),
        (Path.mkdir, "is a directory"),
        (os.mkfifo, "it is not a plain file"),
    ],
)
def test_the_check_refuses_what_is_no_plain_file(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    path = tmp_path / "audit.jsonl"
    make(path)
    with pytest.raises(ConfigError, match=f"audit_log '{path}' cannot be written: {reason}"):
        LogFile(str(path)).check()


def test_the_check_refuses_a_folder_without_write_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What others meet in a folder that is not theirs; root may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    with pytest.raises(ConfigError, match="let the user of the run write there"):
        LogFile(str(tmp_path / "audit.jsonl")).check()


def test_the_check_refuses_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"there is no folder '{tmp_path}/none'"):
        LogFile(str(tmp_path / "none/audit.jsonl")).check()


@pytest.mark.parametrize("path", ["audit.jsonl", "./audit.jsonl", "", "/tmp/a\0b", "~\0/a", "~\ud800/a", "/tmp/\ud800", "syslogd"])
def test_a_path_has_to_be_absolute(path: str) -> None:
    with pytest.raises(ConfigError, match="is not an absolute path"):
        LogFile(path)


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    LogFile("~/audit.jsonl").append("line")
    assert (tmp_path / "audit.jsonl").exists()
