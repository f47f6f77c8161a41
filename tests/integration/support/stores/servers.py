# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server for each kind of store, as a playbook uses it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import class_of
from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

NAMES = Path(__file__).parent / "names"


@dataclass(frozen=True)
class Offer:
    """A store that a play can use.

    :ivar options: of the option store.
    :ivar environment: variables for the run, such as those that a client library reads by itself.
    :ivar refuses: whether the server takes no other credentials.
    """

    options: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    refuses: bool = True

    @property
    def kind(self) -> str:
        """The type of the store."""
        return str(self.options["type"])

    @property
    def credentials(self) -> dict[str, Any]:
        """Those of the options that nobody may see."""
        spec = class_of(self.kind).SPEC
        return {name: value for name, value in self.options.items() if spec.get(name, {}).get("no_log")}


@contextmanager
def serve_file(folder: Path) -> Iterator[Offer]:
    """An encrypted file with a password of its own."""
    yield Offer({"type": "file", "path": str(folder / "own.yml"), "vault_password": "password-of-a-store-0123456789"})


@contextmanager
def serve_hashi_vault(folder: Path) -> Iterator[Offer]:
    """An OpenBao server."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import running_openbao

    with running_openbao(folder) as server:
        yield Offer(server.options(prefix="secrecy"))


@contextmanager
def serve_aws_secrets_manager(_folder: Path) -> Iterator[Offer]:
    """Moto, which plays AWS and takes any credentials."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.aws import Aws

    with Aws() as server:
        yield Offer(server.options(prefix="secrecy"), refuses=False)


@contextmanager
def serve_azure_key_vault(folder: Path) -> Iterator[Offer]:
    """A stand-in of Azure Key Vault, whose name is on no name server."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.azure import Azure

    with Azure(folder) as server:
        yield Offer(server.options(prefix="secrecy"), {"PYTHONPATH": str(NAMES), "REQUESTS_CA_BUNDLE": str(server.ca_path)})


@contextmanager
def serve_google_secret_manager(folder: Path) -> Iterator[Offer]:
    """A stand-in of Google Secret Manager."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.google import Google

    with Google(folder) as server:
        yield Offer(server.options(prefix="secrecy"))


@contextmanager
def serve_command(folder: Path) -> Iterator[Offer]:
    """The example of a program that keeps its entries in a JSON file."""
    example = ROOT / "docs/examples/store_commands/json_file.py"
    yield Offer({"type": "command", "command": [sys.executable, str(example), str(folder / "entries.json")]})


@contextmanager
def serve_kubernetes(_folder: Path) -> Iterator[Offer]:
    """A stand-in of a Kubernetes API server."""
    from ansible_collections.abbyy.vantage.tests.integration.support.stores.kubernetes_api import running_kubernetes

    with running_kubernetes() as api:
        yield Offer(api.options())


@contextmanager
def serve_awx(_folder: Path) -> Iterator[Offer]:
    """The stand-in of AWX's API."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.server import TOKEN, serve_standin

    secret = {"id": "client_secret", "label": "Client secret", "type": "string", "secret": True}
    fields = [{"id": "client_id", "label": "Client id", "type": "string"}, secret]
    with serve_standin([]) as standin:
        standin.objects.seed("organizations", name="Default")
        standin.objects.seed("credential_types", name="Vantage app", kind="cloud", inputs={"fields": fields})
        login = {"controller_host": standin.url, "controller_oauthtoken": TOKEN}
        yield Offer({"type": "awx", **login, "organization": "Default", "credential_type": "Vantage app"})


@contextmanager
def serve_none(_folder: Path) -> Iterator[Offer]:
    """Nothing: the values go to the play."""
    yield Offer({"type": "none"})


# A new store gets its line here, or its secrecy cannot be tested.
SERVERS: dict[str, Callable[[Path], AbstractContextManager[Offer]]] = {
    "file": serve_file,
    "hashi_vault": serve_hashi_vault,
    "aws_secrets_manager": serve_aws_secrets_manager,
    "azure_key_vault": serve_azure_key_vault,
    "google_secret_manager": serve_google_secret_manager,
    "kubernetes": serve_kubernetes,
    "awx": serve_awx,
    "command": serve_command,
    "none": serve_none,
}
