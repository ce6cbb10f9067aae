"""Turns journeys into the rows of every log that saw them, and keeps count of what was meant.

One request may stand in five logs: HttpProxy and IIS of the front end, IIS of the back end, IIS or HTTPERR of the old
server (logs.md 1). Each log gets its own times, users and codes; only the truth knows that they belong together.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from urllib.parse import quote

from easwizard.exchange.inventory import Endpoint, Inventory, Server
from easwizard.lab.logs.codes import NO_CREDENTIALS_YET, NOT_SIGNED_IN, OK, Codes
from easwizard.lab.logs.hops import Back, Ending, Journey, Leg
from easwizard.lab.logs.httperr_log import HTTPERR_PATH, HttpErrRow, httperr_text
from easwizard.lab.logs.httpproxy_log import ProxyRow, httpproxy_path, httpproxy_text
from easwizard.lab.logs.iis_log import IisRow, iis_path, iis_text, names_its_site
from easwizard.lab.logs.places import BACK_END_PORT, BACK_END_SITE, PORT, Places
from easwizard.lab.logs.traffic import Hit
from easwizard.lab.logs.truth import NamedIn, Truth

STEM = "/Microsoft-Server-ActiveSync/default.eas"
PROXY_STEM = "/Microsoft-Server-ActiveSync/Proxy/default.eas"
_HANDSHAKES = 0.1
_REFUSED_MS = 15
_HOP = timedelta(milliseconds=4)


class LogBook:
    """All logs of one estate, in memory until they are written."""

    def __init__(self, inventory: Inventory, places: Places, seed: int, began: datetime | None) -> None:
        self.truth = Truth(began)
        self._inventory, self._places = inventory, places
        self._dice = random.Random(f"{seed} log book")
        self._iis: dict[tuple[str, str], list[IisRow]] = defaultdict(list)
        self._proxy: dict[tuple[str, str], list[ProxyRow]] = defaultdict(list)
        self._refused: dict[str, list[HttpErrRow]] = defaultdict(list)

    def write_down(self, journey: Journey) -> None:
        """One request in every log that saw it."""
        if journey.by_http_sys:
            self._http_sys(journey.hit, journey.front, journey.server, STEM, journey.hit.phone.client)
            return
        self._front(journey)
        if journey.back is not None:
            self._back(journey.hit, journey.back, journey.server)
        if journey.leg is not None:
            self._leg(journey.hit, journey.leg)

    def texts(self) -> dict[str, str]:
        """Path below a common folder to the whole text of a log."""
        server = {each.name: each for each in self._inventory.servers}
        files = {f"{name}/{path}": iis_text(server[name], rows) for (name, path), rows in self._iis.items()}
        files |= {f"{name}/{path}": httpproxy_text(server[name], rows) for (name, path), rows in self._proxy.items()}
        files |= {f"{name}/{HTTPERR_PATH}": httperr_text(rows) for name, rows in self._refused.items()}
        return files

    def iis(self, server: Server, row: IisRow, ending: Ending | None, named: str = "") -> str:
        """One row of a web site; `ending` is None where the truth is kept elsewhere. Returns the file."""
        path = iis_path(server, row.site, row.at.date())
        self._iis[(server.name, path)].append(row)
        file = f"{server.name}/{path}"
        if ending is not None:
            place = row.address if row.port == PORT else f"{row.address}:{row.port}"
            place += f"/W3SVC{row.site}" if names_its_site(server) else ""
            named_in = NamedIn.PRX_TO if named else NamedIn.ADDRESS
            self.truth.row(file, named_in, named.lower() or place, ending)
        return file

    def proxy(self, server: Server, row: ProxyRow, ending: Ending | None) -> str:
        """One row of a front end's HttpProxy log; returns the file."""
        path = httpproxy_path(row.at)
        self._proxy[(server.name, path)].append(row)
        file = f"{server.name}/{path}"
        if ending is not None:
            named_in = NamedIn.TARGET_SERVER if row.target else NamedIn.ADDRESS
            target = (row.target.fqdn or row.target.name) if row.target else server.name
            self.truth.row(file, named_in, target.lower(), ending)
        return file

    def _front(self, journey: Journey) -> None:
        hit, server = journey.hit, journey.server
        request = str(uuid.UUID(int=self._dice.getrandbits(128), version=4))
        if journey.signed_in and hit.phone.certificate is None and self._dice.random() < _HANDSHAKES:
            asked = Journey(hit, journey.front, server, NOT_SIGNED_IN, Ending.HANDSHAKE)
            self._front_rows(asked, request)
        self._front_rows(journey, request)

    def _front_rows(self, journey: Journey, request: str) -> None:
        hit, server, codes = journey.hit, journey.server, journey.codes
        old = server.product is not None and server.product.is_legacy
        query = hit.phone.query(hit.command)
        appended = "" if old else f"&cafeReqId={request};"
        row = IisRow(
            at=hit.at,
            site=self._places.site(journey.front, server),
            address=self._places.address(journey.front),
            port=PORT,
            method=hit.method,
            stem=STEM,
            query=query + appended if query else "",
            user=hit.phone.signs_in_as if journey.signed_in else "",
            client=hit.phone.client,
            agent=hit.phone.agent,
            codes=codes,
            ms=hit.ms if codes.status == OK.status else _REFUSED_MS,
        )
        self.iis(server, row, journey.ending)
        if not old and (journey.target is not None or codes.status == NOT_SIGNED_IN.status):
            self._proxied(journey, request, row)

    def _proxied(self, journey: Journey, request: str, row: IisRow) -> None:
        """What IIS itself refuses never comes to the proxy module; a 401 of its own has no back-end status."""
        hit, target, seen = journey.hit, journey.target, None
        if journey.back is not None:
            seen = journey.back.codes.status
        elif target is not None:
            seen = journey.leg.codes.status if journey.leg else None
        ending = Ending.HANDSHAKE if journey.ending is Ending.CREDENTIALS else journey.ending
        self.proxy(
            journey.server,
            ProxyRow(
                at=row.at,
                request_id=request,
                host=hit.phone.host,
                user=row.user,
                mailbox=hit.phone.user,
                agent=row.agent,
                client=row.client,
                status=row.codes.status,
                back_end=seen,
                method=row.method,
                query=hit.phone.query(hit.command),
                ms=row.ms,
                target=target,
            ),
            ending,
        )

    def _back(self, hit: Hit, back: Back, front: Server) -> None:
        query = f"{hit.phone.query(hit.command)}&Log={'_'.join(self._items(hit, back))}"
        ending = Ending.OK if back.codes.status == OK.status else Ending.FAILED
        ending = Ending.REDIRECTED if back.redirected_to else ending
        row = IisRow(
            at=hit.at - _HOP,
            site=BACK_END_SITE,
            address=self._places.own_address(back.server),
            port=BACK_END_PORT,
            method=hit.method,
            stem=PROXY_STEM,
            query=query,
            user=hit.phone.signs_in_as,
            client=self._places.own_address(front),
            agent=hit.phone.agent,
            codes=back.codes,
            ms=hit.ms if ending is Ending.OK else _REFUSED_MS,
        )
        self.iis(back.server, row, ending, back.proxied_to)

    def _items(self, hit: Hit, back: Back) -> list[str]:
        """The `Log=` of the server that proxies, or that holds the mailbox."""
        items = [f"PrxTo:{back.proxied_to}", f"PrxFrom:{self._places.own_address(back.server)}"]
        items = items if back.proxied_to else []
        items += ["V121" if hit.phone.account.product.is_legacy else "V141"]
        items += [f"Hb{hit.heartbeat}"] if hit.heartbeat else []
        items += [f"Error:{_escaped(back.error)}"] if back.error else []
        items += [f"RdirTo:{_escaped(back.redirected_to)}"] if back.redirected_to else []
        items += ["As:AllowedG"] if back.codes == OK and not back.proxied_to else []
        items.append(f"Mbx:{back.server.fqdn or back.server.name}")
        return [*items, "Throttle20000" if back.throttled else "Throttle0", "Budget:(D)Conn%3a1%2cHangingConn%3a0"]

    def _leg(self, hit: Hit, leg: Leg) -> None:
        name, _, web_site = leg.endpoint.partition("/")
        server = self._inventory.server(name)
        assert server is not None, "the web site that answered is one of the estate's"
        endpoint = Endpoint(server.name, web_site)
        caller = self._places.own_address(leg.caller)
        stem = f"{leg.path}/default.eas"
        if leg.by_http_sys:
            self._http_sys(hit, endpoint, server, stem, caller)
            return
        if leg.works and self._dice.random() < _HANDSHAKES:
            asked = self._dice.choice((NOT_SIGNED_IN, NO_CREDENTIALS_YET))
            self.iis(server, self._leg_row(hit, leg, endpoint, server, asked), Ending.HANDSHAKE)
        # Nobody had signed in where IIS asks for credentials again: by its codes that is a handshake.
        ending = Ending.OK if leg.works else Ending.HANDSHAKE if leg.codes == NOT_SIGNED_IN else Ending.FAILED
        self.iis(server, self._leg_row(hit, leg, endpoint, server, leg.codes), ending)

    def _leg_row(self, hit: Hit, leg: Leg, endpoint: Endpoint, server: Server, codes: Codes) -> IisRow:
        caller = self._places.own_address(leg.caller)
        worked = codes == OK
        told = f"&Log=PrxFrom:{caller}_V121_Fc1_Mbx:{server.fqdn or server.name}" if worked else ""
        return IisRow(
            at=hit.at - 2 * _HOP,
            site=self._places.site(endpoint, server),
            address=self._places.address(endpoint),
            port=PORT,
            method=hit.method,
            stem=f"{leg.path}/default.eas",
            query=hit.phone.query(hit.command) + told,
            user=hit.phone.signs_in_as if worked else "",
            client=caller,
            agent=hit.phone.agent,
            codes=codes,
            ms=hit.ms if worked else _REFUSED_MS,
        )

    def _http_sys(self, hit: Hit, endpoint: Endpoint, server: Server, stem: str, client: str) -> None:
        query = hit.phone.query(hit.command)
        self._refused[server.name].append(
            HttpErrRow(
                at=hit.at,
                client=client,
                client_port=49152 + self._dice.randrange(16000),
                address=self._places.address(endpoint),
                port=PORT,
                method=hit.method,
                uri=f"{stem}?{query}" if query else stem,
                status=503,
                site=self._places.site(endpoint, server),
            )
        )
        self.truth.used[f"{server.name}/{HTTPERR_PATH}"] += 1
        self.truth.refused_by_http_sys += 1


def _escaped(value: str) -> str:
    """As the server writes a value that may hold the separators of its items."""
    return quote(value, safe="").replace("_", "%5F")
