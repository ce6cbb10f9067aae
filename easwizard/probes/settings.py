"""How long a probe waits and how many run side by side. Numbers only; knows no request and no network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Deadlines:
    """Seconds that each phase may take; the first byte is slow on purpose, a throttled server needs 45 s (J11)."""

    dns: float = 5.0
    tcp: float = 5.0
    tls: float = 10.0
    first_byte: float = 60.0


@dataclass(frozen=True)
class Limits:
    """How many connections may be open at once: to one far end, and in all (DESIGN 10)."""

    per_endpoint: int = 4
    overall: int = 16
