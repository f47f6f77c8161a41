"""Store secrets in 1Password with its CLI, op. Run it as: python3 op_store.py VAULT

An entry is an item of the category API Credential, with the title PREFIX/CLIENT/DESCRIPTION and the tag PREFIX. A changed entry is a new item; the former one
is deleted afterwards, so that a complete item always exists.
"""

import json
import subprocess
import sys

VAULT = sys.argv[1]


def op(*arguments, text=None):
    """Return the output of op. A secret is passed only on stdin."""
    done = subprocess.run(["op", *arguments, "--vault", VAULT, "--format", "json"], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"op ended with the exit code {done.returncode}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def items_of(prefix):
    """Return the ids of all items by the names of their entries, the newest item first."""
    found = {}
    for item in sorted(op("item", "list", "--tags", prefix) or [], key=lambda item: item["updated_at"], reverse=True):
        if item["title"].startswith(f"{prefix}/"):
            found.setdefault(item["title"][len(prefix) + 1 :], []).append(item["id"])
    return found


def read(ids):
    """Return the entry of an item; None when there is none."""
    if not ids:
        return None
    fields = {field["id"]: field.get("value", "") for field in op("item", "get", ids[0])["fields"]}
    entry = json.loads(fields["members"])
    return {**entry, "value": fields["credential"]} if fields.get("credential") else entry


def write(prefix, name, entry, ids):
    """Write an entry, or remove it; ids are those of its items."""
    if entry is not None:
        members = {member: content for member, content in entry.items() if member != "value"}
        fields = [
            {"id": "credential", "type": "CONCEALED", "label": "credential", "value": entry.get("value", "")},
            {"id": "members", "type": "STRING", "label": "members", "value": json.dumps(members)},
        ]
        item = {"title": f"{prefix}/{name}", "category": "API_CREDENTIAL", "tags": [prefix], "fields": fields}
        op("item", "create", "-", text=json.dumps(item))
    for item_id in ids:
        op("item", "delete", item_id)


def answer_read(items, names):
    """Return the entries by name, and why some could not be read."""
    answer = {"entries": {}, "failed": {}}
    for name in names:
        try:
            answer["entries"][name] = read(items.get(name))
        except (RuntimeError, ValueError, KeyError) as exc:
            answer["failed"][name] = str(exc)
    return answer


def answer_write(prefix, items, changes):
    """Write the entries that are as expected; op itself cannot compare, so two runs at once should not share a vault."""
    answer = {"written": [], "refused": [], "failed": {}}
    for change in changes:
        name, expected = change["name"], change["expected"]
        try:
            held = read(items.get(name))
            there = None if held is None else held.get("id", "")
            if there != expected and (there, expected) != (None, ""):
                answer["refused"].append(name)
            else:
                write(prefix, name, change["entry"], items.get(name, []))
                answer["written"].append(name)
        except (RuntimeError, ValueError, KeyError) as exc:
            answer["failed"][name] = str(exc)
    return answer


def main():
    """Answer one request."""
    request = json.load(sys.stdin)
    if request["version"] != 1:
        sys.exit("This program supports only version 1.")
    try:
        items = items_of(request["prefix"])
    except (RuntimeError, ValueError, KeyError) as exc:
        sys.exit(str(exc))
    if "list" in request:
        answer = {"names": list(items)}
    elif "read" in request:
        answer = answer_read(items, request["read"])
    else:
        answer = answer_write(request["prefix"], items, request["write"])
    json.dump(answer, sys.stdout)


main()
