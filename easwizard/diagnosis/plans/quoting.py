"""Writes names from servers and files into commands, as one argument each, for the shell that will read them.

A name that cannot be written safely is refused with the reason, never repaired: the admin then sees a placeholder.
Nothing here knows what a command does.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from easwizard.case.untrusted import visible

LONGEST = 512
"""Characters of the longest value that is put into a command."""

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
"""The five characters that PowerShell reads as a single quote; two in a row inside a literal stand for one."""
NEVER_IN_CMD = '"%!^&|<>'
"""What cmd may expand or obey even between double quotes."""

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.IGNORECASE | re.ASCII)
_BARE = {
    "hex": re.compile(r"[0-9a-f]{8,128}", re.IGNORECASE | re.ASCII),
    "guid": re.compile(r"\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}", re.IGNORECASE | re.ASCII),
    "number": re.compile(r"[0-9]{1,10}", re.ASCII),
    "word": re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.IGNORECASE | re.ASCII),
}


class Quoting(StrEnum):
    """How a shell takes an argument."""

    POWERSHELL = "powershell"
    CMD = "cmd"
    DNS = "dns"
    """Lines of a zone: no shell at all, host names and addresses only."""


class Kind(StrEnum):
    """What a value is, which says how it may be written."""

    NAME = "name"
    """Anything that people may have typed: a server, a web site, a subject."""
    URL = "url"
    HOST = "host"
    ADDRESS = "address"
    """An IP address, with a port where it is a binding: `192.0.2.10:443`, `[::]:443`."""
    HEX = "hex"
    GUID = "guid"
    NUMBER = "number"
    WORD = "word"


class Refused(ValueError):
    """A value that may not be put into a command; the message says why, for the admin."""


def quoted(value: str, kind: Kind, quoting: Quoting) -> str:
    """The value as one argument of that shell, quotes included.

    >>> quoted("Mac\u2019Leod & Sons", Kind.NAME, Quoting.POWERSHELL)
    "'Mac\u2019\u2019Leod & Sons'"
    >>> quoted("Default Web Site", Kind.NAME, Quoting.CMD)
    '"Default Web Site"'

    Raises Refused where it cannot be written so that only its own text arrives.
    """
    _must_be_one_line(value)
    _CHECKS.get(kind, _no_check)(value)
    return _WRITERS[quoting](value, kind)


def literal_of(argument: str) -> str:
    """What a single-quoted literal of PowerShell stands for; raises ValueError where it is none.

    >>> literal_of("'it''s'")
    "it's"
    """
    if len(argument) < 2 or argument[0] not in SINGLE_QUOTES or argument[-1] not in SINGLE_QUOTES:
        raise ValueError(f"{argument!r} is no single-quoted literal")
    inner, out, at = argument[1:-1], [], 0
    while at < len(inner):
        if inner[at] in SINGLE_QUOTES:
            if at + 1 >= len(inner) or inner[at + 1] not in SINGLE_QUOTES:
                raise ValueError(f"{argument!r} ends before its end")
            at += 1
        out.append(inner[at])
        at += 1
    return "".join(out)


def _must_be_one_line(value: str) -> None:
    if not value.strip():
        raise Refused("it is empty")
    if len(value) > LONGEST:
        raise Refused(f"it is longer than {LONGEST} characters")
    if visible(value) != value:
        raise Refused("it holds characters that cannot be seen or that break the line")


def _no_check(value: str) -> None:
    """Names may be anything that a line can hold."""


def _must_be_host(value: str) -> None:
    if len(value) > 253 or _HOST.fullmatch(value) is None:
        raise Refused("it is no host name of letters, digits and hyphens")


def _must_be_address(value: str) -> None:
    bare, port = _without_port(value)
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        raise Refused("it is no IP address") from None
    if port is not None and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Refused("its port is no number between 1 and 65535")


def _without_port(value: str) -> tuple[str, str | None]:
    bracketed = re.fullmatch(r"\[([0-9a-f:.]+)\](?::(.*))?", value, re.IGNORECASE)
    if bracketed:
        return bracketed[1], bracketed[2]
    if value.count(":") == 1:
        host, _, port = value.partition(":")
        return host, port
    return value, None


def _must_look_like(kind: Kind) -> Callable[[str], None]:
    def check(value: str) -> None:
        if _BARE[kind.value].fullmatch(value) is None:
            raise Refused(f"it is no {kind.value}")

    return check


_CHECKS: Mapping[Kind, Callable[[str], None]] = {
    Kind.HOST: _must_be_host,
    Kind.ADDRESS: _must_be_address,
    **{kind: _must_look_like(kind) for kind in (Kind.HEX, Kind.GUID, Kind.NUMBER, Kind.WORD)},
}


def _powershell(value: str, kind: Kind) -> str:
    del kind  # everything is a literal, so that nothing in it is ever read as code
    return "'" + re.sub(f"([{SINGLE_QUOTES}])", r"\1\1", value) + "'"


def _cmd(value: str, kind: Kind) -> str:
    found = sorted({c for c in value if c in NEVER_IN_CMD})
    if found:
        raise Refused(f"it holds {' and '.join(found)}, which cmd may read as part of a command")
    if value.endswith("\\"):
        raise Refused("it ends with a backslash, which would swallow the closing quote")
    return value if kind in _CHECKS else f'"{value}"'


def _dns(value: str, kind: Kind) -> str:
    if kind not in (Kind.HOST, Kind.ADDRESS, Kind.NUMBER):
        raise Refused("a zone takes host names and addresses only")
    return f"{value}." if kind is Kind.HOST else value


_WRITERS: Mapping[Quoting, Callable[[str, Kind], str]] = {
    Quoting.POWERSHELL: _powershell,
    Quoting.CMD: _cmd,
    Quoting.DNS: _dns,
}
