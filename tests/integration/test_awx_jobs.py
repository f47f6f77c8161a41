# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of the example project, run as AWX runs them, against the emulator over HTTPS: they do their work, and AWX gets to see no secret.

The credential is rendered by AWX's own injector and the playbook is run by ansible-runner; see awx_control/job.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import Controller, Job
    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import Deployment
    from ansible_collections.abbyy.vantage.tests.integration.support.playbook_run import PlaybookRunner

ON_ONE_CORE = pytest.mark.one_core("a job's environment and folders do not depend on ansible-core, and other jobs run on each")
VAULT_PASSWORD = "vault-password-0001"
APPS = ["contoso-invoices", "contoso-archive"]
DAY = 86400
# What somebody answers to the survey of the job template Onboard.
SURVEY = {"vantage_hosts": "contoso", "app_onboarding_prune": "false", "app_onboarding_check_only": "no"}
MANY = 300
MOST_EVENTS = 40
MOST_BYTES = 120_000
# On another file system than a job's own, as a folder that AWX mounts.
ELSEWHERE = Path("/dev/shm")


@pytest.fixture
def mounted() -> Iterator[Path]:
    """A folder as AWX mounts it into its jobs."""
    if not ELSEWHERE.is_dir() or ELSEWHERE.stat().st_dev == Path("/").stat().st_dev:
        pytest.skip(f"{ELSEWHERE} is no file system of its own here.")
    with TemporaryDirectory(dir=ELSEWHERE) as folder:
        yield Path(folder)


@pytest.fixture
def controller(playbooks: PlaybookRunner, mounted: Path) -> Controller:
    """Starts jobs of the example project with the folders that it wants mounted."""
    from ansible_collections.abbyy.vantage.tests.integration.support.awx_job import start_controller

    controller = start_controller(playbooks)
    controller.mounts = {f"/vantage-{name}": mounted / name for name in ("secrets", "reports")}
    for folder in controller.mounts.values():
        folder.mkdir(mode=0o700)
    return controller


@pytest.fixture
def inputs(deployment: Deployment) -> dict[str, Any]:
    """A credential for the tenant contoso."""
    return {
        "base_url": deployment.base_url,
        "ca_certificate": deployment.ca_path.read_text(encoding="utf-8"),
        "auth_client_id": "automation",
        "auth_client_secret": "contoso-automation-secret-0001",
    }


@pytest.fixture
def launch(controller: Controller, inputs: dict[str, Any], deployment: Deployment) -> Callable[..., Job]:
    """Runs a job with the survey's answers, and sees that AWX gets no secret of it."""
    from ansible_collections.abbyy.vantage.tests.integration.support.leaks import find_leaks, known_secrets

    def run(playbook: str = "onboard.yml", *, status: str = "successful", extra_vars: dict[str, Any] | None = None, **keywords: Any) -> Job:
        answers = {**SURVEY, **(extra_vars or {})}
        before = known_secrets(deployment.emulator)
        job = controller.run(playbook, keywords.pop("inputs", inputs), extra_vars=answers, **keywords)
        assert job.status == status, f"{job.console}\n{job.output}"
        assert job.events
        secrets = before | known_secrets(deployment.emulator, VAULT_PASSWORD)
        assert find_leaks(job.kept, secrets) == {}
        assert not [secret for secret in secrets if secret in job.console or secret in "\n".join(job.safe_env.values())]
        return job

    return run


def writes(deployment: Deployment) -> list[str]:
    """Return what reached the tenants and could change something since the last look."""
    entries = [f"{entry.method} {entry.path}" for entry in deployment.emulator.journal.writes()]
    deployment.emulator.journal.clear()
    return entries


def test_onboard_delivers_and_then_has_nothing_to_do(launch: Callable[..., Job], deployment: Deployment, mounted: Path) -> None:
    # As loud as AWX's most verbose job that is of use.
    first = launch(vault_password=VAULT_PASSWORD, verbosity=3)

    assert set(APPS) <= set(deployment.clients())
    assert (mounted / "secrets/contoso.yml").read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT")
    assert first.artifacts["vantage_onboarding"]["contoso"]["clients"] == {"created": APPS}
    assert writes(deployment)

    second = launch(vault_password=VAULT_PASSWORD)

    assert writes(deployment) == []
    assert second.artifacts["vantage_onboarding"]["contoso"]["apps"]["unchanged"] == len(APPS)


def test_survey_asks_for_a_check_only(launch: Callable[..., Job], deployment: Deployment, mounted: Path) -> None:
    job = launch(vault_password=VAULT_PASSWORD, extra_vars={"app_onboarding_check_only": "yes"})

    assert writes(deployment) == []
    assert list((mounted / "secrets").iterdir()) == []
    assert job.artifacts["vantage_onboarding"]["contoso"]["check"]
    assert job.artifacts["vantage_onboarding"]["contoso"]["clients"] == {"created": APPS}


def test_drift_check_fails_with_what_differs_until_it_is_gone(launch: Callable[..., Job], deployment: Deployment) -> None:
    drift: dict[str, Any] = {"job_type": "check", "diff_mode": True, "vault_password": VAULT_PASSWORD, "extra_vars": {"app_onboarding_fail_on_drift": True}}

    found = launch(status="failed", **drift)

    assert "2 of 2 apps are not as declared. contoso-invoices: would be created; contoso-archive: would be created." in found.failures
    assert writes(deployment) == []

    launch(vault_password=VAULT_PASSWORD)
    deployment.emulator.journal.clear()
    launch(**drift)

    assert writes(deployment) == []


def test_job_fails_when_a_secret_expires_soon(launch: Callable[..., Job], deployment: Deployment) -> None:
    launch(vault_password=VAULT_PASSWORD)
    deployment.emulator.advance(170 * DAY)

    found = launch(status="failed", job_type="check", vault_password=VAULT_PASSWORD, extra_vars={"app_onboarding_fail_if_expiring_within": "14d"})

    assert "2 secrets in use expire within 14d" in found.failures
    assert "contoso-archive/default in 10 days" in found.failures
    # Which of the two was made first is up to the threads.
    assert sorted(found.artifacts["vantage_onboarding"]["contoso"]["expiring"]) == sorted(APPS)


@ON_ONE_CORE
def test_tls_is_checked_unless_the_credential_says_otherwise(launch: Callable[..., Job], inputs: dict[str, Any]) -> None:
    blind = {name: value for name, value in inputs.items() if name != "ca_certificate"}

    refused = launch("report.yml", inputs=blind, status="failed")

    assert "certificate" in refused.output

    unchecked = launch(inputs={**blind, "skip_tls_verification": True}, vault_password=VAULT_PASSWORD)

    assert unchecked.output.count("TLS certificates are not checked") == 1
    assert "InsecureRequestWarning" not in unchecked.output + unchecked.console


@ON_ONE_CORE
def test_person_logs_in_with_the_password_grant(launch: Callable[..., Job], inputs: dict[str, Any]) -> None:
    person = {"auth_grant": "password", "auth_username": "admin@contoso.example", "auth_password": "contoso-Admin-Passw0rd"}
    launch("report.yml", inputs={**inputs, **person}, verbosity=3)


ONLY_JSON = "vantage_report_formats: json\n"


def own_logins() -> dict[str, str]:
    """Return the files that give each tenant a login of its own."""
    from ansible.parsing.vault import VaultLib, VaultSecret

    from ansible_collections.abbyy.vantage.tests.integration.support.deployment import TENANTS

    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))])
    added = {}
    for tenant, tenant_id in TENANTS.items():
        login = vault.encrypt(f"{tenant}-automation-secret-0001").decode().replace("\n", "\n  ")
        plain = f"vantage_tenant_id: {tenant_id}\nvantage_auth_client_id: automation\n"
        added[f"inventory/host_vars/{tenant}.yml"] = f"{plain}vantage_auth_client_secret: !vault |\n  {login}\n"
    return added


@pytest.fixture
def launch_all(launch: Callable[..., Job], inputs: dict[str, Any]) -> Callable[..., Job]:
    """Runs a job on all tenants, each with a login of its own."""
    shared = {name: inputs[name] for name in ("base_url", "ca_certificate")}

    def run(playbook: str = "onboard.yml", *, variables: dict[str, str] | None = None, **keywords: Any) -> Job:
        added = {path: text + (variables or {}).get(Path(path).stem, "") for path, text in own_logins().items()}
        return launch(playbook, inputs=shared, added=added, vault_password=VAULT_PASSWORD, extra_vars={"vantage_hosts": "vantage"}, **keywords)

    return run


def test_many_tenants_have_logins_of_their_own(launch_all: Callable[..., Job], deployment: Deployment, mounted: Path) -> None:
    job = launch_all()

    assert sorted(job.artifacts["vantage_onboarding"]) == ["contoso", "fabrikam"]
    assert "fabrikam-orders" in deployment.clients("fabrikam")
    assert sorted(path.name for path in (mounted / "secrets").glob("*.yml")) == ["contoso.yml", "fabrikam.yml"]


def test_a_folder_that_is_not_mounted_is_refused_before_anything_is_made(controller: Controller, inputs: dict[str, Any], deployment: Deployment) -> None:
    controller.mounts = {}

    job = controller.run("onboard.yml", inputs, extra_vars=SURVEY, vault_password=VAULT_PASSWORD)

    assert job.status == "failed"
    assert "The store file would be /vantage-secrets/contoso.yml, which is gone when this job ends" in job.failures
    assert writes(deployment) == []


@ON_ONE_CORE
def test_report_reads_each_tenant_from_its_own_store(launch_all: Callable[..., Job], mounted: Path) -> None:
    launch_all()

    for without, others in (("contoso", "fabrikam"), ("fabrikam", "contoso")):
        launch_all("report.yml", variables={without: f"app_onboarding_store: none\n{ONLY_JSON}", others: ONLY_JSON})
        report = json.loads((mounted / "reports/vantage-expiry-7.json").read_text(encoding="utf-8"))

        assert {one["name"]: one["store_known"] for one in report["tenants"]} == {without: False, others: True}
        assert [one["summary"]["missing"] for one in report["tenants"] if one["store_known"]] == [0]


@ON_ONE_CORE
def test_reports_of_slices_and_templates_stand_side_by_side(launch_all: Callable[..., Job], mounted: Path) -> None:
    # A folder is in the way of each name that two jobs could have in common.
    for name in ("7-contoso", "7-fabrikam", "8"):
        (mounted / f"reports/vantage-expiry-{name}.prom.new").mkdir()

    formats = dict.fromkeys(("contoso", "fabrikam"), "vantage_report_formats: [json, prometheus]\n")

    for job in ({"slice_of": (1, 2)}, {"slice_of": (2, 2)}, {"template_id": 8}):
        said = launch_all("report.yml", variables=formats, **job)
        assert "is gone when this job ends" not in said.output
    tenants = {}
    for path in (mounted / "reports").glob("*.json"):
        tenants[path.stem] = [one["name"] for one in json.loads(path.read_text(encoding="utf-8"))["tenants"]]
    files = {path.name for path in (mounted / "reports").iterdir() if path.is_file()}

    assert tenants == {"vantage-expiry-7-contoso": ["contoso"], "vantage-expiry-7-fabrikam": ["fabrikam"], "vantage-expiry-8": ["contoso", "fabrikam"]}
    assert files == {f"{name}.{ending}" for name in tenants for ending in ("json", "prom")}


@ON_ONE_CORE
def test_report_in_the_jobs_own_folder_warns(launch: Callable[..., Job]) -> None:
    job = launch("report.yml", extra_vars={"vantage_report_dest": "reports"})
    assert "project/reports, which is gone when this job ends; set vantage_report_dest to a folder that is mounted" in job.output


def test_tenant_that_refuses_the_login_is_in_the_artifacts(launch: Callable[..., Job], inputs: dict[str, Any]) -> None:
    refused: dict[str, Any] = {"inputs": {**inputs, "auth_client_secret": "not-the-secret-0001"}, "vault_password": VAULT_PASSWORD, "status": "failed"}

    onboarding = launch(**refused)
    report = launch("report.yml", **refused)

    assert onboarding.artifacts["vantage_onboarding"]["contoso"]["problem"].startswith("Nothing was written. Could not log in")
    assert report.artifacts["vantage_report"]["contoso"]["problem"].startswith("Could not log in")


@ON_ONE_CORE
def test_messages_name_what_there_is_in_awx(launch: Callable[..., Job]) -> None:
    keyless = launch(status="failed")

    assert "in AWX, attach a Vault credential to the job template" in keyless.failures

    missing = launch(status="failed", vault_password=VAULT_PASSWORD, extra_vars={"app_onboarding_source": "apps/nowhere"})
    project = missing.kept.parents[1] / "project"

    assert f"There is no {project}/apps/nowhere; change app_onboarding_source" in missing.failures


def test_hundreds_of_apps_make_few_and_small_events(launch: Callable[..., Job]) -> None:
    apps = "".join(f"- client_id: application-{number:04}\n" for number in range(MANY))
    added = {"apps/contoso/invoices.yml": apps}

    for outcome in ("created", "unchanged"):
        job = launch(added=added, vault_password=VAULT_PASSWORD, extra_vars={"app_onboarding_concurrency": 16})
        sizes = {path.name: path.stat().st_size for path in (job.kept / "job_events").iterdir()}

        assert job.artifacts["vantage_onboarding"]["contoso"]["apps"][outcome] == MANY
        assert len(sizes) <= MOST_EVENTS
        assert sum(sizes.values()) <= MOST_BYTES, sizes


@ON_ONE_CORE
def test_the_search_for_leaks_finds_what_is_planted(controller: Controller, inputs: dict[str, Any]) -> None:
    from ansible_collections.abbyy.vantage.tests.integration.support.leaks import find_leaks

    planted = {place: f"planted/{place}+secret=0001" for place in ("event", "stdout", "artifact", "fact", "failure")}
    plays = [
        {
            "hosts": "contoso",
            "connection": "local",
            "gather_facts": False,
            "tasks": [
                # Shown by nothing, but kept for the next job; first of all, since ansible-core shows the lines before a failing task.
                {
                    "name": "fact",
                    "ansible.builtin.set_fact": {"kept": "{{ planted | b64encode }}", "cacheable": True},
                    "vars": {"planted": planted["fact"]},
                    "no_log": True,
                },
                # Without a line in the output, as when a module returns what it should not.
                {"name": "event", "ansible.builtin.set_fact": {"hidden": planted["event"]}},
                {"name": "stdout", "ansible.builtin.debug": {"msg": planted["stdout"]}},
                {"name": "artifact", "ansible.builtin.set_stats": {"data": {"handed_on": planted["artifact"]}}},
                {"name": "failure", "ansible.builtin.fail": {"msg": planted["failure"]}},
            ],
        }
    ]
    places = {"event": {"job_events"}, "stdout": {"job_events", "stdout"}, "artifact": {"job_events"}, "fact": {"fact_cache"}, "failure": {"job_events"}}

    job = controller.run("planted.yml", inputs, plays=plays)
    leaks = find_leaks(job.kept, [*planted.values(), inputs["auth_client_secret"]])
    by_place = {place: {name.split("/")[0] for name, found in leaks.items() if secret in found} for place, secret in planted.items()}

    assert job.status == "failed"
    assert {place for place, files in places.items() if not files <= by_place[place]} == set()
    # The file that is left out is left out for a reason.
    assert inputs["auth_client_secret"] in (job.kept / "command").read_text(encoding="utf-8")
