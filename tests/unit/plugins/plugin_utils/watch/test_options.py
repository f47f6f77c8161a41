# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the event source, which nobody else checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.watch.options import watch_from_args

TENANT = "7a1de5a0c0de4b1e8f00c04705000001"


def test_one_tenant_out_of_the_options_and_the_environment() -> None:
    environ = {"VANTAGE_TENANT_ID": TENANT, "VANTAGE_REGION": "eu", "VANTAGE_VALIDATE_CERTS": "no", "VANTAGE_AUTH_CLIENT_SECRET": ""}

    watch = watch_from_args({"timeout": "7"}, environ)
    (tenant,) = watch.tenants
    params = tenant.params

    assert (watch.interval, watch.within) == (timedelta(minutes=15), "30d")
    assert (tenant.name, tenant.store) == (TENANT, None)
    assert (params["tenant_id"], params["region"], params["validate_certs"], params["timeout"]) == (TENANT, "eu", False, 7)
    assert (params["auth_client_secret"], params["auth_scope"], params["concurrency"]) == (None, "openid permissions global.wildcard", 8)


def test_tenants_share_what_stands_beside_them() -> None:
    tenants = [{"name": "contoso", "tenant_id": TENANT}, {"name": "fabrikam", "tenant_id": TENANT, "region": "us", "store": {"type": "none"}}]

    watch = watch_from_args({"tenants": tenants, "region": "eu", "store": "file", "concurrency": 4, "interval": "1h", "within": "20d"}, {})

    assert [(tenant.name, tenant.params["region"], tenant.store, tenant.params["concurrency"]) for tenant in watch.tenants] == [
        ("contoso", "eu", "file", 4),
        ("fabrikam", "us", {"type": "none"}, 4),
    ]
    assert (watch.interval, watch.within) == (timedelta(hours=1), "20d")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({}, "A tenant has no tenant_id; set the option tenant_id, or VANTAGE_TENANT_ID in the environment."),
        ({"tenant_id": TENANT, "intervall": "1h"}, "The event source has no option 'intervall'; did you mean 'interval'?"),
        ({"tenants": [{"tenant_id": TENANT, "tenant": "x"}]}, "The event source has no option 'tenant'; did you mean 'tenants'?"),
        ({"tenant_id": TENANT, "qqqq": 1}, "The event source has no option 'qqqq'; see its documentation for those it has."),
        ({"tenants": []}, "The option tenants is no list of mappings"),
        ({"tenants": "contoso"}, "The option tenants is no list of mappings"),
        ({"tenant_id": TENANT, "interval": "0s"}, "The option interval is '0s'; give at least 1s."),
        ({"tenant_id": TENANT, "interval": "often"}, "interval"),
        ({"tenant_id": TENANT, "within": "soon"}, "within"),
        ({"tenant_id": TENANT, "validate_certs": "maybe"}, "The option validate_certs is 'maybe'; write true or false."),
        ({"tenant_id": TENANT, "timeout": "long"}, "The option timeout is 'long'; write a whole number."),
        ({"tenant_id": TENANT, "region": "mars"}, "The option region is 'mars'; choose one of us, eu, au."),
        ({"tenant_id": 7}, "The option tenant_id is 7, which is not text; put it into quotes."),
        ({"tenant_id": TENANT, "auth_client_secret": 12345678}, "The option auth_client_secret is not text; put it into quotes."),
        ({"tenants": [{"name": "a", "tenant_id": TENANT}, {"name": "a", "tenant_id": TENANT}]}, "Two tenants are named 'a'; give each its own name."),
    ],
)
def test_mistakes_are_one_sentence(args: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        watch_from_args(args, {})
    assert said in refused.value.message
    assert "12345678" not in refused.value.message
