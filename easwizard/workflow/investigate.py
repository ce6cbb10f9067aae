"""The use case "look at everything the admin named": resolve, look, sign in, each step planned from the last."""

from __future__ import annotations

from collections.abc import Callable

from easwizard.case.case import Case
from easwizard.case.progress import Listener
from easwizard.case.requests import Request
from easwizard.workflow.planning import SamplingManners, enumerating, looking, posting, resolving, signing_in
from easwizard.workflow.ports import Prober

Announce = Callable[[str, tuple[Request, ...]], None]
"""Called with a step's name and its requests before they are sent."""


async def investigate(
    case: Case, prober: Prober, manners: SamplingManners, listener: Listener, announce: Announce
) -> Case:
    """The case with everything that could be seen from here. Partial results stay when a step fails."""
    steps: tuple[tuple[str, Callable[[Case], tuple[Request, ...]]], ...] = (
        ("resolving", resolving),
        ("looking", lambda known: looking(known, manners)),
        ("seeing who answers", lambda known: enumerating(known, manners)),
        ("asking Autodiscover as a phone does", lambda known: posting(known, manners)),
        ("signing in", lambda known: signing_in(known, manners)),
    )
    for name, plan in steps:
        requests = plan(case)
        if requests:
            announce(name, requests)
            case = case.with_observations(await prober.run(requests, listener))
    return case
