# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""An app: a client with its secrets, as declared, checked and with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import SecretItem
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared


@dataclass(frozen=True)
class App:
    """One declared app.

    :param state: present or absent; an absent app has no secrets.
    :param client: the given options of the client by name, with ``client_id``.
    :param declared: the declaration with its place.
    :param labels: free texts such as its owner.
    :param secret_labels: those of each secret by its description, including the app's.
    """

    client_id: str
    state: str
    client: Mapping[str, Any]
    secrets: tuple[SecretItem, ...]
    declared: Declared
    labels: Mapping[str, str] = field(default_factory=dict)
    secret_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def labels_of(self, description: str) -> Mapping[str, str]:
        """Return the labels of a secret."""
        return self.secret_labels.get(description, self.labels)
