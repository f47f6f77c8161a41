# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release needs besides its tarball: a list of what it is made of, a signature, and a place on Galaxy. All but the list need a runner of CI."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from workspace import CHECKOUT, DIST

if TYPE_CHECKING:
    from job import Job

REQUIREMENTS = ("requirements.txt", "requirements-stores.txt")
# Each is there only where a job of CI may sign or publish; the first is GitHub's own, for a login without a password.
MAY_SIGN, MAY_PUBLISH, MAY_RELEASE = "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GALAXY_TOKEN", "GH_TOKEN"


def read_version() -> str:
    """Read the version of the collection."""
    return str(yaml.safe_load((CHECKOUT / "galaxy.yml").read_text(encoding="utf-8"))["version"])


def find_tarball(job: Job) -> Path:
    """Return the tarball that `make package` has built and looked at; publishing builds no other one."""
    tarball = DIST / f"abbyy-vantage-{read_version()}.tar.gz"
    if not tarball.exists():
        job.fail(f"{tarball.relative_to(CHECKOUT)} is missing: run make package first.")
    return tarball


def check_tag(job: Job) -> None:
    """Fail if a tag of CI names another version."""
    tag = os.environ.get("GITHUB_REF_NAME", "") if os.environ.get("GITHUB_REF_TYPE") == "tag" else ""
    if tag and tag != f"v{read_version()}":
        job.fail(f"The tag is {tag}, and galaxy.yml says {read_version()}.")


def galaxy_server(token: str) -> dict[str, str]:
    """Return the variables that name Galaxy with a token; an option of the command would show it in the log."""
    return {
        "ANSIBLE_GALAXY_SERVER_LIST": "galaxy",
        "ANSIBLE_GALAXY_SERVER_GALAXY_URL": "https://galaxy.ansible.com/",
        "ANSIBLE_GALAXY_SERVER_GALAXY_TOKEN": token,
    }


def run_sbom(job: Job) -> None:
    """Write a CycloneDX list of what the collection asks for."""
    DIST.mkdir(parents=True, exist_ok=True)
    wanted = DIST / "requirements-all.txt"
    wanted.write_text("".join((CHECKOUT / name).read_text(encoding="utf-8") for name in REQUIREMENTS), encoding="utf-8")
    target = DIST / f"abbyy-vantage-{read_version()}.cdx.json"
    job.call("cyclonedx-py", "requirements", wanted, "--output-reproducible", "--output-format", "JSON", "--output-file", target)
    wanted.unlink()
    job.say(f"The list: {target}")


def run_sign(job: Job) -> None:
    """Sign the tarball and the list with sigstore; elsewhere than in CI, say what would be signed."""
    check_tag(job)
    files = [find_tarball(job), DIST / f"abbyy-vantage-{read_version()}.cdx.json"]
    if MAY_SIGN in os.environ:
        job.call("sigstore", "sign", *files)
        return
    job.call("sigstore", "sign", "--help")
    job.say(f"A dry run, since {MAY_SIGN} is not set. Would sign: {', '.join(path.name for path in files)}")


def run_publish(job: Job) -> None:
    """Publish the tarball on Galaxy, and all files as a release of the repository; elsewhere than in CI, say what would be published."""
    check_tag(job)
    tarball, tag = find_tarball(job), f"v{read_version()}"
    files = sorted(path for path in DIST.glob("abbyy-vantage-*") if path.is_file())
    if MAY_PUBLISH in os.environ:
        job.call("ansible-galaxy", "collection", "publish", tarball, **galaxy_server(os.environ[MAY_PUBLISH]))
    else:
        job.say(f"A dry run, since {MAY_PUBLISH} is not set. Would publish: {tarball.name}")
    if MAY_RELEASE in os.environ:
        job.call("gh", "release", "create", tag, "--verify-tag", "--notes-from-tag", *files)
    else:
        job.say(f"A dry run, since {MAY_RELEASE} is not set. Would release as {tag}: {', '.join(path.name for path in files)}")
