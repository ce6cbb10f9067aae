"""How sure a statement about Exchange is, in the three marks that exchange.md puts on every fact."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Basis(StrEnum):
    """The mark of a statement: [C], [B] or [I] of exchange.md. A direct observation is `CONFIRMED`."""

    CONFIRMED = "confirmed"
    BELIEVED = "believed"
    INFERRED = "inferred"


_STRENGTH = (Basis.CONFIRMED, Basis.INFERRED, Basis.BELIEVED)


def weakest(bases: Iterable[Basis]) -> Basis:
    """The basis of a conclusion that rests on several statements (DESIGN 6): the weakest of theirs.

    An inference follows from confirmed facts, a belief does not, so a belief is the weaker of the two.
    """
    return max(bases, key=_STRENGTH.index, default=Basis.CONFIRMED)
