"""The server does not accept the authority that issued the device certificate (exchange.md 2.6, transport.md 1, 2).

The list in a request for a certificate proves only what is announced: IIS may accept more, and an empty list means
"any". An alert that names the authority as unknown is the server's own word.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case, DeviceCertificate
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_trials import Trials, refuses_the_issuer, signed_in_everywhere, trials_at
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.issuer_names import announces_any
from easwizard.diagnosis.log_certificates import NONE_CAME, certificate_clues, untrusted_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH

_MISSING = Missing(
    "the authorities that may vouch for users",
    "what a server announces is not all that it accepts, and a missing one there refuses every such certificate",
    "certutil -enterprise -viewstore NTAuth   (on any new server; the issuing authority must be listed)",
)


def examine(case: Case) -> Examination:
    certificate = case.device_certificate
    targets = case.with_role(Role.CERT)
    logged = (
        *untrusted_clues(case, "2.6, logs.md 4", issuer=True),
        *certificate_clues(case, (NONE_CAME,), Effect.SUPPORTS, "2.6, logs.md 4"),
    )
    if certificate is None or not targets:
        return Examination(clues=logged, missing=(_MISSING,) if logged else ())
    clues = tuple(clue for target in targets for clue in _clues(case, target, certificate))
    return Examination(clues=(*clues, *logged), missing=(_MISSING,))


def _clues(case: Case, target: Target, certificate: DeviceCertificate) -> Iterator[Clue]:
    trials = trials_at(case, target)
    yield from signed_in_everywhere(trials)
    told = [look for look in trials.refused if refuses_the_issuer(look[0])]
    if told:
        observation, facts = told[0]
        text = f"{target.host} at {facts.address} ended TLS: the issuer of the certificate is not known there"
        source = "transport.md 1, 2.6"
        yield Clue(Effect.PROVES, text, source, Group.PROBE, subject=(target.host,), observation=observation.id)
    yield from _announced(case, trials, certificate)


def _announced(case: Case, trials: Trials, certificate: DeviceCertificate) -> Iterator[Clue]:
    """The list of accepted issuers without ours; a refusal at the same address speaks for it too."""
    target = trials.target
    issuers = certificate.issuers or ((certificate.issuer,) if certificate.issuer else ())
    for observation, facts in case.http(target, ACTIVESYNC_PATH):
        if facts.address in trials.worked:
            continue
        if announces_any(facts.client_certificate.issuers, issuers) is not False:
            continue
        text = (
            f"{target.host} at {facts.address} announces {len(facts.client_certificate.issuers)} issuer(s), and none "
            f"of them issued the certificate of {certificate.label}"
        )
        yield Clue(
            Effect.SUPPORTS, text, "transport.md 2", Group.PROBE, Basis.INFERRED, (target.host,), observation.id
        )  # fmt: skip
        yield from _refused_too(trials, facts.address)
        return


def _refused_too(trials: Trials, address: str) -> Iterator[Clue]:
    for observation, facts in trials.refused:
        if facts.address == address and not refuses_the_issuer(observation):
            text = f"the certificate of {facts.account} was presented there and refused"
            yield Clue(
                Effect.SUPPORTS, text, "3.1", Group.SAMPLING, Basis.INFERRED, (trials.target.host,), observation.id
            )  # fmt: skip
            return


PROBLEM = Problem(code="cba/ca-not-accepted", severity=Severity.HIGH, examine=examine)
