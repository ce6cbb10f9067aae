"""A name for phones with passwords offers no Basic (exchange.md 3.1, 8; never on a certificate name, J14).

Behind a publishing proxy that signs in for the phones this is right, so what ends TLS in front decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.activesync_answers import Look, anonymous, other_server, where
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.log_closed_doors import password_door_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import authentication_methods, tls_in_front
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.routing import endpoints_of

_DIRECT = ("nothing", "bridging")
"""Answers by which what is seen is the server's own offer to phones."""


def examine(case: Case) -> Examination:
    in_front = case.answer("tls-in-front")
    targets = case.with_role(Role.GENERIC)
    delegated = in_front == "delegation"
    clues = [clue for target in targets for clue in _seen(case, target, in_front)]
    if not delegated:
        clues += [clue for target in targets for clue in _held(case, target)]
        clues += password_door_clues(case)
    if not any(c.is_positive for c in clues):
        return Examination(tuple(clues))
    if delegated:
        text = "a publishing proxy signs in for the phones: Windows authentication and no Basic is right"
        clues.append(Clue(Effect.EXCLUDES, text, "J14, 2.10", Group.ANSWER))
    missing = [authentication_methods("they show the switch itself, server by server")]
    if in_front == "unknown":
        missing.insert(0, tls_in_front("behind a proxy that signs in for the phones this is right"))
    return Examination(tuple(clues), caps=_caps(clues), missing=tuple(missing))


def _caps(clues: Sequence[Clue]) -> tuple[Cap, ...]:
    if any(c.is_positive and c.group is Group.EVIDENCE for c in clues):
        return ()
    return (Cap(Verdict.LIKELY, "that Basic should be on here is inferred from the default", "3.1"),)


def _seen(case: Case, target: Target, in_front: str) -> Iterator[Clue]:
    looks = [look for look in anonymous(case, target) if look[1].status == 401]
    without = [look for look in looks if "basic" not in _offered(look[1])]
    if without:
        yield _without_basic(target, without, looks, in_front)
    elif looks:
        text = f"{target.host} offers Basic"
        yield Clue(Effect.EXCLUDES, text, "3.1", Group.PROBE, subject=(target.host,), observation=looks[0][0].id)


def _without_basic(target: Target, without: Sequence[Look], looks: Sequence[Look], in_front: str) -> Clue:
    facts = without[0][1]
    offered = _offered(facts)
    text = f"{target.host} answers 401 {_offer_in_words(facts)}{where(without, looks)}"
    mixed = len(without) < len(looks)
    meant = offered == {"bearer"} or (not offered and other_server(facts) is not None)
    # Members of one name that differ are no design, whatever stands in front.
    by_answer = not mixed and not meant and in_front in _DIRECT
    if by_answer:
        text += "; no proxy signs in for the phones (your answer)"
    group = Group.ANSWER if by_answer else Group.PROBE
    effect = Effect.PROVES if mixed or by_answer else Effect.SUPPORTS
    return Clue(effect, text, "3.1, 8, J14", group, Basis.INFERRED, (target.host,), without[0][0].id)


def _offered(facts: HttpFacts) -> set[str]:
    return {challenge.casefold() for challenge in facts.challenges}


def _offer_in_words(facts: HttpFacts) -> str:
    if not facts.challenges:
        return "and offers no way to sign in"
    if _offered(facts) == {"bearer"}:
        return "and offers modern authentication only, which may be meant"
    return f"and offers only {' and '.join(facts.challenges)}"


def _held(case: Case, target: Target) -> Iterator[Clue]:
    """What the inventory holds for the servers that this name leads to."""
    for endpoint in endpoints_of(case.inventory, target.host):
        vdir = case.inventory.vdir(endpoint.server, endpoint.web_site)
        if vdir is not None and vdir.basic is False:
            text = f"Basic authentication is off on {vdir.label}"
            meant = vdir.windows is True and case.answer("tls-in-front") == "unknown"
            if meant:
                text += " and Windows authentication on, which is right behind a proxy that signs in for the phones"
            effect = Effect.SUPPORTS if meant else Effect.PROVES
            yield Clue(effect, text, "3.1, 8, J14", Group.EVIDENCE, subject=(target.host,))


PROBLEM = Problem(code="eas/basic-off", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
