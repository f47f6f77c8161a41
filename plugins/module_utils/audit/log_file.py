# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Append lines to a file that several processes and logrotate share."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError

MODE = 0o600
# A process that holds the lock for longer was stopped. A run must not stop with it, and the line is written in one piece anyway.
LOCK_SECONDS = 5.0
LOCK_PAUSE = 0.02
# Open for reading too: the last character shows whether the last line was torn. Do not wait for the reader of a pipe.
FLAGS = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class LogFile:
    """One file of lines.

    :param path: absolute; `~` at its beginning is the home of the user who runs the task.
    :raises ConfigError: for a path that is not valid.
    """

    def __init__(self, path: str, *, sleep: Callable[[float], None] = time.sleep, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.path = expanded(path)
        self._sleep = sleep
        self._monotonic = monotonic
        self._turn = threading.Lock()
        self._patience = LOCK_SECONDS
        if not os.path.isabs(self.path):
            raise ConfigError(f"audit_log {path!r} is not an absolute path; write it from / on, or as syslog:FACILITY.")

    def check(self) -> None:
        """Check that it can be written. It is not created, since a run may have nothing to write.

        :raises ConfigError: when it cannot.
        """
        try:
            os.close(self._open(0))
        except FileNotFoundError:
            folder = os.path.dirname(self.path)
            if not os.path.isdir(folder):
                raise ConfigError(f"audit_log {self.path!r} cannot be written: there is no folder {folder!r}; create it, or change the path.") from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise ConfigError(f"audit_log {self.path!r} cannot be created in its folder; let the user of the run write there.") from None
        except OSError as exc:
            raise ConfigError(f"audit_log {self.path!r} cannot be written: {reason_of(exc)}; choose another path.") from exc

    def append(self, line: str) -> None:
        """Append a line in one write, and begin a new line first where the last one was torn.

        It is opened each time, so that logrotate can move it.

        :raises OSError: when it cannot be written, such as on a full disk.
        """
        # The threads of a run already take turns, so only other runs are waited for.
        with self._turn:
            self._append(line)

    def _append(self, line: str) -> None:
        descriptor = self._open(os.O_CREAT)
        try:
            self._lock(descriptor)
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            content = f"{chr(10) if torn else ''}{line}\n".encode()
            rest = content[os.write(descriptor, content) :]
            if rest:
                # The disk is probably full, and this error reports it.
                os.write(descriptor, rest)
        finally:
            # Closing it releases the lock.
            os.close(descriptor)

    def _open(self, flags: int) -> int:
        descriptor = os.open(self.path, FLAGS | flags, MODE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "it is not a plain file")
        return descriptor

    def _lock(self, descriptor: int) -> None:
        until = self._monotonic() + self._patience
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if self._monotonic() >= until:
                # Once is enough: hundreds of lines may follow.
                self._patience = 0
                return
            self._sleep(LOCK_PAUSE)


def expanded(path: str) -> str:
    """Return a path with the user's home instead of `~`; empty for a name that no file can have."""
    try:
        whole = os.path.expanduser(path)
        os.fsencode(whole)
    except ValueError:
        return ""
    return "" if "\0" in whole else whole


def reason_of(error: OSError) -> str:
    """Return the reason of an error in words."""
    if error.errno == errno.ELOOP:
        return "it is a symbolic link"
    return (error.strerror or type(error).__name__).lower()
