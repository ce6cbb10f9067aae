"""The new server's certificate namespace does not ask for certificates: one of the four switches (exchange.md 2.3).

What ends TLS in front decides whether this is the server's own behaviour at all (J14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_demand import let_in_without_asking
from easwizard.diagnosis.certificate_servers import certificate_servers
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.in_front import QUESTION, InFront, examination_of_switch, in_front
from easwizard.diagnosis.log_certificates import NONE_CAME, certificate_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import iis_settings
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

Looks = Sequence[tuple[Observation, HttpFacts]]


def examine(case: Case) -> Examination:
    seen = (clue for target in case.with_role(Role.CERT) for clue in _seen(case, target))
    missing = (iis_settings("they show the switch itself, server by server"),)
    # A server that refuses for want of a certificate requires one; whether all of them do, an address does not tell.
    demanded = certificate_clues(case, (NONE_CAME,), Effect.WEAKENS, "2.3 step 3, logs.md 4")
    return examination_of_switch(case, (*seen, *_held(case), *demanded), missing)


def _seen(case: Case, target: Target) -> Iterator[Clue]:
    """What the name shows from outside. Behind a bridging device only what a server says directly is its own."""
    bridged = in_front(case) is InFront.BRIDGING
    looks = [
        (o, f)
        for o, f in case.http(target, ACTIVESYNC_PATH)
        if not bridged or f.address in reached_directly(case, target.host)
    ]
    anonymous = [(o, f) for o, f in looks if o.ok and f.credentials is Sent.NONE]
    silent = [(o, f) for o, f in anonymous if let_in_without_asking(f)]
    if silent:
        yield _never_asks(target, silent, len(anonymous), nothing=in_front(case) is InFront.NOTHING)
        yield from _not_presented(target, looks)
    elif anonymous and all(f.client_certificate.required for _, f in anonymous):
        text = f"{target.host} asks for a client certificate and refuses without one"
        # Whose demand that is stays open as long as it is not known what ends TLS (J14).
        basis = Basis.INFERRED if in_front(case) is InFront.UNKNOWN else Basis.CONFIRMED
        yield Clue(
            Effect.EXCLUDES, text, "2.3, 3.1, J14", Group.PROBE, basis, (target.host,), anonymous[0][0].id
        )  # fmt: skip
    elif anonymous and all(f.client_certificate.required is False for _, f in anonymous):
        text = f"{target.host} asks for a client certificate and goes on without one: a fragile choice"
        yield Clue(Effect.SUPPORTS, text, "2.3, J14", Group.PROBE, Basis.INFERRED, (target.host,), anonymous[0][0].id)


def _never_asks(target: Target, silent: Looks, total: int, *, nothing: bool) -> Clue:
    where = "" if len(silent) == total else f" at {len(silent)} of {total} addresses"
    text = f"{target.host} never asks for a client certificate{where}, neither in the handshake nor on the path"
    if nothing:
        text += "; nothing ends TLS in front (your answer)"
    effect, group = (Effect.PROVES, Group.ANSWER) if nothing else (Effect.SUPPORTS, Group.PROBE)
    return Clue(effect, text, "2.3 step 3, J14", group, subject=(target.host,), observation=silent[0][0].id)


def _not_presented(target: Target, looks: Looks) -> Iterator[Clue]:
    for observation, facts in looks:
        if facts.meaning is Meaning.CERTIFICATE_NEVER_ASKED:
            text = f"with the certificate of {facts.account} at hand {target.host} did not ask for it: {facts.status}"
            yield Clue(
                Effect.SUPPORTS, text, "3.1", Group.PROBE, subject=(target.host,), observation=observation.id
            )  # fmt: skip
            return


def _held(case: Case) -> Iterator[Clue]:
    """What the inventory holds for the servers behind the name; `accept` is a choice, not this problem (J14)."""
    for at in certificate_servers(case):
        if at.vdir is not None and at.vdir.client_certificates is ClientCertificates.IGNORE:
            text = f"client certificates are ignored on {at.vdir.label}"
            yield Clue(Effect.PROVES, text, "2.3 step 3", Group.EVIDENCE, subject=(at.host,))


PROBLEM = Problem(code="cba/certificate-not-required", severity=Severity.HIGH, examine=examine, reads=(QUESTION,))
