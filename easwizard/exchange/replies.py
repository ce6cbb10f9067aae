"""What a reply means: one readable table from status, challenges and headers to a meaning (exchange.md 3, 4).

The first row that fits wins; paths other than ActiveSync's own have rows before it. Outside a server the
substatus is invisible (3.1), so a 403 is only called a demand for a certificate where a CertificateRequest was
seen on the connection (J5).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from easwizard.exchange.certainty import Basis
from easwizard.exchange.products import Product

ACTIVESYNC_PATH = "/Microsoft-Server-ActiveSync"
PROXY_PATH = ACTIVESYNC_PATH + "/Proxy"
WITHOUT_HEADERS = "200 without ActiveSync headers"
"""How counted samples name a signed-in 200 that carries no ActiveSync header."""
THROTTLE_HEADERS = frozenset({"x-ms-asthrottle", "retry-after"})
"""Headers by which a 503 says that it holds a client back (3.1)."""


class Sent(StrEnum):
    """Which credentials went with a request."""

    NONE = "none"
    BASIC = "basic"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class Reply:
    """The parts of one HTTP reply that carry meaning."""

    path: str
    sent: Sent
    status: int
    challenges: frozenset[str] = frozenset()
    """Lower-case scheme names of WWW-Authenticate, e.g. `{"negotiate", "ntlm"}`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case header names to values."""
    certificate_asked: bool | None = None
    """Whether the connection carried a CertificateRequest, at any time; None when that cannot be seen."""

    @property
    def on_proxy(self) -> bool:
        return self.path.casefold().startswith(PROXY_PATH.casefold())

    @property
    def on_activesync(self) -> bool:
        """Whether the virtual directory or its `/Proxy` was asked, and no other path of the same server."""
        return self.on_proxy or self.path.casefold().rstrip("/") == ACTIVESYNC_PATH.casefold()

    @property
    def server(self) -> str:
        return self.headers.get("server", "").casefold()

    @property
    def offers_activesync(self) -> bool:
        return bool({"ms-server-activesync", "ms-asprotocolversions"} & self.headers.keys())


class Meaning(StrEnum):
    """What a reply says. The values are stable: reports carry them."""

    LEG_ACCEPTED = "leg-accepted"
    LEG_NEGOTIATE_ONLY = "leg-negotiate-only"
    LEG_WITHOUT_WINDOWS = "leg-without-windows-auth"
    LEG_ABSENT_OR_BLOCKED = "leg-absent-or-blocked"
    CERTIFICATE_DEMANDED = "certificate-demanded"
    CERTIFICATE_NOT_ACCEPTED = "certificate-not-accepted"
    CERTIFICATE_NEVER_ASKED = "certificate-never-asked"
    FORBIDDEN = "forbidden"
    BASIC_CHALLENGE = "basic-challenge"
    WINDOWS_CHALLENGE = "windows-challenge"
    MODERN_CHALLENGE = "bearer-challenge"
    NO_USABLE_METHOD = "no-usable-method"
    CREDENTIALS_REFUSED = "credentials-refused"
    SIGNED_IN = "signed-in"
    ANONYMOUS = "anonymous-allowed"
    NOT_EXCHANGE = "answered-by-something-else"
    REDIRECTED = "redirected"
    ABSENT = "absent"
    ACCOUNT_BLOCKED = "account-blocked"
    PASSWORD_EXPIRED = "password-expired"
    NOT_UNDERSTOOD = "request-not-understood"
    PATH_ANSWERS = "path-answers"
    THROTTLED = "throttled"
    SERVER_DOWN = "application-pool-down"
    UNAVAILABLE = "unavailable"
    UPSTREAM_FAILED = "upstream-failed"
    OTHER = "other"


@dataclass(frozen=True)
class Reading:
    """A meaning with its words, how sure it is and where that stands in exchange.md."""

    meaning: Meaning
    text: str
    basis: Basis
    source: str


def _offers(reply: Reply, *schemes: str) -> bool:
    return set(schemes) <= reply.challenges


_Row = tuple[Callable[[Reply], bool], Meaning, str, Basis, str]
_C, _B, _I = Basis.CONFIRMED, Basis.BELIEVED, Basis.INFERRED

# fmt: off
_ELSEWHERE: tuple[_Row, ...] = (
    # Other paths of the same server are asked to learn who answers; there the same status says something else.
    (lambda r: r.status == 200, Meaning.PATH_ANSWERS, "answers on this path", _C, "3.4"),
    (lambda r: r.status in (301, 302, 307, 308), Meaning.REDIRECTED,
     "redirects on this path, as a web page may", _C, "8"),
    (lambda r: r.status == 404, Meaning.ABSENT, "has nothing on this path", _C, "3.4"),
)
_TABLE: tuple[_Row, ...] = (
    # Redirects are a third outcome, neither good nor bad (J12).
    (lambda r: r.status in (301, 302, 307, 308), Meaning.REDIRECTED,
     "redirects elsewhere; ActiveSync phones do not follow that", _B, "3.1"),
    (lambda r: r.status == 451, Meaning.REDIRECTED,
     "sends the phone to another server (451)", _C, "3.1"),
    # A certificate was asked for: the demand itself was seen on this connection (J5).
    (lambda r: r.status == 403 and r.certificate_asked is True and r.sent is not Sent.CERTIFICATE,
     Meaning.CERTIFICATE_DEMANDED, "demands a client certificate and refuses without one", _I, "1.4, 3.1"),
    (lambda r: r.status in (401, 403) and r.certificate_asked is True and r.sent is Sent.CERTIFICATE,
     Meaning.CERTIFICATE_NOT_ACCEPTED, "asked for the certificate, got it, and refused", _I, "3.1"),
    (lambda r: r.status in (401, 403) and r.certificate_asked is False and r.sent is Sent.CERTIFICATE,
     Meaning.CERTIFICATE_NEVER_ASKED, "never asked for the certificate", _I, "3.1"),
    # A device of that kind in front says the same with 400 (transport.md 1).
    (lambda r: r.status == 400 and r.certificate_asked is True and "nginx" in r.server
     and r.sent is not Sent.CERTIFICATE,
     Meaning.CERTIFICATE_DEMANDED, "demands a client certificate and refuses without one", _I, "transport.md 1"),
    (lambda r: r.status == 400 and r.certificate_asked is True and "nginx" in r.server
     and r.sent is Sent.CERTIFICATE,
     Meaning.CERTIFICATE_NOT_ACCEPTED, "asked for the certificate, got it, and refused", _I, "transport.md 1"),
    # The sub-directory of the proxy leg (1.3, 1.4).
    (lambda r: r.on_proxy and r.status == 401 and _offers(r, "negotiate", "ntlm"), Meaning.LEG_ACCEPTED,
     "offers Negotiate and NTLM: ready for the proxy leg", _I, "1.4"),
    (lambda r: r.on_proxy and r.status == 401 and _offers(r, "negotiate"), Meaning.LEG_NEGOTIATE_ONLY,
     "offers Negotiate but no NTLM", _I, "J17"),
    (lambda r: r.on_proxy and r.status == 401 and not r.challenges & {"negotiate", "ntlm"},
     Meaning.LEG_WITHOUT_WINDOWS, "offers no Windows authentication: the proxy leg cannot sign in", _I, "1.4"),
    (lambda r: r.on_proxy and r.status == 401, Meaning.OTHER,
     "offers NTLM without Negotiate", _I, "1.3"),
    (lambda r: r.on_proxy and r.status in (403, 404), Meaning.LEG_ABSENT_OR_BLOCKED,
     "is absent or blocked here; from outside that may be plain hardening", _I, "4.2, J5"),
    # Signed in, or apparently so.
    (lambda r: r.status == 200 and "ms-server-activesync" in r.headers and r.sent is not Sent.NONE,
     Meaning.SIGNED_IN, "signed in: ActiveSync answers", _C, "3.1"),
    # A device that hides versions may take that header away; the protocol versions are what phones read.
    (lambda r: r.status == 200 and r.offers_activesync and r.sent is not Sent.NONE,
     Meaning.SIGNED_IN, "signed in: ActiveSync answers, its version header is missing", _I, "3.1, 3.3"),
    (lambda r: r.status == 200 and r.offers_activesync and r.sent is Sent.NONE,
     Meaning.ANONYMOUS, "answers without any sign-in", _B, "3.1"),
    (lambda r: r.status == 200, Meaning.NOT_EXCHANGE,
     "answers 200 without ActiveSync headers: something in front answers, or strips them", _C, "3.1"),
    # Not signed in.
    (lambda r: r.status == 401 and r.sent is Sent.BASIC, Meaning.CREDENTIALS_REFUSED,
     "refused the user name and password, or a leg behind it did", _B, "1.5, J10"),
    (lambda r: r.status == 401 and _offers(r, "basic"), Meaning.BASIC_CHALLENGE,
     "asks for a user name and password (Basic)", _C, "3.1"),
    (lambda r: r.status == 401 and bool(r.challenges & {"negotiate", "ntlm"}), Meaning.WINDOWS_CHALLENGE,
     "asks for Windows authentication", _I, "3.1"),
    (lambda r: r.status == 401 and _offers(r, "bearer"), Meaning.MODERN_CHALLENGE,
     "asks for a modern-authentication token", _C, "3.1"),
    (lambda r: r.status == 401, Meaning.NO_USABLE_METHOD,
     "refuses and offers no way to sign in", _I, "3.1"),
    (lambda r: r.status == 403, Meaning.FORBIDDEN,
     "refuses (403); which of 403.4, 403.7, 403.13, 403.16 or 403.17 only its log tells", _B, "3.1"),
    # The account itself.
    (lambda r: r.status == 456 and r.sent is not Sent.NONE, Meaning.ACCOUNT_BLOCKED,
     "says that the account is blocked (456)", _C, "3.1"),
    (lambda r: r.status == 457 and r.sent is not Sent.NONE, Meaning.PASSWORD_EXPIRED,
     "says that the password has expired (457)", _C, "3.1"),
    # Server state.
    (lambda r: r.status == 404, Meaning.ABSENT,
     "has no ActiveSync virtual directory here", _C, "3.1"),
    (lambda r: r.status in (400, 405, 501), Meaning.NOT_UNDERSTOOD,
     "does not understand the request: something in between, or no Exchange", _C, "3.1"),
    (lambda r: r.status == 503 and bool(THROTTLE_HEADERS & r.headers.keys()), Meaning.THROTTLED,
     "is throttling, or asks to come back later (503)", _C, "3.1, 8"),
    # HTTP.sys answers by itself, so no header of Exchange can be there.
    (lambda r: r.status == 503 and "httpapi" in r.server and "x-feserver" not in r.headers, Meaning.SERVER_DOWN,
     "is not running: the application pool is stopped", _B, "3.1, 8"),
    (lambda r: r.status == 503, Meaning.UNAVAILABLE, "is busy or throttling (503)", _C, "3.1"),
    (lambda r: r.status in (500, 502, 504), Meaning.UPSTREAM_FAILED,
     "failed, or a server behind it did", _B, "1.5, 3.1"),
)
# fmt: on


def read(reply: Reply) -> Reading:
    """What a reply means; a reply that no row knows is `OTHER`."""
    rows = _TABLE if reply.on_activesync else (*_ELSEWHERE, *_TABLE)
    for fits, meaning, text, basis, source in rows:
        if fits(reply):
            return Reading(meaning, text, basis, source)
    return Reading(Meaning.OTHER, f"answers {reply.status}, which says nothing certain", Basis.INFERRED, "3.1")


def product_of(headers: Mapping[str, str]) -> Product | None:
    """The product whose ActiveSync made the reply, by `MS-Server-ActiveSync` (3.3); None when it does not say.

    15.2 is both 2019 and SE in the short form; the long form tells them apart, the short one is read as 2019.
    """
    match = re.match(r"\s*(\d+)\.(\d+)(?:\.(\d+))?", headers.get("ms-server-activesync", ""))
    if match is None:
        return None
    major, minor, build = int(match[1]), int(match[2]), int(match[3] or 0)
    if (major, minor) == (15, 2):
        return Product.SE if build >= 2562 else Product.E2019
    by_version = {(15, 0): Product.E2013, (15, 1): Product.E2016}
    return {8: Product.E2007, 14: Product.E2010}.get(major) or by_version.get((major, minor))


def highest_protocol(headers: Mapping[str, str]) -> str | None:
    """The highest ActiveSync protocol version offered, e.g. `14.1`; None without the header."""
    versions = re.findall(r"\d+\.\d+", headers.get("ms-asprotocolversions", ""))
    return max(versions, key=lambda v: tuple(map(int, v.split("."))), default=None)


def crossed_to_legacy(headers: Mapping[str, str], mailbox: Product) -> bool:
    """Whether a reply proves that the request reached the legacy server of a mailbox (J8; 3.3).

    Proof is the legacy server's own `MS-Server-ActiveSync`, or for 2007 a highest protocol of 12.1.
    """
    if product_of(headers) is mailbox:
        return True
    return mailbox is Product.E2007 and highest_protocol(headers) == "12.1"


def answered_by(headers: Mapping[str, str]) -> str | None:
    """The front-end server that names itself (`X-FEServer`, 3.2); None when none does."""
    return headers.get("x-feserver") or None


def challenges_of(values: tuple[str, ...]) -> tuple[str, ...]:
    """The scheme names in WWW-Authenticate values, in order, each once.

    Handles several challenges in one line and commas or quotes inside a realm (transport.md 3).

    >>> challenges_of(('Negotiate, Basic realm="a, NTLM b"',))
    ('Negotiate', 'Basic')
    """
    schemes: dict[str, str] = {}
    for value in values:
        unquoted = re.sub(r'"(?:[^"\\]|\\.)*"', '""', value)
        for part in unquoted.split(","):
            match = re.match(r"\s*([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*)(?=\s|$)(?!\s*=)", part)
            if match:
                schemes.setdefault(match[1].casefold(), match[1])
    return tuple(schemes.values())
