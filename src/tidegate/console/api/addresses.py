"""Addresses of webhooks: which are taken, and a connection that goes where it was looked to go."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from tidegate.errors import InputError

__all__ = ["TIMEOUT", "Unreachable", "check", "send"]

TIMEOUT = 10.0  # seconds, for the connection and for each wait
DEADLINE = 20.0  # seconds, for all of it
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NEVER = (
    ipaddress.ip_network("169.254.0.0/16"),  # link-local: where clouds keep the secrets of their machines
    ipaddress.ip_network("fe80::/10"),
    ipaddress.ip_network("fd00:ec2::/32"),
    ipaddress.ip_network("0.0.0.0/8"),
    ipaddress.ip_network("::/128"),
    ipaddress.ip_network("100.100.100.200/32"),
)
WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))  # IPv4 inside IPv6


class Unreachable(Exception):  # noqa: N818 (what it is, not that it went wrong)
    """Why nothing could be sent, in words that hold nothing of the answer."""


def check(address: str) -> SplitResult:
    """Whether a webhook may have this address: https, or http on this very machine. Raises InputError."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise InputError("is no address.", where=address, hint="Write https://host/path.") from error
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host or port == 0 or not address.isascii() or " " in address:
        raise InputError("is no address of a web server.", where=address, hint="Write https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise InputError("holds a name or password.", where=host, hint="The signature says who sends; leave them out.")
    if parts.scheme == "http" and host not in LOOPBACK and not settings.WEBHOOK_HTTP:
        raise InputError("is not encrypted.", where=address, hint="Write https://, or set TIDEGATE_WEBHOOK_HTTP=1.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        literal = None
    if literal is not None and _refused(literal):
        raise InputError("is an address that nothing is sent to.", where=host, hint="Name the receiver's own address.")
    return parts


def send(address: str, body: bytes, headers: dict[str, str]) -> int:
    """POST and return the status of the answer, whatever it is: redirects are not followed, its body is not read.

    The host is looked up once, and that address is the one connected to. Raises Unreachable.
    """
    try:
        parts = check(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        place = _looked_up(host, port)
        connection = _Pinned(host, port, place, secure=parts.scheme == "https")
    except InputError as error:
        raise Unreachable(error.what) from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    clock = threading.Timer(DEADLINE, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    except ssl.SSLError as error:
        raise Unreachable(f"TLS: {error.reason or 'failed'}") from error
    except TimeoutError as error:
        raise Unreachable("no answer in time") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        clock.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one place, whatever the name leads to by now."""

    def __init__(self, host: str, port: int, place: str, *, secure: bool) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._place, self._secure = place, secure
        self.default_port = 443 if secure else 80

    def connect(self) -> None:
        sock: Any = socket.create_connection((self._place, self.port), TIMEOUT)
        if self._secure:
            sock = _context().wrap_socket(sock, server_hostname=self.host)
        self.sock = sock

    def cut(self) -> None:
        """End it from another thread: a receiver that sends a byte now and then does not hold the worker."""
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


def _context() -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made


def _looked_up(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("its name leads nowhere") from error
    places = [str(entry[4][0]) for entry in found]
    if not places or any(_refused(ipaddress.ip_address(place.split("%")[0])) for place in places):
        raise Unreachable("its name leads to an address that nothing is sent to")
    return places[0]


def _refused(place: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(place, ipaddress.IPv6Address):
        if place.ipv4_mapped is not None:
            return _refused(place.ipv4_mapped)
        if any(place in network for network in WRAPPED):
            return True
    return (
        place.is_multicast
        or place.is_reserved
        or any(place in network for network in NEVER if network.version == place.version)
    )
