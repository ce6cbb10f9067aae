"""What the map of the estate is made of: marked pieces of text, signs, and rows that line up in columns.

It knows nothing of cases: the neighbours say what stands in a row, this says where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from easwizard.case.untrusted import visible

_LONGEST = 253
"""Characters of one piece: those of the longest DNS name."""


class Tone(Enum):
    """How a piece of the map is meant; every tone also has its sign or word."""

    PLAIN = "plain"
    NAME = "name"
    GOOD = "good"
    BAD = "bad"
    DOUBT = "doubt"
    QUIET = "quiet"


@dataclass(frozen=True)
class Span:
    """A piece of a line."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Span, ...]


@dataclass(frozen=True)
class Signs:
    """What lines are drawn with; all but the arrow are one column wide."""

    arrow: str = "─▶"
    tee: str = "├"
    corner: str = "└"
    bar: str = "│"
    up: str = "▲"
    good: str = "✓"
    bad: str = "✗"
    doubt: str = "?"
    quiet: str = "·"
    cut: str = "…"

    def of(self, tone: Tone) -> str:
        return {Tone.GOOD: self.good, Tone.BAD: self.bad, Tone.QUIET: self.quiet}.get(tone, self.doubt)


ASCII = Signs(arrow="->", tee="+", corner="+", bar="|", up="^", good="+", bad="x", doubt="?", quiet=".", cut="~")


@dataclass(frozen=True)
class Row:
    """One way that a request can go, and what is known of it."""

    where: str
    """An address, or the name of an old server."""
    said: str
    tone: Tone
    who: str = ""
    """The servers that answer there."""
    odds: str = ""
    """How often this way is taken, e.g. `50 %` or `?`."""
    note: str = ""
    """What the row means; stands below it."""


def middle_cut(text: str, width: int, sign: str = "…") -> str:
    """The text in at most `width` columns, its middle left out: the ends of a host name tell most.

    >>> middle_cut("legacygeneric.contoso.test", 15)
    'legacyg…so.test'
    """
    if len(text) <= width:
        return text
    kept = max(width - len(sign), 2)
    return f"{text[: kept - kept // 2]}{sign}{text[len(text) - kept // 2 :]}"


def branches(rows: Sequence[Row], signs: Signs, width: int) -> Iterator[Line]:
    """The rows below one another as branches of one tree, their columns in line, within `width` where that goes."""
    odds = max((len(row.odds) for row in rows), default=0)
    before = len(_branch("", signs, odds, last=False))
    where, who = _columns(rows, width - before)
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        place = f"{middle_cut(visible(row.where, _LONGEST), where, signs.cut):<{where}}  "
        server = f"{middle_cut(visible(row.who, _LONGEST), who, signs.cut):<{who}}  " if who else ""
        yield (
            Span(_branch(row.odds, signs, odds, last=is_last), Tone.QUIET),
            Span(place, Tone.NAME if row.odds else Tone.PLAIN),
            Span(server),
            Span(f"{signs.of(row.tone)} {visible(row.said, _LONGEST)}", row.tone),
        )
        if row.note:
            yield _note(row, signs, before + len(place) + len(server), width, last=is_last)


def _branch(odds: str, signs: Signs, odds_width: int, *, last: bool) -> str:
    odds_shown = f"{odds:>{odds_width + 1}} " if odds_width else ""
    return f"  {signs.corner if last else signs.tee}{odds_shown}{signs.arrow} "


def _columns(rows: Sequence[Row], width: int) -> tuple[int, int]:
    """The widths of the place and of the servers; what does not fit is taken from the place first."""
    where = max(min(len(row.where), _LONGEST) for row in rows)
    who = max(min(len(row.who), _LONGEST) for row in rows)
    said = max(len(row.said) for row in rows) + 2
    over = where + 2 + (who + 2 if who else 0) + said - width
    cut_where = max(where - max(over, 0), min(where, _NARROWEST))
    over -= where - cut_where
    return cut_where, max(who - max(over, 0), min(who, _NARROWEST))


_NARROWEST = 15
"""Columns that a place keeps: those of an IPv4 address. What is still too long runs over the edge."""


def _note(row: Row, signs: Signs, column: int, width: int, *, last: bool) -> Line:
    text = f"{signs.up} {row.note}"
    trunk = f"  {' ' if last else signs.bar}"
    return (
        Span(trunk, Tone.QUIET),
        Span(" " * max(min(column, width - len(text)) - len(trunk), 1)),
        Span(text, row.tone),
    )
