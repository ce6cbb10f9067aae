"""The map of the estate: which way a phone's request goes, hop by hop, and where it breaks. Lines of marked text.

It draws what was seen and what is known, never more: an unknown share is a question mark. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.in_front import InFront, in_front
from easwizard.exchange.inventory import Role
from easwizard.exchange.routing import Mailbox
from easwizard.reports.map_fronts import front_rows
from easwizard.reports.map_legs import leg_rows, mailboxes, way_on, whose
from easwizard.reports.map_parts import ASCII, Line, Row, Signs, Span, Tone, branches, middle_cut

__all__ = ["ASCII", "WIDTH", "Line", "Signs", "Span", "Tone", "Tree", "as_text", "estate_map", "trees"]

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


@dataclass(frozen=True)
class Tree:
    """One way into the estate with its branches: a name that phones use, or the hop behind the new servers."""

    who: str
    """Whose requests come in here."""
    name: str
    """The name they are sent to; for the hop behind, how it chooses."""
    rows: tuple[Row, ...]
    through: str = ""
    """What stands between the two."""
    in_front: str = ""
    """What ends TLS before the name."""


def trees(case: Case, *, folded: bool = False) -> tuple[Tree, ...]:
    """What the map is made of, in its order; empty where no name was given. Every drawing begins here."""
    return (
        *(_front(case, target, folded=folded) for target in case.with_role(Role.GENERIC, Role.CERT)),
        *(_leg(case, mailbox) for mailbox in mailboxes(case)),
        *(_front(case, target, folded=folded) for target in case.with_role(Role.AUTODISCOVER, Role.OTHER)),
    )


def _front(case: Case, target: Target, *, folded: bool) -> Tree:
    name = target.host if target.port == _HTTPS else target.name
    before = _IN_FRONT.get(in_front(case), "") if target.role.faces_devices else ""
    return Tree(_WHO[target.role], name, front_rows(case, target, folded=folded), in_front=before)


def _leg(case: Case, mailbox: Mailbox | None) -> Tree:
    return Tree(whose(case, mailbox), way_on(case, mailbox), leg_rows(case, mailbox), through="mailbox-role server")


def estate_map(
    case: Case, signs: Signs | None = None, *, width: int = WIDTH, folded: bool = False
) -> tuple[Line, ...]:
    """The whole map, a line each; empty where no name was given. Folded, addresses that say the same are one row."""
    signs = signs or Signs()
    lines: list[Line] = []
    for tree in trees(case, folded=folded):
        lines += _head(tree, signs, width)
        lines += branches(tree.rows, signs, width)
    return tuple(lines)


def _head(tree: Tree, signs: Signs, width: int) -> Iterator[Line]:
    if tree.through:
        yield (Span(f" {signs.arrow} ".join((tree.who, tree.through, tree.name)), Tone.QUIET),)
        return
    who = f"{tree.who} {signs.arrow} "
    name = visible(tree.name, width * 4)
    yield (Span(who, Tone.QUIET), Span(middle_cut(name, max(width - len(who), 20), signs.cut), Tone.NAME))
    if tree.in_front:
        yield (Span(f"  {signs.bar} ", Tone.QUIET), Span(tree.in_front, Tone.QUIET))


def as_text(lines: Sequence[Line]) -> str:
    """The map without tones."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)
