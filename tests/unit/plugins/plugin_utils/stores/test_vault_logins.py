# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to log in to Vault: against a real OpenBao, but for LDAP, which it does not have."""

from __future__ import annotations

import json
import os
import time
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


def new_store(folder: Path, **options: Any) -> Store:
    """Return a store that logs in as the options say."""
    return store_from_option({"type": "hashi_vault", "retries": 0, **options}, new_context(folder, f"vantage/{folder.name}"), {})


def assert_works(store: Store) -> None:
    """Assert that a login may do what a run needs."""
    store.check()
    store.prove()
    assert store.write([change_to(new_entry(), None)])[new_entry().name].status == "written"


@pytest.fixture
def open_to(openbao: OpenBao) -> OpenBao:
    """The server with a policy that lets logins in."""
    openbao.allow("logins", POLICY)
    for method in ("userpass", "jwt", "kubernetes", "approle"):
        if f"{method}/" not in openbao.root.sys.list_auth_methods():
            openbao.root.sys.enable_auth_method(method)
    return openbao


def test_userpass(open_to: OpenBao, tmp_path: Path) -> None:
    open_to.root.auth.userpass.create_or_update_user("olga", "olgas-password", ["logins"])
    login = {"url": open_to.url, "auth_method": "userpass", "username": "olga"}
    assert_works(new_store(tmp_path, **login, password="olgas-password"))
    with pytest.raises(StoreError, match="by userpass: invalid username or password") as error:
        new_store(tmp_path, **login, password="wrong-password").check()
    assert "wrong-password" not in str(error.value)


def test_approle_that_binds_no_secret_id(open_to: OpenBao, tmp_path: Path) -> None:
    open_to.root.auth.approle.create_or_update_approle("bare", token_policies=["logins"], bind_secret_id=False, token_bound_cidrs=["127.0.0.1/32"])
    role_id = open_to.root.auth.approle.read_role_id("bare")["data"]["role_id"]
    assert_works(new_store(tmp_path, url=open_to.url, auth_method="approle", role_id=role_id))


def test_jwt_at_a_path_of_its_own(open_to: OpenBao, tmp_path: Path) -> None:
    key = RSAKey.generate_key(2048)
    if "ci/" not in open_to.root.sys.list_auth_methods():
        open_to.root.sys.enable_auth_method("jwt", path="ci")
    open_to.root.auth.jwt.configure(jwt_validation_pubkeys=[key.as_pem(private=False).decode()], path="ci")
    open_to.root.auth.jwt.create_role(
        "pipeline", role_type="jwt", user_claim="sub", bound_audiences=["vault"], allowed_redirect_uris=[], token_policies=["logins"], path="ci"
    )
    claims = {"sub": "project:vantage", "aud": "vault", "exp": int(time.time()) + 60}
    login = {"url": open_to.url, "auth_method": "jwt", "mount_point": "ci", "role_id": "pipeline"}
    assert_works(new_store(tmp_path, **login, jwt=jwt.encode({"alg": "RS256"}, claims, key)))
    foreign = jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))
    with pytest.raises(StoreError, match=r"Could not log in to .* by jwt: ") as error:
        new_store(tmp_path, **login, jwt=foreign).check()
    assert foreign not in str(error.value)


class TokenReview(BaseHTTPRequestHandler):
    """The one call of a Kubernetes API server that OpenBao makes: it says whose token it is. All else here is real."""

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


def test_kubernetes(open_to: OpenBao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:vantage:onboarding",
        "kubernetes.io/serviceaccount/namespace": "vantage",
        "kubernetes.io/serviceaccount/service-account.name": "onboarding",
        "kubernetes.io/serviceaccount/service-account.uid": "1",
    }
    mounted = tmp_path / "token"
    mounted.write_text(jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048)) + "\n", encoding="utf-8")
    login = {"url": open_to.url, "auth_method": "kubernetes", "role_id": "onboarding"}
    with serving(TokenReview) as cluster:
        open_to.root.auth.kubernetes.configure(cluster, kubernetes_ca_cert=trustme.CA().cert_pem.bytes().decode(), disable_local_ca_jwt=True)
        open_to.root.auth.kubernetes.create_role("onboarding", ["onboarding"], ["vantage"], policies=["logins"])
        monkeypatch.setattr(vault_logins, "SERVICE_ACCOUNT_TOKEN", str(tmp_path / "none"))
        with pytest.raises(ConfigError, match=r"finds no service account token in .*; run this in a pod, or set the store's option jwt"):
            new_store(tmp_path, **login).check()
        monkeypatch.setattr(vault_logins, "SERVICE_ACCOUNT_TOKEN", str(mounted))
        assert_works(new_store(tmp_path, **login))


def test_ldap_against_a_stand_in(tmp_path: Path) -> None:
    """OpenBao has no LDAP, so a stand-in answers the one call of the login and the list after it."""
    seen = []

    def answer(method: str, path: str, body: Any) -> Any:
        seen.append((method, path))
        if path == "/v1/auth/corp/login/olga":
            return {"auth": {"client_token": "hvs.ldap"}} if body == {"password": "olgas-password"} else {"auth": None}
        return {"data": {"keys": []}} if method == "LIST" else None

    with serving(new_stand_in(answer)) as url:
        login = {"url": url, "auth_method": "ldap", "mount_point": "corp", "username": "olga"}
        new_store(tmp_path, **login, password="olgas-password").check()
        assert seen[:2] == [("POST", "/v1/auth/corp/login/olga"), ("LIST", f"/v1/secret/metadata/vantage/{tmp_path.name}")]
        with pytest.raises(StoreError, match="the response contains no token, as with a second factor"):
            new_store(tmp_path, **login, password="wrong").check()


def test_certificate_over_tls(tmp_path: Path) -> None:
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
        assert_works(new_store(tmp_path, **login, ca_cert="vault-ca.pem", role_id="clients"))
        with pytest.raises(StoreError, match=r"certificate could not be verified \(.*\); set the store's option ca_cert to the CA that signed it"):
            new_store(tmp_path, url=server.url, token=ROOT_TOKEN, ca_cert=str(stranger)).check()
        new_store(tmp_path, url=server.url, token=ROOT_TOKEN, validate_certs=False).check()
        with pytest.raises(ConfigError, match="logs in by certificate only if it checks the server's"):
            new_store(tmp_path, **login, validate_certs="no").check()
        with pytest.raises(ConfigError, match=r"'ca_cert' of the store hashi_vault is .*/none\.pem, where there is no file"):
            new_store(tmp_path, **login, ca_cert="none.pem").check()


def test_the_token_that_the_program_vault_left(openbao: OpenBao, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no token; set its option token or VAULT_TOKEN, log in with 'vault login', or choose another auth_method"):
        new_store(tmp_path, url=openbao.url).check()
    Path(os.environ["HOME"], ".vault-token").write_text(f"{ROOT_TOKEN}\n", encoding="utf-8")
    assert_works(new_store(tmp_path, url=openbao.url))


def test_a_token_out_of_a_block_of_yaml(openbao: OpenBao, tmp_path: Path) -> None:
    assert_works(new_store(tmp_path, url=openbao.url, token=f"{ROOT_TOKEN}\n"))
    for token in ("hvs.gehéim", "hvs.ge\nheim"):
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
def test_what_a_login_needs(tmp_path: Path, options: dict[str, str], missing: str) -> None:
    with pytest.raises(ConfigError, match=f"needs its option '{missing}' for the auth_method {options['auth_method']}, which is not set"):
        new_store(tmp_path, url=URL, **options).check()


def test_a_certificate_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'cert_auth_public_key' of the store hashi_vault is .*/a\.pem, where there is no file"):
        new_store(tmp_path, url=URL, auth_method="cert", cert_auth_public_key="a.pem", cert_auth_private_key="b.pem").check()
