"""What the old servers answer to a leg, asked of the running estate over TLS as its front ends ask.

Each target is asked once for each mailbox, at each of its addresses, and the answer is kept. Where a device stands in
front, or a web site refuses a share of the legs, it is asked more often, since one answer would not tell the share.
Asking shows in the estate's journal and in the throws of its dice; it knows no Exchange beyond legs.
"""

from __future__ import annotations

import itertools
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace

from easwizard.lab import https_client
from easwizard.lab.estate import Estate
from easwizard.lab.http_messages import Reply
from easwizard.lab.proxy_leg import LegTarget
from easwizard.lab.scenario import Account, FrontKind, Tls

_OFTEN = 12
_CHALLENGE = "www-authenticate"
_PROOF = "MS-Server-ActiveSync"
_HTTP_SYS = "HTTPAPI"
NO_NAME, NO_CONNECTION, NO_TLS = "NameResolutionFailure", "ConnectFailure", "SecureChannelFailure"
"""Where no answer came: the names that .NET gives to it, as the proxying server logs them (logs.md 4)."""


@dataclass(frozen=True)
class LegAnswer:
    """What came back for one leg."""

    endpoint: str | None = None
    """Label of the web site that saw it; None where none did."""
    status: int | None = None
    works: bool = False
    """Whether ActiveSync of the old server itself answered."""
    offers: tuple[str, ...] = ()
    """Ways to sign in that a 401 offered, in lower case."""
    by_http_sys: bool = False
    through: FrontKind | None = None
    """The device that it came through, if any."""
    error: str = ""
    """Why no answer came."""


class AskedLegs:
    """Asks a running estate, and remembers."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._caller = estate.leg_caller
        self._numbers = itertools.count(1)
        self._known: dict[tuple[LegTarget, str, Tls], tuple[LegAnswer, ...]] = {}

    def answers(self, target: LegTarget, account: Account, oldest_tls: Tls) -> tuple[LegAnswer, ...]:
        """What may come back, each answer as often as it came; at least one."""
        key = (target, account.user, oldest_tls)
        if key not in self._known:
            self._known[key] = self._ask(target, account.user, oldest_tls)
        return self._known[key]

    def _ask(self, target: LegTarget, user: str, oldest_tls: Tls) -> tuple[LegAnswer, ...]:
        addresses = self._caller.resolve(target.host)
        if not addresses:
            return (LegAnswer(error=NO_NAME),)
        came = [
            self._ask_once(address, target, user, oldest_tls)
            for address in addresses
            for _ in range(self._times(target.host))
        ]
        # A client goes on to the next address where one gives no answer.
        return tuple([each for each in came if each.status is not None] or came)

    def _times(self, host: str) -> int:
        scenario = self._estate.scenario
        record = self._estate.inventory.namespace(host)
        labels = [place.label for place in record.endpoints] if record else []
        if any(0 < scenario.site_knobs_of(label).refuses_servers < 1 for label in labels):
            return _OFTEN
        return max(1, len(labels)) if host in scenario.fronts else 1

    def _ask_once(self, address: str, target: LegTarget, user: str, oldest_tls: Tls) -> LegAnswer:
        mark = f"Cmd=Options&Ask={next(self._numbers)}"
        marked = replace(target, path=f"{target.path}?{mark}")
        try:
            reply = self._caller.call_at(address, marked, "OPTIONS", user, oldest_tls)
        except (ConnectionRefusedError, TimeoutError):
            return LegAnswer(error=NO_CONNECTION)
        except https_client.FAILURES as error:
            return LegAnswer(error=NO_TLS if isinstance(error, ssl.SSLError | ConnectionError) else NO_CONNECTION)
        front = self._estate.scenario.fronts.get(target.host)
        return _answer(reply, self._seen(mark), front.kind if front else None)

    def _seen(self, mark: str) -> str | None:
        visits = self._estate.visits()
        return next((visit.endpoint for visit in reversed(visits) if visit.target.endswith(mark)), None)


def _answer(reply: Reply, endpoint: str | None, through: FrontKind | None) -> LegAnswer:
    return LegAnswer(
        endpoint=endpoint,
        status=reply.status,
        works=reply.status == 200 and reply.header(_PROOF) is not None,
        offers=tuple(_offers(reply)),
        by_http_sys=from_http_sys(reply),
        through=through,
    )


def from_http_sys(reply: Reply) -> bool:
    """Whether Windows answered before IIS saw the request."""
    return _HTTP_SYS in (reply.header("Server") or "")


def _offers(reply: Reply) -> Iterator[str]:
    for name, value in reply.headers:
        if name.lower() == _CHALLENGE:
            yield value.partition(" ")[0].lower()
