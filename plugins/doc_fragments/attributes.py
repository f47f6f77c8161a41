# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the attributes, shared by all modules."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragments ``abbyy.vantage.attributes`` and its parts."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return what would change without changing it.
  diff_mode:
    description: Returns the difference between before and after in diff mode.
  idempotent:
    description: Running the same task again changes nothing.
"""

    WRITES = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module computes the same plan as in a real run, and sends only reads and the token request.
  diff_mode:
    support: full
    details:
      - The diff shows the plan, so it is the same in check mode and in a real run. It never holds a value.
"""

    READS = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The module only reads.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: full
    details:
      - The module changes nothing.
"""
