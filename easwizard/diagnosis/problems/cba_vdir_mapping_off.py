"""The mapping attribute of the virtual directory is off or wiped: step 5 of exchange.md 2.3, and 2.5.

From outside it looks like the role service or the server root being off, or like a certificate that maps to no
user (3.1); so what is seen there never goes beyond likely.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_builds import any_too_old
from easwizard.diagnosis.certificate_servers import CertificateServer, Switch, held_clues, old_certificate_servers
from easwizard.diagnosis.certificate_trials import a_leg_may_have_refused, trials_at
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.device_certificate import own_faults
from easwizard.diagnosis.in_front import QUESTION, InFront, examination_of_switch, in_front
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, Flag, Role

_SWITCH = Switch(
    off="the certificate mapping attribute is off on",
    on="the certificate mapping attribute is on on",
    source="2.3 step 5, 2.2",
    of_vdir=True,
)
_ALIKE = Cap(
    Verdict.LIKELY,
    "from outside the role service, mapping at the server root, this attribute and a certificate that maps to no "
    "user look alike",
    "3.1",
)
_LEG = Cap(Verdict.POSSIBLE, "the way on to an old server may have failed instead, and shown the same", "1.5")
_MISSING = Missing(
    "the mapping attribute of the virtual directory",
    "every Set-ActiveSyncVirtualDirectory may wipe it, and from outside other switches look like it",
    r'%windir%\system32\inetsrv\appcmd list config "<SITE NAME>/Microsoft-Server-ActiveSync" '
    "/section:clientCertificateMappingAuthentication   (on each server of the name, elevated)",
)
_GRID = ("fails-cert-new", "fails-cert-old")
_FAILING = ("always", "sometimes")


def examine(case: Case) -> Examination:
    held = (*held_clues(case, _SWITCH, _state), *_rolled_back(case))
    seen = tuple(clue for target in case.with_role(Role.CERT) for clue in _seen(case, target))
    clues = (*held, *seen, *_wiped(case, seen), *_phones_work(case))
    examination = examination_of_switch(case, clues, (_MISSING,))
    alike = any(c.is_positive for c in examination.clues) and not any(c.is_positive for c in held)
    caps = (*examination.caps, _ALIKE) if alike else examination.caps
    if alike and a_leg_may_have_refused(case):
        caps = (*caps, _LEG)
    return Examination(clues=examination.clues, caps=caps, missing=examination.missing)


def _state(at: CertificateServer) -> Flag:
    return at.vdir.mapping if at.vdir is not None else None


def _rolled_back(case: Case) -> Iterator[Clue]:
    """An old server that phones with certificates are led to again: the Set of resolution 2 wiped it there too."""
    for at in old_certificate_servers(case):
        demands = at.vdir is not None and at.vdir.client_certificates is ClientCertificates.REQUIRE
        if demands and _state(at) is False:
            label = _SWITCH.label(at)
            text = f"{_SWITCH.off} {label}, which {at.host} leads to and which demands certificates"
            basis = Basis.CONFIRMED if _has_role_services(at) else Basis.INFERRED
            yield Clue(Effect.PROVES, text, "6.2, 2.5, 2.3 step 5", Group.EVIDENCE, basis, (label,))


def _has_role_services(at: CertificateServer) -> bool:
    """Windows 2008 and later; on IIS 6 the switches are others (2.1)."""
    server = at.server
    if server is None:
        return False
    return bool(server.role_services) or (bool(server.windows) and "2003" not in str(server.windows))


def _seen(case: Case, target: Target) -> Iterator[Clue]:
    """401 without any way to sign in, behind a certificate that was asked for and given (3.1).

    A certificate with a fault of its own says nothing of the server, nor does a build that takes none. Behind a
    device that decrypts the demand is the device's: there only what a server says directly counts (J14).
    """
    if own_faults(case) or any_too_old(case):
        return
    decrypted = in_front(case) is InFront.BRIDGING
    for observation, facts in trials_at(case, target).refused:
        if facts.status != 401 or facts.challenges:
            continue
        if decrypted and facts.address not in reached_directly(case, target.host):
            continue
        text = (
            f"{target.host} at {facts.address} asked for the certificate of {facts.account}, got it, and answered "
            "401 without any way to sign in"
        )
        yield Clue(Effect.SUPPORTS, text, "3.1", Group.PROBE, Basis.INFERRED, (target.host,), observation.id)
        return


def _wiped(case: Case, seen: tuple[Clue, ...]) -> Iterator[Clue]:
    """A change just before matters only where certificate phones fail since."""
    failing = seen or any(case.answer(question) in _FAILING for question in _GRID)
    if failing and case.answer("fails-cert-new") != "never" and case.answer("since") == "update-or-set":
        text = "it fails since an update or a change of the virtual directory: either may wipe the attribute"
        yield Clue(Effect.SUPPORTS, text, "2.5", Group.ANSWER)


def _phones_work(case: Case) -> Iterator[Clue]:
    if case.answer("fails-cert-new") == "never":
        text = "certificate devices with a mailbox on the new version never fail"
        yield Clue(Effect.WEAKENS, text, "1.5", Group.ANSWER)


PROBLEM = Problem(
    code="cba/vdir-mapping-off",
    severity=Severity.HIGH,
    examine=examine,
    reads=(QUESTION, "since", "fails-cert-new", "fails-cert-old"),
)
