# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Say under which name each secret store keeps an entry. Pure.

An entry's own name is ``client_id/description``, see ``name_of_entry``. No store takes all characters, and two entries must never share a name.
"""

from __future__ import annotations

import hashlib
import re

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_plan import name_of_entry

DIGEST_LENGTH = 10
LONGEST_LABEL = 63
# What Azure, Kubernetes and AWX take at most.
LONGEST = {"azure_keyvault": 127, "kubernetes": 253, "awx": 512}


def stored_name(store: str, prefix: str, client_id: str, description: str) -> str:
    """Return the name of an entry in a store.

    :param prefix: what sets the tenant's entries apart from all others in the store.
    """
    if store in ("azure_keyvault", "kubernetes"):
        return hyphened_name(prefix, client_id, description, LONGEST[store])
    if store == "awx":
        name = f"{prefix}/{name_of_entry(client_id, description)}"
        # The modules of awx.awx take two plus signs for a part of an address.
        return f"{short_name(name.replace('++', '+'), LONGEST[store] - DIGEST_LENGTH - 1)}-{digest(name)}" if "++" in name else short_name(name, LONGEST[store])
    return f"{prefix}/{segment(client_id)}/{segment(description)}"


def parts_of_name(name: str) -> tuple[str, str]:
    """Return the client_id and the description that an entry's name stands for; the reverse of ``name_of_entry``."""
    client, _slash, description = name.partition("/")
    return client.replace("%2F", "/").replace("%25", "%"), description


def kubernetes_label(prefix: str) -> str:
    """Return the value of the label by which a tenant's Secrets are found."""
    label = slug(prefix)
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - DIGEST_LENGTH - 1].rstrip('-')}-{digest(prefix)}"


def segment(text: str) -> str:
    """Return a text as one part of a path, with ``=`` and two hexadecimal digits for each byte that a path may take otherwise."""
    if not text:
        return "="
    if not text.strip("."):
        return "=2E" * len(text)
    return "".join(chr(byte) if re.match(rb"[A-Za-z0-9._-]", bytes([byte])) else f"={byte:02X}" for byte in text.encode())


def hyphened_name(prefix: str, client_id: str, description: str, longest: int) -> str:
    """Return a name of lower-case letters, digits and hyphens; one that would not tell the entry from all others ends in a digest."""
    parts = [slug(prefix), slug(client_id), slug(description)]
    name = "--".join(parts)
    if parts[1:] == [client_id, description] and all(part and "--" not in part for part in parts[1:]) and len(name) <= longest:
        return name
    return f"{name[: longest - DIGEST_LENGTH - 1].rstrip('-')}-{digest(f'{prefix}/{name_of_entry(client_id, description)}')}"


def short_name(name: str, longest: int) -> str:
    """Return the name, or its beginning with a digest when it is too long."""
    return name if len(name) <= longest else f"{name[: longest - DIGEST_LENGTH - 1]}-{digest(name)}"


def slug(text: str) -> str:
    """Return a text in lower-case letters, digits and single hyphens inside."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def digest(text: str) -> str:
    """Return a few digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
