# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the names of modules, playbooks and the role's variables links wherever a guide has them as code; the guides stay plain Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COLLECTION = "abbyy.vantage."
PLAYBOOKS = {
    "onboard": "docs/guides/bulk_onboarding",
    "login": "docs/guides/which_login",
    "validate": "docs/guides/validate",
    "report": "docs/guides/expiry_report",
    "export": "docs/guides/export",
    "probe": "docs/guides/probe",
    "awx_setup": "docs/guides/awx",
}
LABELS = ("{name}_module", "{name}_filter", "{name}_role", "app_onboarding_role__parameter-main__{name}")
# Generated pages have links of their own.
GENERATED = "reference/"


class NameLinks(SphinxPostTransform):
    """Replace a literal that is a known name by a link to it, but for headings, for links and for the page that it is about."""

    default_priority = 20

    def run(self, **_kwargs: object) -> None:
        """Look at every literal of a page."""
        if self.env.docname.startswith(GENERATED):
            return
        for literal in list(self.document.findall(nodes.literal)):
            place = self.find_place(literal.astext())
            if place and place[0] != self.env.docname and not isinstance(literal.parent, (nodes.reference, nodes.title)):
                docname, anchor = place
                literal.replace_self(make_refnode(self.app.builder, self.env.docname, docname, anchor, literal.deepcopy()))

    def find_place(self, text: str) -> tuple[str, str] | None:
        """Return page and anchor of a name, with or without the collection's before it."""
        name = text.removeprefix(COLLECTION)
        if name != text and name in PLAYBOOKS:
            return PLAYBOOKS[name], ""
        labels = self.env.get_domain("std").data["anonlabels"]
        known = (f"ansible_collections.{COLLECTION}{label.format(name=name)}" for label in LABELS)
        return next((labels[label] for label in known if label in labels), None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of it."""
    app.add_post_transform(NameLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
