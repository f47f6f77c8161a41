# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins in one file: who waits for whom, and that none is lost."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault import encrypted_file
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.login_file import KeptLogin
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords

LOGINS = [f"tenant {number}/ä" for number in range(12)]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A file that keeps a login of each name."""
    path = str(tmp_path / "keep" / "logins.yml")
    kept(path, LOGINS[0]).prove()
    with file_of(path).locked():
        file_of(path).write({name: {"value": f"first of {name}"} for name in LOGINS})
    return path


def passwords() -> VaultPasswords:
    return VaultPasswords(None, password="a vault password")


def kept(path: str, name: str) -> KeptLogin:
    return KeptLogin(path, name, passwords())


def file_of(path: str) -> SecretFile:
    return SecretFile(path, passwords())


def values(path: str) -> dict[str, str]:
    return {name: entry["value"] for name, entry in (file_of(path).read() or {}).items()}


def spend(path: str, name: str, seconds: float, started: threading.Event | None = None) -> str:
    """Renew a login as the action does, at an endpoint that takes so long; return the token that was spent."""
    login = kept(path, name)
    with login.held_alone():
        token = login.refresh_token()
        if started:
            started.set()
        time.sleep(seconds)
        login.renew(f"after {token}", None)
    return token


def test_nobody_waits_for_the_endpoint_of_another_login(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted_file, "LOCK_SECONDS", 6.0)

    with ThreadPoolExecutor(len(LOGINS)) as pool:
        spent = list(pool.map(lambda name: spend(path, name, 2), LOGINS))

    assert spent == [f"first of {name}" for name in LOGINS]
    assert values(path) == {name: f"after first of {name}" for name in LOGINS}


def test_runs_that_share_a_login_take_turns(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted_file, "LOCK_SECONDS", 0.7)

    with ThreadPoolExecutor(4) as pool:
        spent = list(pool.map(lambda _turn: spend(path, LOGINS[0], 0.5), range(4)))

    assert sorted(spent, key=len) == [f"{'after ' * turn}first of {LOGINS[0]}" for turn in range(4)]
    assert values(path)[LOGINS[0]] == f"{'after ' * 4}first of {LOGINS[0]}"


def test_a_new_login_is_not_overwritten_by_one_that_was_just_being_spent(path: str) -> None:
    started = threading.Event()

    with ThreadPoolExecutor(1) as pool:
        spending = pool.submit(spend, path, LOGINS[0], 1, started)
        is_spending = started.wait(120)
        kept(path, LOGINS[0]).begin("the new one", None)
        spending.result()

    assert is_spending
    assert values(path)[LOGINS[0]] == "the new one"


def test_while_a_login_is_spent_another_one_can_be_read_and_written(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted_file, "LOCK_SECONDS", 0.0)

    with kept(path, LOGINS[0]).held_alone():
        token = kept(path, LOGINS[1]).refresh_token()
        kept(path, LOGINS[1]).begin("the new one", None)

    assert token == f"first of {LOGINS[1]}"
    assert values(path)[LOGINS[1]] == "the new one"


def test_names_of_other_logins_do_nothing_to_a_terminal(path: str) -> None:
    kept(path, "\x1b[31mred\u202e").begin("a token", None)

    with pytest.raises(SecretFileError) as error:
        kept(path, "nobody").refresh_token()

    assert str(error.value).isprintable()
    assert "\\x1b[31mred\\u202e" in str(error.value)


def test_a_wrong_password_is_said_before_anything_is_spent(path: str) -> None:
    with pytest.raises(SecretFileError), KeptLogin(path, LOGINS[0], VaultPasswords(None, password="another")).held_alone():
        pytest.fail("it was held")
