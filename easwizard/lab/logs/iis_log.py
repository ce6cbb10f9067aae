"""IIS logs in the W3C extended format, in the layout of each version of IIS (logs.md 2).

No column is ever quoted: blanks become `+`, what is empty becomes `-`. Nothing here knows how such a log is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from easwizard.exchange.inventory import Server
from easwizard.lab.iis_replies import iis_version
from easwizard.lab.logs.codes import Codes

_IIS_6 = (
    "date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status "
    "sc-substatus sc-win32-status"
)
_IIS_7 = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus "
    "sc-win32-status time-taken"
)
_IIS_8 = _IIS_7.replace(" sc-status", " cs(Referer) sc-status", 1)
_RESTART_AT = 13
"""The hour in which IIS was restarted: the block of directives comes again in the middle of the file."""


@dataclass(frozen=True)
class IisRow:
    """One row; texts as they were on the wire."""

    at: datetime
    site: int
    address: str
    port: int
    method: str
    stem: str
    query: str
    user: str
    client: str
    agent: str
    codes: Codes
    ms: int


def names_its_site(server: Server) -> bool:
    """Whether its rows carry the number of the web site."""
    return "s-sitename" in _layout(server)


def iis_path(server: Server, site: int, day: date) -> str:
    """Where a server keeps the log of a web site and day, below its system drive."""
    if iis_version(server.windows) == "6.0":
        return f"Windows/System32/LogFiles/W3SVC{site}/ex{day:%y%m%d}.log"
    return f"inetpub/logs/LogFiles/W3SVC{site}/u_ex{day:%y%m%d}.log"


def iis_text(server: Server, rows: Iterable[IisRow]) -> str:
    """A whole log; the rows are written in order of time."""
    return "".join(f"{line}\r\n" for line in _lines(server, sorted(rows, key=lambda row: row.at)))


def _lines(server: Server, rows: list[IisRow]) -> Iterator[str]:
    layout = _layout(server)
    restarted: bool | None = None
    for row in rows:
        if restarted is not (row.at.hour >= _RESTART_AT):
            restarted = row.at.hour >= _RESTART_AT
            yield from _directives(server, row.at, layout)
        cells = _cells(row)
        yield " ".join([cells[name] for name in layout])


def _layout(server: Server) -> list[str]:
    version = iis_version(server.windows)
    return {"6.0": _IIS_6, "7.0": _IIS_7, "7.5": _IIS_7}.get(version, _IIS_8).split(" ")


def _directives(server: Server, at: datetime, layout: list[str]) -> Iterator[str]:
    yield f"#Software: Microsoft Internet Information Services {iis_version(server.windows)}"
    yield "#Version: 1.0"
    yield f"#Date: {at:%Y-%m-%d %H:%M:%S}"
    yield f"#Fields: {' '.join(layout)}"


def _cells(row: IisRow) -> dict[str, str]:
    return {
        "date": f"{row.at:%Y-%m-%d}",
        "time": f"{row.at:%H:%M:%S}",
        "s-sitename": f"W3SVC{row.site}",
        "s-ip": row.address,
        "cs-method": row.method,
        "cs-uri-stem": row.stem,
        "cs-uri-query": row.query or "-",
        "s-port": str(row.port),
        "cs-username": row.user.replace(" ", "+") or "-",
        "c-ip": row.client,
        "cs(User-Agent)": row.agent.replace(" ", "+") or "-",
        "cs(Referer)": "-",
        "sc-status": str(row.codes.status),
        "sc-substatus": str(row.codes.substatus),
        "sc-win32-status": str(row.codes.win32),
        "time-taken": str(row.ms),
    }
