"""What a web site of an Exchange server answers to one request. Pure: decides, never dials.

It knows the inventory, the accounts and the reference's rules (exchange.md 1.2, 1.3, 2.3, 3.1). When an
old mailbox has to be asked, it says so (`ProxyLeg`) and somebody else makes the leg; likewise who waits (`HeldBack`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from easwizard.exchange.inventory import ClientCertificates, Endpoint, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import CERTIFICATES_ON_2013_FROM, Product, parse_build
from easwizard.lab import server_pages
from easwizard.lab.autodiscover import Bag
from easwizard.lab.directory import Directory, read_basic
from easwizard.lab.drawing import Dice
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import (
    CHALLENGE,
    activesync_headers,
    basic_challenge,
    dated,
    held_back,
    moved,
    pool_stopped,
    refused,
    server_headers,
    without_activesync_headers,
)
from easwizard.lab.scenario import (
    CLOUD_URL,
    Account,
    AppPool,
    Options,
    OptionsReply,
    Providers,
    Scenario,
    ServerKnobs,
    SiteKnobs,
)
from easwizard.lab.server_pages import DEFAULT_WEB_SITE, is_below

ACTIVESYNC_PATH = "/microsoft-server-activesync"
PROXY_PATH = ACTIVESYNC_PATH + "/proxy"
HEALTH_PATH = ACTIVESYNC_PATH + "/healthcheck.htm"
USER_HEADER = "x-eas-proxy"
"""Names the user on a proxy leg, where the server signs in as itself."""
_ROLE_SERVICE = "Web-Client-Auth"
_RETRY_AFTER_SECONDS = 60
HELD_BACK_SECONDS = 20.0
"""How long a server that is busy or throttles lets a client wait for its 503 (exchange.md 1.6)."""


@dataclass(frozen=True)
class Site:
    """One web site as its server finds it at the moment of a request."""

    server: Server
    web_site: str
    vdir: VirtualDirectory | None
    knobs: ServerKnobs
    manners: SiteKnobs

    @classmethod
    def at(cls, endpoint: Endpoint, inventory: Inventory, scenario: Scenario) -> Site | None:
        """None when the inventory has no such server any more."""
        server = inventory.server(endpoint.server)
        if server is None:
            return None
        vdir = inventory.vdir(endpoint.server, endpoint.web_site)
        knobs = scenario.knobs_of(endpoint.server), scenario.site_knobs_of(endpoint.label)
        return Site(server, endpoint.web_site, vdir, *knobs)

    def clock(self, now: datetime) -> datetime:
        """The server's own time."""
        return now + timedelta(seconds=self.knobs.clock_skew)


@dataclass(frozen=True)
class Rules:
    """What all servers of one estate go by."""

    inventory: Inventory
    directory: Directory
    options: Options
    server_token: str
    """Stands in for the computer account with which a front end signs in to `/Proxy`."""
    bag: Bag
    dice: Dice
    now: datetime


@dataclass(frozen=True)
class ProxyLeg:
    """The request is in order, but the mailbox is on an old version: a leg has to be made for this account."""

    account: Account


@dataclass(frozen=True)
class HeldBack:
    """The reply is due only after `HELD_BACK_SECONDS`."""

    reply: Reply


Decision = Reply | ProxyLeg | HeldBack


def asks_for_certificate(site: Site, path: str) -> bool:
    """Whether the web server asks for a client certificate before it looks at the request.

    The demand of a vdir holds for everything below it, `/Proxy` included (exchange.md 1.4).
    """
    if site.vdir is None or not is_below(path, ACTIVESYNC_PATH):
        return False
    return site.vdir.client_certificates in (ClientCertificates.REQUIRE, ClientCertificates.ACCEPT)


def decide(request: Request, site: Site, rules: Rules) -> Decision:
    """The reply, or what has to be done for it."""
    if not is_below(request.path, ACTIVESYNC_PATH):
        return _beside_activesync(request, site, rules)
    if site.manners.app_pool is AppPool.STOPPED:
        return pool_stopped()
    vdir = site.vdir
    if vdir is None:
        return refused(404)
    if site.manners.redirect is not None:
        return moved(site.manners.redirect)
    if _certificate_refused(vdir, request):
        return refused(403)
    if is_below(request.path, PROXY_PATH):
        return _proxy_reply(request, site, vdir, rules)
    if request.path.casefold() == HEALTH_PATH:
        return _health(site.server)
    return _phone_reply(request, site, vdir, rules)


def not_signed_in(request: Request, site: Site, now: datetime) -> Reply:
    """401, with a Basic challenge where Basic is on and with none at all where nothing is (exchange.md 3.1)."""
    vdir = site.vdir
    challenges = basic_challenge(_realm(request, site.server)) if vdir and vdir.basic else refused(401)
    if vdir is None or not vdir.windows:
        return challenges
    windows = server_pages.windows_sign_in(request, site.server, site.clock(now), Providers.BOTH)
    return windows.with_headers(*(pair for pair in challenges.headers if pair[0] == CHALLENGE))


def dressed(reply: Reply, site: Site, now: datetime) -> Reply:
    """The reply with what this server adds to everything.

    HTTP.sys, where it answers itself, knows neither Exchange nor the server's name, only the time.
    """
    if site.manners.options_reply is OptionsReply.STRIPPED and reply.status == 200:
        reply = without_activesync_headers(reply)
    by_http_sys = reply.header("Server") is not None
    own = reply if by_http_sys else reply.with_headers(*server_headers(site.server))
    return dated(own, site.clock(now))


def _beside_activesync(request: Request, site: Site, rules: Rules) -> Reply:
    if site.web_site.casefold() != DEFAULT_WEB_SITE.casefold():
        return refused(404)
    now = site.clock(rules.now)
    return server_pages.page(request, site.server, rules.inventory, rules.directory, rules.bag, now)


def _phone_reply(request: Request, site: Site, vdir: VirtualDirectory, rules: Rules) -> Decision:
    if site.manners.anonymous and request.method == "OPTIONS" and site.server.product is not None:
        return _executed(request, site.server.product)
    account = _signed_in(request, site, vdir, rules)
    if account is None:
        return not_signed_in(request, site, rules.now)
    if site.knobs.throttled:
        return HeldBack(held_back(_RETRY_AFTER_SECONDS))
    return _serve(request, account, site, rules)


def _certificate_refused(vdir: VirtualDirectory, request: Request) -> bool:
    """403.7, 403.16 and 403.17 look the same from outside."""
    if vdir.client_certificates not in (ClientCertificates.REQUIRE, ClientCertificates.ACCEPT):
        return False
    if request.certificate is None:
        return vdir.client_certificates is ClientCertificates.REQUIRE
    return not request.certificate.trusted


def _proxy_reply(request: Request, site: Site, vdir: VirtualDirectory, rules: Rules) -> Reply:
    """The sub-directory that other Exchange servers call; only Windows authentication opens it."""
    server, providers = site.server, site.manners.proxy_providers
    if not vdir.proxy_windows:
        return basic_challenge(_realm(request, server)) if vdir.basic else refused(401)
    known = _from_a_server(request, rules) and _has_ticket(request, server, providers)
    if not known or rules.dice.says_yes(site.manners.refuses_servers):
        return server_pages.windows_sign_in(request, server, site.clock(rules.now), providers)
    account = rules.directory.find(request.header(USER_HEADER) or "")
    if account is None or server.product is None:
        return refused(403)
    if account.product.is_legacy and not server.product.is_legacy:
        # The legacy name leads to newer servers, which would proxy to themselves (exchange.md 7).
        return refused(500)
    return _executed(request, server.product)


def _from_a_server(request: Request, rules: Rules) -> bool:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    known = secrets.compare_digest(token.strip().encode(), rules.server_token.encode())
    return known and scheme.casefold() == "negotiate"


def _has_ticket(request: Request, server: Server, providers: Providers) -> bool:
    """Without NTLM only Kerberos is left, and only the server's own name has an SPN by default (1.3, J17) [I]."""
    return providers is Providers.BOTH or _host(request).casefold() == (server.fqdn or "").casefold()


def _health(server: Server) -> Reply:
    if server.product is None or server.product.is_legacy:
        return refused(404)
    return Reply(200, (("Content-Type", "text/html"),), f"200 OK<br/>{server.fqdn}".encode())


def _signed_in(request: Request, site: Site, vdir: VirtualDirectory, rules: Rules) -> Account | None:
    directory = rules.directory
    if request.certificate is not None and _maps_certificates(site.server, vdir):
        account = directory.find(request.certificate.upn or "")
        if account is not None:
            return account
    if vdir.windows and _from_a_server(request, rules):
        # A publishing device that may delegate signs in with the user's own ticket (exchange.md 2.10 b).
        return directory.find(request.header(USER_HEADER) or "")
    credentials = read_basic(request.header("authorization")) if vdir.basic else None
    return directory.sign_in(credentials) if credentials else None


def _maps_certificates(server: Server, vdir: VirtualDirectory) -> bool:
    """All that turns a certificate into a user, besides the demand for it: role service, server, vdir, build."""
    if server.product is Product.E2013 and (parse_build(server.build or "") or ()) < CERTIFICATES_ON_2013_FROM:
        return False
    return all((server.role_services.get(_ROLE_SERVICE), server.server_mapping, vdir.mapping))


def _serve(request: Request, account: Account, site: Site, rules: Rules) -> Decision:
    product = site.server.product
    if product is None:
        return refused(503)
    if account.cloud:
        # 2007 does not send anybody to the cloud, and what it says instead is not known (exchange.md 1.2).
        return refused(403) if product.is_legacy else Reply(451, (("X-MS-Location", CLOUD_URL),))
    if account.product.is_legacy == product.is_legacy:
        return _executed(request, account.product)
    if product.is_legacy:
        return _upward(account, rules.inventory)
    if request.method == "OPTIONS" and rules.options is Options.ANSWERED:
        return _executed(request, product)
    return ProxyLeg(account)


def _executed(request: Request, product: Product) -> Reply:
    """What the version that holds the mailbox says; of the methods, only OPTIONS does anything here."""
    headers = activesync_headers(product)
    return Reply(200, headers) if request.method == "OPTIONS" else refused(501, *headers)


def _upward(account: Account, inventory: Inventory) -> Reply:
    """An old server cannot serve a newer mailbox: it sends the device to the newer ExternalUrl (exchange.md 1.2)."""
    for vdir in inventory.vdirs:
        if vdir.site == account.site and vdir.product is account.product and vdir.external_url:
            return Reply(451, (("X-MS-Location", vdir.external_url),))
    return refused(403)


def _realm(request: Request, server: Server) -> str:
    """IIS names the host that was asked for; control characters never get past the HTTP reader, quotes do."""
    return (_host(request) or server.fqdn or server.name).replace('"', "")


def _host(request: Request) -> str:
    """The name in the Host header, without its port."""
    host = (request.header("host") or "").rpartition(":")
    return host[0] or host[2]
