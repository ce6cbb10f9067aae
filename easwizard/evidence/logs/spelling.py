"""How logs spell users, hosts, agents and numbers, made one. Every text leaves here harmless (`case.untrusted`)."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote_to_bytes

from easwizard.case.untrusted import visible

LONGEST = 200
"""Characters kept of a name."""

_HOUR = re.compile(rb"\d{4}-\d\d-\d\dT\d\d")
_MINUTE_SECOND = re.compile(rb":[0-5]\d:[0-5]\d")
_FRACTION = re.compile(rb"\.\d{3}Z")
_PORT = re.compile(r":\d+$")
_PROBE_USER = "healthmailbox"
_PROBE_AGENTS = ("amprobe", "testactivesyncconnectivity")
_OWN_ADDRESSES = (b"127.", b"fe80:", b"[::1]", b"[fe80:")


def text(raw: bytes) -> str:
    """A value as harmless text."""
    return visible(raw.decode("utf-8", "replace"), LONGEST)


def unescaped(raw: bytes) -> str:
    """A value of a query string, its %xx undone."""
    return text(unquote_to_bytes(raw) if b"%" in raw else raw)


def user(name: str) -> str:
    r"""One spelling of a user: lower case, no domain prefix; empty for nobody and for computer accounts.

    >>> user("CONTOSO\\Ann"), user("ann@contoso.test"), user("-"), user("CONTOSO\\EX13A$")
    ('ann', 'ann@contoso.test', '', '')
    """
    lower = name.lower().rpartition("\\")[2]
    return "" if lower in ("", "-") or lower.endswith("$") else lower


def host(raw: bytes) -> str:
    """One spelling of a host: lower case, without trailing dot or port."""
    name = text(raw).lower()
    if name.count(":") == 1 or name.startswith("["):
        name = _PORT.sub("", name)
    return name.rstrip(".")


def number(raw: bytes) -> int | None:
    """A number of a column, None where it is none."""
    digits = raw.strip()
    return int(digits) if digits.isdigit() and len(digits) <= 12 else None


def hour(raw: bytes) -> bytes | None:
    """`yyyy-MM-ddTHH` of the beginning of a time; None where it is none."""
    if not _HOUR.fullmatch(raw):
        return None
    try:
        datetime.fromisoformat(raw.decode("ascii"))
    except ValueError:  # no such day
        return None
    return raw


def hour_of_second(raw: bytes) -> bytes | None:
    """`yyyy-MM-ddTHH` of `yyyy-MM-ddTHH:mm:ss`; None where that is no time."""
    return hour(raw[:13]) if minute_second(raw[13:]) else None


def minute_second(raw: bytes) -> bool:
    return _MINUTE_SECOND.fullmatch(raw) is not None


def fraction(raw: bytes) -> bool:
    return _FRACTION.fullmatch(raw) is not None


def is_probe_user(name: str) -> bool:
    """Exchange's own health mailboxes (logs.md 3)."""
    return name.startswith(_PROBE_USER)


def is_probe_agent(name: str) -> bool:
    return name.lower().startswith(_PROBE_AGENTS)


def is_own_address(raw: bytes) -> bool:
    """Whether a request came from the server itself; not a probe on a back end, which its front end calls so."""
    return raw == b"::1" or raw.lower().startswith(_OWN_ADDRESSES)
