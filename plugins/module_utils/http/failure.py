# Copyright: (c) 2026, abbyy.vantage contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the abbyy.vantage collection: may change in any release.
"""Explain why no response came, and whether the request may have been carried out anyway."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ansible_collections.abbyy.vantage.plugins.module_utils.http.address import proxy_variable, without_password
from ansible_collections.abbyy.vantage.plugins.module_utils.http.session import NotDeliveredError

# Http reports that it is missing and how to install it.
with suppress(ImportError):
    import requests

# From urllib3, whose classes differ between its versions.
NO_CONNECTION = ("NewConnectionError", "NameResolutionError")
CONNECT_TIMEOUTS = ("ConnectTimeoutError", "ConnectTimeout")
READ_TIMEOUTS = ("ReadTimeoutError", "ReadTimeout")
CERTIFICATE = ("SSLCertVerificationError", "CertificateError")
NO_ADDRESS = ("LocationParseError", "LocationValueError", "InvalidURL", "UnicodeError", "UnicodeEncodeError")
REFUSED_TUNNEL = "Tunnel connection failed"


class Failure(NamedTuple):
    """Why no response came.

    :param code: tls, proxy, timeout, connection, address or request.
    :param text: the reason with the fix, without a full stop.
    :param in_doubt: whether the server may have carried the request out.
    """

    code: str
    text: str
    in_doubt: bool


def failure_from_error(error: NotDeliveredError, origin: str, *, connect_timeout: float, timeout: float) -> Failure:
    """Return what happened to a request.

    :param origin: address whose host is named.
    :param connect_timeout: seconds waited for a connection.
    :param timeout: seconds waited for a response.
    """
    parts = urlsplit(origin)
    host = parts.netloc.rpartition("@")[2]
    causes = causes_of(error.cause)
    names = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
    if not _was_sent(error, causes, names):
        proxy = f"{proxy_variable(error.proxy, parts.scheme, os.environ)} is {without_password(error.proxy)!r}" if error.proxy else None
        return _never_sent(causes, names, host, proxy, connect_timeout)
    through = " through the proxy" if error.proxy else ""
    if names.intersection(READ_TIMEOUTS) or isinstance(error.cause, requests.Timeout):
        return Failure("timeout", f"{host} did not answer within {timeout:g} s; see the option timeout", True)
    if isinstance(error.cause, requests.exceptions.ContentDecodingError):
        return Failure("unreadable", f"the response of {host} is damaged ({innermost(causes)}); check what stands before the server", True)
    if isinstance(error.cause, (requests.exceptions.InvalidHeader, UnicodeError)):
        return Failure("request", f"the request to {host} could not be carried out ({type(error.cause).__name__}); check the values given", True)
    if any(isinstance(cause, ssl.SSLError) for cause in causes) or "SSLError" in names:
        reason = f"its TLS is broken: {innermost(causes)}"
        return Failure("connection", f"the response of {host}{through} could not be read ({reason}); check the balancer or proxy before the server", True)
    return Failure(
        "connection", f"the connection to {host}{through} broke before the response was complete ({innermost(causes)}); check base_url and the network", True
    )


def _was_sent(error: NotDeliveredError, causes: list[BaseException], names: set[str]) -> bool:
    """Return whether the first byte of the request may have been sent: yes, unless the opposite is known."""
    if error.has_begun is not None:
        return error.has_begun
    unsent = names.intersection((*NO_CONNECTION, *CONNECT_TIMEOUTS, *CERTIFICATE)) or any(isinstance(cause, socket.gaierror) for cause in causes)
    return not unsent and not _is_refused_tunnel(causes)


def _never_sent(causes: list[BaseException], names: set[str], host: str, proxy: str | None, connect_timeout: float) -> Failure:
    code, text = _reason_unsent(causes, names, host, connect_timeout)
    if code == "proxy" or (proxy and code in ("connection", "timeout")):
        refused = "refused the connection" if _is_refused_tunnel(causes) else "could not be reached"
        way_out = f"{proxy or 'the environment names one'}: correct it, or name the host in NO_PROXY"
        return Failure("proxy", f"the proxy for {host} {refused} ({innermost(causes)}); {way_out}", False)
    return Failure(code, text, False)


def _reason_unsent(causes: list[BaseException], names: set[str], host: str, connect_timeout: float) -> tuple[str, str]:
    reason = innermost(causes)
    if "InvalidHeader" in names:
        return "request", f"the request to {host} could not be carried out (InvalidHeader); check the values given"
    if names.intersection(CERTIFICATE):
        return "tls", f"the certificate of {host} could not be verified ({reason}); set ca_path to the CA that signed it, or fix the host name in base_url"
    if "ProxyError" in names or _is_refused_tunnel(causes):
        return "proxy", ""
    if "SSLError" in names and "MaxRetryError" not in names:
        return "tls", f"the CA certificates could not be read ({reason}); set ca_path, or correct REQUESTS_CA_BUNDLE"
    if "SSLError" in names:
        return "tls", f"no TLS connection to {host} could be made ({reason}); check scheme and port of base_url"
    if names.intersection(NO_CONNECTION):
        return "connection", f"the connection to {host} failed ({reason}); check base_url and the network"
    if names.intersection(NO_ADDRESS):
        return "address", f"{host!r} is not a valid host name ({type(causes[0]).__name__}); check base_url"
    # In urllib3, a connection that cannot be made is one of these too.
    if names.intersection(CONNECT_TIMEOUTS):
        return "timeout", f"no connection to {host} within {connect_timeout:g} s; check base_url and the network"
    return "connection", f"the connection to {host} failed ({reason}); check base_url and the network"


def _is_refused_tunnel(causes: list[BaseException]) -> bool:
    return any(isinstance(cause, OSError) and str(cause).startswith(REFUSED_TUNNEL) for cause in causes)


def causes_of(error: BaseException) -> list[BaseException]:
    """Return the error and what it wraps, outermost first; requests and urllib3 wrap in three ways."""
    chain = [error]
    while len(chain) < 10:
        last: Any = chain[-1]
        inner = getattr(last, "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in last.args if isinstance(arg, BaseException)), last.__cause__)
        if inner is None and type(last).__name__ in NO_CONNECTION:
            # Where urllib3 is older.
            inner = last.__context__
        if inner is None or inner in chain:
            break
        chain.append(inner)
    return chain


def innermost(causes: list[BaseException]) -> str:
    """Return the reason of all other errors, in words unless they are the server's."""
    last = causes[-1]
    if isinstance(last, ssl.SSLError):
        words = getattr(last, "verify_message", None) or str(getattr(last, "reason", None) or "").replace("_", " ").lower()
        return words or last.strerror or type(last).__name__
    if isinstance(last, OSError):
        # After the status comes the proxy's own text.
        status = str(last)[len(REFUSED_TUNNEL) :].strip(": ").partition(" ")[0] if _is_refused_tunnel([last]) else ""
        return f"CONNECT returned {status}" if status else last.strerror or type(last).__name__
    return type(last).__name__
