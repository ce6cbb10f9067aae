"""A long text line by line: only what is on the screen is drawn, so that a report of any length scrolls at once."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from easwizard.case.untrusted import visible

_LONGEST_LINE = 2_000


class LinesView(ScrollView, can_focus=True):
    """Lines as they are: no markup, no wrapping, no control characters."""

    DEFAULT_CSS = """
    LinesView { height: 1fr; scrollbar-size: 1 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return self._lines

    def put(self, lines: Sequence[str], *, keep_place: bool = False) -> None:
        """Show these lines, from the first one on unless the place is kept."""
        self._lines = tuple(visible(line, _LONGEST_LINE) for line in lines)
        self.virtual_size = Size(max((len(line) for line in self._lines), default=0), len(self._lines))
        if not keep_place:
            self.scroll_home(animate=False)
        self.refresh()

    def show_line(self, number: int) -> None:
        """Bring a line to the top."""
        self.scroll_to(y=number, animate=False)

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        style = self.rich_style
        text = self._lines[top + y] if top + y < len(self._lines) else ""
        return Strip([Segment(text, style)]).crop_extend(left, left + self.size.width, style)
