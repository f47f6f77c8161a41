# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of AWX, not AWX: which objects it knows, with the fields of AWX 24.6.1 that the modules of awx.awx send or read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REQUIRED = object()


@dataclass(frozen=True)
class Field:
    """A field that can be written.

    :param kind: str, bool, int, dict, or ref.
    :param target: of a ref, the collection that it points into.
    :param fixed: whether it keeps the value that it was created with, whatever is sent later.
    """

    kind: str
    default: Any = ""
    choices: tuple[str, ...] = ()
    target: str = ""
    fixed: bool = False


@dataclass(frozen=True)
class Resource:
    """A collection of objects.

    :param unique: no two objects share all of these.
    :param read_only: what AWX takes without a word and does not write, with what it shows.
    :param relations: lists of other objects below each object, with the collection that they come from.
    """

    type: str
    fields: dict[str, Field]
    unique: tuple[str, ...] = ("name",)
    read_only: dict[str, Any] = field(default_factory=dict)
    relations: tuple[tuple[str, str], ...] = ()
    writable: bool = True


def text(default: Any = "", *choices: str) -> Field:
    """A string; null is taken as the empty one."""
    return Field("str", default, choices)


def switch(default: bool = False) -> Field:
    """A boolean; null is taken as false."""
    return Field("bool", default)


def number(default: int | None = 0) -> Field:
    """A whole number."""
    return Field("int", default)


def ref(target: str, default: Any = None, fixed: bool = False) -> Field:
    """The id of another object, or null."""
    return Field("ref", default, target=target, fixed=fixed)


# What AWX shows in the place of a secret.
HIDDEN = "$encrypted$"
LONGEST_NAME = 512
NAMED = {"name": text(REQUIRED), "description": text()}
PROMPTS = ("scm_branch", "diff_mode", "variables", "limit", "tags", "skip_tags", "job_type", "verbosity", "inventory", "credential")
PROMPTS += ("execution_environment", "forks", "instance_groups", "job_slice_count", "labels", "timeout")
SCM = ("scm_clean", "scm_track_submodules", "scm_delete_on_update", "scm_update_on_launch", "allow_override")
NOTIFICATIONS = tuple((f"notification_templates_{moment}", "notification_templates") for moment in ("started", "success", "error"))

RESOURCES = {
    "organizations": Resource("organization", NAMED, writable=False),
    "labels": Resource("label", NAMED, writable=False),
    "notification_templates": Resource("notification_template", NAMED, writable=False),
    "credentials": Resource(
        "credential",
        {**NAMED, "organization": ref("organizations"), "credential_type": ref("credential_types", REQUIRED), "inputs": Field("dict", {})},
        unique=("organization", "name", "credential_type"),
        read_only={"modified": ""},
    ),
    "credential_types": Resource(
        "credential_type",
        {**NAMED, "kind": Field("str", REQUIRED, ("cloud", "net")), "inputs": Field("dict", {}), "injectors": Field("dict", {})},
        unique=("name", "kind"),
        read_only={"managed": False, "namespace": None},
    ),
    "execution_environments": Resource(
        "execution_environment",
        {
            **NAMED,
            "organization": ref("organizations"),
            "image": text(REQUIRED),
            "credential": ref("credentials"),
            "pull": text("", "", "always", "missing", "never"),
        },
        read_only={"managed": False},
    ),
    "projects": Resource(
        "project",
        {
            **NAMED,
            "organization": ref("organizations"),
            "scm_type": text("", "", "git", "svn", "insights", "archive"),
            **{name: text() for name in ("local_path", "scm_url", "scm_branch", "scm_refspec")},
            **{name: switch() for name in SCM},
            "scm_update_cache_timeout": number(),
            "timeout": number(),
            "credential": ref("credentials"),
            "default_environment": ref("execution_environments"),
            "signature_validation_credential": ref("credentials"),
        },
        unique=("name", "organization"),
        read_only={"status": "never updated", "scm_revision": ""},
        relations=NOTIFICATIONS,
    ),
    "inventories": Resource(
        "inventory",
        {
            **NAMED,
            "organization": ref("organizations", REQUIRED),
            "kind": text("", "", "smart", "constructed"),
            "host_filter": Field("str", None),
            "variables": text(),
            "prevent_instance_group_fallback": switch(),
        },
        unique=("name", "organization"),
    ),
    "inventory_sources": Resource(
        "inventory_source",
        {
            **NAMED,
            "inventory": ref("inventories", REQUIRED, fixed=True),
            "source": text(REQUIRED, "scm", "file"),
            "source_project": ref("projects"),
            **{name: text() for name in ("source_path", "source_vars", "enabled_var", "enabled_value", "host_filter", "limit", "scm_branch")},
            **{name: switch() for name in ("overwrite", "overwrite_vars", "update_on_launch")},
            "credential": ref("credentials"),
            "execution_environment": ref("execution_environments"),
            "timeout": number(),
            "verbosity": number(1),
            "update_cache_timeout": number(),
        },
        unique=("name", "inventory"),
        read_only={"custom_virtualenv": None},
        relations=NOTIFICATIONS,
    ),
    "hosts": Resource(
        "host",
        {**NAMED, "inventory": ref("inventories", REQUIRED, fixed=True), "enabled": switch(True), "instance_id": text(), "variables": text()},
        unique=("name", "inventory"),
    ),
    "groups": Resource(
        "group",
        {**NAMED, "inventory": ref("inventories", REQUIRED, fixed=True), "variables": text()},
        unique=("name", "inventory"),
        relations=(("hosts", "hosts"), ("children", "groups")),
    ),
    "job_templates": Resource(
        "job_template",
        {
            **NAMED,
            "job_type": text("run", "run", "check"),
            "inventory": ref("inventories"),
            "project": ref("projects", REQUIRED),
            **{name: text() for name in ("playbook", "scm_branch", "limit", "extra_vars", "job_tags", "skip_tags", "start_at_task", "host_config_key")},
            **{name: number() for name in ("forks", "verbosity", "timeout")},
            "job_slice_count": number(1),
            **{f"ask_{name}_on_launch": switch() for name in PROMPTS},
            **{name: switch() for name in ("force_handlers", "use_fact_cache", "survey_enabled", "become_enabled", "diff_mode", "allow_simultaneous")},
            "prevent_instance_group_fallback": switch(),
            "execution_environment": ref("execution_environments"),
            "webhook_service": text("", "", "github", "gitlab"),
            "webhook_credential": ref("credentials"),
        },
        unique=("name", "organization"),
        # The organization is the project's.
        read_only={"organization": None, "custom_virtualenv": None},
        relations=(("credentials", "credentials"), ("labels", "labels"), *NOTIFICATIONS),
    ),
    "schedules": Resource(
        "schedule",
        {
            **NAMED,
            "unified_job_template": ref("unified_job_templates", REQUIRED),
            "enabled": switch(True),
            "rrule": text(REQUIRED),
            "extra_data": Field("dict", {}),
            "inventory": ref("inventories"),
            "execution_environment": ref("execution_environments"),
            **{name: Field("str", None) for name in ("scm_branch", "job_type", "job_tags", "skip_tags", "limit")},
            **{name: number(None) for name in ("verbosity", "forks", "job_slice_count", "timeout")},
            "diff_mode": Field("bool", None),
        },
        unique=("name", "unified_job_template"),
        relations=(("credentials", "credentials"), ("labels", "labels")),
    ),
}
# Job templates and projects under one roof, with ids that they do not share.
UNIFIED = ("job_templates", "projects")
