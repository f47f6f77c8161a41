#!/usr/bin/python
# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The work is done by the action plugin of this name; this file is its documentation.

from __future__ import annotations

DOCUMENTATION = r"""
module: vantage_app
short_description: Onboard apps with their OAuth clients and client secrets, and deliver the secrets to a store
version_added: 0.1.0
author:
  - abbyy.vantage contributors (@abbyy-vantage)
description:
  - An app is an OAuth client with its secrets. One task brings one app, or hundreds, of a tenant to the state that is declared.
  - It creates and updates the clients, makes secrets that are missing or due, logs in with each new secret, delivers it to the store,
    reads it back, and only then deletes the older ones. If a step fails, the new secret is rolled back and the old one keeps working.
  - A value goes from the tenant to the store inside one process. It is never a variable, a task argument or a result, except with the
    store V(none).
  - A run that is stopped, by Ctrl-C, an ended job or C(timeout), begins nothing new and delivers what it has made, within ten seconds. The
    next run finishes the rest, wherever this one was stopped. Nothing is remembered except in the tenant and in the store.
  - An app that fails does not stop the others. The task fails at the end and names it.
  - It runs on the controller, whatever the connection of the host is, so it needs no interpreter. C(environment), C(check_mode), C(diff),
    C(timeout), C(until) and C(delegate_to) work as for a module. C(async) is refused, and C(become) does nothing.
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
      - It is never changed, and upper and lower case count.
    type: str
  client_name:
    &client_name
    description: Name of the app, as people see it. A new client is called as its O(client_id) unless told otherwise.
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
      - The vendor says that V(authorization_code) is enabled for all clients. Where the server adds it by itself, it is no difference, unless
        the tenant has clients without it.
      - V(implicit) or V(hybrid) beside V(authorization_code), and one beside the other, is refused. The module warns of a type that is not known.
    type: list
    elements: str
  allowed_cors_origins:
    &allowed_cors_origins
    description:
      - Origins from which browsers may call, as scheme, host and port without a path or a slash at the end.
      - They are sent as a browser writes them, in small letters and without the scheme's own port, and the module warns where that makes a difference.
    type: list
    elements: str
  allowed_scopes:
    &allowed_scopes
    description: The scopes transferred in the token. The server takes exactly V(openid), V(permissions) and V(publicapi.all), its default.
    type: list
    elements: str
  post_logout_redirect_uris:
    &post_logout_redirect_uris
    description: Addresses that a browser may be sent to after the logout.
    type: list
    elements: str
  redirect_uris:
    &redirect_uris
    description:
      - Addresses that a browser may be sent to with the authorization code.
      - Prefixes match, so V(https://app.example.com) without a path lets in V(https://app.example.com.evil.test/) too; the module warns of that.
    type: list
    elements: str
  access_token_lifetime:
    &access_token_lifetime
    description:
      - How long an access token lives, in seconds or as V(90s), V(15m), V(24h), V(30d), V(26w) or V(d.hh:mm:ss).
      - The server's default is 24 hours. Other lifetimes need Vantage 3.0 or later.
    type: str
  refresh_token_lifetime:
    &refresh_token_lifetime
    description:
      - How long refresh tokens can be used after the first access token was issued, written as O(access_token_lifetime).
      - The server's default is 30 days. Other lifetimes need Vantage 3.0 or later.
    type: str
  roles:
    &roles
    description:
      - Roles of the application, such as V(Skill User), as the tenant's settings show them. Without any, a client may get a token and then
        403 from every call.
      - No document says which member of a client holds them, so it is refused unless O(roles_member) names that member.
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
        description: Names the secret among those of its client. Several secrets with one description are generations of it.
        type: str
      state:
        description: With V(absent), all generations are deleted from the tenant, and the entry from the store.
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
          - When the first secret of this description begins to work. Those that replace it begin at once, since the store must not hold one
            that does not work yet.
        type: str
      renew_before:
        description: Make a new secret when less time than this is left. By default 30 days, or a third of a shorter O(secrets[].lifetime).
        type: str
      force:
        description: Make a new secret now. With O(secrets[].state=absent), delete even the last secret that works.
        type: bool
      verify:
        description:
          - Log in with a secret before it is delivered, and before an older one is deleted. V(true) by default.
          - With V(api), the token of a new secret is also used for one read of the API (C(GET /api/publicapi/v1/skills)). A client that was made by the
            API may have no role, and the API then refuses it. The run warns of that, says where to give it one, and delivers the secret.
          - Of a client that does not require a secret, the token endpoint accepts a wrong one as well. So it is not tried there, and the run
            says so.
        type: raw
      prune:
        description:
          - Which older generations are deleted. V(superseded) by default, which are those that have expired, those that nobody can hold, and
            those whose successor has been working for O(secrets[].overlap).
          - With the store V(none), V(superseded) deletes expired ones only, since nobody knows which value is in use.
        type: str
        choices: [none, expired, superseded]
      overlap:
        description: How long an older generation keeps working beside a new one. One day by default.
        type: str
      labels:
        description: Labels of this secret, merged over those of its app.
        type: dict
  labels:
    &labels
    description:
      - What people want to know of the app, such as its owner or a ticket. Keys and values are texts. An app has 20 labels at most.
      - The labels are in the results, in the expiry report and in the store's entries. If only they change, the entry is updated, and no secret is
        made. They are merged over those of O(defaults).
    type: dict
  state:
    &state
    description: With V(absent), the client is deleted, and its entries from the store.
    type: str
    choices: [present, absent]
  apps:
    description:
      - Several apps, instead of O(client_id) and the other options of one app.
      - An option that is not given is not managed.
    type: list
    elements: dict
    suboptions:
      client_id:
        description: Identifier of the client. It is never changed, and upper and lower case count.
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
      - More apps, from a YAML or JSON file, a CSV file, or all such files in a folder and those below it. Nothing in it is templated.
      - A relative path begins where C(ansible-playbook) was started, which in AWX is the project, or else beside the playbook.
      - A YAML file is one app, a list of apps, or a mapping with the list under C(apps).
      - A CSV file has the names of options in its first line. The members of a list are separated by C(|) or spaces, those of C(roles) and
        the descriptions in C(secrets) by C(|). An empty cell is an option that is not given.
    type: path
  allow_braces:
    description:
      - Take what looks like a template in O(source), such as C({{ domain }}), as it is written. Otherwise it is refused, since nobody fills it in.
      - Set it for apps whose names or descriptions have braces in them.
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
      - Where secrets are delivered to. A text is short for a mapping with O(store.type).
      - Options that are not given are taken from the environment variables that the programs of the store itself use.
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
          - V(command) is a program of yours, which keeps them wherever it likes. The guide "Secret stores" says what it is asked and answers.
          - V(none) returns the new secrets in RV(secrets), for callers who deliver them themselves. The next run believes that they did. They
            are never a fact by themselves, since a fact cache would write them to the disk.
        type: str
        choices: [file, hashi_vault, aws_secrets_manager, azure_key_vault, google_secret_manager, kubernetes, awx, command, none]
        default: file
      prefix:
        description: What the names of this tenant's entries begin with where a store is shared. By default C(vantage/) and the inventory name of the host.
        type: str
      path:
        description:
          - File of the store V(file). By default C(.vantage-secrets/) and the inventory name of the host, beside the inventory.
          - In a job of AWX, it has to lie in a folder that is mounted from outside and shared by all execution nodes.
        type: path
      vault_password:
        description: Password of that file. By default the vault password of the play.
        type: str
      vault_id:
        description: Vault id to encrypt that file with, when the play has several.
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
        description: Secret id of AppRole. It is spent once per run.
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
        description: Where the auth method is mounted, when that is not its own name.
        type: str
      engine_mount_point:
        description: Where the KV engine is mounted, V(secret) by default.
        type: str
      engine_version:
        description: Version of the KV engine, V(2) by default.
        type: int
        choices: [1, 2]
      timeout:
        description: Seconds to wait for a response, 30 by default. With V(command), seconds that one call of the program may take, 60 by default.
        type: int
      command:
        description:
          - Program of the store V(command) and its arguments, a list, or a text that is split into words as a shell does. No shell runs it.
          - A program with a slash that is relative begins in the inventory's folder, where it also runs. Any other one is looked for in E(PATH).
          - Keep secrets out of it. The program gets the environment of the run.
        type: raw
      retries:
        description: How often a request is repeated that the server was too busy for, 5 by default.
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
          - Access key, only for the store V(aws_secrets_manager). When it is not given, boto3 looks for credentials in the environment, in its
            files and at the machine's own role.
        type: str
      secret_key:
        description: Secret key of O(store.access_key).
        type: str
      session_token:
        description: Session token of O(store.access_key), when that is a temporary one.
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
          - Days for which a removed secret can be restored, only for the store V(aws_secrets_manager), 30 by default.
          - With V(0), it is deleted at once. Then it cannot be restored if another run has written it in the same moment.
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
          - Without it, azure-identity's C(DefaultAzureCredential) looks for an identity, such as that of the machine.
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
          - Locations that keep new secrets, with commas between them, such as V(europe-west3,europe-west4), only for the store
            V(google_secret_manager). By default, Google chooses.
        type: str
      kubeconfig:
        description:
          - Kubeconfig of the cluster. The environment variable E(K8S_AUTH_KUBECONFIG) is used when it is not given.
          - Without it, O(store.context) and O(store.host), the service account is used in a pod, and the default kubeconfig elsewhere.
        type: path
      context:
        description: Context of the kubeconfig, by default the current one. The environment variable E(K8S_AUTH_CONTEXT) is used when it is not given.
        type: str
      host:
        description:
          - Address of the API server, such as V(https://10.0.0.1:6443), in the place of a kubeconfig. It needs O(store.api_key), or O(store.client_cert)
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
          - Labels of each secret, only for the stores V(kubernetes) and V(google_secret_manager). The labels of an app are added where the store
            allows them.
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
        description: Token for it. The environment variable E(CONTROLLER_OAUTH_TOKEN), E(TOWER_OAUTH_TOKEN) or E(AAP_TOKEN) is used when it is not given.
        type: str
      controller_username:
        description:
          - User for it, without a token. The environment variable E(CONTROLLER_USERNAME), E(TOWER_USERNAME) or E(AAP_USERNAME) is used when it is not
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
          - Which field of the credential type gets what. By default the field C(client_id) gets V(client_id), and C(client_secret) gets V(value).
          - One field must get V(value), and the credential type must have it as secret.
          - A field can get V(client_id), V(description), V(tenant_id), V(id), V(value), V(start_time) or V(expiration).
        type: dict
      fixed_inputs:
        description: Further fields of the credential type with the text that they get, such as an address. AWX shows them unless the type has them as secret.
        type: dict
  from_store:
    description:
      - Another store, written as O(store), to move from. What it holds and O(store) lacks is copied, and no new secret is made for it. Each value
        is tried by a login first, if the secret has C(verify), and read back.
      - A secret that it does not hold, or that the tenant has no more, is made as usual. One that is due is renewed.
      - Nothing is removed from it. Leave the option out once all your apps read from O(store), and delete the old entries then.
      - Refused for a store that shows no values, such as V(none).
    type: raw
  prune:
    description:
      - Delete the tenant's clients that are not declared, and their entries from the store.
      - V(managed) deletes only those that an earlier run with the same store and prefix declared and this one does not. It keeps a client with a
        secret that the store does not hold, since somebody else seems to use it. It is refused for a store that cannot list its entries. A client
        without secrets is managed once a run with V(managed) has declared it.
      - V(all) deletes all of them.
      - The client that the run logs in with is always kept.
      - Refused when no app is declared that is to stay, since that is far likelier a wrong variable than a wish.
    type: str
    choices: ["false", "managed", "all"]
    default: "false"
  prune_protect:
    description: Shell patterns, such as V(team-a-*), of client ids to keep.
    type: list
    elements: str
    default: []
  prune_limit:
    description: The most clients to prune in one run. If it were more, the task fails and nothing is written.
    type: int
    default: 10
  fail_on_drift:
    description: In check mode, fail if anything would change, with a message that lists it.
    type: bool
    default: false
  fail_if_expiring_within:
    description:
      - Fail if, after the run, a secret in use has expired or expires within this duration, such as V(14d), with a message that lists them.
      - In check mode it looks at the secrets as they are now.
    type: str
  plan_file:
    description:
      - Write what would change, or outside of check mode what was done, into this file. V(.json) is for programs, V(.md) for a comment in a merge
        request. A path with neither ending gets both.
      - It is written in check mode, too, and holds no value. Its mode is C(0644). A missing folder is created.
      - Each tenant needs a file of its own, such as C(plans/{{ inventory_hostname }}.md). A file that is there already and is not the plan of
        this tenant is not overwritten.
    type: path
  batch_size:
    description: Apps per batch, 1 to 1000. Each batch has one progress line.
    type: int
    default: 100
  show:
    description:
      - Rows of the table that the task shows, and apps that RV(apps) lists. V(changed) are those that changed or failed.
      - V(none) shows neither progress nor table, for callbacks that print JSON. RV(apps) is as with V(changed).
    type: str
    choices: [changed, all, none]
    default: changed
  return_apps:
    description: Whether RV(apps) is filled. With hundreds of apps, V(false) keeps a job's event small.
    type: bool
    default: true
  parts:
    description:
      - What the run may write. V(clients) alone creates, updates and deletes clients, and makes no secret. V(secrets) alone makes and renews
        secrets of clients that are there, and neither writes nor prunes clients.
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

- name: Onboard all apps of a folder, with their secrets in HashiCorp Vault
  abbyy.vantage.vantage_app:
    source: "{{ inventory_dir }}/apps/{{ inventory_hostname }}"
    store:
      type: hashi_vault
      url: https://vault.example.com
      auth_method: approle
      role_id: "{{ vault_role_id }}"
      secret_id: "{{ vault_secret_id }}"
  # The connection from the environment: VANTAGE_REGION, VANTAGE_TENANT_ID, VANTAGE_AUTH_CLIENT_ID, VANTAGE_AUTH_CLIENT_SECRET.

- name: Report what would change, and fail if anything would
  abbyy.vantage.vantage_app:
    source: apps
    fail_on_drift: true
  check_mode: true
"""

RETURN = r"""
apps:
  description: The apps, those that O(show) says. No values.
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
      description: What became of the app, C(created), C(renewed), C(updated), C(copied), C(deleted), C(unchanged) or C(failed).
      returned: always
      type: str
      sample: created
    secrets:
      description:
        - What became of each secret by its description, C(created), C(renewed), C(updated), C(copied), C(deleted), C(unchanged) or C(failed). It is C(updated)
          if only its labels changed.
        - C(old one deleted) if only older generations were deleted, and C(leftover deleted) if only secrets were deleted that an interrupted run had
          left behind.
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
    - The secrets that those who use them have to take notice of. No values. In check mode, those that a run would change.
    - The role sets it as the fact C(app_onboarding_changes).
  returned: when the run began
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
      description: Id of the new secret, or of the one that was deleted. Empty in check mode for one that would be made.
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
      description: Labels of the secret, those of its app among them.
      returned: always
      type: dict
      sample: {owner: claims-team}
summary:
  description: Counts and client ids.
  returned: when the run began
  type: dict
  contains:
    check:
      description: Whether the run only planned.
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
        - How many secrets were created, renewed, updated, deleted, unchanged and failed. Also, how many older generations were deleted, and how many
          secrets that an interrupted run had left behind.
      returned: always
      type: dict
      sample: {created: 1, renewed: 0, updated: 0, deleted: 0, unchanged: 7, failed: 0, old_deleted: 0, leftover_deleted: 0}
    clients:
      description: Client ids by what became of them, without the unchanged ones, 100 of each at most.
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
      description: Names of secrets in the store whose apps do not declare them any more, 100 at most.
      returned: always
      type: list
      elements: str
      sample: []
failure:
  description: Why the task failed, in one message. Empty when it did not.
  returned: always
  type: str
  sample: ""
server_time:
  description: The tenant's time at the end of the run.
  returned: when the run began
  type: str
  sample: '2026-09-07T13:03:38.380Z'
secrets:
  description: The new secrets by C(client_id/description), with their values.
  returned: with O(store.type=none), except in check mode
  type: dict
  sample: {invoice-import/default: {id: 6f0cd7f2-8a2b-4d57-9c0e-3f8f0d1c2b3a, client_id: invoice-import, value: ...}}
error:
  description: The request that failed, when the run could not begin.
  returned: when the run could not begin
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
