"""What Windows' HTTP service refused before ActiveSync saw it, by HTTPERR logs (logs.md 1, exchange.md 8).

That a stopped application pool looks so is only believed. These logs count here without an hour and without a server:
whether it is of now is told by the last row of the file, and which server it is by the file itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, LogKind, NamedBy
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_places import is_address, last_row
from easwizard.diagnosis.shares import percent
from easwizard.exchange.certainty import Basis

_STOPPED = ("appoffline", "disabled", "appshutdown")
"""Reasons beside 503 by which the pool itself is not there, in lower case; another reason may be a full queue."""
_FEWEST = 20
_SELDOM, _OFTEN = 0.01, 0.05
"""Shares of requests: a pool that starts anew refuses a few, one that is stopped all that come to it."""
_OF_NOW = timedelta(hours=1)
_SHOWN = 3


@dataclass(frozen=True)
class Refused:
    """ActiveSync requests that one HTTPERR reason stands for, beside those that reached a server."""

    count: int
    reasons: tuple[str, ...]
    reached: int
    """Requests in the logs of the servers that phones, or proxying servers, reached."""
    lately: bool
    """Whether these files go on to the end of all logs that were read."""
    files: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.count / (self.count + self.reached)

    @property
    def words(self) -> str:
        reasons = ", ".join(self.reasons)
        return (
            f"Windows' HTTP service refused {self.count} ActiveSync requests ({reasons}), {percent(self.share)} of "
            f"all that the logs show (HTTPERR: {', '.join(self.files)})"
        )


def refused_by_windows(case: Case) -> Refused | None:
    """Every such request that got an answer; None where there are next to none."""
    counts = judged_logs(case)
    return _refused(counts, stopped_only=False) if counts is not None else None


def _refused(counts: LogCounts, *, stopped_only: bool) -> Refused | None:
    rows = [
        each
        for each in counts.http_errors
        if each.activesync and each.status is not None
        and (not stopped_only or (each.status == 503 and each.reason.casefold() in _STOPPED))
    ]  # fmt: skip
    count = sum(each.count for each in rows)
    if count < _FEWEST:
        return None
    files = [file for file in counts.coverage if file.kind is LogKind.HTTP_ERR and file.used]
    last, last_refused = last_row(counts), max((f.last_utc for f in files if f.last_utc is not None), default=None)
    reasons = dict.fromkeys(f"{each.status} {visible(each.reason, 40)}" for each in rows)
    named = tuple(visible(file.file, 120) for file in files[:_SHOWN])
    more = (f"and {len(files) - _SHOWN} more",) if len(files) > _SHOWN else ()
    return Refused(
        count,
        tuple(reasons),
        _reached(counts),
        lately=last is None or last_refused is None or last - last_refused <= _OF_NOW,
        files=(*named, *more),
    )


def _reached(counts: LogCounts) -> int:
    """One request may stand in the logs of several hops: the hop with the most counts."""
    own = sum(t.requests for t in counts.targets if t.named_by is NamedBy.ADDRESS and is_address(t.host))
    passed_on = sum(t.requests for t in counts.targets if t.named_by is NamedBy.TARGET_SERVER)
    return max(own, passed_on)


def is_often(refused: Refused) -> bool:
    """Whether more than a pool that starts anew makes."""
    return refused.share >= _OFTEN


def stopped_pool_clues(case: Case) -> Iterator[Clue]:
    """For `eas/app-pool-down`: strong where it goes on to the end of the logs."""
    stopped = _stopped(case)
    if stopped is not None and stopped.share >= _SELDOM:
        text = f"{stopped.words}: ActiveSync's application pool was not there"
        text += "" if stopped.lately else "; the last of them are older than the end of the logs: it may run again"
        yield Clue(
            Effect.SUPPORTS,
            text,
            "8, logs.md 1",
            Group.LOG,
            Basis.BELIEVED,
            strong=stopped.lately and is_often(stopped),
        )


def stopped_member_clues(case: Case) -> Iterator[Clue]:
    """For `server/pool-member-differs`: others answered in the same logs. One server at times would look alike."""
    stopped = _stopped(case)
    if stopped is not None and is_often(stopped) and stopped.reached >= _FEWEST:
        text = f"{stopped.words}, while {stopped.reached} requests reached a server"
        yield Clue(Effect.SUPPORTS, text, "J15, 8, logs.md 1", Group.LOG, Basis.INFERRED)


def _stopped(case: Case) -> Refused | None:
    counts = judged_logs(case)
    return _refused(counts, stopped_only=True) if counts is not None else None
