# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Probe a tenant by reading, and on request by writing to a scratch client that is removed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Optional

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError, RefusedError, VantageError
from ansible_collections.abbyy.vantage.plugins.module_utils.probe import description, reading, writing
from ansible_collections.abbyy.vantage.plugins.module_utils.probe.findings import Found, Question, Requests, finding_from
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.plan import Plan
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.reconciler import Planned
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.api import Api

PREFIX = "vantage-probe-"
# The findings from reading serve as the plan.
PlannedProbe = Planned[Optional[str], Plan, list[dict[str, Any]]]


class ProbeReconciler:
    """What one task of vantage_probe asks for.

    :param params: the module's parameters.
    :raises ConfigError: for the id of a scratch client that could be somebody's client.
    """

    actions: tuple[str, ...] = ("read", "written")
    noun = "probe"
    single = True
    concurrency = 1

    def __init__(self, params: dict[str, Any]) -> None:
        self.warnings: list[str] = []
        self._params = params
        self._description: dict[str, Any] = {}
        self._client_id: str | None = params["scratch_client_id"]
        if self._client_id is not None and (not self._client_id.startswith(PREFIX) or len(self._client_id) < len(PREFIX) + 8):
            raise ConfigError(f"scratch_client_id {self._client_id!r} does not begin with {PREFIX!r} and eight characters more; make one up that does.")
        if not 0 <= params["patience"] <= 3600:
            raise ConfigError(f"patience is {params['patience']}; give 0 to 3600 seconds.")

    def prepare(self, api: Api) -> list[PlannedProbe]:
        """Find out what can be found by reading."""
        api.check_tenant()
        if self._client_id is not None and api.find_client(self._client_id) is not None:
            raise RefusedError(f"There is a client {self._client_id!r} already, and it is not this run's to change; give another scratch_client_id.")
        requests = self._requests(api)
        findings = _findings(reading.QUESTIONS, reading.answers_by_reading(requests))
        found = description.described(requests)
        self._description = found.kept
        findings += _findings(description.QUESTIONS, found.answers.items())
        return [PlannedProbe(self._client_id, "probe", seen=findings)]

    def predict(self, planned: PlannedProbe) -> dict[str, Any]:
        """Return the findings from reading."""
        return _result("read", planned.seen or [])

    def carry_out(self, api: Api, planned: PlannedProbe) -> dict[str, Any]:
        """Find out what can be found by writing to a scratch client, and remove it, whatever happens."""
        if planned.item is None:
            return _result("read", planned.seen or [])
        answers = writing.answers_by_writing(self._requests(api), planned.item, patience=self._params["patience"], scope=self._params["auth_scope"])
        try:
            findings = _findings(writing.QUESTIONS, answers)
        except VantageError as exc:
            exc.changed = True
            raise
        finally:
            api.delete_client(planned.item, reason="probe")
        return _result("written", [*(planned.seen or []), *findings])

    def answer(self, result: dict[str, Any]) -> Mapping[str, object]:
        """Return the module's own return values."""
        return {**{key: result[key] for key in ("findings", "differing")}, "description": self._description}

    def _requests(self, api: Api) -> Requests:
        given = self._params["auth_refresh_token"] or ""
        return Requests(api, tenant_id=self._params["tenant_id"], api_version=self._params["api_version"], given_refresh_token=given)


def _findings(questions: Mapping[str, Question], answers: Iterable[tuple[str, Found]]) -> list[dict[str, Any]]:
    """Return an entry per question, in the order of the questions; unanswered ones are open."""
    found = dict(answers)
    untold = Found("not told", None)
    return [finding_from(key, question, found.get(key, untold)) for key, question in questions.items()]


def _result(action: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    differing = [finding["key"] for finding in findings if finding["verdict"] == "differs"]
    return {"action": action, "changed": action == "written", "findings": findings, "differing": differing}
