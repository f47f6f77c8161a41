# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's code in this process against an emulator, with a virtual clock."""

from __future__ import annotations

import importlib
import json
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any, NoReturn

import pytest
import requests
from ansible.module_utils import basic

from ansible_collections.abbyy.vantage.plugins.module_utils.http import throttle, transport
from ansible_collections.abbyy.vantage.plugins.module_utils.login import connection
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile import run
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import connect
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api
from ansible_collections.abbyy.vantage.tests.emulator.adapter import mount
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.lifecycle import Done, Task

BASE_URL = "https://vantage.example.com"


class FakeClock:
    """A clock that only waiting moves; the emulator's goes with it.

    :ivar waits: seconds of each wait, in order.
    """

    def __init__(self, emulator: Emulator | None = None) -> None:
        self.waits: list[float] = []
        self._emulator = emulator
        self._now = 1000.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on; threads that wait at the same time wait together."""
        until = self._now + seconds
        with self._lock:
            self.waits.append(seconds)
            passed = until - self._now
            if passed > 0:
                self._now = until
                if self._emulator is not None:
                    self._emulator.advance(passed)


class ModuleEnd(Exception):  # noqa: N818 - a module ends like this, well or not
    """Carries the result of a module."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("msg"))
        self.answer = answer


class InProcess:
    """Run modules, or use what is below them, against one emulator.

    :ivar options: the default connection of every run.
    :ivar clock_error: how far the clock of this machine is ahead of the tenant's.
    :ivar warnings: the warnings of the modules so far.
    """

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator = emulator
        self.clock = FakeClock(emulator)
        self.clock_error = timedelta(0)
        self.warnings: list[str] = []
        self.options: dict[str, Any] = {
            "base_url": BASE_URL,
            "tenant_id": CONTOSO,
            "auth_client_id": "automation",
            "auth_client_secret": "contoso-automation-secret-0001",
        }
        waits = {"sleep": self.clock.sleep, "monotonic": self.clock.monotonic}
        monkeypatch.setattr(connection, "Http", partial(transport.Http, **waits, utc_now=self.machine_time))
        monkeypatch.setattr(connection, "Throttle", partial(throttle.Throttle, **waits))
        monkeypatch.setattr(run, "connect", partial(connect.connect, new_session=self.new_session))
        monkeypatch.setattr(basic.AnsibleModule, "exit_json", _end)
        monkeypatch.setattr(basic.AnsibleModule, "fail_json", _end_failed)
        monkeypatch.setattr(basic.AnsibleModule, "warn", lambda module, warning: self.warnings.append(warning))
        monkeypatch.setattr(basic.AnsibleModule, "_log_invocation", lambda module: None)
        # Since ansible-core 2.19, arguments carry the name of the way in which they are written.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        self._set_arguments: Callable[[bytes], None] = partial(monkeypatch.setattr, basic, "_ANSIBLE_ARGS")

    def machine_time(self) -> datetime:
        """Return what the clock of this machine shows: it follows the emulator's, even when a test moves that, plus `clock_error`."""
        return datetime.now(timezone.utc) + self.clock_error + timedelta(seconds=self.emulator.clock.advanced)

    def new_session(self) -> requests.Session:
        """Return a session that is answered by the emulator."""
        session = requests.Session()
        mount(session, self.emulator)
        return session

    def api(self, **options: Any) -> Api:
        """Return what modules get from `connect`."""
        spec = connection_spec()
        params = {option: keywords.get("default") for option, keywords in spec.items()}
        return connect.connect({**params, **self.options, **options}, new_session=self.new_session)

    def run(self, module: str, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        """Run a module and return its result; it has `failed` when the module failed.

        :param module: name without that of the collection.
        """
        arguments = {**self.options, **options, "_ansible_check_mode": check, "_ansible_diff": diff}
        given = {name: value for name, value in arguments.items() if value is not None}
        self._set_arguments(json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode())
        main = importlib.import_module(f"ansible_collections.abbyy.vantage.plugins.modules.{module}").main
        with pytest.raises(ModuleEnd) as ended:
            main()
        return ended.value.answer

    def refresh_token(self) -> str:
        """Log in as a person who may come back, and return the refresh token."""
        person = {"auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}
        login = self.api(**person, auth_scope="openid permissions global.wildcard offline_access").tokens
        login.access_token()
        assert login.refresh_token
        return login.refresh_token

    def perform(self, module: str, tasks: Sequence[Task]) -> list[Done]:
        """Run the tasks of a lifecycle, and return their results."""
        done = []
        for task in tasks:
            before = len(self.emulator.journal)
            answer = self.run(module, check=task.check, diff=True, **task.options)
            done.append(Done(answer, [entry.as_dict() for entry in list(self.emulator.journal)[before:]]))
        return done

    def clients(self, tenant: str = CONTOSO) -> dict[str, dict[str, Any]]:
        """Return the clients of a tenant by id, each with its `members` and its `secrets`, values included."""
        clients: dict[str, dict[str, Any]] = self.emulator.state()["tenants"][tenant]["clients"]
        return clients

    def requests(self) -> list[tuple[str, str]]:
        """Return method and path, from the collection of clients on, of all requests that arrived."""
        return [(entry.method, entry.path.rpartition("/tenants/")[2].partition("/")[2] or entry.path) for entry in self.emulator.journal]


def _end(module: basic.AnsibleModule, **answer: Any) -> NoReturn:
    raise ModuleEnd(answer)


def _end_failed(module: basic.AnsibleModule, msg: str, **answer: Any) -> NoReturn:
    raise ModuleEnd({**answer, "msg": msg, "failed": True})
