# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No text uses phrases that read as translated."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from functools import lru_cache
from typing import NamedTuple

import pytest

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, list_project_files

# What users read, the playbooks that they run, and the code with its messages and comments.
COVERED = (
    "*.md",
    "changelogs/fragments/*.yml",
    "docs/*.yml",
    "docs/*.py",
    "extensions/*.py",
    "extensions/*.yml",
    "playbooks/*.yml",
    "plugins/*.py",
    "plugins/filter/*.yml",
    "roles/*.md",
    "roles/*.yml",
)
# Written by antsibull-changelog from the fragments of past releases.
NOT_COVERED = ("CHANGELOG.md",)


class Phrase(NamedTuple):
    """A phrase that nobody says, what to say instead, and a text that has it."""

    pattern: str
    instead: str
    example: str


PHRASES = (
    Phrase(r"\bof which\b", "two sentences", "two secrets, one of which expires"),
    Phrase(r"\bthat which\b", "the noun", "It deletes that which has expired."),
    Phrase(r"\b(is|are) to (be|have|stay)\b", "has to, must, or the plain verb", "the secret is to be deleted"),
    Phrase(r"\bin order that\b", "so that", "in order that it works"),
    Phrase(r"\b(lay|lays|laid|lie|lies) (over|under|below|above)\b", "merge into, take precedence over", "the defaults lie under every app"),
    Phrase(r"\b(go|goes|went) (before|by)\b(?! step)", "take precedence over, use, follow", "an option goes before its variable"),
    Phrase(r"\b(hand|hands|handed) (it |them |its \w+ |the \w+ )?on\b", "pass on, export, share", "Then hand its token on."),
    Phrase(r"\b(let|lets) (it|them|him|her|the \w+|one) go\b", "delete, remove, release", "Then let it go again."),
    Phrase(r"\b(says?|tells?) (how far|how it stands|which it is)\b", "report, show", "Say how far the run is."),
    Phrase(r"\b(is|are|be) of (no|any) (use|matter|concern)\b", "does not work, does not matter", "A stolen code is of no use."),
    Phrase(r"\bno more than so many\b", "name the limit", "deletes no more than so many"),
    Phrase(r"\bmend(s|ed|ing)?\b", "fix, repair", "Mend it and run again."),
    Phrase(r"\bgood any more\b", "is no longer valid", "The token is not good any more."),
    Phrase(r"\b(is|are) good (only )?(once|for)\b", "works once, works for", "A code is good for one minute."),
    Phrase(r"\bat last\b", "finally, or leave it out", "At last the secret is deleted."),
    Phrase(r"\bin the place of\b", "instead of", "CAs to trust in the place of the usual ones"),
    Phrase(r"\b(is|its \w+ is|are) (then )?in the answer\b", "is returned as", "Its successor is in the answer."),
    Phrase(r"\b(take|takes|taken|took) \w+ (own )?(secrets? )?back\b", "roll back", "A run takes its secret back."),
    Phrase(r"\b(keep|keeps|kept) book\b", "track", "The run keeps book."),
    Phrase(r"\bfor true\b", "assume", "what the collection takes for true"),
    Phrase(r"\bwrit(e|es|ten) (it |them |\w+ \w+ )?anew\b", "rewrite, update", "The entry is written anew."),
    Phrase(r"\bwho(ever)? (has|have) the\b", "the owner of, anybody with", "who has the password can read it"),
    Phrase(r"\bnobody (holds|can hold|has got)\b", "the value is lost", "nobody holds the value"),
    Phrase(r"\b(go|goes|going|went) on (working|being)\b", "keep working, remain valid", "the older one goes on working"),
    Phrase(r"\b(be|is|are|was|were) (there already|asked for its)\b", "already exists", "a file that is there already"),
    Phrase(r"\bthe most (requests|clients|seconds)\b", "maximum number of", "the most requests at once"),
    Phrase(r"\b(upper and lower case count|without regard to upper)", "is case-sensitive", "Upper and lower case count."),
    Phrase(r"\bwithout asking (the|a|its) (tenant|store|server)\b", "without contacting the tenant", "checks apps without asking the tenant"),
    Phrase(r"\b(is|are|was) (in|no) trouble\b", "has a problem", "while one of its secrets is in trouble"),
    Phrase(r"\bends? well\b", "succeeds", "Ansible skips the play and ends well."),
    Phrase(r"\bof (yours|his|hers|theirs)\b", "your own, their own", "a program of yours"),
    Phrase(r"\bbut for (those|what|the ones?)\b", "except", "all clients but for those that match"),
    Phrase(r"\bin the (very )?moment (before|of|when)\b", "just before, when", "in the moment before it is delivered"),
    Phrase(r"\bthis very\b|\bthat very\b|\bthe very (same|value|machine)\b", "this, the same", "no proxy for this very machine"),
    Phrase(r"\b(leave|leaves|left) (it|them|its \w+|the \w+) alone\b", "does not touch, ignores", "onboarding leaves its secrets alone"),
    Phrase(r"\bbe it\b", "name the cases", "a text, be it a list or one a line"),
    Phrase(r"\bone a line\b|\btexts between commas\b", "separated by commas or line breaks", "patterns, one a line"),
    Phrase(r"\bfind out how\b.*\banswers\b", "find out how … behaves", "Find out how a tenant answers"),
)


@lru_cache(maxsize=1)
def list_texts() -> tuple[tuple[str, str], ...]:
    """List the covered files with their text."""
    names = [path.relative_to(ROOT).as_posix() for path in list_project_files()]
    covered = [name for name in names if any(fnmatch(name, pattern) for pattern in COVERED) and name not in NOT_COVERED]
    return tuple((name, without_quotes(name, (ROOT / name).read_text(encoding="utf-8"))) for name in covered)


def without_quotes(name: str, text: str) -> str:
    """Return the text without the messages that Troubleshooting quotes, since the code decides on their words."""
    return re.sub(r"`[^`\n]*`", "``", text) if name == "docs/guides/troubleshooting.md" else text


def as_pattern(phrase: Phrase) -> re.Pattern[str]:
    """Return the phrase as it is looked for: in any case, also across the end of a line of text or of a comment."""
    return re.compile(phrase.pattern.replace(" ", r"(?: |\s*\n[ \t]*(?:# ?)?)"), re.IGNORECASE)


def test_files_are_covered() -> None:
    names = {name for name, _text in list_texts()}
    assert {"README.md", "docs/guides/stores.md", "plugins/modules/vantage_app.py", "playbooks/tasks/renew_login.yml"} <= names


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.example)
def test_phrase_is_found(phrase: Phrase) -> None:
    assert as_pattern(phrase).search(phrase.example)


def test_phrase_is_found_across_lines() -> None:
    assert as_pattern(PHRASES[0]).search("    # two secrets, one of\n    # which expires")


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.example)
def test_phrase_is_not_used(phrase: Phrase) -> None:
    found = []
    for name, text in list_texts():
        found += [f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}" for match in as_pattern(phrase).finditer(text)]
    assert not found, f"Say {phrase.instead!r} instead:\n" + "\n".join(found)
