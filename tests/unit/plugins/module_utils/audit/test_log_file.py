# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines arrive whole whoever else writes, in a file that only its owner reads; what cannot be written is told before and during the run."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


def test_it_is_created_for_its_owner_alone_and_only_by_a_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.check()
    assert not path.exists()
    before = os.umask(0)
    try:
        log.append("first")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    log.check()
    log.append("second")
    assert path.read_text(encoding="utf-8") == "first\nsecond\n"


def test_a_mode_that_the_administrator_gave_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    path.touch()
    path.chmod(0o640)
    LogFile(str(path)).append("line")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), letter], env={**os.environ, "PYTHONPATH": ":".join(sys.path)}) for letter in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == sorted(letter * 300 for letter in "abc" for _number in range(200))


def test_lines_of_several_threads_do_not_mix_and_wait_for_nobody(tmp_path: Path) -> None:
    waits: list[float] = []
    log = LogFile(str(tmp_path / "audit.jsonl"), sleep=waits.append)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(log.append, (f"{number:03}" * 100 for number in range(200))))
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == [f"{number:03}" * 100 for number in range(200)]
    assert waits == []


def test_logrotate_may_move_it_away(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("old")
    path.rename(tmp_path / "audit.jsonl.1")
    log.append("new")
    assert path.read_text(encoding="utf-8") == "new\n"


def test_a_full_disk_is_an_error_and_the_next_line_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = LogFile(str(path))
    log.append("first")
    with largest_file(10), pytest.raises(OSError, match="too large"):
        log.append("second")
    assert path.read_text(encoding="utf-8") == "first\nseco"
    log.append("third")
    assert path.read_text(encoding="utf-8") == "first\nseco\nthird\n"


def test_a_lock_that_is_never_given_back_does_not_stop_the_run(tmp_path: Path) -> None:
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
def test_what_is_no_file_is_told_before_anything_is_written(tmp_path: Path, make: object, reason: str) -> None:
    path = tmp_path / "audit.jsonl"
    make(path)  # type: ignore[operator]  # each makes something at the path
    with pytest.raises(ConfigError, match=f"audit_log '{path}' cannot be written: {reason}"):
        LogFile(str(path)).check()


def test_a_folder_that_is_closed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What others meet in a folder that is not theirs; root may write everywhere.
    monkeypatch.setattr(os, "access", lambda *_arguments: False)
    with pytest.raises(ConfigError, match="let the user of the run write there"):
        LogFile(str(tmp_path / "audit.jsonl")).check()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"there is no folder '{tmp_path}/none'"):
        LogFile(str(tmp_path / "none/audit.jsonl")).check()


@pytest.mark.parametrize("path", ["audit.jsonl", "./audit.jsonl", "", "/tmp/a\0b", "~\0/a", "~\ud800/a", "/tmp/\ud800", "syslogd"])
def test_a_path_has_to_be_absolute(path: str) -> None:
    with pytest.raises(ConfigError, match="is not an absolute path"):
        LogFile(path)


def test_the_home_of_the_user_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    LogFile("~/audit.jsonl").append("line")
    assert (tmp_path / "audit.jsonl").exists()
