# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the apps of tenants, as people, programs, test reports and GitHub read it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from junitparser import Error, Failure, JUnitXml

from ansible_collections.abbyy.vantage.plugins.filter.validation_report import validation_report
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place, Problem, in_order
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.risks import risks_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared, read_source
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.validation import CheckedTenant, checked_tenant, report_of

ODD = "100%: a, b\n::error::x <b>&\"'</b> \x1b[31m \ud800 @team | `x`"
PROBLEMS = [
    Problem("unknown key 'x'", Place("/project/apps/a.yml", 3), "a"),
    Problem("this is not valid YAML", Place("/project/apps/b.yml", 2, 7)),
    Problem("it is risky", Place("/project/apps/c.yml", 9), "c", is_warning=True),
    Problem("elsewhere", Place("/other/d.yml", 1), "d"),
    Problem("no client_id", Place(option="app_onboarding_apps, app 3")),
    Problem("There is no apps/e."),
]
CONTOSO = checked_tenant("contoso", 7, PROBLEMS, "/project")
FABRIKAM = checked_tenant("fabrikam", 1, [], "/project")


def odd_tenant() -> CheckedTenant:
    """Return a tenant all of whose texts are somebody else's."""
    return checked_tenant(ODD, 1, [Problem(ODD, Place(f"/project/{ODD}", 1), ODD)], "/project")


def test_the_text_report_has_a_line_for_each_problem() -> None:
    assert report_of([CONTOSO, FABRIKAM], "text").splitlines() == [
        "contoso: 7 apps checked, 5 mistakes, 1 warning",
        "  apps/a.yml:3, a: unknown key 'x'",
        "  apps/b.yml:2:7: this is not valid YAML",
        "  warning: apps/c.yml:9, c: it is risky",
        "  /other/d.yml:1, d: elsewhere",
        "  app_onboarding_apps, app 3: no client_id",
        "  There is no apps/e.",
        "fabrikam: 1 app checked, no mistakes",
    ]


def test_annotations_are_what_github_reads() -> None:
    assert report_of([CONTOSO, FABRIKAM], "github").splitlines() == [
        "::error file=apps/a.yml,line=3,title=contoso%3A a::unknown key 'x'",
        "::error file=apps/b.yml,line=2,col=7,title=contoso::this is not valid YAML",
        "::warning file=apps/c.yml,line=9,title=contoso%3A c::it is risky",
        "::error file=/other/d.yml,line=1,title=contoso%3A d::elsewhere",
        "::error title=contoso::app_onboarding_apps, app 3: no client_id",
        "::error title=contoso::There is no apps/e.",
    ]


def test_no_text_gets_out_of_its_annotation() -> None:
    (line,) = report_of([odd_tenant()], "github").splitlines()
    command = re.fullmatch(r"::error (?P<properties>[^:\r\n]*)::(?P<text>[^\r\n]*)", line)

    assert command
    assert [part.partition("=")[0] for part in command["properties"].split(",")] == ["file", "line", "title"]
    assert command["text"].startswith("100%25: a, b\\n::error::x")
    assert line.isprintable()


def test_the_json_report_holds_the_tenants() -> None:
    report = json.loads(report_of([CONTOSO, FABRIKAM], "json"))
    assert report == {"version": 1, "tenants": [CONTOSO, FABRIKAM]}


def test_a_problem_has_its_parts() -> None:
    assert CONTOSO["problems"][1] == {
        "severity": "error",
        "message": "this is not valid YAML",
        "file": "apps/b.yml",
        "line": 2,
        "column": 7,
        "option": "",
        "client_id": "",
    }


class TestJUnit:
    @pytest.fixture
    def report(self) -> JUnitXml:
        """The report as the readers of such files take it."""
        return JUnitXml.fromstring(report_of([CONTOSO, FABRIKAM], "junit").encode())

    def test_has_a_suite_for_each_tenant(self, report: JUnitXml) -> None:
        contoso, fabrikam = list(report)

        assert (report.tests, report.failures, report.errors) == (7, 5, 0)
        assert (contoso.name, contoso.tests, contoso.failures, contoso.errors, contoso.skipped) == ("contoso", 6, 5, 0, 0)
        assert fabrikam.tests == 1

    def test_has_a_failure_for_each_mistake(self, report: JUnitXml) -> None:
        first, *_others = next(iter(report))
        assert (first.name, first.classname) == ("apps/a.yml:3, a: unknown key 'x'", "apps/a.yml")
        assert [(type(result), result.message, result.text) for result in first.result] == [(Failure, "unknown key 'x'", "apps/a.yml:3, a: unknown key 'x'")]

    def test_passes_with_a_warning(self, report: JUnitXml) -> None:
        _first, _second, third, *_others = next(iter(report))
        assert (third.is_passed, third.system_out) == (True, "warning: apps/c.yml:9, c: it is risky")

    def test_passes_without_a_mistake(self, report: JUnitXml) -> None:
        _contoso, (only,) = report
        assert (only.name, only.is_passed) == ("1 app checked, no mistakes", True)

    def test_has_no_error(self, report: JUnitXml) -> None:
        assert [result for suite in report for case in suite for result in case.result if isinstance(result, Error)] == []


def test_junit_counts_are_right() -> None:
    report = JUnitXml.fromstring(report_of([CONTOSO, FABRIKAM, odd_tenant()], "junit").encode())
    said = [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in report]

    for suite in report:
        suite.update_statistics()

    assert said == [(suite.tests, suite.failures, suite.errors, suite.skipped) for suite in report]


@pytest.mark.parametrize("form", ["text", "github", "json", "junit"])
def test_odd_texts_are_escaped_everywhere(form: str) -> None:
    report = report_of([odd_tenant()], form)
    assert all(line.isprintable() for line in report.splitlines())
    report.encode()


def test_many_are_bounded() -> None:
    tenant = checked_tenant("contoso", 3000, [Problem(f"x{number}") for number in range(3000)], "/project")

    lines = report_of([tenant], "text").splitlines()

    assert (lines[0], lines[50:]) == ("contoso: 3,000 apps checked, 3,000 mistakes", ["  x49", "  … and 2,950 more"])
    assert len(tenant["problems"]) == 1000


def test_an_unknown_format_is_refused_in_words() -> None:
    with pytest.raises(AnsibleFilterError, match="there is no format 'xml'; give one of text, github, json, junit"):
        validation_report([CONTOSO], "xml")


def test_the_filter_takes_what_ansible_hands_it() -> None:
    texts = {name: str(CONTOSO[name]) for name in ("apps", "errors", "warnings")}
    assert validation_report([{**CONTOSO, **texts}], "json") == report_of([CONTOSO], "json")


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ({"redirect_uris": ["https://a.example"]}, ["redirect_uris entry 'https://a.example' has no path"]),
        ({"redirect_uris": ["http://a.example/"]}, ["redirect_uris entry 'http://a.example/' is plain http"]),
        ({"allowed_cors_origins": ["https://A.example"]}, ["allowed_cors_origins entry 'https://A.example' is sent as 'https://a.example'"]),
        ({"allowed_grant_types": ["client_credential"]}, ["allowed_grant_types entry 'client_credential' is not known"]),
        ({"secrets": [{"description": "x", "lifetime": "6d", "renew_before": "4d"}]}, ["secret 'x': with nightly runs, three generations of it can work"]),
        ({"redirect_uris": ["https://a.example/"]}, []),
        ({"state": "absent", "redirect_uris": ["https://a.example"]}, []),
    ],
)
def test_what_is_risky_is_a_warning(app: dict[str, Any], said: list[str]) -> None:
    apps, problems = complete_apps([Declared({"client_id": "a", **app}, Place(option="apps, app 1"))], None, None)

    risks = list(risks_of(apps))

    assert problems == []
    assert [risk.text[: len(beginning)] for risk, beginning in zip(risks, said)] == said
    assert len(risks) == len(said)
    assert all(risk.is_warning and risk.client_id == "a" for risk in risks)


def test_a_warning_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("- client_id: a\n- client_id: A\n  redirect_uris: [https://a.example]\n", encoding="utf-8")
    apps, _problems = complete_apps(read_source(str(path))[0], None, None)

    first, second = in_order(risks_of(apps))

    assert "differ only in upper and lower case" in first.text
    assert str(second.place) == f"{path}:3"
