# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the commands of one step, with their output in the step's log."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO

from workspace import CHECKOUT, environment

# Nothing here takes long; a hanging command must not block a CI run.
TIME_LIMIT = 4200


class StepError(Exception):
    """A step did not pass; the reason is in its log."""


class Job:
    """Runs commands for a step: same log, same environment."""

    live: set[subprocess.Popen[bytes]] = set()
    lock = threading.Lock()
    interrupted = threading.Event()

    def __init__(self, name: str, log: IO[bytes], path: list[Path]) -> None:
        self.name = name
        self.log = log
        self.env = environment(name, path)

    def say(self, text: str) -> None:
        """Write a line to the log."""
        self.log.write(text.encode() + b"\n")
        self.log.flush()

    def read_log(self) -> str:
        """Return the output of the commands so far."""
        return Path(self.log.name).read_text(encoding="utf-8", errors="replace")

    def fail(self, reason: str) -> None:
        """End the step."""
        self.say(reason)
        raise StepError(reason)

    def call(self, *command: str | Path, cwd: Path = CHECKOUT, keep_home: bool = False, **env: str) -> None:
        """Run a command; a non-zero exit code ends the step."""
        if not self.try_call(*command, cwd=cwd, keep_home=keep_home, **env):
            raise StepError(f"{Path(command[0]).name} failed")

    def try_call(self, *command: str | Path, cwd: Path = CHECKOUT, keep_home: bool = False, **env: str) -> bool:
        """Run a command; return whether it exited with 0. `keep_home`: pip and npm read the user's own settings."""
        if self.interrupted.is_set():
            raise StepError("interrupted")
        words = [str(word) for word in command]
        self.say(f"$ {shlex.join(words)}")
        home = {"HOME": os.environ["HOME"]} if keep_home and "HOME" in os.environ else {}
        with subprocess.Popen(
            words, cwd=cwd, env={**self.env, **home, **env}, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        ) as process:
            with self.lock:
                self.live.add(process)
            try:
                return process.wait(timeout=TIME_LIMIT) == 0
            except subprocess.TimeoutExpired:
                kill(process)
                self.say(f"Killed: still running after {TIME_LIMIT} seconds.")
                return False
            finally:
                with self.lock:
                    self.live.discard(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a command and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_all() -> None:
    """Kill all running commands and start no more, when the user interrupts."""
    Job.interrupted.set()
    with Job.lock:
        for process in Job.live:
            kill(process)
