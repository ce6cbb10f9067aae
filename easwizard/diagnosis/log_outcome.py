"""Whether logs tell enough to say that nothing is wrong, and what they cannot tell (DESIGN 5, logs.md 1 and 5.7)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, LogKind, TargetCount
from easwizard.case.statistics import samples_to_see
from easwizard.diagnosis.finding import NotExamined
from easwizard.diagnosis.log_legs import is_history, judged_logs, kinds_read, last_row, log_legs
from easwizard.exchange.products import Product

_FEW_FAIL = 0.05
_A_QUARTER = 0.25
"""The smallest share of the leg that the rules speak of (J8)."""
_MANY_REJECTED = 0.01


def logs_decide(case: Case) -> bool:
    """Whether logs hold enough requests to see a fault of a quarter of them."""
    counts = judged_logs(case)
    return counts is not None and sum(map(_own, counts.targets)) >= samples_to_see(_A_QUARTER)


def logs_in_doubt(case: Case) -> bool:
    """Whether a place fails more often than now and then, passwords apart: without a finding that is no health."""
    counts = judged_logs(case)
    if counts is None:
        return False
    return any(_fails(target) for target in counts.targets)


def _own(target: TargetCount) -> int:
    return target.requests - target.credentials


def _fails(target: TargetCount) -> bool:
    total, failed = _own(target), target.failed - target.credentials
    return total >= samples_to_see(_A_QUARTER) and failed / total > _FEW_FAIL


def unseen_in_logs(case: Case) -> Iterator[NotExamined]:
    """What the logs that were read leave open."""
    counts = case.logs
    if counts is None:
        return
    if not counts.used:
        yield NotExamined("what the logs say", f"no ActiveSync request is in them; {_why_none(counts)}")
        return
    if is_history(case):
        last = last_row(counts)
        until = f"{last:%Y-%m-%d %H:%M} UTC" if last is not None else "then"
        yield NotExamined("what the logs say", f"they end at {until}, before the last step that was done: history")
    if counts.partial:
        yield NotExamined("a part of the logs", "reading was stopped; the counts are of what was read until then")
    yield from _unread(counts)
    if not log_legs(case) and not is_history(case) and _may_have_2007(case):
        yield NotExamined("to which old server requests were passed on", _why_no_leg(counts))


def _why_none(counts: LogCounts) -> str:
    problems = [file.problem for file in counts.coverage if file.problem]
    return problems[0] if problems else f"{sum(file.rows for file in counts.coverage)} rows of other applications"


def _unread(counts: LogCounts) -> Iterator[NotExamined]:
    broken = [file for file in counts.coverage if file.problem]
    if broken:
        more = f" and {len(broken) - 1} more" if len(broken) > 1 else ""
        yield NotExamined(f"{broken[0].file}{more}", broken[0].problem)
    rejected = sum(sum(file.rejected.values()) for file in counts.coverage)
    if rejected > counts.used * _MANY_REJECTED:
        yield NotExamined(f"{rejected} rows of the logs", "they could not be read; the coverage says why")


def _may_have_2007(case: Case) -> bool:
    held = {v.product for v in case.inventory.vdirs} | {s.product for s in case.inventory.servers}
    return not held or Product.E2007 in held


def _why_no_leg(counts: LogCounts) -> str:
    if LogKind.BACK_END in kinds_read(counts):
        return "no row of the back-end log names one (PrxTo): nothing was passed on, or nobody has a mailbox there"
    return (
        "for a mailbox on 2007 only the back-end log (W3SVC2) of each newer server, or the old server's own log, "
        "names it; an HttpProxy or front-end log does not (logs.md 1):\n"
        r"easwizard logs C:\inetpub\logs\LogFiles\W3SVC2"
    )
