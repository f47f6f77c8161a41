# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site; tests/checks/docs_site.py lays its pages out first, and everything here is relative to that folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

project = "abbyy.vantage"
author = "abbyy.vantage contributors"
project_copyright = f"2026, {author}"
root_doc = "index"
extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext", "sphinx_copybutton", "name_links"]
# The first page includes the first one; our own list with a few words on each page replaces the second one; the third one is for docs.ansible.com.
exclude_patterns = ["README.md", "reference/index.rst", "reference/docsite"]
nitpicky = True
myst_enable_extensions = ["tasklist"]

# The anchors of GitHub, so that a link to a heading works in the repository as it does here.
myst_heading_anchors = 6
highlight_language = "text"

# Generated pages refer to two places in Ansible's own documentation. The inventory is a file of two lines: no build asks the network.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/devel/", "ansible.inv")}

html_theme = "furo"
html_title = "abbyy.vantage"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
pygments_style = "friendly"
pygments_dark_style = "monokai"

# The theme shows the headings of a page at its side, and takes a second list of them for a mistake. An orphan would not be missed when the
# list of all pages leaves it out.
UNWANTED = re.compile(r"^:orphan:\n|^\.\. contents::\n(?: +:.*\n)*", re.MULTILINE)

# A reader looks for an example first, and the options of a module are pages long.
EXAMPLES = re.compile(r"^\.\. Examples\n.*?(?=^\.\. Facts\n)", re.MULTILINE | re.DOTALL)
OPTIONS = re.compile(r"^\.\. (?:Terms|Input|Options)\n", re.MULTILINE)


def put_examples_first(text: str) -> str:
    """Move the examples of a generated page before its options."""
    examples, options = EXAMPLES.search(text), OPTIONS.search(text)
    if not examples or not options or examples.start() < options.start():
        return text
    return text[: options.start()] + examples[0] + text[options.start() : examples.start()] + text[examples.end() :]


def trim_generated(_app: Sphinx, docname: str, source: list[str]) -> None:
    """Take out of a generated page what does not fit this site."""
    if docname.startswith("reference/"):
        source[0] = put_examples_first(UNWANTED.sub("", source[0]))


def setup(app: Sphinx) -> None:
    """Look at each page before Sphinx reads it."""
    app.connect("source-read", trim_generated)
