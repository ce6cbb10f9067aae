"""What a gate's file defines, and how all gates are found: one new pair of files is one new gate."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from types import ModuleType

from easwizard.case.mending import GateState
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import Kind, Rest
from easwizard.checklist.words import Words, load_words

_PACKAGE = "easwizard.checklist.gates"


class Topic(StrEnum):
    """Where a gate stands on the list; in the order of exchange.md 7."""

    NETWORK = "DNS and network"
    CERTIFICATES = "Certificates"
    VDIRS = "Virtual directories"
    VERSIONS = "Versions"
    BALANCING = "Load balancing"
    AUTODISCOVER = "Autodiscover"
    PEOPLE = "People and process"


class Mode(StrEnum):
    """Who tells that a gate holds: the program where it can, else a person."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True)
class Sight:
    """What the program sees of a gate by itself: pass, fail, or unknown with what is missing."""

    state: GateState
    text: str
    rests_on: tuple[Rest, ...] = ()


def passed(text: str, rests_on: Sequence[Rest]) -> Sight:
    return Sight(GateState.PASS, text, tuple(rests_on))


def failed(text: str, rests_on: Iterable[Rest] = ()) -> Sight:
    return Sight(GateState.FAIL, text, tuple(rests_on))


def left_open(text: str) -> Sight:
    """Nothing speaks against it, and not enough speaks for it."""
    return Sight(GateState.UNKNOWN, text)


Look = Callable[[Evidence], Sight | None]


@dataclass(frozen=True)
class Gate:
    """One item of the checklist."""

    topic: Topic
    source: str
    """The section of exchange.md or the rule of judgement.md that it comes from."""
    lasts: timedelta
    """How long a person's word on it counts."""
    look: Look | None = None
    """What the program can tell of it; None where only a person can."""
    only_fails: bool = False
    """Whether what the program can tell is only that it fails; then a person tells that it holds."""
    only_with_certificates: bool = False
    """Whether it means nothing where no phone signs in with a certificate."""


@dataclass(frozen=True)
class Entry:
    """A gate with its id and words."""

    id: str
    gate: Gate
    words: Words

    @property
    def mode(self) -> Mode:
        """Who can tell that it holds."""
        return Mode.MANUAL if self.gate.look is None or self.gate.only_fails else Mode.AUTOMATIC


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every gate, by topic and then by id."""
    package = importlib.import_module(_PACKAGE)
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    entries = [_entry(importlib.import_module(f"{_PACKAGE}.{name}"), name) for name in names]
    return tuple(sorted(entries, key=lambda entry: (list(Topic).index(entry.gate.topic), entry.id)))


def _entry(module: ModuleType, name: str) -> Entry:
    gate = module.GATE
    if not isinstance(gate, Gate):
        raise TypeError(f"{module.__name__} defines no gate")
    return Entry(f"gate/{name.replace('_', '-')}", gate, load_words(_PACKAGE, name))


def by_findings(evidence: Evidence, *codes: str) -> Sight | None:
    """A failure where one of these problems is confirmed or likely today; None where none is."""
    told = [(code, evidence.findings[code]) for code in codes if code in evidence.findings]
    if not told:
        return None
    text = "; ".join(f"{code}: {finding.text}" for code, finding in told)
    return failed(text, [Rest(Kind.LOOK, finding.at) for _, finding in told])


def as_read(evidence: Evidence, sight: Sight) -> Sight:
    """A pass only where it was read of the new servers themselves: that a plan says so does not make it so.

    The new servers are set up before the window; what changes on the old ones is a step of the window (J21).
    """
    if sight.state is not GateState.PASS or not evidence.only_planned:
        return sight
    waiting = ", ".join(evidence.only_planned)
    return left_open(f"by the plan: {sight.text}; carry it out and read the new servers again: {waiting}")
