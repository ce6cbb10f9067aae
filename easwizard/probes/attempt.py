"""One connection and what it has shown so far; filled as it goes, so that an interruption loses nothing.

Knows neither httpx nor observations.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from easwizard.case.requests import Target
from easwizard.probes.chains import sent_by_server
from easwizard.probes.failures import FIRST_BYTE, TCP, TLS, Failure
from easwizard.probes.transcript import Transcript

OnPhase = Callable[[str], None]
"""Told each phase that a connection reaches."""


@dataclass(frozen=True)
class Destination:
    """Where to dial and whom to ask for: the address of one machine, the name of the namespace."""

    host: str
    address: str
    port: int
    own_port: int | None = None
    """The namespace's own port, where another one is dialled to reach a member: Host names it all the same."""

    @classmethod
    def of(cls, target: Target, address: str, port: int | None = None) -> Destination:
        """That address of a namespace, at the namespace's own port unless a member has another."""
        return cls(target.host, address, port or target.port, target.port)

    @property
    def name(self) -> str:
        """The host in ASCII, without the trailing dot that breaks certificate checks (transport.md 3)."""
        host = self.host.rstrip(".")
        return host if host.isascii() else host.encode("idna").decode("ascii")


@dataclass(frozen=True)
class Session:
    """A TLS session that came about."""

    protocol: str | None
    cipher: str | None
    certificate: bytes | None
    sent: tuple[bytes, ...] = ()
    """Every certificate that the server sent; empty where that cannot be seen."""


@dataclass(frozen=True)
class Answer:
    """The head of one HTTP answer, made harmless; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    challenges: tuple[str, ...]
    substatus: int | None = None
    tokens: tuple[str, ...] = field(default=(), repr=False)
    """The WWW-Authenticate values as they came, bounded but hostile; for readers of challenges only."""
    body: bytes = field(default=b"", repr=False)
    """The beginning of the body, as much as was wished for; hostile."""
    heard_at: float | None = None
    """When the head came, by the monotonic clock."""


@dataclass
class Attempt:
    """What one connection came to. Exactly one of `answer` and `failure` is set at the end."""

    destination: Destination
    transcript: Transcript = field(default_factory=Transcript)
    phase: str | None = None
    """The phase under way, or the one in which the attempt ended; None before it began."""
    phases_ms: dict[str, float] = field(default_factory=dict)
    session: Session | None = None
    answer: Answer | None = None
    failure: Failure | None = None
    _since: float = 0.0

    @property
    def connected(self) -> bool:
        """Whether TCP came about."""
        return self.phase in (TLS, FIRST_BYTE)

    @property
    def asked(self) -> bool:
        """Whether the request was sent, as far as can be known: it follows the TLS handshake at once."""
        return self.phase == FIRST_BYTE

    @property
    def elapsed_ms(self) -> float:
        return round(sum(self.phases_ms.values()), 3)

    @property
    def certificate(self) -> bytes | None:
        """The server's own certificate, also where the handshake failed after it came."""
        if self.session is not None:
            return self.session.certificate
        return next(iter(self.sent), None)

    @property
    def sent(self) -> tuple[bytes, ...]:
        """Every certificate that the server sent, its own first; empty where that cannot be seen."""
        return self.session.sent if self.session is not None else self.transcript.server_chain

    def enter(self, phase: str) -> None:
        """Begin a phase; the one before it ends here."""
        self.leave()
        self.phase, self._since = phase, time.monotonic()

    def leave(self) -> None:
        """End the phase under way, successfully or not."""
        if self.phase is not None:
            self.phases_ms[self.phase] = round((time.monotonic() - self._since) * 1000, 3)

    def failed_in(self, phase: str) -> Failure | None:
        return self.failure if self.phase == phase else None


def session_of(tls: ssl.SSLObject) -> Session:
    """The facts of an established TLS session."""
    cipher = tls.cipher()
    certificate = tls.getpeercert(binary_form=True)
    return Session(tls.version(), cipher[0] if cipher else None, certificate, sent_by_server(tls))


__all__ = ["FIRST_BYTE", "TCP", "TLS", "Answer", "Attempt", "Destination", "OnPhase", "Session", "session_of"]
