# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give each run an empty store to deliver to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.integration.stores.openbao import ROOT_TOKEN, running_openbao


@dataclass
class Delivery:
    """A store.

    :param option: `app_onboarding_store` of the role.
    :param env: the environment that connects a script to it.
    """

    option: dict[str, Any]
    env: dict[str, str] = field(default_factory=dict)


@contextmanager
def empty_store(kind: str, folder: Path) -> Iterator[Delivery]:
    """Keep a store for as long as the `with` block lasts.

    :param kind: file or openbao.
    """
    if kind == "openbao":
        with running_openbao(folder) as server:
            yield Delivery(server.options(), {"VAULT_ADDR": server.url, "VAULT_TOKEN": ROOT_TOKEN})
    else:
        path = folder / "secrets.yml"
        path.unlink(missing_ok=True)
        yield Delivery({"type": "file", "path": str(path), "vault_password": "benchmark"})
