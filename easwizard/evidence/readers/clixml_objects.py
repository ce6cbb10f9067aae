"""One top-level element of CLIXML as exported objects: its types, and the wanted properties with their values.

Every step down is a fixed one, never a recursion into what the file nests, so a `Ref` to the object around it ends
where it starts. Source: evidence-formats 2.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from easwizard.evidence.collected import Collected
from easwizard.evidence.exported import EMPTY, PRESENT, Exported, Value, bare_type, of_text
from easwizard.evidence.kinds import PRESENCE_ONLY, WANTED

_LISTS = {"LST", "IE", "STK", "QUE"}
_NUMBERS = {"I32", "I64", "U32", "U64", "I16", "U16", "By", "SB"}
_SECRET = {"BA", "SS"}
"""Binary data and secure strings: never read."""
_MOST_KEPT = 100_000
_DEPTH = 4
"""How deep lists of objects are opened: `Export-Clixml -InputObject` of a list, or of a hashtable of lists."""
_LONGEST = 4_000

_LISTED = {"internalauthenticationmethods", "externalauthenticationmethods"}
"""Wanted where a list may have been cut, which CLIXML never does."""

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Objects:
    """Turns elements into objects; remembers the type names and the values that later ones refer to."""

    def __init__(self, into: Collected) -> None:
        self._into = into
        self._types: dict[str, tuple[str, ...]] = {}
        self._kept: dict[str, Value] = {}

    def expand(self, element: etree._Element) -> Iterator[Exported]:
        """The objects of a top-level element: itself, or those of the lists it consists of."""
        self._learn_types(element)
        yield from self._expand(element, _DEPTH)

    def _learn_types(self, element: etree._Element) -> None:
        """A TNRef may point to any TN before it in the whole file."""
        for names in element.iter(element.tag.replace("Obj", "TN") if isinstance(element.tag, str) else "TN"):
            ref = names.get("RefId")
            if ref is not None and ref not in self._types and len(self._types) < _MOST_KEPT:
                self._types[ref] = tuple((t.text or "")[:_LONGEST] for t in names if _local(t.tag) == "T")[:20]

    def _expand(self, element: etree._Element, depth: int) -> Iterator[Exported]:
        if _local(element.tag) == "Obj":
            children = {_local(child.tag): child for child in element}
            held = [child for name, child in children.items() if name in _LISTS or name == "DCT"]
            if "Props" in children or "MS" in children or not held:
                yield self._object(element, children)
            elif depth:
                for child in held:
                    for inner in _members(child):
                        yield from self._expand(inner, depth - 1)
        elif _local(element.tag) not in ("Ref", "Nil", ""):
            yield Exported({}, (f"a bare value of type {_local(element.tag)}",), _line(element))

    def _object(self, element: etree._Element, children: dict[str, etree._Element]) -> Exported:
        types = self._types_of(children)
        refs = _Refs(element)
        properties: dict[str, Value] = {}
        for part in ("Props", "MS"):
            for child in children.get(part, ()):
                name = _wanted(child.get("N"))
                if name is not None and name not in properties:
                    properties[name] = PRESENT if name in PRESENCE_ONLY else self._value(child, refs)
        if types and bare_type(types[0]).endswith("ServerManager.Commands.Feature"):
            self._machine_of_feature(element, properties)
        return Exported(properties, types, _line(element))

    def _types_of(self, children: dict[str, etree._Element]) -> tuple[str, ...]:
        for name in ("TN", "TNRef"):
            if name in children:
                return self._types.get(children[name].get("RefId") or "", ())
        return ()

    def _machine_of_feature(self, element: etree._Element, properties: dict[str, Value]) -> None:
        """Get-WindowsFeature names its server only deep in the description of each feature."""
        if "servername" not in properties:
            found = next((s for s in element.iter("{*}S") if s.get("N") == "ServerName"), None)
            if found is not None:
                properties["servername"] = Value(text=_text(found))

    def _value(self, element: etree._Element, refs: _Refs) -> Value:
        name = _local(element.tag)
        if name == "Ref":
            return self._referred(element.get("RefId") or "", refs)
        if name == "Obj":
            value = _object_value(element)
            ref = element.get("RefId")
            if ref is not None and len(self._kept) < _MOST_KEPT:
                self._kept[ref] = value
            return value
        return _scalar(name, element)

    def _referred(self, ref: str, refs: _Refs) -> Value:
        """What a Ref repeats: an object of this element, or a value kept from an earlier one."""
        found = refs.find(ref)
        if found is not None:
            return _object_value(found)
        return self._kept.get(ref) or Value(lost="it refers to an object that is not in the file before it")


class _Refs:
    """The objects of one top-level element by RefId; looked for only when something refers to them."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element
        self._found: dict[str, etree._Element] | None = None

    def find(self, ref: str) -> etree._Element | None:
        if self._found is None:
            self._found = {o.get("RefId") or "": o for o in self._element.iter("{*}Obj")}
        return self._found.get(ref)


def _members(element: etree._Element) -> Iterator[etree._Element]:
    """The elements of a list, or the values of a dictionary."""
    for child in element:
        if _local(child.tag) == "En":
            yield from (inner for inner in child if inner.get("N") == "Value")
        else:
            yield child


def _object_value(element: etree._Element) -> Value:
    """What an object prints as, with its number and its list beside it."""
    shown, number, items = "", None, None
    fields: etree._Element | None = None
    for child in element:
        name = _local(child.tag)
        if name == "ToString":
            shown = _text(child)
        elif name in _NUMBERS:
            number = _number(child)
        elif name in _LISTS:
            items = tuple(_item(inner) for inner in child)[:1_000]
        elif name == "Props":
            fields = child
    if not shown and fields is not None:
        shown = _from_fields(fields)
    if items is not None and not shown:
        shown = ", ".join(items)[:_LONGEST]
    if not shown and number is None and items is None:
        return Value(lost="it was written without a text")
    return Value(text=shown, number=number, items=items)


_TELLING = ("AbsoluteUri", "OriginalString", "DistinguishedName", "Name", "Value")


def _from_fields(fields: etree._Element) -> str:
    """The text of an object that was written without one, from the properties that say the same."""
    by_name = {child.get("N"): _text(child) for child in fields if _local(child.tag) != "Obj"}
    parts = [by_name.get(part, "") for part in ("Major", "Minor", "Build", "Revision")]
    if all(parts):
        return ".".join(parts)
    return next((by_name[name] for name in _TELLING if by_name.get(name)), "")


def _item(element: etree._Element) -> str:
    if _local(element.tag) == "Obj":
        value = _object_value(element)
        return value.text or str(value.number if value.number is not None else "?")
    return _text(element)


def _scalar(name: str, element: etree._Element) -> Value:
    if name == "Nil":
        return EMPTY
    if name in _SECRET:
        return Value(lost="it is binary")
    text = _text(element)
    if name in _NUMBERS:
        return Value(text=text, number=_number(element))
    return of_text(text)


def _number(element: etree._Element) -> int | None:
    text = (element.text or "").strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def _text(element: etree._Element) -> str:
    text = (element.text or "")[:_LONGEST]
    return (_unescaped(text) if "_x" in text else text).strip()


def _unescaped(text: str) -> str:
    """`_x000D_` and the like as the characters they stand for."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _line(element: etree._Element) -> int | None:
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


@functools.lru_cache(maxsize=256)
def _local(tag: object) -> str:
    """The name of an element without its namespace; `""` for what is no element."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


@functools.lru_cache(maxsize=1024)
def _wanted(name: str | None) -> str | None:
    """The property that an element is, in lower case; None where nobody needs it."""
    folded = _unescaped(name or "").casefold()
    return folded if folded in WANTED and folded not in _LISTED else None
