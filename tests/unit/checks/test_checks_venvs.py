# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments are installed by uv with the user's pip settings, and by pip where uv cannot."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

CHECKS = Path(__file__).resolve().parents[2] / "checks"
ALWAYS = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never"}
PIP_CONF = """[global]
index-url = https://mirror.example.com/simple
extra-index-url =
    https://one.example.com/simple
    https://two.example.com/simple
cache-dir = /elsewhere
"""
# Instead of programs: each writes down how it was called, and uv fails.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "{calls}"
exit {code}
"""


@pytest.fixture
def pip_settings(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of the checks that reads pip's settings."""
    monkeypatch.syspath_prepend(str(CHECKS))
    import pip_settings

    # It is read once in a process, and the tests change it.
    pip_settings.read_settings.cache_clear()
    return pip_settings


@pytest.mark.parametrize(
    ("settings", "variables"),
    [
        ({}, {}),
        ({"index-url": "https://a.example.com/simple"}, {"UV_DEFAULT_INDEX": "https://a.example.com/simple"}),
        ({"extra-index-url": "https://a.example.com https://b.example.com"}, {"UV_INDEX": "https://a.example.com https://b.example.com"}),
        ({"find-links": "/wheels /more"}, {"UV_FIND_LINKS": "/wheels,/more"}),
        ({"no-index": "1"}, {"UV_NO_INDEX": "1"}),
        ({"constraint": "/a.txt"}, {"UV_CONSTRAINT": "/a.txt"}),
        ({"trusted-host": "a b"}, {"UV_INSECURE_HOST": "a b"}),
        ({"cert": "/ca.pem", "client-cert": "/me.pem"}, {"SSL_CERT_FILE": "/ca.pem", "SSL_CLIENT_CERT": "/me.pem"}),
        ({"timeout": "30", "proxy": "http://proxy:3128"}, {"UV_HTTP_TIMEOUT": "30", "ALL_PROXY": "http://proxy:3128"}),
        ({"disable-pip-version-check": "1"}, {}),
    ],
)
def test_settings_of_pip_are_variables_of_uv(pip_settings: ModuleType, settings: dict[str, str], variables: dict[str, str]) -> None:
    assert pip_settings.uv_variables(settings) == {**ALWAYS, **variables}


def test_the_file_of_pip_is_read_and_the_users_variables_take_precedence(pip_settings: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(PIP_CONF, encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("UV_NO_INDEX", "0")

    variables = pip_settings.read_uv_variables()

    assert variables["UV_DEFAULT_INDEX"] == "https://mirror.example.com/simple"
    assert variables["UV_INDEX"] == "https://one.example.com/simple https://two.example.com/simple"
    assert "UV_NO_INDEX" not in variables


@pytest.mark.parametrize(("code", "called"), [(0, ["uv"]), (2, ["uv", "python", "python"])])
def test_pip_installs_where_uv_cannot(pip_settings: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: int, called: list[str]) -> None:
    import job
    import venvs

    calls, python = tmp_path / "calls", tmp_path / "python"
    for path, ends in ((tmp_path / "uv", code), (python, 0)):
        path.write_text(PROGRAM.format(calls=calls, code=ends), encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setattr(venvs, "UV", tmp_path / "uv")

    with (tmp_path / "log").open("wb") as log:
        venvs.install_with_uv(job.Job("venv", log, []), python, tmp_path / "requirements.txt")
    lines = calls.read_text(encoding="utf-8").splitlines()

    assert [line.split()[0] for line in lines] == called
    assert all("requirements.txt" in line for line in (lines[0], lines[-1]))
