# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of what the modules share that log in and do nothing else."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment ``abbyy.vantage.login``; to be named before ``abbyy.vantage.vantage``, whose options it replaces."""

    DOCUMENTATION = r"""
options:
  tenant_id:
    description:
      - The tenant's GUID, with or without hyphens. It is sent unchanged.
      - If it is set, the login goes to the tenant's own endpoints. That is necessary for an e-mail address with accounts in several tenants.
      - The environment variable E(VANTAGE_TENANT_ID) is used when the option is not given.
    type: str
    required: false
  auth_grant:
    description:
      - OAuth grant to log in with.
      - If not set, it is V(authorization_code) if one of that grant's options is set, else V(refresh_token) with O(auth_refresh_token), else V(password)
        with O(auth_username), else V(client_credentials).
      - The environment variable E(VANTAGE_AUTH_GRANT) is used when the option is not given.
    type: str
    choices: [client_credentials, password, refresh_token, authorization_code]
  offline_access:
    description:
      - Whether to request a refresh token, too, by adding V(offline_access) to O(auth_scope).
      - The client needs C(allow_offline_access). For a login in a browser, set the option for both M(abbyy.vantage.vantage_authorization_url) and
        M(abbyy.vantage.vantage_token).
    type: bool
    default: false
"""
