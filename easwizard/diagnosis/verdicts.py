"""The four words in which a problem is judged, and the fifth for one that nobody looked at (DESIGN 2)."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """How sure we are that a problem is there. In falling order of what an admin should read first."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    RULED_OUT = "ruled-out"
    NOT_EXAMINED = "not-examined"

    @property
    def rank(self) -> int:
        """0 for confirmed, rising."""
        return list(Verdict).index(self)

    @property
    def asserts(self) -> bool:
        """Whether it says that the problem is there, and not only that it may be."""
        return self in (Verdict.CONFIRMED, Verdict.LIKELY)


class Severity(StrEnum):
    """How much harm a problem does if it is there. Never a measure of how sure we are."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for high, rising."""
        return list(Severity).index(self)
