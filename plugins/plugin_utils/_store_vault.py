# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the way through the folders of HashiCorp Vault. Pure.

Its lookups read many paths with one login, but fail as a whole when one of them does not exist: so the paths are listed first.
"""

from __future__ import annotations

from typing import Any


def vault_folders(keys: list[str], prefix: str, stored: list[str] | None) -> list[str]:
    """Return the folders to list.

    :param keys: what vault_list says of the prefix.
    :param stored: the paths that are wanted; all when None.
    """
    folders = [f"{prefix}/{key[:-1]}" for key in keys if key.endswith("/")]
    if stored is None:
        return folders
    wanted = {path.rpartition("/")[0] for path in stored}
    return [folder for folder in folders if folder in wanted]


def vault_paths(listings: list[Any], folders: list[str], stored: list[str] | None) -> list[str]:
    """Return the paths of the secrets in folders.

    :param listings: what the lookup vault_list says of each folder.
    """
    paths = [f"{folder}/{key}" for folder, listing in zip(folders, listings) for key in listing["data"]["keys"] if not key.endswith("/")]
    return paths if stored is None else [path for path in paths if path in set(stored)]


def vault_live_paths(metadata: list[Any], paths: list[str]) -> list[str]:
    """Return the paths whose current version can be read."""
    return [path for path, answer in zip(paths, metadata) if is_live(answer)]


def is_live(metadata: Any) -> bool:
    """Return whether the current version of a secret is neither deleted nor destroyed.

    :param metadata: what the lookup vault_read says of the secret's metadata.
    """
    data = metadata["data"]
    current = data["versions"].get(str(data["current_version"]), {"destroyed": True})
    return not current.get("deletion_time") and not current.get("destroyed")
