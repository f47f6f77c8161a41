# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What 1Password's program op does of what the example uses: items of one vault, in a JSON file. Strict: anything else is an error."""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any


def main(arguments: list[str]) -> None:
    """Answer as op does, on stdout."""
    if not os.environ.get("OP_STANDIN_FILE"):
        sys.exit("[ERROR] 2026/11/26 10:00:00 You are not currently signed in. Please run `op signin --help` for instructions")
    path = Path(os.environ["OP_STANDIN_FILE"])
    items: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    words, options = arguments[:-4], arguments[-4:]
    if options != ["--vault", "Automation", "--format", "json"]:
        sys.exit(f'[ERROR] "{options[1]}" isn\'t a vault in this account.')
    if words[:3] == ["item", "list", "--tags"] and len(words) == 4:
        shown = ("id", "title", "tags", "category", "updated_at")
        print(json.dumps([{name: item[name] for name in shown} for item in items.values() if words[3] in item["tags"]]))
        return
    if words == ["item", "create", "-"]:
        item = json.load(sys.stdin)
        assert set(item) == {"title", "category", "tags", "fields"}
        # Later ones are newer.
        item.update(id=uuid.uuid4().hex, updated_at=f"2026-11-26T10:00:{len(items):02}Z")
        items[item["id"]] = item
    elif words[:2] == ["item", "get"] and len(words) == 3 and words[2] in items:
        item = items[words[2]]
        # An empty field has no value at all.
        fields = [{name: content for name, content in field.items() if content != ""} for field in item["fields"]]
        print(json.dumps({**item, "fields": fields}))
        return
    elif words[:2] == ["item", "delete"] and len(words) == 3 and words[2] in items:
        item = items.pop(words[2])
        path.write_text(json.dumps(items), encoding="utf-8")
        return
    else:
        sys.exit(f"[ERROR] {words} is not known")
    path.write_text(json.dumps(items), encoding="utf-8")
    print(json.dumps(item))


main(sys.argv[1:])
