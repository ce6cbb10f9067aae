"""A server does not send the intermediate certificates (exchange.md 8): browsers fetch them, phones may not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.chain_links import lacks_a_link, may_lack_a_link
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_certificates import Look, ShownBy, severities, shown_certificates
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity


def examine(case: Case) -> Examination:
    shown = shown_certificates(case)
    clues = tuple(clue for host in shown for clue in _clues(host))
    positive = [clue for clue in clues if clue.is_positive]
    return Examination(
        clues=clues,
        missing=(_chain_as_sent(positive[0].subject[0]),) if positive else (),
        severity=severity_of(clues, severities(shown, phones=Severity.HIGH, leg=Severity.LOW)),
    )


def _clues(shown: ShownBy) -> Iterator[Clue]:
    lacking = [look for look in shown.looks if lacks_a_link(look)]
    doubtful = [look for look in shown.looks if may_lack_a_link(look) and not look.is_out_of_date]
    if lacking:
        yield _lacking(shown, lacking)
    elif doubtful:
        text = (
            f"{shown.where(doubtful)}: only the server's own certificate came, and its issuer{_issuer(doubtful[0])} "
            "is not known here: a lacking intermediate, or an authority of the company's own"
        )
        yield Clue(
            Effect.SUPPORTS, text, "8", Group.PROBE, subject=(shown.host,), observation=doubtful[0].observation.id
        )
    elif shown.all_show(lambda look: look.facts.chain_complete is True):
        text = f"{shown.host} sends its whole chain"
        yield Clue(Effect.EXCLUDES, text, "8", Group.PROBE, subject=(shown.host,))


def _lacking(shown: ShownBy, lacking: Sequence[Look]) -> Clue:
    """Proven where this machine found the link elsewhere; else the certificates themselves say so."""
    at_hand = [look for look in lacking if look.facts.trusted]
    look = (at_hand or lacking)[0]
    how = "this machine has it at hand, a phone may not" if at_hand else "this machine does not have it either"
    text = f"{shown.where(lacking)}: the server does not send the certificate of the issuer{_issuer(look)}; {how}"
    effect = Effect.PROVES if at_hand else Effect.SUPPORTS
    strong = True
    if shown.only_serves_the_leg:
        text, effect, strong = f"{text}; the proxy leg is believed to tolerate that", Effect.SUPPORTS, False
    return Clue(
        effect, text, "8, 1.3", Group.PROBE, subject=(shown.host,), observation=look.observation.id, strong=strong
    )  # fmt: skip


def _issuer(look: Look) -> str:
    return f" ({visible(look.facts.issuer, 120)})" if look.facts.issuer else ""


def _chain_as_sent(host: str) -> Missing:
    return Missing(
        "the chain as the server sends it, beside the one that leads to its root",
        "it shows whether an intermediate is lacking or the root is merely unknown here",
        f"openssl s_client -connect {host}:443 -servername {host} -showcerts   (Windows: certutil -verify FILE.cer)",
    )


PROBLEM = Problem(code="tls/chain-incomplete", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
