# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is set as an option or in the environment: success or sentences, and nothing is written."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
import requests
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.utils.display import Display
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.abbyy.vantage.plugins.action import vantage_app, vantage_app_info
from ansible_collections.abbyy.vantage.plugins.module_utils.errors import shown
from ansible_collections.abbyy.vantage.plugins.module_utils.login import token_login
from ansible_collections.abbyy.vantage.plugins.module_utils.login.connection import http_from_params
from ansible_collections.abbyy.vantage.plugins.module_utils.login.options import connection_spec, login_spec
from ansible_collections.abbyy.vantage.plugins.module_utils.reconcile import run
from ansible_collections.abbyy.vantage.plugins.module_utils.tenant import connect
from ansible_collections.abbyy.vantage.plugins.plugin_utils.onboarding.options import documented_spec, info_spec
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.catalog import spec_of_store_option
from ansible_collections.abbyy.vantage.plugins.plugin_utils.whole_numbers import unreadable_number
from ansible_collections.abbyy.vantage.tests.emulator.adapter import EmulatorAdapter
from ansible_collections.abbyy.vantage.tests.emulator.config import CONTOSO
from ansible_collections.abbyy.vantage.tests.emulator.core import Emulator
from ansible_collections.abbyy.vantage.tests.unit.support.fuzz import anything, assert_told, examples, numbers, scalars, texts
from ansible_collections.abbyy.vantage.tests.unit.support.in_process import InProcess

SECRETS = ("contoso-automation-secret-0001", "a-password-of-nobody-0001")
MODULES = (
    *("vantage_client", "vantage_client_secret", "vantage_client_info", "vantage_client_secret_info", "vantage_probe"),
    *("vantage_token", "vantage_authorization_url"),
)
# Nobody listens there; what is on other ports of this machine is not to be asked.
ADDRESSES = [
    *("https://vantage.example.com", "https://vantage.example.com/", "https://vantage.example.com/prefix", "http://127.0.0.1:9", "http://vantage.example.com"),
    *(
        "https://vantage-eu..abbyy.com",
        "https://[",
        "https://[::1",
        "https://[::1]:9",
        "https://a:99999",
        "https://a:b",
        "https://u:p@a",
        "https://",
        "https:///x",
    ),
    *(
        "HTTPS://VANTAGE.EXAMPLE.COM",
        "https://a b",
        "https://\ud800",
        "https://\u2100.example",
        "https://a.example?x",
        "https://a.example#x",
        "ftp://a",
        "a.example",
    ),
    *(
        "https://" + "a" * 300,
        "https://xn--",
        "https://.",
        "https://a.example:0",
        "https://a.example\\b",
        "https://a.example\n",
        "https://\u0130.example",
        "https://%00",
    ),
]
TENANTS = [CONTOSO, "7a1de5a0-c0de-4b1e-8f00-c04705000001", CONTOSO.upper(), CONTOSO + "\n"]
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "base_url": st.sampled_from(ADDRESSES),
    "tenant_id": st.sampled_from(TENANTS),
    "auth_client_secret": st.just(SECRETS[0]),
    "auth_password": st.just(SECRETS[1]),
    "client_id": st.sampled_from(["automation", "intake", "a/b", ".."]) | texts,
    "ca_path": st.sampled_from(["/", "/nowhere", "~nobody/x", "/etc/passwd", "$HOME", "\x00"]),
    "timeout": st.integers(-1, 4000),
    "audit_log": st.lists(
        st.sampled_from(["/", "/nowhere/x", "~nobody/x", "~\x00", "/\ud800", "audit", "syslog:", "syslog:x", "/dev/null"]) | texts, max_size=2
    ),
    "verify": st.sampled_from([True, False, "yes", "api", "API", "x"]) | anything,
    "store": st.sampled_from(["file", "none", "hashi_vault"]),
    "url": st.sampled_from(["http://127.0.0.1:9", "https://127.0.0.1:9", "https://[", "ftp://a", "127.0.0.1:9", "http://[::1]:9", "https://127.0.0.1:b"]),
    "retries": st.just(0),
}
GOOD = {"base_url": "https://vantage.example.com", "tenant_id": CONTOSO, "auth_client_id": "automation", "auth_client_secret": SECRETS[0]}
VARIABLES = {name: keywords["fallback"][1][0] for name, keywords in connection_spec().items() if "fallback" in keywords}
variable_texts = texts.filter(lambda text: "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text))
environments = st.just({}) | st.dictionaries(st.sampled_from(sorted(VARIABLES.values())), variable_texts, max_size=2)


def fitting(name: str, rules: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Give values of an option that nearly fit its specification."""
    if "options" in rules and rules.get("type") != "raw":
        inner = mappings(rules["options"], 4)
        return st.lists(inner, max_size=3) if rules.get("type") == "list" else inner
    if name == "store":
        return st.sampled_from(["file", "none", "hashi_vault"]) | mappings(spec_of_store_option(), 3)
    if name in NAMED:
        return NAMED[name]
    if "choices" in rules:
        return st.sampled_from(rules["choices"])
    by_type = {"bool": st.booleans(), "int": numbers, "list": st.lists(texts, max_size=3), "dict": st.dictionaries(texts, scalars, max_size=2)}
    return by_type.get(rules.get("type", "str"), texts)


def mappings(spec: dict[str, Any], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Give a few options of a specification, now and then with anything as value or with an option that nobody knows."""
    one = {name: st.tuples(st.just(name), fitting(name, rules) | fitting(name, rules) | anything) for name, rules in spec.items()}
    # Any other server would be asked over the network.
    if "url" in spec:
        one["url"] = st.tuples(st.just("url"), NAMED["url"])
        one["type"] = st.tuples(st.just("type"), st.sampled_from(["file", "none", "hashi_vault"]))
        one["retries"] = st.tuples(st.just("retries"), st.just(0))
    known = st.lists(st.sampled_from(sorted(one)).flatmap(lambda name: one[name]), max_size=most).map(dict)
    return known | st.builds(lambda given, name, value: {**given, name: value}, known, st.sampled_from(["clientid", "pth", "x"]) | texts, anything)


def spec_of(module: str) -> dict[str, Any]:
    if module == "vantage_app":
        # A plan is written in check mode, too, and wherever the path leads: its own tests have odd ones.
        return {name: rules for name, rules in documented_spec().items() if name != "plan_file"}
    if module == "vantage_app_info":
        return info_spec()
    common = login_spec() if module in ("vantage_token", "vantage_authorization_url") else connection_spec()
    return {**common, **import_module(f"ansible_collections.abbyy.vantage.plugins.modules.{module}").argument_spec()}


def runs(modules: tuple[str, ...]) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Give a module and its options."""
    good = st.sampled_from([GOOD, GOOD, {}, {"base_url": GOOD["base_url"], "tenant_id": CONTOSO, "client_id": "intake"}, {**GOOD, "client_id": "intake"}])
    options = {module: mappings(spec_of(module), 5) for module in modules}
    return st.sampled_from(modules).flatmap(lambda module: st.tuples(st.just(module), st.builds(lambda base, given: {**base, **given}, good, options[module])))


def sendable(value: Any) -> Any:
    """Return options without half surrogate pairs and endless numbers: ansible-core itself breaks on both before any module has a say."""
    if isinstance(value, dict):
        return {sendable(key): sendable(member) for key, member in value.items()}
    if isinstance(value, list):
        return [sendable(member) for member in value]
    if isinstance(value, float) and not isfinite(value):
        return 0
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


class Place:
    """An empty folder to run in, with nothing in the environment but what is given, and an emulator."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: str, variables: dict[str, str]) -> None:
        monkeypatch.chdir(folder)
        for name in [name for name in os.environ if name.startswith(("VANTAGE_", "VAULT_", "BAO_")) and name != "VANTAGE_CHECKOUT"]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        self.folder = Path(folder)
        self.emulator = Emulator(conformance=False)
        self.emulator.seed(CONTOSO, [{"clientId": "intake", "secrets": [{"description": "production"}]}])
        self.in_process = InProcess(self.emulator, monkeypatch)
        self.in_process.options = {}
        new = self.new_session
        monkeypatch.setattr(token_login, "http_from_params", lambda params, **_options: http_from_params(params, new_session=new))
        monkeypatch.setattr(run, "connect", partial(connect.connect, new_session=new))
        monkeypatch.setattr(vantage_app, "connect", lambda params, **_options: connect.connect(params, new_session=new, sleep=self.in_process.clock.sleep))

    def new_session(self) -> requests.Session:
        """Return a session that never reaches the network."""
        session = requests.Session()
        adapter = EmulatorAdapter(self.emulator)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def assert_untouched(self) -> None:
        """Hold that nothing was written, here or there."""
        assert [one for one in self.in_process.requests() if one[0] != "GET" and "/connect/" not in one[1]] == []
        assert list(self.folder.iterdir()) == []


@pytest.mark.timeout(3600)
@examples(0.1, 120)
@pytest.mark.slow
@given(run_of=runs(MODULES), variables=environments)
def test_every_option_of_a_module_is_taken_or_refused_in_a_sentence(run_of: tuple[str, dict[str, Any]], variables: dict[str, str]) -> None:
    module, options = run_of

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        place = Place(monkeypatch, folder, variables)

        refusal = unreadable_number(options, spec_of(module))
        if refusal:
            # The action says so, and the module is not run.
            assert_told(refusal, *SECRETS)
            return

        answer = place.in_process.run(module, check=True, diff=True, **sendable(options))

        if "error" in answer:
            assert_told(answer["msg"], *SECRETS)
        elif answer.get("failed"):
            # These are ansible-core's words.
            assert_told(shown(answer["msg"]), *SECRETS)
        for warning in place.in_process.warnings:
            assert_told(warning, *SECRETS)
        place.assert_untouched()


@pytest.mark.timeout(3600)
@examples(0.08, 80)
@pytest.mark.slow
@given(run_of=runs(("vantage_app", "vantage_app", "vantage_app_info")), variables=environments)
def test_every_option_of_an_action_is_taken_or_refused_in_sentences(run_of: tuple[str, dict[str, Any]], variables: dict[str, str]) -> None:
    name, options = run_of

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        place = Place(monkeypatch, folder, variables)
        lines: list[str] = []
        monkeypatch.setattr(Display, "display", lambda _display, text, *_args, **_kwargs: lines.append(str(text)))
        task = Task()
        task.action, task.args, task.async_val, task.environment, task.check_mode = f"abbyy.vantage.{name}", options, 0, [], True
        action = {"vantage_app": vantage_app, "vantage_app_info": vantage_app_info}[name].ActionModule
        connection = connection_loader.get("ansible.builtin.local", PlayContext(), os.devnull)

        result = action(task, connection, None, DataLoader(), None, None).run(task_vars={"inventory_hostname": "contoso"})

        assert not any(secret in str(task.args) for secret in SECRETS)

        for text in [*lines, *([result["msg"]] if result.get("failed") else [])]:
            assert_told(text, *SECRETS)
        place.assert_untouched()
