"""An object as PowerShell wrote it down: type names and properties, each with what is left of its value.

The formats differ in what they lose; a reader says so in `Value.lost`, and a lost value is never taken for an empty
one. Knows no cmdlet: what the properties mean is the business of `cmdlets`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Told the bytes taken and the objects seen so far."""


@dataclass(frozen=True, slots=True)
class Value:
    """One property: its display text, its number, its list; all empty is explicitly empty."""

    text: str = ""
    number: int | None = None
    items: tuple[str, ...] | None = None
    lost: str = ""
    """Why the value is not known, e.g. because the format flattened it; `""` where it is known."""
    partial: bool = False
    """Whether `items` are known to be only the first ones."""


EMPTY = Value()
PRESENT = Value(lost="only its presence was kept")
Properties = Mapping[str, Value]
"""By property name in lower case: PowerShell's names know no case."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One object of an export."""

    properties: Properties
    types: tuple[str, ...] = ()
    """Most derived first, as written; empty where the format has none."""
    line: int | None = None

    @property
    def type(self) -> str:
        """The most derived type, without what serialising put before it."""
        return bare_type(self.types[0]) if self.types else ""


@functools.lru_cache(maxsize=256)
def bare_type(name: str) -> str:
    """A type name without `Deserialized.` and `Selected.`; the two may be nested."""
    while True:
        for prefix in ("Deserialized.", "Selected."):
            if name.startswith(prefix):
                name = name[len(prefix) :]
                break
        else:
            return name


_TYPE_NAME = re.compile(r"(System|Microsoft)\.[A-Za-z][\w.+]*(`\d+)?(\[.*)?")
TYPE_NAME_LENGTH = 2_000

TYPE_INSTEAD = "only the name of its type was written"


def of_text(text: str) -> Value:
    """A scalar given as text. One or more bare .NET type names are what flattening leaves of a list (3, 4)."""
    return _of_short(text) if len(text) <= _SHORT else _of_any(text)


def _of_any(text: str) -> Value:
    stripped = text.strip()
    if stripped[:10].startswith(("System.", "Microsoft.")) and _TYPE_NAME.fullmatch(
        stripped[:TYPE_NAME_LENGTH].split(" ", 1)[0]
    ):
        return Value(lost=TYPE_INSTEAD)
    return Value(text=stripped)


_SHORT = 100
_of_short = functools.lru_cache(maxsize=4096)(_of_any)
"""Most values of an export are the same few: switches, names of enumerations, one URL on every server."""


_ELLIPSES = ("...", "…")


def of_braces(text: str) -> Value | None:
    """A list as Format-List prints it, `{Basic, Ntlm}`; None where the text is none. `...` at its end: cut (5)."""
    if not (text.startswith("{") and text.endswith(("}", *_ELLIPSES))):
        return None
    inner = text[1:].removesuffix("}").strip()
    partial = inner.endswith(_ELLIPSES)
    for ellipsis in _ELLIPSES:
        inner = inner.removesuffix(ellipsis)
    items = tuple(item.strip() for item in inner.split(",") if item.strip())
    return Value(text=", ".join(items), items=items, partial=partial)
