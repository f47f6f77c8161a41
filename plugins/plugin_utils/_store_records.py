# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Turn what secret stores answer into entries, and entries into what secret stores take. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timezone
from typing import Any, NamedTuple

from ansible_collections.abbyy.vantage.plugins.module_utils.durations import moment_from_timestamp
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_names import kubernetes_label, parts_of_name
from ansible_collections.abbyy.vantage.plugins.plugin_utils._store_vault import is_live
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import SECRET_MEMBER

Entry = dict[str, Any]
MEMBERS = ("client_id", "description", "tenant_id", "id", SECRET_MEMBER, "start_time", "expiration", "orphaned_after", "reserved_at")
# The mark of a Secret that the role has made. Kubernetes lets nobody change the type, so that a Secret of somebody else is never replaced.
KUBERNETES_TYPE = "abbyy.com/vantage-client-secret"
KUBERNETES_LABEL = "abbyy.com/vantage-store"
AZURE_TAG = "vantage_"
# Azure keeps no empty value, so a reservation holds this one.
NO_VALUE = "reserved"
AWX_MARK = "Written by abbyy.vantage.app_onboarding: "


class Found(NamedTuple):
    """An object in a store.

    :param stored_name: its name there; empty when the store does not tell it.
    :param entry: None when the role did not write it, empty when it is deleted.
    :param version: what the store tells its states apart by; None when it does not.
    """

    stored_name: str
    entry: Entry | None
    version: Any = None


def entry_from(members: Any) -> Entry | None:
    """Return an entry from what a store holds; None when it is not one."""
    if not isinstance(members, dict) or not members.get("client_id") or "description" not in members:
        return None
    return {key: str(members[key]) for key in MEMBERS if members.get(key) is not None}


def found_in_hashi_vault(raw: dict[str, Any]) -> list[Found]:
    """Read ``paths``, the ``metadata`` of each from the lookup vault_read, and for the live ones in order the ``answers`` of vault_kv2_get."""
    answers = iter(raw["answers"])
    return [
        Found(path, entry_from(next(answers)["secret"]) if is_live(metadata) else {}, int(metadata["data"]["current_version"]))
        for path, metadata in zip(raw["paths"], raw["metadata"])
    ]


def found_in_aws_secretsmanager(texts: list[Any]) -> list[Found]:
    """Read what the lookup secretsmanager_secret answers: texts without names, so that what is not an entry cannot be told."""
    found = []
    for text in texts:
        with suppress(TypeError, ValueError):
            entry = entry_from(json.loads(text))
            if entry:
                found.append(Found("", entry))
    return found


def found_in_azure_keyvault(secrets: list[Any]) -> list[Found]:
    """Read what azure_rm_keyvaultsecret_info answers."""
    found = []
    for secret in secrets:
        members = {key[len(AZURE_TAG) :]: value for key, value in (secret.get("tags") or {}).items() if key.startswith(AZURE_TAG)}
        if members.get("id"):
            members[SECRET_MEMBER] = secret.get("secret")
        found.append(Found(secret["sid"].split("/secrets/")[1].split("/")[0], entry_from(members)))
    return found


def found_in_kubernetes(resources: list[Any]) -> list[Found]:
    """Read the Secrets that k8s_info answers."""
    found = []
    for resource in resources:
        members = {}
        if resource.get("type") == KUBERNETES_TYPE:
            with suppress(binascii.Error, UnicodeDecodeError):
                members = {key: base64.b64decode(value).decode() for key, value in (resource.get("data") or {}).items()}
        found.append(Found(resource["metadata"]["name"], entry_from(members), resource["metadata"].get("resourceVersion")))
    return found


def found_in_awx(credentials: list[Any]) -> list[Found]:
    """Read the credentials that AWX lists; it never shows the value."""
    found = []
    for credential in credentials:
        entry = None
        before, _mark, text = (credential.get("description") or "").partition(AWX_MARK)
        if not before:
            with suppress(ValueError):
                entry = entry_from(json.loads(text))
        found.append(Found(credential["name"], entry))
    return found


def found_in_custom(entries: dict[str, Any]) -> list[Found]:
    """Read what the user's own task file has found, by name."""
    found = []
    for name, entry in entries.items():
        client_id, description = parts_of_name(name)
        found.append(Found("", entry_from({"client_id": client_id, "description": description, **entry})))
    return found


FOUND: dict[str, Callable[[Any], list[Found]]] = {
    "hashi_vault": found_in_hashi_vault,
    "aws_secretsmanager": found_in_aws_secretsmanager,
    "azure_keyvault": found_in_azure_keyvault,
    "kubernetes": found_in_kubernetes,
    "awx": found_in_awx,
    "custom": found_in_custom,
}


def kubernetes_secrets(entries: dict[str, Entry], places: dict[str, str], versions: dict[str, str], namespace: str, prefix: str) -> list[dict[str, Any]]:
    """Return the definitions of entries' Secrets.

    :param places: the Secrets' names, by entry.
    :param versions: of those that are there; Kubernetes refuses to replace one that has another by now.
    """
    definitions = []
    for name, entry in entries.items():
        metadata: dict[str, Any] = {"name": places[name], "namespace": namespace, "labels": {KUBERNETES_LABEL: kubernetes_label(prefix)}}
        if name in versions:
            metadata["resourceVersion"] = versions[name]
        data = {key: base64.b64encode(value.encode()).decode() for key, value in entry.items()}
        definitions.append({"apiVersion": "v1", "kind": "Secret", "type": KUBERNETES_TYPE, "metadata": metadata, "data": data})
    return definitions


def kubernetes_selector(prefix: str) -> str:
    """Return what selects a tenant's Secrets."""
    return f"{KUBERNETES_LABEL}={kubernetes_label(prefix)}"


def azure_arguments(entry: Entry) -> dict[str, Any]:
    """Return what azure_rm_keyvaultsecret takes of an entry beside its name."""
    arguments = {
        "secret_value": entry.get(SECRET_MEMBER, NO_VALUE),
        "tags": {f"{AZURE_TAG}{key}": value for key, value in entry.items() if key != SECRET_MEMBER},
    }
    for option, member in (("secret_valid_from", "start_time"), ("secret_expiry", "expiration")):
        if entry.get(member):
            arguments[option] = moment_from_timestamp(entry[member]).astimezone(timezone.utc).isoformat()
    return arguments


def awx_lookup_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the connection of the modules of awx.awx in the words of its lookup."""
    words = {"controller_oauthtoken": "oauth_token", "validate_certs": "verify_ssl"}
    return {words.get(key, re.sub("^controller_", "", key)): value for key, value in options.items()}


def awx_arguments(entry: Entry, inputs: dict[str, str], fixed: dict[str, Any]) -> dict[str, Any]:
    """Return what awx.awx.credential takes of an entry beside its name.

    :param inputs: by field of the credential type, the member of the entry that goes there.
    :param fixed: by field, what goes there always.
    """
    record = {key: value for key, value in entry.items() if key != SECRET_MEMBER}
    values = {field: entry[member] for field, member in inputs.items() if entry.get(member)}
    return {"description": f"{AWX_MARK}{json.dumps(record, ensure_ascii=False)}", "inputs": {**fixed, **values}}
