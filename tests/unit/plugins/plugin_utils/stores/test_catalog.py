# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which store an option means, what its options are, and what must not be shown of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import (
    KINDS,
    class_of,
    context_from_variables,
    masked_option,
    merged_rules,
    spec_of_store_option,
    store_from_option,
)
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options, read_options
from ansible_collections.abbyy.vantage.tests.unit.support.store_lifecycle import new_context

URL = {"url": "https://vault.example.com"}
VAULT = class_of("hashi_vault").SPEC


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        (None, "file"),
        ("", "file"),
        ({}, "file"),
        ("none", "none"),
        ("file", "file"),
        ({"type": "none"}, "none"),
        ({"type": "", "path": "x"}, "file"),
        ({"type": "hashi_vault", **URL, "path": None}, "hashi_vault"),
    ],
)
def test_an_option_means_a_store(tmp_path: Path, option: Any, kind: str) -> None:
    assert store_from_option(option, new_context(tmp_path), {}).kind == kind


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("hashivault", f"There is no store of the type 'hashivault'; did you mean hashi_vault? The stores are {', '.join(KINDS)}."),
        ({"type": "oracle"}, f"There is no store of the type 'oracle'; the stores are {', '.join(KINDS)}."),
        ({"type": ["file"]}, "There is no store of the type ['file']; "),
        ({"type": {"file": 1}}, "There is no store of the type {'file': 1}; "),
        ({"type": "hashi_vault", **URL, "timeout": "9" * 5000}, "9'; write a whole number from 1."),
        ({"type": "file", "path": "a\0b"}, "The option 'path' of the store file is 'a\\x00b', with a character that no path has; write another one."),
        ([], "The option store is neither the name of a store nor a mapping"),
        (7, "The option store is neither the name of a store nor a mapping"),
        ({"type": "file", "pth": "geheim"}, "The store file has no option 'pth'; did you mean 'path'?"),
        ({"type": "none", "path": "geheim"}, "The store none has no option 'path'; its options are prefix, type."),
        ({"type": "file", "url": "geheim"}, "The store file has no option 'url'; its options are path, prefix, type, vault_id, vault_password."),
        ({"type": "hashi_vault"}, "needs its option 'url', which is not set, and neither is ANSIBLE_HASHI_VAULT_ADDR or VAULT_ADDR in the environment."),
        ({"type": "hashi_vault", **URL, "timeout": "soon"}, "The option 'timeout' of the store hashi_vault is 'soon'; write a whole number from 1."),
        ({"type": "hashi_vault", **URL, "timeout": 0}, "The option 'timeout' of the store hashi_vault is 0; write a whole number from 1."),
        ({"type": "hashi_vault", **URL, "engine_version": 3}, "The option 'engine_version' of the store hashi_vault is 3; choose one of 1, 2."),
        (
            {"type": "hashi_vault", **URL, "validate_certs": "perhaps"},
            "'validate_certs' of the store hashi_vault is 'perhaps'; write true or false.",
        ),
        ({"type": "hashi_vault", **URL, "auth_method": "oidc"}, "The option 'auth_method' of the store hashi_vault is 'oidc'; choose one of token, approle,"),
        ({"type": "hashi_vault", **URL, "token": ["geheim"]}, "The option 'token' of the store hashi_vault is not text; put it into quotes."),
        ({"type": "hashi_vault", **URL, "prefix": 7}, "The option 'prefix' of the store is not text; put it into quotes."),
    ],
)
def test_an_invalid_option_is_explained_in_one_sentence(tmp_path: Path, option: Any, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        store_from_option(option, new_context(tmp_path), {})

    assert said in str(error.value)
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ({}, "https://vault.example.com secret/vantage/contoso"),
        ({"prefix": "/teams/a/"}, "https://vault.example.com secret/teams/a"),
    ],
)
def test_the_prefix_of_the_option_overrides_the_tenants(tmp_path: Path, option: dict[str, str], place: str) -> None:
    context = new_context(tmp_path, "vantage/contoso")
    store = store_from_option({"type": "hashi_vault", **URL, **option}, context, {})
    assert store.place == place


@pytest.mark.parametrize(
    ("given", "environ", "expected"),
    [
        ({"url": "a"}, {"VAULT_ADDR": "b"}, {"url": "a"}),
        ({}, {"VAULT_ADDR": "b"}, {"url": "b"}),
        ({"url": ""}, {"VAULT_ADDR": "b", "ANSIBLE_HASHI_VAULT_ADDR": ""}, {"url": "b"}),
        ({"url": None}, {"VAULT_ADDR": "b", "ANSIBLE_HASHI_VAULT_ADDR": "c"}, {"url": "c"}),
        ({**URL}, {"VAULT_TOKEN": "t", "VAULT_NAMESPACE": "n", "VAULT_CACERT": "c"}, {"token": "t", "namespace": "n", "ca_cert": "c"}),
        ({**URL}, {"ANSIBLE_HASHI_VAULT_ROLE_ID": "r", "ANSIBLE_HASHI_VAULT_AUTH_METHOD": "approle"}, {"role_id": "r", "auth_method": "approle"}),
        ({**URL}, {}, {"token": "", "auth_method": "token", "engine_mount_point": "secret"}),
    ],
)
def test_an_option_that_is_not_given_comes_from_the_environment(given: Mapping[str, Any], environ: Mapping[str, str], expected: dict[str, str]) -> None:
    options = read_options("hashi_vault", VAULT, given, environ)
    assert {name: options.text(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("given", "environ", "expected"),
    [
        ({}, {}, True),
        ({}, {"VAULT_SKIP_VERIFY": "true"}, False),
        ({}, {"VAULT_SKIP_VERIFY": "1"}, False),
        ({}, {"VAULT_SKIP_VERIFY": "0"}, True),
        ({}, {"VAULT_SKIP_VERIFY": ""}, True),
        ({"validate_certs": True}, {"VAULT_SKIP_VERIFY": "1"}, True),
        ({"validate_certs": "no"}, {}, False),
    ],
)
def test_the_option_and_the_environment_switch_the_check_of_certificates(given: Mapping[str, Any], environ: Mapping[str, str], expected: bool) -> None:
    assert read_options("hashi_vault", VAULT, {**URL, **given}, environ).flag("validate_certs") is expected


def test_options_are_read_as_numbers_and_as_text() -> None:
    options = read_options("hashi_vault", VAULT, {**URL, "timeout": "7", "token": 47}, {})
    assert options.number("timeout") == 7
    assert options.text("token") == "47"


@pytest.mark.parametrize(
    ("options", "path"),
    [
        (read_options("hashi_vault", VAULT, {**URL, "ca_cert": "ca.pem"}, {}), "/srv/ca.pem"),
        (Options({}), ""),
    ],
)
def test_relative_paths_start_at_the_folder(options: Options, path: str) -> None:
    assert options.with_paths_from("/srv", ["ca_cert", "cert_auth_public_key"]).text("ca_cert") == path


def test_the_spec_of_the_option_has_the_options_of_all_stores() -> None:
    spec = spec_of_store_option()
    assert spec["type"] == {"type": "str", "choices": list(KINDS), "default": "file"}
    assert {"prefix", "path", "vault_password", "url", "auth_method", "engine_version"} <= set(spec)


def test_the_spec_of_the_option_has_no_default_of_a_single_store() -> None:
    spec = spec_of_store_option()
    assert [name for name, rules in spec.items() if name != "type" and set(rules) - {"type", "choices", "no_log"}] == []


def test_the_spec_of_the_option_masks_every_secret() -> None:
    vault = {"token", "secret_id", "jwt", "password"}
    secret = {"vault_password", *vault, "secret_key", "session_token", "secret", "api_key", "controller_password", "controller_oauthtoken"}
    assert {name for name, rules in spec_of_store_option().items() if rules.get("no_log")} == secret


def test_stores_agree_on_the_types_of_the_options_that_they_share() -> None:
    types: dict[str, set[str]] = {}
    for kind in KINDS:
        for name, rules in class_of(kind).SPEC.items():
            types.setdefault(name, set()).add(rules["type"])

    assert [name for name, found in types.items() if len(found) > 1] == []


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (None, {"type": "str"}, {"type": "str"}),
        ({"type": "str", "no_log": True}, {"type": "str"}, {"type": "str", "no_log": True}),
        ({"type": "str", "no_log": False}, {"type": "str", "no_log": True}, {"type": "str", "no_log": True}),
        ({"type": "str", "no_log": False}, {"type": "str"}, {"type": "str", "no_log": False}),
        ({"type": "str", "choices": ["a", "b"]}, {"type": "str", "choices": ["b", "c"]}, {"type": "str", "choices": ["a", "b", "c"]}),
        ({"type": "str", "choices": ["a"]}, {"type": "str"}, {"type": "str"}),
        ({"type": "str"}, {"type": "str", "choices": ["a"]}, {"type": "str"}),
    ],
)
def test_an_option_of_two_stores_takes_what_either_takes(one: Any, other: Any, merged: Any) -> None:
    assert merged_rules(one, other) == merged


@pytest.mark.parametrize("labels", [{"team": "claims", "cost": 4711}, {}, None])
def test_labels_are_a_mapping_of_texts(labels: Any) -> None:
    options = read_options("kubernetes", class_of("kubernetes").SPEC, {"namespace": "vantage", "labels": labels}, {})
    assert options.mapping("labels") == ({"team": "claims", "cost": "4711"} if labels else {})


@pytest.mark.parametrize("tags", [{"team": "claims", "cost": 4711}, {}, None])
def test_tags_are_a_mapping_of_texts(tags: Any) -> None:
    options = read_options("aws_secrets_manager", class_of("aws_secrets_manager").SPEC, {"tags": tags}, {})
    assert options.mapping("tags") == ({"team": "claims", "cost": "4711"} if tags else {})


@pytest.mark.parametrize("tags", ["team=claims", ["team"], {"team": ["a"]}, {"team": None}])
def test_tags_that_are_no_mapping_of_texts_are_refused(tags: Any) -> None:
    with pytest.raises(ConfigError, match=r"The option 'tags' of the store aws_secrets_manager is no mapping of texts; write it as \{team: claims\}"):
        read_options("aws_secrets_manager", class_of("aws_secrets_manager").SPEC, {"tags": tags}, {})


@pytest.mark.parametrize(
    ("option", "shown"),
    [
        (None, None),
        ("file", "file"),
        # A text that names no store may be a secret in the wrong place.
        ("hvs.geheim", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"),
        ({"type": "hashi_vault", "url": "https://user:geheim@vault.example.com"}, {"type": "hashi_vault", "url": "https://vault.example.com"}),
        (
            {"type": "hashi_vault", "url": "u", "token": "geheim", "secret_id": None, "tokn": "geheim"},
            {
                "type": "hashi_vault",
                "url": "u",
                "token": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
                "secret_id": None,
                "tokn": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
            },
        ),
    ],
)
def test_an_option_is_shown_without_its_secrets(option: Any, shown: Any) -> None:
    assert masked_option(option) == shown


@pytest.mark.parametrize("variables", [{}, {"inventory_dir": None}, {"inventory_dir": ""}, {"inventory_dir": "None"}])
def test_relative_paths_start_at_the_working_directory_without_an_inventory_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert context_from_variables(variables, 1, None, print).folder == str(tmp_path)


def test_relative_paths_start_at_the_inventory_folder() -> None:
    assert context_from_variables({"inventory_dir": "/etc/tenants"}, 1, None, print).folder == "/etc/tenants"
