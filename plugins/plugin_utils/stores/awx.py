# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""The store AWX or Automation Controller: one credential of a chosen type for each entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.awx_server import FORBIDDEN, KIND, NOT_FOUND, REFUSED, Answer, AwxServer, words_of
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.names import check_prefix, problems_of_texts
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import Found, RemoteStore, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Entry, Spec, StoreContext, StoreError, entry_from_members
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import is_open_http

LONGEST_NAME = 512
# The values that can fill the fields of a credential.
MEMBERS = ("client_id", "description", "tenant_id", "id", "value", "start_time", "expiration")
DEFAULT_INPUTS = {"client_id": "client_id", "client_secret": "value"}
# For fewer entries, reading each one is faster than listing all.
FEW = 8
EXISTS = "already exists"


def option(*variables: str, **rules: Any) -> dict[str, Any]:
    """Return the spec of one option, with the variables of the environment that awx.awx and ansible.controller read for it."""
    return {"type": "str", "env": variables, **rules}


class AwxStore(RemoteStore):
    """Credentials of one type in one organization, whose secret fields AWX never shows.

    AWX refuses a second credential of the same name, type and organization, but has no compare-and-set for changes: the store compares just before.
    """

    kind = KIND
    shows_values = False
    SPEC: Spec = {
        "controller_host": option("CONTROLLER_HOST", "TOWER_HOST", "AAP_HOSTNAME", required=True),
        "controller_username": option("CONTROLLER_USERNAME", "TOWER_USERNAME", "AAP_USERNAME"),
        "controller_password": option("CONTROLLER_PASSWORD", "TOWER_PASSWORD", "AAP_PASSWORD", no_log=True),
        "controller_oauthtoken": option("CONTROLLER_OAUTH_TOKEN", "TOWER_OAUTH_TOKEN", "AAP_TOKEN", no_log=True),
        "validate_certs": option("CONTROLLER_VERIFY_SSL", "TOWER_VERIFY_SSL", "AAP_VALIDATE_CERTS", type="bool", default=True),
        "ca_cert": {"type": "path"},
        "request_timeout": option("CONTROLLER_REQUEST_TIMEOUT", "AAP_REQUEST_TIMEOUT", type="int", default=30, lowest=1),
        "retries": {"type": "int", "default": 5},
        "organization": {"type": "str", "required": True},
        "credential_type": {"type": "str", "required": True},
        "inputs": {"type": "dict"},
        "fixed_inputs": {"type": "dict"},
    }

    def __init__(self, options: Options, context: StoreContext) -> None:
        super().__init__(context)
        options = options.with_paths_from(context.folder, ("ca_cert",))
        self._options = options
        self._prefix = context.prefix.strip("/")
        self._inputs = options.mapping("inputs") or DEFAULT_INPUTS
        self._fixed = options.mapping("fixed_inputs")
        self._server = AwxServer(options, self._concurrency)
        self._warn = context.warn
        # Ids of the type and of the organization; looked up once, before threads start.
        self._home: dict[str, int] = {}
        self.place = f"{self._server.url} {options.text('organization')}/{self._prefix}"

    def problems(self, names: Iterable[str]) -> list[str]:
        """Return a sentence for each name that AWX would truncate or refuse."""
        listed = list(names)
        odd = [name for name in listed if name != name.strip() or not name.isprintable()]
        return [
            *problems_of_texts(listed),
            *(
                f"{name[:60]!r}… would be kept in a credential with a name of {len(self.place_of(name))} characters, and AWX allows {LONGEST_NAME}; "
                "shorten its description or the prefix."
                for name in listed
                if len(self.place_of(name)) > LONGEST_NAME
            ),
            *(f"{name[:60]!r} ends with a blank, or has a character that AWX does not store in a name; rename it." for name in odd),
        ]

    def check(self) -> None:
        """Check the options, and read the credential type, the organization and one credential."""
        check_prefix(self._prefix)
        check_inputs(self._inputs, self._fixed)
        self._server.check()
        if is_open_http(self._server.url) and self._warn:
            self._warn(f"The store awx is reached by plain http at {self._server.url}: its login and all secrets cross the network in clear; use https.")
        self.connect()
        doing = "list the credentials"
        answer = self._server.ask("GET", f"credentials/?credential_type={self._home['credential_type']}&page_size=1", doing=doing)
        if not answer.is_done:
            raise self._server.refusal(answer, doing, self._way_out())

    def prove(self, _names: Iterable[str] = ()) -> None:
        """Try to make a credential without a name: AWX checks the permission to create one before it refuses the missing name."""
        doing = "try whether credentials may be made"
        answer = self._server.ask("POST", "credentials/", {**self._home, "name": "", "inputs": {}}, doing=doing)
        if answer.status == FORBIDDEN:
            raise self._server.refusal(answer, "write to the store", self._way_out())

    def connect(self) -> None:
        """Find the API, the credential type and the organization, unless that was done."""
        if self._home:
            return
        kind = self._find_type()
        self._check_type(kind)
        self._home = {"credential_type": int(kind["id"]), "organization": int(self._find("organizations/", "organization", "organization")["id"])}

    def place_of(self, name: str) -> str:
        """Return the name of an entry's credential."""
        return f"{self._prefix}/{name}"

    def look_at(self, names: list[str] | None) -> Iterable[Found]:
        """Return the existing entries; for many names by listing all credentials of this tenant, one request for hundreds."""
        if names is not None and len(names) <= FEW:
            return super().look_at(names)
        listed = self._server.list_all("credentials/", {**self._home, "name__startswith": f"{self._prefix}/"}, "list the credentials")
        found = [self.remember(str(one.get("name")), self._found(one)) for one in listed]
        wanted = None if names is None else set(names)
        return [one for one in found if one.entry and (wanted is None or one.entry.name in wanted)]

    def get(self, place: str) -> Found:
        """Find one credential by its name."""
        listed = self._server.list_all("credentials/", {**self._home, "name": place}, f"read the credential {place}")
        if len(listed) > 1:
            raise StoreError(f"There are {len(listed)} credentials called {place} at {self._server.url}; rename all but the one that is in use.")
        return self._found(listed[0]) if listed else Found()

    def put(self, place: str, entry: Entry, version: str) -> str | None:
        """Create one credential, or change it if it is still the one that was read."""
        doing = f"write the credential {place}"
        if entry.id and not entry.value:
            raise StoreError(f"Could not {doing}: AWX shows no values, so the former one cannot be put back; run again to get a new secret.")
        content: dict[str, Any] = {"description": json.dumps(members_of(entry), ensure_ascii=False), "inputs": self._filled(entry)}
        if version:
            number, there = self._compared(version, doing)
            # Fields filled in by others stay; a secret field is unchanged when it is sent as AWX shows it.
            content["inputs"] = {**mapping_of(there.get("inputs")), **content["inputs"]}
            answer = self._server.ask("PATCH", f"credentials/{number}/", content, doing=doing, hidden=entry.value)
        else:
            answer = self._server.ask("POST", "credentials/", {**self._home, "name": place, **content}, doing=doing, hidden=entry.value)
        if not answer.is_done:
            raise self._refused(answer, place, doing, entry.value, version)
        return self._found(answer.body).version

    def delete(self, place: str, version: str) -> None:
        """Remove one credential, if it is still the one that was read."""
        doing = f"remove the credential {place}"
        number, _there = self._compared(version, doing)
        answer = self._server.ask("DELETE", f"credentials/{number}/", doing=doing)
        if not answer.is_done and answer.status != NOT_FOUND:
            raise self._server.refusal(answer, doing, self._way_out())

    def _compared(self, version: str, doing: str) -> tuple[str, dict[str, Any]]:
        """Return the id of the credential that was read, and its current contents.

        :raises StaleError: when somebody has changed or removed it.
        """
        number, _slash, modified = version.partition("/")
        answer = self._server.ask("GET", f"credentials/{number}/", doing=doing)
        if answer.status == NOT_FOUND:
            raise StaleError("It is gone.")
        if not answer.is_done or not isinstance(answer.body, dict):
            raise self._server.refusal(answer, doing, self._way_out())
        if (str(answer.body.get("id")), answer.body.get("modified")) != (number, modified):
            raise StaleError("It was changed.")
        return number, answer.body

    def _refused(self, answer: Answer, place: str, doing: str, hidden: str, version: str) -> StoreError:
        if answer.status == NOT_FOUND and version:
            return StaleError("It is gone.")
        if answer.status == REFUSED and EXISTS in words_of(answer.body):
            if not self._server.list_all("credentials/", {**self._home, "name": place}, doing):
                way_out = f"{self._way_out()}, or choose another prefix"
                return StoreError(f"Could not {doing} at {self._server.url}: there is one of that name which this login may not see; {way_out}.")
            return StaleError("It already exists.")
        return self._server.refusal(answer, doing, self._way_out(), hidden)

    def _filled(self, entry: Entry) -> dict[str, str]:
        """Return the fields of the credential."""
        members = {name: str(getattr(entry, name)) for name in MEMBERS}
        return {**self._fixed, **{field: members[member] for field, member in self._inputs.items()}}

    def _found(self, credential: Any) -> Found:
        """Return the entry of a credential; one without our description is foreign."""
        try:
            version = f"{credential['id']}/{credential['modified']}"
            description = str(credential.get("description") or "")
        except (AttributeError, KeyError, TypeError):
            raise StoreError(
                f"Could not read a credential at {self._server.url}: the response is not from AWX; check controller_host.", in_doubt=True
            ) from None
        try:
            return Found(entry_from_members(json.loads(description)), version)
        except (AttributeError, RecursionError, ValueError):
            return Found(None, version, is_foreign=True)

    def _find_type(self) -> dict[str, Any]:
        return self._find("credential_types/", "credential type", "credential_type")

    def _find(self, path: str, called: str, name: str) -> dict[str, Any]:
        """Return the object that an option names."""
        wanted = self._options.text(name)
        found = self._server.list_all(path, {"name": wanted}, f"look for the {called} {wanted!r}")
        if not found:
            raise StoreError(f"There is no {called} {wanted!r} at {self._server.url} that this login can see; make it, or correct the store's option {name}.")
        if len(found) > 1:
            raise StoreError(
                f"There are {len(found)} {called}s called {wanted!r} at {self._server.url}; rename one, or set the store's option {name} to another."
            )
        return found[0]

    def _check_type(self, kind: Mapping[str, Any]) -> None:
        """Raise ConfigError for a credential type without the fields in the options."""
        name, inputs = self._options.text("credential_type"), mapping_of(kind.get("inputs"))
        fields = {str(field.get("id")): bool(field.get("secret")) for field in map(mapping_of, list_of(inputs.get("fields")))}
        unknown = sorted({*self._inputs, *self._fixed} - set(fields))
        if unknown:
            raise ConfigError(
                f"The credential type {name!r} has no field {unknown[0]!r}; it has {', '.join(sorted(fields)) or 'none'}. "
                "Correct the store's options inputs and fixed_inputs."
            )
        shown = sorted(field for field, member in self._inputs.items() if member == "value" and not fields[field])
        if shown:
            raise ConfigError(
                f"The field {shown[0]!r} of the credential type {name!r} is not secret, so AWX would show the value to everybody who sees the credential; "
                "set secret to true in the type, or choose another field in the store's option inputs."
            )
        missing = sorted({*map(str, list_of(inputs.get("required")))} - {*self._inputs, *self._fixed})
        if missing:
            raise ConfigError(f"The credential type {name!r} requires the field {missing[0]!r}; add it to the store's option inputs or fixed_inputs.")

    def _way_out(self) -> str:
        return f"give this login the role Credential Admin of the organization {self._options.text('organization')}"


def mapping_of(value: Any) -> dict[str, Any]:
    """Return an object of a response; empty for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    """Return a list of a response; empty for anything else."""
    return value if isinstance(value, list) else []


def members_of(entry: Entry) -> dict[str, Any]:
    """Return the details for the description of a credential, which everybody with access to the credential sees."""
    return {name: value for name, value in entry.to_members().items() if name != "value"}


def check_inputs(inputs: Mapping[str, str], fixed: Mapping[str, str]) -> None:
    """Raise ConfigError for fields that cannot be filled."""
    wrong = [(field, member) for field, member in inputs.items() if member not in MEMBERS]
    if wrong:
        raise ConfigError(
            f"The option 'inputs' of the store awx fills the field {wrong[0][0]!r} with {wrong[0][1]!r}; choose one of {', '.join(MEMBERS)}, "
            "or use fixed_inputs for a text."
        )
    if "value" not in inputs.values():
        raise ConfigError(
            "The option 'inputs' of the store awx fills no field with value, so no secret would be delivered; add one, such as client_secret: value."
        )
    both = sorted({*inputs} & {*fixed})
    if both:
        raise ConfigError(f"The field {both[0]!r} is in both options of the store awx, inputs and fixed_inputs; take it out of one.")
