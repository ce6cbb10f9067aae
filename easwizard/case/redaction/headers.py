"""Redacts the headers of an answer: well-known ones keep their meaning, all others lose their value. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from easwizard.case.redaction.blobs import SECRET
from easwizard.case.redaction.names import Kind
from easwizard.case.redaction.texts import Texts
from easwizard.case.redaction.words import HEADERS, is_ours

_WELL_KNOWN = frozenset().union(*HEADERS.values(), {"set-cookie"})


def redacted(headers: Mapping[str, str], texts: Texts) -> dict[str, str]:
    """The headers, each with its name; of one that is not well known the value is replaced whole."""
    return {_name(name, texts): _value(name.casefold(), value, texts) for name, value in headers.items()}


def without_secrets(headers: Mapping[str, str], texts: Texts) -> dict[str, str]:
    """The headers with their names of the site, and without what signs somebody in."""
    return {
        name: SECRET if name.casefold() in HEADERS["secrets"]
        else _cookie(value) if name.casefold() == "set-cookie"
        else texts.without_secrets(value)
        for name, value in headers.items()
    }  # fmt: skip


def _name(name: str, texts: Texts) -> str:
    return name if name.casefold() in _WELL_KNOWN else texts.text(name)


def _value(name: str, value: str, texts: Texts) -> str:
    if name in HEADERS["secrets"]:
        return SECRET
    if name == "set-cookie":
        return texts.text(_cookie(value))
    if name in HEADERS["servers"]:
        return texts.text(value, Kind.SERVER)
    if name in HEADERS["texts"]:
        return texts.text(value, Kind.HOST)
    if name in HEADERS["kept"] or all(is_ours(word) or word.isdigit() for word in re.findall(r"[^\W_]+", value)):
        return texts.text(value)
    return texts.opaque("value", value)


def _cookie(value: str) -> str:
    """Only the names of cookies; what they hold was not kept in the first place, or is a secret."""
    return re.sub(r"=(?!\(not kept\))[^;,]*", f"={SECRET}", value)
