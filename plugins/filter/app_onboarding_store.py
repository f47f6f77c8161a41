# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the role's stores that only think."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.release import __version__ as core_version
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_answers as answers
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_changes as changes
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_needs as needs
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_reasons as reasons
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_records as records
from ansible_collections.abbyy.vantage.plugins.plugin_utils import _store_vault as vault

# As in the filter app_onboarding.
MARKED = tuple(int(part) for part in core_version.split(".")[:2]) < (2, 19)
STEPS: dict[str, Callable[..., Any]] = {
    "answer": changes.answer,
    "answer_in_doubt": changes.answer_in_doubt,
    "awx_arguments": records.awx_arguments,
    "awx_lookup_options": records.awx_lookup_options,
    "azure_arguments": records.azure_arguments,
    "declared_names": answers.declared_names,
    "found": answers.read_answer,
    "kubernetes_secrets": records.kubernetes_secrets,
    "kubernetes_selector": records.kubernetes_selector,
    "lacks": needs.lacks,
    "passwords": reasons.passwords,
    "planned_changes": changes.planned_changes,
    "reason": reasons.plain_reason,
    "said": reasons.reasons_said,
    "said_by_kubernetes": reasons.reasons_said_by_kubernetes,
    "stored_names": answers.stored_names,
    "vault_folders": vault.vault_folders,
    "vault_live_paths": vault.vault_live_paths,
    "vault_paths": vault.vault_paths,
}


def app_onboarding_store(subject: Any, step: str, **more: Any) -> Any:
    """Return what one step makes of its subject; words of stores in it are never taken for templates."""
    if step not in STEPS:
        raise AnsibleFilterError(f"app_onboarding_store knows no step {step!r}; it knows {', '.join(sorted(STEPS))}.")
    result = STEPS[step](subject, **more)
    return wrap_var(result) if MARKED else result


class FilterModule:
    """The filter of the role's stores."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return it by its name."""
        return {"app_onboarding_store": app_onboarding_store}
