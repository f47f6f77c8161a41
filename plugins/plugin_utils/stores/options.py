# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Read the options of a store by its spec. Pure."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Union

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Spec

Value = Union[str, int, bool, tuple[str, ...], Mapping[str, str]]
TRUE, FALSE = ("1", "on", "t", "true", "y", "yes"), ("0", "f", "false", "n", "no", "off")

# More digits than any sensible number.
LONGEST_NUMBER = 18

# Options that every store has.
COMMON = ("type", "prefix")


class Options:
    """The settings of a store from its options, the environment or defaults."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values

    def with_paths_from(self, folder: str, names: Iterable[str]) -> Options:
        """Return the options with absolute paths."""
        paths = {name: os.path.join(folder, os.path.expanduser(self.text(name))) for name in names if self.text(name)}
        return Options({**self._values, **paths})

    def text(self, name: str) -> str:
        """Return a text; empty when it is not set."""
        return str(self._values.get(name, ""))

    def number(self, name: str) -> int:
        """Return a number, which has a default."""
        value = self._values[name]
        return value if isinstance(value, int) else int(str(value))

    def words(self, name: str) -> tuple[str, ...]:
        """Return a program and its arguments; none when it is not set."""
        value = self._values.get(name, ())
        return value if isinstance(value, tuple) else (str(value),)

    def flag(self, name: str) -> bool:
        """Return a switch, which has a default."""
        return bool(self._values[name])

    def mapping(self, name: str) -> dict[str, str]:
        """Return a mapping; empty when it is not set."""
        value = self._values.get(name)
        return dict(value) if isinstance(value, Mapping) else {}


def read_options(kind: str, spec: Spec, given: Mapping[str, Any], environ: Mapping[str, str]) -> Options:
    """Return the settings; an empty option counts as not given.

    :param spec: like Ansible's argument spec, with three more members: ``env`` names the environment variables used instead of
        an option that is not given, ``env_off`` one that says the opposite, and ``lowest`` is the lowest number.
    :raises ConfigError: for options that are unknown, missing or of another kind, in one sentence.
    """
    unknown = sorted(str(name) for name, value in given.items() if name not in spec and is_given(value))
    if unknown:
        raise ConfigError(unknown_message(kind, unknown[0], [*COMMON, *spec]))
    values: dict[str, Value] = {}
    for name, rules in spec.items():
        value = given.get(name)
        if not is_given(value):
            value = value_from_environment(rules, environ)
        if not is_given(value):
            value = rules.get("default")
        if is_given(value):
            values[name] = converted(kind, name, rules, value)
        elif rules.get("required"):
            raise ConfigError(f"The store {kind} needs its option {name!r}, which is not set{environment_hint(rules)}.")
    return Options(values)


def is_given(value: Any) -> bool:
    """Return whether an option has a value; AWX turns fields that were left out into empty texts."""
    return value is not None and value != ""


def value_from_environment(rules: Mapping[str, Any], environ: Mapping[str, str]) -> Any:
    """Return the value of the first variable that is set; None for none."""
    for name in rules.get("env", ()):
        if environ.get(name):
            return environ[name]
    opposite = environ.get(rules.get("env_off", ""), "")
    return None if not opposite else opposite.lower() not in TRUE


def converted(kind: str, name: str, rules: Mapping[str, Any], value: Any) -> Value:
    """Convert a value, which templates and the environment give as text, to the type of the spec."""
    wanted = rules.get("type", "str")
    shown = "a secret text" if rules.get("no_log") else repr(value)
    if wanted == "bool":
        text = str(value).lower()
        if text in TRUE or text in FALSE:
            return text in TRUE
        raise ConfigError(f"The option {name!r} of the store {kind} is {shown}; write true or false.")
    if wanted == "int":
        number = whole_number(value)
        choices, lowest = rules.get("choices"), rules.get("lowest", 0)
        if number is None or number < lowest or (choices and number not in choices):
            way_out = f"choose one of {', '.join(str(choice) for choice in choices)}" if choices else f"write a whole number from {lowest}"
            raise ConfigError(f"The option {name!r} of the store {kind} is {shown}; {way_out}.")
        return number
    if wanted == "dict":
        if isinstance(value, Mapping) and all(isinstance(member, (str, int, float)) for pair in value.items() for member in pair):
            return {text_of(key): text_of(member) for key, member in value.items()}
        raise ConfigError(f"The option {name!r} of the store {kind} is no mapping of texts; write it as {{team: claims}}.")
    if wanted == "raw":
        return words_of_command(kind, name, value)
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        raise ConfigError(f"The option {name!r} of the store {kind} is not text; put it into quotes.")
    choices = rules.get("choices")
    if choices and value not in choices:
        raise ConfigError(f"The option {name!r} of the store {kind} is {shown}; choose one of {', '.join(choices)}.")
    return text_of(value)


def text_of(value: str | float) -> str:
    """Return a plain str instead of Ansible's own subclass."""
    return str.__str__(value) if isinstance(value, str) else str(value)


def words_of_command(kind: str, name: str, value: Any) -> tuple[str, ...]:
    """Return a program and its arguments from a list, or from a text split like in a shell.

    :raises ConfigError: for anything else, without showing it.
    """
    begun = f"The option {name!r} of the store {kind}"
    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as exc:
        raise ConfigError(f"{begun} cannot be split into words ({exc}); write it as a list of a program and its arguments.") from None
    if not isinstance(words, list) or any(isinstance(word, bool) or not isinstance(word, (str, int, float)) for word in words):
        raise ConfigError(f"{begun} is neither a text nor a list of texts; write a program and its arguments, such as [pass-store, --verbose].")
    if not words or not str(words[0]).strip() or any("\0" in str(word) for word in words):
        raise ConfigError(f"{begun} names no program; write one and its arguments, such as [pass-store, --verbose].")
    return tuple(str.__str__(word) if isinstance(word, str) else str(word) for word in words)


def whole_number(value: Any) -> int | None:
    """Return a number from 0; None for anything else."""
    text = str(value).strip()
    # Python itself refuses numbers with thousands of digits.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def unknown_message(kind: str, name: str, known: list[str]) -> str:
    """Return the message about an unknown option, without its value, which may be a secret."""
    near = get_close_matches(name, known, 1)
    others = f"its options are {', '.join(sorted(known))}." if known else "it takes no options."
    way_out = f"did you mean {near[0]!r}?" if near else others
    return f"The store {kind} has no option {name!r}; {way_out}"


def environment_hint(rules: Mapping[str, Any]) -> str:
    """Return the environment variables of an option for a message; empty for none."""
    names = rules.get("env", ())
    return f", and neither is {' or '.join(names)} in the environment" if names else ""
