"""What changed between two reports, as JSON (DESIGN 6) and as plain text of at most 80 columns where words allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from easwizard.case.untrusted import visible
from easwizard.reports.comparing import Change, Difference, FieldChange, Part, Thing
from easwizard.reports.lines import wrapped

FORMAT = "easwizard-diff"
VERSION = 1
_LONGEST = 300
"""Characters shown of one value."""
_SAID = ("verdict", "severity", "summary", "kind", "target", "success", "range")
"""What is told of a thing that is new or gone, as far as it has it."""


def render_json(difference: Difference) -> str:
    """The difference as JSON text."""
    return json.dumps(document(difference), ensure_ascii=False, indent=2) + "\n"


def document(difference: Difference) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "findings": _part_form(difference.findings),
        "facts": _part_form(difference.facts),
        "routes": _part_form(difference.routes),
    }


def _part_form(part: Part) -> dict[str, Any]:
    return {
        "added": [dict(thing.about) for thing in part.added],
        "removed": [dict(thing.about) for thing in part.removed],
        "changed": [
            {
                **change.about,
                "changes": [{"field": f.field, "before": f.before, "after": f.after} for f in change.fields],
            }
            for change in part.changed
        ],
    }


def render(difference: Difference) -> str:
    """The difference as plain text, ending in a newline."""
    return "\n".join(_lines(difference)) + "\n"


def _lines(difference: Difference) -> Iterator[str]:
    parts = (("findings", difference.findings), ("facts", difference.facts), ("routes", difference.routes))
    if difference.is_same:
        yield "NOTHING CHANGED: same findings, facts and routes"
        return
    counts = ", ".join(f"{len(part)} {_noun(name, len(part))}" for name, part in parts if not part.is_same)
    yield f"CHANGED: {counts}   (+ is new, - is gone, ~ is otherwise)"
    for name, part in parts:
        if not part.is_same:
            yield from ("", name.capitalize())
            yield from _part(part)


def _noun(name: str, count: int) -> str:
    return name.removesuffix("s") if count == 1 else name


def _part(part: Part) -> Iterator[str]:
    for change in part.changed:
        yield from _change(change)
    for sign, things in (("-", part.removed), ("+", part.added)):
        for thing in things:
            yield from _thing(sign, thing)


def _change(change: Change) -> Iterator[str]:
    yield from wrapped("  ~ ", visible(change.id, _LONGEST))
    for field in change.fields:
        yield from _field(field)


def _field(field: FieldChange) -> Iterator[str]:
    before, after = _value(field.before), _value(field.after)
    label = f"      {visible(field.field, 60)}: "
    if len(label) + len(before) + len(after) + 4 <= 80:
        yield f"{label}{before} -> {after}"
        return
    yield label.rstrip()
    yield from wrapped("        was ", before)
    yield from wrapped("        now ", after)


def _thing(sign: str, thing: Thing) -> Iterator[str]:
    said = [_value(thing.about[name]) for name in _SAID if thing.about.get(name) is not None]
    yield from wrapped(f"  {sign} ", visible(thing.id, _LONGEST))
    if said:
        yield from wrapped("      ", ", ".join(said))


def _value(value: Any) -> str:
    """A value in words: unknown and empty are not the same (DESIGN 6)."""
    if value is None:
        return "unknown or none"
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return visible(text, _LONGEST)
