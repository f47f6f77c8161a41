# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run vantage_client without showing secrets. Its documentation is that of the module of its name."""

from __future__ import annotations

from ansible_collections.abbyy.vantage.plugins.modules import vantage_client
from ansible_collections.abbyy.vantage.plugins.plugin_utils.no_log_action import NoLogAction


class ActionModule(NoLogAction):
    """Runs vantage_client."""

    module = vantage_client
