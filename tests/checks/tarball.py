# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the built collection holds what a user needs and nothing else."""

from __future__ import annotations

import re
import sys
import tarfile

ALLOWED = re.compile(
    r"""
    MANIFEST\.json | FILES\.json | LICENSE | README\.md | CHANGELOG\.md | SECURITY\.md | requirements(-stores)?\.txt | bindep\.txt
    | changelogs/changelog\.yaml
    | meta/(runtime|execution-environment|extensions)\.yml
    | extensions/eda/(plugins/event_source/[a-z0-9_]+\.py|rulebooks/[a-z0-9_]+\.yml)
    | plugins/(action|doc_fragments|filter|inventory|lookup|module_utils|modules|plugin_utils|test)/[a-z0-9_]+\.py
    | plugins/(module_utils|plugin_utils)/[a-z0-9_]+/[a-z0-9_]+\.py
    | plugins/(filter|test)/[a-z0-9_]+\.yml
    | roles/[a-z0-9_]+/(README\.md|(defaults|meta|vars|tasks|handlers)/[a-z0-9_/]+\.yml|(files|templates)/[a-z0-9_/.-]+)
    | playbooks/([a-z0-9_/]+\.yml|(files|templates)/[a-z0-9_/.-]+)
    | docs/(README\.md|[a-z0-9_./-]+\.(md|yml|yaml|csv|json|rst))
    | docs/images/[a-z0-9_-]+\.(png|svg)
    | docs/examples/[a-zA-Z0-9_./-]+
    """,
    re.VERBOSE,
)
NEEDED = {"README.md", "LICENSE", "CHANGELOG.md", "MANIFEST.json", "meta/runtime.yml", "meta/execution-environment.yml", "requirements.txt"}
# Galaxy's longest path, and a size that only a file packed by mistake reaches.
MAX_BYTES = 1_000_000


def find_faults(members: list[tarfile.TarInfo]) -> list[str]:
    """List unexpected and missing files of the tarball."""
    names = {member.name.removeprefix("./"): member for member in members}
    faults = [f"unexpected: {name}" for name, member in names.items() if not member.isdir() and not ALLOWED.fullmatch(name)]
    faults += [f"not a plain file: {name}" for name, member in names.items() if not member.isdir() and not member.isfile()]
    faults += [f"too large: {name}" for name, member in names.items() if member.size > MAX_BYTES]
    faults += [f"missing: {name}" for name in NEEDED - set(names)]
    return sorted(faults)


def main(path: str) -> None:
    """Print the contents, then each fault; exit with 1 when there is one."""
    with tarfile.open(path) as archive:
        members = archive.getmembers()
    print(*sorted(member.name for member in members if member.isfile()), sep="\n")
    faults = find_faults(members)
    if faults:
        sys.exit("\n".join(["The tarball is not as it should be; see build_ignore in galaxy.yml and ALLOWED in tests/checks/tarball.py:", *faults]))


if __name__ == "__main__":
    main(sys.argv[1])
