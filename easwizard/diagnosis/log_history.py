"""Which part of the logs is of before something was mended, and so judges no more (DESIGN 6, J22).

A step makes older rows history only where its plan could have changed what they show: one about the legs changes
the failures of every hop, but not of legs to another site's names; one about front ends leaves the legs as they are;
and one about Autodiscover or the life of DNS answers changes no row. Where that cannot be told, all is history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, NamedBy, TargetCount
from easwizard.case.mending import StepRecord, StepState
from easwizard.diagnosis.log_memory import Same
from easwizard.diagnosis.log_places import is_leg, last_row
from easwizard.exchange.inventory import VirtualDirectory

Key = tuple[str, NamedBy]
"""A target: its host, and what names it."""

_CHANGES_NO_ROW = ("autodiscover/", "account/", "dns/ttl-too-long", "tls/legacy-only", "tls/chain-incomplete")
_OF_FRONT_ENDS = ("cba/", "eas/", "setup/")
_CARRIED_OUT = (StepState.DONE, StepState.WAITING)


def judged_logs(case: Case) -> LogCounts | None:
    """The logs as far as they may judge: without the targets that were mended after their last row; None for none."""
    counts = case.logs
    if counts is None:
        return None
    if not counts.targets and any(not step.plan.startswith(_CHANGES_NO_ROW) for step in _later_steps(case)):
        return None  # what HTTP.sys refused names no target
    mended = mended_targets(case)
    if not mended:
        return counts
    if len(mended) == len({_key(target) for target in counts.targets}):
        return None
    return _without(Same(counts), mended)


def is_history(case: Case) -> bool:
    """Whether the whole of the logs is of before something was mended."""
    return case.logs is not None and judged_logs(case) is None


def mended_targets(case: Case) -> frozenset[Key]:
    """The targets of the logs that a step touched after their last row."""
    counts = case.logs
    if counts is None:
        return frozenset()
    return frozenset(key for step in _later_steps(case) for key in _touched(case, counts, step))


def _later_steps(case: Case) -> Iterator[StepRecord]:
    """What was done after the last row, and not undone since."""
    last = last_row(case.logs) if case.logs is not None else None
    if last is None:
        return
    newest = {(step.plan, step.step, step.subject): step.state for step in case.steps}
    for step in case.steps:
        undone = newest[(step.plan, step.step, step.subject)] is StepState.UNDONE
        if step.state in _CARRIED_OUT and step.at > last and not undone:
            yield step


def _touched(case: Case, counts: LogCounts, step: StepRecord) -> Sequence[Key]:
    if step.plan.startswith(_CHANGES_NO_ROW):
        return ()
    if not step.plan.startswith(_OF_FRONT_ENDS):
        return () if _is_of_other_legs(case, counts, step.subject) else [_key(target) for target in counts.targets]
    front = [target for target in counts.targets if not is_leg(counts, target)]
    names = _names_of(case, step.subject)
    own = [target for target in front if _is_one_of(target, names)]
    return [_key(target) for target in own or front]


def _is_of_other_legs(case: Case, counts: LogCounts, subject: str) -> bool:
    """Whether the step was for a vdir of a site none of whose names the logs show as a target."""
    vdir = next((v for v in case.inventory.vdirs if v.label.casefold() == subject.casefold()), None)
    shown = {target.host for target in counts.targets if target.named_by is NamedBy.PRX_TO}
    if vdir is None or not shown or vdir.product is None or not vdir.product.is_legacy or vdir.site is None:
        return False
    hosts = {each.internal_host for each in case.inventory.vdirs if _is_drawn_with(each, vdir)}
    return None not in hosts and not {host.casefold() for host in hosts if host} & shown


def _is_drawn_with(one: VirtualDirectory, other: VirtualDirectory) -> bool:
    return (one.product, one.site, one.back_end) == (other.product, other.site, other.back_end)


def _names_of(case: Case, subject: str) -> set[str]:
    """How a target may be called that a subject means: a server by its host name, a name by its addresses."""
    server = subject.partition("/")[0].casefold()
    if not server:
        return set()
    record = case.inventory.server(server)
    known = {server, *case.addresses(server)}
    return known | ({record.fqdn.casefold()} if record is not None and record.fqdn else set())


def _is_one_of(target: TargetCount, names: set[str]) -> bool:
    place = target.host.partition("/")[0]
    return place in names or (not place[:1].isdigit() and place.partition(".")[0] in names)


def _key(target: TargetCount) -> Key:
    return (target.host, target.named_by)


@lru_cache(maxsize=2)
def _without(same: Same, mended: frozenset[Key]) -> LogCounts:
    """The counts of the other targets. What HTTP.sys refused names none, and is of front ends: it goes with any."""
    counts = same.counts
    hosts = {host for host, _ in mended}
    return replace(
        counts,
        targets=tuple(t for t in counts.targets if _key(t) not in mended),
        statuses=tuple(s for s in counts.statuses if (s.target, s.named_by) not in mended),
        timeline=tuple(h for h in counts.timeline if (h.target, h.named_by) not in mended),
        latency=tuple(each for each in counts.latency if (each.target, each.named_by) not in mended),
        errors=tuple(error for error in counts.errors if error.target not in hosts),
        users=tuple(
            replace(user, targets=tuple(at for at in user.targets if (at.target, at.named_by) not in mended))
            for user in counts.users
        ),
        http_errors=(),
        redirects=(),
    )
