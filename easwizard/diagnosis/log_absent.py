"""Servers whose logs show 404 on the ActiveSync path for nearly every request (exchange.md 3.1, logs.md 4)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, NamedBy, StatusCount, TargetCount
from easwizard.case.statistics import wilson_interval
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_legs import NEARLY_ALL
from easwizard.exchange.certainty import Basis

_TOO_LARGE = 13
"""Sub-status of a 404 that only says that the request is too large."""
_LOWEST = 0.8
"""Where the interval of the share must begin: some 16 requests at the fewest."""


def absent_clues(case: Case) -> Iterator[Clue]:
    """For `eas/vdir-missing`: proof by the server's own log; of a leg other reasons are believed too (1.4)."""
    counts = judged_logs(case)
    if counts is None:
        return
    for target in counts.targets:
        times = _absent(counts, target)
        if not target.requests or times / target.requests < NEARLY_ALL:
            continue
        if wilson_interval(times, target.requests)[0] < _LOWEST:
            continue
        text = f"{target.host} answered {times} of {target.requests} ActiveSync requests with 404 (log)"
        if target.named_by is NamedBy.ADDRESS:
            yield Clue(Effect.PROVES, text, "3.1, logs.md 4", Group.LOG, subject=(target.host,))
        else:
            yield Clue(
                Effect.SUPPORTS, text, "1.4, logs.md 4", Group.LOG, Basis.BELIEVED, (target.host,), strong=True
            )


def _absent(counts: LogCounts, target: TargetCount) -> int:
    return sum(each.count for each in counts.statuses if _is_absent(each, target))


def _is_absent(each: StatusCount, target: TargetCount) -> bool:
    here = (each.target, each.named_by) == (target.host, target.named_by)
    return here and each.status == 404 and each.substatus != _TOO_LARGE
