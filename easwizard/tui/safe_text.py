"""The only way by which text from outside reaches a widget: never as markup (DESIGN 10).

Textual reads markup in every plain string that it is given; a server named `[/x]` would end the program.
"""

from __future__ import annotations

from rich.text import Text
from textual.content import Content


def plain(text: str, style: str = "") -> Content:
    """Text as it is, in one style."""
    return Content.styled(text, style) if style else Content(text)


def phrase(words: str, **values: object) -> Content:
    """Our own words with markup, and values from anywhere put in as they are: `phrase("[b]$name[/b]", name=host)`."""
    return Content.from_markup(words, **values)


def joined(*parts: Content | str) -> Content:
    """Several pieces one after another; strings count as plain text."""
    return Content("").join([part if isinstance(part, Content) else Content(part) for part in parts])


def cell(text: str, style: str = "") -> Text:
    """For tables and trees, which measure Rich's own text only."""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis")
