"""The grid "who fails": two kinds of phones, mailboxes on the old and the new version; one letter fills a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from easwizard.case.case import UNKNOWN
from easwizard.tui.safe_text import joined, plain

ROWS = (("basic", "password phones"), ("cert", "certificate phones"))
COLUMNS = (("old", "mailbox on old"), ("new", "mailbox on new"))
LETTERS: Mapping[str, str] = {"n": "never", "s": "sometimes", "a": "always", "x": "not-used", "u": UNKNOWN}
_WORDS = {"not-used": "not used", UNKNOWN: "not known"}
_LABEL_WIDTH = 20
_CELL_WIDTH = 16


class WhoFails(Widget, can_focus=True):
    """Four cells; arrow keys move, letters answer, Delete takes an answer back."""

    DEFAULT_CSS = """
    WhoFails { height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
        *(Binding(key, f"fill('{value}')", _WORDS.get(value, value), show=False) for key, value in LETTERS.items()),
        Binding("delete,backspace", "clear", "Clear", show=False),
    ]
    answers: reactive[Mapping[str, str]] = reactive(dict)
    """Question id to value."""
    cursor: reactive[tuple[int, int]] = reactive((0, 0))

    @dataclass
    class Filled(Message):
        """A cell was answered, or cleared where `value` is None."""

        question: str
        value: str | None

    def render(self) -> Content:
        head = plain(" " * _LABEL_WIDTH + "".join(f"{title:<{_CELL_WIDTH}}" for _, title in COLUMNS), "bold")
        lines = [head, *(self._row(number) for number in range(len(ROWS)))]
        return Content("\n").join(lines)

    def _row(self, row: int) -> Content:
        cells = [self._cell(row, column) for column in range(len(COLUMNS))]
        return joined(f"{ROWS[row][1]:<{_LABEL_WIDTH}}", *cells)

    def _cell(self, row: int, column: int) -> Content:
        value = self.answers.get(_question(row, column))
        word = _WORDS.get(value, value) if value is not None else "?"
        here = self.has_focus and self.cursor == (row, column)
        text = f"[{word}]" if here else f" {word} "
        return plain(f"{text:<{_CELL_WIDTH}}", "reverse bold" if here else "" if value is not None else "dim")

    def action_move(self, down: int, right: int) -> None:
        row, column = self.cursor
        self.cursor = (
            min(max(row + down, 0), len(ROWS) - 1),
            min(max(column + right, 0), len(COLUMNS) - 1),
        )

    def action_fill(self, value: str) -> None:
        """Answer the cell, and go on to the next that is still open."""
        self.post_message(self.Filled(_question(*self.cursor), value))
        self.cursor = self._next_open(also=_question(*self.cursor))

    def action_clear(self) -> None:
        self.post_message(self.Filled(_question(*self.cursor), None))

    def _next_open(self, also: str) -> tuple[int, int]:
        places = [(row, column) for row in range(len(ROWS)) for column in range(len(COLUMNS))]
        start = places.index(self.cursor)
        for place in places[start + 1 :] + places[:start]:
            if _question(*place) not in self.answers and _question(*place) != also:
                return place
        return self.cursor

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: Click) -> None:
        row, column = event.y - 1, (event.x - _LABEL_WIDTH) // _CELL_WIDTH
        if event.x < _LABEL_WIDTH or not (0 <= row < len(ROWS) and 0 <= column < len(COLUMNS)):
            return
        if self.cursor == (row, column):
            self.post_message(self.Filled(_question(row, column), self._next_value(row, column)))
        self.cursor = (row, column)

    def _next_value(self, row: int, column: int) -> str:
        """What a click on the marked cell answers: the values in turn."""
        values = list(LETTERS.values())
        given = self.answers.get(_question(row, column))
        return values[(values.index(given) + 1) % len(values)] if given in values else values[0]


def _question(row: int, column: int) -> str:
    return f"fails-{ROWS[row][0]}-{COLUMNS[column][0]}"
