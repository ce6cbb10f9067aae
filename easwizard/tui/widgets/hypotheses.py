"""What the answers point to so far, the most pressing first, with a sign on what has just moved."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from easwizard.diagnosis.interview import Ranked
from easwizard.diagnosis.verdicts import Verdict
from easwizard.tui.safe_text import plain
from easwizard.tui.symbols import Symbols, symbols

_MOST = 12
_ONE_LINE = 56
"""Columns from which on a hypothesis fits into one line."""


class Hypotheses(Static):
    """The ranking; drawn anew it shows what rose, fell or is new since the time before."""

    DEFAULT_CSS = """
    Hypotheses { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ranked: tuple[Ranked, ...] | None = None
        self._moved: dict[str, int] = {}

    def draw(self, ranked: tuple[Ranked, ...]) -> None:
        """Show this ranking; the signs stay until it changes again."""
        if self._ranked is not None and ranked != self._ranked:
            self._moved = _moves(self._ranked, ranked)
        self._ranked = ranked
        self.update(Content("\n").join(self._lines(ranked, symbols(self.app))))

    def _lines(self, ranked: Sequence[Ranked], signs: Symbols) -> list[Content]:
        lines = [plain("What it points to so far", "bold $primary")]
        open_ones = [one for one in ranked if one.verdict is not Verdict.RULED_OUT]
        if not open_ones:
            lines.append(plain("nothing yet: every answer moves this", "dim"))
        for one in open_ones[:_MOST]:
            lines.extend(self._one(one, signs))
        rest = len(open_ones) - _MOST
        out = len(ranked) - len(open_ones)
        tail = [f"{rest} more" if rest > 0 else "", f"{out} ruled out" if out else ""]
        if any(tail):
            lines.append(plain(f"  {signs.verdict[Verdict.RULED_OUT]} {', '.join(filter(None, tail))}", "dim"))
        return lines

    def _one(self, one: Ranked, signs: Symbols) -> list[Content]:
        moved = self._moved.get(one.code, 0)
        arrow = signs.up if moved > 0 else signs.down if moved < 0 else " "
        head = f"{arrow} {signs.verdict[one.verdict]} {one.verdict.value:<9} {one.weight:>+3} "
        style = "bold" if one.verdict.asserts else ""
        if self.size.width >= _ONE_LINE:
            return [plain(f"{head} {one.title}", style)]
        return [plain(head, style), plain(f"    {one.title}", style)]

    def on_resize(self) -> None:
        if self._ranked is not None:
            self.update(Content("\n").join(self._lines(self._ranked, symbols(self.app))))


def _moves(before: Sequence[Ranked], now: Sequence[Ranked]) -> dict[str, int]:
    """Above 0 for what is more pressing than before, below 0 for what is less."""
    old = {one.code: (-one.verdict.rank, one.weight) for one in before}
    none = (-Verdict.NOT_EXAMINED.rank, 0)
    moves = {}
    for one in now:
        was, is_now = old.get(one.code, none), (-one.verdict.rank, one.weight)
        moves[one.code] = (is_now > was) - (is_now < was)
    return moves
