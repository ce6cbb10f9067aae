"""What a web site of an Exchange server answers to one request. Pure: decides, never dials.

It knows the inventory, the accounts and the reference's rules (exchange.md 1.2, 1.3, 2.3, 3.1). When an
old mailbox has to be asked, it says so (`ProxyLeg`) and somebody else makes the leg.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from easwizard.exchange.inventory import ClientCertificates, Endpoint, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import CERTIFICATES_ON_2013_FROM, Product, parse_build
from easwizard.lab.directory import Directory, read_basic
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import (
    activesync_headers,
    basic_challenge,
    refused,
    server_headers,
    windows_challenge,
)
from easwizard.lab.scenario import Account, Options

ACTIVESYNC_PATH = "/microsoft-server-activesync"
PROXY_PATH = ACTIVESYNC_PATH + "/proxy"
HEALTH_PATH = ACTIVESYNC_PATH + "/healthcheck.htm"
USER_HEADER = "x-eas-proxy"
"""Names the user on a proxy leg, where the server signs in as itself."""
_ROLE_SERVICE = "Web-Client-Auth"


@dataclass(frozen=True)
class Site:
    """One web site as its server finds it at the moment of a request."""

    server: Server
    vdir: VirtualDirectory | None

    @classmethod
    def at(cls, endpoint: Endpoint, inventory: Inventory) -> Site | None:
        """None when the inventory has no such server any more."""
        server = inventory.server(endpoint.server)
        return Site(server, inventory.vdir(endpoint.server, endpoint.web_site)) if server else None


@dataclass(frozen=True)
class Rules:
    """What all servers of one estate go by."""

    inventory: Inventory
    directory: Directory
    options: Options
    server_token: str
    """Stands in for the computer account with which a front end signs in to `/Proxy`."""


@dataclass(frozen=True)
class ProxyLeg:
    """The request is in order, but the mailbox is on an old version: a leg has to be made for this account."""

    account: Account


Decision = Reply | ProxyLeg


def asks_for_certificate(site: Site, path: str) -> bool:
    """Whether the web server asks for a client certificate before it looks at the request.

    The demand of a vdir holds for everything below it, `/Proxy` included (exchange.md 1.4).
    """
    if site.vdir is None or not _is_below(path, ACTIVESYNC_PATH):
        return False
    return site.vdir.client_certificates in (ClientCertificates.REQUIRE, ClientCertificates.ACCEPT)


def decide(request: Request, site: Site, rules: Rules) -> Decision:
    """The reply, or the need for a proxy leg."""
    vdir, path = site.vdir, request.path
    if vdir is None or not _is_below(path, ACTIVESYNC_PATH):
        return refused(404)
    if _certificate_refused(vdir, request):
        return refused(403)
    if _is_below(path, PROXY_PATH):
        return _proxy_reply(request, site.server, vdir, rules)
    if path.casefold() == HEALTH_PATH:
        return _health(site.server)
    account = _signed_in(request, site, vdir, rules.directory)
    if account is None:
        return not_signed_in(request, site)
    return _serve(request, account, site, rules)


def not_signed_in(request: Request, site: Site) -> Reply:
    """401, with a Basic challenge where Basic is on and with none at all where it is not (exchange.md 3.1)."""
    if site.vdir is not None and site.vdir.basic:
        return basic_challenge(_realm(request, site.server))
    return refused(401)


def dressed(reply: Reply, server: Server) -> Reply:
    """The reply with what this server adds to everything."""
    return reply.with_headers(*server_headers(server))


def _certificate_refused(vdir: VirtualDirectory, request: Request) -> bool:
    """403.7, 403.16 and 403.17 look the same from outside."""
    if vdir.client_certificates not in (ClientCertificates.REQUIRE, ClientCertificates.ACCEPT):
        return False
    if request.certificate is None:
        return vdir.client_certificates is ClientCertificates.REQUIRE
    return not request.certificate.trusted


def _proxy_reply(request: Request, server: Server, vdir: VirtualDirectory, rules: Rules) -> Reply:
    """The sub-directory that other Exchange servers call; only Windows authentication opens it."""
    if not vdir.proxy_windows:
        return basic_challenge(_realm(request, server)) if vdir.basic else refused(401)
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    known = secrets.compare_digest(token.strip().encode(), rules.server_token.encode())
    if scheme.casefold() != "negotiate" or not known:
        return windows_challenge()
    account = rules.directory.find(request.header(USER_HEADER) or "")
    if account is None or server.product is None:
        return refused(403)
    return _executed(request, server.product)


def _health(server: Server) -> Reply:
    if server.product is None or server.product.is_legacy:
        return refused(404)
    return Reply(200, (("Content-Type", "text/html"),), f"200 OK<br/>{server.fqdn}".encode())


def _signed_in(request: Request, site: Site, vdir: VirtualDirectory, directory: Directory) -> Account | None:
    if request.certificate is not None and _maps_certificates(site.server, vdir):
        account = directory.find(request.certificate.upn or "")
        if account is not None:
            return account
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
    host = (request.header("host") or server.fqdn or server.name).rpartition(":")
    return (host[0] or host[2]).replace('"', "")


def _is_below(path: str, root: str) -> bool:
    folded = path.casefold()
    return folded == root or folded.startswith(root + "/")
