# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release` does all that a person would forget, and nothing by default."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.abbyy.vantage.tests.unit.support.project_files import ROOT, list_project_files

CHECKS = Path(__file__).resolve().parents[2] / "checks"


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CHECKS))
    import release

    return release


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of its own with what this one has, at a place where it can be imported."""
    folder = tmp_path / "ansible_collections/abbyy/vantage"
    for path in list_project_files():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.com")
    for words in (["init", "--quiet", "--initial-branch", "main"], ["add", "--all"], ["commit", "--quiet", "--message", "All"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    return folder


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc1", ""])
def test_a_version_has_three_numbers(release: Any, version: str) -> None:
    with pytest.raises(release.ReleaseError, match="is not a version such as"):
        release.number(version)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version_added: 0.1.0\n", "version_added: 1.2.0\n"),
        ('    version_added: "0.1.0"\n', '    version_added: "1.2.0"\n'),
        ("version_added: 1.0.0\n", "version_added: 1.0.0\n"),
        ("version: 0.1.0\n", "version: 0.1.0\n"),
    ],
)
def test_only_what_is_new_is_added_now(release: Any, before: str, after: str) -> None:
    assert release.set_since(before, "1.2.0", ["1.0.0", "1.1.0"]) == after


def test_unpublished_versions_leave_the_changelog(release: Any) -> None:
    changelog = {"ancestor": None, "releases": {"0.1.0": {"modules": []}, "1.0.0": {"changes": {}}}}
    assert release.keep_published(changelog, ["1.0.0"]) == {"ancestor": None, "releases": {"1.0.0": {"changes": {}}}}


@pytest.mark.slow
def test_a_release_is_committed_and_tagged_with_its_changes(release: Any, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release.release(copy, "1.0.0", do=True)
    changelog = yaml.safe_load((copy / "changelogs/changelog.yaml").read_text(encoding="utf-8"))
    text = git(copy, "tag", "--list", "--format=%(contents)", "v1.0.0")

    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "log", "-1", "--format=%s") == "Release 1.0.0"
    assert yaml.safe_load((copy / "galaxy.yml").read_text(encoding="utf-8"))["version"] == "1.0.0"
    assert list(changelog["releases"]) == ["1.0.0"]
    assert "vantage_app" in {module["name"] for module in changelog["releases"]["1.0.0"]["modules"]}
    assert list((copy / "changelogs/fragments").glob("*.yml")) == []
    assert "version_added: 1.0.0" in (copy / "plugins/modules/vantage_app.py").read_text(encoding="utf-8")
    assert text.startswith("abbyy.vantage 1.0.0\n")
    assert "abbyy.vantage.vantage_app - Onboard apps" in text
    assert [mark for mark in ("<a ", "<code>", "\\_", "#") if mark in text] == []
    assert "git push origin main v1.0.0" in capsys.readouterr().out


@pytest.mark.slow
def test_a_dry_run_touches_nothing_here(release: Any, copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(release, "CACHE", copy / ".cache")
    git(copy, "switch", "--quiet", "--create", "topic")
    (copy / "README.md").write_text("Changed", encoding="utf-8")
    before = git(copy, "status", "--porcelain"), git(copy, "rev-parse", "HEAD")

    release.release(copy, "1.0.0", do=False)
    shown = capsys.readouterr().out

    assert (git(copy, "status", "--porcelain"), git(copy, "rev-parse", "HEAD"), git(copy, "tag")) == (*before, "")
    assert "In the way: The branch is topic, not main.\nIn the way: Not committed: README.md.\n" in shown
    assert "The text of the tag v1.0.0:" in shown
    assert "make release VERSION=1.0.0 DRY_RUN=0" in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (["switch", "--quiet", "--create", "topic"], "The branch is topic, not main."),
        (["rm", "--quiet", "--cached", "LICENSE"], "Not committed: LICENSE"),
        (["tag", "v1.0.0"], "1.0.0 does not come after 1.0.0, which is published."),
        (["tag", "v2.3.4"], "1.0.0 does not come after 2.3.4, which is published."),
        (["rm", "--quiet", "-r", "changelogs/fragments"], "There is no changelog fragment"),
    ],
)
def test_what_stands_in_the_way_is_said_before_anything_is_written(release: Any, copy: Path, spoil: list[str], said: str) -> None:
    git(copy, *spoil)
    before = git(copy, "status", "--porcelain")

    with pytest.raises(release.ReleaseError) as error:
        release.release(copy, "1.0.0", do=True)

    assert said in str(error.value)
    assert git(copy, "status", "--porcelain") == before
