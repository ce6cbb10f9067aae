"""One measured ratio with its target, and a table of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Ratio:
    """Ours over the rival's, of which the median counts; each value was measured side by side."""

    what: str
    rival: str
    values: tuple[float, ...]
    target: float
    at_least: bool = False
    """Whether more is better; else the target is the most that is allowed."""
    note: str = ""
    """The median figures behind it, for people."""

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def met(self) -> bool:
        return self.value >= self.target if self.at_least else self.value <= self.target


def table(ratios: Sequence[Ratio]) -> str:
    """One line for each ratio, with the spread of its values."""
    head = ("what", "against", "ratio", "from", "to", "target", "", "figures")
    rows = [head, *map(_row, ratios)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(ratio: Ratio) -> tuple[str, ...]:
    sign = ">=" if ratio.at_least else "<="
    numbers = (f"{n:.2f}" for n in (ratio.value, min(ratio.values), max(ratio.values)))
    verdict = "met" if ratio.met else "MISSED"
    return (ratio.what, ratio.rival, *numbers, f"{sign} {ratio.target:.2f}", verdict, ratio.note)
