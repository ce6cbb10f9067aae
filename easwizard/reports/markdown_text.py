"""Text in Markdown that stays text: nothing in it becomes markup, HTML, a link, an image or a call to a person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from easwizard.case.untrusted import visible

LONGEST = 4_000
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_AT_THE_START = re.compile(r"^([-+=#>]|\d+(?=[.)]))")
"""What makes a list, a heading or a quotation of a line."""
_CALLING = re.compile(r"\S*@\S*")
"""Ticket systems tell a person who is named so, and look for names after every escape; in code they do not."""


def plain(text: str) -> str:
    """Text as it reads, in one line."""
    return _told(text, code)


def cell(text: str) -> str:
    """Text as it reads, in a cell of a table, where a bar ends the cell even in code."""
    return _told(text, lambda word: code(word).replace("|", "\\|"))


def _told(text: str, called: Callable[[str], str]) -> str:
    one_line = visible(" ".join(text.split()), LONGEST)
    parts, end = [], 0
    for match in _CALLING.finditer(one_line):
        parts += [_escaped(one_line[end : match.start()]), called(match[0])]
        end = match.end()
    parts.append(_escaped(one_line[end:]))
    return _AT_THE_START.sub(lambda match: _referenced(match[0]), "".join(parts))


def _escaped(text: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))
    # Some readers make links of bare addresses; a character reference reads the same and is none.
    unlinked = re.sub(r"(?i)\b(https?|ftp)://", r"\1&#58;//", escaped)
    return re.sub(r"(?i)\bwww\.", "www&#46;", unlinked)


def _referenced(text: str) -> str:
    """The first character as a character reference, which reads the same and starts nothing."""
    return f"&#{ord(text[0])};{text[1:]}"


def code(text: str) -> str:
    """Text as inline code."""
    one_line = visible(" ".join(text.split()), LONGEST)
    fence = "`" * (max((len(run) for run in re.findall("`+", one_line)), default=0) + 1)
    pad = " " if one_line.startswith("`") or one_line.endswith("`") else ""
    return f"{fence}{pad}{one_line}{pad}{fence}"


def block(text: str, kind: str, indent: str = "") -> Iterator[str]:
    """Text as a block to copy; its fence is longer than any within."""
    lines = [visible(line, LONGEST) for line in text.splitlines()]
    fence = "`" * max(3, max((len(run) for line in lines for run in re.findall("`+", line)), default=0) + 1)
    yield f"{indent}{fence}{kind}"
    yield from (indent + line for line in lines)
    yield f"{indent}{fence}"


def cut(text: str, room: int) -> str:
    """Text as it reads in at most `room` characters of Markdown; what is left out is shown as left out."""
    whole = plain(text)
    if len(whole) <= room:
        return whole
    kept, too_much = 0, min(len(text), room) + 1
    while too_much - kept > 1:
        tried = (kept + too_much) // 2
        if len(_ended(text, tried)) <= room:
            kept = tried
        else:
            too_much = tried
    return _ended(text, kept)


def _ended(text: str, kept: int) -> str:
    return f"{plain(text[:kept])}…"
