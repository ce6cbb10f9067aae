"""What a server's default web site answers beside ActiveSync: the paths that tell who it is. Pure.

`/owa/` tells the build (exchange.md 3.2), `/EWS/` gives an NTLM challenge (4.2), `/` leads to OWA from 2013 on (8),
Autodiscover tells phones their URL (1.8). That 2007 and 2010 name their build too is believed; the Autodiscover of
2007 is left out.
"""

from __future__ import annotations

from datetime import datetime

from easwizard.exchange.inventory import Inventory, Server
from easwizard.exchange.products import Product
from easwizard.lab import autodiscover, ntlm_challenge
from easwizard.lab.autodiscover import AUTODISCOVER_PATH, Bag
from easwizard.lab.directory import Directory
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import moved, refused, windows_challenge
from easwizard.lab.scenario import Providers

DEFAULT_WEB_SITE = "Default Web Site"
"""The one web site that has more than an ActiveSync vdir."""
_OWA, _EWS = "/owa", "/ews"


def page(
    request: Request, server: Server, inventory: Inventory, directory: Directory, bag: Bag, now: datetime
) -> Reply:
    """The reply to a request for anything but ActiveSync; `now` is the server's own time."""
    if server.product is None:
        return refused(404)
    if request.path == "/" and not server.product.is_legacy:
        return moved("/owa/")
    if is_below(request.path, _OWA):
        return _owa(request, server)
    if is_below(request.path, _EWS):
        return windows_sign_in(request, server, now, Providers.BOTH)
    if is_below(request.path, AUTODISCOVER_PATH) and server.product is not Product.E2007:
        return autodiscover.reply(request, server.product, inventory, directory, bag)
    return refused(404)


def windows_sign_in(request: Request, server: Server, now: datetime, providers: Providers) -> Reply:
    """401 with what Windows authentication offers, or with the challenge that a client's opening asks for."""
    offered = ("Negotiate", "NTLM") if providers is Providers.BOTH else ()
    answer = ntlm_challenge.answer_to(request.header("authorization"), server, now, offered)
    return windows_challenge(answer) if answer else windows_challenge(*(offered or ("Negotiate",)))


def is_below(path: str, root: str) -> bool:
    """Whether a path is that (lower-case) one or goes on from it."""
    folded = path.casefold()
    return folded == root or folded.startswith(root + "/")


def _owa(request: Request, server: Server) -> Reply:
    """The logon page, to which everything else below leads."""
    build = ("X-OWA-Version", server.build or "")
    if request.path.casefold().startswith("/owa/auth/"):
        return Reply(200, (("Content-Type", "text/html"), build), b"<html><body>Outlook Web App</body></html>")
    return moved("/owa/auth/logon.aspx?url=%2fowa%2f&reason=0").with_headers(build)
