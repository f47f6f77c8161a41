# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a rotated refresh token in the answer of the module out of every log."""

from __future__ import annotations

from ansible_collections.abbyy.vantage.plugins.modules import vantage_probe
from ansible_collections.abbyy.vantage.plugins.plugin_utils._protected_action import NoLogAction


class ActionModule(NoLogAction):
    """Run the module of the same name."""

    module = vantage_probe
