"""Odds in words, as every screen and report writes them."""

from __future__ import annotations

from easwizard.exchange.routing import Odds


def share(odds: Odds) -> str:
    """`50 %`, or `50 to 75 %` where not all is known; never rounded up to everybody or down to nobody."""
    low, high = _percent(odds.low), _percent(odds.high)
    return f"{low} %" if odds.exact is not None else f"{low} to {high} %"


def _percent(share: float) -> int:
    if share in (0, 1):
        return round(share * 100)
    return min(99, max(1, round(share * 100)))
