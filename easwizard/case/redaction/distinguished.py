"""Redacts distinguished names: attribute types stay, values become names, equal values stay equal. Pure.

A value is cut at commas and plus signs even where they are escaped, as it is where issuers are compared.
"""

from __future__ import annotations

import re

from easwizard.case.redaction.names import Kind, folded
from easwizard.case.redaction.texts import Texts
from easwizard.case.redaction.words import KEPT_ENDINGS, PHRASES, is_ours

_PIECE = re.compile(
    r"(?P<before>\s*(?:(?P<type>[A-Za-z][A-Za-z0-9.-]*|\d+(?:\.\d+)+)\s*=\s*)?[\"#]?)(?P<value>[^,+]*?)"
    r"(?P<after>[\"\\\s]*(?:… \(\d+ characters\)|\(unreadable.*)?)(?P<end>[,+]|$)",
    re.DOTALL,
)
_SHAPED = re.compile(r"[.@:\\/]")


def redacted(name: str, texts: Texts) -> str:
    """A distinguished name, or anything else that stands in its place."""
    values = [match for match in _PIECE.finditer(name) if match["value"]]
    domain = [m["value"] for m in values if (m["type"] or "").upper() == "DC"]
    made: list[str] = []
    for match in _PIECE.finditer(name):
        value = _value(match["value"], (match["type"] or "").upper(), domain, texts) if match["value"] else ""
        made.append(match["before"] + value + match["after"] + match["end"])
    return "".join(made)


def _value(value: str, attribute: str, domain: list[str], texts: Texts) -> str:
    if attribute == "DC":
        return _component(value, domain, texts)
    if attribute == "C" and len(value) == 2:
        return value
    if attribute in ("SERIALNUMBER", "2.5.4.5"):
        return texts.opaque("serial", value)
    if _SHAPED.search(value):
        return texts.text(value, Kind.USER if attribute in ("E", "EMAILADDRESS") else Kind.HOST)
    if folded(value) in PHRASES or all(is_ours(word) or word.isdigit() for word in re.findall(r"[^\W_]+", value)):
        return value
    return texts.whole(value, _kind(attribute, value))


def _component(value: str, domain: list[str], texts: Texts) -> str:
    """One label of a domain that is written as DC=contoso,DC=com: the same stand-in as in the dotted form."""
    name = ".".join(domain)
    shown = texts.text(name, Kind.DOMAIN).split(".")
    if len(shown) == len(domain) > 1:
        return shown[domain.index(value)]
    return value if value.casefold() in KEPT_ENDINGS else texts.text(value, Kind.DOMAIN)


def _kind(attribute: str, value: str) -> Kind:
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", value)}
    if words & {"ca", "root", "authority", "issuing", "intermediate"}:
        return Kind.AUTHORITY
    return Kind.USER if attribute in ("CN", "GN", "SN", "UID", "GIVENNAME", "SURNAME") else Kind.NAME
