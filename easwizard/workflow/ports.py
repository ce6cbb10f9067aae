"""What the use cases need from outside, as small protocols; the command line plugs the real ones in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from easwizard.case.facts import Observation
from easwizard.case.progress import Listener
from easwizard.case.requests import Request


class Prober(Protocol):
    """Carries requests out and reports what happens; every request ends in observations, never in an exception."""

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]: ...

    def cancel(self, request: Request) -> None:
        """End one request that runs or waits; its observations become `cancelled`. Unknown ones are ignored."""
