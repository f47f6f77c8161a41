# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get the collections that playbooks and tests use: only the package `ansible`, which bundles them, is on the package index."""

from __future__ import annotations

import shutil
import zipfile

from job import Job
from workspace import CACHE, LINKED

# The last release of the bundle that holds awx.awx (24.6.1).
BUNDLE = "ansible==13.8.0"
COLLECTIONS = ("amazon/aws", "awx/awx", "azure/azcollection", "community/aws", "community/hashi_vault", "kubernetes/core")


def fetch_collections(job: Job) -> None:
    """Unpack the collections beside the link to ours; nothing is done when they are there already."""
    wanted = "\n".join([BUNDLE, *COLLECTIONS])
    stamp, folder = LINKED / ".bundle", CACHE / "bundle"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--quiet", "--no-input", "--no-deps", "--ignore-requires-python", "--only-binary", ":all:", "--retries", "5", "--timeout", "60")
    if not job.try_call("python", "-m", "pip", "download", *options, "--dest", folder, BUNDLE, keep_home=True):
        job.fail(f"pip could not download {BUNDLE}; is the package index reachable?")
    (wheel,) = folder.glob("ansible-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in COLLECTIONS:
            prefix = f"ansible_collections/{name}/"
            shutil.rmtree(LINKED / prefix, ignore_errors=True)
            archive.extractall(LINKED, [member for member in archive.namelist() if member.startswith(prefix)])
    shutil.rmtree(folder)
    stamp.write_text(wanted, encoding="utf-8")
