"""What Autodiscover tells a phone: the ExternalUrl of an ActiveSync vdir (exchange.md 1.8).

Pure but for the bag it draws from. V2 answers anybody, from 2016 on; the mobilesync POST wants a password, from
2010 on. Which vdir is told when a site has several ExternalUrls is not established, only that either may be [I].
"""

from __future__ import annotations

import json
import random
import threading
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from urllib.parse import parse_qs

from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.directory import Directory, read_basic
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import CHALLENGE, refused
from easwizard.lab.scenario import CLOUD_URL, Account

AUTODISCOVER_PATH = "/autodiscover"
_JSON, _XML = AUTODISCOVER_PATH + "/autodiscover.json", AUTODISCOVER_PATH + "/autodiscover.xml"
_SCHEMAS = "http://schemas.microsoft.com/exchange/autodiscover"
_REQUEST = f"{_SCHEMAS}/mobilesync/requestschema/2006"
_OUTER, _INNER = f"{_SCHEMAS}/responseschema/2006", f"{_SCHEMAS}/mobilesync/responseschema/2006"
_WITHOUT_V2 = (Product.E2007, Product.E2010, Product.E2013)


class Bag:
    """Draws at random, but each choice once before any comes again, so that few asks show them all."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._left: dict[str, list[str]] = {}

    def draw(self, user: str, choices: Sequence[str]) -> str | None:
        """One of the choices for that user; None when there are none."""
        with self._lock:
            left = [choice for choice in self._left.get(user, []) if choice in choices] or list(choices)
            if not left:
                return None
            drawn = left.pop(self._dice.randrange(len(left)))
            self._left[user] = left
            return drawn


def external_urls(inventory: Inventory, account: Account) -> tuple[str, ...]:
    """Distinct ExternalUrls of the site that serves the mailbox: its own version's, else a newer one's."""
    here = [v for v in inventory.vdirs if not v.back_end and v.external_url and v.site == account.site]
    own = [vdir for vdir in here if _serves(vdir, account.product)] or here
    return tuple(dict.fromkeys(vdir.external_url or "" for vdir in own))


def reply(request: Request, product: Product, inventory: Inventory, directory: Directory, bag: Bag) -> Reply:
    """The answer of a server's Autodiscover to one request below its path."""
    path = request.path.casefold()
    if path == _JSON and product not in _WITHOUT_V2:
        return _told_in_json(request, inventory, directory, bag)
    credentials = read_basic(request.header("authorization"))
    signed_in = directory.sign_in(credentials) if credentials else None
    if signed_in is None:
        return refused(401, (CHALLENGE, "Negotiate"), (CHALLENGE, "NTLM"), (CHALLENGE, 'Basic realm="autodiscover"'))
    if path != _XML or request.method != "POST":
        return refused(404)
    return _told_in_xml(request, signed_in, inventory, bag)


def _told_in_json(request: Request, inventory: Inventory, directory: Directory, bag: Bag) -> Reply:
    asked = {key.casefold(): values[0] for key, values in parse_qs(request.target.partition("?")[2]).items()}
    if asked.get("protocol", "").casefold() != "activesync":
        return _in_json(400, {"ErrorCode": "InvalidProtocol", "ErrorMessage": "this protocol is not supported"})
    account = directory.find(asked.get("email", ""))
    url = _url(account, inventory, bag) if account else None
    if url is None:
        return _in_json(404, {"ErrorCode": "UserNotFound", "ErrorMessage": "there is no such mailbox"})
    return _in_json(200, {"Protocol": "ActiveSync", "Url": url})


def _told_in_xml(request: Request, signed_in: Account, inventory: Inventory, bag: Bag) -> Reply:
    wanted = _address_asked_for(request.body)
    url = _url(signed_in, inventory, bag)
    if wanted is None or wanted.casefold() != signed_in.user.casefold() or url is None:
        return _in_xml("<Error><Status>1</Status><Message>the request cannot be answered</Message></Error>")
    return _in_xml(
        f"<Culture>en:us</Culture><User><EMailAddress>{_escaped(wanted)}</EMailAddress></User>"
        "<Action><Settings><Server><Type>MobileSync</Type>"
        f"<Url>{_escaped(url)}</Url><Name>{_escaped(url)}</Name></Server></Settings></Action>"
    )


def _url(account: Account, inventory: Inventory, bag: Bag) -> str | None:
    return CLOUD_URL if account.cloud else bag.draw(account.user, external_urls(inventory, account))


def _serves(vdir: VirtualDirectory, product: Product) -> bool:
    if product.is_legacy:
        return vdir.product is product
    return vdir.product is not None and not vdir.product.is_legacy


def _address_asked_for(body: bytes) -> str | None:
    """The mailbox that a mobilesync request is about; None for anything else."""
    try:
        root = ET.fromstring(body)
    except ET.ParseError:
        return None
    return root.findtext(f"{{{_REQUEST}}}Request/{{{_REQUEST}}}EMailAddress")


def _in_json(status: int, content: dict[str, str]) -> Reply:
    return Reply(status, (("Content-Type", "application/json; charset=utf-8"),), json.dumps(content).encode())


def _in_xml(inner: str) -> Reply:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{_OUTER}">'
        f'<Response xmlns="{_INNER}">{inner}</Response></Autodiscover>'
    )
    return Reply(200, (("Content-Type", "text/xml; charset=utf-8"),), text.encode())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
