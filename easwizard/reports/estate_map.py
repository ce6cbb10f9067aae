"""The map of the estate: which way a phone's request goes, hop by hop, and where it breaks. Lines of marked text.

It draws what was seen and what is known, never more: an unknown share is a question mark. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.in_front import InFront, in_front
from easwizard.exchange.inventory import Role
from easwizard.reports.map_fronts import front_rows
from easwizard.reports.map_legs import leg_rows, mailboxes, way_on, whose
from easwizard.reports.map_parts import ASCII, Line, Signs, Span, Tone, branches, middle_cut

__all__ = ["ASCII", "WIDTH", "Line", "Signs", "Span", "Tone", "as_text", "estate_map"]

WIDTH = 61
"""Columns that a map keeps to where it can: the pane of a screen of 80."""
_HTTPS = 443
_WHO = {
    Role.GENERIC: "password phone",
    Role.CERT: "certificate phone",
    Role.AUTODISCOVER: "phone at set-up",
    Role.OTHER: "other",
}
_IN_FRONT = {
    InFront.BRIDGING: "in front: a device that decrypts and encrypts again (your answer)",
    InFront.DELEGATION: "in front: a proxy that signs in for the phones (your answer)",
}


def estate_map(
    case: Case, signs: Signs | None = None, *, width: int = WIDTH, folded: bool = False
) -> tuple[Line, ...]:
    """The whole map, a line each; empty where no name was given. Folded, addresses that say the same are one row."""
    signs = signs or Signs()
    lines: list[Line] = []
    for target in case.with_role(Role.GENERIC, Role.CERT):
        lines += _front(case, target, signs, width, folded=folded)
    for mailbox in mailboxes(case):
        head = f"{whose(case, mailbox)} {signs.arrow} mailbox-role server {signs.arrow} {way_on(case, mailbox)}"
        lines.append((Span(head, Tone.QUIET),))
        lines += branches(leg_rows(case, mailbox), signs, width)
    for target in case.with_role(Role.AUTODISCOVER, Role.OTHER):
        lines += _front(case, target, signs, width, folded=folded)
    return tuple(lines)


def _front(case: Case, target: Target, signs: Signs, width: int, *, folded: bool) -> Iterator[Line]:
    who = f"{_WHO[target.role]} {signs.arrow} "
    name = visible(target.host if target.port == _HTTPS else target.name, width * 4)
    yield (Span(who, Tone.QUIET), Span(middle_cut(name, max(width - len(who), 20), signs.cut), Tone.NAME))
    if target.role.faces_devices and in_front(case) in _IN_FRONT:
        yield (Span(f"  {signs.bar} ", Tone.QUIET), Span(_IN_FRONT[in_front(case)], Tone.QUIET))
    yield from branches(front_rows(case, target, folded=folded), signs, width)


def as_text(lines: Sequence[Line]) -> str:
    """The map without tones."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)
