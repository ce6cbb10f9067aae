"""A server's certificate leads to no authority that this machine trusts (exchange.md 8).

This machine's list of authorities is not a phone's, so it is at most likely; and where nothing at all is trusted
here, the list itself may be what is wrong. Out of date, wrong name and a lacking link are problems of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.chain_links import lacks_a_link, may_lack_a_link
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.log_errors import NAME_NOT_ON_CERTIFICATE, leg_error_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_certificates import Look, ShownBy, severities, shown_certificates
from easwizard.diagnosis.severities import severity_of
from easwizard.diagnosis.verdicts import Severity, Verdict

_MEANING = "a wrong name on that server's certificate is the likelier reason, one that is not trusted another"


def examine(case: Case) -> Examination:
    shown = shown_certificates(case)
    list_is_good = any(look.observation.ok and look.facts.trusted for host in shown for look in host.looks)
    logged = tuple(leg_error_clues(case, NAME_NOT_ON_CERTIFICATE, _MEANING, "logs.md 4, 1.3", weak=True))
    clues = (*(clue for host in shown for clue in _clues(host, list_is_good)), *logged)
    doubt = any(clue.is_positive for clue in clues)
    return Examination(
        clues=clues,
        caps=(Cap(Verdict.LIKELY, "this machine's list of trusted authorities is not a phone's", "8"),),
        missing=(_the_root(),) if doubt else (),
        severity=severity_of(
            clues,
            {
                **severities(shown, phones=Severity.HIGH, leg=Severity.INFO),
                **{host: Severity.MEDIUM for clue in logged for host in clue.subject},
            },
        ),
    )


def _clues(shown: ShownBy, list_is_good: bool) -> Iterator[Clue]:
    bad = [look for look in shown.looks if _is_untrusted_by_itself(look)]
    if bad:
        yield _untrusted(shown, bad, list_is_good)
    elif shown.all_show(lambda look: look.facts.trusted is True):
        text = f"every certificate of {shown.host} is trusted here"
        yield Clue(Effect.EXCLUDES, text, "8", Group.PROBE, subject=(shown.host,))


def _is_untrusted_by_itself(look: Look) -> bool:
    if not look.observation.ok or look.facts.trusted is not False:
        return False
    return not look.is_out_of_date and not lacks_a_link(look)


def _untrusted(shown: ShownBy, bad: Sequence[Look], list_is_good: bool) -> Clue:
    look = next((found for found in bad if found.is_self_signed), bad[0])
    text = f"{shown.where(bad)}: {_why(look)}"
    strong = look.is_self_signed or (list_is_good and not may_lack_a_link(look))
    if shown.only_serves_the_leg:
        # The leg is believed to take even self-signed ones, so this is a note and no more.
        text, strong = f"{text}; the proxy leg is believed to tolerate that", False
    elif not look.is_self_signed and not list_is_good:
        text += "; no other certificate was found trusted here, so this machine's own list may be what is lacking"
    return Clue(
        Effect.SUPPORTS, text, "8, 1.3", Group.PROBE, subject=(shown.host,), observation=look.observation.id,
        strong=strong,
    )  # fmt: skip


def _why(look: Look) -> str:
    if look.is_self_signed:
        return "the certificate is signed by itself"
    issuer = f" (issuer {visible(look.facts.issuer, 120)})" if look.facts.issuer else ""
    said = f": {visible(look.facts.trust_error, 120)}" if look.facts.trust_error else ""
    return f"the certificate{issuer} is not trusted here{said}"


def _the_root() -> Missing:
    return Missing(
        "whether phones have the root of this certificate",
        "a company's own authority is fine where device management gave its root to every phone",
        "easwizard check ... --ca COMPANY-ROOT.pem   (and the list of trusted certificates on one phone)",
    )


PROBLEM = Problem(code="tls/untrusted", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",))
