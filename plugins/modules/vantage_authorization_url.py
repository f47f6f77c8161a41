#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_authorization_url
short_description: Start a login to ABBYY Vantage in a browser
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Returns the address that a person opens in a browser to log in (OAuth 2.0 authorization code flow with PKCE), and the values that
    M(abbyy.vantage.vantage_token) needs to finish that login.
  - Sends no request, unless O(auth_discovery) is V(true).
  - Each call returns a new address for one login.
  - The result holds the RV(code_verifier), so Ansible never logs it, even without C(no_log) on the task. A registered variable still holds it. You may show
    RV(url) and RV(state).
extends_documentation_fragment:
  - abbyy.vantage.login
  - abbyy.vantage.vantage
  - abbyy.vantage.attributes
attributes:
  check_mode:
    support: full
    details:
      - The module changes nothing, and does the same in check mode.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    support: none
    details:
      - Every result is different by design.
options:
  redirect_uri:
    description:
      - Where the browser goes after the login, with the code. It has to start with one of the client's redirect URIs.
      - With an address on this machine, such as V(http://127.0.0.1:8765/callback), M(abbyy.vantage.vantage_token) can listen for it.
    type: str
    required: true
  product_id:
    description: The vendor's id of the product. The vendor says that it may change.
    type: str
    default: a8548c9b-cb90-4c66-8567-d7372bb9b963
seealso:
  - module: abbyy.vantage.vantage_token
"""

EXAMPLES = r"""
- name: Start a login
  abbyy.vantage.vantage_authorization_url:
    auth_client_id: automation
    redirect_uri: http://127.0.0.1:8765/callback
  register: login

- name: Show where to log in
  ansible.builtin.debug:
    msg: "Open {{ login.url }} in a browser on this machine."

- name: Start a login that returns a refresh token
  abbyy.vantage.vantage_authorization_url:
    redirect_uri: http://127.0.0.1:8765/callback
    offline_access: true

- name: Start a login at a private cloud, whatever the user's tenant
  abbyy.vantage.vantage_authorization_url:
    base_url: https://vantage.example.com
    tenant_id: ""
    redirect_uri: https://apps.example.com/oauth

- name: Start a login at the endpoint from the tenant's discovery document
  abbyy.vantage.vantage_authorization_url:
    redirect_uri: http://127.0.0.1:8765/callback
    auth_discovery: true

- name: Start a login with explicit scopes and product, in case the vendor changes them
  abbyy.vantage.vantage_authorization_url:
    redirect_uri: http://127.0.0.1:8765/callback
    auth_scope: openid permissions global.wildcard
    product_id: a8548c9b-cb90-4c66-8567-d7372bb9b963
"""

RETURN = r"""
url:
  description: The address to open in a browser.
  returned: success
  type: str
  sample: https://vantage-eu.abbyy.com/auth2/0123456789abcdef0123456789abcdef/connect/authorize?client_id=automation&redirect_uri=…
state:
  description: Identifies the browser's response to this login.
  returned: success
  type: str
  sample: 3q2-7wR…
code_verifier:
  description: Needed to exchange the code, so that a stolen code is useless. Keep it secret.
  returned: success
  type: str
  sample: dBjftJeZ4CVP…
code_challenge:
  description: The SHA-256 of RV(code_verifier), as in RV(url).
  returned: success
  type: str
  sample: E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
redirect_uri:
  description: Where the browser goes after the login, for M(abbyy.vantage.vantage_token).
  returned: success
  type: str
  sample: http://127.0.0.1:8765/callback
error:
  description: What failed, with C(status), C(code), C(method) and C(path) as in M(abbyy.vantage.vantage_client).
  returned: on failure
  type: dict
  sample: {status: null, code: invalid_option, method: null, path: null}
"""

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.login.authorization_request import PRODUCT_ID, begin_login
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_login


# Return values that hold a secret.
SECRET_RESULTS = ("code_verifier",)


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return {
        "redirect_uri": {"type": "str", "required": True},
        "offline_access": {"type": "bool", "default": False},
        "product_id": {"type": "str", "default": PRODUCT_ID},
    }


def main() -> None:
    """Run the module."""
    run_login(argument_spec(), begin_login)


if __name__ == "__main__":
    main()
