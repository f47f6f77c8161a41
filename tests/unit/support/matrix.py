# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a tenant may do, one switch of the emulator each, and the table of it in docs/api-contract.md."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[3] / "docs/api-contract.md"
BEGIN = "<!-- The table between these two lines is written by tests/unit/support/matrix.py. -->"
END = "<!-- End of the table. -->"
NOTHING = "nothing"
WORKS = "works"


@dataclass(frozen=True)
class Variant:
    """One thing that a tenant may do.

    :ivar switch: of the emulator, with its value.
    :ivar does: what the tenant does, for the table.
    :ivar basis: the source of this knowledge.
    :ivar sets: which option to set, for the table.
    :ivar options: of the connection that the life needs then.
    :ivar outcome: the outcome of the life, for the table.
    """

    switch: str
    value: Any
    does: str
    basis: str = "inferred"
    sets: str = NOTHING
    options: dict[str, Any] = field(default_factory=dict)
    outcome: str = WORKS

    @property
    def name(self) -> str:
        """What a test calls it."""
        return self.switch if isinstance(self.value, (dict, list)) else f"{self.switch}={self.value}"


NO_SECRET = "no secret is kept: one without its value is deleted again"
DOCUMENTED = "documented"
IN_CODE = "seen"
VARIANTS = (
    Variant("list_shape", "array", "lists are bare arrays"),
    Variant("list_total", False, "a list has no total", IN_CODE),
    Variant("list_summary", True, "a listed client shows its id and name only", sets="`concurrency`, in large tenants"),
    Variant("page_limit", 10, "a page holds less than was asked for"),
    Variant("ignore_paging", True, "`offset` and `limit` are ignored, everything is listed"),
    Variant("ignore_offset", True, "`offset` is ignored, the first page is listed"),
    Variant("ignore_case", True, "client ids are not case-sensitive"),
    Variant("put_answer", "empty", "PUT returns 204"),
    Variant("put_ignores", ["requireConsent"], "PUT silently keeps a member", sets="leave its option out; a change of it fails"),
    Variant("post_status", 200, "POST returns 200"),
    Variant("post_ids", False, "the response to a POST has no `clientId` and no `id`"),
    Variant("lifetime_format", "string", "lifetimes are numbers in text"),
    Variant("lifetime_format", "timespan", "lifetimes are time spans, as `validWithin` of an invitation is"),
    Variant("lifetime_format", "iso8601", "lifetimes are ISO 8601 durations"),
    Variant("lifetime_numbers", False, "lifetimes are not taken as numbers"),
    Variant("forced_grants", ["authorization_code"], "every client has the grant type `authorization_code`", DOCUMENTED),
    Variant("text_lists", ["allowedScopes"], "`allowedScopes` is one text", DOCUMENTED),
    Variant("reorder_lists", True, "lists come back in another order"),
    Variant("null_lists", True, "an empty list is null"),
    Variant("cors_bool", True, "`allowedCorsOrigins` is true or false", DOCUMENTED, sets="leave `allowed_cors_origins` out"),
    Variant("unknown_members", {}, "a client has the documented members only", DOCUMENTED),
    Variant("unknown_members", {"owner": {"team": ["a"]}, "enabled": True}, "a client has members that no document names"),
    Variant("roles_member", "applicationRoles", "a member of a client holds its roles", sets="`roles_member`", options={"roles_member": "applicationRoles"}),
    Variant("roles_needed", False, "a client without a role may use the API"),
    Variant("initial_secret", True, "a new client has a first secret, as on the vendor's web page"),
    Variant("omit_secret_value", True, "the response to a new secret has no value", outcome=NO_SECRET),
    Variant("secret_spread", 7, "a new secret takes seconds until it works"),
    Variant("secret_limit", 3, "a client has three secrets at most"),
    Variant("secret_ids", "int", "the id of a secret is a number"),
    Variant("trim_descriptions", True, "blanks around a description are cut off"),
    Variant("description_limit", 40, "a description has 40 characters at most"),
    Variant("api_versions", ["v1"], "only `v1` responds", DOCUMENTED, sets="`api_version`", options={"api_version": "v1"}),
    Variant("date_header", False, "there is no `Date` header"),
    Variant("date_ahead", 3600, "the tenant's clock is an hour ahead", sets="`clock_tolerance`, for more than a day"),
    Variant("discovery", False, "there is no discovery document", sets="leave `auth_discovery` at false"),
    Variant("issuer", "https://elsewhere.example.com", "the discovery document names another issuer", sets="leave `auth_discovery` at false"),
    Variant("external_identity_provider", ["contoso"], "people cannot log in by the password grant", DOCUMENTED, sets="`auth_grant`: any other"),
    Variant("offline_access_at", "exchange", "`offline_access` counts in the exchange of a code only"),
    Variant("refresh_tokens", "reuse", "a refresh token works again and again"),
)
# Switches that a life does not depend on.
LEFT_OUT = {
    "latency": "it only takes time",
    "description": "only the probe asks for it",
    "refused_scopes": "nothing of it depends on how the run logs in, for which auth_scope is there",
}


def pairs() -> Iterator[tuple[Variant, Variant]]:
    """Yield all pairs of variants of two switches."""
    return ((one, other) for one, other in itertools.combinations(VARIANTS, 2) if one.switch != other.switch)


def table() -> str:
    """Return the expected table of the page."""
    number = sum(1 for _pair in pairs())
    lines = [
        f"The life of a client and its secrets (create, again, change, again, rotate, delete) is tested against {len(VARIANTS)} behaviours of a tenant,",
        f"each by itself and in all {number:,} pairs.",
        "",
        "| What a tenant may do | Known from | Create, change, rotate, delete | What to set |",
        "| --- | --- | --- | --- |",
        *(f"| {variant.does} | {variant.basis} | {variant.outcome} | {variant.sets} |" for variant in VARIANTS),
    ]
    return "\n".join([BEGIN, "", *lines, "", END])


def page_with_table() -> str:
    """Return the page with the expected table; raise ValueError if the page has no place for it."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page[: page.index(BEGIN)], page[page.index(END) + len(END) :]
    return f"{before}{table()}{rest}"


if __name__ == "__main__":
    PAGE.write_text(page_with_table(), encoding="utf-8")
