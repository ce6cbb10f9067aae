"""How a request ends that did not run to its end, and the making of observations. Knows no kind of request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from easwizard.case.facts import Facts, Observation, Reason, Status
from easwizard.case.untrusted import visible
from easwizard.probes.failures import Failure


@dataclass(frozen=True)
class Ending:
    """What becomes of the observations that a request has not made."""

    status: Status
    reason: Reason | None = None
    detail: str | None = None

    @classmethod
    def of(cls, failure: Failure) -> Ending:
        return cls(Status.FAILED, failure.reason, failure.detail)

    @classmethod
    def skipped(cls, why: str) -> Ending:
        return cls(Status.SKIPPED, detail=visible(why))

    @classmethod
    def internal(cls, error: Exception) -> Ending:
        """A fault of the probe itself; only the type is told, since a message may hold anything."""
        return cls(Status.FAILED, Reason.INTERNAL, type(error).__name__)


OK = Ending(Status.OK)
CANCELLED = Ending(Status.CANCELLED)
DEADLINE = Ending(Status.FAILED, Reason.DEADLINE)
TOO_LATE = Ending.skipped("the time for the whole run was over")
NO_CONNECTION = Ending.skipped("no connection")


class Probe(Protocol):
    """One request being carried out."""

    async def look(self) -> None:
        """Look; what was seen stays in the probe, also when this is interrupted."""

    def observations(self, ending: Ending) -> tuple[Observation, ...]:
        """What was seen; whatever was not reached ends as `ending` says."""


@dataclass(frozen=True)
class Scribe:
    """Writes observations with their vantage and time."""

    vantage: str
    clock: Callable[[], datetime]

    def write(
        self, id: str, target: str, facts: Facts, ending: Ending, phases_ms: Mapping[str, float] | None = None
    ) -> Observation:
        phases = dict(phases_ms or {})
        return Observation(
            id=id,
            target=visible(target),
            vantage=self.vantage,
            status=ending.status,
            facts=facts,
            at=self.clock(),
            reason=ending.reason,
            detail=ending.detail,
            phases_ms=phases,
            elapsed_ms=round(sum(phases.values()), 3) if phases else None,
        )
