"""The words a server answers with: IIS's own replies and the ActiveSync headers of each Exchange version.

Pure; decides nothing. exchange.md 3.1 to 3.3 say which header appears when.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from email.utils import format_datetime

from easwizard.exchange.inventory import Server
from easwizard.exchange.products import Product
from easwizard.lab.http_messages import Headers, Reply

CHALLENGE = "WWW-Authenticate"
_IIS_OF_WINDOWS = {
    "2003": "6.0", "2008": "7.0", "2008 R2": "7.5", "2012": "8.0", "2012 R2": "8.5",
}  # fmt: skip
_NEWEST_IIS = "10.0"
_SHORT_VERSIONS = {
    Product.E2007: "8.3",
    Product.E2010: "14.3",
    Product.E2013: "15.0",
    Product.E2016: "15.1",
    Product.E2019: "15.2",
    Product.SE: "15.2",
}
_UP_TO_12_1 = "1.0,2.0,2.1,2.5,12.0,12.1"
_UP_TO_14_1 = "2.0,2.1,2.5,12.0,12.1,14.0,14.1"
_UP_TO_16_1 = _UP_TO_14_1 + ",16.0,16.1"
_COMMANDS_12 = (
    "Sync,SendMail,SmartForward,SmartReply,GetAttachment,GetHierarchy,CreateCollection,DeleteCollection,"
    "MoveCollection,FolderSync,FolderCreate,FolderDelete,FolderUpdate,MoveItems,GetItemEstimate,MeetingResponse,"
    "Search,Settings,Ping,ItemOperations,Provision,ResolveRecipients,ValidateCert"
)
_COMMANDS_14 = _COMMANDS_12.replace("GetHierarchy,CreateCollection,DeleteCollection,MoveCollection,", "")


def server_headers(server: Server) -> Headers:
    """What a server adds to whatever it answers: its IIS version, and from 2013 on who it is."""
    headers = (("Server", f"Microsoft-IIS/{iis_version(server.windows)}"), ("X-Powered-By", "ASP.NET"))
    if server.product is None or server.product.is_legacy:
        return headers
    return (*headers, ("request-id", str(uuid.uuid4())), ("X-FEServer", server.name.upper()))


def activesync_headers(product: Product) -> Headers:
    """What an authenticated OPTIONS shows of the version that serves the mailbox."""
    return (
        ("MS-Server-ActiveSync", _SHORT_VERSIONS[product]),
        ("MS-ASProtocolVersions", _protocol_versions(product)),
        ("MS-ASProtocolCommands", _COMMANDS_12 if product is Product.E2007 else _COMMANDS_14),
        ("Allow", "OPTIONS,POST"),
        ("Public", "OPTIONS,POST"),
    )


def basic_challenge(realm: str) -> Reply:
    """401 as a vdir with Basic says it."""
    return refused(401, (CHALLENGE, f'Basic realm="{realm}"'))


def windows_challenge(*offers: str) -> Reply:
    """401 as Windows authentication says it: one header for each offer, Negotiate first."""
    return refused(401, *((CHALLENGE, offer) for offer in offers))


def moved(location: str) -> Reply:
    """302 to another place."""
    return Reply(302, (("Content-Type", "text/html"), ("Location", location)), b"<html><body>moved</body></html>\r\n")


def held_back(seconds: int) -> Reply:
    """503 as a server says it to a user who asks too much (exchange.md 3.1)."""
    return refused(503, ("Retry-After", str(seconds)), ("X-MS-ASThrottle", "CommandFrequency"))


def without_activesync_headers(reply: Reply) -> Reply:
    """What a filter leaves of an OPTIONS answer."""
    kept = tuple((name, value) for name, value in reply.headers if not name.lower().startswith("ms-"))
    return Reply(reply.status, kept, reply.body)


def dated(reply: Reply, now: datetime) -> Reply:
    """The reply with the server's own time in UTC."""
    return reply.with_headers(("Date", format_datetime(now, usegmt=True)))


def refused(status: int, *headers: tuple[str, str]) -> Reply:
    """A refusal with IIS's general page, which never shows the sub-status to the outside."""
    body = f"<html><head><title>{status}</title></head><body><h2>{status}: {_PAGES[status]}</h2></body></html>\r\n"
    return Reply(status, (("Content-Type", "text/html"), *headers), body.encode())


def pool_stopped() -> Reply:
    """503 as HTTP.sys says it for an application pool that does not run."""
    return refused(503, ("Server", "Microsoft-HTTPAPI/2.0"))


_PAGES = {
    400: "the request is malformed",
    401: "access was denied for these credentials",
    403: "access is denied",
    404: "there is no such file or directory",
    405: "the method is not allowed",
    500: "the server met an error",
    501: "the method is not implemented",
    502: "the upstream server gave no valid answer",
    503: "the service is unavailable",
}


def iis_version(windows: str | None) -> str:
    """The version of IIS that comes with a Windows Server, `8.5`; the newest where that is not known."""
    return _IIS_OF_WINDOWS.get((windows or "").removeprefix("Windows ").removeprefix("Server "), _NEWEST_IIS)


def _protocol_versions(product: Product) -> str:
    if product is Product.E2007:
        return _UP_TO_12_1
    return _UP_TO_14_1 if product in (Product.E2010, Product.E2013) else _UP_TO_16_1
