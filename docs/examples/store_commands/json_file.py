"""Store secrets in a JSON file: the shortest complete program for the store command. Run it as: python3 json_file.py FILE"""

import fcntl
import json
import os
import sys

request, path = json.load(sys.stdin), os.path.abspath(sys.argv[1])
if request["version"] != 1:
    sys.exit("This program supports only version 1.")
# No other run reads or writes until this program ends.
lock = os.open(os.path.dirname(path), os.O_RDONLY)
fcntl.flock(lock, fcntl.LOCK_EX)
held = {}
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        held = json.load(file)
if "list" in request:
    answer = {"names": list(held)}
elif "read" in request:
    answer = {"entries": {name: held.get(name) for name in request["read"]}}
else:
    answer = {"written": [], "refused": []}
    for change in request["write"]:
        name, expected = change["name"], change["expected"]
        there = held[name].get("id", "") if name in held else None
        if there != expected and (there, expected) != (None, ""):
            answer["refused"].append(name)
            continue
        held.pop(name, None)
        if change["entry"] is not None:
            held[name] = change["entry"]
        answer["written"].append(name)
    with open(f"{path}.new", "w", encoding="utf-8", opener=lambda new, flags: os.open(new, flags, 0o600)) as file:
        json.dump(held, file)
    os.replace(f"{path}.new", path)
json.dump(answer, sys.stdout)
