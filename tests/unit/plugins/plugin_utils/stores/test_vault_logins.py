# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to log in to Vault: against a real OpenBao, but for LDAP, which it does not have."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme
from joserfc import jwt
from joserfc.jwk import RSAKey

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import vault_logins
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import store_from_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Store, StoreError
from ansible_collections.abbyy.vantage.tests.integration.support.stores.between import new_stand_in, serving
from ansible_collections.abbyy.vantage.tests.integration.support.stores.openbao import ROOT_TOKEN, OpenBao, running_openbao
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import change_to, new_context, new_entry

POLICY = 'path "secret/*" { capabilities = ["create", "read", "update", "list"] }'
URL = "http://127.0.0.1:9"
TLS_URL = "https://127.0.0.1:9"
BY_CERTIFICATE = {"auth_method": "cert", "cert_auth_public_key": "client.pem", "cert_auth_private_key": "client.key"}


def new_store(folder: Path, **options: Any) -> Store:
    """Return a store that logs in as the options say."""
    return store_from_option({"type": "hashi_vault", "retries": 0, **options}, new_context(folder, f"vantage/{folder.name}"), {})


def assert_works(store: Store) -> None:
    """Assert that a login may do what a run needs."""
    store.check()
    store.prove()
    answer = store.write([change_to(new_entry(), None)])[new_entry().name]

    assert answer.status == "written"


@pytest.fixture
def open_to(openbao: OpenBao) -> OpenBao:
    """The server with a policy that lets logins in."""
    openbao.allow("logins", POLICY)
    for method in ("userpass", "jwt", "kubernetes", "approle"):
        if f"{method}/" not in openbao.root.sys.list_auth_methods():
            openbao.root.sys.enable_auth_method(method)
    return openbao


@pytest.fixture
def olga(open_to: OpenBao) -> dict[str, str]:
    """The options of a login by userpass, without the password."""
    open_to.root.auth.userpass.create_or_update_user("olga", "olgas-password", ["logins"])
    return {"url": open_to.url, "auth_method": "userpass", "username": "olga"}


def test_userpass_logs_in(olga: dict[str, str], tmp_path: Path) -> None:
    assert_works(new_store(tmp_path, **olga, password="olgas-password"))


def test_a_wrong_password_is_reported_and_not_shown(olga: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="by userpass: invalid username or password") as error:
        new_store(tmp_path, **olga, password="wrong-password").check()

    assert "wrong-password" not in str(error.value)


def test_approle_logs_in_without_a_secret_id_where_none_is_bound(open_to: OpenBao, tmp_path: Path) -> None:
    open_to.root.auth.approle.create_or_update_approle("bare", token_policies=["logins"], bind_secret_id=False, token_bound_cidrs=["127.0.0.1/32"])
    role_id = open_to.root.auth.approle.read_role_id("bare")["data"]["role_id"]
    assert_works(new_store(tmp_path, url=open_to.url, auth_method="approle", role_id=role_id))


CLAIMS = {"sub": "project:vantage", "aud": "vault"}


def new_token(claims: dict[str, Any], key: RSAKey) -> str:
    """Return a token that is signed with a key and valid for a minute."""
    return jwt.encode({"alg": "RS256"}, {**claims, "exp": int(time.time()) + 60}, key)


@pytest.fixture
def issuer(open_to: OpenBao) -> RSAKey:
    """The key whose tokens a JWT login accepts, at the path `ci`."""
    key = RSAKey.generate_key(2048)
    if "ci/" not in open_to.root.sys.list_auth_methods():
        open_to.root.sys.enable_auth_method("jwt", path="ci")
    open_to.root.auth.jwt.configure(jwt_validation_pubkeys=[key.as_pem(private=False).decode()], path="ci")
    open_to.root.auth.jwt.create_role(
        "pipeline", role_type="jwt", user_claim="sub", bound_audiences=["vault"], allowed_redirect_uris=[], token_policies=["logins"], path="ci"
    )
    return key


def new_jwt_store(open_to: OpenBao, folder: Path, token: str) -> Store:
    """Return a store that logs in with a token at the path `ci`."""
    return new_store(folder, url=open_to.url, auth_method="jwt", mount_point="ci", role_id="pipeline", jwt=token)


def test_jwt_logs_in_at_a_path_of_its_own(open_to: OpenBao, issuer: RSAKey, tmp_path: Path) -> None:
    assert_works(new_jwt_store(open_to, tmp_path, new_token(CLAIMS, issuer)))


@pytest.mark.usefixtures("issuer")
def test_a_jwt_of_another_issuer_is_reported_and_not_shown(open_to: OpenBao, tmp_path: Path) -> None:
    foreign = new_token(CLAIMS, RSAKey.generate_key(2048))

    with pytest.raises(StoreError, match=r"Could not log in to .* by jwt: ") as error:
        new_jwt_store(open_to, tmp_path, foreign).check()

    assert foreign not in str(error.value)


class TokenReview(BaseHTTPRequestHandler):
    """The one call of a Kubernetes API server that OpenBao makes: it tells whose token it is. All else here is real."""

    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user = {"username": "system:serviceaccount:vantage:onboarding", "uid": "1", "groups": ["system:serviceaccounts"]}
        body = json.dumps({**review, "status": {"authenticated": True, "user": user}}).encode()
        self.send_response(201 if self.path == "/apis/authentication.k8s.io/v1/tokenreviews" else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def pod_login(open_to: OpenBao) -> Iterator[dict[str, str]]:
    """The options of a login with a pod's service account."""
    with serving(TokenReview) as cluster:
        open_to.root.auth.kubernetes.configure(cluster, kubernetes_ca_cert=trustme.CA().cert_pem.bytes().decode(), disable_local_ca_jwt=True)
        open_to.root.auth.kubernetes.create_role("onboarding", ["onboarding"], ["vantage"], policies=["logins"])
        yield {"url": open_to.url, "auth_method": "kubernetes", "role_id": "onboarding"}


def test_kubernetes_logs_in_with_the_token_of_the_service_account(pod_login: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:vantage:onboarding",
        "kubernetes.io/serviceaccount/namespace": "vantage",
        "kubernetes.io/serviceaccount/service-account.name": "onboarding",
        "kubernetes.io/serviceaccount/service-account.uid": "1",
    }
    mounted = tmp_path / "token"
    mounted.write_text(jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)) + "\n", encoding="utf-8")
    monkeypatch.setattr(vault_logins, "SERVICE_ACCOUNT_TOKEN", str(mounted))

    assert_works(new_store(tmp_path, **pod_login))


def test_kubernetes_needs_a_service_account_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_logins, "SERVICE_ACCOUNT_TOKEN", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match=r"finds no service account token in .*; run this in a pod, or set the store's option jwt"):
        new_store(tmp_path, url=URL, auth_method="kubernetes", role_id="onboarding").check()


@pytest.fixture
def directory() -> Iterator[tuple[dict[str, str], list[tuple[str, str]]]]:
    """The options of a login by LDAP without the password, and the requests. OpenBao has no LDAP, so a stand-in answers the login and the list after it."""
    seen: list[tuple[str, str]] = []

    def answer(method: str, path: str, body: Any) -> Any:
        seen.append((method, path))
        if path == "/v1/auth/corp/login/olga":
            return {"auth": {"client_token": "hvs.ldap"}} if body == {"password": "olgas-password"} else {"auth": None}
        return {"data": {"keys": []}} if method == "LIST" else None

    with serving(new_stand_in(answer)) as url:
        yield {"url": url, "auth_method": "ldap", "mount_point": "corp", "username": "olga"}, seen


def test_ldap_logs_in_at_its_mount_point(directory: tuple[dict[str, str], list[tuple[str, str]]], tmp_path: Path) -> None:
    login, seen = directory

    new_store(tmp_path, **login, password="olgas-password").check()

    assert seen[:2] == [("POST", "/v1/auth/corp/login/olga"), ("LIST", f"/v1/secret/metadata/vantage/{tmp_path.name}")]


def test_a_login_without_a_token_in_the_response_is_reported(directory: tuple[dict[str, str], list[tuple[str, str]]], tmp_path: Path) -> None:
    login, _seen = directory
    with pytest.raises(StoreError, match="the response contains no token, as with a second factor"):
        new_store(tmp_path, **login, password="wrong").check()


def test_certificates_are_checked_in_both_directions(tmp_path: Path) -> None:
    """One test, as a server that speaks TLS takes long to start."""
    authority = trustme.CA()
    certificate = authority.issue_cert("onboarding.example.com", common_name="onboarding.example.com")
    public, private, stranger = (tmp_path / name for name in ("client.pem", "client.key", "stranger.pem"))
    certificate.cert_chain_pems[0].write_to_path(str(public))
    certificate.private_key_pem.write_to_path(str(private))
    trustme.CA().cert_pem.write_to_path(str(stranger))

    with running_openbao(tmp_path, tls=True) as server:
        server.allow("logins", POLICY)
        server.root.sys.enable_auth_method("cert")
        server.root.auth.cert.create_ca_certificate_role("clients", certificate=authority.cert_pem.bytes().decode(), token_policies=["logins"])
        login = {"url": server.url, "auth_method": "cert", "cert_auth_public_key": "client.pem", "cert_auth_private_key": str(private)}

        # The server accepts the client's certificate.
        assert_works(new_store(tmp_path, **login, ca_cert="vault-ca.pem", role_id="clients"))

        # The client refuses the server's certificate unless verification is off.
        with pytest.raises(StoreError, match=r"certificate could not be verified \(.*\); set the store's option ca_cert to the CA that signed it"):
            new_store(tmp_path, url=server.url, token=ROOT_TOKEN, ca_cert=str(stranger)).check()

        new_store(tmp_path, url=server.url, token=ROOT_TOKEN, validate_certs=False).check()


def test_a_login_by_certificate_needs_the_check_of_the_servers(tmp_path: Path) -> None:
    for name in ("client.pem", "client.key"):
        (tmp_path / name).touch()

    with pytest.raises(ConfigError, match="logs in by certificate only if it checks the server's"):
        new_store(tmp_path, url=TLS_URL, **BY_CERTIFICATE, validate_certs="no").check()


def test_a_missing_ca_certificate_is_reported(tmp_path: Path) -> None:
    for name in ("client.pem", "client.key"):
        (tmp_path / name).touch()

    with pytest.raises(ConfigError, match=r"'ca_cert' of the store hashi_vault is .*/none\.pem, where there is no file"):
        new_store(tmp_path, url=TLS_URL, **BY_CERTIFICATE, ca_cert="none.pem").check()


def test_a_store_without_a_token_names_the_ways_to_log_in(openbao: OpenBao, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no token; set its option token or VAULT_TOKEN, log in with 'vault login', or choose another auth_method"):
        new_store(tmp_path, url=openbao.url).check()


def test_the_token_that_vault_login_left_is_used(openbao: OpenBao, tmp_path: Path) -> None:
    Path(os.environ["HOME"], ".vault-token").write_text(f"{ROOT_TOKEN}\n", encoding="utf-8")
    assert_works(new_store(tmp_path, url=openbao.url))


def test_a_token_may_end_with_a_line_break(openbao: OpenBao, tmp_path: Path) -> None:
    """It does when it comes from a YAML block."""
    assert_works(new_store(tmp_path, url=openbao.url, token=f"{ROOT_TOKEN}\n"))


@pytest.mark.parametrize("token", ["hvs.gehéim", "hvs.ge\nheim"])
def test_a_token_with_invalid_characters_is_reported_and_not_shown(openbao: OpenBao, tmp_path: Path, token: str) -> None:
    with pytest.raises(StoreError, match="the token has characters that no token has; copy it again") as error:
        new_store(tmp_path, url=openbao.url, token=token).check()

    assert token not in str(error.value)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"auth_method": "approle"}, "role_id"),
        ({"auth_method": "jwt", "role_id": "x"}, "jwt"),
        ({"auth_method": "kubernetes"}, "role_id"),
        ({"auth_method": "userpass", "username": "x"}, "password"),
        ({"auth_method": "ldap", "password": "x"}, "username"),
        ({"auth_method": "cert", "cert_auth_public_key": "x"}, "cert_auth_private_key"),
    ],
)
def test_a_missing_option_of_a_login_is_named(tmp_path: Path, options: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=f"needs its option '{missing}' for the auth_method {options['auth_method']}, which is not set"):
        new_store(tmp_path, url=URL, **options).check()


def test_a_missing_client_certificate_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'cert_auth_public_key' of the store hashi_vault is .*/a\.pem, where there is no file"):
        new_store(tmp_path, url=URL, auth_method="cert", cert_auth_public_key="a.pem", cert_auth_private_key="b.pem").check()
