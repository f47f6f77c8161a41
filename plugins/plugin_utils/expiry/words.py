# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The words that the report's page says for each status and finding, and a tenant's texts as people may read them. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import shown

# The most urgent first; the page groups and sorts by this order. A client stands in the first group that fits it.
MUST_ACT = ("expired", "no_secret", "missing", "due", "orphaned", "unmanaged")
STANDINGS = (*MUST_ACT, "renews_itself", "pending", "active", "never_expires", "none")
WORDS = {
    "must_act": "Somebody must act",
    "expired": "Expired",
    "no_secret": "No working secret",
    "missing": "Missing",
    "due": "Due",
    "orphaned": "Orphaned",
    "unmanaged": "Unmanaged",
    "renews_itself": "Renews itself",
    "pending": "Not yet valid",
    "active": "In order",
    "never_expires": "Never expires",
    "none": "Needs no secret",
    "older": "Older one",
    "redirect_without_path": "Redirect without a path",
    "plain_http": "Plain http",
    "password_grant": "Password grant",
    "no_pkce": "No PKCE",
}


class Tile(NamedTuple):
    """A number at the top of the page.

    :param unit: what is counted.
    :param hint: what it means.
    """

    title: str
    unit: str
    hint: str


# Two rows of tiles, by the key that they filter by; in the order of the page.
TILES = {
    "Somebody must act": {
        "must_act": Tile("All of these", "clients", "each counted once"),
        "expired": Tile("Expired", "secrets", "no longer log in"),
        "no_secret": Tile("No working secret", "clients", "need one to log in"),
        "due": Tile("Due", "secrets", "no declared app renews them"),
        "missing": Tile("Missing", "secrets", "in the store, not in the tenant"),
        "orphaned": Tile("Orphaned", "secrets", "in the tenant, not in the store"),
        "unmanaged": Tile("Unmanaged", "clients", "neither declared nor in the store"),
    },
    "Nothing urgent": {
        "renews_itself": Tile("Renews itself", "secrets", "due; the next run renews them"),
        "active": Tile("In order", "secrets", "work and are not due"),
        "never_expires": Tile("Never expires", "secrets", "nothing makes anyone renew them"),
        "risky": Tile("Risky settings", "clients", "let in more than needed"),
    },
}
EXPLANATIONS = {
    "expired": "The secret no longer works. Whatever uses it cannot log in. Run the onboarding now, and find out why it has not run.",
    "no_secret": "The client has to send a secret and has none that works.",
    "due": "The secret expires within its renew window, and no declared app renews it. Declare it, or renew it by hand.",
    "renews_itself": "The secret is due. It is managed, so the next onboarding run renews it.",
    "pending": "The secret exists, but it starts to work later.",
    "never_expires": "The server gives no expiration. A value that leaks works forever.",
    "older": "A newer generation of this secret exists. A run deletes the older one after its overlap.",
    "orphaned": "The tenant has this secret, but the store holds neither it nor a newer one. Its value is lost, or somebody made it by hand.",
    "missing": "The store has an entry for this secret, but the tenant does not have the secret. It was deleted by hand, or never delivered.",
    "unmanaged": "No app declares this client id, and the store holds nothing of it. Export the client to adopt it, or delete it.",
    "redirect_without_path": "Prefixes match: https://app.example.com also lets in https://app.example.com.evil.test/. End the address with a slash or a path.",
    "plain_http": "Codes and sessions cross the network in clear. Use https; only loopback addresses are fine without.",
    "password_grant": "The app sees people's passwords, and a second factor cannot be asked for. Use the authorization code flow.",
    "no_pkce": "An intercepted authorization code can be exchanged by whoever holds it. Require PKCE.",
}


def shown_texts(value: Any) -> Any:
    """Return a report, or a part of it, with each of its texts as a person may read it: ids and names of clients may hold anything."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        return {key: shown_texts(entry) for key, entry in value.items()}
    return [shown_texts(entry) for entry in value] if isinstance(value, (list, tuple)) else value
