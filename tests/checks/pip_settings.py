# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pass the user's pip settings to uv, which does not read them, and to ansible-test, which drops the PIP_ variables and has another HOME."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from job import Job

# These settings are about the pip process, not about an index.
NOT_HANDED_ON = {"cache-dir", "user", "require-virtualenv", "prefix", "target", "root"}
# What uv calls the same: https://docs.astral.sh/uv/reference/environment/
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "constraint": "UV_CONSTRAINT",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}
# The others, uv separates by blanks.
SEPARATED_BY_COMMAS = ("UV_FIND_LINKS",)


@cache
def read_settings() -> dict[str, str]:
    """Read pip's settings from files and variables; variables take precedence, as in pip."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    settings: dict[str, str] = {}
    for line in filter(None, listed.splitlines()):
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        if section == "global" and option not in NOT_HANDED_ON:
            settings[option] = value.strip("'")
    for name, value in os.environ.items():
        option = name.removeprefix("PIP_").lower().replace("_", "-")
        if name.startswith("PIP_") and option not in NOT_HANDED_ON:
            settings[option] = value
    return settings


def uv_variables(settings: dict[str, str]) -> dict[str, str]:
    """Return pip's settings as variables of uv, which then chooses between several indexes as pip does."""
    variables = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_PYTHON_DOWNLOADS": "never"}
    for option, value in settings.items():
        name = UV_VARIABLES.get(option)
        if name:
            # pip separates by blanks in a variable, by lines in a file.
            variables[name] = (",".join if name in SEPARATED_BY_COMMAS else " ".join)(value.replace("\\n", " ").split())
    return variables


def read_uv_variables() -> dict[str, str]:
    """Return the user's pip settings as variables of uv. The user's own variables of uv take precedence."""
    return {name: value for name, value in uv_variables(read_settings()).items() if name not in os.environ}


def write_pip_settings(job: Job) -> None:
    """Write them to pip's place in the HOME of the step; an index address may contain a password, so only the user may read the file."""
    target = Path(job.env["HOME"], ".config/pip/pip.conf")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    lines = [f"{option} = {value}" for option, value in read_settings().items()]
    target.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")
