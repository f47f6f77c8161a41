"""Write the plan of each tenant as a comment into the merge request of this GitLab job, or update an existing comment."""

from __future__ import annotations

import os
from pathlib import Path

import requests

MERGE_REQUEST = "{CI_API_V4_URL}/projects/{CI_PROJECT_ID}/merge_requests/{CI_MERGE_REQUEST_IID}/notes".format(**os.environ)

session = requests.Session()
session.headers["PRIVATE-TOKEN"] = os.environ["COMMENT_TOKEN"]


def find_note(mark: str) -> int | None:
    """Find the comment that starts with this line."""
    url = f"{MERGE_REQUEST}?per_page=100"
    while url:
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        for note in answer.json():
            if note["body"].startswith(mark):
                return int(note["id"])
        url = answer.links.get("next", {}).get("url", "")
    return None


for plan in sorted(Path("plans").glob("*.md")):
    text = plan.read_text(encoding="utf-8")
    note = find_note(text.partition("\n")[0])
    method, url = ("POST", MERGE_REQUEST) if note is None else ("PUT", f"{MERGE_REQUEST}/{note}")
    session.request(method, url, json={"body": text}, timeout=60).raise_for_status()
