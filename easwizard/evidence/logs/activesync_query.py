"""What the query of an ActiveSync request says: who, which device, which command; and the `Log=` that servers append.

Source: logs.md 2 (names, the escapes, unknown items are skipped) and MS-ASHTTP 2.2.1.1.1.1 (the base64 form). The
query is the client's: only what stands behind the last `&Log=` was written by a server.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from easwizard.evidence.logs import spelling
from easwizard.evidence.logs.tables import Ident, Remembered, Sign, Tables

LOG = b"&Log="
_ITEM = (
    rb"(?:As:[^_&]+|V\d+|S(?:t:[FR]|(?:vr|rv):[0a-z]+(?![^_]))|Cli:[0a-z]+(?![^_])|Prx(?:To:[^_&]+|From:)"
    rb"|Error:[^_&]+|Hb\d+|Throttle[1-9]\d*|RdirTo:[^_&]+)"
)
_NOTHING = re.compile(rb"(?:0[a-z])+")
"""Of `Cli:` and `Svr:`: no item of any kind. The pattern above lets a little more through, since that is quicker."""
ITEM = re.compile(b"_" + _ITEM)
"""The items that are counted, but for the first one, which has no `_` before it."""
_FIRST = re.compile(b"=" + _ITEM)
_APPENDED = (b"&CorrelationID=", b"&cafeReqId=")
_SHORT_HEARTBEAT = 300
"""Seconds under which a heartbeat tells of a firewall that cuts connections (logs.md 5.5)."""

COMMANDS = (
    "Sync", "SendMail", "SmartForward", "SmartReply", "GetAttachment", "GetHierarchy", "CreateCollection",
    "DeleteCollection", "MoveCollection", "FolderSync", "FolderCreate", "FolderDelete", "FolderUpdate", "MoveItems",
    "GetItemEstimate", "MeetingResponse", "Search", "Settings", "Ping", "ItemOperations", "Provision",
    "ResolveRecipients", "ValidateCert",
)  # fmt: skip
"""By their code in the base64 form."""
_SPELLED = {command.lower(): command for command in (*COMMANDS, "Options", "Find")}
NO_COMMAND = "-"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")
_SHORTEST_BASE64 = 8


class Asked(NamedTuple):
    """The parts of a query; empty where it does not have them."""

    user: str = ""
    device: str = ""
    type: str = ""
    command: str = NO_COMMAND


class Idents:
    """Who asked for what, by query and signed-in user. A device says the same of itself with each of its commands."""

    def __init__(self, tables: Tables) -> None:
        self._without_command = tables.spellings("idents without command", lambda raw: ident_of(*raw))
        self._commands = Remembered(_spelled)

    def __call__(self, raw: tuple[bytes, bytes]) -> Ident:
        query, signed_in = raw
        if query.startswith((b"Cmd=", b"?Cmd=")):
            first, _, rest = query.partition(b"&")
            command = self._commands[first.partition(b"=")[2]]
            if command:
                ident: Ident = self._without_command[(rest, signed_in)]
                return Ident(ident[0], ident[1], ident[2], command, ident[4])
        return ident_of(query, signed_in)


def ident_of(query: bytes, signed_in: bytes) -> Ident:
    """Who asked for what: by the query, else by who signed in. `query` is what stands before what servers append."""
    asked = asked_for(query)
    who = asked.user or spelling.user(spelling.unescaped(signed_in))
    return Ident(who, asked.device, asked.type, asked.command, spelling.is_probe_user(who))


def head_of(query: bytes) -> bytes:
    """A query without what front ends append to it: a different number for each request."""
    for mark in _APPENDED:
        place = query.find(mark)
        if place >= 0:
            query = query[:place]
    return query


def asked_for(query: bytes) -> Asked:
    """The parts of a query, in clear or base64."""
    user = device = kind = command = None
    plain = b""
    for item in query.lstrip(b"?").split(b"&"):
        name, equals, value = item.partition(b"=")
        name = name.lower()
        if not value:
            plain = plain or (b"" if equals and len(item) < _SHORTEST_BASE64 else item)
        elif name == b"user":
            user = user or spelling.user(spelling.unescaped(value))
        elif name == b"deviceid":
            device = device or spelling.unescaped(value)
        elif name == b"devicetype":
            kind = kind or spelling.unescaped(value)
        elif name == b"cmd":
            command = command or _spelled(value)
        elif value == b"=":
            plain = plain or item
    packed = _unpacked(plain) if _BASE64.fullmatch(plain) else Asked()
    return Asked(user or "", device or packed.device, kind or packed.type, command or packed.command)


def _spelled(raw: bytes) -> str:
    command = spelling.unescaped(raw)
    return _SPELLED.get(command.lower(), command)


def _unpacked(plain: bytes) -> Asked:
    """Version, command, locale, device, policy key, type: the later ones each after its length."""
    try:
        data = base64.b64decode(plain + b"=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return Asked()
    if len(data) < 7 or data[1] >= len(COMMANDS):
        return Asked()
    device, rest = _counted(data[4:])
    _, rest = _counted(rest)
    kind, _ = _counted(rest)
    shown = device.decode("ascii") if device.isalnum() else device.hex()
    return Asked("", shown, spelling.text(kind), COMMANDS[data[1]])


def _counted(data: bytes) -> tuple[bytes, bytes]:
    length = data[0] if data else 0
    return data[1 : 1 + length], data[1 + length :]


class Written(NamedTuple):
    """What a server appended."""

    sign: Sign
    proxied_to: str = ""
    proxied_from: bool = False


def items_of(query: bytes, log: int, end: int) -> tuple[bytes, ...]:
    """The first item, whatever it is, with the `=` before it, and the others that are counted.

    `log` is where `&Log=` stands, `end` where the query ends.
    """
    first = query.find(b"_", log, end)
    return (query[log + 4 : first if first >= 0 else end], *ITEM.findall(query, log + 4, end))


def written(items: tuple[bytes, ...]) -> Written:
    """The meaning of the items of `items_of`; of none where there is no `Log=`."""
    values: dict[bytes, bytes] = {}
    zero = set()
    first = _FIRST.match(items[0]) if items else None
    for item in (*([first[0]] if first else []), *items[1:]):
        name, colon, value = item[1:].partition(b":")
        if name in (b"Cli", b"Svr", b"Srv"):
            if _NOTHING.fullmatch(value):
                zero.add(name)
        elif colon:
            values.setdefault(name, value)
        else:
            values.setdefault(name.rstrip(b"0123456789"), name.lstrip(b"VHbThrotle"))
    heartbeat = spelling.number(values.get(b"Hb", b""))
    sign = Sign(
        error=spelling.unescaped(values.get(b"Error", b"")),
        state=spelling.unescaped(values.get(b"As", b"")),
        version=_version(values.get(b"V", b"")),
        redirect=spelling.unescaped(values.get(b"RdirTo", b"")),
        heartbeat=bool(heartbeat),
        short_heartbeat=bool(heartbeat) and heartbeat is not None and heartbeat < _SHORT_HEARTBEAT,
        throttled=b"Throttle" in values,
        reset=b"St" in values,
        empty=len(zero) > 1,
    )
    target = spelling.host(spelling.unescaped(values.get(b"PrxTo", b"")).encode())
    return Written(sign, target, b"PrxFrom" in values)


def _version(digits: bytes) -> str:
    """`V141` is protocol 14.1."""
    shown = digits.decode("ascii")
    return f"{shown[:-1]}.{shown[-1]}" if len(shown) > 1 else shown
