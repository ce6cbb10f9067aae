"""Anonymous sampling at pace 0, against a bare asyncio TLS loop that sends the same requests four at a time."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from easwizard.case.facts import SampleFacts
from easwizard.case.progress import ignore
from easwizard.case.requests import SampleAnonymous, Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH
from easwizard.probes.prober import Deadlines, Limits, Prober
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from tests.benchmarks.processes import far_side
from tests.benchmarks.ratio import Ratio
from tests.benchmarks.serving import HOST

_COUNT, _AT_ONCE, _TIMES = 100, 4, 41
"""Many short pairs: what else this machine does then falls on both sides alike."""
_ADDRESS = "127.0.0.1"


def measure() -> Iterator[Ratio]:
    """Requests per second over the bare loop's."""
    with far_side("tls") as told:
        port, trust = int(told["port"]), Trust()
        bare, ours = [], []
        for number in range(_TIMES + 1):
            pair = asyncio.run(_timed_bare(port)), asyncio.run(_timed_ours(port, trust))
            if number:  # the first pair warms up
                bare.append(pair[0])
                ours.append(pair[1])
    values = tuple(rival / own for rival, own in zip(bare, ours, strict=True))
    note = f"{_COUNT / median(ours):.0f}/s and {_COUNT / median(bare):.0f}/s"
    yield Ratio("anonymous sampling", "a bare TLS loop", values, 0.8, at_least=True, note=note)


async def _timed_ours(port: int, trust: Trust) -> float:
    prober = Prober(
        vantage="bench",
        deadlines=Deadlines(),
        limits=Limits(),
        trust=trust,
        secrets=Secrets(),
        clock=lambda: datetime.now(UTC),
    )
    request = SampleAnonymous(Target(HOST, port, Role.GENERIC), _ADDRESS, _COUNT, _AT_ONCE)
    since = time.perf_counter()
    (seen,) = await prober.run([request], ignore)
    taken = time.perf_counter() - since
    if not isinstance(seen.facts, SampleFacts) or seen.facts.ok != _COUNT:
        raise RuntimeError(f"not every sample was answered: {seen}")
    return taken


async def _timed_bare(port: int) -> float:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = (
        f"OPTIONS {ACTIVESYNC_PATH} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
        "User-Agent: easwizard\r\nConnection: close\r\n\r\n"
    ).encode()
    left = iter(range(_COUNT))

    async def work() -> None:
        for _ in left:
            reader, writer = await asyncio.open_connection(_ADDRESS, port, ssl=context, server_hostname=HOST)
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 401"):
                raise RuntimeError("not answered")
            writer.transport.abort()

    since = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    return time.perf_counter() - since
