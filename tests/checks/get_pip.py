# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give ansible-test the pip installer that it wants to download, even if its download site cannot be reached.

Run with the Python of an environment that has ansible-core; HOME selects the cache of ansible-test. ansible-test looks for
~/.ansible/test/cache/get_pip_<version>.py before it downloads. The stand-in installs the same version of pip from the package index.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

STAND_IN = """\
import sys
sys.path.insert(0, {wheel!r})
from pip._internal.cli.main import main
sys.exit(main(["install", "--find-links", {folder!r}, *(word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel"))]))
"""


def read_wanted() -> tuple[str, str]:
    """Read the pip version and the download address from the installed ansible-test."""
    spec = importlib.util.find_spec("ansible_test")
    if not spec or not spec.submodule_search_locations:
        sys.exit("ansible-core is not installed for this Python.")
    internal = Path(spec.submodule_search_locations[0])
    packages = re.search(r"default_packages = dict\(\s*pip='([^']+)'", (internal / "_internal/python_requirements.py").read_text(encoding="utf-8"))
    if not packages:
        sys.exit("This ansible-core names its pip version elsewhere than those before: read_wanted() has to learn it.")
    sources = (path.read_text(encoding="utf-8") for path in internal.rglob("*.py"))
    address = next((found.group() for found in (re.search(r"https://[^'\"]+/get-pip-\{?[^'\"]*\.py", text) for text in sources) if found), "")
    return packages.group(1), re.sub(r"\{[^}]*\}", packages.group(1), address)


def download(address: str) -> bytes | None:
    """Download the original; None when it is not available."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            content: bytes = answer.read()
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return content if b"pip" in content else None


def write_stand_in(folder: Path, version: str) -> str:
    """Fetch the wheel of that pip version and return an installer that starts from it."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), f"pip=={version}"], check=True)
    (wheel,) = folder.glob(f"pip-{version}-*.whl")
    return STAND_IN.format(wheel=str(wheel), folder=str(folder))


def main() -> None:
    """Put the installer in place, unless it is there."""
    version, address = read_wanted()
    folder = Path.home() / ".ansible/test/cache"
    target = folder / f"get_pip_{version.replace('.', '_')}.py"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    content = download(address) or write_stand_in(folder, version).encode()
    part = target.with_suffix(".part")
    part.write_bytes(content)
    part.replace(target)


if __name__ == "__main__":
    main()
