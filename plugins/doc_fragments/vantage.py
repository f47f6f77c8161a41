# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the connection and the login, shared by all modules."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment ``abbyy.vantage.vantage``."""

    DOCUMENTATION = r"""
options:
  base_url:
    description:
      - Address of the deployment, such as V(https://vantage.example.com). A private cloud has its own.
      - Takes precedence over O(region). One of the two is required.
      - The environment variable E(VANTAGE_BASE_URL) is used when the option is not given. For all options here, an empty variable counts as not set.
    type: str
  region:
    description:
      - The vendor's deployment, V(us), V(eu) or V(au).
      - The environment variable E(VANTAGE_REGION) is used when the option is not given.
    type: str
    choices: [us, eu, au]
  tenant_id:
    description:
      - The tenant's GUID, with or without hyphens. It is sent unchanged. The module warns if it is not a GUID.
      - The environment variable E(VANTAGE_TENANT_ID) is used when the option is not given.
    type: str
    required: true
  api_version:
    description: Version of the administration API. Older deployments support only V(v1).
    type: str
    choices: [v2, v1]
    default: v2
  roles_member:
    description:
      - Name of the client's member that holds the roles of its application. No document names it; the playbook C(abbyy.vantage.probe) finds it, if it exists.
        Clients are then returned with their C(roles), and the option C(roles) manages them.
      - The environment variable E(VANTAGE_ROLES_MEMBER) is used when the option is not given.
    type: str
  validate_certs:
    description:
      - Whether to verify the server's certificate.
      - The environment variable E(VANTAGE_VALIDATE_CERTS) is used when the option is not given.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file, or directory of PEM files, with the CAs to trust instead of the system's CAs.
      - The environment variable E(VANTAGE_CA_PATH) is used when the option is not given.
    type: path
  timeout:
    description:
      - Seconds to wait for a response, 1 to 3600. The time to connect is limited to 10 seconds.
      - The environment variable E(VANTAGE_TIMEOUT) is used when the option is not given.
    type: int
    default: 30
  clock_tolerance:
    description:
      - How far the tenant's clock, as sent in its responses, may differ from this machine's. If it differs more, one of the two is wrong, and the run deletes
        no secret because it expired or was replaced.
      - The environment variable E(VANTAGE_CLOCK_TOLERANCE) is used when the option is not given.
    type: str
    default: 1d
  auth_token:
    description:
      - Access token to send. It is used until the server refuses it. Then the module logs in again if the options for a login are set, too.
      - The environment variable E(VANTAGE_AUTH_TOKEN) is used when the option is not given.
    type: str
  auth_grant:
    description:
      - OAuth grant to log in with.
      - If not set, it is V(refresh_token) with O(auth_refresh_token), else V(password) with O(auth_username), else V(client_credentials).
      - The environment variable E(VANTAGE_AUTH_GRANT) is used when the option is not given.
    type: str
    choices: [client_credentials, password, refresh_token]
  auth_client_id:
    description:
      - Client to log in with.
      - The environment variable E(VANTAGE_AUTH_CLIENT_ID) is used when the option is not given.
    type: str
  auth_client_secret:
    description:
      - Secret of O(auth_client_id).
      - The environment variable E(VANTAGE_AUTH_CLIENT_SECRET) is used when the option is not given.
    type: str
  auth_username:
    description:
      - User, mostly an e-mail address, for the V(password) grant, which does not work once the tenant has an external identity provider.
      - The environment variable E(VANTAGE_AUTH_USERNAME) is used when the option is not given.
    type: str
  auth_password:
    description:
      - Password of O(auth_username).
      - The environment variable E(VANTAGE_AUTH_PASSWORD) is used when the option is not given.
    type: str
  auth_refresh_token:
    description:
      - Refresh token. Most servers accept it only once and return a new one, which the module returns as RV(ignore:auth_refresh_token). Other servers accept it
        repeatedly and return no new one.
      - Every task with this option uses the token, also in check mode. To log in for several tasks and to save the new token first, use
        M(abbyy.vantage.vantage_token) with its option C(login_file), and pass its access token to the tasks as O(auth_token).
      - The environment variable E(VANTAGE_AUTH_REFRESH_TOKEN) is used when the option is not given.
    type: str
  auth_scope:
    description:
      - Scopes to request, separated by spaces. The vendor says that they may change.
      - Every page of the vendor requests the default. A client created through the API has C(openid), C(permissions) and C(publicapi.all) as its
        C(allowed_scopes), and no page says how the two fit together. If a login is refused with C(invalid_scope), try V(openid permissions publicapi.all);
        M(abbyy.vantage.vantage_probe) with a scratch client finds out what works.
      - The environment variable E(VANTAGE_AUTH_SCOPE) is used when the option is not given.
    type: str
    default: openid permissions global.wildcard
  auth_discovery:
    description:
      - Whether to read the OAuth endpoints from the tenant's C(.well-known/openid-configuration), whose issuer must match, instead of using the documented
        paths.
      - The environment variable E(VANTAGE_AUTH_DISCOVERY) is used when the option is not given.
    type: bool
    default: false
  audit_log:
    description:
      - Where to append a line of JSON for every request that changes the tenant. Each entry is the absolute path of a file, or V(syslog:) with a
        facility, such as V(syslog:local3); V(syslog:) alone is V(syslog:user). No line holds a value of a secret.
      - A file is created with mode 0600. If the run cannot write it, the run fails before it writes anything to the tenant. If writing fails later, for example
        on a full disk, the run continues with a warning.
      - The machine that runs the task writes it; for M(abbyy.vantage.vantage_app), this is the controller. Tasks that only read, and check mode, write no line.
      - The environment variable E(VANTAGE_AUDIT_LOG) is used when the option is not given; commas separate its entries.
    type: list
    elements: str
  audit_user:
    description:
      - The user that the lines of O(audit_log) name. By default the user who started the AWX job, and elsewhere the operating system's user.
      - The environment variable E(VANTAGE_AUDIT_USER) is used when the option is not given.
    type: str
requirements:
  - requests >= 2.32.4 for the Python that runs the module (set C(ansible_python_interpreter) to C({{ ansible_playbook_python }}) with C(connection=local))
"""
