"""The heat map of a simulation: phone and name by mailbox version and AD site, before, after, or both in each cell.

A cursor goes from cell to cell; what is behind the marked one, others show. Every share is a number, a range or `?`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.content import Content
from textual.events import Click
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from easwizard.exchange.routing import Device, Mailbox, Route
from easwizard.reports.heat_map import ASCII_HEAT, HeatSigns, rate, tone_of
from easwizard.reports.map_parts import middle_cut
from easwizard.tui.safe_text import joined, plain, shown
from easwizard.tui.symbols import ASCII, symbols
from easwizard.tui.widgets.map_view import STYLES

WHO = {Device.BASIC: "password", Device.CERTIFICATE: "certificate"}
_WHO_WIDTH = 13
_NAME_WIDTH, _NAME_LEAST = 30, 8
_GAP = 2
_BAR = 4
"""Columns of shade before a number, where there is room."""


class Side(Enum):
    """Which estate the cells show."""

    AFTER = "after"
    BEFORE = "before"
    BOTH = "side by side"


@dataclass(frozen=True)
class Row:
    """Phones of one kind that use one name."""

    device: Device
    namespace: str


@dataclass(frozen=True)
class Place:
    """One cell, with what is known of it on both sides; None where there is no such mailbox then."""

    row: Row
    mailbox: Mailbox
    before: Route | None
    after: Route | None

    def routes(self, side: Side) -> tuple[Route | None, ...]:
        """The routes that a side shows."""
        return {Side.BEFORE: (self.before,), Side.AFTER: (self.after,)}.get(side, (self.before, self.after))


def places(before: Sequence[Route], after: Sequence[Route]) -> tuple[tuple[Place, ...], ...]:
    """The cells row by row, the columns in the order of versions and sites."""
    rows = list(dict.fromkeys(Row(r.device, r.namespace) for r in (*before, *after)))
    columns = sorted({r.mailbox for r in (*before, *after)}, key=lambda m: (m.product, m.site or ""))
    sides = [{(r.device, r.namespace, r.mailbox): r for r in side} for side in (before, after)]

    def place(row: Row, mailbox: Mailbox) -> Place:
        was, will_be = (side.get((row.device, row.namespace, mailbox)) for side in sides)
        return Place(row, mailbox, was, will_be)

    return tuple(tuple(place(row, mailbox) for mailbox in columns) for row in rows)


def head_of(mailbox: Mailbox) -> str:
    """`2007 London`: the mailboxes that a column is about."""
    return shown(f"{mailbox.product} {mailbox.site or 'unknown site'}")


class HeatView(Static, can_focus=True):
    """Lines of cells; more columns than fit go below one another."""

    DEFAULT_CSS = """
    HeatView { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
    ]
    cursor: reactive[tuple[int, int]] = reactive((0, 0), init=False)

    @dataclass
    class Marked(Message):
        """Another cell is marked."""

        place: Place | None

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)
        self._places: tuple[tuple[Place, ...], ...] = ()
        self._side = Side.AFTER
        self._at: dict[tuple[int, int], Region] = {}
        """Where each cell was drawn."""

    def put(self, cells: tuple[tuple[Place, ...], ...], side: Side) -> None:
        """Show these cells; the mark stays on its phone, name and mailbox where they are still there."""
        marked = self.marked
        self._places, self._side = cells, side
        if marked is not None:
            self.set_reactive(HeatView.cursor, self._found(marked))
        self._draw()

    @property
    def marked(self) -> Place | None:
        """What the cursor is on."""
        row, column = self.cursor
        return self._places[row][column] if row < len(self._places) and column < len(self._places[row]) else None

    def mark_first_fault(self) -> None:
        """Put the cursor on the first cell of which not all is known to be served: what one wants to know first."""
        cells = [(row, column) for row, line in enumerate(self._places) for column, _ in enumerate(line)]
        routes = {cell: self._places[cell[0]][cell[1]].routes(self._side)[-1] for cell in cells}
        faulty = (cell for cell, route in routes.items() if route is not None and route.odds.exact != 1)
        self.cursor = next(faulty, (0, 0))

    def _found(self, wanted: Place) -> tuple[int, int]:
        for row, line in enumerate(self._places):
            for column, place in enumerate(line):
                if (place.row, place.mailbox) == (wanted.row, wanted.mailbox):
                    return row, column
        return 0, 0

    # Drawing

    def on_resize(self) -> None:
        self._draw()

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def watch_cursor(self) -> None:
        self._draw()
        here = self._at.get(self.cursor)
        if here is not None and isinstance(self.parent, ScrollableContainer):
            self.parent.scroll_to_region(here, animate=False)
        self.post_message(self.Marked(self.marked))

    def _draw(self) -> None:
        width = max(24, self.size.width)
        self.update(Content("\n").join([*self._lines(width)]) if self._places else plain(_NO_ROUTE, "dim"))

    def _lines(self, width: int) -> Iterator[Content]:
        self._at = {}
        texts = [[self._text(place, 1) for place in line] for line in self._places]
        columns = self._places[0]
        heads = [head_of(place.mailbox) for place in columns]
        least = max([*(len(t.plain) for line in texts for t in line), *map(len, heads)])
        name = max(len(line[0].row.namespace) for line in self._places)
        name = max(_NAME_LEAST, min(name, _NAME_WIDTH, width - _WHO_WIDTH - least - _GAP))
        label = _WHO_WIDTH + name
        bar = _BAR if label + (least + _BAR - 1 + _GAP) * len(columns) <= width and self._side is not Side.BOTH else 1
        column_width = max(least + bar - 1, *map(len, heads)) + _GAP if heads else least
        per_block = max((width - label) // column_width, 1)
        y = 0
        for start in range(0, len(columns), per_block):
            block = range(start, min(start + per_block, len(columns)))
            yield plain(" " * label + "".join(f"{'':{_GAP}}{heads[n]:<{column_width - _GAP}}" for n in block), "dim")
            y += 1
            for row, line in enumerate(self._places):
                at = {n: label + _GAP + i * column_width for i, n in enumerate(block)}
                self._at |= {(row, n): Region(x, y, column_width - _GAP, 1) for n, x in at.items()}
                yield self._line(row, [line[n] for n in block], name, column_width - _GAP, bar, start)
                y += 1

    def _line(self, row: int, line: Sequence[Place], name: int, cell: int, bar: int, start: int) -> Content:
        signs = self._signs
        host = middle_cut(shown(line[0].row.namespace), name, signs.signs.cut)
        parts = [plain(f"{WHO[line[0].row.device]:<{_WHO_WIDTH}}", "dim"), plain(f"{host:<{name}}", "bold")]
        for column, place in enumerate(line, start=start):
            text = self._text(place, bar)
            padded = joined(text, " " * max(0, cell - len(text.plain)))
            is_marked = (row, column) == self.cursor
            marking = "reverse" if self.has_focus else "underline"
            parts += [plain(" " * _GAP), padded.stylize(marking) if is_marked else padded]
        return joined(*parts)

    def _text(self, place: Place, bar: int) -> Content:
        drawn = [self._share(route, bar) for route in place.routes(self._side)]
        return plain(f" {self._signs.signs.arrow} ", "dim").join(drawn)

    def _share(self, route: Route | None, bar: int) -> Content:
        if route is None:
            return plain("none", "dim")
        signs, exact = self._signs, route.odds.exact
        said = rate(route)
        mark = signs.shade(exact) * bar if exact is not None else signs.signs.doubt
        return plain(said if said == mark else f"{mark} {said}", STYLES[tone_of(route.odds)])

    @property
    def _signs(self) -> HeatSigns:
        return ASCII_HEAT if symbols(self.app) is ASCII else HeatSigns()

    # Moving

    def action_move(self, down: int, right: int) -> None:
        """At the edges the cursor stays where it is."""
        row, column = self.cursor
        if self._places:
            row = min(max(row + down, 0), len(self._places) - 1)
            self.cursor = row, min(max(column + right, 0), len(self._places[row]) - 1)

    def on_click(self, event: Click) -> None:
        hit = next((cell for cell, region in self._at.items() if region.contains(event.x, event.y)), None)
        if hit is not None:
            self.cursor = hit


_NO_ROUTE = "No route is known: no name that phones use, or no virtual directory that it leads to."
