"""Events as lines of JSON and back. Types say the form: a new field of a fact needs nothing here.

Fields that are not known are ignored and missing ones take their defaults, so that cases travel between versions.
"""

from __future__ import annotations

import json
import re
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import Any, cast, get_args, get_type_hints

from cattrs import ClassValidationError, Converter, transform_error
from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_tagged_union

from easwizard.case.events import Event
from easwizard.case.facts import KIND_OF, Facts
from easwizard.case.untrusted import visible

_MOST_COMPLAINTS = 3
_MOST_TEXT = 20_000
"""Characters kept of one text; far more than a probe keeps, so that nothing of ours is cut."""


class UnknownEvent(ValueError):
    """A line that is no event of ours; the message says why."""


def to_line(event: Event) -> str:
    """One event as one line of JSON, without the line end."""
    if _ready and _ready[0][0] is event:
        return _ready.pop()[1]
    data = _converter().unstructure(event, unstructure_as=Event)
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


_ready: list[tuple[Event, str]] = []
"""At most one event whose line was made beforehand."""


def make_ready(event: Event) -> None:
    """Make the line of a large event now, in any thread, so that writing it later takes no time."""
    _ready.clear()
    _ready.append((event, to_line(event)))


def from_line(line: str) -> Event:
    """The event of one line. Raises UnknownEvent."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnknownEvent("it is not JSON") from error
    if not isinstance(data, dict) or data.get("event") not in _EVENTS:
        raise UnknownEvent("it is no event that this version knows; a newer easwizard may have written it")
    try:
        return cast(Event, _converter().structure(data, cast(Any, Event)))
    except ClassValidationError as error:
        raise UnknownEvent("; ".join(transform_error(error)[:_MOST_COMPLAINTS])) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnknownEvent(f"a value does not fit: {type(error).__name__}") from error


def _name(kind: type) -> str:
    """`AccountsNamed` to `accounts-named`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-")


_EVENTS = {_name(kind) for kind in Event.__args__}


@cache
def own_words() -> frozenset[str]:
    """Every word that lines have of themselves: events, kinds, fields and values of our own. Lower case."""
    names = {*_EVENTS, *KIND_OF.values(), "event", "kind"}
    waiting: list[Any] = list(Event.__args__)
    seen: set[Any] = set()
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if kind in seen or not isinstance(kind, type):
            continue
        seen.add(kind)
        if is_dataclass(kind):
            hints = get_type_hints(kind)
            names |= hints.keys()
            waiting += hints.values()
        elif issubclass(kind, Enum):
            names |= {str(each.value) for each in kind}
    return frozenset(word for name in names for word in re.findall(r"[a-z0-9]+", name.casefold()))


def _text(value: object, kind: type[str]) -> str:
    """Cases travel between people: what a file says is as hostile as what a server says.

    Our enums are text too, so that they arrive here; they come back as what they were.
    """
    if not isinstance(value, str):
        raise TypeError("must be text")
    return kind(value) if issubclass(kind, Enum) else visible(value, _MOST_TEXT)


def _flag(value: object, _: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value


def _whole(value: object, _: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("must be a whole number")
    return value


@cache
def _converter() -> Converter:
    converter = make_converter(detailed_validation=True)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _flag)
    converter.register_structure_hook(int, _whole)
    configure_tagged_union(cast(Any, Facts), converter, tag_name="kind", tag_generator=lambda kind: KIND_OF[kind])
    configure_tagged_union(cast(Any, Event), converter, tag_name="event", tag_generator=_name)
    return converter
