"""What changed between the logs of two reports: targets whose share of failures is another one (logs.md 5.1). Pure.

Counts differ with every hour that was read. A share counts as changed only where the 95 % intervals of both do not
touch; what one report has no logs of, or next to none, is not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from easwizard.case.statistics import wilson_interval

_FEWEST = 20
"""Requests of a target in each report, to compare them."""

Row = Mapping[str, Any]


def changed_shares(before: Any, after: Any) -> Iterator[tuple[str, str, str, str]]:
    """Of each target whose share changed: its id, its host and what names it, the share before, and the one after.

    Takes what two reports have under `logs`, which may be anything.
    """
    was, is_now = _targets(before), _targets(after)
    for key, (failed, total) in is_now.items():
        if key not in was:
            continue
        low, high = wilson_interval(failed, total)
        old_low, old_high = wilson_interval(*was[key])
        if high < old_low or old_high < low:
            host, named_by = key
            yield f"logs:{named_by}:{host}", f"{host} ({named_by})", _words(*was[key]), _words(failed, total)


def _targets(logs: Any) -> dict[tuple[str, str], tuple[int, int]]:
    """Failures and requests by target, passwords left out (J10); rows that are none are left out too."""
    rows = logs.get("targets") if isinstance(logs, Mapping) else None
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, Mapping):
            continue
        host, named_by = row.get("host"), row.get("named_by")
        requests, failed, credentials = (_count(row.get(name)) for name in ("requests", "failed", "credentials"))
        total, bad = requests - credentials, failed - credentials
        if isinstance(host, str) and isinstance(named_by, str) and total >= _FEWEST and 0 <= bad <= total:
            found[(host, named_by)] = (bad, total)
    return found


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _words(failed: int, total: int) -> str:
    low, high = wilson_interval(failed, total)
    return f"{failed / total * 100:.1f} % of {total} ({low * 100:.0f} to {high * 100:.0f} %)"
