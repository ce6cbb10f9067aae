"""A server's clock is more than five minutes away from the other servers' (exchange.md 4.1, 8).

Kerberos needs less than that [B], so it is never more than likely. Judged against the middle of all servers, because
the clock of the machine that looks may be the wrong one; it has a voice only where the servers are evenly divided.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clocks import Clock, clocks_of, middle
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis

_LIMIT = 300.0
"""Seconds; Kerberos is believed to need less (4.1)."""


def examine(case: Case) -> Examination:
    clocks = clocks_of(case)
    clues = tuple(_clues(clocks))
    caps = [Cap(Verdict.LIKELY, "that Kerberos needs less than five minutes is believed", "4.1")]
    if len(clocks) == 1:
        because = "only one server told its time, and the clock of the machine that looked may be the wrong one"
        caps.append(Cap(Verdict.POSSIBLE, because, "4.1"))
    missing = (_compared(),) if not clocks or any(c.is_positive for c in clues) else ()
    return Examination(clues, tuple(caps), missing)


def _clues(clocks: Sequence[Clock]) -> Iterator[Clue]:
    wrong = [clock for clock in clocks if abs(_away(clock, clocks)) > _LIMIT]
    for clock in wrong:
        whose = "this machine" if len(clocks) == 1 else "the other servers"
        how = "by its NTLM challenge" if clock.by_ntlm else "by its Date header"
        text = f"the clock of {visible(clock.server, 60)} is {_span(_away(clock, clocks))} {whose} {how}"
        effect = Effect.PROVES if clock.by_ntlm else Effect.SUPPORTS
        yield Clue(
            effect, text, "4.1, 8", Group.PROBE, Basis.BELIEVED, (visible(clock.server, 60),), clock.observation
        )  # fmt: skip
    if clocks and not wrong:
        servers = tuple(visible(clock.server, 60) for clock in clocks)
        yield Clue(Effect.EXCLUDES, _all_agree(clocks), "4.1", Group.PROBE, subject=servers)


def _away(clock: Clock, clocks: Sequence[Clock]) -> float:
    """How far ahead of the middle of all clocks this one is, in seconds."""
    return clock.offset - middle(clocks)


def _span(seconds: float) -> str:
    minutes = abs(seconds) / 60
    size = f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
    return f"{size} {'ahead of' if seconds > 0 else 'behind'}"


def _all_agree(clocks: Sequence[Clock]) -> str:
    text = "the clock of the one server that told its time agrees with this machine's"
    if len(clocks) > 1:
        text = f"the clocks of {len(clocks)} servers agree with each other"
        away = middle(clocks)
        if abs(away) > _LIMIT:
            text += f"; it is this machine's clock that is wrong: they are {_span(away)} it"
    return text


def _compared() -> Missing:
    return Missing(
        "each server's clock beside a domain controller's",
        "it shows which clock is the wrong one",
        "w32tm /stripchart /computer:DOMAIN-CONTROLLER /samples:5 /dataonly   (on each server)",
    )


PROBLEM = Problem(code="server/clock-skew", severity=Severity.HIGH, examine=examine)
