"""Shares in words: one form for every clue and summary."""

from __future__ import annotations

from easwizard.case.statistics import wilson_interval


def percent(share: float) -> str:
    """`0.5` as `50 %`."""
    return f"{share * 100:.0f} %"


def share_in_words(failed: int, total: int) -> str:
    """E.g. `9 of 20 (45 %, 26 to 66 % if draws are independent)` (J9)."""
    low, high = wilson_interval(failed, total)
    interval = f"{low * 100:.0f} to {high * 100:.0f} % if draws are independent"
    return f"{failed} of {total} ({percent(failed / total)}, {interval})"
