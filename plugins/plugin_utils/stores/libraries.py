# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Use the library of a store's field: import it only when it is needed, keep it silent, and repeat nothing secret of what it says."""

from __future__ import annotations

import logging
import sys
import warnings
from importlib import import_module
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor

LONGEST_MESSAGE = 600


def library(kind: str, module: str, packages: str) -> Any:
    """Return a module of a library.

    :param packages: what pip installs for it, the one that the others are for at last.
    :raises ConfigError: when it is not installed.
    """
    found = sys.modules.get(module)
    if found is not None:
        return found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(module)
    except ImportError:
        raise ConfigError(
            f"The store {kind} needs the Python package {packages.split()[-1]} beside ansible-playbook, which is missing; install it with "
            f"'{sys.executable} -m pip install {packages}'.",
            code="missing_library",
        ) from None


def silence(*names: str) -> None:
    """Let loggers, and those below them, speak of warnings only: what else they say lands in Ansible's log, bodies of requests included."""
    known = [name for name in logging.root.manager.loggerDict if name.startswith(tuple(f"{top}." for top in names))]
    for name in (*names, *known):
        logging.getLogger(name).setLevel(logging.WARNING)


def clean_message(text: str, redactor: Redactor, hidden: str = "") -> str:
    """Return a message without secrets, and not longer than a reader bears.

    :param hidden: a value that is secret in this message alone.
    """
    last = Redactor()
    last.add(hidden)
    # Cut last, so that no half of a secret is left at the cut.
    cleaned = last.clean(redactor.clean(text))
    return cleaned if len(cleaned) <= LONGEST_MESSAGE else f"{cleaned[:LONGEST_MESSAGE]}…"
