# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The JSON Schema of an app file in YAML or JSON, for editors. It accepts everything that the file reader accepts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.lists import FLAGS
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.client_rules import KNOWN_GRANTS, LONGEST_ID, MOST_SECONDS
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant.secret import API, LONGEST, SHORTEST
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import APP_KINDS, SECRET_KINDS
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import CHOICES, MOST_LABELS

Schema = dict[str, Any]
# Editors support draft 7 best.
DRAFT = "http://json-schema.org/draft-07/schema#"
# An editor reads 0123 without quotes as a number, the file reader as text.
TEXT = ["string", "number"]
DURATION = (
    r"^\s*(\d+|\d+\s*[smhdw]|(\d+\.)?\d{1,2}:[0-5]\d:[0-5]\d(\.0+)?"
    r"|P(?=\d|T\d)(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.0+)?S)?)?)\s*$"
)
TIME = r"^$|^\s*\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d)?(\.\d{1,9})?)?\s*([Zz]|[+-]\d\d:?\d\d)?\s*$"


def schema_of_app_file(app_options: Mapping[str, str], secret_options: Mapping[str, str]) -> Schema:
    """Return the schema.

    :param app_options: the description of each option of an app.
    :param secret_options: the same for those of a secret.
    """
    apps: Schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/app"}}
    listed: Schema = {"type": "object", "required": ["apps"], "additionalProperties": False, "properties": {"apps": {"anyOf": [apps, app_reference()]}}}
    return {
        "$schema": DRAFT,
        "title": "Apps of a tenant of ABBYY Vantage",
        "description": "A file that app_onboarding_source names or that is in its folder: one app, a list of apps, or a list under the key apps.",
        # The type and the keys select one of the three, so that an editor reports the mistake in an app and not that it is not a list.
        "if": {"type": "array"},
        "then": apps,
        "else": {"if": {"required": ["apps"]}, "then": listed, "else": app_reference()},
        "definitions": {"app": app_schema(app_options), "secret": secret_schema(secret_options)},
    }


def app_reference() -> Schema:
    """Return a reference to the schema of an app."""
    return {"$ref": "#/definitions/app"}


def app_schema(described: Mapping[str, str]) -> Schema:
    """Return the schema of an app."""
    properties = {key: {"description": described[key], **value_schema(key, kind)} for key, kind in APP_KINDS.items()}
    properties["client_id"] = {"description": described["client_id"], "type": TEXT, "minLength": 1, "maxLength": LONGEST_ID}
    properties["allowed_grant_types"]["anyOf"][0]["items"] = {"anyOf": [{"enum": list(KNOWN_GRANTS)}, {"type": TEXT}]}
    return {"type": "object", "required": ["client_id"], "additionalProperties": False, "properties": properties}


def secret_schema(described: Mapping[str, str]) -> Schema:
    """Return the schema of a secret."""
    properties = {key: {"description": described[key], **value_schema(key, kind)} for key, kind in SECRET_KINDS.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def value_schema(key: str, kind: str) -> Schema:
    """Return the schema of a value; null removes a default."""
    if kind == "flag":
        return {"anyOf": [{"type": ["boolean", "null"]}, {"enum": [0, 1]}, {"type": "string", "pattern": words_pattern(FLAGS)}]}
    if kind == "verify":
        return {"anyOf": [{"type": ["boolean", "null"]}, {"enum": [0, 1]}, {"type": "string", "pattern": words_pattern([*FLAGS, API])}]}
    if kind in ("list", "names"):
        return {"anyOf": [{"type": "array", "items": {"type": TEXT}}, {"type": "string", "pattern": r"\S"}, {"type": ["number", "null"]}]}
    if kind == "secrets":
        secret = {"$ref": "#/definitions/secret"}
        return {"type": ["array", "null"], "items": {"if": {"type": "object"}, "then": secret, "else": {"type": TEXT}}}
    if kind == "seconds":
        return {"type": ["integer", "string", "null"], "pattern": DURATION, **seconds_range(key)}
    if kind == "time":
        return {"type": ["string", "null"], "pattern": TIME}
    if kind == "labels":
        return {"type": ["object", "null"], "maxProperties": MOST_LABELS, "additionalProperties": {"type": TEXT, "minLength": 1}}
    if kind in CHOICES:
        return {"enum": [*CHOICES[kind], None]}
    return {"type": [*TEXT, "null"]}


def seconds_range(key: str) -> Schema:
    """Return the bounds of a number of seconds."""
    if key in APP_KINDS:
        return {"minimum": 1, "maximum": MOST_SECONDS}
    if key == "lifetime":
        return {"minimum": int(SHORTEST.total_seconds()), "maximum": int(LONGEST.total_seconds())}
    return {"minimum": 0}


def words_pattern(words: Iterable[str]) -> str:
    """Return a case-insensitive pattern of words."""
    either = ("".join(f"[{letter}{letter.upper()}]" if letter.isalpha() else letter for letter in word) for word in words)
    return rf"^\s*({'|'.join(either)})\s*$"
