"""The device certificate was presented and refused, or is faulty in itself (exchange.md 2.6, 3.1).

Its own faults prove; a refusal without a visible reason is 403.7, 403.13, 403.16, 403.17 or a leg that failed behind
it, which cannot be told from outside. Where the same certificate is taken elsewhere under the name, the server is
another matter, and so is an issuer that is not accepted.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case, DeviceCertificate
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_trials import (
    Look,
    Trials,
    alert_of,
    refuses_the_issuer,
    signed_in_everywhere,
    trials_at,
)
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.device_certificate import own_faults
from easwizard.diagnosis.log_certificates import EXPIRED, MAPPER_DENIED, REVOKED, certificate_clues, untrusted_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role

_MISSING = Missing(
    "the substatus of the refusal in the IIS log of the server that answered",
    "403.7, 403.13, 403.16, 403.17 and 401.1 look the same from outside",
    r"Select-String -Path C:\inetpub\logs\LogFiles\W3SVC1\*.log -Pattern 'Microsoft-Server-ActiveSync.* 40[13] '   "
    "(sc-status and sc-substatus stand side by side; W3SVC1 is the Default Web Site)",
)
_UNSEEN = Cap(Verdict.LIKELY, "from outside the reason of a refusal is not visible, nor what failed behind it", "3.1")
_SUBSTATUSES = (MAPPER_DENIED, REVOKED, EXPIRED)
_ABOUT_THIS_CERTIFICATE = ("bad certificate", "unsupported certificate", "certificate expired", "certificate unknown")


def examine(case: Case) -> Examination:
    certificate, targets = case.device_certificate, case.with_role(Role.CERT)
    logged = (
        *certificate_clues(case, _SUBSTATUSES, Effect.SUPPORTS, "2.6, logs.md 4", strong=True),
        *untrusted_clues(case, "2.6, logs.md 4", issuer=False),
    )
    if not targets:
        return Examination(clues=logged)
    faults = [
        Clue(Effect.PROVES, fault.text, fault.source, Group.EVIDENCE, subject=(target.host,))
        for fault in own_faults(case)
        for target in targets
    ]
    refusals = [clue for target in targets for clue in _refused(case, target)]
    refused = any(c.is_positive for c in refusals)
    hints = [*_hints(case, certificate)] if refused and not faults else []
    proven = bool(faults) or any(c.effect is Effect.PROVES for c in refusals)
    caps = () if proven or not refused else (_UNSEEN,)
    if logged:
        caps = ()  # the log tells the reason that is hidden from outside
    return Examination(clues=(*faults, *refusals, *hints, *logged), caps=caps, missing=(_MISSING,))


def _refused(case: Case, target: Target) -> Iterator[Clue]:
    trials = trials_at(case, target)
    yield from signed_in_everywhere(trials)
    if not trials.worked:
        looks = [look for look in trials.refused if not refuses_the_issuer(look[0])]
        looks.sort(key=lambda look: alert_of(look[0]) is None)
        yield from (_clue(trials, look) for look in looks[:1])


def _clue(trials: Trials, look: Look) -> Clue:
    observation, facts = look
    alert = alert_of(observation)
    where = f"the certificate of {facts.account} at {trials.target.host} ({facts.address})"
    effect, basis, strong = Effect.SUPPORTS, Basis.INFERRED, False
    if alert is None:
        how = "refused the connection" if facts.status is None else f"answered {facts.status}"
        text = f"the server asked for {where}, got it, and {how}; the reason cannot be told from outside"
    elif "certificate revoked" in alert:
        effect, basis = Effect.PROVES, Basis.CONFIRMED
        text = f"the server refused {where} as revoked"
    else:
        basis = Basis.CONFIRMED if any(words in alert for words in _ABOUT_THIS_CERTIFICATE) else Basis.INFERRED
        strong = basis is Basis.CONFIRMED
        text = f"the server ended TLS because of {where}: {alert}"
    return Clue(
        effect, text, "3.1, transport.md 1", Group.PROBE, basis, (trials.target.host,), observation.id, strong=strong
    )  # fmt: skip


def _hints(case: Case, certificate: DeviceCertificate | None) -> Iterator[Clue]:
    """What makes the certificate rather than the server the likelier cause, or the other way round."""
    since = case.answer("since")
    if certificate is not None and certificate.subject is not None and not _names_a_user(certificate):
        text = f"the certificate of {certificate.label} names no user (UPN)"
        yield Clue(Effect.SUPPORTS, text, "2.6", Group.EVIDENCE, Basis.INFERRED)
    if since == "dc-patching" and certificate is not None and certificate.has_sid is False:
        text = "it fails since the domain controllers were patched, and the certificate has no SID extension"
        yield Clue(Effect.SUPPORTS, text, "2.6", Group.ANSWER, Basis.BELIEVED)
    if since == "renewal":
        text = "it fails since certificates or the device management were renewed"
        yield Clue(Effect.SUPPORTS, text, "8", Group.ANSWER, Basis.BELIEVED)
    if case.answer("certificate-worked-before") == "same-serial":
        text = "the same certificate worked on the old servers"
        yield Clue(Effect.WEAKENS, text, "J14", Group.ANSWER)


def _names_a_user(certificate: DeviceCertificate) -> bool:
    """By its UPN, or by an address in its subject; explicit mappings in AD cannot be seen here (2.6)."""
    return bool(certificate.upn) or "@" in (certificate.subject or "")


PROBLEM = Problem(
    code="cba/certificate-rejected",
    severity=Severity.MEDIUM,
    examine=examine,
    reads=("since", "certificate-worked-before"),
)
