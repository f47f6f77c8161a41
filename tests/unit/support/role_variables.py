# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible does with variables and templates, as far as the role app_onboarding needs it: lazily, and without making text of things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ansible.plugins.filter.core import FilterModule as CoreFilters
from jinja2 import Environment, StrictUndefined
from jinja2.runtime import Context

from ansible_collections.abbyy.vantage.plugins.filter.app_onboarding_store import FilterModule

OMIT = object()
NAME = re.compile(r"[a-z_]\w*(\.[a-z_]\w*)*")
CORE_FILTERS = ("bool", "from_json", "path_join", "ternary", "to_json")


class Lazy:
    """A value with templates in it that are filled whenever somebody asks for it, as Ansible does it."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw


class LazyContext(Context):
    """Fills what is lazy."""

    def resolve_or_missing(self, key: str) -> Any:
        value = super().resolve_or_missing(key)
        return filled(value.raw, self.parent) if isinstance(value, Lazy) else value


def no_lookup(*_arguments: Any, default: Any = "", **_options: Any) -> Any:
    """Answer as a lookup that finds nothing: no such variable, in the environment or at all."""
    return default


def new_environment() -> Environment:
    """Return where the role's templates are read."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    environment.context_class = LazyContext
    environment.filters.update({name: function for name, function in CoreFilters().filters().items() if name in CORE_FILTERS})
    environment.filters.update({f"abbyy.vantage.{name}": function for name, function in FilterModule().filters().items()})
    environment.globals.update(omit=OMIT, lookup=no_lookup)
    return environment


ENVIRONMENT = new_environment()


@cache
def compiled(expression: str) -> Any:
    """Return what evaluates an expression."""
    return ENVIRONMENT.compile_expression(expression, undefined_to_none=False)


@cache
def compiled_text(text: str) -> Any:
    """Return what fills a text."""
    return ENVIRONMENT.from_string(text)


def evaluated(expression: Any, variables: Mapping[str, Any]) -> Any:
    """Return what an expression, as that of a `when`, comes to."""
    return compiled(expression)(variables) if isinstance(expression, str) else expression


def looked_up(path: str, variables: Mapping[str, Any]) -> Any:
    """Return what a name with dots stands for; most templates are no more."""
    first, *rest = path.split(".")
    value = variables[first]
    found = filled(value.raw, variables) if isinstance(value, Lazy) else value
    for name in rest:
        found = found[name]
    return found


def filled(raw: Any, variables: Mapping[str, Any]) -> Any:
    """Return a value with all templates in it filled; a template that is one expression keeps its type."""
    if isinstance(raw, dict):
        found = {key: filled(value, variables) for key, value in raw.items()}
        return {key: value for key, value in found.items() if value is not OMIT}
    if isinstance(raw, list):
        return [filled(value, variables) for value in raw]
    if not isinstance(raw, str) or "{{" not in raw:
        return raw
    text = raw.strip()
    if text.startswith("{{") and text.endswith("}}") and "{{" not in text[2:]:
        expression = text[2:-2].strip()
        if NAME.fullmatch(expression):
            return looked_up(expression, variables)
        value = compiled(expression)(variables)
        return list(value) if hasattr(value, "__next__") else value
    return compiled_text(raw).render(variables)
