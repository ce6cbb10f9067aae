"""One web site at one address: takes a connection through TLS and HTTP and answers one request.

It decides nothing of Exchange itself: it asks `exchange_server` what to say and `front_end` for legs.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from easwizard.exchange.inventory import Endpoint, Inventory
from easwizard.lab.autodiscover import Bag
from easwizard.lab.certificates import Authority
from easwizard.lab.directory import Directory, read_basic
from easwizard.lab.drawing import Dice
from easwizard.lab.errors import TlsFailure
from easwizard.lab.exchange_server import (
    HELD_BACK_SECONDS,
    PROXY_PATH,
    USER_HEADER,
    HeldBack,
    ProxyLeg,
    Rules,
    Site,
    asks_for_certificate,
    decide,
    dressed,
)
from easwizard.lab.front_end import FrontEnd, LegOutcome
from easwizard.lab.http_messages import BadRequest, HttpExchange, Request
from easwizard.lab.iis_replies import refused
from easwizard.lab.journal import Journal, Visit
from easwizard.lab.scenario import Demand, Scenario
from easwizard.lab.tls_stream import TlsServer, TlsStream

_CONNECTION_SECONDS = 30.0


@dataclass(frozen=True)
class Premises:
    """What the web sites of an estate share. `inventory` is called for each connection: it may change."""

    scenario: Scenario
    inventory: Callable[[], Inventory]
    directory: Directory
    authority: Authority
    front_end: FrontEnd
    bag: Bag
    dice: Dice
    journal: Journal
    server_token: str
    time_scale: float
    stopping: threading.Event


class WebSite:
    """Serves the connections of one endpoint; its TLS settings may be replaced while it runs."""

    def __init__(self, endpoint: Endpoint, names: tuple[str, ...], tls: TlsServer, premises: Premises) -> None:
        self.endpoint = endpoint
        self.names = names
        self._tls = tls
        self._premises = premises

    def use(self, names: tuple[str, ...], tls: TlsServer) -> None:
        """Serve new connections with another certificate."""
        self.names, self._tls = names, tls

    def serve(self, connection: socket.socket) -> None:
        """Answer one request; a client that drops or cannot speak is left alone."""
        client = str(connection.getpeername()[0])
        inventory = self._premises.inventory()
        site = Site.at(self.endpoint, inventory, self._premises.scenario)
        if site is None:
            return
        knobs = site.knobs
        delays = (knobs.delay_handshake + knobs.delay_reply + HELD_BACK_SECONDS) * self._premises.time_scale
        self._wait(knobs.delay_handshake)
        at_once = self._asks_at_once(site)
        stream = TlsStream(connection, self._tls.engine(demand=at_once), _CONNECTION_SECONDS + delays)
        with contextlib.suppress(TlsFailure):
            stream.handshake()
            self._converse(stream, site, inventory, client, asked=at_once)
        stream.finish()

    def _converse(self, stream: TlsStream, site: Site, inventory: Inventory, client: str, *, asked: bool) -> None:
        http = HttpExchange(stream)
        try:
            request = http.read_head()
            if request is None:
                return
            if asked or asks_for_certificate(site, request.path):
                request = self._with_certificate(request, stream, asked=asked)
            request = replace(request, body=http.read_body())
        except BadRequest:
            http.write(dressed(refused(400), site, datetime.now(UTC)))
            return
        outcome = self._outcome(request, site, inventory)
        self._wait(site.knobs.delay_reply)
        self._premises.journal.record(self._visit(request, outcome, client))
        http.write(dressed(outcome.reply, site, datetime.now(UTC)))

    def _with_certificate(self, request: Request, stream: TlsStream, *, asked: bool) -> Request:
        certificate = stream.presented() if asked else stream.ask()
        if certificate is None:
            return request
        return replace(request, certificate=self._premises.authority.judge(certificate))

    def _outcome(self, request: Request, site: Site, inventory: Inventory) -> LegOutcome:
        shared, now = self._premises, datetime.now(UTC)
        options = shared.scenario.knobs.options
        rules = Rules(inventory, shared.directory, options, shared.server_token, shared.bag, shared.dice, now)
        decision = decide(request, site, rules)
        if isinstance(decision, ProxyLeg):
            return shared.front_end.forward(request, site, decision.account, inventory, now)
        if isinstance(decision, HeldBack):
            self._wait(HELD_BACK_SECONDS)
            decision = decision.reply
        return LegOutcome(decision, None, None)

    def _asks_at_once(self, site: Site) -> bool:
        if site.vdir is None or site.manners.demand is not Demand.HANDSHAKE:
            return False
        return asks_for_certificate(site, PROXY_PATH)

    def _visit(self, request: Request, outcome: LegOutcome, client: str) -> Visit:
        kind, user = self._who(request)
        return Visit(
            at=datetime.now(UTC),
            endpoint=self.endpoint.label,
            address=self.endpoint.address or "",
            client=client,
            host=request.header("host") or "",
            method=request.method,
            target=request.target,
            credentials=kind,
            user=user,
            status=outcome.reply.status,
            drawn=outcome.drawn,
            leg_status=outcome.leg_status,
        )

    def _who(self, request: Request) -> tuple[str, str | None]:
        """What kind of credentials came, and whose; an account's own spelling of its name where there is one."""
        basic = read_basic(request.header("authorization"))
        if basic is not None:
            account = self._premises.directory.find(basic.user)
            return "basic", account.user if account else basic.user
        if request.header(USER_HEADER) is not None:
            return "server", request.header(USER_HEADER)
        if request.certificate is not None:
            return "certificate", request.certificate.upn
        return "none", None

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._premises.stopping.wait(seconds * self._premises.time_scale)
