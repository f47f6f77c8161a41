#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_token
short_description: Log in to ABBYY Vantage and get an access token
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - Logs in with any OAuth 2.0 grant and returns the access token and, if there is one, the refresh token.
  - Other modules log in by themselves. Use this one for a login in a browser, for a refresh token, and for one login that several tasks share as their
    O(auth_token).
  - On most servers, a refresh token works once, and the response contains the next one. With O(login_file), the task saves it before it ends, and no two tasks,
    hosts or runs on one machine use the same token. Otherwise the caller has to save RV(refresh_token) first. Then pass RV(access_token) to other tasks as
    O(auth_token).
  - Ansible never logs the result, even without C(no_log) on the task. A registered variable still holds it.
  - O(auth_token) is not used.
extends_documentation_fragment:
  - abbyy.vantage.login
  - abbyy.vantage.vantage
  - abbyy.vantage.attributes
attributes:
  action:
    support: partial
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    details:
      - O(login_file) is read and written on the controller, where the vault passwords are.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
    details:
      - Ansible would write the result to a file, and C(async_status) would show it.
  check_mode:
    support: partial
    details:
      - Logs in as usual with V(client_credentials) and V(password), so that later tasks have a token for reading.
      - A refresh token or a code works only once. In check mode, the module checks it only offline, sends nothing, does not wait, and returns no
        RV(access_token). Set C(check_mode=false) on the task to log in anyway, with O(login_file) or another store.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing that it could show.
  idempotent:
    support: none
    details:
      - Each login returns another token. The module never reports a change.
options:
  code:
    description:
      - The authorization code, for callers that received it and compared its C(state) themselves.
      - The grant V(authorization_code) needs exactly one of O(code), O(callback_url) and O(listen).
    type: str
  callback_url:
    description:
      - The address that the browser shows after the login, copied from its address bar. The part from the question mark on is enough.
      - White space in it, which terminals add when they break lines, is ignored.
      - The module compares it with O(state) and reports the server's reason if the login failed.
    type: str
  listen:
    description:
      - Wait at O(redirect_uri) for the browser to return.
      - O(redirect_uri) has to be plain C(http) on C(localhost), C(127.0.0.1) or C([::1]), and the browser has to run on the machine that
        runs the module. Other machines cannot reach it.
      - The module rejects all other requests to this address, and those with another C(state), and keeps waiting.
      - The module exchanges the code at once. The browser then shows whether the login succeeded.
    type: bool
    default: false
  listen_timeout:
    description: Seconds that O(listen) waits, 1 to 3600.
    type: int
    default: 300
  code_verifier:
    description: As RV(abbyy.vantage.vantage_authorization_url#module:code_verifier). Required with V(authorization_code).
    type: str
  state:
    description: As RV(abbyy.vantage.vantage_authorization_url#module:state). Required with O(callback_url) and O(listen).
    type: str
  redirect_uri:
    description: The same value as O(abbyy.vantage.vantage_authorization_url#module:redirect_uri). Required with V(authorization_code).
    type: str
  login_file:
    description:
      - A file on the controller that stores refresh tokens, encrypted with C(ansible-vault). C(ansible-vault view) shows it.
      - If the task sets no login options except those of the client, it reads the refresh token of O(login_name) from the file, uses it, and writes the next
        one to the file before it ends. It first proves that it can write to the file, and locks the file against other tasks on this machine.
      - With a user and a password, in a browser, or with a refresh token from elsewhere, the task makes a new login and writes its refresh token. This requires
        O(offline_access). The file's folder is created if it is missing.
      - The task then returns the refresh token only if it could not save it.
    type: path
  login_name:
    description: Name of the login in O(login_file), which can hold several.
    type: str
    default: login
  vault_password:
    description: Password of O(login_file). By default, the play's vault passwords.
    type: str
  vault_id:
    description:
      - Id of the play's vault password that encrypts the file. With O(vault_password), the id to write into the file.
      - By default, an existing file keeps its password. A new file gets the password that Ansible's setting C(vault_encrypt_identity) names, or else the only
        one.
    type: str
seealso:
  - module: abbyy.vantage.vantage_authorization_url
"""

EXAMPLES = r"""
- name: Log in as an application
  abbyy.vantage.vantage_token:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
  register: login

- name: Use one login for several tasks
  module_defaults:
    group/abbyy.vantage.vantage:
      auth_token: "{{ login.access_token }}"
  block:
    - name: Read a client
      abbyy.vantage.vantage_client_info:
        client_id: automation

    - name: Read its secrets
      abbyy.vantage.vantage_client_secret_info:
        client_id: [automation]

- name: Log in as a user, and get a refresh token
  abbyy.vantage.vantage_token:
    auth_username: admin@contoso.example
    auth_password: "{{ vantage_password }}"
    offline_access: true
  register: first

- name: Save a refresh token in an encrypted file
  abbyy.vantage.vantage_token:
    auth_refresh_token: "{{ first.refresh_token }}"
    login_file: "{{ inventory_dir }}/.vantage-logins.yml"
    login_name: contoso

- name: Log in with the saved refresh token, and save the next one
  abbyy.vantage.vantage_token:
    login_file: "{{ inventory_dir }}/.vantage-logins.yml"
    login_name: contoso
  check_mode: false
  register: renewed

- name: Start a login in a browser
  abbyy.vantage.vantage_authorization_url:
    redirect_uri: http://127.0.0.1:8765/callback
    offline_access: true
  register: request

- name: Show where to log in
  ansible.builtin.debug:
    msg: "Open {{ request.url }} in a browser on this machine."

- name: Wait until somebody has logged in
  abbyy.vantage.vantage_token:
    listen: true
    listen_timeout: 120
    redirect_uri: "{{ request.redirect_uri }}"
    state: "{{ request.state }}"
    code_verifier: "{{ request.code_verifier }}"
    offline_access: true
    login_file: "{{ inventory_dir }}/.vantage-logins.yml"

- name: Finish a login with the address that the browser shows
  abbyy.vantage.vantage_token:
    callback_url: "{{ pasted_address }}"
    redirect_uri: "{{ pasted_request.redirect_uri }}"
    state: "{{ pasted_request.state }}"
    code_verifier: "{{ pasted_request.code_verifier }}"

- name: Finish a login with a code that another program received and checked
  abbyy.vantage.vantage_token:
    code: "{{ received_code }}"
    redirect_uri: "{{ received_request.redirect_uri }}"
    code_verifier: "{{ received_request.code_verifier }}"
"""

RETURN = r"""
access_token:
  description: The access token, for O(auth_token) of the other modules.
  returned: success, except in check mode with V(refresh_token) and V(authorization_code)
  type: str
  sample: eyJhbGciOi…
refresh_token:
  description:
    - The refresh token to use from now on, instead of O(auth_refresh_token).
    - Absent if the server sent none, or if the used one remains valid.
  returned: when the server sent a new one that was not saved in O(login_file)
  type: str
  sample: 9f3c…
token_type:
  description: How the access token is sent.
  returned: as RV(access_token)
  type: str
  sample: Bearer
scope:
  description: The granted scopes; V(null) if the server did not return them.
  returned: as RV(access_token)
  type: str
  sample: openid permissions global.wildcard offline_access
expires_in:
  description: Seconds until the access token expires; V(null) if the server did not return it.
  returned: as RV(access_token)
  type: int
  sample: 86400
expires_at:
  description: When the access token expires, by the server's clock; V(null) if the server did not return it.
  returned: as RV(access_token)
  type: str
  sample: "2026-09-07T13:03:38.380Z"
kept:
  description: Whether a refresh token was written to O(login_file).
  returned: when one was
  type: bool
  sample: true
server_time:
  description: The server's time. It decides when tokens expire.
  returned: as RV(access_token)
  type: str
  sample: "2026-09-06T13:03:38.380Z"
msg:
  description: Why there is no token.
  returned: in check mode with V(refresh_token) and V(authorization_code), and on failure
  type: str
  sample: In check mode no refresh token is spent, so there is no access_token; set check_mode to false on this task to log in all the same.
error:
  description:
    - What failed, with C(status), C(code), C(method) and C(path) as in M(abbyy.vantage.vantage_client).
    - C(code) is the server's own code, such as C(invalid_grant), or C(state_mismatch), C(state_missing), C(no_code), C(repeated), C(listen) if the module
      cannot listen at O(redirect_uri), C(listen_timeout), C(login_file) if that cannot be read or written, or C(invalid_option).
  returned: on failure
  type: dict
  sample: {status: 400, code: invalid_grant, method: POST, path: /auth2/0123456789abcdef0123456789abcdef/connect/token}
"""

from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile.run import run_login
from ansible_collections.abbyy.vantage.plugins.module_utils.login.token_login import get_token, options_spec, predict_token


# Return values that hold a secret.
SECRET_RESULTS = ("access_token", "refresh_token")


def argument_spec() -> dict[str, Any]:
    """Return the options beside those of the connection."""
    return options_spec()


def main() -> None:
    """Run the module."""
    run_login(argument_spec(), get_token, predict=predict_token)


if __name__ == "__main__":
    main()
