"""Clues: what facts say about a problem, and what is still missing (DESIGN 2 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis


class Effect(StrEnum):
    """Which way a clue points, and how hard."""

    PROVES = "proves"
    SUPPORTS = "supports"
    WEAKENS = "weakens"
    EXCLUDES = "excludes"


class Group(StrEnum):
    """Where a clue comes from; clues of different groups are independent of each other."""

    PROBE = "probe"
    SAMPLING = "sampling"
    EVIDENCE = "evidence"
    LOG = "log"
    ANSWER = "answer"


Subject = tuple[str, ...]
"""The names or servers that a clue is about; empty when it is about the whole estate."""


@dataclass(frozen=True)
class Clue:
    """What one or several facts say about a problem."""

    effect: Effect
    text: str
    source: str
    """The section of exchange.md or the rule of judgement.md it rests on."""
    group: Group
    basis: Basis = Basis.CONFIRMED
    subject: Subject = ()
    observation: str | None = None
    """Id of the observation behind it, if there is exactly one."""
    strong: bool = False
    """A single `supports` that makes the problem likely by itself."""

    @property
    def is_positive(self) -> bool:
        return self.effect in (Effect.PROVES, Effect.SUPPORTS)


@dataclass(frozen=True)
class Cap:
    """ "At most" of judgement.md: the verdict goes no higher while the named condition holds."""

    verdict: Verdict
    because: str
    source: str


@dataclass(frozen=True)
class Missing:
    """Evidence that would settle a problem, why, and the one command or step that gets it."""

    evidence: str
    why: str
    how: str
    comes_first: bool = False
    """Whether little else can be seen before this."""


@dataclass(frozen=True)
class AnswerClue:
    """What certain answers to one question say about a problem; kept in the problem's own file."""

    question: str
    values: tuple[str, ...]
    effect: Effect
    text: str
    source: str
