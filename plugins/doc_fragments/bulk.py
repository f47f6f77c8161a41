# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of working on many things at once, shared by the modules that do."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment ``abbyy.vantage.bulk``."""

    DOCUMENTATION = r"""
options:
  concurrency:
    description: Maximum number of parallel requests, 1 to 64. If the server reports that it is busy, all of them slow down together.
    type: int
    default: 8
"""
