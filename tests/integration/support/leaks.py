# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Search files for secrets, byte by byte and in all encodings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator

# ansible-runner's own note of how it was started, with the whole environment; AWX does not keep it.
NOT_KEPT = "command"
# Shorter ones would be found by chance.
SHORTEST = 12


def known_secrets(emulator: Emulator, *more: str) -> set[str]:
    """Return everything that must not be seen: all secret values, passwords and issued tokens."""
    found = {*more, *emulator.world.access_tokens, *emulator.world.refresh_tokens}
    for tenant in emulator.state()["tenants"].values():
        found |= {secret["value"] for client in tenant["clients"].values() for secret in client["secrets"]}
    assert all(len(secret) >= SHORTEST for secret in found), "a secret is too short to be looked for"
    return found


def writings_of(secret: str) -> set[bytes]:
    """Return the forms of a secret in a file."""
    plain = secret.encode()
    # Within other base64 there are three ways, by where in a group of three bytes it begins; the outermost characters hold bits of what is beside it.
    encoded = {base64.b64encode(b"\0" * ahead + plain)[-(-ahead * 8 // 6) : (ahead + len(plain)) * 8 // 6] for ahead in range(3)}
    return {plain, json.dumps(secret)[1:-1].encode(), quote(secret, safe="").encode(), plain.hex().encode(), *encoded}


def find_leaks(folder: Path, secrets: Iterable[str]) -> dict[str, set[str]]:
    """Return the secrets that stand in files below the folder, by file; the caller has to check that the files exist."""
    forms = [(secret, writings_of(secret)) for secret in sorted(secrets)]
    leaks: dict[str, set[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.relative_to(folder) != Path(NOT_KEPT)):
        content = path.read_bytes()
        found = {secret for secret, written in forms if any(form in content for form in written)}
        if found:
            leaks[str(path.relative_to(folder))] = found
    return leaks


def kept_in(folder: Path) -> dict[str, str | None]:
    """Return the environment with which all that a run writes down, beside what it is to write, lies below a folder."""
    (folder / "tmp").mkdir()
    return {
        "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1",
        "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "home/tmp"),
        "ANSIBLE_REMOTE_TMP": str(folder / "remote"),
        "TMPDIR": str(folder / "tmp"),
    }
