# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Write the name of an entry in the form that a store accepts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import parts_of_name

# With something other than dots, which a path would read as folders.
PLAIN = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")
PREFIX = re.compile(r"^(?!\.+(/|$))[A-Za-z0-9._-]+(/(?!\.+(/|$))[A-Za-z0-9._-]+)*$")
LABEL = re.compile(r"[a-z0-9]")


def check_prefix(prefix: str) -> None:
    """Raise ConfigError for a prefix that is not a path."""
    if not PREFIX.match(prefix):
        raise ConfigError(
            f"The prefix of the store is {prefix!r}; give it parts of letters, digits, '.', '_' and '-' with slashes between them, such as vantage/contoso."
        )


def problems_of_texts(names: Iterable[str]) -> list[str]:
    """Return a sentence for each name with a lone surrogate, which no store can write; the tenant may have such clients."""
    wrong = [name for name in names if name.encode("utf-8", "replace") != name.encode("utf-8", "surrogatepass")]
    return [f"The name {name!a} holds half of a character (a lone surrogate), which no store can keep; rename the client or the secret." for name in wrong]


def segment(text: str) -> str:
    """Return a text as one part of a path, with ``=`` and two hexadecimal digits for each byte with a special meaning in a path."""
    if PLAIN.fullmatch(text):
        return text
    if not text:
        return "="
    if not text.strip("."):
        return "=2E" * len(text)
    return "".join(chr(byte) if re.match(rb"[A-Za-z0-9._-]", bytes([byte])) else f"={byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def dns_label(text: str) -> str:
    """Return a text as one part of a DNS name, with ``--`` and two hexadecimal digits for each byte that is not allowed; the result is unique."""
    if not text:
        return "x--0"
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    found = ""
    for number, character in enumerate(raw):
        # A hyphen before an escape would be read as a part of it.
        is_hyphen = character == "-" and number and LABEL.fullmatch(raw[number + 1 : number + 2])
        found += character if is_hyphen or LABEL.fullmatch(character) else f"--{ord(character):02x}"
    return found if LABEL.match(found) else f"x--{found}"


def flat_name(prefix: str, name: str, rules: FlatRules) -> str:
    """Return the name of an entry as one text for a store without folders; two entries never share one.

    A name that would be too long is the prefix and the SHA-256 of the entry's name.
    """
    start = [rules.written(part) for part in prefix.split("/")]
    whole = rules.separator.join([*start, *(rules.written(part) for part in parts_of_name(name))])
    return whole if len(whole) <= rules.longest else rules.separator.join([*start, sha256(name.encode("utf-8", "surrogatepass")).hexdigest()])


def names_below(prefix: str, names: Iterable[str], rules: FlatRules) -> list[str]:
    """Return the names in a store that belong to a prefix."""
    start = re.escape("".join(rules.written(part) + rules.separator for part in prefix.split("/")))
    own = re.compile(f"{start}(?:{rules.part}{rules.separator}{rules.part}|[0-9a-f]{{64}})")
    return [name for name in names if own.fullmatch(name)]


@dataclass(frozen=True)
class FlatRules:
    """How a store without folders writes names.

    :param plain: a regular expression for a character that is not escaped.
    :param escape: the prefix of the two hexadecimal digits of each other byte.
    :param separator: the separator of the texts; it cannot occur otherwise.
    :param longest: the most characters of a name.
    """

    plain: str
    escape: str
    separator: str
    longest: int

    @property
    def part(self) -> str:
        """A regular expression for a text as it is written."""
        return f"(?:{self.plain}|{self.escape}[0-9a-f]{{2}})*"

    def written(self, text: str) -> str:
        """Return a text as it is written."""

        def one(match: re.Match[str]) -> str:
            return match.group() if match.group(1) else "".join(f"{self.escape}{byte:02x}" for byte in match.group().encode("utf-8", "surrogatepass"))

        return re.sub(f"({self.plain})|.", one, text, flags=re.DOTALL)
