"""NTLM challenges as servers send them, built by hand after exchange.md 4.1, so that no parser tests itself."""

from __future__ import annotations

import base64
import datetime as dt
import struct

_FILETIME_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def challenge(
    *pairs: tuple[int, bytes], version: tuple[int, int, int] | None = (6, 0, 6002), target: str = "CONTOSO"
) -> bytes:
    """A type 2 message with these AV pairs, the list's end behind them."""
    name = target.encode("utf-16-le")
    info = b"".join(struct.pack("<HH", number, len(value)) + value for number, value in pairs) + bytes(4)
    flags = 0x00800000 | 0x4 | 0x1 | (0x02000000 if version else 0)
    told = struct.pack("<BBH3xB", *version, 15) if version else bytes(8)
    at = 56
    head = b"NTLMSSP\x00" + struct.pack("<I", 2) + struct.pack("<HHI", len(name), len(name), at)
    head += struct.pack("<I", flags) + b"challeng" + bytes(8)
    return head + struct.pack("<HHI", len(info), len(info), at + len(name)) + told + name + info


def text(value: str) -> bytes:
    return value.encode("utf-16-le")


def filetime(moment: dt.datetime) -> bytes:
    since = moment - _FILETIME_EPOCH
    return struct.pack("<Q", (since.days * 86400 + since.seconds) * 10**7 + since.microseconds * 10)


def in_spnego(message: bytes) -> bytes:
    """The message as responseToken of a NegTokenResp, as Negotiate wraps it."""
    return _element(0xA1, _element(0x30, _element(0xA2, _element(0x04, message))))


def header(scheme: str, message: bytes) -> str:
    return f"{scheme} {base64.b64encode(message).decode()}"


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    width = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + size.to_bytes(width, "big") + content
