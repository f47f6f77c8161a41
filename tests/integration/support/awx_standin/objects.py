# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the stand-in: made, changed, found and deleted with AWX's defaults and cascades; what is not known is refused."""

from __future__ import annotations

import copy
import itertools
from typing import Any

from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.model import HIDDEN, LONGEST_NAME, REQUIRED, RESOURCES, UNIFIED, Field, Resource
from ansible_collections.abbyy.vantage.tests.integration.support.awx_standin.rules import (
    RefusedError,
    check_credential_inputs,
    check_credential_type,
    check_rrule,
    check_variables,
)

TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,), "int": (int,), "ref": (int,), "dict": (dict,)}
# What goes with an object, and what only forgets it.
GOES_WITH = {
    "job_templates": (("schedules", "unified_job_template"),),
    "inventories": (("inventory_sources", "inventory"), ("hosts", "inventory"), ("groups", "inventory")),
}
Object = dict[str, Any]


class RivalError(Exception):
    """Somebody else has made the object meanwhile."""


class BusyError(Exception):
    """A running job uses the object."""


class Objects:
    """All objects by collection and id.

    :param playbooks: what is found in every project once it has been updated.
    :ivar unreachable: what no update of a project can fetch, such as a collection of requirements.yml; empty for nothing.
    :ivar rivals: collections in which somebody else makes the same object a moment before.
    :ivar busy: objects that a running job uses, as collection and id.
    """

    def __init__(self, playbooks: list[str]) -> None:
        self.playbooks = playbooks
        self.unreachable = ""
        self.rivals: set[str] = set()
        self.busy: set[tuple[str, int]] = set()
        self._ids = itertools.count(1)
        self._moments = itertools.count(1)
        self.tables: dict[str, dict[int, Object]] = {name: {} for name in RESOURCES}
        self.related: dict[tuple[str, int, str], list[int]] = {}
        self.surveys: dict[int, Object] = {}
        self.updates: dict[int, Object] = {}

    def seed(self, table: str, **members: Any) -> int:
        """Put an object there as if somebody had made it in the user interface; return its id."""
        return int(self._save(table, None, members)["id"])

    def create(self, table: str, body: Object) -> Object:
        """Make an object."""
        if table == "credentials" and not body.get("organization"):
            raise RefusedError("detail", "Missing 'user', 'team', or 'organization'.")
        created = self._save(table, None, body)
        if table in self.rivals:
            self.rivals.remove(table)
            raise RivalError
        if table == "projects" and created["scm_type"]:
            self.update(created["id"])
        return self.shown(table, created)

    def change(self, table: str, number: int, body: Object) -> Object:
        """Change members of an object."""
        is_used = table == "credential_types" and any(one["credential_type"] == number for one in self.tables["credentials"].values())
        if is_used and "inputs" in body and body["inputs"] != self.tables[table][number]["inputs"]:
            raise PermissionError("You don't have permission to PATCH")
        former = dict(self.tables[table][number])
        changed = self._save(table, number, body)
        if table == "projects" and any(former[name] != changed[name] for name in ("scm_type", "scm_url", "scm_branch")):
            self.update(number)
        return self.shown(table, changed)

    def delete(self, table: str, number: int) -> None:
        """Delete an object with what depends on it; what only points at it points nowhere from then on."""
        if table == "credential_types" and any(one["credential_type"] == number for one in self.tables["credentials"].values()):
            raise PermissionError("Credential types that are in use cannot be deleted")
        if (table, number) in self.busy:
            raise BusyError
        for other, field in GOES_WITH.get(table, ()):
            for one in [one for one in self.tables[other].values() if one[field] == number]:
                self.delete(other, one["id"])
        del self.tables[table][number]
        self.surveys.pop(number, None)
        self.related = {key: [one for one in ids if one != number] for key, ids in self.related.items() if key[:2] != (table, number)}
        for name, resource in RESOURCES.items():
            for field, spec in resource.fields.items():
                for one in self.tables[name].values():
                    if spec.target == table and one[field] == number:
                        one[field] = None

    def find(self, table: str, filters: dict[str, str]) -> list[Object]:
        """Return the objects that match all filters, and any of those that begin with or__."""
        rows = [row for name in (UNIFIED if table == "unified_job_templates" else (table,)) for row in self.tables[name].values()]
        any_of = {name[4:]: value for name, value in filters.items() if name.startswith("or__")}
        all_of = {name: value for name, value in filters.items() if not name.startswith("or__")}
        known = {"id", "organization", *(RESOURCES[table].fields if table in RESOURCES else {"name"})}
        for name in [*any_of, *(name.removesuffix("__name").removesuffix("__startswith") for name in all_of)]:
            if name not in known:
                raise RefusedError("detail", f"{table} has no field named {name!r}")
        found = [row for row in rows if all(self._matches(table, row, name, value) for name, value in all_of.items())]
        return [row for row in found if not any_of or any(str(row[name]) == value for name, value in any_of.items())]

    def associate(self, table: str, number: int, relation: str, body: Object) -> None:
        """Put an object on a list below another one, or take it off."""
        target = dict(RESOURCES[table].relations)[relation]
        ids = self.related.setdefault((table, number, relation), [])
        if set(body) - {"id", "disassociate"} or body["id"] not in self.tables[target]:
            raise RefusedError("detail", f"{body} names nothing of {target}")
        if body.get("disassociate"):
            ids.remove(body["id"])
            return
        if target == "credentials":
            types = [self.tables[target][one]["credential_type"] for one in ids]
            if self.tables[target][body["id"]]["credential_type"] in types:
                raise RefusedError("error", "Cannot assign multiple credentials of one type.")
        ids.append(body["id"])

    def update(self, project: int) -> Object:
        """Begin to update a project."""
        update = {"id": next(self._ids), "type": "project_update", "project": project, "status": "pending", "failed": False, "finished": None}
        self.updates[update["id"]] = {**update, "scm_revision": "", "url": f"/api/v2/project_updates/{update['id']}/"}
        self.tables["projects"][project]["status"] = "pending"
        return self.updates[update["id"]]

    def progress(self, number: int) -> Object:
        """Return a project update, which has come to its end when one looks."""
        update = self.updates[number]
        if not update["finished"]:
            status = "failed" if self.unreachable else "successful"
            project = self.tables["projects"][update["project"]]
            update.update(status=status, failed=status == "failed", finished="2026-09-07T13:03:38Z")
            project["status"] = status
            if status == "successful":
                project["playbooks"] = list(self.playbooks)
                project["scm_revision"] = update["scm_revision"] = "1f2e3d4c"
        return update

    def shown(self, table: str, row: Object) -> Object:
        """Return an object as it is shown: nobody ever sees a secret again, and a project's playbooks have an address of their own."""
        if table == "projects":
            latest = [update for update in self.updates.values() if update["project"] == row["id"]][-1:]
            about = {"last_update" if one["finished"] else "current_update": {"id": one["id"], "status": one["status"]} for one in latest}
            return {**{name: value for name, value in row.items() if name != "playbooks"}, "summary_fields": about}
        if table != "credentials":
            return row
        return {**row, "inputs": {field: HIDDEN if field in self._secret_fields(row) else value for field, value in row["inputs"].items()}}

    def _secret_fields(self, row: Object) -> set[str]:
        fields = self.tables["credential_types"][row["credential_type"]]["inputs"].get("fields", [])
        return {field["id"] for field in fields if field.get("secret")}

    def _matches(self, table: str, row: Object, name: str, value: str) -> bool:
        if name.endswith("__startswith"):
            return str(row[name.removesuffix("__startswith")]).startswith(value)
        return self._value(table, row, name) == value

    def _value(self, table: str, row: Object, name: str) -> str:
        if name.endswith("__name"):
            field = name.removesuffix("__name")
            return str(self.tables[RESOURCES[table].fields[field].target][row[field]]["name"])
        return str(row[name])

    def _save(self, table: str, number: int | None, body: Object) -> Object:
        resource = RESOURCES[table]
        unknown = set(body) - set(resource.fields) - set(resource.read_only)
        if unknown:
            raise RefusedError(min(unknown), "AWX has no such field here")
        former = self.tables[table].get(number or 0, {})
        given = {name: value for name, value in body.items() if name in resource.fields and not (former and resource.fields[name].fixed)}
        values = {name: self._clean(name, spec, given, former) for name, spec in resource.fields.items()}
        self._check(table, resource, values, number)
        if table == "credentials":
            values["inputs"] = self._filled(values, former)
        number = number or next(self._ids)
        row = {**resource.read_only, **former, "id": number, "type": resource.type, **values}
        if table == "credentials":
            row["modified"] = f"2026-09-07T13:03:38.{next(self._moments):06}Z"
        if table == "job_templates":
            row["organization"] = self.tables["projects"][values["project"]]["organization"]
        if table == "projects":
            row.setdefault("playbooks", [])
        self.tables[table][number] = row
        return {**copy.deepcopy(row), "summary_fields": {}}

    def _filled(self, values: Object, former: Object) -> Object:
        """Return the fields of a credential: what is sent as it is shown stays as it was, and what is empty is not kept of a secret."""
        secrets = self._secret_fields(values)
        check_credential_inputs(self.tables["credential_types"][values["credential_type"]]["inputs"], values["inputs"], is_new=not former)
        kept = {field: former["inputs"][field] if value == HIDDEN else value for field, value in values["inputs"].items()}
        return {field: value for field, value in kept.items() if value or field not in secrets}

    def _clean(self, name: str, spec: Field, given: Object, former: Object) -> Any:
        if name not in given:
            if not former and spec.default is REQUIRED:
                raise RefusedError(name, "This field is required.")
            return former[name] if former else copy.deepcopy(spec.default)
        value = copy.deepcopy(given[name])
        if isinstance(value, str):
            value = value.strip() if name in ("name", "description") else value
            if name == "name" and len(value) > LONGEST_NAME:
                raise RefusedError(name, f"Ensure this field has no more than {LONGEST_NAME} characters.")
        if value is None:
            # AWX takes null for the empty string and for false; elsewhere only where null is a value.
            value = {"str": "", "bool": False}.get(spec.kind) if spec.default is not None else None
            if value is None and spec.default is not None:
                raise RefusedError(name, "This field may not be null.")
        if value is not None and (not isinstance(value, TYPES[spec.kind]) or (spec.kind == "int" and isinstance(value, bool))):
            raise RefusedError(name, f"Not a valid {spec.kind}: {value!r}")
        if spec.choices and value not in spec.choices:
            raise RefusedError(name, f"{value!r} is not a valid choice.")
        if spec.default is REQUIRED and value == "":
            raise RefusedError(name, "This field may not be blank.")
        if spec.kind == "ref" and value is not None and not self.find(spec.target, {"id": str(value)}):
            raise RefusedError(name, f"Invalid pk {value} - object does not exist.")
        return value

    def _check(self, table: str, resource: Resource, values: Object, number: int | None) -> None:
        for field in ("variables", "extra_vars"):
            if field in values:
                check_variables(field, values[field])
        if table == "credential_types":
            check_credential_type(values["inputs"], values["injectors"])
        elif table == "inventory_sources" and values["source"] == "scm" and values["source_project"] is None:
            raise RefusedError("source_project", "Project required for scm type sources.")
        elif table == "schedules":
            check_rrule(values["rrule"])
        elif table == "job_templates":
            if values["playbook"] not in self.tables["projects"][values["project"]]["playbooks"]:
                raise RefusedError("playbook", "Playbook not found for project.")
            if values["inventory"] is None and not values["ask_inventory_on_launch"]:
                raise RefusedError("inventory", "You must either set a default value or ask to prompt on launch.")
        key = {name: values[name] for name in resource.unique if name in values}
        for other in self.tables[table].values():
            if other["id"] != number and all(other[name] == value for name, value in key.items()):
                if table == "credentials":
                    raise RefusedError("__all__", "Credential with this Organization, Name and Credential type already exists.")
                raise RefusedError("__all__", f"{resource.type} with this {' and '.join(resource.unique)} already exists.")
