"""ActiveSync holds requests back: 503 that says so, or that comes after about 20 seconds (exchange.md 1.6, 3.1, 8).

Answers of that class are all delayed, so the delay alone does not tell throttling from a store that is away; and a
balancer without servers may send Retry-After too. For a mailbox on an old version the leg may be behind it (1.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.activesync_answers import (
    Look,
    anonymous,
    comes_from_iis,
    first_byte_s,
    names_exchange,
    phone_names,
    sampled,
    signed_in,
)
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_throttling import throttling_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import throttling_log
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import Meaning

DELAYED_S = 18.0
"""A 503 that takes this long was delayed on purpose: the delay is 20 seconds (1.6), less some for clocks."""
_SHOWN = 60


@dataclass(frozen=True)
class _Sign:
    """What one 503 says about throttling."""

    text: str
    effect: Effect
    strong: bool = False


def examine(case: Case) -> Examination:
    clues = (*(clue for target in phone_names(case) for clue in _clues(case, target)), *throttling_clues(case))
    why = "it names who is held back, and tells throttling from a database that is away"
    return Examination(clues, missing=(throttling_log(why),) if any(c.is_positive for c in clues) else ())


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    held = [
        (look, sign)
        for look in (*anonymous(case, target), *signed_in(case, target))
        if (sign := _sign(case, look)) is not None
    ]
    strongest = sorted(held, key=lambda pair: (pair[1].effect is not Effect.PROVES, not pair[1].strong))
    for (observation, facts), sign in strongest[:1]:
        who = f" when {facts.account} signed in" if facts.account else ""
        text = f"{target.host} at {facts.address} answered 503{who} {sign.text}"
        group = Group.SAMPLING if facts.account else Group.PROBE
        yield Clue(
            sign.effect, text, "1.6, 3.1, 8", group, Basis.CONFIRMED, (target.host,), observation.id, sign.strong
        )
    counted = sampled(case, target)
    if not held and any(f.ok for _, f in counted) and not any("503" in f.by_outcome for _, f in counted):
        text = f"no sign-in at {target.host} was answered 503"
        yield Clue(Effect.EXCLUDES, text, "8", Group.SAMPLING, Basis.INFERRED, (target.host,), counted[0][0].id)


def _sign(case: Case, look: Look) -> _Sign | None:
    observation, facts = look
    if facts.status != 503 or facts.meaning is Meaning.SERVER_DOWN:
        return None
    limit = facts.headers.get("x-ms-asthrottle")
    if limit is not None:
        return _Sign(f"and named its limit: X-MS-ASThrottle {visible(limit, _SHOWN)}", Effect.PROVES)
    itself = names_exchange(facts) or comes_from_iis(facts)
    later = facts.headers.get("retry-after")
    if later is not None:
        text = f"and asked to come back later: Retry-After {visible(later, _SHOWN)}"
        return _Sign(text if itself else f"{text}; a balancer without servers says so too", Effect.SUPPORTS, itself)
    seconds = first_byte_s(observation)
    if seconds is None or seconds < DELAYED_S:
        return None
    text = f"after {seconds:.0f} seconds, as answers of that class are delayed"
    if facts.account is not None and not _on_new_version(case, facts.account):
        return _Sign(f"{text}; the leg to an old server may be behind it", Effect.SUPPORTS)
    return _Sign(text, Effect.SUPPORTS, strong=itself)


def _on_new_version(case: Case, account: str) -> bool:
    """Whether its mailbox is known to need no leg to an old server."""
    mailboxes = [a.mailbox for a in case.accounts if a.label == account]
    return any(m is not None and not m.product.is_legacy for m in mailboxes)


PROBLEM = Problem(code="eas/throttled", severity=Severity.MEDIUM, examine=examine)
