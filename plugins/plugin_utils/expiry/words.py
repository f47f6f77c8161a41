# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The words that the report's page says for each status and finding, and a tenant's texts as people may read them. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import shown

STATUS_WORDS = {
    "expired": "Expired",
    "no_secret": "No working secret",
    "due": "Due",
    "pending": "Not yet valid",
    "active": "In order",
    "never_expires": "Never expires",
    "none": "Needs no secret",
    "missing": "Missing",
}
FINDING_WORDS = {
    "unmanaged": "Unmanaged",
    "orphaned": "Orphaned",
    "missing": "Missing",
    "superseded": "Replaced",
    "redirect_without_path": "Redirect without a path",
    "plain_http": "Plain http",
    "password_grant": "Password grant",
    "no_pkce": "No PKCE",
}
# key in the report's summary -> title, what is counted, what it means; in the order of the page.
TILES = {
    "expired": ("Expired", "secrets", "no longer log in"),
    "no_secret": ("No working secret", "clients", "need one to log in"),
    "due": ("Due", "secrets", "inside the renew window"),
    "never_expires": ("Never expires", "secrets", "nothing makes anyone replace them"),
    "orphaned": ("Orphaned", "secrets", "in the tenant, not in the store"),
    "missing": ("Missing", "secrets", "in the store, not in the tenant"),
    "unmanaged": ("Unmanaged", "clients", "neither declared nor in the store"),
    "risky": ("Risky settings", "clients", "let more in than needed"),
    "active": ("In order", "secrets", "work and are not due"),
}
EXPLANATIONS = {
    "expired": "The newest generation of this secret has ceased to work. Whatever uses it cannot log in.",
    "no_secret": "The client has to send a secret and has none that works.",
    "due": "The secret expires within its renew window. The next onboarding run replaces it if the client is managed.",
    "pending": "The secret has been made, but its start lies ahead.",
    "never_expires": "The server names no expiry. If the value leaks, it is good for ever.",
    "superseded": "A newer generation has taken its place. It can be deleted once nothing uses it.",
    "orphaned": "The tenant has this secret, but the store holds neither it nor a newer one: nobody can use it, or somebody made it by hand.",
    "missing": "The store says that it holds this secret, but the tenant does not have it, so that its value is dead; or it was never delivered.",
    "unmanaged": "No app is declared under this client id, and the store holds nothing of it. Export it to adopt it, or delete it.",
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
