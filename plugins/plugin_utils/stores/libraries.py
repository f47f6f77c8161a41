# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Use a store's library: import it only when needed, keep it silent, and remove secrets from its messages."""

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

    :param packages: the packages for pip, with the main one last.
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
    """Limit loggers and their children to warnings: other messages, with bodies of requests, would be written to Ansible's log."""
    known = [name for name in logging.root.manager.loggerDict if name.startswith(tuple(f"{top}." for top in names))]
    for name in (*names, *known):
        logging.getLogger(name).setLevel(logging.WARNING)


def clean_message(text: str, redactor: Redactor, hidden: str = "") -> str:
    """Return a message without secrets, and shortened.

    :param hidden: a value that is secret in this message alone.
    """
    last = Redactor()
    last.add(hidden)
    # Cut last, so that no part of a secret is left at the cut.
    cleaned = last.clean(redactor.clean(text))
    return cleaned if len(cleaned) <= LONGEST_MESSAGE else f"{cleaned[:LONGEST_MESSAGE]}…"
