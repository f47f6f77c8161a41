# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server for each kind of store, as a playbook uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Served:
    """A store that a play can use.

    :ivar options: of the option store.
    :ivar credentials: the names of those options that are secret.
    :ivar environment: variables for the run, such as those that a client library reads by itself.
    """

    options: Mapping[str, Any]
    credentials: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serve_file(folder: Path) -> Iterator[Served]:
    """An encrypted file with a password of its own."""
    yield Served({"type": "file", "path": str(folder / "own.yml"), "vault_password": "password-of-a-store-0123456789"}, ("vault_password",))


@contextmanager
def serve_hashi_vault(folder: Path) -> Iterator[Served]:
    """An OpenBao server."""
    from ansible_collections.abbyy.vantage.tests.integration.stores.openbao import running_openbao

    with running_openbao(folder) as server:
        yield Served(server.options(prefix="secrecy"), ("token",))


@contextmanager
def serve_none(_folder: Path) -> Iterator[Served]:
    """Nothing: the values go to the play."""
    yield Served({"type": "none"})


# A new store gets its line here, or its secrecy cannot be tested.
SERVERS: dict[str, Callable[[Path], AbstractContextManager[Served]]] = {"file": serve_file, "hashi_vault": serve_hashi_vault, "none": serve_none}
