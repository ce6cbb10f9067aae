"""Live progress on stderr: what is about to be sent, and each thing as it ends."""

from __future__ import annotations

import sys

from easwizard.case.facts import HttpFacts, Observation, SampleFacts
from easwizard.case.progress import Finished, Progress, Sampled
from easwizard.case.requests import Request, SampleAnonymous, SampleSignIn
from easwizard.workflow.planning import longest_wait


class Talker:
    """A listener that writes one short line for each thing that ended."""

    def announce(self, step: str, requests: tuple[Request, ...]) -> None:
        """What is about to be sent; for sign-ins also how long the pauses take (J11)."""
        sent = sum(r.count if isinstance(r, SampleAnonymous) else 1 for r in requests)
        self._say(f"{step}: {sent} requests")
        if any(isinstance(request, SampleSignIn) for request in requests):
            for request in requests:
                self._say(f"  {request.label}")
            self._say(f"  at most {longest_wait(requests):.0f} s of pauses, plus the answers")

    def __call__(self, event: Progress) -> None:
        if isinstance(event, Sampled):
            self._say(f"  {event.request.account} at {event.request.target.host}, {event.number}: {event.outcome}")
        elif isinstance(event, Finished):
            self._say(f"  {event.request.label}: {_ending(event.observations)}")

    def _say(self, line: str) -> None:
        encoding = sys.stderr.encoding or "utf-8"
        print(line.encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)


def _ending(observations: tuple[Observation, ...]) -> str:
    """The highest layer that says something: an HTTP status, else the reason there is none."""
    for observation in observations:
        facts = observation.facts
        if isinstance(facts, SampleFacts) and observation.ok:
            return f"{facts.ok} of {facts.sent} {'signed in' if facts.account else 'answered'}"
        if isinstance(facts, HttpFacts) and observation.ok:
            name = facts.identity.computer if facts.identity is not None else None
            return ", ".join(filter(None, [str(facts.status), name or facts.answered_by]))
    failed = next((o.words for o in observations if o.words is not None), None)
    return failed or "answered"
