"""What each server on the way saw of one request: the front end, the server that proxies, the old one. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from easwizard.exchange.inventory import Endpoint, Server
from easwizard.lab.logs.codes import OK, Codes
from easwizard.lab.logs.traffic import Hit


class Ending(StrEnum):
    """How a request ended, as it was meant, whatever its codes look like."""

    OK = "ok"
    FAILED = "failed"
    CREDENTIALS = "credentials"
    HANDSHAKE = "handshake"
    REDIRECTED = "redirected"


@dataclass(frozen=True)
class Back:
    """What the mailbox server that took a request over saw of it."""

    server: Server
    codes: Codes = OK
    proxied_to: str = ""
    error: str = ""
    throttled: bool = False
    redirected_to: str = ""


@dataclass(frozen=True)
class Leg:
    """What an old server saw of it."""

    endpoint: str
    caller: Server
    codes: Codes
    path: str
    by_http_sys: bool = False

    @property
    def works(self) -> bool:
        return self.codes.status == OK.status


@dataclass(frozen=True)
class Journey:
    """One request, and what each hop saw of it."""

    hit: Hit
    front: Endpoint
    server: Server
    codes: Codes
    ending: Ending
    by_http_sys: bool = False
    """HTTP.sys answered: IIS saw nothing."""
    target: Server | None = None
    """Whom the front end handed it to; None where it answered by itself."""
    back: Back | None = None
    leg: Leg | None = None

    @property
    def signed_in(self) -> bool:
        """Whether the front end knew the user when it answered."""
        return self.target is not None or self.codes == OK
