"""Rows that are alike: what repeats of a row, as it is spelled, is understood once.

Most of a row says who asked which server for what and how that ended; only the time, the duration and some numbers
are its own. So most rows are never cut into columns: two slices and one look-up tell everything that repeats.
"""

from __future__ import annotations

from typing import NamedTuple

from easwizard.evidence.logs.tables import Group, Ident, Kind, Tables


class Alike(NamedTuple):
    """What rows of one spelling have in common, by the numbers of the run's tables."""

    group: int
    """Who met what where, a number of `Tables.groups`, shifted by WRITTEN_BITS; PROBE where nobody did."""
    kind: int
    """Which command ended how, a number of `Tables.kinds`, shifted likewise."""
    target: int
    """The target that the row names, or the log's own address."""
    result: int
    ident: Ident
    agent: str
    probe: bool
    client: bytes
    """The address that asked, as the log has it."""
    proxies: bool = False
    """Whether `Log=` of such a row may name another target."""
    traits: tuple[bool, bool] = (False, False)
    """Of an IIS row: whether it came to the back end's port, and whether its stem is that of a proxied request."""


WRITTEN_BITS = 24
"""Below the number of a group stands the number of what a server wrote: one sum names both."""
PROBE = -1 << WRITTEN_BITS
"""The group of all rows of probes, which are counted apart."""
MOST_ALIKE = 80_000
"""Spellings that are remembered."""
IRREGULAR = None
"""Stands for a spelling that must be looked at column by column."""


def alike_of(
    tables: Tables, target: int, result: int, ident: Ident, agent: str, probe: bool, client: bytes, proxies: bool,
    traits: tuple[bool, bool] = (False, False),
) -> Alike:  # fmt: skip
    """What rows have in common, numbered."""
    owner = (ident.user, ident.device, ident.type, ident.command == "Provision")
    group = PROBE if probe else tables.groups.number(Group(*owner, agent, target, result, proxies)) << WRITTEN_BITS
    kind = tables.kinds.number(Kind(ident.command, target, result, proxies)) << WRITTEN_BITS
    return Alike(group, kind, target, result, ident, agent, probe, client, proxies, traits)
