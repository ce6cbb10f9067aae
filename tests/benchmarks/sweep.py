"""A sweep of four names at two resolvers and two addresses, against its own longest chain.

The servers wait 50 ms before their first handshake flight and before each answer, so a sweep that does one thing
after another shows. The chain is what the sweep's own phases say had to be waited for, however it is arranged: for
each step the longest request, or all requests of the busiest far end shared among its connections, or all requests
shared among all connections, whichever is most; the steps follow each other. Judging trust takes a handshake that no
observation shows: it counts like the handshake of the same look.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation
from easwizard.case.progress import Finished, Progress
from easwizard.case.requests import LookAt, Request, Resolver, Target
from easwizard.exchange.inventory import Role
from easwizard.probes.prober import Deadlines, Limits, Prober
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from easwizard.workflow.planning import looking, resolving
from tests.benchmarks.estates import scenario
from tests.benchmarks.processes import practice_estate
from tests.benchmarks.ratio import Ratio

_DELAY = 0.05
_TIMES = 7
_LIMITS = Limits()


def measure() -> Iterator[Ratio]:
    """Wall-clock time over the longest chain."""
    with practice_estate(scenario(1, _DELAY)) as told:
        case, trust = _case(told), Trust.with_ca(Path(told["ca_file"]))
        _sweep(case, trust)  # once unmeasured: imports and first connections
        runs = [_sweep(case, trust) for _ in range(_TIMES)]
    wall, chain = (median(run[which] for run in runs) for which in (0, 1))
    note = f"{wall * 1000:.0f} ms for a chain of {chain * 1000:.0f} ms"
    yield Ratio("sweep 4 x 2 x 2", "its longest chain", tuple(wall / chain for wall, chain in runs), 1.5, note=note)


def _case(told: Mapping[str, Any]) -> Case:
    resolvers = tuple(Resolver(r["label"], r["address"], r["port"]) for r in told["resolvers"])
    targets = tuple(Target(n["host"], told["port"], Role(n["role"])) for n in told["namespaces"])
    return Case(Vantage("bench", resolvers), targets)


def _sweep(case: Case, trust: Trust) -> tuple[float, float]:
    """Seconds that one sweep took, and those of its chain."""
    prober = Prober(
        vantage="bench",
        deadlines=Deadlines(),
        limits=_LIMITS,
        trust=trust,
        secrets=Secrets(),
        clock=lambda: datetime.now(UTC),
    )
    return asyncio.run(_steps(case, prober))


async def _steps(case: Case, prober: Prober) -> tuple[float, float]:
    since, chain = time.perf_counter(), 0.0
    for plan in (resolving, looking):
        ended: list[Finished] = []

        def keep(event: Progress, ended: list[Finished] = ended) -> None:
            if isinstance(event, Finished):
                ended.append(event)

        case = case.with_observations(await prober.run(plan(case), keep))
        chain += _chain({event.request: _seconds(event.request, event.observations) for event in ended})
    taken = time.perf_counter() - since
    _check(case)
    return taken, chain


def _chain(seconds: Mapping[Request, float]) -> float:
    """The least time that these requests can take together within the limits."""
    at: defaultdict[str, float] = defaultdict(float)
    for request, taken in seconds.items():
        at[request.endpoint] += taken
    busiest = max(at.values()) / _LIMITS.per_endpoint
    return max(max(seconds.values()), busiest, sum(seconds.values()) / _LIMITS.overall)


def _seconds(request: Request, observations: Sequence[Observation]) -> float:
    """How long the far side and the way to it kept one request, by its observations' own phases."""
    longest = max(observations, key=lambda o: o.elapsed_ms or 0.0)
    phases = longest.phases_ms
    milliseconds = sum(phases.values())
    if isinstance(request, LookAt):
        milliseconds += phases.get("tcp", 0.0) + phases.get("tls", 0.0)
    return milliseconds / 1000


def _check(case: Case) -> None:
    """A sweep that saw nothing would be quick."""
    for target in case.targets:
        answered = [o for o, _ in case.http(target) if o.ok]
        if len(case.addresses(target.host)) != 2 or len(answered) < 4:
            raise RuntimeError(f"{target.name} was not swept")
