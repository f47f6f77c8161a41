# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one job like AWX 24.6.1 does: render its credential and run its playbook. Run by the Python of .venv/awx.

Reads the request as JSON from standard input and writes the result to standard output. The injector is AWX's own code, the runner is
the one that AWX uses; only the container is left out, so the job sees its private folder itself where AWX mounts it to /runner.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from awx_plugins.interfaces._temporary_private_api import Credential, ManagedCredentialType
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

MOUNTED = "/runner/"
# The variables that AWX gives to every job, some of them.
OWN_VARIABLES = {"job_id": 1, "user_name": "admin", "job_launch_type": "manual"}


class UnsafeDumper(yaml.SafeDumper):
    """Marks all strings as not to be templated, as AWX does with variables of a survey."""


UnsafeDumper.add_representer(str, lambda dumper, value: dumper.represent_scalar("!unsafe", value))


def render(folder: Path, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the environment, the environment that AWX stores, and the arguments that the credential adds."""
    kind = ManagedCredentialType("vantage", "ABBYY Vantage", "cloud", wanted["credential_type"]["inputs"], wanted["credential_type"]["injectors"])
    env: dict[str, Any] = {}
    safe_env: dict[str, Any] = {}
    args: list[str] = []
    inject_credential(kind, Credential(wanted["inputs"]), env, safe_env, args, str(folder))
    return {"env": env, "safe_env": safe_env, "args": args}


def write(path: Path, text: str, mode: int = stat.S_IRUSR | stat.S_IWUSR) -> None:
    """Write a file for the job's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def run(folder: Path, wanted: dict[str, Any], rendered: dict[str, Any]) -> dict[str, Any]:
    """Run the playbook and return how it ended."""
    write(folder / "inventory/hosts", f"#! /usr/bin/env python3\n# -*- coding: utf-8 -*-\nprint({json.dumps(wanted['inventory'])!r})\n", stat.S_IRWXU)
    own = {f"{prefix}_{name}": value for prefix in ("awx", "tower") for name, value in {**OWN_VARIABLES, **wanted["own_variables"]}.items()}
    write(folder / "env/extravars", yaml.dump({**own, **wanted["extra_vars"]}, Dumper=UnsafeDumper))
    arguments = [*rendered["args"]]
    arguments += ["--check"] * (wanted["job_type"] == "check") + ["--diff"] * wanted["diff_mode"] + (["-l", wanted["limit"]] if wanted["limit"] else [])
    passwords = {}
    if wanted["vault_password"]:
        arguments.append("--ask-vault-pass")
        passwords = {r"Vault password:\s*?$": wanted["vault_password"]}
    env = {"JOB_ID": "1", "AWX_PRIVATE_DATA_DIR": str(folder)}
    env |= {name: value.replace(MOUNTED, f"{folder}/") if value.startswith(MOUNTED) else value for name, value in rendered["env"].items()}
    done = ansible_runner.run(
        ident="1",
        private_data_dir=str(folder),
        playbook=wanted["playbook"],
        inventory=str(folder / "inventory/hosts"),
        envvars=env,
        passwords=passwords,
        cmdline=" ".join(arguments),
        verbosity=wanted["verbosity"] or None,
        fact_cache_type="jsonfile",
        settings={"suppress_ansible_output": True},
        suppress_env_files=True,
    )
    return {"status": done.status, "rc": done.rc}


def main() -> None:
    """Read the request, run it, write the result."""
    wanted = json.load(sys.stdin)
    folder = Path(wanted["folder"])
    (folder / "env").mkdir(parents=True, exist_ok=True)
    rendered = render(folder, wanted)
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "env").iterdir())}
    ended = run(folder, wanted, rendered) if wanted["playbook"] else {}
    print(json.dumps({**rendered, "files": files, **ended}))


if __name__ == "__main__":
    main()
