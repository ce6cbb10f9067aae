"""A server's certificate has expired or is not valid yet (exchange.md 8), unless our own clock is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_certificates import Look, ShownBy, moment, severities, shown_certificates, validity
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis

_AGREEING = 3600
"""Seconds: servers that agree within an hour on an hour and more of difference contradict our clock."""


@dataclass(frozen=True)
class _TheirClock:
    """By how many seconds the servers, all of them, say that our clock is wrong."""

    offset: float = 0.0
    servers: int = 0

    @property
    def words(self) -> str:
        direction = "behind" if self.offset > 0 else "ahead"
        hours = abs(self.offset) / 3600
        amount = f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
        return f"by the clocks of {self.servers} servers ours is {amount} {direction}"


def examine(case: Case) -> Examination:
    theirs = _their_clock(case)
    shown = shown_certificates(case)
    clues = tuple(clue for host in shown for clue in _clues(host, theirs))
    doubt = any(clue.is_positive for clue in clues) and theirs.servers > 0
    return Examination(
        clues=clues,
        missing=(_right_time(),) if doubt else (),
        severity=severity_of(clues, severities(shown, phones=Severity.HIGH, leg=Severity.LOW)),
    )


def _their_clock(case: Case) -> _TheirClock:
    """What all servers that told their time agree on; nothing where they do not, or agree with us."""
    by_address: dict[str, list[float]] = {}
    for observation, facts in case.seen(HttpFacts):
        if observation.ok and facts.clock_offset_s is not None:
            by_address.setdefault(facts.address, []).append(facts.clock_offset_s)
    offsets = [median(told) for told in by_address.values()]
    if not offsets or max(offsets) - min(offsets) > _AGREEING or min(map(abs, offsets)) < _AGREEING:
        return _TheirClock()
    return _TheirClock(median(offsets), len(offsets))


def _clues(shown: ShownBy, theirs: _TheirClock) -> Iterator[Clue]:
    off = [(look, why) for look in shown.looks if (why := _by_both(look, theirs))]
    if off:
        yield _clue(shown, off, "", Effect.PROVES, Basis.CONFIRMED)
        return
    doubtful = [(look, why) for look in shown.looks if (why := _by_one(look, theirs))]
    if doubtful:
        one_server = theirs.servers == 1
        effect, basis = (Effect.PROVES, Basis.INFERRED) if one_server else (Effect.SUPPORTS, Basis.CONFIRMED)
        yield _clue(shown, doubtful, f"; but {theirs.words}, and by them it is otherwise", effect, basis)
    elif shown.all_show(_has_dates):
        text = f"every certificate of {shown.host} is within its time"
        yield Clue(Effect.EXCLUDES, text, "8", Group.PROBE, subject=(shown.host,))


def _has_dates(look: Look) -> bool:
    return moment(look.facts.not_after) is not None and moment(look.facts.not_before) is not None


def _by_both(look: Look, theirs: _TheirClock) -> str | None:
    """Why it is out of date by our clock and by theirs."""
    at = look.observation.at
    return validity(look.facts, at + timedelta(seconds=theirs.offset)) and validity(look.facts, at)


def _by_one(look: Look, theirs: _TheirClock) -> str | None:
    """Why it is out of date by our clock or, where several servers agree, by theirs."""
    ours = validity(look.facts, look.observation.at)
    if ours is not None or theirs.servers < 2:
        return ours
    found = validity(look.facts, look.observation.at + timedelta(seconds=theirs.offset))
    return found and f"{found} by the servers' time, not by ours"


def _clue(shown: ShownBy, off: Sequence[tuple[Look, str]], doubt: str, effect: Effect, basis: Basis) -> Clue:
    where = shown.where(look for look, _ in off)
    text = f"{where}: the certificate {'; '.join(dict.fromkeys(why for _, why in off))}{doubt}"
    if shown.only_serves_the_leg:
        text += "; the proxy leg is believed to tolerate that"
    return Clue(effect, text, "8, 1.3", Group.PROBE, basis, (shown.host,), off[0][0].observation.id)


def _right_time() -> Missing:
    return Missing(
        "the time of a clock that is known to be right",
        "servers of one forest share a clock, so they may all be wrong together, or this machine may be",
        "w32tm /stripchart /computer:TIME-SERVER /samples:1 /dataonly   (a time server outside the forest)",
    )


PROBLEM = Problem(code="tls/expired", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
