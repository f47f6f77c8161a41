# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Report the problems of declared apps: for people, programs, test reports and GitHub. Pure."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict
from xml.etree import ElementTree

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import shown
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place, Problem, bounded

FORMATS = ("text", "github", "json", "junit")
# Characters that GitHub's commands encode. The percent sign comes first, since the codes contain it.
IN_TEXT = "%\r\n"
IN_PROPERTY = f"{IN_TEXT}:,"
# Limits the returned problems, since a job stores each result.
MOST_RETURNED = 1000


class Finding(TypedDict):
    """One mistake or warning, as shown in results and reports.

    :param severity: error or warning.
    :param file: relative to the folder where Ansible was started, if it is below that; empty for an option.
    :param option: the option and the app's number in it, for apps from an option.
    """

    severity: str
    message: str
    file: str
    line: int
    column: int
    option: str
    client_id: str


class CheckedTenant(TypedDict):
    """The findings for the apps of one tenant.

    :param name: of its host.
    :param apps: number of apps read.
    :param errors: number of mistakes; ``problems`` contains all of them unless there are too many.
    """

    name: str
    apps: int
    errors: int
    warnings: int
    problems: list[Finding]


def checked_tenant(name: str, apps: int, problems: Sequence[Problem], folder: str) -> CheckedTenant:
    """Return the findings.

    :param folder: where Ansible was started.
    """
    errors = sum(not problem.is_warning for problem in problems)
    findings = [finding_of(problem, folder) for problem in problems[:MOST_RETURNED]]
    return {"name": name, "apps": apps, "errors": errors, "warnings": len(problems) - errors, "problems": findings}


def finding_of(problem: Problem, folder: str) -> Finding:
    """Return a problem as results show it."""
    place = problem.place
    return {
        "severity": "warning" if problem.is_warning else "error",
        "message": shown(problem.text),
        "file": shown(near(place.file, folder)),
        "line": place.line,
        "column": place.column,
        "option": shown(place.option),
        "client_id": shown(problem.client_id),
    }


def near(file: str, folder: str) -> str:
    """Return a path relative to a folder above it; unchanged if it is elsewhere."""
    relative = os.path.relpath(file, folder) if file else ""
    return file if relative.startswith(os.pardir) else relative


def sentence_of(finding: Finding) -> str:
    """Return a finding with its place, on one line."""
    place = Place(finding["file"], finding["line"], finding["column"], finding["option"])
    return Problem(finding["message"], place, finding["client_id"]).sentence


def count_line(tenant: CheckedTenant) -> str:
    """Return "12 apps checked, 3 mistakes, 1 warning"."""
    counts = [number_of(count, word) for count, word in ((tenant["errors"], "mistake"), (tenant["warnings"], "warning")) if count]
    return f"{number_of(tenant['apps'], 'app')} checked, {', '.join(counts) or 'no mistakes'}"


def number_of(count: int, word: str) -> str:
    """Return "1 app" or "2 apps"."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def text_lines(tenant: CheckedTenant) -> list[str]:
    """Return the lines for people."""
    lines = [f"{'warning: ' if finding['severity'] == 'warning' else ''}{sentence_of(finding)}" for finding in tenant["problems"]]
    more = [""] * (tenant["errors"] + tenant["warnings"] - len(lines))
    return [f"{tenant['name']}: {count_line(tenant)}", *(f"  {line}" for line in bounded([*lines, *more]))]


def github_lines(tenant: CheckedTenant) -> list[str]:
    """Return commands that make GitHub annotate the lines of a pull request."""
    return [github_command(finding, tenant["name"]) for finding in tenant["problems"]]


def github_command(finding: Finding, tenant: str) -> str:
    """Return one command, escaped as GitHub's own toolkit does."""
    numbers = {"line": finding["line"], "col": finding["column"]} if finding["file"] else {}
    title = f"{tenant}: {finding['client_id']}" if finding["client_id"] else tenant
    properties = {"file": finding["file"], **numbers, "title": title}
    listed = ",".join(f"{name}={escaped(str(value), IN_PROPERTY)}" for name, value in properties.items() if value)
    text = finding["message"] if finding["file"] else sentence_of(finding)
    return f"::{finding['severity']} {listed}::{escaped(text, IN_TEXT)}"


def escaped(text: str, characters: str) -> str:
    """Return a text with some characters percent-encoded."""
    for character in characters:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def json_text(tenants: Iterable[Mapping[str, Any]]) -> str:
    """Return all findings for programs."""
    return json.dumps({"version": 1, "tenants": list(tenants)}, indent=2, ensure_ascii=False) + "\n"


def junit_text(tenants: Sequence[CheckedTenant]) -> str:
    """Return all findings as JUnit XML: a suite per tenant with a case per mistake or warning, or one passing case."""
    counts = {"tests": 0, "failures": 0}
    root = ElementTree.Element("testsuites", name="abbyy.vantage.validate")
    for tenant in tenants:
        suite = ElementTree.SubElement(root, "testsuite", name=tenant["name"])
        failures = sum(add_case(suite, finding) for finding in tenant["problems"])
        if not failures:
            ElementTree.SubElement(suite, "testcase", name=count_line(tenant), classname=tenant["name"], time="0")
        own = {"tests": len(suite), "failures": failures}
        suite.attrib.update({**{name: str(count) for name, count in own.items()}, "errors": "0", "skipped": "0", "time": "0"})
        counts = {name: count + own[name] for name, count in counts.items()}
    root.attrib.update({**{name: str(count) for name, count in counts.items()}, "errors": "0", "time": "0"})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def add_case(suite: ElementTree.Element, finding: Finding) -> bool:
    """Add a finding to a suite, and return whether it is a failure: a warning passes, with its text as output."""
    sentence = sentence_of(finding)
    place = {"file": finding["file"], "line": str(finding["line"] or "")}
    known = {name: value for name, value in place.items() if value}
    classname = finding["file"] or finding["option"] or suite.attrib["name"]
    case = ElementTree.SubElement(suite, "testcase", {"name": sentence, "classname": classname, "time": "0", **known})
    if finding["severity"] == "warning":
        ElementTree.SubElement(case, "system-out").text = f"warning: {sentence}"
        return False
    ElementTree.SubElement(case, "failure", type="error", message=finding["message"]).text = sentence
    return True


def readable(tenant: CheckedTenant) -> CheckedTenant:
    """Return the result with a display name; before ansible-core 2.19, templates turn counts into text."""
    return {
        "name": shown(tenant["name"]),
        "apps": int(tenant["apps"]),
        "errors": int(tenant["errors"]),
        "warnings": int(tenant["warnings"]),
        "problems": tenant["problems"],
    }


def report_of(tenants: Sequence[CheckedTenant], form: str) -> str:
    """Return the report of all tenants in one of the formats.

    :raises ValueError: for an unknown format.
    """
    if form not in FORMATS:
        raise ValueError(f"there is no format {form!r}; give one of {', '.join(FORMATS)}")
    named = [readable(tenant) for tenant in tenants]
    if form == "json":
        return json_text(named)
    if form == "junit":
        return junit_text(named)
    lines_of = text_lines if form == "text" else github_lines
    return "".join(f"{line}\n" for tenant in named for line in lines_of(tenant))
