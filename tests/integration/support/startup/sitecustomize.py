# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the many short processes of playbooks sooner: keep the compiled code of what Python imports from a zip file, and collect no garbage.

Ansible sends each module as a zip file, and Python compiles all of it for each task, which is a third of the time that a task takes here. What Python
imports from folders, it keeps compiled by itself. No process lives long enough for garbage to matter.
"""

from __future__ import annotations

import gc
import marshal
import os
import sys
import zipimport
from importlib.util import source_hash
from types import CodeType


def keep_compiled_code(folder: str) -> None:
    """Let imports from zip files read code from a folder, by its source, and write what it does not have yet."""
    compile_source = zipimport._compile_source  # type: ignore[attr-defined]  # there is no public hook between reading and compiling

    def compile_once(pathname: str, source: bytes) -> CodeType:
        inside = pathname.rpartition(".zip" + os.sep)[2]
        path = os.path.join(folder, f"{source_hash(source).hex()}.{len(source)}.{os.path.basename(inside)}.{sys.implementation.cache_tag}")
        try:
            with open(path, "rb") as file:
                code: CodeType = marshal.loads(file.read())
        except (OSError, EOFError, ValueError, TypeError):
            code = compile_source(pathname, source)
            # Others may write the same file now.
            temporary = f"{path}.{os.getpid()}"
            with open(temporary, "wb") as file:
                file.write(marshal.dumps(code))
            os.replace(temporary, path)
        return code

    os.makedirs(folder, exist_ok=True)
    zipimport._compile_source = compile_once  # type: ignore[attr-defined]  # as above


gc.disable()
if sys.pycache_prefix:
    keep_compiled_code(os.path.join(sys.pycache_prefix, "zip"))
