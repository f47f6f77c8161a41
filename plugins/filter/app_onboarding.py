# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the role app_onboarding that only think."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.release import __version__ as core_version
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_batch as batch
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_plan as plan
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _onboarding_report as report

# Since 2.19, ansible-core takes nothing for a template that was not written in a playbook; before, a filter's result has to be marked.
MARKED = tuple(int(part) for part in core_version.split(".")[:2]) < (2, 19)
STEPS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "batches": plan.batches,
    "clients_to_prune": plan.clients_to_prune,
    "entries_to_prune": plan.entries_to_prune,
    "entries_to_reserve": plan.entries_to_reserve,
    "foreign_entries": plan.foreign_entries,
    "line": report.line,
    "report": report.report,
    "secrets_to_check": plan.secrets_to_check,
}
BATCH_STEPS: dict[str, Callable[[batch.BatchFacts], Any]] = {
    "batch_rows": report.rows_of_batch,
    "clients_to_write": batch.clients_to_write,
    "entries_to_keep": batch.entries_to_keep,
    "entries_to_settle": batch.entries_to_settle,
    "names_to_read": batch.names_to_read,
    "names_to_replace": batch.names_to_replace,
    "needs_retiring": batch.needs_retiring,
    "needs_settling": batch.needs_settling,
    "was_dead": batch.was_dead,
    "secrets_to_make": batch.secrets_to_make,
    "secrets_to_retire": batch.secrets_to_retire,
    "secrets_to_take_back": batch.secrets_to_take_back,
}


def app_onboarding(facts: dict[str, Any], step: str) -> Any:
    """Return what one step makes of the facts; servers' words in it are never taken for templates."""
    if step in BATCH_STEPS:
        result = BATCH_STEPS[step](batch.BatchFacts(facts))
    elif step in STEPS:
        result = STEPS[step](facts)
    else:
        raise AnsibleFilterError(f"app_onboarding knows no step {step!r}; it knows {', '.join(sorted([*STEPS, *BATCH_STEPS]))}.")
    return wrap_var(result) if MARKED else result


class FilterModule:
    """The filter of the role."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return it by its name."""
        return {"app_onboarding": app_onboarding}
