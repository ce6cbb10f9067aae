"""Which addresses stand for one pool, so that they must behave alike (J14, J15).

The addresses that one resolver gives together are a pool, and so are the machines behind a name that were reached
directly. A name in two DNS views, or a device in front beside the machines behind it, are different things and are
never compared. What a single address stands for cannot be seen from its number.
"""

from __future__ import annotations

from collections.abc import Collection

from easwizard.case.case import Case
from easwizard.diagnosis.dns_views import views_of
from easwizard.diagnosis.vantage import reached_directly

Pool = frozenset[str]
"""Addresses."""


def pools_of(case: Case, host: str, addresses: Collection[str]) -> tuple[Pool, ...]:
    """The pools among the addresses at which a host was looked at; a lone address is one too."""
    direct = reached_directly(case, host) & set(addresses)
    looked_at = set(addresses) - direct
    views = {view.addresses & looked_at for view in views_of(case, host)}
    # An address that no resolver gave was named by hand: all such belong together.
    rest = looked_at.difference(*views)
    found = {frozenset(pool) for pool in (*views, rest, direct) if pool}
    return tuple(sorted(found, key=sorted))
