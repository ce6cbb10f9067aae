"""What happens while probes run: small events that a screen, a log line or a test can follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from easwizard.case.facts import Observation, SampleFacts
from easwizard.case.requests import Request, SampleSignIn


@dataclass(frozen=True)
class Started:
    """A request left the queue."""

    request: Request


@dataclass(frozen=True)
class Phase:
    """A running request reached a phase: `dns`, `tcp`, `tls` or `first_byte`."""

    request: Request
    phase: str


@dataclass(frozen=True)
class Sampled:
    """One sample of a running sign-in request ended."""

    request: SampleSignIn
    number: int
    outcome: str
    facts: SampleFacts | None = field(default=None, compare=False)
    """All samples of the request so far, counted."""


@dataclass(frozen=True)
class Finished:
    """A request ended, with everything it showed."""

    request: Request
    observations: tuple[Observation, ...]


Progress = Started | Phase | Sampled | Finished
Listener = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """The listener of those who only want the result."""
