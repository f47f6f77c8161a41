# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Import the library of a store when the store is used, and say how to install it when it is missing."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError


def library_of(kind: str, module: str, package: str) -> Any:
    """Return the module that a store needs.

    :param package: the name that pip installs it by.
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
            f"The store {kind} needs the Python package {package} beside ansible-playbook, which is missing; install it with "
            f"'{sys.executable} -m pip install {package}'.",
            code="missing_library",
        ) from None
