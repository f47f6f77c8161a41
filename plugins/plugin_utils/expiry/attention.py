# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Tell what the next onboarding run renews from what somebody must look at. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any, Literal

Attention = Literal["must_act", "renews_itself", "none"]


class _Everything:
    """Contains each description."""

    def __contains__(self, _description: object) -> bool:
        return True


def renewed_descriptions(client_id: str, apps: Mapping[str, Mapping[str, Any]] | None, *, managed: bool) -> Container[str]:
    """Return which secrets of a client the next run renews.

    Where no apps are known, a client that the store holds is taken to be declared somewhere.

    :param apps: the declared apps by client id; None where they are not known.
    """
    if apps is None:
        return _Everything() if managed else ()
    app = apps.get(client_id)
    if app is None:
        return ()
    if app.get("secrets") is None:
        return _Everything()
    return {secret.get("description") or "" for secret in app["secrets"] if secret.get("state", "present") != "absent"}


def attention_of_secret(secret: Mapping[str, Any], renewed: Container[str]) -> Attention:
    """Return who has to do something about a secret.

    :param secret: as secret_status shows it.
    """
    if secret["orphaned"]:
        return "must_act"
    if secret["older"]:
        return "none"
    if secret["status"] == "due":
        return "renews_itself" if secret["description"] in renewed else "must_act"
    return "must_act" if secret["status"] == "expired" else "none"


def attention_of_client(status: str, secrets: Iterable[Mapping[str, Any]], *, unmanaged: bool) -> Attention:
    """Return who has to do something about a client and its secrets."""
    found = {secret["attention"] for secret in secrets}
    if unmanaged or status == "no_secret" or "must_act" in found:
        return "must_act"
    return "renews_itself" if "renews_itself" in found else "none"
