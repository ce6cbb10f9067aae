"""What a problem file defines, and how all of them are found: one new pair of files is one new problem."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from easwizard.case.case import Case
from easwizard.diagnosis.clues import AnswerClue, Cap, Clue, Missing
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.words import Words, load_words


@dataclass(frozen=True)
class Examination:
    """What a problem file sees in one case. No clue at all means: not examined, for the reasons in `missing`."""

    clues: tuple[Clue, ...] = ()
    caps: tuple[Cap, ...] = ()
    missing: tuple[Missing, ...] = ()
    summary: str = ""
    """One sentence on this case; the problem's title where it is empty."""
    severity: Severity | None = None
    """Where it differs in this case from the problem's usual one."""


@dataclass(frozen=True)
class Problem:
    """Something that can be wrong.

    `reads` names questions whose answers `examine` weighs itself, beside those in `answers`; `yields_to` the codes
    that explain the problem away when they are likely.
    """

    code: str
    severity: Severity
    examine: Callable[[Case], Examination]
    answers: tuple[AnswerClue, ...] = ()
    reads: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A problem with its words."""

    problem: Problem
    words: Words

    @property
    def code(self) -> str:
        return self.problem.code


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every problem that this program knows, by code."""
    package = importlib.import_module("easwizard.diagnosis.problems")
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    entries = [_entry(importlib.import_module(f"{package.__name__}.{name}"), name) for name in names]
    return tuple(sorted(entries, key=lambda entry: entry.code))


def _entry(module: ModuleType, name: str) -> Entry:
    problem = module.PROBLEM
    if not isinstance(problem, Problem):
        raise TypeError(f"{module.__name__} defines no problem")
    return Entry(problem, load_words("easwizard.diagnosis.problems", name))
