"""Something other than Exchange answers on the ActiveSync path (exchange.md 3.1, 3.2, 3.4).

An odd answer counts only where nothing else at that address shows Exchange. A reverse proxy may hide every sign and
a gateway may keep strangers out before Exchange sees them: likely at most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.activesync_answers import (
    DEVICES_IN_FRONT,
    Look,
    anonymous,
    other_server,
    phone_names,
    where,
)
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.exchange_signs import exchange_at
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import past_the_device
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning

_ODD = {Meaning.NOT_EXCHANGE, Meaning.NOT_UNDERSTOOD}
"""Answers that no Exchange gives to an anonymous OPTIONS."""
_OTHER_PATHS_ENOUGH = 2
"""How many other paths must have answered without a sign before their silence says something (3.4)."""
_VERSION = "ms-server-activesync"


def examine(case: Case) -> Examination:
    clues = tuple(clue for target in phone_names(case) for clue in _clues(case, target))
    if not any(c.is_positive for c in clues):
        return Examination(clues)
    because = "a reverse proxy may hide every sign of Exchange, and a gateway may answer strangers itself"
    why = "whether Exchange is behind what answers here"
    return Examination(clues, caps=(Cap(Verdict.LIKELY, because, "3.2"),), missing=(past_the_device(why),))


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    looks = anonymous(case, target)
    odd = [look for look in looks if _is_odd(look[1])]
    alien = [look for look in odd if exchange_at(case, target, look[1].address) is None]
    subject = (target.host,)
    if alien:
        yield _alien(case, target, alien, looks)
    elif odd:
        sign = exchange_at(case, target, odd[0][1].address)
        text = f"{target.host} {_answer_in_words(odd[0][1])}, but Exchange is there: {sign}"
        yield Clue(Effect.EXCLUDES, text, "3.2, 3.4", Group.PROBE, subject=subject, observation=odd[0][0].id)
    elif looks and all(exchange_at(case, target, f.address) for _, f in looks):
        text = f"Exchange or its IIS answers for {target.host}: {exchange_at(case, target, looks[0][1].address)}"
        yield Clue(Effect.EXCLUDES, text, "3.2", Group.PROBE, subject=subject, observation=looks[0][0].id)


def _is_odd(facts: HttpFacts) -> bool:
    """Basic from a foreign server is Exchange behind a proxy as well as anything else: not odd (3.1)."""
    if facts.meaning in _ODD or facts.status == 204 or _foreign_version(facts):
        return True
    return facts.meaning in (Meaning.ABSENT, Meaning.NO_USABLE_METHOD) and other_server(facts) is not None


def _foreign_version(facts: HttpFacts) -> bool:
    """Whether it names a version as no Exchange does (3.3)."""
    return _VERSION in facts.headers and facts.product is None


def _alien(case: Case, target: Target, alien: Sequence[Look], looks: Sequence[Look]) -> Clue:
    facts = alien[0][1]
    text = f"{target.host} {_answer_in_words(facts)}{where(alien, looks)}"
    name = other_server(facts)
    if name is not None:
        text += f"; it calls itself {name}"
    others = _other_paths(case, target, facts.address)
    sure = len(others) >= _OTHER_PATHS_ENOUGH or _foreign_version(facts)
    if len(others) >= _OTHER_PATHS_ENOUGH:
        text += f"; {', '.join(others)} show no Exchange either"
    # A device that ends TLS may well answer in Exchange's place, and phones may be let through.
    strong = sure and case.answer("tls-in-front") not in DEVICES_IN_FRONT
    id = alien[0][0].id
    return Clue(
        Effect.SUPPORTS, text, "3.1, 3.2, 3.4", Group.PROBE, Basis.INFERRED, (target.host,), id, strong=strong
    )


def _other_paths(case: Case, target: Target, address: str) -> tuple[str, ...]:
    """The other paths of that address that answered anything."""
    asked = (f.path for o, f in case.http(target) if o.ok and f.address == address and f.path != ACTIVESYNC_PATH)
    return tuple(dict.fromkeys(asked))


def _answer_in_words(facts: HttpFacts) -> str:
    if _foreign_version(facts):
        return f"names a version that no Exchange has ({visible(facts.headers[_VERSION], 40)})"
    if facts.meaning is Meaning.NOT_EXCHANGE:
        return "answers 200 without any ActiveSync header"
    if facts.meaning is Meaning.NO_USABLE_METHOD:
        return "answers 401 and offers no way to sign in"
    return f"answers {facts.status} to OPTIONS on the ActiveSync path"


PROBLEM = Problem(code="eas/not-exchange", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
