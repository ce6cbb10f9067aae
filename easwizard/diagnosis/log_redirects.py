"""Requests that logs show as sent elsewhere (451 with `RdirTo:`), which is no failure by itself (J12, logs.md 1)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_legs import judged_logs

_FEWEST = 10
_SHARE = 0.01
_SHOWN = 3


def redirect_clues(case: Case) -> Iterator[Clue]:
    """For `eas/redirected`: told, and no more than possible; where it leads decides whether it is a fault (J12)."""
    counts = judged_logs(case)
    if counts is None:
        return
    sent = sum(target.redirected for target in counts.targets)
    if sent < _FEWEST or sent < sum(target.requests for target in counts.targets) * _SHARE:
        return
    places = ", ".join(each.name for each in counts.redirects[:_SHOWN])
    text = f"the logs show {sent} requests sent elsewhere with 451{f', to {places}' if places else ''}"
    yield Clue(Effect.SUPPORTS, text, "J12, logs.md 1", Group.LOG)
