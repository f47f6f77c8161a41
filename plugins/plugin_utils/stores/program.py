# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Run a user's program: give it one document on stdin, read its output, and stop it when it takes too long."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError

MEBIBYTE = 1024 * 1024
# Much more than thousands of entries need, and much less than the memory of a machine.
MOST_OUTPUT = 64 * MEBIBYTE
# The end of stderr shows why it failed.
KEPT_ERRORS = 16 * 1024
PIECE = 64 * 1024
LOOK_SECONDS = 0.1
# How long a child may keep the pipes open after the program has ended.
LINGER_SECONDS = 1.0
# How long a program may take to clean up after SIGTERM.
CLEAN_UP_SECONDS = 2.0


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what it wrote.

    :param code: its exit code, negative for the signal that ended it.
    :param stopped: why it was stopped by us; empty when it ended by itself.
    """

    code: int
    output: bytes
    errors: bytes
    stopped: str = ""


class Program:
    """A program and its arguments, never through a shell.

    :param words: the program first. A relative path with a slash starts in the folder; a bare name is looked up in PATH.
    :param folder: where it runs.
    :param timeout: seconds that one call may take.
    """

    def __init__(self, words: Sequence[str], folder: str, timeout: int) -> None:
        first = os.path.expanduser(words[0])
        self.name = os.path.normpath(os.path.join(folder, first)) if os.sep in first else first
        self._words = [self.name, *(os.path.expanduser(word) if word.startswith("~/") else word for word in words[1:])]
        self._folder = folder
        self._timeout = timeout

    def ask(self, request: bytes) -> Ended:
        """Run the program once, with this process's environment.

        :raises StoreError: when it cannot be started.
        """
        process = self._start()
        exchange = Exchange(process, request)
        stopped = ""
        try:
            stopped = exchange.perform(self._timeout)
        finally:
            # Also when this process is stopped in the middle.
            if process.poll() is None:
                end_group(process)
            exchange.close()
        return Ended(process.returncode, bytes(exchange.output), bytes(exchange.errors), stopped)

    def _start(self) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, so that Ctrl-C at the terminal does not end it in the middle of a write."""
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(  # noqa: S603 - the user's own program, whose words no shell reads
                self._words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=self._folder, bufsize=0, start_new_session=True
            )
        except (OSError, ValueError) as exc:
            raise StoreError(self._problem_of_start(exc)) from None

    def _problem_of_start(self, exc: OSError | ValueError) -> str:
        begun = f"The option 'command' of the store command names the program {self.name!r}"
        if isinstance(exc, FileNotFoundError) and not os.path.isdir(self._folder):
            return f"{begun}, which should run in {self._folder}, where there is no folder; create it."
        if isinstance(exc, FileNotFoundError) and os.path.exists(self.name):
            return f"{begun}, whose interpreter is missing; check its first line, the one that begins with #!."
        if isinstance(exc, FileNotFoundError):
            return f"{begun}, which is not there; install it, write its whole path, or add its folder to PATH."
        if isinstance(exc, PermissionError):
            return f"{begun}, which may not be run; make it executable with 'chmod +x'."
        words = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        return f"{begun}, which cannot be run ({words}); a script needs a first line such as #!/bin/sh."


class Exchange:
    """Writes to a program and reads its output at the same time.

    :ivar output: what it wrote to stdout.
    :ivar errors: the end of what it wrote to stderr.
    """

    def __init__(self, process: subprocess.Popen[bytes], request: bytes) -> None:
        self.output = bytearray()
        self.errors = bytearray()
        self._process = process
        self._rest = memoryview(request)
        self._selector = selectors.DefaultSelector()
        for pipe, event in ((process.stdin, selectors.EVENT_WRITE), (process.stdout, selectors.EVENT_READ), (process.stderr, selectors.EVENT_READ)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe, event)

    def perform(self, timeout: float) -> str:
        """Communicate until the program has ended; return why it has to be stopped, empty if not."""
        until = time.monotonic() + timeout
        ended_at: float | None = None
        while self._is_read():
            now = time.monotonic()
            if now >= until:
                return late(timeout)
            if ended_at is None and self._process.poll() is not None:
                ended_at = now
            if ended_at is not None and now >= ended_at + LINGER_SECONDS:
                return ""
            for key, _events in self._selector.select(min(LOOK_SECONDS, until - now)):
                self._serve(key)
            if len(self.output) > MOST_OUTPUT:
                return f"it wrote more than {MOST_OUTPUT // MEBIBYTE} MiB to stdout and was stopped; one JSON document belongs there"
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return late(timeout)
        return ""

    def close(self) -> None:
        """Close all pipes."""
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _is_read(self) -> bool:
        """Return whether the program can still write."""
        return any(key.events == selectors.EVENT_READ for key in self._selector.get_map().values())

    def _serve(self, key: selectors.SelectorKey) -> None:
        if key.events == selectors.EVENT_WRITE:
            self._feed(key)
            return
        piece = os.read(key.fd, PIECE)
        if not piece:
            self._forget(key)
        elif key.fileobj is self._process.stdout:
            self.output += piece
        else:
            self.errors += piece
            del self.errors[:-KEPT_ERRORS]

    def _feed(self, key: selectors.SelectorKey) -> None:
        """Write the next piece; the program may ignore its input."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self._rest = self._rest[os.write(key.fd, self._rest[:PIECE]) :]
            if self._rest:
                return
        self._forget(key)

    def _forget(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        if key.events == selectors.EVENT_WRITE and self._process.stdin is not None:
            self._process.stdin.close()


def late(timeout: float) -> str:
    """Return the message for a program that took too long."""
    return f"it did not end within {timeout} s and was stopped; see the store's option timeout"


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children, first with SIGTERM."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(CLEAN_UP_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        # The rest of the process group.
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
