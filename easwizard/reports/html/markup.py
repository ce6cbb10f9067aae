"""Builds HTML out of elements, so that no text can become markup: text is a `str`, markup an `Element`, never both.

The serialiser of the standard library escapes every text and every attribute. Only the tags and attributes listed
here exist: no script, no style of its own, no handler, and no link but to another place on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from easwizard.case.untrusted import visible

Child = Element | str | None
"""None is left out."""
LONGEST = 4_000
"""Characters shown of one piece of text in one line."""
_TAG_NAMES = """
html head meta title style body header main footer nav section article h1 h2 h3 h4 p span strong code pre a div
ul ol li dl dt dd table caption thead tbody tr th td figure figcaption small
svg rect path line polygon text desc
"""
_ATTRIBUTE_NAMES = """
class id lang charset name content http-equiv href scope role aria-label aria-hidden data-label
viewBox width height x y x1 x2 y1 y2 rx d points text-anchor
"""
_TAGS, _ATTRIBUTES = frozenset(_TAG_NAMES.split()), frozenset(_ATTRIBUTE_NAMES.split())
_PLACE = re.compile(r"#[a-z0-9-]+")


class NotAllowed(ValueError):
    """A tag or attribute that no report needs: a mistake in this program."""


def tag(name: str, /, *children: Child, **attributes: str) -> Element:
    """One element. Attributes are named as in HTML with `_` for `-`, `class_` for `class`. Raises NotAllowed."""
    if name not in _TAGS or name == "style":
        raise NotAllowed(f"<{name}> has no place in a report")
    element = Element(name, {_attribute(key): visible(value, LONGEST) for key, value in attributes.items()})
    if not _PLACE.fullmatch(attributes.get("href", "#x")):
        raise NotAllowed("a link leads to a place on the page, never elsewhere")
    for child in children:
        _append(element, child)
    return element


def _attribute(key: str) -> str:
    name = key if key == "viewBox" else key.rstrip("_").replace("_", "-")
    if name not in _ATTRIBUTES:
        raise NotAllowed(f"the attribute {name} has no place in a report")
    return name


def _append(element: Element, child: Child) -> None:
    if isinstance(child, Element):
        element.append(child)
    elif child is not None and len(element):
        element[-1].tail = (element[-1].tail or "") + _shown(child)
    elif child is not None:
        element.text = (element.text or "") + _shown(child)


def _shown(text: str) -> str:
    """Text as it is read: what cannot be seen is made visible, lines stay lines."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(visible(line.expandtabs(4), LONGEST) for line in lines)


def style_sheet(css: str) -> Element:
    """The style of the page, the one text that is not escaped; it is ours alone."""
    if "<" in css:
        raise NotAllowed("a style sheet ends where a tag begins")
    element = Element("style")
    element.text = css
    return element


def document(root: Element) -> str:
    """The whole page as text, ending in a line end."""
    return f"<!DOCTYPE html>\n{ElementTree.tostring(root, encoding='unicode', method='html')}\n"


def each(name: str, /, texts: Iterable[Child], **attributes: str) -> list[Element]:
    """One element for each text."""
    return [tag(name, text, **attributes) for text in texts]
