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
      - Address of the deployment, such as V(https://vantage.example.com); a private cloud has its own.
      - Goes before O(region). One of the two is needed.
      - The environment variable E(VANTAGE_BASE_URL) is used when the option is not given. As for all options here, an empty variable
        counts as not given.
    type: str
  region:
    description:
      - The vendor's own deployment to use, V(us), V(eu) or V(au).
      - The environment variable E(VANTAGE_REGION) is used when the option is not given.
    type: str
    choices: [us, eu, au]
  tenant_id:
    description:
      - The tenant's GUID, with or without hyphens; it is sent as given. The module warns of one that is no GUID.
      - The environment variable E(VANTAGE_TENANT_ID) is used when the option is not given.
    type: str
    required: true
  api_version:
    description: Version of the administration API. Older deployments know V(v1) only.
    type: str
    choices: [v2, v1]
    default: v2
  roles_member:
    description:
      - Name of the member of a client that holds the roles of its application, which no document gives. The playbook C(abbyy.vantage.probe)
        finds it, if there is one. Clients are then returned with their C(roles), and the option of that name manages them.
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
      - PEM file, or directory of them, with the CAs to trust in the place of the usual ones.
      - The environment variable E(VANTAGE_CA_PATH) is used when the option is not given.
    type: path
  timeout:
    description:
      - Seconds to wait for an answer, 1 to 3600. A connection has to be made within 10 seconds of these.
      - The environment variable E(VANTAGE_TIMEOUT) is used when the option is not given.
    type: int
    default: 30
  clock_tolerance:
    description:
      - How far the tenant's clock, as its responses tell it, may differ from this machine's. If it differs more, one of the two is wrong, and
        nothing is deleted because it has expired or was replaced.
      - The environment variable E(VANTAGE_CLOCK_TOLERANCE) is used when the option is not given.
    type: str
    default: 1d
  auth_token:
    description:
      - Access token to send. Used until the server refuses it; then a new one is got if the options for that are given too.
      - The environment variable E(VANTAGE_AUTH_TOKEN) is used when the option is not given.
    type: str
  auth_grant:
    description:
      - OAuth grant to log in with.
      - When not given, V(refresh_token) with O(auth_refresh_token), else V(password) with O(auth_username), else V(client_credentials).
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
      - Refresh token, which most servers accept only once. Its successor is then in the answer as RV(ignore:auth_refresh_token). Where a server
        accepts it again and again, there is no successor.
      - Every task that is given one spends it, in check mode too. To log in for several tasks, and to keep the successor before anything else
        is done, use M(abbyy.vantage.vantage_token) with its option C(login_file), and hand its access token on as O(auth_token).
      - The environment variable E(VANTAGE_AUTH_REFRESH_TOKEN) is used when the option is not given.
    type: str
  auth_scope:
    description:
      - Scopes to ask for, separated by spaces. The vendor says that they may change.
      - The default is what every page of the vendor asks for. A client that was made by the API has C(openid), C(permissions) and C(publicapi.all) as
        its C(allowed_scopes), and no page says how the two meet. If a login is refused with C(invalid_scope), try V(openid permissions publicapi.all);
        M(abbyy.vantage.vantage_probe) with a scratch client finds out what works.
      - The environment variable E(VANTAGE_AUTH_SCOPE) is used when the option is not given.
    type: str
    default: openid permissions global.wildcard
  auth_discovery:
    description:
      - Whether to take the OAuth endpoints from the tenant's C(.well-known/openid-configuration), whose issuer must match, in the place
        of the documented paths.
      - The environment variable E(VANTAGE_AUTH_DISCOVERY) is used when the option is not given.
    type: bool
    default: false
  audit_log:
    description:
      - Where to append a line of JSON for every request that changes the tenant. Each entry is the absolute path of a file, or V(syslog:) with a
        facility, such as V(syslog:local3); V(syslog:) alone is V(syslog:user). No line holds a value of a secret.
      - A file is created with mode 0600. A run that could not write it fails before anything is written to the tenant. If writing fails later,
        such as on a full disk, the run goes on and warns.
      - It is written where the task runs, which for M(abbyy.vantage.vantage_app) is the controller. Tasks that only read, and check mode, write
        no line.
      - The environment variable E(VANTAGE_AUDIT_LOG) is used when the option is not given, with commas between its entries.
    type: list
    elements: str
  audit_user:
    description:
      - Whom the lines of O(audit_log) name as the user. By default the user who has started the job of AWX, and elsewhere the user of the
        operating system who runs the task.
      - The environment variable E(VANTAGE_AUDIT_USER) is used when the option is not given.
    type: str
requirements:
  - requests >= 2.32.4 for the Python that runs the module (set C(ansible_python_interpreter) to C({{ ansible_playbook_python }}) with C(connection=local))
"""
