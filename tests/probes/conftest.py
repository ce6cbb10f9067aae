"""Fixtures: an authority that is trusted, one that is not, and a way to run a prober to its end."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from easwizard.case.facts import DnsFacts, HttpFacts, Observation, SampleFacts, TcpFacts, TlsFacts
from easwizard.case.progress import Progress
from easwizard.case.requests import AskProxy, LookAt, Request, Target
from easwizard.exchange.inventory import Role
from easwizard.probes.prober import Deadlines, Limits, Prober
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from tests.probes.certificates import Authority

HOST = "mail.contoso.test"
SHORT = Deadlines(dns=0.4, tcp=1.0, tls=0.4, first_byte=0.5)
"""For tests in which a deadline passes."""
LONG = Deadlines(dns=5, tcp=5, tls=5, first_byte=8)
"""For all others: never reached unless something is wrong."""
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def target(port: int, host: str = HOST, role: Role = Role.GENERIC) -> Target:
    return Target(host, port, role)


def look_at(port: int, host: str = HOST, address: str = "127.0.0.1") -> LookAt:
    return LookAt(target(port, host), address)


def ask_proxy(port: int, host: str = HOST) -> AskProxy:
    return AskProxy(target(port, host, Role.LEGACY_GENERIC), "127.0.0.1")


@dataclass
class Run:
    """A prober with everything it told."""

    prober: Prober
    events: list[Progress] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __call__(self, *requests: Request, overall_seconds: float | None = None) -> tuple[Observation, ...]:
        return asyncio.run(self.prober.run(requests, self.events.append, overall_seconds=overall_seconds))


MakeRun = Callable[..., Run]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority("Contoso Test CA")


@pytest.fixture(scope="session")
def stranger() -> Authority:
    """An authority that nobody here trusts."""
    return Authority("Strange CA")


@pytest.fixture(scope="session")
def trust(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    path = tmp_path_factory.mktemp("trust") / "ca.pem"
    path.write_bytes(authority.pem)
    return Trust.with_ca(path)


@pytest.fixture
def run(trust: Trust) -> MakeRun:
    """Makes a prober that never really sleeps."""

    def make(
        deadlines: Deadlines = LONG,
        limits: Limits | None = None,
        secrets: Secrets | None = None,
        own: Trust | None = None,
    ) -> Run:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        prober = Prober(
            vantage="JUMP1",
            deadlines=deadlines,
            limits=limits or Limits(),
            trust=own or trust,
            secrets=secrets or Secrets(),
            clock=lambda: NOON,
            sleep=sleep,
        )
        return Run(prober, slept=slept)

    return make


def tcp(observation: Observation) -> TcpFacts:
    assert isinstance(observation.facts, TcpFacts)
    return observation.facts


def tls(observation: Observation) -> TlsFacts:
    assert isinstance(observation.facts, TlsFacts)
    return observation.facts


def http(observation: Observation) -> HttpFacts:
    assert isinstance(observation.facts, HttpFacts)
    return observation.facts


def names(observation: Observation) -> DnsFacts:
    assert isinstance(observation.facts, DnsFacts)
    return observation.facts


def samples(observation: Observation) -> SampleFacts:
    assert isinstance(observation.facts, SampleFacts)
    return observation.facts


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
