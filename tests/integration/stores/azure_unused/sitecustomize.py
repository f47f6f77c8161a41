# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the modules of azure.azcollection start without the packages that they import and the vault's modules never use.

The collection imports the clients of all services of Azure before it looks at the module's task; together they take gigabytes. What logs in
and what talks to the vault is real: azure-identity, azure-core, azure-keyvault-secrets. The vault's host name is on no name server.
"""

from __future__ import annotations

import socket
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = ("azure.mgmt.", "azure.storage", "msgraph", "msgraph_core", "kiota_authentication_azure")
DOMAIN = ".vault.test"


class Unused(ModuleType):
    """A module that has every name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class Finder(MetaPathFinder, Loader):
    """Asked last, so that what is installed goes first."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return an empty package for what is not installed and not used."""
        return ModuleSpec(name, self, is_package=True) if name.startswith(UNUSED) else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the empty package."""
        return Unused(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""


def resolve(host: Any, *arguments: Any, **keywords: Any) -> Any:
    """Find the stand-in's vault on the loopback address."""
    return found_by_system("127.0.0.1" if isinstance(host, str) and host.endswith(DOMAIN) else host, *arguments, **keywords)


found_by_system = socket.getaddrinfo
socket.getaddrinfo = resolve
sys.meta_path.append(Finder())
