"""The verdict algebra of DESIGN 6: clues in, one verdict out. No Exchange knowledge lives here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis


@dataclass(frozen=True)
class Judgement:
    """A verdict, and whether proof stands against exclusion."""

    verdict: Verdict
    conflict: bool = False


def judge(clues: Sequence[Clue], caps: Iterable[Cap] = ()) -> Judgement:
    """The verdict on one subject of one problem.

    The order is the contract's: proof against exclusion, exclusion, strength of what is positive, weakening by
    one step, and last the caps of judgement.md, which only ever lower a verdict that says something is there.
    """
    proves = [c for c in clues if c.effect is Effect.PROVES]
    excluded = any(c.effect is Effect.EXCLUDES and c.basis is Basis.CONFIRMED for c in clues)
    if excluded and not proves:
        return Judgement(Verdict.RULED_OUT)
    positive = [c for c in clues if c.is_positive]
    if not positive:
        return Judgement(Verdict.NOT_EXAMINED)
    verdict = Verdict.LIKELY if excluded else _strength(positive)
    if any(_weakens(c) for c in clues):
        verdict = _one_step_down(verdict)
    return Judgement(_capped(verdict, caps), conflict=excluded)


def _strength(positive: Sequence[Clue]) -> Verdict:
    if all(c.group is Group.ANSWER for c in positive):
        # Answers alone never exceed likely.
        return Verdict.LIKELY if any(c.effect is Effect.PROVES or c.strong for c in positive) else Verdict.POSSIBLE
    if any(c.effect is Effect.PROVES and c.basis is Basis.CONFIRMED for c in positive):
        return Verdict.CONFIRMED
    two_groups = len({c.group for c in positive}) >= 2
    if two_groups and any(c.basis is Basis.CONFIRMED for c in positive):
        return Verdict.CONFIRMED
    if two_groups or any(c.effect is Effect.PROVES or c.strong for c in positive):
        return Verdict.LIKELY
    return Verdict.POSSIBLE


def _weakens(clue: Clue) -> bool:
    """An exclusion that is only believed or inferred counts as weakening."""
    return clue.effect is Effect.WEAKENS or (clue.effect is Effect.EXCLUDES and clue.basis is not Basis.CONFIRMED)


def _one_step_down(verdict: Verdict) -> Verdict:
    return Verdict.LIKELY if verdict is Verdict.CONFIRMED else Verdict.POSSIBLE


def _capped(verdict: Verdict, caps: Iterable[Cap]) -> Verdict:
    return max([verdict, *(cap.verdict for cap in caps)], key=lambda v: v.rank)
