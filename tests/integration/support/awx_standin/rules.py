# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX 24.6.1 refuses beyond types and choices, as far as it concerns the objects that the collection makes."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jsonschema import Draft4Validator

WORD = "^[a-zA-Z_]+[a-zA-Z0-9_]*$"
INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": {"type": "string"}},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label"],
                "properties": {
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
                    "id": {"type": "string", "pattern": WORD},
                    "label": {"type": "string"},
                    "help_text": {"type": "string"},
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "default": {},
                },
            },
        },
    },
}
ASCII = {"type": "string", "pattern": "^[\\x00-\\x7F]*$"}
INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {"type": "object", "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": {"type": "string"}}, "additionalProperties": False},
        "env": {"type": "object", "patternProperties": {WORD: ASCII}, "additionalProperties": False},
        "extra_vars": {"type": "object"},
    },
}
QUESTIONS = {"text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": str, "integer": int, "float": float}


class RefusedError(Exception):
    """An answer of 400, by field."""

    def __init__(self, field: str, message: str | dict[str, list[str]]) -> None:
        super().__init__(str(message))
        self.body = {field: message if isinstance(message, dict) else [message]}


def check_credential_type(inputs: dict[str, Any], injectors: dict[str, Any]) -> None:
    """Refuse inputs and injectors that AWX would not save; a field without a type becomes a string, as there."""
    for error in Draft4Validator(INPUTS).iter_errors(inputs):
        raise RefusedError("inputs", error.message)
    fields = inputs.get("fields", [])
    ids = [field["id"] for field in fields]
    if len(set(ids)) != len(ids) or "tower" in ids:
        raise RefusedError("inputs", "field IDs must be unique, and none may be tower")
    for field in fields:
        field.setdefault("type", "string")
        if field["type"] == "boolean" and {"choices", "multiline", "format", "secret"} & set(field):
            raise RefusedError("inputs", f"not allowed for boolean type ({field['id']})")
    for error in Draft4Validator(INJECTORS).iter_errors(injectors):
        raise RefusedError("injectors", error.message)
    files = list(injectors.get("file", {}))
    if "template" in files and len(files) > 1:
        raise RefusedError("injectors", "Must use multi-file syntax when injecting multiple files")
    filename: Any = "EXAMPLE" if "template" in files else {name.split(".")[1]: "EXAMPLE" for name in files}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for kind in ("file", "env"):
        for name, template in injectors.get(kind, {}).items():
            if name.startswith("ANSIBLE_"):
                raise RefusedError("injectors", f"Environment variable {name} may affect Ansible configuration")
            try:
                sandbox.from_string(template).render({**dict.fromkeys(ids, "EXAMPLE"), "tower": {"filename": filename}})
            except UndefinedError as exc:
                raise RefusedError("injectors", f"{name} uses an undefined field ({exc})") from exc


def check_credential_inputs(schema: dict[str, Any], inputs: dict[str, Any], *, is_new: bool) -> None:
    """Refuse fields that the type does not have, and values of another kind; the message repeats the value, as there."""
    fields = {field["id"]: field for field in schema.get("fields", [])}
    for field, value in inputs.items():
        if field not in fields:
            raise RefusedError("inputs", f"Additional properties are not allowed ({field!r} was unexpected)")
        if value == "$encrypted$" and is_new:
            raise RefusedError("inputs", f"$encrypted$ is a reserved keyword, and cannot be used for {field}.")
        kind = fields[field].get("type", "string")
        choices = fields[field].get("choices")
        told = f"{value!r} is not of type {kind!r}" if not isinstance(value, {"string": str, "boolean": bool}[kind]) else ""
        told = told or (f"{value!r} is not one of {choices}" if choices and value not in choices else "")
        if told:
            raise RefusedError("inputs", {field: [told]})


def check_variables(field: str, value: str) -> None:
    """Refuse what is neither JSON nor YAML of a mapping."""
    try:
        loaded = yaml.safe_load(value) if value else {}
    except yaml.YAMLError as exc:
        raise RefusedError(field, "Cannot parse as JSON or YAML") from exc
    if not isinstance(loaded, dict):
        raise RefusedError(field, f"Input type {type(loaded).__name__} is not a dictionary")


def check_rrule(value: str) -> None:
    """Refuse rules that AWX does not take."""
    starts = re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", value)
    if len(starts) != 1 or re.match(r"DTSTART:[0-9]+T[0-9]+ ", value):
        raise RefusedError("rrule", "One DTSTART with a time zone is required")
    rules = re.findall(r"RRULE:(\S+)", value)
    if not rules or re.search(r"EXDATE|RDATE|SECONDLY|BYDAY=[0-9]", value):
        raise RefusedError("rrule", "A rule without EXDATE, RDATE, SECONDLY and numbered days is required")
    for rule in rules:
        parts = dict(part.split("=") for part in rule.split(";"))
        if "INTERVAL" not in parts or "FREQ" not in parts or {"COUNT", "UNTIL"} <= set(parts):
            raise RefusedError("rrule", "INTERVAL and FREQ are required, and COUNT excludes UNTIL")


def check_survey(survey: dict[str, Any]) -> None:
    """Refuse surveys that AWX does not take."""
    if not isinstance(survey.get("name"), str) or not isinstance(survey.get("description"), str) or not survey.get("spec"):
        raise RefusedError("error", "name, description and spec are required")
    variables = [question.get("variable") for question in survey["spec"]]
    if len(set(variables)) != len(variables):
        raise RefusedError("error", "variable duplicated")
    for question in survey["spec"]:
        words = all(isinstance(question.get(name), str) for name in ("type", "question_name", "variable"))
        if not words or not isinstance(question.get("required"), bool) or question["type"] not in QUESTIONS:
            raise RefusedError("error", f"type, question_name, variable or required is wrong: {json.dumps(question)}")
        if not isinstance(question.get("default", ""), QUESTIONS[question["type"]]):
            raise RefusedError("error", f"Default value of {question['variable']} has the wrong type")
        if any(question.get(name) is not None and question[name].__class__ is not int for name in ("min", "max")):
            raise RefusedError("error", f"The limits of {question['variable']} are to be integers")
        if question["type"].startswith("multi") and question.get("default", "") not in ["", *question.get("choices", [])]:
            raise RefusedError("error", "Default choice must be answered from the choices listed.")
