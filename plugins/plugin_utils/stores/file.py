# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store that is one ansible-vault encrypted file on the controller."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ansible import constants

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.encrypted_file import SecretFile, SecretFileError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.entries import Entries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.ansible_vault.passwords import VaultPasswords
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.compare import judge_after, judge_before
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import problems_of_texts
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import (
    Change,
    Entry,
    Spec,
    StoreContext,
    StoreError,
    Written,
    entry_of,
)

# The folder's name starts with a dot, so that Ansible does not read it as part of an inventory folder.
DEFAULT_FOLDER = ".vantage-secrets"
# Otherwise a file of another kind would fill the screen.
MOST_NAMED = 5
COLLECTION = os.path.realpath(__file__).rsplit(os.sep, 4)[0]
# AWX sets these in each job.
JOB_FOLDER, JOB_ID = "AWX_PRIVATE_DATA_DIR", "JOB_ID"
# The job's folder in an execution environment.
RUNNER_FOLDER = "/runner"
# Ansible-runner sets it in each run to <the run's folder>/artifacts/<id>, in an execution environment or on the user's machine.
RUNNER_ARTIFACTS = "AWX_ISOLATED_DATA_DIR"


def device_of(path: str) -> int:
    """Return the file system that a folder is on."""
    return os.stat(path).st_dev


class FileStore:
    """One encrypted file, written whole and read back.

    :param environ: shows whether this is an AWX job.
    :param device: returns the number of a folder's file system.
    """

    kind = "file"
    remembers = True
    can_list = True
    shows_values = True
    writes_at_once = True
    SPEC: Spec = {
        "path": {"type": "path"},
        "vault_password": {"type": "str", "no_log": True},
        "vault_id": {"type": "str"},
    }

    def __init__(self, options: Options, context: StoreContext, *, environ: Mapping[str, str] | None = None, device: Callable[[str], int] = device_of) -> None:
        self.place = path_from_option(options.text("path"), context)
        passwords = VaultPasswords(
            context.vault.secrets if context.vault else None,
            password=options.text("vault_password"),
            vault_id=options.text("vault_id") or None,
            preferred=constants.DEFAULT_VAULT_ENCRYPT_IDENTITY,  # type: ignore[attr-defined]  # made at run time from Ansible's settings
        )
        self._file = SecretFile(self.place, passwords)
        self._environ = os.environ if environ is None else environ
        self._device = device
        # A cache of parsed entries by name: with many batches, most of a file is unchanged.
        self._made: dict[str, tuple[dict[str, Any], Entry]] = {}
        # The file's lock keeps out other processes; this one other threads.
        self._lock = threading.Lock()

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that is not text."""
        return problems_of_texts(names)

    def check(self) -> None:
        """Raise ConfigError for a place that does not persist, StoreError when the file cannot be read or its folder not written."""
        problem = problem_of_place(self._file.path, self._environ, self._device)
        if problem:
            raise ConfigError(problem)
        with self._lock, as_store_error():
            self._file.check()
            self._entries(self._file.read() or {})

    def prove(self, _names: Iterable[str] = ()) -> None:
        """Write all entries to a temporary file and discard it."""
        with self._lock, as_store_error():
            self._file.make_directory()
            self._file.check_directory()
            with self._file.locked():
                self._file.write(self._file.read() or {}, keep=False)

    def read(self, names: Iterable[str] | None, *, values: bool) -> dict[str, Entry]:
        """Return entries by name."""
        with self._lock, as_store_error():
            entries = self._entries(self._file.read() or {})
        wanted = None if names is None else set(names)
        return {name: entry if values else replace(entry, value="") for name, entry in entries.items() if wanted is None or name in wanted}

    def write(self, changes: Sequence[Change]) -> dict[str, Written]:
        """Write the file once for all changes that find what they expect."""
        with self._lock, as_store_error():
            self._file.make_directory()
            self._file.check_directory()
            with self._file.locked():
                return self._write_locked(changes)

    def _write_locked(self, changes: Sequence[Change]) -> dict[str, Written]:
        raw = self._file.read() or {}
        before = self._entries(raw)
        answers = {change.name: judge_before(before.get(change.name), change) for change in changes}
        wanted = [change for change in changes if answers[change.name] is None]
        done = {name: answer for name, answer in answers.items() if answer is not None}
        if not wanted:
            return done
        changed = {change.name: change.entry for change in wanted}
        after = {name: members for name, members in raw.items() if name not in changed}
        self._file.write({**after, **{name: entry.to_members() for name, entry in changed.items() if entry}})
        try:
            found = self._entries(self._file.read() or {})
        except (SecretFileError, StoreError) as exc:
            reason = f"It was written, but could not be read back: {exc}"
            return {**done, **{change.name: Written("in_doubt", reason, before.get(change.name)) for change in wanted}}
        return {**done, **{change.name: judge_after(before.get(change.name), found.get(change.name), change) for change in wanted}}

    def _entries(self, raw: Entries) -> dict[str, Entry]:
        """Parse the file's entries; an entry under another name is an error."""
        made: dict[str, tuple[dict[str, Any], Entry]] = {}
        wrong = []
        for name, members in raw.items():
            former = self._made.get(name)
            entry = former[1] if former and former[0] is members else entry_of(name, members)
            if entry:
                made[name] = (members, entry)
            else:
                wrong.append(name)
        if wrong:
            raise StoreError(self._problem_of(wrong))
        self._made = made
        return {name: entry for name, (_members, entry) in made.items()}

    def _problem_of(self, names: list[str]) -> str:
        lines = self._file.lines()
        where = ", ".join(f"{name!r} in line {lines.get(name, '?')}" for name in sorted(names, key=lambda name: lines.get(name, 0))[:MOST_NAMED])
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        return (
            f"{self.place} holds entries whose name is not their client_id/description: {where}{more}; fix them with 'ansible-vault edit' "
            "or choose another path."
        )


@contextmanager
def as_store_error() -> Iterator[None]:
    """Convert the file's errors to errors of a store."""
    try:
        yield
    except SecretFileError as exc:
        raise StoreError(str(exc)) from exc


def path_from_option(path: str, context: StoreContext) -> str:
    """Return the absolute path of the file.

    :raises ConfigError: for a path with a variable without a value.
    """
    chosen = os.path.expanduser(path) if path else os.path.join(DEFAULT_FOLDER, f"{context.host.replace(os.sep, '%2F')}.yml")
    whole = os.path.normpath(os.path.join(context.folder, chosen))
    if "\0" in whole:
        raise ConfigError(f"The option 'path' of the store file is {path!r}, with a character that no path has; write another one.")
    if not os.path.isabs(whole) or "None" in whole.split(os.sep)[:-1]:
        raise ConfigError(
            f"The store file would be {whole}, whose folder was made of a variable without a value, such as inventory_dir; set the store's option "
            "path to an absolute path."
        )
    return whole


def problem_of_place(path: str, environ: Mapping[str, str], device: Callable[[str], int]) -> str:
    """Return one sentence when files there do not persist; empty for a good place.

    :param path: absolute, with no links in it.
    """
    if is_below(path, COLLECTION) and os.path.exists(os.path.join(COLLECTION, "MANIFEST.json")):
        return f"The store file would be {path}, inside the installed collection, which the next upgrade replaces; set the store's option path to another one."
    if is_gone_with_the_job(path, environ, device):
        return (
            f"The store file would be {path}, which is gone when this job ends; set the store's option path to a folder that is kept (in AWX, one "
            "that is mounted into the jobs of all execution nodes), or use a store on a server, such as hashi_vault."
        )
    return ""


def is_gone_with_the_job(path: str, environ: Mapping[str, str], device: Callable[[str], int]) -> bool:
    """Return whether a file is lost at the end of an AWX job, an execution environment or ansible-rulebook."""
    artifacts = environ.get(RUNNER_ARTIFACTS) or ""
    folder = os.path.dirname(os.path.dirname(os.path.realpath(artifacts))) if artifacts else ""
    if not (environ.get(JOB_ID) or environ.get(JOB_FOLDER) or f"{artifacts}/".startswith(f"{RUNNER_FOLDER}/")):
        # ansible-rulebook gives each run a temporary folder.
        return bool(folder) and is_below(folder, os.path.realpath(tempfile.gettempdir())) and is_below(path, folder)
    folders = [os.path.realpath(environ.get(JOB_FOLDER) or RUNNER_FOLDER), RUNNER_FOLDER]
    return any(is_below(path, one) for one in folders) or device(nearest_folder(path)) == device(os.sep)


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is inside a folder."""
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def nearest_folder(path: str) -> str:
    """Return the folder of a path, or the first one above it that is there."""
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder
