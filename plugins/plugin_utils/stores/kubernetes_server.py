# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""A connection to a Kubernetes cluster: one client for all threads, its own configuration, and readable errors."""

from __future__ import annotations

import json
import os
import threading
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.errors import ConfigError
from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import is_loopback
from ansible_collections.abbyy.vantage.plugins.module_utils.http.redact import Redactor
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import new_context, silence_unverified
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores import libraries
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.options import Options
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.remote import LateError, StaleError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.store import StoreError
from ansible_collections.abbyy.vantage.plugins.plugin_utils.stores.transport import (
    ALL_ERRORS,
    CONNECT_TIMEOUT,
    ERRORS,
    checked_url,
    new_retry,
    transport_error,
)

KIND = "kubernetes"
# Set in every pod.
POD_VARIABLE = "KUBERNETES_SERVICE_HOST"
CLEAN_UP = "_cleanup_temp_files"
OPTION_NAMES = {"url": "host", "timeout": "timeout", "ca_cert": "ca_cert"}
# The client's names of the options that override a kubeconfig.
FILES = {"ca_cert": "ssl_ca_cert", "client_cert": "cert_file", "client_key": "key_file"}
# Statuses of requests that the server has not carried out.
NOT_DONE = (400, 401, 403, 404, 405, 406, 409, 410, 413, 415, 422, 429)
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, BUSY, TIMED_OUT = 401, 403, 404, 409, 429, 504


class MissingError(StoreError):
    """The server itself reports that the object does not exist."""


class Cluster:
    """One cluster, as one login sees it. Safe to share between threads.

    :param concurrency: maximum number of parallel requests.
    :ivar url: of the API server, once the client exists.
    """

    def __init__(self, options: Options, concurrency: int) -> None:
        self.url = ""
        self._options = options
        self._concurrency = concurrency
        self._namespace = options.text("namespace")
        self._redactor = Redactor()
        self._redactor.add(options.text("api_key").strip())
        self._lock = threading.Lock()
        self._apis: dict[str, Any] = {}

    def connect(self) -> None:
        """Read the configuration and make the client, unless that was done; sends nothing except for a kubeconfig's own login.

        :raises ConfigError: for missing or unusable options.
        """
        with self._lock:
            if not self._apis:
                client = library().client
                api_client = self._new_client()
                self._apis = {"core": client.CoreV1Api(api_client), "authorization": client.AuthorizationV1Api(api_client)}

    def ask(self, method: str, *arguments: Any, doing: str, verb: str = "", hidden: str = "", api: str = "core", **keywords: Any) -> Any:
        """Call a method of the client's API, and return its JSON.

        :param doing: the action in a sentence, such as "read the Secret a.b".
        :param verb: what a role has to grant for it.
        :param hidden: a value that no message may show.
        :raises StoreError: for every error, in one sentence; MissingError, StaleError and LateError for what the caller handles.
        """
        self.connect()
        told = f"Could not {doing} in the namespace {self._namespace} at {self.url}"
        timeout = self._options.number("timeout")
        raw = {"_preload_content": False, "_request_timeout": (min(CONNECT_TIMEOUT, timeout), timeout)}
        try:
            found = json.loads(getattr(self._apis[api], method)(*arguments, **keywords, **raw).data)
        except library().client.ApiException as exc:
            raise self._error(exc, told, verb, hidden) from None
        except ERRORS as exc:
            raise transport_error(exc, told, timeout, OPTION_NAMES, lambda text: self._clean(text, hidden)) from None
        except (AttributeError, OSError, RecursionError, TypeError, ValueError) as exc:
            # What the client raises for a response that is not JSON, a missing file, or a wrong character in a header.
            raise StoreError(f"{told}: the response or an option is not valid ({type(exc).__name__}); check host and kubeconfig.", in_doubt=True) from None
        if not isinstance(found, dict):
            raise StoreError(f"{told}: the response is not from Kubernetes; check host.", in_doubt=True)
        return found

    def _new_client(self) -> Any:
        configuration = self._new_configuration()
        self.url = checked_url(configuration.host, KIND, "host", "https://10.0.0.1:6443")
        # At debug level, it logs responses with their secrets.
        libraries.silence("kubernetes")
        if is_loopback(urlsplit(self.url).hostname or ""):
            # Requests to this machine never use a proxy, whatever the environment says.
            configuration.proxy = None
        configuration.connection_pool_maxsize = self._concurrency
        configuration.retries = new_retry(self._options.number("retries"))
        api_client = library().client.ApiClient(configuration)
        if self.url.startswith("https"):
            use_context(api_client, configuration)
        # The temporary files with a kubeconfig's keys have been read; an Ansible worker would leave them behind.
        clean_up = getattr(import_module("kubernetes.config.kube_config"), CLEAN_UP, None)
        if clean_up:
            clean_up()
        return api_client

    def _new_configuration(self) -> Any:
        """Return the client's own configuration: from the options, the kubeconfig, or the pod; then apply the other options."""
        options, configuration = self._options, library().client.Configuration()
        if options.text("host"):
            self._check_login()
            configuration.host = options.text("host").rstrip("/")
        else:
            self._load(configuration)
        if options.text("api_key"):
            configuration.refresh_api_key_hook = None
            configuration.api_key = {"authorization": f"Bearer {options.text('api_key').strip()}"}
        for name, attribute in FILES.items():
            if options.text(name):
                setattr(configuration, attribute, checked_file(name, options.text(name)))
        if options.text("validate_certs"):
            configuration.verify_ssl = options.flag("validate_certs")
        return configuration

    def _check_login(self) -> None:
        if not self._options.text("api_key") and not (self._options.text("client_cert") and self._options.text("client_key")):
            # The login in a kubeconfig belongs to its own cluster.
            raise ConfigError("The store kubernetes needs its option 'api_key' for the host, or 'client_cert' and 'client_key', which are not set.")

    def _load(self, configuration: Any) -> None:
        config, options = library().config, self._options
        file, context = options.text("kubeconfig"), options.text("context")
        in_pod = not file and not context and bool(os.environ.get(POD_VARIABLE))
        place = "the service account of this pod" if in_pod else f"the kubeconfig {file or os.environ.get('KUBECONFIG') or '~/.kube/config'}"
        try:
            if in_pod:
                config.load_incluster_config(client_configuration=configuration)
            else:
                config.load_kube_config(config_file=file or None, context=context or None, client_configuration=configuration, persist_config=False)
        except config.ConfigException as exc:
            reason = " ".join(self._clean(str(exc), "").split()).rstrip(".")
        except (AttributeError, KeyError, OSError, TypeError, ValueError, import_module("yaml").YAMLError) as exc:
            # Some of these errors quote the file with its secrets.
            reason = f"it cannot be read, {type(exc).__name__}"
        else:
            return
        raise ConfigError(
            f"The store kubernetes cannot use {place} ({reason}); set its options kubeconfig and context, or host and api_key, or run this in a pod."
        )

    def _error(self, exc: Any, told: str, verb: str, hidden: str) -> StoreError:
        status, words = int(exc.status or 0), words_of(exc)
        if not status:
            # Only the type of the wrapped error is known to contain no secret.
            return transport_error(exc.__context__ or exc, told, self._options.number("timeout"), OPTION_NAMES, lambda text: self._clean(text, hidden))
        if status == CONFLICT:
            return StaleError(self._clean(words, hidden))
        if status == NOT_FOUND and is_missing(exc):
            return MissingError(self._clean(f"{told}: {words}.", hidden))
        reason = words or "no reason was given"
        if status == FORBIDDEN and "quota" not in words:
            reason = f"{reason}; this needs the verb {verb} on secrets in the namespace {self._namespace}"
        elif status == UNAUTHORIZED:
            reason = f"{reason}; the login is not valid or has expired: check kubeconfig, context or api_key"
        elif status == NOT_FOUND:
            reason = f"the response is not from Kubernetes ({reason}); check host"
        elif 300 <= status < 400:
            reason = f"it was redirected ({status}), which is not followed; check host"
        elif status == BUSY or status > 500:
            reason = f"{reason}; wait until the server is ready, and run again"
        kind = LateError if status == TIMED_OUT else StoreError
        return kind(self._clean(f"{told}: {reason}.", hidden), in_doubt=status not in NOT_DONE)

    def _clean(self, text: str, hidden: str) -> str:
        return libraries.clean_message(text, self._redactor, hidden)


def library() -> Any:
    """Return the client of Kubernetes.

    :raises ConfigError: when it is not installed.
    """
    return libraries.library(KIND, "kubernetes", "kubernetes")


def checked_file(name: str, path: str) -> str:
    """Return the path of a file.

    :raises ConfigError: when it does not exist.
    """
    if not os.path.exists(path):
        raise ConfigError(f"The option {name!r} of the store kubernetes is {path}, where there is no file.")
    return path


def use_context(api_client: Any, configuration: Any) -> None:
    """Share the TLS context and the client certificate among all connections; by default, each one reads the files again.

    :raises ConfigError: when a file cannot be read.
    """
    try:
        context = new_context((configuration.ssl_ca_cert or True) if configuration.verify_ssl else False)
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
        if configuration.verify_ssl and getattr(configuration, "ca_cert_data", None):
            context.load_verify_locations(cadata=configuration.ca_cert_data)
    except ALL_ERRORS as exc:
        files = [str(path) for path in (configuration.ssl_ca_cert, configuration.cert_file, configuration.key_file) if path]
        reason = getattr(exc, "strerror", None) or type(exc).__name__
        raise ConfigError(f"The store kubernetes cannot read a certificate or key of {', '.join(files)} ({reason}); check ca_cert and kubeconfig.") from None
    settings = api_client.rest_client.pool_manager.connection_pool_kw
    for name in ("ca_certs", "cert_file", "key_file", "ca_cert_data"):
        settings.pop(name, None)
    settings["ssl_context"] = context
    if not configuration.verify_ssl:
        silence_unverified()


def status_of(exc: Any) -> dict[str, Any]:
    """Return the Status object of an error; empty if there is none."""
    try:
        body = json.loads(exc.body)
    except (RecursionError, TypeError, ValueError):
        return {}
    return body if isinstance(body, dict) and body.get("kind") == "Status" else {}


def is_missing(exc: Any) -> bool:
    """Return whether the response is from the API server itself, rather than from a proxy."""
    return status_of(exc).get("reason") == "NotFound"


def words_of(exc: Any) -> str:
    """Return the server's own message, on one line."""
    message = status_of(exc).get("message")
    return " ".join(str(message or exc.reason or "").split()).rstrip(".")
