# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a release: versions, changelog, commit and tag. Without --do, on a copy, to look at. Nothing is pushed."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from workspace import CACHE, CHECKOUT, COLLECTION

VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
GALAXY_VERSION = re.compile(r"^version: (\S+)$", re.MULTILINE)
# Where plugins, roles and the event source say since when they are there.
DOCUMENTED = ("plugins", "roles", "extensions")
SINCE = re.compile(r"(?P<key>version_added: )(?P<quote>[\"']?)(?P<version>\d+\.\d+\.\d+)(?P=quote)$", re.MULTILINE)
# How antsibull-changelog begins a release in Markdown.
HEADING = '<a id="v{anchor}"></a>\n'
BRANCH = "main"


class ReleaseError(Exception):
    """It cannot be released like this; the text says why."""


def git(folder: Path, *words: str) -> str:
    """Run git in a folder; return what it prints."""
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def number(version: str) -> tuple[int, ...]:
    """Return a version's numbers, to compare it."""
    match = VERSION.fullmatch(version)
    if not match:
        raise ReleaseError(f"{version} is not a version such as 1.2.3.")
    return tuple(map(int, match.groups()))


def list_published(folder: Path) -> list[str]:
    """List the versions that have a tag, oldest first."""
    return sorted((tag[1:] for tag in git(folder, "tag", "--list", "v*").split() if VERSION.fullmatch(tag[1:])), key=number)


def find_obstacles(folder: Path, version: str, published: list[str]) -> list[str]:
    """Say what stands in the way."""
    branch, changed = git(folder, "branch", "--show-current"), git(folder, "status", "--porcelain")
    found = []
    if branch != BRANCH:
        found.append(f"The branch is {branch or 'none'}, not {BRANCH}.")
    if changed:
        found.append(f"Not committed: {', '.join(line.split(maxsplit=1)[1] for line in changed.splitlines()[:5])}.")
    if published and number(version) <= number(published[-1]):
        found.append(f"{version} does not come after {published[-1]}, which is published.")
    if not list((folder / "changelogs/fragments").glob("*.yml")):
        found.append("There is no changelog fragment, so nothing has changed for users.")
    return found


def set_version(text: str, version: str) -> str:
    """Return galaxy.yml with another version."""
    return GALAXY_VERSION.sub(f"version: {version}", text)


def set_since(text: str, version: str, published: list[str]) -> str:
    """Let what no published version has be there since this one."""

    def change(match: re.Match[str]) -> str:
        return match[0] if match["version"] in published else f"{match['key']}{match['quote']}{version}{match['quote']}"

    return SINCE.sub(change, text)


def keep_published(changelog: dict[str, Any], published: list[str]) -> dict[str, Any]:
    """Return a changelog without the versions that nobody ever got."""
    return {**changelog, "releases": {version: release for version, release in changelog["releases"].items() if version in published}}


def section_of(changelog: str, version: str) -> str:
    """Return the part of CHANGELOG.md on a version, without the anchors."""
    _before, _heading, after = changelog.partition(HEADING.format(anchor=version.replace(".", "-")))
    section = re.split(r'<a id="v\d+-\d+-\d+"></a>\n', after)[0]
    lines = [line for line in section.splitlines()[1:] if not line.startswith("<a id=")]
    # The Markdown escapes every mark, and a tag is read as plain text.
    plain = re.sub(r"</?code>", "", re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", "\n".join(lines)))
    return re.sub(r"^#+ ", "", re.sub(r"\n{3,}", "\n\n", plain), flags=re.MULTILINE).strip()


def rewrite(path: Path, text: str) -> None:
    """Write a file whose text has changed."""
    if text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8")


def write_versions(folder: Path, version: str, published: list[str]) -> None:
    """Write the version into galaxy.yml and beside what is new."""
    galaxy = folder / "galaxy.yml"
    rewrite(galaxy, set_version(galaxy.read_text(encoding="utf-8"), version))
    for name in DOCUMENTED:
        for path in sorted((folder / name).rglob("*")):
            if path.suffix in (".py", ".yml"):
                rewrite(path, set_since(path.read_text(encoding="utf-8"), version, published))


def write_changelog(folder: Path, version: str, published: list[str]) -> None:
    """Turn the fragments into a release of the changelog."""
    changelog = folder / "changelogs/changelog.yaml"
    if changelog.exists():
        kept = keep_published(yaml.safe_load(changelog.read_text(encoding="utf-8")), published)
        if kept["releases"]:
            changelog.write_text(yaml.safe_dump(kept), encoding="utf-8")
        else:
            changelog.unlink()
    # The collection's folder is the third one below the path of collections, in a copy as in the checkout's link.
    collections = folder.parents[2] if folder.parts[-3:] == COLLECTION.parts else CACHE / "collections"
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    subprocess.run(["antsibull-changelog", "release", "--version", version, "--reload-plugins"], cwd=folder, check=True, env=env)


def commit(folder: Path, version: str) -> str:
    """Commit and tag; return the tag's text."""
    section = section_of((folder / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    text = f"abbyy.vantage {version}\n\n{section}\n"
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", f"Release {version}")
    git(folder, "tag", "--annotate", "--cleanup=verbatim", "--message", text, f"v{version}")
    return text


def copy_checkout(checkout: Path) -> Path:
    """Clone what is committed, for a dry run."""
    folder = CACHE / "release" / COLLECTION
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(checkout), str(folder)], check=True)
    for name in ("user.name", "user.email"):
        found = subprocess.run(["git", "config", name], cwd=checkout, check=False, capture_output=True, text=True).stdout.strip()
        if found:
            git(folder, "config", name, found)
    return folder


def release(checkout: Path, version: str, *, do: bool) -> None:
    """Make the release, or show it."""
    number(version)
    published = list_published(checkout)
    obstacles = find_obstacles(checkout, version, published)
    if do and obstacles:
        raise ReleaseError("\n".join(obstacles))
    folder = checkout if do else copy_checkout(checkout)
    write_versions(folder, version, published)
    write_changelog(folder, version, published)
    text = commit(folder, version)
    print(git(folder, "show", "--stat", "--format=%s", "HEAD"), f"\nThe text of the tag v{version}:\n", text, sep="\n")
    if do:
        print(f"Released here. To publish it: git push origin {BRANCH} v{version}")
        return
    print(*(f"In the way: {obstacle}" for obstacle in obstacles), sep="\n", end="\n" if obstacles else "")
    print(f"This was a dry run on what is committed, in {folder.relative_to(checkout)}. To do it: make release VERSION={version} DRY_RUN=0")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--do", action="store_true", help="in the checkout itself")
    arguments = parser.parse_args()
    try:
        release(CHECKOUT, arguments.version, do=arguments.do)
    except ReleaseError as exc:
        sys.exit(f"Not released. {exc}")
    except subprocess.CalledProcessError as exc:
        sys.exit(f"Not released: {' '.join(map(str, exc.cmd[:3]))} failed. {exc.stderr or ''}".rstrip())


if __name__ == "__main__":
    main()
