"""The map of the estate in the colours of the screen; the signs and words say the same without them."""

from __future__ import annotations

from textual.app import App
from textual.content import Content

from easwizard.reports.estate_map import ASCII, WIDTH, Line, Signs, Tone, estate_map
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import ASCII as ASCII_SYMBOLS
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View

STYLES = {
    Tone.PLAIN: "",
    Tone.NAME: "bold",
    Tone.GOOD: "$text-success",
    Tone.BAD: "bold $text-error",
    Tone.DOUBT: "$text-warning",
    Tone.QUIET: "dim",
}


def map_content(view: View, app: App[object], width: int = WIDTH, *, folded: bool = False) -> Content:
    """The map of what is known so far, in `width` columns where that goes."""
    signs = ASCII if symbols(app) is ASCII_SYMBOLS else Signs()
    lines = estate_map(view.case, signs, width=width, folded=folded)
    if not lines:
        return plain("No name was given yet: stage 2.", "dim")
    return Content("\n").join([_content(line) for line in lines])


def _content(line: Line) -> Content:
    return joined(*(plain(span.text, STYLES[span.tone]) for span in line))
