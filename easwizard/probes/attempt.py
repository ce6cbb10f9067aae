"""One connection and what it has shown so far; filled as it goes, so that an interruption loses nothing.

Knows neither httpx nor observations.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Answer:
    """The head of one HTTP answer, made harmless; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    challenges: tuple[str, ...]
    substatus: int | None = None


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
    return Session(tls.version(), cipher[0] if cipher else None, tls.getpeercert(binary_form=True))


__all__ = ["FIRST_BYTE", "TCP", "TLS", "Answer", "Attempt", "Destination", "OnPhase", "Session", "session_of"]
