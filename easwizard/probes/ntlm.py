"""What a server tells of itself in an NTLM challenge (exchange.md 4): reading only, no sign-in, no password.

The offer that draws the challenge is always the same and holds neither user nor domain. The challenge is parsed
by pyspnego's packet parser, whatever it raises: the bytes are hostile.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from spnego.__main__ import parse_token

from easwizard.case.facts import ServerIdentity
from easwizard.case.untrusted import visible

_LONGEST = 8 * 1024
"""Base64 characters of one challenge; real ones have a few hundred."""
_DEEPEST = 4
"""A challenge may stand inside a SPNEGO answer, and no deeper."""
_UNICODE, _REQUEST_TARGET, _NTLM, _ALWAYS_SIGN = 0x1, 0x4, 0x200, 0x8000
_EXTENDED_SECURITY, _VERSION = 0x80000, 0x02000000
_OFFERED = _UNICODE | _REQUEST_TARGET | _NTLM | _ALWAYS_SIGN | _EXTENDED_SECURITY | _VERSION
_TOKEN = re.compile(r"(?:^|[\s,])(?:NTLM|Negotiate) +([A-Za-z0-9+/]+={0,2})(?=$|[\s,])", re.IGNORECASE)
_FIELDS = {1: "computer", 2: "domain", 3: "dns_computer", 4: "dns_domain", 5: "forest"}
"""AvIds of the texts (4.1)."""
_TIMESTAMP = 7


def offer() -> str:
    """The Authorization value that draws a challenge: NTLM's first message, empty but for its flags.

    It asks for the version field, which alone tells the Windows build (4.1).
    """
    nowhere = struct.pack("<HHI", 0, 0, 40)
    version = struct.pack("<BBH3xB", 10, 0, 0, 15)
    message = b"NTLMSSP\x00" + struct.pack("<II", 1, _OFFERED) + nowhere + nowhere + version
    return "NTLM " + base64.b64encode(message).decode("ascii")


def read_identity(challenges: tuple[str, ...]) -> ServerIdentity | None:
    """What the WWW-Authenticate values of one answer tell of the server; None when no challenge can be read."""
    for token in _tokens(challenges):
        found = _challenge(token)
        if found is not None:
            return _identity(found)
    return None


def _tokens(challenges: tuple[str, ...]) -> Iterator[bytes]:
    for value in challenges:
        for match in _TOKEN.finditer(value):
            if len(match[1]) <= _LONGEST:
                try:
                    yield base64.b64decode(match[1], validate=True)
                except (binascii.Error, ValueError):
                    continue


def _challenge(token: bytes) -> Mapping[str, Any] | None:
    """The parsed challenge, out of its SPNEGO wrapping where it has one."""
    try:
        parsed: Any = parse_token(token)
    except Exception:  # a parser of somebody else's on hostile bytes: whatever it raises, nothing can be read
        return None
    for _ in range(_DEEPEST):
        if not isinstance(parsed, dict) or not isinstance(parsed.get("Data"), dict):
            return None
        if str(parsed.get("MessageType")).startswith("CHALLENGE_MESSAGE"):
            found: Mapping[str, Any] = parsed["Data"]
            return found
        parsed = parsed["Data"].get("responseToken")
    return None


def _identity(challenge: Mapping[str, Any]) -> ServerIdentity:
    pairs = {_number(pair.get("AvId")): pair.get("Value") for pair in challenge["Payload"]["TargetInfo"] or ()}
    texts = {name: _text(pairs.get(number)) for number, name in _FIELDS.items()}
    return ServerIdentity(**texts, os_build=_build(challenge.get("Version")), clock=_clock(pairs.get(_TIMESTAMP)))


def _number(av_id: object) -> int | None:
    """pyspnego writes e.g. `MSV_AV_NB_COMPUTER_NAME (1)`."""
    match = re.search(r"\((\d+)\)$", str(av_id))
    return int(match[1]) if match else None


def _text(value: object) -> str | None:
    return visible(value) if isinstance(value, str) and value else None


def _build(version: object) -> str | None:
    """E.g. `6.0.6002`; a server that leaves the field empty says nothing."""
    if not isinstance(version, dict):
        return None
    numbers = [version.get(part) for part in ("Major", "Minor", "Build")]
    return ".".join(map(str, numbers)) if any(numbers) else None


def _clock(value: object) -> str | None:
    """The time in UTC to the millisecond, e.g. `2026-03-01T12:00:00.250Z`."""
    try:
        moment = datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
