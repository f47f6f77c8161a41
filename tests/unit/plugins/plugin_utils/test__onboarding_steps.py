# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's steps ask for, which modules they call, and when they stop a run."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils._onboarding_steps import Run, StepError, take_step
from ansible_collections.abbyy.vantage.plugins.plugin_utils._packed import packed, unpacked

NOW = "2026-03-01T00:00:00.000Z"
SECRET = {"client_id": "a", "description": "d", "state": "present"}
APP = {"client_id": "a", "state": "present", "client": {"client_id": "a"}, "secrets": [SECRET]}
HELD = {"a/d": {"client_id": "a", "description": "d", "id": "1", "tenant_id": "t"}}
DUE = {"client_id": "a", "description": "d", "action": "renewed", "reason": "due", "retired": []}
MADE = {"changed": True, "results": [{**DUE, "msg": "", "secret": {"id": "2", "description": "d"}}], "diff": [{"before_header": "a", "after_header": "a"}]}


class Estate:
    """One app with a secret that the store holds and that is due.

    :ivar calls: the modules that were called, each with its options and whether in check mode.
    """

    def __init__(self, answer: dict[str, Any] | None = None, **settings: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any], bool]] = []
        self._answer = answer or {}
        known = {"tenant_id": "t", "batch_size": 100, "keeps": True, "blind": False, "prune": False, "prune_protect": ["b*"], "prune_limit": 3}
        self.variables: dict[str, Any] = {
            "__app_onboarding_loaded": {"apps": packed([APP]), "settings": {**known, **settings}},
            "__app_onboarding_tenant": {"server_time": NOW},
            "__app_onboarding_tenant_clients": {"clients": packed({"results": [{"client_id": "a", "action": "unchanged"}]})},
            "__app_onboarding_store_answer": {"entries": HELD},
        }

    def take(self, step: str, *, number: int = 0, check: bool = False, diff: bool = False) -> dict[str, Any]:
        """Take one step."""

        def call(name: str, options: dict[str, Any], check_mode: bool) -> dict[str, Any]:
            self.calls.append((name, options, check_mode))
            return self._answer

        return take_step(step, Run(self.variables, number, check, diff, call))

    def plan(self, *, check: bool = False) -> dict[str, Any]:
        """Take the steps up to the plan."""
        self.variables.update(
            {
                "__app_onboarding_compared": self.take("compare", check=check),
                "__app_onboarding_checked": {"results": [{"secrets": packed({"results": [DUE]})}]},
                "__app_onboarding_reservation": {"needed": False},
            }
        )
        planned = self.take("plan", check=check)
        self.variables["__app_onboarding_plan"] = planned
        return planned


def test_clients_are_compared_in_check_mode_and_what_the_run_needs_of_them_is_kept() -> None:
    estate = Estate({"results": [{"client_id": "a", "action": "failed", "changed": False, "msg": "gone", "error": {}}]}, prune=True)
    assert unpacked(estate.take("clients")["clients"]) == {"results": [{"client_id": "a", "action": "failed", "msg": "gone"}]}
    assert estate.calls == [("vantage_client", {"clients": [{"client_id": "a"}], "prune": True, "prune_protect": ["b*"], "prune_limit": 3}, True)]


def test_a_run_stops_when_clients_cannot_be_compared() -> None:
    with pytest.raises(StepError, match=r"^Nothing was written\. 4 clients would go\.$"):
        Estate({"failed": True, "msg": "4 clients would go."}).take("clients")


def test_a_run_stops_at_the_store_of_another_tenant() -> None:
    with pytest.raises(StepError, match=r"^Nothing was written\. The store holds secrets of another tenant, 1 in all, such as a/d; give each tenant"):
        Estate(tenant_id="other").take("compare")


def test_secrets_are_compared_in_check_mode() -> None:
    estate = Estate({"results": [DUE]})
    estate.variables["__app_onboarding_compared"] = estate.take("compare")
    assert unpacked(estate.take("check")["secrets"]) == {"results": [DUE]}
    assert estate.calls == [("vantage_client_secret", {"secrets": [{**SECRET, "held_id": "1"}]}, True)]


@pytest.mark.parametrize(("blind", "check", "names"), [(False, False, ["a/d"]), (True, False, []), (False, True, [])])
def test_values_that_are_to_be_replaced_are_read_where_they_can_be_put_back(blind: bool, check: bool, names: list[str]) -> None:
    assert [unpacked(one) for one in Estate(blind=blind).plan(check=check)["replaced"]] == [names]


@pytest.mark.parametrize(
    ("check", "diff", "called", "shown"), [(False, False, True, False), (False, True, True, False), (True, False, False, False), (True, True, True, True)]
)
def test_in_check_mode_secrets_are_only_asked_for_to_show_the_difference(check: bool, diff: bool, called: bool, shown: bool) -> None:
    estate = Estate(MADE)
    estate.plan(check=check)
    answer = estate.take("make", check=check, diff=diff)
    assert [(name, [item["client_id"] for item in options["secrets"]], in_check) for name, options, in_check in estate.calls] == (
        [("vantage_client_secret", ["a"], check)] if called else []
    )
    assert (answer.get("changed", False), "diff" in answer) == (called, shown)


def test_values_are_forgotten_at_the_end_of_a_batch() -> None:
    estate = Estate(
        {**MADE, "results": [{**MADE["results"][0], "secret": {"id": "2", "description": "d", "value": "geheim", "start_time": NOW, "expiration": NOW}}]}
    )
    estate.plan()
    estate.variables["__app_onboarding_batch"] = estate.take("make")
    assert "geheim" in str(estate.variables["__app_onboarding_batch"])
    estate.variables["__app_onboarding_store_answer"] = {"msg": "It is full."}
    for step in ("retire", "prove", "end"):
        estate.variables["__app_onboarding_batch"] = estate.take(step)
    assert "geheim" not in str(estate.variables["__app_onboarding_batch"])
