"""The only way by which text from outside reaches a widget: never as markup, never with controls (DESIGN 10).

Textual reads markup in every plain string that it is given; a server named `[/x]` would end the program.
"""

from __future__ import annotations

from rich.text import Text
from textual.content import Content

from easwizard.case.untrusted import visible


def plain(text: str, style: str = "") -> Content:
    """Text as it is, in one style."""
    return Content.styled(shown(text), style) if style else Content(shown(text))


def phrase(words: str, **values: object) -> Content:
    """Our own words with markup, and values from anywhere put in as they are: `phrase("[b]$name[/b]", name=host)`."""
    return Content.from_markup(words, **{n: shown(v) if isinstance(v, str) else v for n, v in values.items()})


def joined(*parts: Content | str) -> Content:
    """Several pieces one after another; strings count as plain text."""
    return Content("").join([part if isinstance(part, Content) else Content(shown(part)) for part in parts])


def cell(text: str, style: str = "") -> Text:
    """For tables and trees, which measure Rich's own text only."""
    return Text(shown(text), style=style, no_wrap=True, overflow="ellipsis")


def shown(text: str) -> str:
    """The text with what cannot be printed made visible; its lines stay lines. File names may say anything, too."""
    if text.isprintable():
        return text
    return "\n".join(visible(line.expandtabs(4), len(text) * 4) for line in text.split("\n"))
