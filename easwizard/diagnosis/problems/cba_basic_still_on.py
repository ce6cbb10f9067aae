"""The certificate name still takes a password: step 4 of exchange.md 2.3.

Beside certificates that are only accepted Basic is there by design (J14), and what a publishing proxy offers phones
is its own affair.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_servers import certificate_servers
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.in_front import QUESTION, InFront, examination_of_switch, in_front
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, Role, VirtualDirectory
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent

_MISSING = Missing(
    "the sign-in methods of the virtual directory",
    "behind a demand for a certificate Basic cannot be seen from outside",
    "Get-ActiveSyncVirtualDirectory | Format-List Identity,BasicAuthEnabled,WindowsAuthEnabled,ClientCertAuth",
)


def examine(case: Case) -> Examination:
    seen = tuple(clue for target in case.with_role(Role.CERT) for clue in _seen(case, target))
    off = () if seen else _off_everywhere(case)
    return examination_of_switch(case, (*_held(case), *seen, *off), (_MISSING,))


def _seen(case: Case, target: Target) -> Iterator[Clue]:
    for observation, facts in case.http(target, ACTIVESYNC_PATH):
        anonymous = observation.ok and facts.credentials is Sent.NONE
        offers = facts.status == 401 and "basic" in {scheme.casefold() for scheme in facts.challenges}
        if not anonymous or not offers or facts.client_certificate.was_asked is not False:
            continue
        text = f"{target.host} at {facts.address} offers Basic, a user name and a password"
        # That the server says so rests on the answer, and a conclusion is of the kind of its weakest leg.
        effect, group = Effect.SUPPORTS, Group.PROBE
        if in_front(case) is InFront.NOTHING:
            effect, group = Effect.PROVES, Group.ANSWER
            text += "; nothing ends TLS in front (your answer)"
        yield Clue(effect, text, "2.3 step 4, J14", group, subject=(target.host,), observation=observation.id)
        return


def _held(case: Case) -> Iterator[Clue]:
    for at in certificate_servers(case):
        if at.vdir is not None and at.vdir.basic:
            yield from _on(at.vdir)


def _off_everywhere(case: Case) -> Iterator[Clue]:
    vdirs = [at.vdir for at in certificate_servers(case)]
    if vdirs and all(vdir is not None and vdir.basic is False for vdir in vdirs):
        text = "Basic is off on every virtual directory of the certificate name"
        yield Clue(Effect.EXCLUDES, text, "2.3 step 4", Group.EVIDENCE)


def _on(vdir: VirtualDirectory) -> Iterator[Clue]:
    if vdir.client_certificates is ClientCertificates.ACCEPT:
        return
    known = vdir.client_certificates is not None
    text = f"Basic is on on {vdir.label}" + ("" if known else "; what it does about certificates is not known")
    effect, basis = (Effect.PROVES, Basis.CONFIRMED) if known else (Effect.SUPPORTS, Basis.INFERRED)
    yield Clue(effect, text, "2.3 step 4", Group.EVIDENCE, basis, (vdir.label,))


PROBLEM = Problem(code="cba/basic-still-on", severity=Severity.LOW, examine=examine, reads=(QUESTION,))
