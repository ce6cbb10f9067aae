"""Reads back what the paste of J7 printed on a proxying server: how that server sees the legacy names.

The paste is `diagnosis.paste_block`. What comes out are observations with that server as vantage, not claims about
configuration. The status is known, not its sub-status, nor whether a certificate was asked for. Errors come in the
words of that server's language; the kind that .NET gives them stands before these, but not in older pastes.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from easwizard.case.facts import DnsFacts, DnsOutcome, HttpFacts, Observation, Reason, Status
from easwizard.case.untrusted import visible
from easwizard.evidence.reading import Reader, Reading, Source, Trouble
from easwizard.exchange.replies import PROXY_PATH, Reply, Sent, challenges_of
from easwizard.exchange.replies import read as meaning_of

_FORMAT = "easwizard view of a proxying server"
_HEAD = re.compile(r"^[ \t>]*== easwizard server view 1 ==[ \t]*$", re.MULTILINE)
_END = re.compile(r"^[ \t>]*== end of server view ==[ \t]*$")
_LINE = re.compile(r"^[ \t>]*(?P<key>server|utc|dns|hosts|trust|proxy) (?P<value>.*)$")
_TARGET = re.compile(r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::(?P<port>\d{1,5}))?")
_METHOD = "OPTIONS"
_MOST_PASTES = 20
_MOST_LINES = 5_000
_KINDS = {
    "TrustFailure": Reason.NOT_TRUSTED,
    "Timeout": Reason.FIRST_BYTE_TIMEOUT,
    "SecureChannelFailure": Reason.TLS_REFUSED,
    "ConnectionClosed": Reason.CLOSED,
    "ReceiveFailure": Reason.CLOSED,
}
"""`WebExceptionStatus` of .NET by what it says for certain; a failed connection or sending may be several things."""
_VAGUE = ("", "ConnectFailure", "SendFailure", "NameResolutionFailure", "KeepAliveFailure", "UnknownError")
_ERRORS = (
    (Reason.NOT_TRUSTED, ("trust relationship", "remote certificate is invalid")),
    (Reason.FIRST_BYTE_TIMEOUT, ("timed out", "did not properly respond")),
    (Reason.REFUSED, ("actively refused",)),
    (Reason.TLS_REFUSED, ("secure channel", "common algorithm")),
    (Reason.CLOSED, ("connection was closed", "forcibly closed")),
)
"""English words by which .NET and Windows tell failures apart; the first that fits. Believed, not captured."""


@dataclass
class _Proxy:
    """The one request to a name."""

    target: str
    text: str
    line: int


@dataclass
class _View:
    """One run of the paste."""

    line: int
    server: str | None = None
    at: datetime | None = None
    addresses: dict[str, list[str]] = field(default_factory=dict)
    unresolved: dict[str, str] = field(default_factory=dict)
    hosts: list[tuple[str, int]] = field(default_factory=list)
    distrusted: list[tuple[str, int]] = field(default_factory=list)
    """Names whose certificate the server does not trust, with the line that says so."""
    proxies: list[_Proxy] = field(default_factory=list)
    ended: bool = False


class _ProxyingPaste:
    @property
    def format(self) -> str:
        return _FORMAT

    def recognises(self, source: Source) -> bool:
        return _HEAD.search(source.text[:500_000]) is not None

    def read(self, source: Source) -> Reading:
        observations: list[Observation] = []
        troubles: list[Trouble] = []
        notes: list[Trouble] = []
        views = list(_views(source.text))
        for view in views:
            where = f"{source.name}:{view.line}"
            server = view.server or source.server
            if server is None or view.at is None:
                text = "the lines 'server' and 'utc' are missing: paste all that was printed"
                troubles.append(Trouble(where, text))
                continue
            if not view.ended:
                troubles.append(Trouble(where, "the end is missing, so names after the last one were not looked at"))
            named = visible(server, 200)
            observations.extend(_dns(view, named, view.at))
            for proxy in view.proxies:
                found = _http(view, proxy, named, view.at)
                if found is None:
                    text = f"the answer about {proxy.target} is neither a status nor an error: not used"
                    troubles.append(Trouble(f"{source.name}:{proxy.line}", text))
                else:
                    observations.append(found)
            notes.extend(Trouble(f"{source.name}:{n}", f"hosts file of {named}: {text}") for text, n in view.hosts)
            notes.extend(Trouble(f"{source.name}:{n}", _distrusted(host, named)) for host, n in view.distrusted)
        return Reading(
            source.name,
            _FORMAT,
            objects={"legacy name looked at": sum(len(view.proxies) for view in views)},
            troubles=tuple(troubles),
            notes=tuple(notes),
            observations=tuple(observations),
        )


def _distrusted(host: str, server: str) -> str:
    return f"{server} does not trust the certificate of {host}; it asked once more without checking it (1.3)"


def _views(text: str) -> Iterator[_View]:
    view: _View | None = None
    count = 0
    for number, whole in enumerate(text.splitlines()[: _MOST_PASTES * _MOST_LINES], start=1):
        line = whole[:2_000]
        if _HEAD.match(line):
            if view is not None:
                yield view
            count += 1
            view = _View(number) if count <= _MOST_PASTES else None
        elif view is not None and not view.ended:
            found = _LINE.match(line)
            if _END.match(line):
                view.ended = True
            elif found:
                _put(view, found["key"], visible(found["value"].strip(), 500), number)
            elif view.proxies and line.strip() and view.proxies[-1].line == number - 1:
                # A console cuts long lines at its width, within a word if need be.
                view.proxies[-1].text += visible(line.rstrip(), 500)
                view.proxies[-1].line = number
    if view is not None:
        yield view


def _put(view: _View, key: str, value: str, line: int) -> None:
    first, _, rest = value.partition(" ")
    if key == "server" and _TARGET.fullmatch(value):
        view.server = value
    elif key == "utc":
        view.at = _time(value)
    elif key == "dns" and _TARGET.fullmatch(first):
        host = first.casefold()
        if rest.startswith("error"):
            view.unresolved[host] = rest.removeprefix("error").strip()
        elif _is_address(rest) and len(view.addresses.setdefault(host, [])) < 100:
            view.addresses[host].append(rest)
    elif key == "hosts" and not value.startswith("#") and len(view.hosts) < 100:
        view.hosts.append((value, line))
    elif key == "trust" and _TARGET.fullmatch(first) and rest.startswith("no") and len(view.distrusted) < 200:
        view.distrusted.append((first.casefold(), line))
    elif key == "proxy" and _TARGET.fullmatch(first) and len(view.proxies) < 200:
        view.proxies.append(_Proxy(first.casefold(), rest, line))


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _dns(view: _View, server: str, at: datetime) -> Iterator[Observation]:
    """What the names resolve to there, the hosts file included."""
    for host in dict.fromkeys((*view.addresses, *view.unresolved)):
        addresses = tuple(view.addresses.get(host, ()))
        outcome = DnsOutcome.ANSWER if addresses else DnsOutcome.NO_ADDRESS
        yield Observation(
            id=f"paste:{server.casefold()}:dns:{host}",
            target=host,
            vantage=server,
            status=Status.OK,
            facts=DnsFacts(f"Windows on {server}", host, "A", outcome, addresses),
            at=at,
            detail=view.unresolved.get(host),
        )


def _http(view: _View, proxy: _Proxy, server: str, at: datetime) -> Observation | None:
    """The one request; which of several addresses answered is not told, and then the address is empty."""
    host, _, port = proxy.target.partition(":")
    addresses = view.addresses.get(host, [])
    address = addresses[0] if len(addresses) == 1 else ""
    identity, target = f"paste:{server.casefold()}:http:{proxy.target}", f"{host}:{port or 443}"
    status = re.match(r"([1-5]\d\d)(?: (.*))?$", proxy.text.strip())
    if status:
        schemes = challenges_of((status[2] or "",))
        reply = Reply(PROXY_PATH, Sent.NONE, int(status[1]), frozenset(s.casefold() for s in schemes))
        facts = HttpFacts(
            address,
            _METHOD,
            PROXY_PATH,
            status=int(status[1]),
            challenges=schemes,
            meaning=meaning_of(reply).meaning,
        )
        return Observation(identity, target, server, Status.OK, facts, at)
    if not proxy.text.startswith("error"):
        return None
    kind, said = _kind_and_words(proxy.text.removeprefix("error").strip())
    known = Status.FAILED if addresses else Status.SKIPPED
    facts = HttpFacts(address, _METHOD, PROXY_PATH)
    reason = _reason(kind, said) if addresses else None
    detail = said or kind or "no words were printed"
    return Observation(identity, target, server, known, facts, at, reason=reason, detail=detail)


def _kind_and_words(text: str) -> tuple[str, str]:
    """The kind that .NET gives an error, where the paste prints it, and the words."""
    found = re.match(r"([A-Za-z]{0,40}): ?(.*)", text)
    return (found[1], found[2]) if found and (found[1] in _KINDS or found[1] in _VAGUE) else ("", text)


def _reason(kind: str, said: str) -> Reason | None:
    """What failed, where the kind or the words are known; None keeps the words alone."""
    folded = said.casefold()
    by_words = next((reason for reason, words in _ERRORS if any(word in folded for word in words)), None)
    return _KINDS.get(kind, by_words)


READER: Reader = _ProxyingPaste()
