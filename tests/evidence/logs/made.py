"""Makes logs of both kinds with the truth about them: counted from what was meant, never from the text.

Shares nothing with the readers: neither their words for outcomes nor their ways to parse.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

START = datetime(2026, 3, 1, 21, 50)  # noqa: DTZ001 - the text of a log has no zone
GOOD, BAD = "legacygeneric.contoso.test", "legacycert.contoso.test"
BACK_END, FRONT_END = "10.0.0.5:444", "10.0.0.4"

IIS_LAYOUTS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
    "sc-status sc-substatus sc-win32-status time-taken",
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus "
    "sc-win32-status time-taken X-Forwarded-For",
    "time date c-ip cs-username s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status sc-substatus "
    "sc-win32-status time-taken cs(User-Agent)",
)
PROXY_LAYOUTS = (
    "DateTime,RequestId,Protocol,UrlHost,UrlStem,AuthenticatedUser,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,"
    "BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,TargetServerVersion,TotalRequestTime,UrlQuery,"
    "GenericInfo,GenericErrors,EdgeTraceId",
    "DateTime,RequestId,Protocol,UrlStem,AuthenticatedUser,UserAgent,ClientIpAddress,HttpStatus,BackendStatus,"
    "ErrorCode,TargetServer,TargetServerVersion,ServerHostName,TotalRequestTime,GenericErrors,GenericInfo,UrlQuery",
)


@dataclass(frozen=True)
class Asked:
    """One request as it was meant."""

    at: datetime
    user: str
    device: str
    command: str
    agent: str
    target: str
    """The host proxied to; empty: the server answered by itself."""
    status: int
    substatus: int
    win32: int
    ms: int
    signed_in: bool = True
    error: str = ""
    heartbeat: int = 0
    probe: bool = False
    activesync: bool = True


@dataclass
class Truth:
    """What a reader must find."""

    rows: int = 0
    used: int = 0
    probes: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    codes: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """Hour, target, status."""
    users: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    devices: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    """Requests, failed, good ones right after bad ones."""
    last_good: dict[tuple[str, str], datetime] = field(default_factory=dict)
    commands: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    took: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    long_polls: Counter[str] = field(default_factory=Counter)
    errors: Counter[tuple[str, int]] = field(default_factory=Counter)
    handshakes: Counter[str] = field(default_factory=Counter)
    _was_bad: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, asked: Asked, place: str, error: str) -> None:
        self.rows += 1
        if not asked.activesync:
            return
        self.first = min(self.first or asked.at, asked.at)
        self.last = max(self.last or asked.at, asked.at)
        if asked.probe:
            self.probes += 1
            return
        self.used += 1
        self.codes[(f"{asked.at:%Y-%m-%dT%H}", place, asked.status)] += 1
        if asked.status == 401 and not asked.signed_in and asked.win32 != 1326:
            self.handshakes[place] += 1
            return
        bad = asked.status >= 400 and asked.status not in (449, 451)
        key = (asked.user, asked.device)
        for counted in (self.users[asked.user], self.devices[key], self.commands[asked.command]):
            counted[0] += 1
            counted[1] += bad
        if self._was_bad.get(key) and not bad:
            self.devices[key][2] += 1
        self._was_bad[key] = bad
        if not bad:
            self.last_good[key] = max(self.last_good.get(key, asked.at), asked.at)
        if error:
            self.errors[(error, asked.status)] += 1
        if asked.command == "Ping" or (asked.command == "Sync" and (asked.heartbeat or asked.ms >= 60_000)):
            self.long_polls[place] += 1
        else:
            self.took[place].append(asked.ms)


def requests(count: int, seed: int, people: int = 25, kind: str = "iis") -> list[Asked]:
    """Requests of an estate like the article's: half the picks of each user meet a host that refuses."""
    chance = random.Random(seed)
    made = []
    at = START
    for _ in range(count):
        at += timedelta(milliseconds=chance.choice((0, 40, 700, 3_000, 9_000)))
        who = chance.randrange(people)
        command = chance.choice(("Sync", "Sync", "Ping", "FolderSync", "SendMail", "Provision"))
        asked = Asked(
            at.replace(microsecond=at.microsecond // 1000 * 1000), f"user{who}", f"APPL{who:05}{chance.randrange(2)}",
            command, f"Apple-iPhone{who % 7}C1/1902.156", chance.choice((GOOD, BAD)), 200, 0, 0,
            chance.choice((3, 15, 15, 240, 1_900, 64_000, 3_540_000 if command in ("Ping", "Sync") else 5_000)),
        )  # fmt: skip
        made.append(_turned(asked, chance, kind))
    return made


def _turned(asked: Asked, chance: random.Random, kind: str) -> Asked:
    """With what befalls some requests."""
    turn = chance.random()
    if turn < 0.10:
        return replace(asked, target="", status=401, substatus=2, win32=5, signed_in=False)
    if turn < 0.14:
        return replace(asked, target="", status=401, substatus=1, win32=1326, signed_in=True)
    if turn < 0.20:
        return replace(asked, probe=True, user="healthmailbox0123456", target="")
    if turn < 0.24:
        return replace(asked, activesync=False)
    if turn < 0.28:
        return replace(asked, status=449 if chance.random() < 0.5 else 451)
    if turn < 0.32:
        error = "ConnectFailure" if kind == "proxy" else "SSL Certification Failed."
        return replace(asked, status=500, error=error)
    if turn < 0.36 and asked.command == "Sync":
        return replace(asked, heartbeat=470, ms=20_000)
    return replace(asked, status=403) if asked.target == BAD else asked


@dataclass
class Log:
    """A log that grows line by line, with its truth."""

    kind: str
    """`iis` or `proxy`."""
    seed: int = 1
    newline: bytes = b"\r\n"
    content: bytearray = field(default_factory=bytearray)
    truth: Truth = field(default_factory=Truth)
    layout: str = ""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def raw(self, line: bytes) -> None:
        self.content += line + self.newline

    def head(self, layout: int = 0) -> None:
        """The directives that a server begins with."""
        layouts: Sequence[str] = IIS_LAYOUTS if self.kind == "iis" else PROXY_LAYOUTS
        self.layout = layouts[layout]
        names = {"iis": "Microsoft Internet Information Services 8.5", "proxy": "Microsoft Exchange Server"}
        self.raw(f"#Software: {names[self.kind]}".encode())
        self.raw(b"#Version: 1.0")
        if self.kind == "proxy":
            self.raw(b"#Log-type: HttpProxy Logs")
        self.raw(b"#Date: 2026-03-01 21:50:00")
        self.raw(f"#Fields: {self.layout}".encode())

    def row(self, asked: Asked, **cells: str) -> None:
        """A row as it should be; `cells` replaces what stands in some."""
        self.raw(self.line(asked, **cells).encode())
        if self.kind == "iis":
            self.truth.add(asked, asked.target or BACK_END, asked.error)
        else:
            place = asked.target or "ex13a.contoso.test"
            refused = "ProtocolError" if asked.status == 403 else ""
            # this log does not tell of heartbeats
            self.truth.add(replace(asked, heartbeat=0), place, asked.error or refused)

    def reject(self, line: bytes, reason: str) -> None:
        """A line that a reader must count as rejected."""
        self.raw(line)
        self.truth.rows += 1
        self.truth.rejected[reason] += 1

    def other(self, line: bytes) -> None:
        """A row that is none of ActiveSync's."""
        self.raw(line)
        self.truth.rows += 1

    def line(self, asked: Asked, **cells: str) -> str:
        return self._iis(asked, cells) if self.kind == "iis" else self._proxy(asked, cells)

    def _iis(self, asked: Asked, cells: dict[str, str]) -> str:
        chance = self.chance
        stem = chance.choice(("/Microsoft-Server-ActiveSync/default.eas", "/microsoft-server-activesync/Proxy"))
        query = f"Cmd={asked.command}&User=CONTOSO%5C{asked.user.upper()}&DeviceId={asked.device}&DeviceType=iPhone"
        log = f"V141_Fc1_Fid:7_Sk:{chance.randrange(10**9)}_As:AllowedG_Mbx:EX07.contoso.test_"
        if asked.target:
            log = f"PrxTo:{asked.target}_{log}"
        if asked.error:
            log += f"Error:{asked.error.replace(' ', '%20')}_"
        if asked.heartbeat:
            log += f"Hb{asked.heartbeat}_"
        values = {
            "date": f"{asked.at:%Y-%m-%d}", "time": f"{asked.at:%H:%M:%S}", "s-ip": "10.0.0.5", "cs-method": "POST",
            "cs-uri-stem": stem if asked.activesync else "/EWS/Exchange.asmx", "cs-uri-query": f"{query}&Log={log}",
            "s-port": "444", "cs-username": f"CONTOSO\\{asked.user}" if asked.signed_in else "-", "c-ip": "fe80::1",
            "cs(User-Agent)": asked.agent.replace(" ", "+"), "sc-status": str(asked.status),
            "sc-substatus": str(asked.substatus), "sc-win32-status": str(asked.win32), "time-taken": str(asked.ms),
        }  # fmt: skip
        return " ".join({**values, **cells}.get(name, "-") for name in self.layout.split(" "))

    def _proxy(self, asked: Asked, cells: dict[str, str]) -> str:
        target, back = asked.target, "" if not asked.target else str(asked.status)
        errors = ""
        if asked.error:
            errors = f'WebExceptionStatus={asked.error};WebException=System.Net.WebException: nein, "so" nicht'
        elif asked.status == 403:
            errors = "WebExceptionStatus=ProtocolError;ResponseStatusCode=403;"
        agent = asked.agent
        if self.chance.random() < 0.2:
            agent = asked.agent  # the same agent, quoted without need
            cells = {"UserAgent": f'"{agent}"', **cells}
        values = {
            "DateTime": f"{asked.at:%Y-%m-%dT%H:%M:%S}.{asked.at.microsecond // 1000:03}Z", "RequestId": "1-2-3",
            "Protocol": "Eas" if asked.activesync else "Ews", "UrlStem": "/Microsoft-Server-ActiveSync/default.eas",
            "AuthenticatedUser": f"CONTOSO\\{asked.user}" if asked.signed_in else "", "UserAgent": agent,
            "ClientIpAddress": "192.0.2.9", "ServerHostName": "EX13A.contoso.test", "HttpStatus": str(asked.status),
            "BackEndStatus": back, "BackendStatus": back, "TargetServer": target.upper(), "Method": "POST",
            "TargetServerVersion": "Version 8.3" if target else "", "TotalRequestTime": str(asked.ms),
            "UrlQuery": f"?Cmd={asked.command}&User=CONTOSO%5C{asked.user}&DeviceId={asked.device}&DeviceType=iPhone",
            "GenericErrors": quoted(errors), "ProxyAction": "Proxy", "GenericInfo": "BeginRequest=x;EndRequest=y",
        }  # fmt: skip
        return ",".join({**values, **cells}.get(name, "") for name in self.layout.split(","))


def quoted(value: str) -> str:
    """As RFC 4180 has it, where it must."""
    return '"' + value.replace('"', '""') + '"' if set(value) & set(',"\r\n') else value
