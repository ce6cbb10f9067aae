"""What becomes of each request of a made day: at the front end, at the server that proxies, at the old one.

The estate's own rules decide (`exchange_server`, `drawing`); what an old server answers was asked of the running
estate (`asked_legs`). What the servers write down of it is in `codes`.
"""

from __future__ import annotations

import base64
import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime

from easwizard.exchange.inventory import ClientCertificates, Endpoint, Server
from easwizard.exchange.products import Product
from easwizard.lab.autodiscover import Bag
from easwizard.lab.certificates import Presented
from easwizard.lab.directory import Directory
from easwizard.lab.drawing import Dice, Picker, candidates
from easwizard.lab.estate import Estate
from easwizard.lab.exchange_server import (
    ACTIVESYNC_PATH,
    USER_HEADER,
    Decision,
    HeldBack,
    Rules,
    Site,
    decide,
)
from easwizard.lab.front_end import leg_target
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.logs.asked_legs import AskedLegs, LegAnswer, from_http_sys
from easwizard.lab.logs.codes import HUNG_UP, NO_CANDIDATE, NOT_SIGNED_IN, OK, WRONG_PASSWORD, Codes, refusal, told_of
from easwizard.lab.logs.hops import Back, Ending, Journey, Leg
from easwizard.lab.logs.traffic import Hit, Phone
from easwizard.lab.scenario import FrontKind, Issuers

_WORKS = (200, 501)
"""The lab answers 501 to a command that it understood: only OPTIONS does anything there."""
_USUAL_FAILURE = 403


class Journeys:
    """Decides for one estate as it is now."""

    def __init__(self, estate: Estate, phones: Iterable[Phone], start: datetime) -> None:
        self._estate, self._scenario, self._inventory = estate, estate.scenario, estate.inventory
        self._legs = AskedLegs(estate)
        self._dice = random.Random(f"{estate.seed} journeys")
        self._now = start
        knobs = self._scenario.knobs
        window = knobs.pick_minutes * 60
        self._picker = Picker(knobs.pick, estate.seed, window, lambda: self._now.timestamp())
        self._token = secrets.token_urlsafe(8)
        accounts = {phone.user: phone.account for phone in phones}
        self._directory = Directory(tuple(accounts.values()))
        self._bag, self._throws = Bag(estate.seed), Dice(estate.seed)

    def of(self, hits: Iterable[Hit]) -> Iterator[Journey]:
        """The journeys of requests in order of time."""
        for hit in hits:
            self._now = hit.at
            yield self._journey(hit)

    def _journey(self, hit: Hit) -> Journey:
        front = self._dice.choice(hit.phone.endpoints)
        site = Site.at(front, self._inventory, self._scenario)
        assert site is not None, "phones use web sites of servers that exist"
        request = self._request(hit, site)
        decision = decide(request, site, self._rules())
        if isinstance(decision, Reply) and decision.status not in _WORKS:
            if self._wrong_password(hit, site, request, decision):
                return Journey(hit, front, site.server, WRONG_PASSWORD, Ending.CREDENTIALS)
            if self._as_it_is_now():
                return self._turned_away(hit, front, site, request, decision)
        if isinstance(decision, HeldBack) and self._as_it_is_now():
            codes = Codes(decision.reply.status)
            back = Back(self._mailbox_server(hit.phone, site.server), codes, throttled=True)
            return Journey(hit, front, site.server, codes, Ending.FAILED, target=back.server, back=back)
        return self._served(hit, front, site, decision)

    def _as_it_is_now(self) -> bool:
        began = self._scenario.logs.began
        return began is None or self._now.hour >= began

    def _rules(self) -> Rules:
        options = self._scenario.knobs.options
        return Rules(self._inventory, self._directory, options, self._token, self._bag, self._throws, self._now)

    def _request(self, hit: Hit, site: Site) -> Request:
        """What reaches the front end, also through a device in front of it."""
        phone = hit.phone
        kind = phone.front.kind if phone.front else FrontKind.PASS
        path = f"{ACTIVESYNC_PATH}/default.eas"
        if kind is FrontKind.DELEGATION:
            own = (("authorization", f"Negotiate {self._token}"), (USER_HEADER, phone.user))
            return Request(hit.method, path, own)
        if phone.certificate is None:
            password = "changed since" if hit.old_password else phone.account.printed_password
            basic = base64.b64encode(f"{phone.user}:{password}".encode()).decode("ascii")
            return Request(hit.method, path, (("authorization", f"Basic {basic}"),))
        return Request(hit.method, path, certificate=None if kind is FrontKind.BRIDGING else _shown(phone, site))

    def _wrong_password(self, hit: Hit, site: Site, request: Request, reply: Reply) -> bool:
        basic = (request.header("authorization") or "").startswith("Basic ")
        return reply.status == NOT_SIGNED_IN.status and basic and bool(site.vdir and site.vdir.basic)

    def _turned_away(self, hit: Hit, front: Endpoint, site: Site, request: Request, reply: Reply) -> Journey:
        """The front end's own refusal, or the way to another place that the mailbox's version sends a phone."""
        shown = hit.phone.certificate if request.certificate is not None else None
        codes = refusal(reply.status, site.vdir, shown, self._dice)
        if reply.status == 451:
            to = reply.header("X-MS-Location") or ""
            server = self._mailbox_server(hit.phone, site.server)
            back = Back(server, codes, redirected_to=to)
            return Journey(hit, front, site.server, codes, Ending.REDIRECTED, target=server, back=back)
        ending = Ending.HANDSHAKE if codes == NOT_SIGNED_IN else Ending.FAILED
        if codes.status < 400:
            ending = Ending.OK
        return Journey(hit, front, site.server, codes, ending, by_http_sys=from_http_sys(reply))

    def _served(self, hit: Hit, front: Endpoint, site: Site, decision: Decision) -> Journey:
        """Signed in: handed on to the mailbox, or over a leg to its old server."""
        mailbox, here = hit.phone.account.product, site.server
        old_here = here.product is not None and here.product.is_legacy
        executed_here = isinstance(decision, Reply) and decision.status in _WORKS
        if mailbox.is_legacy and not old_here and not executed_here:
            return self._over_a_leg(hit, front, site)
        if old_here:
            return Journey(hit, front, here, self._answered(hit), Ending.OK)
        back = Back(self._mailbox_server(hit.phone, here))
        return Journey(hit, front, here, self._answered(hit), Ending.OK, target=back.server, back=back)

    def _over_a_leg(self, hit: Hit, front: Endpoint, site: Site) -> Journey:
        phone = hit.phone
        drawn = self._picker.draw(candidates(self._inventory, phone.account), phone.user)
        target = leg_target(drawn, self._inventory) if drawn else None
        straight = phone.account.product is Product.E2010
        caller = site.server if straight else self._mailbox_server(phone, site.server)
        if drawn is None or target is None:
            codes = Codes(403)
            if straight:
                return Journey(hit, front, site.server, codes, Ending.FAILED)
            back = Back(caller, codes, error=NO_CANDIDATE)
            return Journey(hit, front, site.server, codes, Ending.FAILED, target=caller, back=back)
        if self._as_it_is_now():
            tls = self._scenario.knobs_of(caller.name).outbound_tls
            answer = self._dice.choice(self._legs.answers(target, phone.known_as, tls))
        else:
            answer = LegAnswer(self._one_of(target.host) or drawn.label, 200, works=True)
        codes, error = told_of(answer)
        passed_on = None if straight else Back(caller, codes, target.host, error)
        front_codes = self._answered(hit) if answer.works else self._failed(codes)
        handed_to = self._inventory.server(drawn.server) if straight else caller
        return Journey(
            hit, front, site.server, front_codes, Ending.OK if answer.works else Ending.FAILED, target=handed_to,
            back=passed_on, leg=self._leg(answer, caller, target.path),
        )  # fmt: skip

    def _failed(self, codes: Codes) -> Codes:
        """How a failed leg looks to the phone is not established (exchange.md 1.5): the scenario may say."""
        told = self._scenario.knobs.leg_failure_status
        return codes if told == _USUAL_FAILURE else Codes(told)

    def _leg(self, answer: LegAnswer, caller: Server, path: str) -> Leg | None:
        if answer.endpoint is None or answer.status is None:
            return None
        server, _, web_site = answer.endpoint.partition("/")
        vdir = self._inventory.vdir(server, web_site)
        codes = OK if answer.works else refusal(answer.status, vdir, None, self._dice)
        return Leg(answer.endpoint, caller, codes, path, answer.by_http_sys)

    def _one_of(self, host: str) -> str | None:
        record = self._inventory.namespace(host)
        there = [place for place in record.endpoints if self._inventory.server(place.server)] if record else []
        return self._dice.choice(there).label if there else None

    def _mailbox_server(self, phone: Phone, front: Server) -> Server:
        """The server that takes over: of a new mailbox its own, of an old one any newer one of its site (J7)."""
        account = phone.account
        near = [
            server
            for server in self._inventory.servers
            if server.product is not None and not server.product.is_legacy and server.site == account.site
            if not self._scenario.knobs_of(server.name).down
        ]
        same = [server for server in near if server.product is account.product]
        found = same or near or [front]
        return self._dice.choice(found) if account.product.is_legacy else found[len(phone.user) % len(found)]

    def _answered(self, hit: Hit) -> Codes:
        """A phone that waits may hang up: 200 with Win32 status 64 is normal then."""
        return HUNG_UP if hit.heartbeat and self._dice.random() < 0.2 else OK


def _shown(phone: Phone, site: Site) -> Presented | None:
    """The certificate as the server judges it; a phone shows none that no announced authority issued."""
    certificate = phone.certificate
    assert certificate is not None
    if site.vdir is None or site.vdir.client_certificates is ClientCertificates.IGNORE:
        return None
    if certificate.foreign and site.manners.issuers is Issuers.LISTED:
        return None
    trusted = certificate.for_clients and not (certificate.foreign or certificate.expired)
    return Presented(trusted, phone.user)
