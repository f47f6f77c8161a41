#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The action plugin of the same name does the work; this file is its documentation.

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_app
short_description: Onboard apps with their OAuth clients and client secrets, and deliver the secrets to a store
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - An app is an OAuth client with its secrets. One task brings one app or hundreds of apps of a tenant to the declared state.
  - It creates and updates the clients, and creates secrets that are missing or due. It logs in with each new secret, delivers it to the store, reads it back,
    and only then deletes the older ones. If a step fails, it rolls back the new secret, and the old one keeps working.
  - A value goes from the tenant to the store within one process. It is never a variable, a task argument or a result, except with the store V(none).
  - If a run is stopped, by Ctrl-C, a cancelled job or C(timeout), it starts nothing new and delivers the secrets that it has created, within ten seconds. The
    next run does the rest. All state is in the tenant and in the store.
  - A failed app does not stop the others. The task fails at the end and names it.
  - It runs on the controller, whatever the host's connection is, so it needs no Python interpreter on the host. C(environment), C(check_mode), C(diff),
    C(timeout), C(until) and C(delegate_to) work as with a module. C(async) is refused, and C(become) does nothing.
extends_documentation_fragment:
  - abbyy.vantage.vantage
  - abbyy.vantage.bulk
  - abbyy.vantage.attributes
  - abbyy.vantage.attributes.writes
attributes:
  idempotent:
    support: full
options:
  client_id:
    description:
      - Identifier of the client of a single app. For several apps, use O(apps) or O(source) instead.
      - It never changes and is case-sensitive.
    type: str
  client_name:
    &client_name
    description: Display name of the app. A new client without it is named after its O(client_id).
    type: str
  allow_offline_access:
    &allow_offline_access
    description: Whether a refresh token is issued with the access token. The server's default is V(false).
    type: bool
  allow_remember_consent:
    &allow_remember_consent
    description: Whether a user may choose to have consent decisions stored. The server's default is V(true).
    type: bool
  back_channel_logout_session_required:
    &back_channel_logout_session_required
    description: Whether the back-channel logout mechanism is required. The server's default is V(true).
    type: bool
  require_client_secret:
    &require_client_secret
    description: Whether the client has to send a secret. The server's default is V(true); without any secret, such a client cannot log in.
    type: bool
  require_consent:
    &require_consent
    description: Whether a consent screen is shown. The server's default is V(false).
    type: bool
  allow_no_pkce:
    &allow_no_pkce
    description: Whether the authorization code flow works without PKCE. The server's default is V(false).
    type: bool
  allowed_grant_types:
    &allowed_grant_types
    description:
      - OAuth grant types that the client can use. Known are V(authorization_code), V(client_credentials), V(password), V(refresh_token), V(implicit),
        V(hybrid), V(urn:ietf:params:oauth:grant-type:device_code), V(urn:openid:params:grant-type:ciba) and
        V(urn:ietf:params:oauth:grant-type:token-exchange).
      - The vendor documents that V(authorization_code) is enabled for all clients. If the server adds it, this does not count as a difference, unless the
        tenant has clients without it.
      - V(implicit), V(hybrid) and V(authorization_code) exclude each other. The module warns of unknown grant types.
    type: list
    elements: str
  allowed_cors_origins:
    &allowed_cors_origins
    description:
      - Origins from which browsers may call, as scheme, host and port, without a path or a trailing slash.
      - The module sends them as a browser does, in lower case and without the scheme's default port. It warns if this changes the value.
    type: list
    elements: str
  allowed_scopes:
    &allowed_scopes
    description: The scopes of the token. The server accepts exactly V(openid), V(permissions) and V(publicapi.all), its default.
    type: list
    elements: str
  post_logout_redirect_uris:
    &post_logout_redirect_uris
    description: Addresses to which the server may redirect a browser after the logout.
    type: list
    elements: str
  redirect_uris:
    &redirect_uris
    description:
      - Addresses to which the server may redirect a browser with the authorization code.
      - Prefixes match, so V(https://app.example.com) without a path also admits V(https://app.example.com.evil.test/). The module warns of this.
    type: list
    elements: str
  access_token_lifetime:
    &access_token_lifetime
    description:
      - Lifetime of an access token, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss).
      - The server's default is 24 hours. Other lifetimes need Vantage 3.0 or later.
    type: str
  refresh_token_lifetime:
    &refresh_token_lifetime
    description:
      - How long refresh tokens work after the first access token was issued, in the format of O(access_token_lifetime).
      - The server's default is 30 days. Other lifetimes need Vantage 3.0 or later.
    type: str
  roles:
    &roles
    description:
      - Roles of the application, such as V(Skill User), named as in the tenant's settings. Without a role, a client may get a token and then a 403 from every
        call.
      - No document says which member of a client holds them, so this option is refused unless O(roles_member) names that member.
    type: list
    elements: str
  secrets:
    &secrets
    description:
      - The secrets of the app. Each entry is a mapping, or a description alone.
      - An app without O(secrets) gets one with the description V(default), unless O(require_client_secret) is V(false).
    type: list
    elements: dict
    suboptions:
      description:
        description: Identifies the secret among those of its client. Secrets with the same description are generations of one secret.
        type: str
      state:
        description: V(absent) deletes all generations from the tenant, and the entry from the store.
        type: str
        choices: [present, absent]
      lifetime:
        description: How long a new secret works, such as V(180d). Six months by default, at most three years.
        type: str
      expiration:
        description: When a new secret expires, instead of O(secrets[].lifetime), such as V(2027-01-31T00:00:00Z).
        type: str
      start_time:
        description:
          - When the first secret of this description starts to work. Secrets that replace it work at once, since the store must not hold one that does not work
            yet.
        type: str
      renew_before:
        description: Create a new secret when less time than this is left. By default 30 days, or a third of a shorter O(secrets[].lifetime).
        type: str
      force:
        description: Create a new secret now. With O(secrets[].state=absent), delete even the last working secret.
        type: bool
      verify:
        description:
          - Log in with a secret before delivering it, and before deleting an older one. V(true) by default.
          - With V(api), the run also uses the token of a new secret for one read of the API (C(GET /api/publicapi/v1/skills)). A client created through the API
            may have no role, and the API then refuses it. The run warns of this, says where to assign a role, and delivers the secret.
          - If a client requires no secret, the token endpoint accepts a wrong one as well. So the run does not log in with it, and reports this.
        type: raw
      prune:
        description:
          - Which older generations to delete. The default, V(superseded), deletes expired generations, those whose value nobody can have, and those whose
            successor has worked for O(secrets[].overlap).
          - With the store V(none), V(superseded) deletes only expired ones, since the run cannot know which value is in use.
        type: str
        choices: [none, expired, superseded]
      overlap:
        description: How long an older generation keeps working beside a new one. One day by default.
        type: str
      labels:
        description: Labels of this secret. They are merged with those of its app and win over them.
        type: dict
  labels:
    &labels
    description:
      - Short texts about the app for people, such as its owner or a ticket. An app has at most 20 labels.
      - The labels appear in the results, in the expiry report and in the store's entries. If only labels change, the run updates the entry and creates no
        secret. They are merged with those of O(defaults) and win over them.
    type: dict
  state:
    &state
    description: V(absent) deletes the client, and its entries from the store.
    type: str
    choices: [present, absent]
  apps:
    description:
      - Several apps, instead of O(client_id) and the other options of one app.
      - An unset option is not managed.
    type: list
    elements: dict
    suboptions:
      client_id:
        description: Identifier of the client. It never changes and is case-sensitive.
        type: str
      client_name: *client_name
      allow_offline_access: *allow_offline_access
      allow_remember_consent: *allow_remember_consent
      back_channel_logout_session_required: *back_channel_logout_session_required
      require_client_secret: *require_client_secret
      require_consent: *require_consent
      allow_no_pkce: *allow_no_pkce
      allowed_grant_types: *allowed_grant_types
      allowed_cors_origins: *allowed_cors_origins
      allowed_scopes: *allowed_scopes
      post_logout_redirect_uris: *post_logout_redirect_uris
      redirect_uris: *redirect_uris
      access_token_lifetime: *access_token_lifetime
      refresh_token_lifetime: *refresh_token_lifetime
      roles: *roles
      secrets: *secrets
      state: *state
      labels: *labels
  source:
    description:
      - More apps, from a YAML, JSON or CSV file, or from all such files in a folder and its subfolders. Ansible does not template them.
      - A relative path starts in the folder where C(ansible-playbook) was started (in AWX, the project), or else in the playbook's folder.
      - A YAML file is one app, a list of apps, or a mapping with the list under C(apps).
      - A CSV file has the option names in its first line. C(|) or spaces separate the members of a list; C(roles) and the descriptions in C(secrets) need C(|).
        An empty cell is an unset option.
    type: path
  allow_braces:
    description:
      - Accept text that looks like a template in O(source), such as C({{ domain }}), as literal text. By default it is refused, since nothing would replace it.
      - Set it for apps whose names or descriptions contain braces.
    type: bool
    default: false
  defaults:
    description: Options merged into every app.
    type: dict
    default: {}
  secret_defaults:
    description: Options merged into every secret.
    type: dict
    default: {}
  store:
    description:
      - Where to deliver secrets. A text is short for a mapping with O(store.type).
      - Unset options come from the environment variables that the store's own programs use.
    type: raw
    default: file
    suboptions:
      type:
        description:
          - V(file) is one file per tenant on the controller, encrypted by ansible-vault.
          - V(hashi_vault) is a KV engine of HashiCorp Vault or OpenBao.
          - V(aws_secrets_manager), V(azure_key_vault) and V(google_secret_manager) are the services of these clouds.
          - V(kubernetes) is a Secret in a Kubernetes namespace for each secret.
          - V(awx) is a credential in AWX or Automation Controller for each secret. AWX never shows a value again.
          - V(command) is your own program, which can store them anywhere. The guide "Secret stores" describes its requests and responses.
          - V(none) returns the new secrets in RV(secrets), for callers who deliver them themselves. The next run assumes that they did. The task does not set
            them as a fact, since a fact cache would write them to disk.
        type: str
        choices: [file, hashi_vault, aws_secrets_manager, azure_key_vault, google_secret_manager, kubernetes, awx, command, none]
        default: file
      prefix:
        description: Prefix of the names of this tenant's entries in a shared store. By default C(vantage/) and the host's inventory name.
        type: str
      path:
        description:
          - File of the store V(file). By default C(.vantage-secrets/) and the host's inventory name, beside the inventory.
          - In an AWX job, it has to be in a folder that is mounted from outside and shared by all execution nodes.
        type: path
      vault_password:
        description: Password of that file. By default the vault password of the play.
        type: str
      vault_id:
        description: Vault id that encrypts that file, if the play has several.
        type: str
      url:
        description: Address of the server, such as V(https://vault.example.com). The environment variable E(VAULT_ADDR) is used when it is not given.
        type: str
      namespace:
        description:
          - For V(hashi_vault), the namespace of Vault Enterprise or OpenBao. The environment variable E(VAULT_NAMESPACE) is used when it is not given.
          - For V(kubernetes), the namespace of the Secrets. It must exist.
        type: str
      ca_cert:
        description:
          - PEM file with the CAs to trust. The environment variable E(VAULT_CACERT), for V(kubernetes) E(K8S_AUTH_SSL_CA_CERT), is used when it is
            not given.
        type: path
      validate_certs:
        description:
          - Whether to verify the server's certificate, V(true) by default. The environment variable E(VAULT_SKIP_VERIFY) turns it off.
          - For V(kubernetes), the environment variable is E(K8S_AUTH_VERIFY_SSL), and the default is what the kubeconfig says. For V(awx), it is
            E(CONTROLLER_VERIFY_SSL), E(TOWER_VERIFY_SSL) or E(AAP_VALIDATE_CERTS).
        type: bool
      auth_method:
        description: How to log in, V(token) by default.
        type: str
        choices: [token, approle, jwt, kubernetes, userpass, ldap, cert]
      token:
        description: Token for O(store.auth_method=token). The environment variable E(VAULT_TOKEN) is used when it is not given.
        type: str
      role_id:
        description: Role of AppRole, or of JWT and Kubernetes.
        type: str
      secret_id:
        description: Secret id of AppRole. A run uses it once.
        type: str
      jwt:
        description: Token for JWT or OIDC. For Kubernetes, by default that of the service account of the pod.
        type: str
      username:
        description: User for userpass and LDAP.
        type: str
      password:
        description: Password of O(store.username).
        type: str
      cert_auth_public_key:
        description: PEM file with the client's certificate.
        type: path
      cert_auth_private_key:
        description: PEM file with the client's key.
        type: path
      mount_point:
        description: Mount point of the auth method, if it differs from the method's name.
        type: str
      engine_mount_point:
        description: Mount point of the KV engine, V(secret) by default.
        type: str
      engine_version:
        description: Version of the KV engine, V(2) by default.
        type: int
        choices: [1, 2]
      timeout:
        description: Seconds to wait for a response, 30 by default. With V(command), the maximum seconds per call of the program, 60 by default.
        type: int
      command:
        description:
          - Program of the store V(command) and its arguments, as a list or as a text that is split like a shell command. No shell runs it.
          - A relative path with a slash starts in the inventory's folder, where the program also runs. A name without a slash is searched in E(PATH).
          - Keep secrets out of it. The program gets the environment of the run.
        type: raw
      retries:
        description: How often to retry a request when the server is busy, 5 by default.
        type: int
      region:
        description:
          - Region, only for the store V(aws_secrets_manager). The environment variables E(AWS_REGION) and E(AWS_DEFAULT_REGION), then the profile,
            are used when it is not given.
        type: str
      profile:
        description: Profile of the files of the AWS CLI, only for the store V(aws_secrets_manager).
        type: str
      access_key:
        description:
          - Access key, only for the store V(aws_secrets_manager). If it is not set, boto3 looks for credentials in the environment, in its files and in the
            machine's role.
        type: str
      secret_key:
        description: Secret key of O(store.access_key).
        type: str
      session_token:
        description: Session token of O(store.access_key), if that is temporary.
        type: str
      assume_role_arn:
        description: Role to assume with these credentials, only for the store V(aws_secrets_manager).
        type: str
      endpoint_url:
        description: Address of the service, such as that of a VPC endpoint, only for the store V(aws_secrets_manager).
        type: str
      kms_key_id:
        description: KMS key that encrypts new secrets, only for the store V(aws_secrets_manager). By default C(aws/secretsmanager).
        type: str
      recovery_window:
        description:
          - Days during which a removed secret can be restored, only for the store V(aws_secrets_manager), 30 by default.
          - With V(0), it is deleted at once. Then it cannot be restored if another run writes it at the same moment.
        type: int
        choices: [0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]
      tags:
        description: Tags of each secret, only for the stores V(aws_secrets_manager) and V(azure_key_vault). They are added to the app's labels.
        type: dict
      vault_url:
        description: Address of the vault, such as V(https://contoso.vault.azure.net), only for the store V(azure_key_vault).
        type: str
      tenant:
        description:
          - Microsoft Entra tenant of O(store.client_id), only for the store V(azure_key_vault). The environment variables E(AZURE_TENANT) and
            E(AZURE_TENANT_ID) are used when it is not given.
        type: str
      client_id:
        description:
          - Application of a service principal, or client id of a managed identity, only for the store V(azure_key_vault). The environment variable
            E(AZURE_CLIENT_ID) is used when it is not given.
        type: str
      secret:
        description:
          - Client secret of the service principal, only for the store V(azure_key_vault). The environment variables E(AZURE_SECRET) and
            E(AZURE_CLIENT_SECRET) are used when it is not given.
          - Without it, azure-identity's C(DefaultAzureCredential) looks for an identity, such as the machine's.
        type: str
      cloud_environment:
        description:
          - Cloud of the tenant, only for the store V(azure_key_vault). V(AzureCloud) by default, or V(AzureUSGovernment), V(AzureChinaCloud), or the
            https address of a login service.
          - The environment variable E(AZURE_CLOUD_ENVIRONMENT) is used when it is not given.
        type: str
      project:
        description:
          - Project, only for the store V(google_secret_manager). The environment variables E(GCP_PROJECT) and E(GOOGLE_CLOUD_PROJECT) are used when
            it is not given.
        type: str
      service_account_file:
        description:
          - Key file of a service account, only for the store V(google_secret_manager). The environment variable E(GCP_SERVICE_ACCOUNT_FILE) is used
            when it is not given. Without it, the application default credentials are used.
        type: path
      endpoint:
        description: Address of the service, only for the store V(google_secret_manager), such as V(https://secretmanager.googleapis.com).
        type: str
      replica_locations:
        description:
          - Locations of new secrets, separated by commas, such as V(europe-west3,europe-west4), only for the store
            V(google_secret_manager). By default, Google chooses.
        type: str
      kubeconfig:
        description:
          - Kubeconfig of the cluster. The environment variable E(K8S_AUTH_KUBECONFIG) is used when it is not given.
          - If this option, O(store.context) and O(store.host) are not set, a run in a pod uses the service account, and any other run the default kubeconfig.
        type: path
      context:
        description: Context of the kubeconfig, by default the current one. The environment variable E(K8S_AUTH_CONTEXT) is used when it is not given.
        type: str
      host:
        description:
          - Address of the API server, such as V(https://10.0.0.1:6443), instead of a kubeconfig. It needs O(store.api_key), or O(store.client_cert)
            and O(store.client_key).
          - The environment variable E(K8S_AUTH_HOST) is used when it is not given.
        type: str
      api_key:
        description: Token of a service account. The environment variable E(K8S_AUTH_API_KEY) is used when it is not given.
        type: str
      client_cert:
        description: PEM file with the client's certificate. The environment variable E(K8S_AUTH_CERT_FILE) is used when it is not given.
        type: path
      client_key:
        description: PEM file with the client's key. The environment variable E(K8S_AUTH_KEY_FILE) is used when it is not given.
        type: path
      labels:
        description:
          - Labels of each secret, only for the stores V(kubernetes) and V(google_secret_manager). The app's labels are added if the store allows them.
        type: dict
      annotations:
        description: Annotations of all Secrets of the store V(kubernetes).
        type: dict
      controller_host:
        description:
          - Address of AWX or Automation Controller, such as V(https://awx.example.com).
          - The environment variable E(CONTROLLER_HOST), E(TOWER_HOST) or E(AAP_HOSTNAME) is used when it is not given.
        type: str
      controller_oauthtoken:
        description: Token for AWX. The environment variable E(CONTROLLER_OAUTH_TOKEN), E(TOWER_OAUTH_TOKEN) or E(AAP_TOKEN) is used when it is not given.
        type: str
      controller_username:
        description:
          - User, instead of a token. The environment variable E(CONTROLLER_USERNAME), E(TOWER_USERNAME) or E(AAP_USERNAME) is used when it is not
            given.
        type: str
      controller_password:
        description:
          - Password of O(store.controller_username). The environment variable E(CONTROLLER_PASSWORD), E(TOWER_PASSWORD) or E(AAP_PASSWORD) is used
            when it is not given.
        type: str
      request_timeout:
        description:
          - Seconds to wait for a response of AWX, 30 by default. The environment variable E(CONTROLLER_REQUEST_TIMEOUT) or E(AAP_REQUEST_TIMEOUT) is
            used when it is not given.
        type: int
      organization:
        description: Organization of the credentials in AWX.
        type: str
      credential_type:
        description: Name of the credential type in AWX. It must exist.
        type: str
      inputs:
        description:
          - Maps fields of the credential type to members of the entry. By default, the field C(client_id) gets V(client_id), and C(client_secret) gets
            V(value).
          - One field must get V(value), and that field must be marked as secret in the credential type.
          - A field can get V(client_id), V(description), V(tenant_id), V(id), V(value), V(start_time) or V(expiration).
        type: dict
      fixed_inputs:
        description: Further fields of the credential type with fixed texts, such as an address. AWX shows them unless the type marks them as secret.
        type: dict
  from_store:
    description:
      - The store to move from, in the format of O(store). The run copies entries that O(store) lacks, and creates no new secret for them. It logs in with each
        value first, if the secret has C(verify), and reads each copy back.
      - If this store lacks a secret, or the tenant no longer has it, the run creates it as usual. It renews secrets that are due.
      - The run removes nothing from this store. Once all your apps read from O(store), remove the option and delete the old entries.
      - Refused for a store that shows no values, such as V(none).
    type: raw
  prune:
    description:
      - Delete the tenant's clients that are not declared, and their entries from the store.
      - V(managed) deletes only clients that an earlier run with the same store and prefix declared and this run does not. It keeps a client with a secret that
        the store does not hold, since somebody else seems to use it. It is refused with a store that cannot list its entries. A client without secrets is
        managed once a run with V(managed) has declared it.
      - V(all) deletes all of them.
      - The client that the run logs in with is always kept.
      - Refused if no app is declared, or all are absent, since the cause is most likely a wrong variable.
    type: str
    choices: ["false", "managed", "all"]
    default: "false"
  prune_protect:
    description: Shell patterns, such as V(team-a-*), of client ids to keep.
    type: list
    elements: str
    default: []
  prune_limit:
    description: Maximum number of clients to prune in one run. If there are more, the task fails and writes nothing.
    type: int
    default: 10
  fail_on_drift:
    description: In check mode, fail if anything would change, with a message that lists the changes.
    type: bool
    default: false
  fail_if_expiring_within:
    description:
      - Fail if, after the run, a secret in use has expired or expires within this duration, such as V(14d), with a message that lists them.
      - In check mode, it checks the current secrets.
    type: str
  plan_file:
    description:
      - Write the planned changes into this file, or outside check mode the changes that were made. V(.json) is for programs, V(.md) for a comment in a merge
        request. With neither ending, the run writes both files.
      - The run writes it in check mode, too. It holds no values. Its mode is C(0644). A missing folder is created.
      - Each tenant needs a file of its own, such as C(plans/{{ inventory_hostname }}.md). The run never overwrites an existing file that is not a plan of this
        tenant.
    type: path
  batch_size:
    description: Apps per batch, 1 to 1000. Each batch has one progress line.
    type: int
    default: 100
  show:
    description:
      - Which rows the table shows, and which apps RV(apps) lists. V(changed) selects those that changed or failed.
      - V(none) shows neither progress nor table, for callbacks that print JSON. RV(apps) is then the same as with V(changed).
    type: str
    choices: [changed, all, none]
    default: changed
  return_apps:
    description: Whether to return RV(apps). With hundreds of apps, V(false) keeps the job's event small.
    type: bool
    default: true
  parts:
    description:
      - What the run may write. V(clients) alone creates, updates and deletes clients, and creates no secrets. V(secrets) alone creates and renews secrets of
        existing clients, and neither changes nor prunes clients.
    type: list
    elements: str
    choices: [clients, secrets]
    default: [clients, secrets]
seealso:
  - module: abbyy.vantage.vantage_app_info
  - module: abbyy.vantage.vantage_client
  - module: abbyy.vantage.vantage_client_secret
"""

EXAMPLES = r"""
- name: Onboard one app
  abbyy.vantage.vantage_app:
    region: eu
    tenant_id: 7a1de5a0c0de4b1e8f00c04705000001
    auth_client_id: automation
    auth_client_secret: "{{ lookup('ansible.builtin.env', 'VANTAGE_AUTH_CLIENT_SECRET') }}"
    client_id: invoice-import
    allowed_grant_types: [client_credentials]
    secrets:
      - description: production
        lifetime: 180d
        renew_before: 30d

- name: Onboard all apps of a folder, and deliver their secrets to HashiCorp Vault
  abbyy.vantage.vantage_app:
    source: "{{ inventory_dir }}/apps/{{ inventory_hostname }}"
    store:
      type: hashi_vault
      url: https://vault.example.com
      auth_method: approle
      role_id: "{{ vault_role_id }}"
      secret_id: "{{ vault_secret_id }}"
  # The connection comes from the environment: VANTAGE_REGION, VANTAGE_TENANT_ID, VANTAGE_AUTH_CLIENT_ID, VANTAGE_AUTH_CLIENT_SECRET.

- name: Report planned changes, and fail if there are any
  abbyy.vantage.vantage_app:
    source: apps
    fail_on_drift: true
  check_mode: true
"""

RETURN = r"""
apps:
  description: The apps that O(show) selects. No values.
  returned: always
  type: list
  elements: dict
  contains:
    client_id:
      description: Identifier of the client.
      returned: always
      type: str
      sample: invoice-import
    action:
      description: What happened to the app, C(created), C(renewed), C(updated), C(copied), C(deleted), C(unchanged) or C(failed).
      returned: always
      type: str
      sample: created
    secrets:
      description:
        - What happened to each secret, by description, C(created), C(renewed), C(updated), C(copied), C(deleted), C(unchanged) or C(failed). It is C(updated)
          if only its labels changed.
        - C(old one deleted) if only older generations were deleted, and C(leftover deleted) if only secrets left behind by an interrupted run were deleted.
      returned: always
      type: dict
      sample: {production: created}
    labels:
      description: Labels of the app.
      returned: when it has any
      type: dict
      sample: {owner: claims-team}
    msg:
      description: Why it failed.
      returned: when it failed
      type: str
      sample: It could not be delivered. The new secret was rolled back.
changes:
  description:
    - The changed secrets that concern their consumers. No values. In check mode, those that a run would change.
    - The role sets it as the fact C(app_onboarding_changes).
  returned: when the run started
  type: list
  elements: dict
  contains:
    client_id:
      description: Identifier of the client.
      returned: always
      type: str
      sample: invoice-import
    description:
      description: Description of the secret.
      returned: always
      type: str
      sample: production
    secret_id:
      description: Id of the new secret, or of the one that was deleted. Empty in check mode for a secret that would be created.
      returned: always
      type: str
      sample: 6f0cd7f2-8a2b-4d57-9c0e-3f8f0d1c2b3a
    action:
      description: C(created), C(renewed) or C(deleted).
      returned: always
      type: str
      sample: renewed
    expiration:
      description: When the secret expires. Empty if it never does, or was deleted.
      returned: always
      type: str
      sample: '2027-03-06T13:03:38.380Z'
    labels:
      description: Labels of the secret, including its app's labels.
      returned: always
      type: dict
      sample: {owner: claims-team}
summary:
  description: Counts and client ids.
  returned: when the run started
  type: dict
  contains:
    check:
      description: Whether it was a check run.
      returned: always
      type: bool
      sample: false
    changed:
      description: Whether anything changed.
      returned: always
      type: bool
      sample: true
    apps:
      description: How many apps were created, renewed, updated, copied, deleted, unchanged and failed.
      returned: always
      type: dict
      sample: {created: 1, renewed: 0, updated: 0, copied: 0, deleted: 0, unchanged: 7, failed: 0}
    secrets:
      description:
        - How many secrets were created, renewed, updated, deleted, unchanged and failed. Also, how many older generations and how many leftovers of interrupted
          runs were deleted.
      returned: always
      type: dict
      sample: {created: 1, renewed: 0, updated: 0, deleted: 0, unchanged: 7, failed: 0, old_deleted: 0, leftover_deleted: 0}
    clients:
      description: Client ids by outcome, without the unchanged ones, at most 100 each.
      returned: always
      type: dict
      sample: {created: [invoice-import]}
    expiring:
      description: Client ids with a secret in use that expires within O(fail_if_expiring_within).
      returned: always
      type: list
      elements: str
      sample: []
    failed:
      description: Client ids of the apps that failed.
      returned: always
      type: list
      elements: str
      sample: []
    undeclared:
      description: Names of secrets in the store that no app declares any more, at most 100.
      returned: always
      type: list
      elements: str
      sample: []
failure:
  description: Why the task failed, in one message. Empty if it did not fail.
  returned: always
  type: str
  sample: ""
server_time:
  description: The tenant's time at the end of the run.
  returned: when the run started
  type: str
  sample: '2026-09-07T13:03:38.380Z'
secrets:
  description: The new secrets by C(client_id/description), with their values.
  returned: with O(store.type=none), except in check mode
  type: dict
  sample: {invoice-import/default: {id: 6f0cd7f2-8a2b-4d57-9c0e-3f8f0d1c2b3a, client_id: invoice-import, value: ...}}
error:
  description: The failed request, if the run could not start.
  returned: when the run could not start
  type: dict
  contains:
    status:
      description: HTTP status of the response.
      returned: always
      type: int
      sample: 403
    code:
      description: Short name of the error.
      returned: always
      type: str
      sample: invalid_client
    method:
      description: HTTP method of the request.
      returned: always
      type: str
      sample: GET
    path:
      description: Path of the request.
      returned: always
      type: str
      sample: /api/adminapi2/v2/tenants/7a1de5a0c0de4b1e8f00c04705000001/clients/
"""
