"""What both maps are drawn with: text that keeps to its columns, boxes, and lines whose style says what they mean.

Widths are counted in columns of a fixed-width font, so that nothing overlaps whatever the names are.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from unicodedata import combining, east_asian_width
from xml.etree.ElementTree import Element

from easwizard.case.untrusted import visible
from easwizard.reports.html.markup import Child, tag
from easwizard.reports.map_parts import Signs, Tone

COLUMN = 8.0
"""Units that a column takes at most: the fonts named in the style sheet are a little narrower at 13 units."""
LINE = 18.0
"""Units from one line of text to the next."""
SIGNS = Signs(quiet="–")
_LONGEST = 2_000


def columns(text: str) -> int:
    """Columns that a text takes: wide letters two, marks above others none.

    >>> columns("mail"), columns("メール")
    (4, 6)
    """
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, width: int) -> str:
    """A text in at most `width` columns, its middle left out: the ends of a host name tell most."""
    text = visible(text, _LONGEST)
    if columns(text) <= width:
        return text
    kept = max(width - 1, 2)
    start, end = _head(text, kept - kept // 2), _head(text[::-1], kept // 2)[::-1]
    return f"{start}…{end}"


def _head(text: str, width: int) -> str:
    taken = ""
    for character in text:
        if columns(taken + character) > width:
            break
        taken += character
    return taken


def label(x: float, y: float, text: str, width: int, class_: str = "", anchor: str = "start") -> Element:
    """One line of text; where it had to be cut, the whole of it is its title. `y` is its base line."""
    shown = fitted(text, width)
    whole = tag("title", text) if shown != visible(text, _LONGEST) else None
    return tag("text", whole, shown, x=number(x), y=number(y), class_=class_ or "plain", text_anchor=anchor)


def lines_of(text: str, width: int, most: int = 4) -> tuple[str, ...]:
    """A sentence in lines of `width` columns; what is left after `most` lines ends the last one, to be cut there."""
    shown = visible(text, _LONGEST)
    wrapped = textwrap.wrap(shown, max(width // (2 if columns(shown) > len(shown) else 1), 8))
    return (*wrapped[: most - 1], " ".join(wrapped[most - 1 :])) if len(wrapped) > most else tuple(wrapped)


def block(x: float, y: float, text: str, width: int, class_: str = "") -> tuple[list[Element], float]:
    """A sentence in several lines from base line `y` on, and the base line after it."""
    lines = lines_of(text, width)
    drawn = [label(x, y + number_ * LINE, line, width, class_) for number_, line in enumerate(lines)]
    return drawn, y + len(lines) * LINE


def box(x: float, y: float, width: float, height: float, class_: str) -> Element:
    return tag("rect", x=number(x), y=number(y), width=number(width), height=number(height), rx="6", class_=class_)


def path(d: str, class_: str) -> Element:
    return tag("path", d=d, class_=class_)


def cross(x: float, y: float, size: float = 5) -> Element:
    """The sign on a broken leg."""
    a, b, c, e = (number(value) for value in (x - size, x + size, y - size, y + size))
    return path(f"M{a} {c}L{b} {e}M{a} {e}L{b} {c}", "cross")


def tone_class(tone: Tone) -> str:
    return tone.value


def said(text: str, tone: Tone) -> str:
    """What is said with its sign, so that no colour is needed to read it."""
    return f"{SIGNS.of(tone)} {text}"


def drawing(
    width: float, height: float, class_: str, name: str, description: str, children: Iterator[Child] | list[Child]
) -> Element:
    """The whole picture with its name and its words, for readers who do not see it."""
    box_ = f"0 0 {number(width)} {number(height)}"
    children = list(children)
    return tag(
        "svg",
        tag("title", name),
        tag("desc", description),
        *children,
        viewBox=box_,
        width=number(width),
        height=number(height),
        class_=class_,
        role="img",
        aria_label=name,
    )


def number(value: float) -> str:
    """A length without needless digits.

    >>> number(12.0), number(7.25)
    ('12', '7.2')
    """
    return f"{value:.1f}".removesuffix(".0")
