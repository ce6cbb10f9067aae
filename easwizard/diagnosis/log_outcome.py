"""Whether logs tell enough to say that nothing is wrong, and what they cannot tell (DESIGN 5, logs.md 1 and 5.7).

A large share of requests that came to nothing is never health: without a finding that explains it, its numbers are
told. A password that is refused now and then is everyday, and one that is refused more often than not is no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, LogKind, Outcome, StatusCount, TargetCount
from easwizard.case.statistics import samples_to_see
from easwizard.diagnosis.finding import Finding, NotExamined
from easwizard.diagnosis.log_closed_doors import closed_doors
from easwizard.diagnosis.log_history import is_history, judged_logs, mended_targets
from easwizard.diagnosis.log_legs import log_legs
from easwizard.diagnosis.log_places import is_leg, is_redirect, kinds_read, last_row, moved_by
from easwizard.diagnosis.log_refusals import is_often, refused_by_windows
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.products import Product

_FEW_FAIL = 0.05
_A_QUARTER = 0.25
"""The smallest share of the leg that the rules speak of (J8)."""
_HALF = 0.5
_MANY_REJECTED = 0.01
_SHOWN = 3
_UNEXPLAINED = "no rule explains it for certain"
_ASK_BEHIND = (
    "no rule explains it for certain. The log of each old server says more; where these requests are missing there, "
    "the name leads elsewhere:\n"
    r"easwizard logs C:\inetpub\logs\LogFiles"
)


def logs_decide(case: Case) -> bool:
    """Whether logs hold enough requests to see a fault of a quarter of them."""
    counts = judged_logs(case)
    return counts is not None and sum(map(_own, counts.targets)) >= samples_to_see(_A_QUARTER)


def logs_in_doubt(case: Case) -> bool:
    """Whether a place fails more often than now and then: without a finding that explains it that is no health."""
    return any(True for _ in doubts(case))


class Doubt(NamedTuple):
    """Numbers that speak against health."""

    words: str
    of_a_leg: bool = False
    """Whether they are of an old server: what fails there fails at every hop before it."""


def doubts(case: Case) -> Iterator[Doubt]:
    """Everything that speaks against health: of old servers first, then the most hurt place first."""
    counts = judged_logs(case)
    if counts is None:
        return
    for target in sorted(counts.targets, key=lambda each: not is_leg(counts, each)):
        yield from (Doubt(words, is_leg(counts, target)) for words in _of_target(counts, target))
    requests, refused_logins = sum(t.requests for t in counts.targets), sum(t.credentials for t in counts.targets)
    if refused_logins >= samples_to_see(_A_QUARTER) and refused_logins / requests > _HALF:
        words = f"{refused_logins} of {requests} requests were refused for their account or password"
        yield Doubt(f"{words} (401 with its Win32 code)")
    yield from (Doubt(door.words) for door in closed_doors(case))
    refused = refused_by_windows(case)
    if refused is not None and is_often(refused):
        yield Doubt(refused.words)


def _own(target: TargetCount) -> int:
    return target.requests - target.credentials


def _of_target(counts: LogCounts, target: TargetCount) -> Iterator[str]:
    if target.requests < samples_to_see(_A_QUARTER):
        return
    total, failed = _own(target), target.failed - target.credentials + moved_by(counts, target)
    if total and failed / total > _FEW_FAIL:
        beside = "" if any(e.target == target.host for e in counts.errors) else ", without an Error: beside them"
        yield f"{failed} of {total} requests to {target.host} came to nothing ({_codes(counts, target)}{beside})"
    if target.provision / target.requests > _HALF:
        yield f"{target.host} told {target.provision} of {target.requests} requests to take the policy first (449)"


def _codes(counts: LogCounts, target: TargetCount) -> str:
    """The most frequent codes of what came to nothing; `-` for one that the log does not have."""
    own = [s for s in counts.statuses if (s.target, s.named_by) == (target.host, target.named_by)]
    bad = [s for s in own if s.outcome is Outcome.FAILED or is_redirect(s.status)]
    bad.sort(key=lambda each: -each.count)
    return ", ".join(f"{each.count} times {_code(each)}" for each in bad[:_SHOWN])


def _code(each: StatusCount) -> str:
    return " ".join("-" if code is None else str(code) for code in (each.status, each.substatus, each.win32))


def unexplained_in_logs(case: Case, findings: Iterable[Finding]) -> Iterator[NotExamined]:
    """What fails in the logs although nothing was found that explains it; nothing where something was.

    What a finding that is only possible tells already is not told twice.
    """
    grave = (Severity.HIGH, Severity.MEDIUM)
    if any(finding.verdict.asserts and finding.severity in grave for finding in findings):
        return
    told = [clue.text for finding in findings for clue in finding.clues]
    open_ones = [doubt for doubt in doubts(case) if not any(doubt.words in text for text in told)]
    for number, doubt in enumerate(open_ones[:_SHOWN]):
        first_leg = doubt.of_a_leg and not number
        yield NotExamined("why requests fail", f"{doubt.words}; {_ASK_BEHIND if first_leg else _UNEXPLAINED}")
    if len(open_ones) > _SHOWN:
        yield NotExamined("why requests fail", f"{len(open_ones) - _SHOWN} more places fail, as their table shows")


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
    elif mended := sorted({host for host, _ in mended_targets(case)}):
        more = f" and {len(mended) - _SHOWN} more" if len(mended) > _SHOWN else ""
        why = "a step that was done after the last row touches it: history"
        yield NotExamined(f"what the logs say of {', '.join(mended[:_SHOWN])}{more}", why)
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
