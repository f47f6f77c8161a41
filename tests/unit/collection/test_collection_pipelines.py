# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the example pipelines and the guides about them name is there, and the pipelines may do no more than they have to."""

from __future__ import annotations

import json
import re
import runpy
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT

CI = ROOT / "docs/examples/ci"
TENANTS = ROOT / "docs/examples/tenants"
GITHUB = yaml.safe_load((CI / "github-actions.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab-ci.yml").read_text(encoding="utf-8"))
GUIDES = [ROOT / "docs/guides" / name for name in ("validate.md", "pipelines.md")]
# What the images of the two platforms have, and what the requirements install.
PROGRAMS = {"pip", "ansible-galaxy", "ansible-playbook", "python", "gh", "jq"}
JOBS = [job for job in GITLAB.values() if isinstance(job, dict) and "script" in job]


def list_steps() -> list[dict[str, Any]]:
    """List the steps of all jobs on GitHub."""
    return [step for job in GITHUB["jobs"].values() for step in job["steps"]]


def list_commands() -> list[str]:
    """List the command lines of both pipelines."""
    lines = [line for step in list_steps() for line in str(step.get("run", "")).splitlines()]
    scripts = [GITLAB["default"]["before_script"], *(job[part] for job in JOBS for part in ("script", "after_script") if part in job)]
    return [*lines, *(line for script in scripts for line in script)]


def list_plays() -> list[str]:
    """List the commands that run a playbook, in the pipelines and the guides."""
    guides = "\n".join(guide.read_text(encoding="utf-8") for guide in GUIDES).replace("\\\n", " ")
    found = [line for line in [*list_commands(), *guides.splitlines()] if line.lstrip().startswith("ansible-playbook")]
    assert len(found) > 6
    return found


def test_every_program_is_there() -> None:
    programs = {found for line in list_commands() for found in re.findall(r"(?:^|\| |\$\()(pip|ansible-[a-z]+|python|gh|jq|curl|[a-z]+hub)\b", line.strip())}
    assert programs == PROGRAMS


def test_every_playbook_is_there() -> None:
    names = {name for line in list_plays() for name in re.findall(r"abbyy\.vantage\.(\w+)", line)}
    assert names == {"validate", "onboard"}
    assert all((ROOT / f"playbooks/{name}.yml").exists() for name in names)


def test_every_variable_is_there() -> None:
    given = {name for line in list_plays() for name in re.findall(r"-e '?(\w+)=", line)}
    named = {name for guide in GUIDES for name in re.findall(r"\b(vantage_validate_\w+)\b", guide.read_text(encoding="utf-8"))}
    known = "\n".join(path.read_text(encoding="utf-8") for folder in ("playbooks", "roles") for path in (ROOT / folder).rglob("*.yml"))

    assert {"app_onboarding_plan_file", "vantage_validate_formats"} <= given
    assert [name for name in given | named if not re.search(rf"\b{name}\b", known)] == []


def test_every_file_is_there() -> None:
    named = {name for line in list_commands() for name in re.findall(r"(?:-r|-i|python) ([\w.]+)", line)}
    assert named == {"requirements.txt", "requirements.yml", "inventory.yml", "comment.py"}
    assert all((folder / name).exists() for name in named for folder in [TENANTS if name == "inventory.yml" else CI])


def test_every_secret_is_one_that_a_tenant_or_the_store_reads() -> None:
    read = "".join(path.read_text(encoding="utf-8") for path in (TENANTS / "host_vars").iterdir())
    given = {name for step in list_steps() for name in step.get("env", {})} - {"GH_TOKEN", "NUMBER", "VAULT_ADDR", "VAULT_TOKEN"}

    assert given
    assert all(f"'{name}'" in read for name in given)


def test_no_action_can_change_by_itself() -> None:
    text = (CI / "github-actions.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)

    assert used
    assert [use for use in used if not re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", use)] == []


def test_no_job_may_do_more_than_it_has_to() -> None:
    permissions = {name: job["permissions"] for name, job in GITHUB["jobs"].items()}
    assert GITHUB["permissions"] == {}
    assert permissions == {
        "validate": {"contents": "read"},
        "plan": {"contents": "read", "pull-requests": "write"},
        "onboard": {"contents": "read"},
    }


def test_no_checkout_keeps_its_token() -> None:
    assert all(step["with"]["persist-credentials"] is False for step in list_steps() if step.get("uses", "").startswith("actions/checkout"))


def test_secrets_are_only_where_they_are_needed() -> None:
    jobs = [name for name, job in GITHUB["jobs"].items() if "secrets." in json.dumps(job)]
    assert jobs == ["plan", "onboard"]
    assert all("environment" in GITHUB["jobs"][name] for name in jobs)


def test_a_pull_request_from_a_fork_gets_no_secrets() -> None:
    assert "head.repo.full_name == github.repository" in GITHUB["jobs"]["plan"]["if"]


def test_no_text_of_a_pull_request_runs_as_a_command() -> None:
    # The values of expressions become a part of the script.
    assert [line for line in list_commands() if "${{" in line] == []


class GitLab(BaseHTTPRequestHandler):
    """A GitLab with notes of a merge request on two pages."""

    notes: list[dict[str, Any]]
    written: list[tuple[str, str, str]]

    def do_GET(self) -> None:
        """Return one note a page."""
        page = int((re.search(r"[?&]page=(\d+)", self.path) or [0, 1])[1])
        self.send_response(200)
        if page < len(self.notes):
            self.send_header("Link", f'<http://{self.headers["Host"]}{self.path.split("?")[0]}?page={page + 1}>; rel="next"')
        self.answer(self.notes[page - 1 : page])

    def do_POST(self) -> None:
        """Take a note."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        assert self.headers["PRIVATE-TOKEN"] == "token-of-a-project"
        self.written.append((self.command, self.path, body))
        self.send_response(201)
        self.answer({})

    def do_PUT(self) -> None:
        """Take the new text of a note."""
        self.do_POST()

    def answer(self, value: Any) -> None:
        """Send JSON."""
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@pytest.fixture
def gitlab(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[GitLab]]:
    """A server for one test, which the environment names as a job has it."""
    GitLab.notes, GitLab.written = [{"id": 7, "body": "Looks good."}, {"id": 8, "body": "<!-- abbyy.vantage plan of contoso -->\nold"}], []
    with HTTPServer(("127.0.0.1", 0), GitLab) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        variables = {"CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}", "CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "2"}
        for name, value in {**variables, "COMMENT_TOKEN": "token-of-a-project"}.items():
            monkeypatch.setenv(name, value)
        yield GitLab
        server.shutdown()
        thread.join()


def test_the_comment_of_each_tenant_is_written_or_updated(gitlab: type[GitLab], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = "/projects/1/merge_requests/2/notes"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    for name in ("contoso", "fabrikam"):
        (tmp_path / f"plans/{name}.md").write_text(f"<!-- abbyy.vantage plan of {name} -->\nnew", encoding="utf-8")

    runpy.run_path(str(CI / "comment.py"))

    assert gitlab.written == [
        ("PUT", f"{notes}/8", "<!-- abbyy.vantage plan of contoso -->\nnew"),
        ("POST", notes, "<!-- abbyy.vantage plan of fabrikam -->\nnew"),
    ]
