# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the copy importable as the collection that it is, before pytest looks for tests: mutmut names its mutants by the module they are imported as."""

from __future__ import annotations

import importlib
import os

from ansible.plugins.loader import init_plugin_loader

init_plugin_loader([os.environ["ANSIBLE_COLLECTIONS_PATH"]])
# Else pytest would make a package of this name for the first conftest.py, which knows nothing of the folders beside it.
importlib.import_module("ansible_collections.abbyy.vantage.tests.unit")
