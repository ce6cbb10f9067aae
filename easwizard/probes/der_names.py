"""Reads distinguished names from DER, as servers list them in a CertificateRequest, into harmless text.

A small reader of its own, because no library at hand reads a bare Name. It never raises: the bytes are hostile.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.untrusted import visible

_MOST_NAMES = 100
_LABELS = {
    bytes.fromhex("550403"): "CN",
    bytes.fromhex("550406"): "C",
    bytes.fromhex("550407"): "L",
    bytes.fromhex("550408"): "ST",
    bytes.fromhex("55040a"): "O",
    bytes.fromhex("55040b"): "OU",
    bytes.fromhex("0992268993f22c640119"): "DC",
    bytes.fromhex("2a864886f70d010901"): "emailAddress",
}
_ENCODINGS = {12: "utf-8", 19: "ascii", 20: "latin-1", 22: "ascii", 28: "utf-32-be", 30: "utf-16-be"}


def read_names(listed: bytes) -> tuple[str, ...]:
    """The names of a list in which each stands behind its length in two bytes."""
    names: list[str] = []
    while len(listed) > 2 and len(names) < _MOST_NAMES:
        length = int.from_bytes(listed[:2], "big")
        names.append(read_name(listed[2 : 2 + length]))
        listed = listed[2 + length :]
    return tuple(names)


def read_name(der: bytes) -> str:
    """One name, the most specific part first, e.g. `CN=Contoso CA,DC=contoso,DC=test`."""
    parts = [
        _attribute(attribute)
        for _, name in _elements(der)
        for _, relative in _elements(name)
        for _, attribute in _elements(relative)
    ]
    return visible(",".join(reversed(parts))) if parts else "(unreadable name)"


def _attribute(der: bytes) -> str:
    fields = list(_elements(der))
    if len(fields) != 2:
        return "(unreadable)"
    (_, oid), (tag, value) = fields
    label = _LABELS.get(oid, "OID-" + oid.hex())
    return f"{label}={value.decode(_ENCODINGS.get(tag, 'latin-1'), errors='replace')}"


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements side by side in `der`, as (tag, content); stops at the first that does not fit."""
    while len(der) >= 2:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            width = length & 0x7F
            start += width
            length = int.from_bytes(der[2:start], "big")
        if start + length > len(der):
            return
        yield tag, der[start : start + length]
        der = der[start + length :]
