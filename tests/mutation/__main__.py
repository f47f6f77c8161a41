# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the code in one place after the other with mutmut, and show the changes that no unit test notices."""

from __future__ import annotations

import argparse
import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

# The checks are no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))

from workspace import CACHE, CHECKOUT, COLLECTION, copy_collection

WORK = CACHE / "mutation"
MUTANTS = WORK / "mutants"
PACKAGES = ("plugins/module_utils/reconcile", "plugins/plugin_utils/onboarding")
# The tests that prove most of a file in seconds. For others, all tests of its package run, and one mutant takes much longer.
COVERED_BY = {
    f"plugins/{file}": [f"tests/unit/plugins/{Path(file).parent}/test_{test}.py" for test in tests]
    for file, tests in {
        "module_utils/reconcile/access.py": ["access"],
        "module_utils/reconcile/bulk.py": ["bulk"],
        "module_utils/reconcile/client_habits.py": ["client_habits"],
        "module_utils/reconcile/client_secrets.py": ["client_secrets"],
        "module_utils/reconcile/clients.py": ["clients", "clients_faults", "client_habits"],
        "module_utils/reconcile/orphans.py": ["orphans"],
        "module_utils/reconcile/plan.py": ["plan"],
        "module_utils/reconcile/queries.py": ["queries"],
        "module_utils/reconcile/reconciler.py": ["clients", "bulk"],
        "plugin_utils/onboarding/context.py": ["context", "guards", "changes", "races"],
        "plugin_utils/onboarding/copying.py": ["copying"],
        "plugin_utils/onboarding/declared.py": ["declared"],
        "plugin_utils/onboarding/deleting.py": ["deleting", "guards", "prune", "changes", "labels", "races"],
        "plugin_utils/onboarding/making.py": ["making", "guards", "changes", "races", "scale"],
        "plugin_utils/onboarding/options.py": ["declared", "policy", "survey"],
        "plugin_utils/onboarding/outcome.py": ["policy", "report", "changes"],
        "plugin_utils/onboarding/plan.py": ["plan"],
        "plugin_utils/onboarding/plan_file.py": ["plan_file"],
        "plugin_utils/onboarding/policy.py": ["policy"],
        "plugin_utils/onboarding/report.py": ["report"],
        "plugin_utils/onboarding/result.py": ["result", "report", "changes"],
        "plugin_utils/onboarding/run.py": ["run", "races", "changes", "prune", "scale"],
        "plugin_utils/onboarding/stop.py": ["stop"],
        "plugin_utils/onboarding/survey.py": ["survey", "prune", "guards", "changes"],
        "plugin_utils/onboarding/variables.py": ["variables"],
    }.items()
}
# What mutmut calls a mutant that needs a look. Others are killed, or caught by a time limit.
ALIVE = ("survived", "no tests", "suspicious")


def find_files(place: str) -> list[Path]:
    """Return the files of plugins/ that are meant: one file, or all of a package."""
    path = (CHECKOUT / place).resolve()
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    if not files or not path.is_relative_to(CHECKOUT / "plugins"):
        sys.exit(f"{place} is no file and no package of plugins/. Try FILE=plugins/module_utils/reconcile/plan.py.")
    return [file.relative_to(CHECKOUT) for file in files]


def find_tests(files: list[Path], named: list[str]) -> list[str]:
    """Return the tests that are named, or else those of COVERED_BY, or else the folders that mirror those of the files."""
    tests = {test for file in files for test in COVERED_BY.get(str(file), [str("tests/unit" / file.parent)])}
    for test in named or tests:
        if not (CHECKOUT / test).exists():
            sys.exit(f"There is no {test}. Name the tests that cover the file: TESTS=tests/unit/…")
    return named or sorted(tests)


def write_settings(files: list[Path], tests: list[str]) -> None:
    """Lay out a copy of the checkout, with what mutmut reads. It takes for each function only those tests that call it."""
    shutil.rmtree(MUTANTS, ignore_errors=True)
    copy_collection(WORK)
    # Marks and import mode are those of the checkout, but the paths of the tests begin a level higher.
    shutil.copy(CHECKOUT / "pytest.ini", WORK)
    settings = configparser.ConfigParser()
    settings["mutmut"] = {
        "source_paths": str(COLLECTION / "plugins"),
        "only_mutate": "\n".join(str(COLLECTION / file) for file in files),
        "also_copy": "\n".join([str(COLLECTION), "pytest.ini"]),
        "pytest_add_cli_args": "\n".join(["-p", "importable", "-c", "pytest.ini", "-n0", "-m", "not slow"]),
        "pytest_add_cli_args_test_selection": "\n".join(str(COLLECTION / test) for test in tests),
    }
    with (WORK / "setup.cfg").open("w", encoding="utf-8") as file:
        settings.write(file)


def call_mutmut(*arguments: str, shown: bool = False) -> str:
    """Run mutmut in the copy; return what it printed, or show it."""
    env = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(MUTANTS),
        "VANTAGE_CHECKOUT": str(MUTANTS / COLLECTION),
        "PYTHONPATH": str(Path(__file__).with_name("pytest_plugin")),
    }
    done = subprocess.run(["mutmut", *arguments], cwd=WORK, env=env, check=False, text=True, stdout=None if shown else subprocess.PIPE)
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} ended with {done.returncode}.")
    return done.stdout or ""


def list_alive() -> list[str]:
    """Return the names of the mutants that no test killed."""
    results = (line.strip().partition(": ") for line in call_mutmut("results").splitlines())
    return [name for name, _colon, status in results if status in ALIVE]


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("places", nargs="*", default=PACKAGES, metavar="FILE", help="a file or a package of plugins/")
    parser.add_argument("--tests", nargs="*", default=[], metavar="PATH", help="the tests that cover it; those of the same folder unless named")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="how many mutants are tested at the same time")
    return parser.parse_args()


def main() -> int:
    """Run the mutants of the files; answer 0 whether or not some are alive: a person judges them."""
    arguments = parse_arguments()
    files = [file for place in arguments.places for file in find_files(place)]
    write_settings(files, find_tests(files, arguments.tests))
    call_mutmut("run", "--max-children", str(arguments.processes), shown=True)
    alive = list_alive()
    for name in alive:
        print(call_mutmut("show", name))
    advice = "Each is a hole in the tests, code that nothing needs, or the same in other words."
    print(f"{len(alive)} mutants are alive. {advice}" if alive else "No mutant is alive.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")
