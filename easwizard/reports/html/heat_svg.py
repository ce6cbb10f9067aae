"""The heat map as SVG, from the same table as the text form: each cell a number, a sign and a bar of what is served.

And the bar of a share: what was seen with its interval, and what was predicted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from easwizard.diagnosis.shares import percent
from easwizard.exchange.routing import Device, Mailbox, Route
from easwizard.reports.heat_map import WHO, Grid, as_lines, grid, head, rate, tone_of
from easwizard.reports.html.markup import Child, tag
from easwizard.reports.html.svg import COLUMN, LINE, box, columns, drawing, label, number, said
from easwizard.reports.odds import LegOdds

_PAD = 8.0
_GAP = 4.0
_NARROWEST, _WIDEST = 12, 20
"""Columns of text in a cell."""
_HEADING = 44.0
_CELL = 46.0


@dataclass(frozen=True)
class _Place:
    """Where things stand in a drawing, in units. Beside is whether names stand beside their cells or above."""

    width: float
    names: float
    beside: bool


_WIDE = _Place(width=880, names=300, beside=True)
_NARROW = _Place(width=344, names=0, beside=False)


def heat_svgs(routes: Sequence[Route]) -> tuple[Element, ...]:
    """Both drawings, of which the style sheet shows one; none where there is no route."""
    table = grid(routes)
    if not table.mailboxes:
        return ()
    words = "\n".join(as_lines(routes))
    return (_drawn(table, _WIDE, "map wide", words), _drawn(table, _NARROW, "map narrow", words))


def _drawn(table: Grid, place: _Place, class_: str, words: str) -> Element:
    texts = [part for route in table.cells.values() for part in _said(route)]
    widest = max((columns(text) for text in texts), default=0)
    width = min(max(widest, _NARROWEST), _WIDEST) * COLUMN + 2 * _PAD
    per_block = max(int((place.width - place.names) // (width + _GAP)), 1)
    children: list[Child] = []
    y = 1.0
    for mailboxes in table.blocks(per_block):
        for number_, mailbox in enumerate(mailboxes):
            children += _column_head(mailbox, place.names + number_ * (width + _GAP), y, int(width / COLUMN))
        y += _HEADING
        for device, host in table.rows:
            drawn, y = _row(table, (device, host), mailboxes, place, y, width)
            children += drawn
        y += 2 * _GAP
    return drawing(place.width + 2, y, class_, "Share of requests served, by device and mailbox", words, children)


def _column_head(mailbox: Mailbox, x: float, y: float, width: int) -> Iterator[Element]:
    product, _, site = head(mailbox).partition(" ")
    yield label(x + 2, y + 16, f"mailbox {product}", width, "quiet")
    yield label(x + 2, y + 16 + LINE, site, width, "quiet")


def _row(
    table: Grid, row: tuple[Device, str], mailboxes: Sequence[Mailbox], place: _Place, y: float, width: float
) -> tuple[list[Element], float]:
    device, host = row
    room = int((place.names or place.width) / COLUMN) - 2
    drawn = [label(1, y + 18, host, room, "name")]
    drawn.append(label(1, y + 18 + LINE, f"{WHO[device]} phones", room, "quiet"))
    if not place.beside:
        y += 2 * LINE + _PAD
    for number_, mailbox in enumerate(mailboxes):
        route = table.cells.get((device, host, mailbox))
        if route is not None:
            drawn += _cell(route, place.names + number_ * (width + _GAP), y, width)
    return drawn, y + _CELL + _GAP + (0 if place.beside else _PAD)


def _said(route: Route) -> tuple[str, ...]:
    """The number with its sign; below it how it would be if drawn by name, where that differs."""
    text, _, by_name = rate(route).partition(" (")
    first = said(text, tone_of(route.odds))
    return (first, by_name.rstrip(")")) if by_name else (first,)


def _cell(route: Route, x: float, y: float, width: float) -> Iterator[Element]:
    odds, tone = route.odds, tone_of(route.odds).value
    yield box(x, y, width, _CELL, f"cell {tone}")
    if odds.low > 0:
        yield box(x, y + _CELL - 6, width * odds.low, 6, "served")
    if odds.high > odds.low:
        yield box(x + width * odds.low, y + _CELL - 6, width * (odds.high - odds.low), 6, "perhaps")
    lines = _said(route)
    room = int((width - 2 * _PAD) / COLUMN)
    for number_, line in enumerate(lines):
        up = y + (17 if len(lines) > 1 else 24) + number_ * 16
        yield label(x + _PAD, up, line, room, f"{tone} share" if number_ == 0 else "quiet")


def odds_svg(odds: LegOdds) -> Element | None:
    """The bar of a share from 0 to 100 %: the interval, what was seen, what was predicted. None without samples."""
    if odds.interval is None or odds.seen is None:
        return None
    width, left = 340.0, 1.0
    low, high = odds.interval
    name = f"{odds.seen_words}; {odds.predicted_words}"
    children: list[Child] = [
        box(left, 12, width, 12, "track"),
        box(left + width * low, 12, width * (high - low), 12, "interval"),
        tag("line", x1=number(left + width * odds.seen), x2=number(left + width * odds.seen), y1="8", y2="28",
            class_="tick"),
    ]  # fmt: skip
    if odds.predicted is not None:
        at = left + width * odds.predicted
        children.append(
            tag("polygon", points=f"{number(at - 5)},36 {number(at + 5)},36 {number(at)},27", class_="predicted")
        )
        anchor = "start" if odds.predicted < 0.25 else "end" if odds.predicted > 0.75 else "middle"
        children.append(label(at, 50, f"predicted {percent(odds.predicted)}", 24, "quiet", anchor))
    return drawing(width + 2, 56, "bar", name, name, children)
