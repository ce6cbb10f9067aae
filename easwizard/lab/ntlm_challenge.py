"""A server's NTLM challenge (type 2) in answer to a client's opening (type 1): who it is and what time it has.

Pure; nobody signs in with it. Which pairs the challenge carries and when the version field is filled: exchange.md
4.1. A Negotiate token is answered where it is bare NTLM; SPNEGO wrapping is not spoken here.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Sequence
from datetime import UTC, datetime

from easwizard.exchange.inventory import Server

_SIGNATURE = b"NTLMSSP\x00"
_OPENING, _CHALLENGE = 1, 2
_VERSION = 0x02000000
_FLAGS = 0x00000001 | 0x00000004 | 0x00000200 | 0x00010000 | 0x00800000
"""Unicode, target name wanted, NTLM, target is a domain, target information follows."""
_HEADER = struct.Struct("<8sIHHIIQQHHI")
_VERSION_FIELD = struct.Struct("<BBHxxxB")
_REVISION = 15
_NOTHING_KNOWN = (10, 0, 14393)
_OS_BUILDS = {
    "2003": (5, 2, 3790),
    "2008": (6, 0, 6002),
    "2008 R2": (6, 1, 7601),
    "2012": (6, 2, 9200),
    "2012 R2": (6, 3, 9600),
    "2016": (10, 0, 14393),
    "2019": (10, 0, 17763),
    "2022": (10, 0, 20348),
    "2025": (10, 0, 26100),
}
_COMPUTER, _DOMAIN, _DNS_COMPUTER, _DNS_DOMAIN, _FOREST, _TIME, _END = 1, 2, 3, 4, 5, 7, 0
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
_OFFERED = ("ntlm", "negotiate")
_NONCE = 0x0123456789ABCDEF
"""Nobody proves a password against it, so it need not be a secret."""


def answer_to(authorization: str | None, server: Server, now: datetime, schemes: Sequence[str]) -> str | None:
    """The WWW-Authenticate value that answers an opening, or None when there is none for one of those schemes."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.casefold() not in _OFFERED or scheme.casefold() not in {name.casefold() for name in schemes}:
        return None
    flags = _opening_flags(token)
    if flags is None:
        return None
    message = challenge(server, now, with_version=bool(flags & _VERSION))
    return f"{'NTLM' if scheme.casefold() == 'ntlm' else 'Negotiate'} {base64.b64encode(message).decode('ascii')}"


def challenge(server: Server, now: datetime, *, with_version: bool) -> bytes:
    """The message itself."""
    dns_name = server.fqdn or server.name.lower()
    domain = dns_name.partition(".")[2]
    netbios = domain.partition(".")[0].upper()
    pairs = b"".join(
        (
            _pair(_DOMAIN, _text(netbios)),
            _pair(_COMPUTER, _text(server.name.upper()[:15])),
            _pair(_DNS_DOMAIN, _text(domain)),
            _pair(_DNS_COMPUTER, _text(dns_name)),
            _pair(_FOREST, _text(domain)),
            _pair(_TIME, struct.pack("<Q", _filetime(now))),
            _pair(_END, b""),
        )
    )
    target = _text(netbios)
    flags = _FLAGS | (_VERSION if with_version else 0)
    start = _HEADER.size + _VERSION_FIELD.size
    head = _HEADER.pack(
        _SIGNATURE, _CHALLENGE, len(target), len(target), start, flags, _NONCE, 0,
        len(pairs), len(pairs), start + len(target),
    )  # fmt: skip
    version = _VERSION_FIELD.pack(*_os_build(server.windows), _REVISION) if with_version else bytes(8)
    return head + version + target + pairs


def _opening_flags(token: str) -> int | None:
    """What a type 1 message asks for; None when it is none."""
    try:
        message = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(message) < 16 or not message.startswith(_SIGNATURE):
        return None
    kind, flags = struct.unpack_from("<II", message, len(_SIGNATURE))
    return int(flags) if kind == _OPENING else None


def _pair(number: int, value: bytes) -> bytes:
    return struct.pack("<HH", number, len(value)) + value


def _text(value: str) -> bytes:
    return value.encode("utf-16-le")


def _filetime(moment: datetime) -> int:
    """Tenths of microseconds since 1601."""
    since = moment - _FILETIME_START
    return (since.days * 86_400 + since.seconds) * 10_000_000 + since.microseconds * 10


def _os_build(windows: str | None) -> tuple[int, int, int]:
    return _OS_BUILDS.get((windows or "").removeprefix("Windows ").removeprefix("Server "), _NOTHING_KNOWN)
