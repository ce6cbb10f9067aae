"""Reads the XML of IIS files safely: no DOCTYPE, no entities, no network, no more than 64 MB.

It says where a file is not well-formed, by line and column and never with the file's own words: those may be secret.
"""

from __future__ import annotations

import re

from lxml import etree

from easwizard.evidence.reading import MOST_BYTES

Element = etree._Element

_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,200}\?>")


class NotRead(Exception):
    """The text is no XML that we read; the message says why, in words for people."""


def parsed(text: str) -> Element:
    """The root element. Raises `NotRead` and nothing else."""
    body = text.lstrip("\ufeff")
    if len(body) > MOST_BYTES:
        raise NotRead(f"larger than {MOST_BYTES // (1024 * 1024)} MB")
    if has_doctype(body):
        raise NotRead("it has a DOCTYPE, which no IIS file has: refused")
    declaration = _DECLARATION.match(body)
    if declaration is not None:
        # The text is decoded already; what it once was encoded in must not confuse the parser.
        body = "\n" * declaration[0].count("\n") + body[declaration.end() :]
    reader = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True,
        remove_comments=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.encode("utf-8", "replace"), reader)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise NotRead(f"not well-formed XML at line {line}, column {column}") from None
    except (ValueError, etree.LxmlError):
        raise NotRead("not well-formed XML") from None
    return root


def has_doctype(text: str) -> bool:
    """Whether a DOCTYPE stands before the root element; comments and instructions before it are passed over."""
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 1
        else:
            return text[at : at + 9].casefold() == "<!doctype"
        if end <= 0:
            return False
        at = end + 2


def line_of(element: Element) -> int | None:
    """The line of the file on which the element starts."""
    line = element.sourceline
    return int(line) if isinstance(line, int) else None


def first_tag(text: str) -> str:
    """The name of the root element without reading the rest; empty where there is none in the first 64 KB.

    A DOCTYPE names it too: such a file is recognised, and then refused by name.

    >>> first_tag('<?xml version="1.0"?><!-- x --><configuration>')
    'configuration'
    """
    bare = re.sub(r"<!--.*?(?:-->|\Z)|<\?.*?\?>", "", text.lstrip("\ufeff")[:65_536], flags=re.DOTALL)
    match = re.match(r"\s*<(?:!DOCTYPE\s+)?([A-Za-z_][\w.-]*)", bare, re.IGNORECASE)
    return match[1] if match else ""
