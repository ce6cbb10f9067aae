"""Requests that logs show as sent elsewhere: by ActiveSync with 451, or by a redirect of the web site (J12, 3.1).

451 with `RdirTo:` is no failure by itself. A 302 of the web site never reached ActiveSync, whatever its status says.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.log_counts import NamedBy, TargetCount
from easwizard.case.statistics import wilson_interval
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_legs import NEARLY_ALL
from easwizard.diagnosis.log_places import moved_by
from easwizard.exchange.certainty import Basis

_FEWEST = 10
_SHARE = 0.01
_SHOWN = 3
_OFTEN = 0.05
_LOWEST = 0.8
"""Where the interval of the share must begin, to say that a server redirects all that comes."""


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


def moved_clues(case: Case) -> Iterator[Clue]:
    """For `eas/redirected`: proof, as believed, where a server's own log shows that it redirects nearly all."""
    counts = judged_logs(case)
    if counts is None:
        return
    for target in counts.targets:
        moved = moved_by(counts, target)
        if moved < _FEWEST or moved / target.requests < _OFTEN:
            continue
        proven = target.named_by is NamedBy.ADDRESS and _nearly_all(target, moved)
        text = (
            f"{target.host} answered {moved} of {target.requests} ActiveSync requests with a redirect of the web "
            "site (log)"
        )
        effect = Effect.PROVES if proven else Effect.SUPPORTS
        yield Clue(effect, text, "3.1, 8", Group.LOG, Basis.BELIEVED, (target.host,))


def _nearly_all(target: TargetCount, moved: int) -> bool:
    return moved / target.requests >= NEARLY_ALL and wilson_interval(moved, target.requests)[0] >= _LOWEST
