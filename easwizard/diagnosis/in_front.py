"""What ends TLS in front of the certificate names, and what that lets the cba problems say (J14, exchange.md 2.10).

It rests on the admin's answer; it does not look for such a device.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from easwizard.case.case import UNKNOWN, Case
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination
from easwizard.diagnosis.verdicts import Verdict
from easwizard.diagnosis.wanted import tls_in_front
from easwizard.exchange.inventory import Role

QUESTION = "tls-in-front"


class InFront(StrEnum):
    """What the admin says ends TLS in front of the servers; the values are the answers'."""

    NOTHING = "nothing"
    BRIDGING = "bridging"
    DELEGATION = "delegation"
    UNKNOWN = UNKNOWN


def in_front(case: Case) -> InFront:
    """The answer; one that is no value of the question counts as unknown."""
    answer = case.answer(QUESTION)
    return InFront(answer) if answer in set(InFront) else InFront.UNKNOWN


def has_certificate_names(case: Case) -> bool:
    """Whether the case knows any name that certificate phones use."""
    return bool(case.with_role(Role.CERT)) or any(n.role is Role.CERT for n in case.inventory.namespaces)


def does_not_apply(case: Case) -> tuple[Clue, ...]:
    """The exclusion where a publishing proxy signs in for the phones: the servers then see no certificate at all."""
    if in_front(case) is not InFront.DELEGATION or not has_certificate_names(case):
        return ()
    text = "a publishing proxy signs in for the phones: certificates ignored on the server is right"
    return (Clue(Effect.EXCLUDES, text, "J14", Group.ANSWER),)


_CAPS = {
    InFront.UNKNOWN: Cap(Verdict.POSSIBLE, "what ends TLS in front of the servers is not known", "J14"),
    InFront.BRIDGING: Cap(
        Verdict.POSSIBLE,
        "a device in front decrypts: no certificate reaches the server through it, whatever its switches say",
        "J14, 2.10",
    ),
}


def examination_of_switch(case: Case, clues: Sequence[Clue], missing: Sequence[Missing]) -> Examination:
    """The clues on one server setting, under what J14 allows; nothing where no certificate name is known."""
    if not has_certificate_names(case):
        return Examination()
    excluded = does_not_apply(case)
    if excluded:
        return Examination(clues=excluded)
    cap = _CAPS.get(in_front(case)) if any(c.is_positive for c in clues) else None
    ask_first = cap is not None and in_front(case) is InFront.UNKNOWN
    first = (tls_in_front("it decides which certificate settings are right at all"),) if ask_first else ()
    return Examination(clues=tuple(clues), caps=(cap,) if cap else (), missing=(*first, *missing))
