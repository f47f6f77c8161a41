# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Find the store that an option names."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Protocol, cast

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.masking import MASK, without_password_in_address
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options, is_given, read_options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import Spec, Store, StoreContext, Vault

PACKAGE = "ansible_collections.abbyy.vantage.plugins.plugin_utils.stores"
# Imported by name when it is used: the store file needs ansible-core, the others do not.
CLASSES = {
    "file": "file.FileStore",
    "hashi_vault": "hashi_vault.HashiVaultStore",
    "aws_secrets_manager": "aws_secrets_manager.AwsSecretsManagerStore",
    "azure_key_vault": "azure_key_vault.AzureKeyVaultStore",
    "google_secret_manager": "google_secret_manager.GoogleSecretManagerStore",
    "kubernetes": "kubernetes.KubernetesStore",
    "awx": "awx.AwxStore",
    "command": "command.CommandStore",
    "none": "none.NoneStore",
}
KINDS = tuple(CLASSES)
DEFAULT_KIND = "file"
# Options of the catalogue, not of a store. The context gives a store its prefix.
COMMON: Spec = {
    "type": {"type": "str", "choices": list(KINDS), "default": DEFAULT_KIND},
    "prefix": {"type": "str"},
}
# Keys of a leaf that only the catalogue reads; Ansible's argument spec does not know them, and would apply a store's default to all stores.
OWN_RULES = ("env", "env_off", "lowest", "default", "required")


class StoreClass(Protocol):
    """The class methods of a store."""

    SPEC: Spec

    def __call__(self, options: Options, context: StoreContext) -> Store:
        """Return a store; nothing is imported, read or sent yet."""


def store_from_option(option: str | Mapping[str, Any] | None, context: StoreContext, environ: Mapping[str, str] | None = None) -> Store:
    """Return the store that an option describes.

    :param option: the kind of a store, or a mapping with its ``type`` and its options; an empty one is the default for embedding.
    :param context: its prefix is used when the option has none.
    :param environ: the environment for options that are not set; the process's own when None.
    :raises ConfigError: in one sentence, for unknown and missing options.
    """
    settings = settings_from_option(option)
    kind = kind_of(settings)
    prefix = settings.get("prefix")
    if is_given(prefix):
        context = context_with_prefix(context, prefix)
    own = {name: value for name, value in settings.items() if name not in COMMON}
    store_class = class_of(kind)
    return store_class(read_options(kind, store_class.SPEC, own, os.environ if environ is None else environ), context)


def context_from_variables(variables: Mapping[str, Any], concurrency: int, vault: Vault | None, warn: Callable[[str], object]) -> StoreContext:
    """Return a store's context for a host.

    :param variables: of the host; relative paths start beside the inventory, or else where Ansible was started.
    """
    host = str(variables.get("inventory_hostname", "localhost"))
    # For a host without an inventory file, ansible-core gives the text None.
    folder = str(variables.get("inventory_dir") or "")
    place = folder if os.path.isabs(folder) else os.getcwd()
    return StoreContext(host=host, prefix=f"vantage/{host}", folder=place, concurrency=concurrency, vault=vault, warn=warn)


def option_over_defaults(option: Any, defaults: Any) -> dict[str, Any]:
    """Return a store's option merged over the shared one, which applies only to stores of the same type.

    :raises ConfigError: when one of the two is neither a text nor a mapping.
    """
    own, shared = settings_from_option(option), settings_from_option(defaults)
    same_type = own.get("type", shared.get("type", DEFAULT_KIND)) == shared.get("type", DEFAULT_KIND)
    return {**(shared if same_type else {}), **own}


def settings_from_option(option: Any) -> dict[str, Any]:
    """Return an option as a mapping, also when it is a text.

    :raises ConfigError: for anything but a text or a mapping.
    """
    if not is_given(option):
        return {}
    if isinstance(option, str):
        return {"type": option}
    if isinstance(option, Mapping):
        return dict(option)
    raise ConfigError("The option store is neither the name of a store nor a mapping; write 'file', or a mapping such as {type: file, path: …}.")


def kind_of(settings: Mapping[str, Any]) -> str:
    """Return the type of a store.

    :raises ConfigError: for an unknown one.
    """
    kind = settings.get("type")
    if not is_given(kind):
        return DEFAULT_KIND
    if not isinstance(kind, str) or kind not in CLASSES:
        near = get_close_matches(str(kind), KINDS, 1)
        hint = f"did you mean {near[0]}? The stores are" if near else "the stores are"
        raise ConfigError(f"There is no store of the type {kind!r}; {hint} {', '.join(KINDS)}.")
    return str(kind)


def context_with_prefix(context: StoreContext, prefix: Any) -> StoreContext:
    """Return the context with another prefix."""
    if not isinstance(prefix, str):
        raise ConfigError("The option 'prefix' of the store is not text; put it into quotes.")
    return replace(context, prefix=prefix)


def class_of(kind: str) -> StoreClass:
    """Import and return the class of a kind."""
    module, name = CLASSES[kind].split(".")
    return cast(StoreClass, getattr(import_module(f"{PACKAGE}.{module}"), name))


def spec_of_store_option() -> Spec:
    """Return the argument spec of the option's members for all stores, since it is checked before its type is known."""
    spec = dict(COMMON)
    for kind in KINDS:
        for name, rules in class_of(kind).SPEC.items():
            spec[name] = merged_rules(spec.get(name), {key: value for key, value in rules.items() if key not in OWN_RULES})
    return spec


def merged_rules(one: Mapping[str, Any] | None, other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the common spec of an option of two stores: secret if it is in one of them, and with the choices of both."""
    if one is None:
        return dict(other)
    merged = {**one, **other}
    choices = [rules["choices"] for rules in (one, other) if "choices" in rules]
    if choices:
        # Without choices in one of them, there are none.
        merged["choices"] = list(dict.fromkeys([*choices[0], *choices[-1]])) if len(choices) == 2 else None
    if one.get("no_log") or other.get("no_log"):
        merged["no_log"] = True
    return {key: value for key, value in merged.items() if value is not None}


def masked_option(option: Any) -> Any:
    """Return the option for display: secret and unknown leaves without their values."""
    if not isinstance(option, Mapping):
        return option if option is None or option in KINDS else MASK
    open_leaves = {name for name, rules in spec_of_store_option().items() if not rules.get("no_log")}
    return {name: without_password_in_address(value) if name in open_leaves or not is_given(value) else MASK for name, value in option.items()}
