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
  - Logs in by any OAuth 2.0 grant, and answers the access token and, if there is one, the refresh token.
  - Other modules log in by themselves. This one is for a login in a browser, for a refresh token, and for one login that several tasks share
    as their O(auth_token).
  - On most servers, a refresh token is good once, and its answer brings the next one. With O(login_file), the task itself keeps it before it ends, and no two
    tasks, hosts or runs of one machine spend the same one. Without, the caller has to store RV(refresh_token) before anything else is done.
    Then hand RV(access_token) on as O(auth_token).
  - The answer is never logged, without C(no_log) on the task; a registered variable holds it all the same.
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
      - The answer would lie in a file, and C(async_status) would show it.
  check_mode:
    support: partial
    details:
      - Logs in as ever with V(client_credentials) and V(password), so that later tasks have a token to read with.
      - A refresh token or a code is good only once. In check mode it is checked as far as that goes offline, nothing is sent or waited for,
        and there is no RV(access_token). Set C(check_mode=false) on the task to log in all the same, with O(login_file) or another store.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing that it could show.
  idempotent:
    support: none
    details:
      - Each login gives another token. The module never reports a change.
options:
  code:
    description:
      - The authorization code, for callers who have received it and have compared its C(state) themselves.
      - The grant V(authorization_code) needs exactly one of O(code), O(callback_url) and O(listen).
    type: str
  callback_url:
    description:
      - The address that the browser ended on after the login, copied from its address bar; the part from the question mark on is enough.
      - White space in it, as terminals add when they break lines, does no harm.
      - It is checked against O(state), and for what the server says of a login that failed.
    type: str
  listen:
    description:
      - Wait at O(redirect_uri) for the browser to come back.
      - O(redirect_uri) has to be plain C(http) on C(localhost), C(127.0.0.1) or C([::1]), and the browser has to run on the machine that
        runs the module. Other machines cannot reach it.
      - Whatever else asks for this address meanwhile, or comes with another C(state), is turned away, and the waiting goes on.
      - The code is exchanged at once. The browser then shows whether the login has worked.
    type: bool
    default: false
  listen_timeout:
    description: Seconds that O(listen) waits, 1 to 3600.
    type: int
    default: 300
  code_verifier:
    description: As RV(abbyy.vantage.vantage_authorization_url#module:code_verifier). Needed with V(authorization_code).
    type: str
  state:
    description: As RV(abbyy.vantage.vantage_authorization_url#module:state). Needed with O(callback_url) and O(listen).
    type: str
  redirect_uri:
    description: As O(abbyy.vantage.vantage_authorization_url#module:redirect_uri), the very same. Needed with V(authorization_code).
    type: str
  login_file:
    description:
      - A file on the controller that keeps refresh tokens, encrypted as C(ansible-vault) does it, so C(ansible-vault view) shows it.
      - When the task names nothing to log in with beside the client, the refresh token of O(login_name) is read from it and spent, and the
        next one is written to it before the task ends. Meanwhile nobody else on this machine can use the file, and it is made sure before
        that it can be written.
      - With a user and a password, in a browser, or with a refresh token from elsewhere, a new login is made, and its refresh token is
        written. O(offline_access) is needed then. The file's own folder is made if it is missing.
      - The refresh token is not in the answer then, unless it could not be kept.
    type: path
  login_name:
    description: Name of the login in O(login_file), which may keep several.
    type: str
    default: login
  vault_password:
    description: Password of O(login_file). When not given, those that the play was started with are used.
    type: str
  vault_id:
    description:
      - Which of the play's vault passwords to encrypt with, by its id. With O(vault_password), the id to write into the file.
      - When not given, a file keeps the password that it has, and a new one gets the one that Ansible's setting C(vault_encrypt_identity)
        names, or else the only one there is.
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

- name: Keep a refresh token that was got elsewhere, or here, in an encrypted file
  abbyy.vantage.vantage_token:
    auth_refresh_token: "{{ first.refresh_token }}"
    login_file: "{{ inventory_dir }}/.vantage-logins.yml"
    login_name: contoso

- name: Log in with what the file keeps, which has the next refresh token before this task ends
  abbyy.vantage.vantage_token:
    login_file: "{{ inventory_dir }}/.vantage-logins.yml"
    login_name: contoso
  check_mode: false
  register: renewed

- name: Begin a login in a browser
  abbyy.vantage.vantage_authorization_url:
    redirect_uri: http://127.0.0.1:8765/callback
    offline_access: true
  register: request

- name: Say where to log in
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

- name: Finish a login with the address that the browser has ended on
  abbyy.vantage.vantage_token:
    callback_url: "{{ pasted_address }}"
    redirect_uri: "{{ pasted_request.redirect_uri }}"
    state: "{{ pasted_request.state }}"
    code_verifier: "{{ pasted_request.code_verifier }}"

- name: Finish a login with a code that another program has received and checked
  abbyy.vantage.vantage_token:
    code: "{{ received_code }}"
    redirect_uri: "{{ received_request.redirect_uri }}"
    code_verifier: "{{ received_request.code_verifier }}"
"""

RETURN = r"""
access_token:
  description: The access token, for O(auth_token) of the other modules.
  returned: success, but with V(refresh_token) and V(authorization_code) not in check mode
  type: str
  sample: eyJhbGciOi…
refresh_token:
  description:
    - The refresh token to use from now on, in the place of O(auth_refresh_token).
    - Absent when the server has sent none, or when the one that was used goes on being good.
  returned: when the server has sent another one, and it was not kept in O(login_file)
  type: str
  sample: 9f3c…
token_type:
  description: How the access token is sent.
  returned: as RV(access_token)
  type: str
  sample: Bearer
scope:
  description: The scopes granted; V(null) when the server did not say.
  returned: as RV(access_token)
  type: str
  sample: openid permissions global.wildcard offline_access
expires_in:
  description: Seconds until the access token expires; V(null) when the server did not say.
  returned: as RV(access_token)
  type: int
  sample: 86400
expires_at:
  description: When the access token expires, by the server's clock; V(null) when the server did not say.
  returned: as RV(access_token)
  type: str
  sample: "2026-09-07T13:03:38.380Z"
kept:
  description: Whether a refresh token was written to O(login_file).
  returned: when one was
  type: bool
  sample: true
server_time:
  description: The server's time, by which tokens expire.
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
    - What failed, with C(status), C(code), C(method) and C(path) as of M(abbyy.vantage.vantage_client).
    - C(code) is the server's own, such as C(invalid_grant), or C(state_mismatch), C(state_missing), C(no_code), C(repeated), C(listen) when
      nobody can wait at O(redirect_uri), C(listen_timeout), C(login_file) when that cannot be read or written, or C(invalid_option).
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
