"""ConvertTo-Json of Windows PowerShell 5.1 and of PowerShell 7: one object, a list, or several outputs in a row.

What -Depth cut away is lost, not empty, and an enumeration is a number here. Source: evidence-formats 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from easwizard.evidence.cmdlets import take
from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import EMPTY, Exported, Value, of_text
from easwizard.evidence.kinds import WANTED
from easwizard.evidence.reading import Reading, Source

_START = re.compile(r"\s*(\[\s*)*[{\[]\s*(\"|\}|\]|$)")
_OWN = re.compile(r"\s*\{\s*\"format\"\s*:\s*\"easwizard-")
_SPACE = re.compile(r"[\s,]*")
_BEFORE = re.compile(r"(?:\s*(?:\[PS\][^\n]*|PS [^\n>]*>[^\n]*|[A-Z]{4,20} ?:[^\n]*)\n)*\s*")
"""A prompt or a warning that was copied with the output."""

_DEPTH_TEXT = "it was lost by -Depth of ConvertTo-Json"
_MOST_ITEMS = 1_000


class JsonReader:
    """Reads what ConvertTo-Json wrote."""

    format = "ConvertTo-Json"

    def recognises(self, source: Source) -> bool:
        """Whether it begins as an object or a list of objects does; the collector's own file is another format."""
        text = source.text[:100_000]
        text = text[_end(_BEFORE, text) :]
        return bool(_START.match(text)) and not _OWN.match(text)

    def read(self, source: Source) -> Reading:
        into = Collected(source.name, source.server)
        lines = _Lines(source.text)
        try:
            for at, found in _top_level(source.text, into):
                line = lines.at(at)
                for member in _members(found):
                    self._take(member, line, into)
        except (json.JSONDecodeError, RecursionError, ValueError) as error:
            where = lines.at(error.pos) if isinstance(error, json.JSONDecodeError) else None
            what = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply, or a number too long"
            place = f"{source.name}:{where}" if where else source.name
            into.trouble(place, f"not well-formed JSON: {what}; {into.objects} objects before it were read")
        return into.reading(self.format)

    def _take(self, found: object, line: int, into: Collected) -> None:
        if isinstance(found, _Pairs):
            take(Exported(_properties(found), _types(found), line), into)
        else:
            into.saw("")
            into.unused(f"a bare value ({type(found).__name__})", f"{into.file}:{line}")


class _Pairs(list[tuple[str, object]]):
    """An object's members in order; names may repeat in other letter case."""


_DECODER = json.JSONDecoder(object_pairs_hook=_Pairs, strict=False)


def _top_level(text: str, into: Collected) -> Iterator[tuple[int, object]]:
    """Each object of the text with where it starts: several outputs in a row, lists opened, lists of lists too.

    One at a time, so that what stands before an error is still read.
    """
    at, opened = _end(_BEFORE, text), 0
    while at < len(text):
        if text[at] == "[":
            at, opened = at + 1, opened + 1
        elif text[at] == "]" and opened:
            at, opened = at + 1, opened - 1
        else:
            found, end = _DECODER.raw_decode(text, at)
            yield at, found
            at = end
        at = _end(_SPACE, text, at)
    if opened:
        raise json.JSONDecodeError("the text ends within a list", text, len(text))


def _members(found: object) -> list[object]:
    """The object itself, or the list in `{"value": [...], "Count": 2}`, as 5.1 writes a list that carries notes."""
    if isinstance(found, _Pairs) and [name.casefold() for name, _ in found] == ["value", "count"]:
        inner = found[0][1]
        if isinstance(inner, list) and not isinstance(inner, _Pairs):
            return inner
    return _bindings_of_site(found) if isinstance(found, _Pairs) else [found]


def _bindings_of_site(site: _Pairs) -> list[object]:
    """The bindings inside an object of Get-Website, each told its site; anything else stays as it is."""
    members = dict(site)
    inner = members.get("bindings")
    bindings = dict(inner).get("Collection") if isinstance(inner, _Pairs) else None
    if members.get("ElementTagName") != "site" or not isinstance(bindings, list):
        return [site]
    told = ("ItemXPath", f"/system.applicationHost/sites/site[@name='{members.get('name', '')}']")
    return [_Pairs([*binding, told]) for binding in bindings if isinstance(binding, _Pairs)]


def _end(pattern: re.Pattern[str], text: str, at: int = 0) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


class _Lines:
    """Line numbers of rising positions in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1

    def at(self, position: int) -> int:
        if position >= self._at:
            self._line += self._text.count("\n", self._at, position)
            self._at = position
            return self._line
        return self._text.count("\n", 0, position) + 1


def _properties(pairs: _Pairs) -> dict[str, Value]:
    """The wanted members; of names that differ in letter case only, the first that says something."""
    properties: dict[str, Value] = {}
    for name, member in pairs:
        key = name.casefold()
        if key in WANTED and (key not in properties or properties[key] == EMPTY):
            properties[key] = _value(member)
    return properties


def _types(pairs: _Pairs) -> tuple[str, ...]:
    """The type, where whoever wrote the file kept it."""
    types = next((m for name, m in pairs if name.casefold() in ("pstypenames", "__type")), None)
    if isinstance(types, str):
        return (types,)
    return tuple(t for t in types if isinstance(t, str))[:20] if isinstance(types, list) else ()


def _value(member: object) -> Value:
    if member is None:
        return EMPTY
    if isinstance(member, bool):
        return Value(text=str(member))
    if isinstance(member, int):
        return (
            Value(text=str(member), number=member) if abs(member) < 2**63 else Value(lost="the number is too large")
        )
    if isinstance(member, float):
        return Value(text=repr(member))
    if isinstance(member, str):
        value = of_text(member)
        return Value(lost=_DEPTH_TEXT) if value.lost else value
    if isinstance(member, _Pairs):
        return _of_object(member)
    return _of_list(member) if isinstance(member, list) else Value(lost=_DEPTH_TEXT)


def _of_list(members: list[object]) -> Value:
    values = [_value(member) for member in members[:_MOST_ITEMS]]
    if any(value.lost for value in values):
        return Value(lost=_DEPTH_TEXT)
    items = tuple(value.text for value in values)
    return Value(text=", ".join(items), items=items, partial=len(members) > _MOST_ITEMS)


_TELLING = ("distinguishedname", "absoluteuri", "originalstring", "name")


def _of_object(pairs: _Pairs) -> Value:
    """An object where a scalar is wanted: a URL, a directory id, a version, or a scalar with notes added to it."""
    members: dict[str, object] = {}
    wrapped: list[object] = []
    for name, member in pairs:
        if name.casefold() == "value":
            wrapped.append(member)
        members.setdefault(name.casefold(), member)
    if wrapped:
        return _of_wrapped(wrapped)
    parts = [members.get(part) for part in ("major", "minor", "build", "revision")]
    if all(isinstance(part, int) and not isinstance(part, bool) and abs(part) < 10**6 for part in parts):
        return Value(text=".".join(map(str, parts)))
    telling = next((members[name] for name in _TELLING if isinstance(members.get(name), str)), None)
    return of_text(telling) if isinstance(telling, str) else Value(lost=_DEPTH_TEXT)


def _of_wrapped(wrapped: list[object]) -> Value:
    """`{"value": 2, "Value": "Required"}`: number and text of one enumeration, or a decorated scalar."""
    number = next((m for m in wrapped if isinstance(m, int) and not isinstance(m, bool)), None)
    texts = [m for m in wrapped if isinstance(m, str)]
    if texts:
        value = of_text(texts[0])
        return value if value.lost or number is None else Value(text=value.text, number=number)
    first = wrapped[0]
    return Value(lost=_DEPTH_TEXT) if isinstance(first, _Pairs | list) else _value(first)


READER = JsonReader()
