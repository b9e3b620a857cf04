"""Sending to an address that a partner named, and never to one of our own (SAFETY.md 27).

The name is resolved once, every address it stands for must be a public one, and the connection goes to the address that
was looked at: a name server that answers otherwise a moment later changes nothing. No redirect is followed.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from campaign.kernel.errors import N_, DomainError

PATIENCE = 5.0
"""Seconds for each step."""
WHOLE_PATIENCE = 10.0
"""Seconds for all of it, however slowly somebody answers."""
LONGEST_URL = 500
PORTS = frozenset({443, 8443})
# Addresses within addresses: behind each of these may stand a private one, whatever it looks like.
_EMBEDDING = tuple(
    ipaddress.ip_network(each) for each in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
                                            "::/96", "fec0::/10")
)  # fmt: skip
# Names that mean something inside a network, or nothing at all.
_OWN_NAMES = (
    "localhost",
    "local",
    "internal",
    "lan",
    "home",
    "corp",
    "intranet",
    "onion",
    "arpa",
    "test",
)


class BadAddress(DomainError):
    """A webhook cannot lead there."""


class NotSent(Exception):
    """It did not arrive; `word` says why, for the log."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Every address a name stands for."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


@dataclass(frozen=True, slots=True)
class Door:
    """The way out. `also` are host:port pairs that may be reached by plain http wherever they are: for tests."""

    resolve: Resolve = resolve
    also: frozenset[str] = frozenset()


def check_url(url: str, door: Door | None = None) -> str:
    """The address if a webhook may lead there, as far as it shows by itself; raises BadAddress."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        raise BadAddress(N_("This is no address of the web.")) from None
    if door is not None and parts.netloc in door.also:
        return url
    if parts.scheme != "https" or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(N_("Give an address that begins with https:// and has at most 500 characters."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress(N_("Leave names, passwords and # out of the address."))
    if (port or 443) not in PORTS:
        raise BadAddress(N_("Use port 443 or 8443."))
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or labels[-1] in _OWN_NAMES or _is_literal(host):
        raise BadAddress(N_("Give the name of a host that everybody can find."))
    return url


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: not ours, not of a machine or a network, not a group."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(found in network for network in _EMBEDDING if network.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def post(url: str, body: bytes, headers: Mapping[str, str], door: Door) -> int:
    """Send; gives the status that came back, whatever it is. Raises NotSent. Nothing of the answer is read but that.

    Call it outside of any transaction: it may take ten seconds.
    """
    try:
        check_url(url, door)
    except BadAddress:
        raise NotSent("bad-address") from None
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
    address = _checked_address(host, port, door, is_free=parts.netloc in door.also)
    try:
        return _post(parts.netloc, host, (address, port), _target(url), body, headers, is_secure=is_secure)
    except (ssl.SSLError, ssl.CertificateError):
        raise NotSent("tls") from None
    except TimeoutError:
        raise NotSent("timeout") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise NotSent("connection") from None


def _checked_address(host: str, port: int, door: Door, *, is_free: bool) -> str:
    try:
        addresses = door.resolve(host, port)
    except (OSError, UnicodeError):
        raise NotSent("no-such-host") from None
    # One private address among public ones is enough: the next attempt might take it.
    if not addresses or not (is_free or all(map(is_public, addresses))):
        raise NotSent("not-public")
    return addresses[0]


def _post(
    netloc: str, host: str, address: tuple[str, int], target: str, body: bytes, headers: Mapping[str, str], *,
    is_secure: bool,
) -> int:  # fmt: skip
    wire = socket.create_connection(address, timeout=PATIENCE)
    if is_secure:
        try:
            # Shaken hands below, under the watch: what is wrapped is another socket from here on.
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host, do_handshake_on_connect=False)
        except BaseException:
            wire.close()
            raise
    # A step has its own limit; somebody who answers a byte a second would pass all of those.
    was_cut = threading.Event()
    watch = threading.Timer(WHOLE_PATIENCE, _cut, [wire, was_cut])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        connection = http.client.HTTPConnection(host, address[1], timeout=PATIENCE)
        connection.sock = wire
        connection.putrequest("POST", target, skip_host=True, skip_accept_encoding=True)
        for name, value in {
            "Host": netloc,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **headers,
        }.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        if was_cut.is_set():
            raise TimeoutError from None
        raise
    finally:
        watch.cancel()
        wire.close()
    if was_cut.is_set():
        # What stands there is what had come by then, as if it were all of it.
        raise TimeoutError
    return status


def _cut(wire: socket.socket, was_cut: threading.Event) -> None:
    was_cut.set()
    # Not as TLS ends, in which the thread that reads has a part: it is woken with what it has.
    with suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        # inet_aton takes 127.1, 0x7f.1 and 2130706433 for addresses too.
        return host.rpartition(".")[2].isdecimal() or host.rpartition(".")[2].startswith("0x")
    return True
