"""HTTPERR logs: requests that HTTP.sys answered itself, such as those for a stopped application pool (logs.md 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

HTTPERR_PATH = "Windows/System32/LogFiles/HTTPERR/httperr1.log"
STOPPED = "AppOffline"
_POOL = "MSExchangeSyncAppPool"
_LAYOUT = "date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename"


@dataclass(frozen=True)
class HttpErrRow:
    """One refused request."""

    at: datetime
    client: str
    client_port: int
    address: str
    port: int
    method: str
    uri: str
    status: int
    site: int


def httperr_text(rows: Iterable[HttpErrRow]) -> str:
    """A whole log, in order of time."""
    ordered = sorted(rows, key=lambda row: row.at)
    lines = ["#Software: Microsoft HTTP API 2.0", "#Version: 1.0"]
    if ordered:
        lines.append(f"#Date: {ordered[0].at:%Y-%m-%d %H:%M:%S}")
    lines += [f"#Fields: {_LAYOUT}", *map(_line, ordered)]
    return "".join(f"{line}\r\n" for line in lines)


def _line(row: HttpErrRow) -> str:
    return (
        f"{row.at:%Y-%m-%d %H:%M:%S} {row.client} {row.client_port} {row.address} {row.port} HTTP/1.1 {row.method} "
        f"{row.uri} {row.status} {row.site} {STOPPED} {_POOL}"
    )
