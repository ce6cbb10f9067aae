"""What else a server's logs are full of: Exchange's own health probes, and other applications of the web site.

Source: logs.md 3 (mailboxes, agents and addresses of probes). The truth counts both apart.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from easwizard.exchange.inventory import Endpoint, Server
from easwizard.lab.logs.codes import OK
from easwizard.lab.logs.httpproxy_log import ProxyRow
from easwizard.lab.logs.iis_log import IisRow
from easwizard.lab.logs.log_book import PROXY_STEM, STEM, LogBook
from easwizard.lab.logs.places import BACK_END_PORT, BACK_END_SITE, PORT, Places
from easwizard.lab.scenario import LOG_HOURS

_EVERY = timedelta(minutes=15)
_PROBE_AGENT = "AMProbe/Local/ClientAccess"
_OTHERS = (
    ("/owa/", "Mozilla/5.0 (Windows NT 6.1; rv:38.0) Gecko/20100101 Firefox/38.0"),
    ("/EWS/Exchange.asmx", "MacOutlook/14.5.5.150821 (Intel Mac OS X 10.10.5)"),
    ("/mapi/emsmdb/", "Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.4753; Pro)"),
    ("/rpc/rpcproxy.dll", "MSRPC"),
)


def add_noise(book: LogBook, server: Server, endpoint: Endpoint, places: Places, day: date, seed: int) -> None:
    """A front end's noise of one day, on its first web site and its back end."""
    dice = random.Random(f"{seed} noise {server.name}")
    mailbox = f"HealthMailbox{dice.getrandbits(40):010x}@{(server.fqdn or 'x.contoso.test').partition('.')[2]}"
    start = datetime(day.year, day.month, day.day, LOG_HOURS.start, tzinfo=UTC)
    for number in range((LOG_HOURS.stop - LOG_HOURS.start) * 3600 // int(_EVERY.total_seconds())):
        at = start + number * _EVERY + timedelta(seconds=dice.randrange(60))
        _probe(book, server, endpoint, places, at, mailbox)
        _other(book, server, endpoint, places, at, dice)


def _probe(book: LogBook, server: Server, endpoint: Endpoint, places: Places, at: datetime, mailbox: str) -> None:
    query = f"Cmd=Settings&User={mailbox}&DeviceId=EASProbeDeviceId141&DeviceType=EASProbeDeviceType"
    front = IisRow(
        at, places.site(endpoint, server), places.address(endpoint), PORT, "POST", STEM, query, mailbox, "127.0.0.1",
        _PROBE_AGENT, OK, 46,
    )  # fmt: skip
    back = IisRow(
        at, BACK_END_SITE, places.own_address(server), BACK_END_PORT, "POST", PROXY_STEM,
        f"{query}&Log=V141_Mbx:{server.fqdn}_Throttle0", mailbox, "::1", _PROBE_AGENT, OK, 31,
    )  # fmt: skip
    proxied = ProxyRow(
        at, "00000000-0000-4000-8000-000000000000", "localhost", mailbox, mailbox, _PROBE_AGENT, "127.0.0.1", 200,
        200, "POST", query, 46, server,
    )  # fmt: skip
    for file in (book.iis(server, front, None), book.iis(server, back, None), book.proxy(server, proxied, None)):
        book.truth.probes[file] += 1


def _other(
    book: LogBook, server: Server, endpoint: Endpoint, places: Places, at: datetime, dice: random.Random
) -> None:
    stem, agent = dice.choice(_OTHERS)
    row = IisRow(
        at, places.site(endpoint, server), places.address(endpoint), PORT, "POST", stem, "",
        f"CONTOSO\\user{dice.randrange(60):04}", f"203.0.113.{dice.randrange(1, 255)}", agent, OK, 93,
    )  # fmt: skip
    book.truth.others[book.iis(server, row, None)] += 1
