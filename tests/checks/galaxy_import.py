# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Galaxy's importer on a tarball; warnings fail here too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Those of certification, but for ansible-test, which has steps of its own, and flake8, which reads the documentation of filters, YAML, as Python.
SETTINGS = """[galaxy-importer]
CHECK_CHANGELOG=True
CHECK_REQUIRED_TAGS=True
LOG_LEVEL_MAIN=INFO
RUN_ANSIBLE_DOC=True
RUN_ANSIBLE_LINT=True
RUN_ANSIBLE_TEST=False
RUN_FLAKE8=False
"""


def main(tarball: str) -> None:
    """Import TARBALL in the current folder and exit with 1 on an error or a warning."""
    settings = Path("galaxy-importer.cfg").absolute()
    settings.write_text(SETTINGS, encoding="utf-8")
    env = {**os.environ, "GALAXY_IMPORTER_CONFIG": str(settings)}
    command = [sys.executable, "-m", "galaxy_importer.main", tarball]
    result = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(result.stdout)
    warnings = [line for line in result.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))]
    if result.returncode or warnings:
        sys.exit("\n".join([f"galaxy-importer: exit code {result.returncode}", *warnings]))


if __name__ == "__main__":
    main(sys.argv[1])
