"""Logs made by hand: what servers of a small estate would have written, read as the program reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from easwizard.case.case import Case
from easwizard.case.events import happened
from easwizard.case.log_counts import LogCounts
from easwizard.evidence.logs.reading import read_logs
from easwizard.workflow.log_files import event_of_logs

START = datetime(2026, 3, 1, 6, 0)  # noqa: DTZ001 - the text of a log has no zone
GOOD, BAD = "oldmail.test", "oldcert.test"
FIELDS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus "
    "sc-win32-status time-taken"
)
HTTP_ERR_FIELDS = (
    "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename"
)
PROXY_FIELDS = (
    "DateTime,RequestId,Protocol,UrlStem,AuthenticatedUser,UserAgent,ClientIpAddress,ServerHostName,HttpStatus,"
    "BackEndStatus,ErrorCode,TargetServer,TargetServerVersion,TotalRequestTime,UrlQuery,GenericErrors"
)


@dataclass(frozen=True)
class Hit:
    """One request: which user, chosen host, codes; `minute` counts from the start."""

    user: str
    minute: int
    code: str = "200 0 0"
    to: str = ""
    """The host of PrxTo or TargetServer; empty: this server answered by itself."""
    error: str = ""
    command: str = "Sync"
    signed_in: bool = True
    ms: int = 20
    log: str = ""
    """More items of `Log=`."""


def back_end(path: Path, hits: Iterable[Hit], port: int = 444, address: str = "10.0.0.5") -> Path:
    """The log of the site Exchange Back End, or with port 443 of a front end."""
    return _iis(path, hits, port, address, "/Microsoft-Server-ActiveSync/Proxy/default.eas" if port == 444 else
                "/Microsoft-Server-ActiveSync/default.eas")  # fmt: skip


def front_end(path: Path, hits: Iterable[Hit], address: str = "10.0.0.4") -> Path:
    return back_end(path, hits, 443, address)


def legacy(path: Path, hits: Iterable[Hit], address: str) -> Path:
    """An old server's own log of one web site."""
    return _iis(path, hits, 443, address, "/Microsoft-Server-ActiveSync/Proxy/default.eas")


def _iis(path: Path, hits: Iterable[Hit], port: int, address: str, stem: str) -> Path:
    lines = ["#Software: Microsoft Internet Information Services 8.5", "#Version: 1.0", f"#Fields: {FIELDS}"]
    for hit in sorted(hits, key=lambda each: each.minute):
        at = START + timedelta(minutes=hit.minute)
        items = [f"PrxTo:{hit.to}"] if hit.to else []
        items += [f"Error:{hit.error.replace(' ', '%20')}"] if hit.error else []
        items += [hit.log] if hit.log else []
        query = f"Cmd={hit.command}&User=TEST%5C{hit.user}&DeviceId=DEV{hit.user.upper()}&DeviceType=iPhone"
        query += f"&Log={'_'.join(items)}_" if items else ""
        user = f"TEST\\{hit.user}" if hit.signed_in else "-"
        lines.append(
            f"{at:%Y-%m-%d %H:%M:%S} {address} POST {stem} {query} {port} {user} 10.0.0.9 Apple-iPhone "
            f"{hit.code} {hit.ms}"
        )
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path


def http_proxy(path: Path, hits: Iterable[Hit], version: str = "Version 15.0 (Build 1497.0)") -> Path:
    """A front end's HttpProxy log: for mailboxes on 2007 its target is a newer mailbox server."""
    lines = ["#Software: Microsoft Exchange Server", "#Log-type: HttpProxy Logs", f"#Fields: {PROXY_FIELDS}"]
    for hit in sorted(hits, key=lambda each: each.minute):
        at = START + timedelta(minutes=hit.minute)
        status = hit.code.split(" ")[0]
        refused = "WebExceptionStatus=ProtocolError;ResponseStatusCode=403;" if status == "403" else ""
        errors = f"WebExceptionStatus={hit.error};" if hit.error else refused
        lines.append(
            f"{at:%Y-%m-%dT%H:%M:%S}.000Z,1-2,Eas,/Microsoft-Server-ActiveSync/default.eas,TEST\\{hit.user},iPhone,"
            f"192.168.7.9,EX13A.test,{status},{status if hit.to else ''},,"
            f"{hit.to},{version if hit.to else ''},{hit.ms},"
            f"?Cmd={hit.command}&User=TEST%5C{hit.user}&DeviceId=DEV{hit.user.upper()}&DeviceType=iPhone,{errors}"
        )
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path


def article(users: int = 10, each: int = 40, from_hour: int = 0, refusal: str = "403 0 0") -> list[Hit]:
    """The article's estate at the back end: every other request of each user goes to the host that refuses.

    Before `from_hour` (hours after the start) that host takes the leg as well.
    """
    hits = []
    for number in range(users * each):
        minute = number * 2
        bad = (number // users + number) % 2 == 1
        refused = bad and minute >= from_hour * 60
        hits.append(Hit(f"user{number % users}", minute, refusal if refused else "200 0 0", BAD if bad else GOOD))
    return hits


def everyday(users: int = 10, each: int = 40) -> list[Hit]:
    """What stands in every healthy log: mistyped passwords, handshakes, long polls that end, a blocked device."""
    hits = [Hit(f"user{n % users}", n * 2, to=GOOD) for n in range(users * each)]
    hits += [Hit(f"user{n % users}", n * 9, "401 1 1326") for n in range(60)]
    hits += [Hit(f"user{n % users}", n * 3, "401 2 5", signed_in=False) for n in range(200)]
    hits += [Hit(f"user{n % users}", n * 5, "200 0 64", GOOD, command="Ping", ms=3_000_000) for n in range(100)]
    hits += [Hit("healthmailbox0123", n, "500 0 0") for n in range(800)]
    return [*hits, *(Hit("blocked", n * 60, "403 0 0", GOOD, log="As:BlockedP") for n in range(10))]


def counts_of(*paths: Path) -> LogCounts:
    return read_logs(paths).counts


def with_logs(known: Case, *paths: Path) -> Case:
    """The case after these logs were read."""
    return happened(known, event_of_logs(counts_of(*paths)))


def http_err(path: Path, minutes: Iterable[int], reason: str = "AppOffline", status: int | str = 503) -> Path:
    """An HTTPERR log: requests that Windows' HTTP service refused, one at each of these minutes."""
    lines = ["#Software: Microsoft HTTP API 2.0", "#Version: 1.0", f"#Fields: {HTTP_ERR_FIELDS}"]
    for minute in sorted(minutes):
        at = START + timedelta(minutes=minute)
        uri = "/Microsoft-Server-ActiveSync/default.eas?Cmd=Sync&User=anna&DeviceId=DEVA&DeviceType=iPhone"
        lines.append(
            f"{at:%Y-%m-%d %H:%M:%S} 10.0.0.9 49152 10.0.0.4 443 HTTP/1.1 POST {uri} {status} 1 {reason} "
            "MSExchangeSyncAppPool"
        )
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8", newline="")
    return path
