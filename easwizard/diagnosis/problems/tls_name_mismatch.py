"""A server's certificate is not for the name that was asked for (exchange.md 8; transport.md 4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_errors import NAME_NOT_ON_CERTIFICATE, leg_error_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_certificates import (
    Look,
    ShownBy,
    certificates_held,
    names_in,
    severities,
    shown_certificates,
)
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis

_MEANING = "the name that was dialled is believed not to be on that server's certificate"


def examine(case: Case) -> Examination:
    shown = shown_certificates(case)
    logged = tuple(leg_error_clues(case, NAME_NOT_ON_CERTIFICATE, _MEANING, "logs.md 4"))
    clues = (*(clue for host in shown for clue in _clues(host)), *logged)
    doubt = any(clue.is_positive for clue in clues)
    return Examination(
        clues=clues,
        missing=(certificates_held("it shows whether a fitting certificate is there and not in use"),)
        if doubt
        else (),
        severity=severity_of(
            clues,
            # Where the leg itself failed over it, it is not less strict than a phone.
            {
                **severities(shown, phones=Severity.HIGH, leg=Severity.LOW),
                **{host: Severity.HIGH for clue in logged for host in clue.subject},
            },
        ),
    )


def _clues(shown: ShownBy) -> Iterator[Clue]:
    wrong = [look for look in shown.looks if look.observation.ok and look.facts.name_matches is False]
    if wrong:
        yield _mismatch(shown, wrong)
        return
    common_name_only = [look for look in shown.looks if _has_no_alternative_name(look)]
    if common_name_only and not shown.only_serves_the_leg:
        text = (
            f"{shown.where(common_name_only)}: the certificate has the name only as its common name, "
            "without a subject alternative name; phones refuse that"
        )
        observation = common_name_only[0].observation.id
        yield Clue(
            Effect.SUPPORTS, text, "8; transport.md 4", Group.PROBE, Basis.BELIEVED, (shown.host,), observation
        )  # fmt: skip
    elif shown.all_show(lambda look: look.facts.name_matches is True):
        text = f"every certificate of {shown.host} is for that name"
        yield Clue(Effect.EXCLUDES, text, "8", Group.PROBE, subject=(shown.host,))


def _mismatch(shown: ShownBy, wrong: Sequence[Look]) -> Clue:
    names = names_in(wrong[0].facts) or "no name that counts"
    text = f"{shown.where(wrong)}: the certificate is for {names}"
    if shown.only_serves_the_leg:
        text += "; the proxy leg is believed to be less strict than a phone"
    return Clue(
        Effect.PROVES, text, "8, 1.3, 7", Group.PROBE, subject=(shown.host,), observation=wrong[0].observation.id
    )


def _has_no_alternative_name(look: Look) -> bool:
    return look.has_certificate and look.facts.name_matches is True and not look.facts.names


PROBLEM = Problem(code="tls/name-mismatch", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
