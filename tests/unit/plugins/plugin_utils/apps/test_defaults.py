# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How declared apps get their defaults, and what is found wrong with them before anything is sent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.app import App
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.defaults import complete_apps
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.problems import Place
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.sources import Declared
from ansible_collections.abbyy.vantage.plugins.plugin_utils.apps.values import unfilled_texts

DAY = timedelta(days=1)


def complete(*apps: Any, defaults: Any = None, secret_defaults: Any = None, is_text: bool = False) -> tuple[list[App], list[str]]:
    """Complete apps of an option, and return the sentences on them."""
    declared = [Declared(app, Place(option=f"apps, app {number}"), is_text=is_text) for number, app in enumerate(apps, start=1)]
    completed, problems = complete_apps(declared, defaults, secret_defaults)
    return completed, [problem.sentence for problem in problems]


def complete_one(app: dict[str, Any], **layers: Any) -> App:
    """Complete an app with which nothing is wrong."""
    apps, problems = complete(app, **layers)
    assert problems == []
    return apps[0]


def test_an_app_without_anything() -> None:
    app = complete_one({"client_id": "a"})
    (secret,) = app.secrets

    assert (app.client, app.state) == ({"client_id": "a"}, "present")
    assert (secret.client_id, secret.description, secret.state) == ("a", "default", "present")
    assert (secret.renew_before, secret.overlap, secret.prune) == (30 * DAY, DAY, "superseded")
    assert (secret.verify, secret.force, secret.lifetime, secret.held_id) == (True, False, None, None)


def test_defaults_are_merged_into_the_app_and_its_secrets() -> None:
    app = complete_one(
        {"client_id": "a", "require_consent": True, "redirect_uris": None, "secrets": ["x", {"description": "y", "overlap": "2d"}]},
        defaults={"require_consent": False, "allow_offline_access": True, "redirect_uris": ["https://a.example/b"]},
        secret_defaults={"overlap": "5d", "lifetime": "90d"},
    )
    assert app.client == {"client_id": "a", "require_consent": True, "allow_offline_access": True}
    assert [(secret.description, secret.overlap, secret.lifetime) for secret in app.secrets] == [("x", 5 * DAY, 90 * DAY), ("y", 2 * DAY, 90 * DAY)]


@pytest.mark.parametrize("client_id", [["x" * 100], {"x" * 100: 1}, 10**100])
def test_a_client_id_that_is_no_text_is_not_repeated(client_id: Any) -> None:
    _apps, (problem,) = complete({"client_id": client_id})
    assert problem.startswith("apps, app 1: client_id is ")
    assert len(problem) < 100


@pytest.mark.parametrize(
    ("given", "renew_before"),
    [
        ({}, 30 * DAY),
        ({"lifetime": "90d"}, 30 * DAY),
        ({"lifetime": "60d"}, 20 * DAY),
        ({"lifetime": "3d"}, DAY),
        ({"lifetime": "60d", "renew_before": "1d"}, DAY),
        ({"expiration": "2030-01-01T00:00:00Z"}, 30 * DAY),
    ],
)
def test_renew_before_fits_the_lifetime(given: dict[str, Any], renew_before: Any) -> None:
    assert complete_one({"client_id": "a", "secrets": [given]}).secrets[0].renew_before == renew_before


def test_an_end_replaces_the_default_for_the_other_way_to_set_it() -> None:
    app = complete_one({"client_id": "a", "secrets": [{"expiration": "2030-01-01T00:00:00Z"}]}, secret_defaults={"lifetime": "90d"})
    assert app.secrets[0].lifetime is None


@pytest.mark.parametrize(("more", "number"), [({}, 0), ({"secrets": ["x"]}, 1)])
def test_a_public_client_gets_only_declared_secrets(more: dict[str, Any], number: int) -> None:
    app = complete_one({"client_id": "a", "require_client_secret": False, **more})
    assert len(app.secrets) == number


def test_an_absent_app_is_only_its_id() -> None:
    app = complete_one({"client_id": "a", "state": "absent"}, defaults={"require_consent": True})
    assert (app.client, app.secrets, app.state) == ({"client_id": "a"}, (), "absent")


def test_text_becomes_what_it_stands_for() -> None:
    cells = {
        "client_id": "7",
        "redirect_uris": "https://a.example/x|https://a.example/y  https://a.example/z",
        "require_consent": "yes",
        "access_token_lifetime": "2h",
        "secrets": "day| night shift",
    }

    app = complete_one(cells, is_text=True)

    assert app.client["redirect_uris"] == ["https://a.example/x", "https://a.example/y", "https://a.example/z"]
    assert app.client["require_consent"] is True
    assert app.client["access_token_lifetime"] == 7200
    assert [secret.description for secret in app.secrets] == ["day", "night shift"]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://a.example/b", ["https://a.example/b"]),
        ("https://a.example/b, https://a.example/c", ["https://a.example/b", "https://a.example/c"]),
        ('["https://a.example/b"]', ["https://a.example/b"]),
        ("https://a.example/b\nhttps://a.example/c\n", ["https://a.example/b", "https://a.example/c"]),
        ([], []),
    ],
)
def test_a_list_is_read_as_people_write_it(value: Any, read: list[str]) -> None:
    assert complete_one({"client_id": "a", "redirect_uris": value}).client["redirect_uris"] == read


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("a", "apps, app 1: this is not an app; write a mapping with client_id."),
        ({"client_name": "A"}, "apps, app 1: this app has no client_id; give it one."),
        ({"client_id": "a", "redirect_uri": []}, "apps, app 1, a: unknown key 'redirect_uri'; did you mean 'redirect_uris'?"),
        ({"client_id": "a", "redirect_uris": ""}, "redirect_uris is text, but has to be a list; write it as [first, second]"),
        ({"client_id": "a", "redirect_uris": {"a": 1}}, "redirect_uris is a mapping, but has to be a list; write it as [first, second]"),
        ({"client_id": "a", "redirect_uris": '["https://a.example/b", 5]'}, "in which not all is text; write it as [first, second]"),
        ({"client_id": "a", "require_consent": "maybe"}, "require_consent is 'maybe', but has to be true or false"),
        ({"client_id": "a", "client_name": True}, "client_name is true or false, but has to be text"),
        ({"client_id": 83}, "client_id is a number, but has to be text; put it into quotes"),
        ({"client_id": "a", "client_name": 1.1}, "client_name is a number, but has to be text; put it into quotes"),
        ({"client_id": "a", "secrets": [{"expiration": date(2030, 1, 1)}]}, "expiration is a day or a time, but has to be text; put it into quotes"),
        ({"client_id": "a", "secrets": [{"expiration": "2027-02-30"}]}, "expiration '2027-02-30' is not a time"),
        ({"client_id": "a", "state": "gone"}, "state is 'gone'; write present or absent"),
        ({"client_id": "a", "access_token_lifetime": "soon"}, "access_token_lifetime 'soon' is not a duration"),
        ({"client_id": "a", "redirect_uris": ["javascript:x"]}, "has the scheme 'javascript'"),
        ({"client_id": "a", "secrets": {"description": "x"}}, "secrets has to be a list of mappings"),
        ({"client_id": "a", "secrets": [{"lifetme": "90d"}]}, "apps, app 1, a: unknown key 'lifetme'; did you mean 'lifetime'?"),
        ({"client_id": "a", "secrets": [{"lifetime": "soon"}]}, "lifetime 'soon' is not a duration"),
        ({"client_id": "a", "secrets": [{"lifetime": "5h"}]}, "lifetime '5h' is shorter than a day, but the server takes 1 day to 3 years"),
        ({"client_id": "a", "secrets": ["x", "x"]}, "two secrets have the description 'x'"),
        ({"client_id": "a", "secrets": [{"held_id": "1"}]}, "unknown key 'held_id'"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(app: Any, said: str) -> None:
    _apps, problems = complete(app)
    assert len(problems) == 1
    assert said in problems[0]


def in_file(app: dict[str, Any], *, allow_braces: bool = False, **kinds: bool) -> tuple[list[App], list[str]]:
    apps, problems = complete_apps([Declared(app, Place("apps.csv", 3), **kinds)], None, None, allow_braces=allow_braces)
    return apps, [problem.sentence for problem in problems]


TEMPLATES: list[tuple[dict[str, Any], str, str]] = [
    ({"redirect_uris": ["https://a.example/b", "https://{{domain}}/cb"]}, "redirect_uris", "https://{{domain}}/cb"),
    ({"client_name": "{{ name | upper }}"}, "client_name", "{{ name | upper }}"),
    ({"client_name": "{% if x %}a{% endif %}"}, "client_name", "{% if x %}a{% endif %}"),
    ({"secrets": [{"description": "{{ stage }}"}]}, "secrets", "{{ stage }}"),
    ({"secrets": ["{{ stage }}"]}, "secrets", "{{ stage }}"),
    ({"client_id": "{{ id }}"}, "client_id", "{{ id }}"),
]
WITH_TEMPLATE = [more for more, _key, _value in TEMPLATES]


@pytest.mark.parametrize(("more", "key", "value"), TEMPLATES)
def test_a_template_that_nobody_filled_in_is_refused(more: dict[str, Any], key: str, value: str) -> None:
    app = {"client_id": "a", **more}
    said = f"{key} holds {value!r}, a template, and files are not templated; write its value, or set allow_braces to keep the braces."

    _apps, problems = in_file(app)

    assert problems == [f"apps.csv:3, {app['client_id']}: {said}"]


@pytest.mark.parametrize("more", WITH_TEMPLATE)
def test_a_template_is_kept_where_braces_are_allowed(more: dict[str, Any]) -> None:
    _apps, problems = in_file({"client_id": "a", **more}, allow_braces=True)
    assert [problem for problem in problems if "template" in problem] == []


@pytest.mark.parametrize("more", WITH_TEMPLATE)
def test_a_template_is_kept_outside_of_files(more: dict[str, Any]) -> None:
    # There Ansible has filled in what is a template, and what is left is meant.
    _apps, problems = complete({"client_id": "a", **more})
    assert [problem for problem in problems if "template" in problem] == []


def test_a_list_that_refers_to_itself_is_searched_once() -> None:
    looped: list[Any] = ["{{ domain }}"]
    looped.append(looped)
    assert list(unfilled_texts(looped)) == ["{{ domain }}"]


def test_a_list_that_is_in_another_many_times_is_searched_once() -> None:
    many: list[Any] = ["{{ domain }}"]
    for _level in range(60):
        many = [many] * 9

    found = list(unfilled_texts(many))

    assert found == ["{{ domain }}"]


def test_a_template_in_a_cell_is_refused_too() -> None:
    _apps, problems = in_file({"client_id": "a", "client_name": "{{ name }}"}, is_text=True)
    assert len(problems) == 1


def test_a_template_in_a_cell_is_kept_where_braces_are_allowed() -> None:
    (app,), _problems = in_file({"client_id": "a", "client_name": "{{ name }}"}, is_text=True, allow_braces=True)
    assert app.client["client_name"] == "{{ name }}"


@pytest.mark.parametrize("name", ["{a}", "a}}", "{ {b} }", "100 %}"])
def test_other_braces_are_no_template(name: str) -> None:
    assert in_file({"client_id": "a", "client_name": name})[1] == []


def test_everything_wrong_is_said_at_once() -> None:
    _apps, problems = complete({"client_id": "a", "x": 1}, {"client_id": "b"}, {"client_id": "b"}, {}, defaults={"y": 1}, secret_defaults=5)
    assert [problem.partition(":")[0] for problem in problems] == [
        "defaults",
        "secret_defaults",
        "apps, app 1, a",
        "apps, app 3, b",
        "apps, app 4",
    ]
    assert "this client_id is also in apps, app 2; keep one of the two." in problems[3]
