"""Store secrets in pass, the standard Unix password manager. Run it as: python3 pass_store.py

An entry is at PREFIX/CLIENT/DESCRIPTION: the value in the first line, all members as JSON in the second one.
"""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, unquote

STORE = Path(os.environ.get("PASSWORD_STORE_DIR") or Path.home() / ".password-store")


def run_pass(*arguments, text=None):
    """Return the output of pass. If it fails, stderr is the reason."""
    done = subprocess.run(["pass", *arguments], input=text, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"pass ended with the exit code {done.returncode}")
    return done.stdout


def place_of(prefix, name):
    """Return where an entry is; a slash in the description makes no folder."""
    client, _slash, description = name.partition("/")
    return f"{prefix}/{client}/{quote(description, safe=' ') or '%'}"


def read(prefix, name):
    """Return an entry; None when there is none."""
    place = place_of(prefix, name)
    if not Path(f"{STORE}/{place}.gpg").exists():
        return None
    value, members = run_pass("show", place).splitlines()[:2]
    entry = json.loads(members)
    return {**entry, "value": value} if value else entry


def write(prefix, name, entry):
    """Write an entry, or remove it."""
    place = place_of(prefix, name)
    if entry is not None:
        members = {member: content for member, content in entry.items() if member != "value"}
        run_pass("insert", "--multiline", "--force", place, text=f"{entry.get('value', '')}\n{json.dumps(members)}\n")
    elif Path(f"{STORE}/{place}.gpg").exists():
        run_pass("rm", "--force", place)


def names_of(prefix):
    """Return the names of all entries."""
    files = [path.relative_to(STORE / prefix).with_suffix("") for path in (STORE / prefix).glob("*/*.gpg")]
    return [f"{path.parent}/{'' if path.name == '%' else unquote(path.name)}" for path in files]


def answer_read(prefix, names):
    """Return the entries by name, and why some could not be read."""
    answer = {"entries": {}, "failed": {}}
    for name in names:
        try:
            answer["entries"][name] = read(prefix, name)
        except (RuntimeError, ValueError) as exc:
            answer["failed"][name] = str(exc)
    return answer


def answer_write(prefix, changes):
    """Write the entries that are as expected."""
    answer = {"written": [], "refused": [], "failed": {}}
    for change in changes:
        name, expected = change["name"], change["expected"]
        try:
            held = read(prefix, name)
            there = None if held is None else held.get("id", "")
            if there != expected and (there, expected) != (None, ""):
                answer["refused"].append(name)
            else:
                write(prefix, name, change["entry"])
                answer["written"].append(name)
        except (RuntimeError, ValueError) as exc:
            answer["failed"][name] = str(exc)
    return answer


def main():
    """Answer one request."""
    request = json.load(sys.stdin)
    if request["version"] != 1:
        sys.exit("This program supports only version 1.")
    if not (STORE / ".gpg-id").exists():
        sys.exit(f"There is no password store in {STORE}; make one with 'pass init'.")
    # Two runs at once take turns.
    lock = os.open(STORE, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    prefix = request["prefix"]
    if "list" in request:
        answer = {"names": names_of(prefix)}
    elif "read" in request:
        answer = answer_read(prefix, request["read"])
    else:
        answer = answer_write(prefix, request["write"])
    json.dump(answer, sys.stdout)


main()
