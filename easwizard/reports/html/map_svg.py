"""The map of the estate as SVG, from the same parts as the text map: wide for a desk and paper, narrow for a phone.

The broken leg is told by a cross, a dashed line and words, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from easwizard.case.case import Case
from easwizard.reports.estate_map import Tree, as_text, estate_map, trees
from easwizard.reports.html.svg import COLUMN, LINE, block, box, cross, drawing, label, number, path, said
from easwizard.reports.map_parts import Row, Tone

_PAD = 10.0
_BETWEEN_ROWS, _BETWEEN_TREES = 8.0, 26.0
_FOLDED_FROM = 12
"""Rows of one name from which on those that say the same are drawn as one."""
_NAME = "Map of the estate"


@dataclass(frozen=True)
class _Place:
    """Where things stand in a drawing, in units."""

    width: float
    head_width: float
    rows_from: float
    trunk: float
    is_wide: bool

    @property
    def row_width(self) -> float:
        return self.width - self.rows_from


_WIDE = _Place(width=880, head_width=272, rows_from=364, trunk=296, is_wide=True)
_NARROW = _Place(width=344, head_width=344, rows_from=30, trunk=12, is_wide=False)


def map_svgs(case: Case) -> tuple[Element, ...]:
    """Both drawings, of which the style sheet shows one; none where no name was given."""
    found = trees(case)
    if any(len(tree.rows) > _FOLDED_FROM for tree in found):
        found = trees(case, folded=True)
    if not found:
        return ()
    words = as_text(estate_map(case))
    return (_drawn(found, _WIDE, "map wide", words), _drawn(found, _NARROW, "map narrow", words))


def _drawn(found: Sequence[Tree], place: _Place, class_: str, words: str) -> Element:
    children: list[Element | str | None] = []
    y = 1.0
    for tree in found:
        drawn, y = _tree(tree, place, y)
        children += [*drawn]
        y += _BETWEEN_TREES
    return drawing(place.width + 2, y - _BETWEEN_TREES + 2, class_, _NAME, words, children)


def _tree(tree: Tree, place: _Place, top: float) -> tuple[list[Element], float]:
    """One name with its branches, and where it ends."""
    drawn, head_end = _head(tree, place, top)
    y = top if place.is_wide else head_end + _BETWEEN_ROWS + 2
    start = top + 22 if place.is_wide else head_end
    lines: list[Element] = []
    for row in tree.rows:
        boxed, end, anchor = _row(row, place, y)
        drawn += boxed
        lines += _line(row, place, start, anchor)
        y = end + _BETWEEN_ROWS
    if place.is_wide and lines:
        lines.insert(0, path(f"M{number(place.head_width)} {number(start)}H{number(place.trunk)}", "trunk"))
    return [*lines, *drawn], max(y - _BETWEEN_ROWS, head_end)


def _head(tree: Tree, place: _Place, top: float) -> tuple[list[Element], float]:
    """The box that a request comes in by."""
    width = int((place.head_width - 2 * _PAD) / COLUMN)
    name = f"{tree.through} → {tree.name}" if tree.through else tree.name
    texts: list[Element] = [label(_PAD, top + 18, tree.who, width, "quiet")]
    if tree.through:
        more, y = block(_PAD, top + 18 + LINE, name, width, "plain")
    else:
        more, y = [label(_PAD, top + 18 + LINE, name, width, "name")], top + 18 + 2 * LINE
    texts += more
    if tree.in_front:
        more, y = block(_PAD, y, tree.in_front, width, "quiet")
        texts += more
    end = y - LINE + _PAD
    return [box(1, top, place.head_width - 1, end - top, "head"), *texts], end


def _row(row: Row, place: _Place, top: float) -> tuple[list[Element], float, float]:
    """One branch, where it ends, and the height at which its line arrives."""
    x = place.rows_from + _PAD
    whole = int((place.row_width - 2 * _PAD) / COLUMN)
    where = f"{row.odds}  {row.where}" if row.odds and not place.is_wide else row.where
    left = min(27, whole) if place.is_wide else whole
    texts = [label(x, top + 19, where, left, "name" if row.odds else "plain")]
    y = top + 19 + LINE
    if row.who:
        texts.append(label(x, y, row.who, left, "quiet"))
        y += LINE
    aside = x + (left + 1) * COLUMN if place.is_wide else x
    room = whole - left - 1 if place.is_wide else whole
    words, below = block(aside, top + 19 if place.is_wide else y, said(row.said, row.tone), room, row.tone.value)
    y = max(y, below)
    texts += words
    if row.note:
        note, y = block(x, y, f"▲ {row.note}", whole, row.tone.value)
        texts += note
    end = y - LINE + _PAD
    boxed = box(place.rows_from, top, place.row_width, end - top, f"row {row.tone.value}")
    return [boxed, *texts], end, top + 15


def _line(row: Row, place: _Place, start: float, y: float) -> list[Element]:
    """The way to a branch: whole where it is good, dashed with a cross where it breaks, dotted where unknown."""
    tone = row.tone.value
    end = place.rows_from
    drawn = [path(f"M{number(place.trunk)} {number(start)}V{number(y)}", "trunk")] if y != start else []
    drawn.append(path(f"M{number(place.trunk)} {number(y)}H{number(end - 7)}", f"leg {tone}"))
    drawn.append(
        path(f"M{number(end - 8)} {number(y - 4)}L{number(end - 1)} {number(y)}L{number(end - 8)} {number(y + 4)}Z",
             f"arrow {tone}")
    )  # fmt: skip
    if row.tone is Tone.BAD:
        drawn.append(cross((place.trunk + end) / 2 + (14 if place.is_wide else -1), y))
    if row.odds and place.is_wide:
        drawn.append(label(place.trunk + 6, y - 6, row.odds, 7, f"odds {tone}"))
    return drawn
