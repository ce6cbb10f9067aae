"""The new server's certificate namespace does not ask for certificates: one of the four switches (exchange.md 2.3).

What ends TLS in front decides whether this is the server's own behaviour at all (J14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_demand import let_in_without_asking
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.wanted import iis_settings, tls_in_front
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent
from easwizard.exchange.routing import endpoints_of

Looks = Sequence[tuple[Observation, HttpFacts]]


def examine(case: Case) -> Examination:
    in_front = case.answer("tls-in-front")
    targets = case.with_role(Role.CERT)
    clues = [clue for target in targets for clue in (*_seen(case, target, in_front), *_held(case, target))]
    if targets and in_front == "delegation":
        text = "a publishing proxy signs in for the phones: certificates ignored on the server is right"
        clues.append(Clue(Effect.EXCLUDES, text, "J14", Group.ANSWER))
    unsure = in_front == "unknown" and not any(c.group is Group.EVIDENCE for c in clues)
    caps = (Cap(Verdict.POSSIBLE, "what ends TLS in front of the servers is not known", "J14"),) if unsure else ()
    missing = (tls_in_front("it decides whose request for a certificate this is"),) if unsure and targets else ()
    if targets:
        missing = (*missing, iis_settings("they show the switch itself, server by server"))
    return Examination(clues=tuple(clues), caps=caps, missing=missing)


def _seen(case: Case, target: Target, in_front: str) -> Iterator[Clue]:
    """What the name shows from outside. Behind a bridging device the demand is the device's own: no clue."""
    if in_front in ("bridging", "delegation"):
        return
    looks = case.http(target, ACTIVESYNC_PATH)
    anonymous = [(o, f) for o, f in looks if o.ok and f.credentials is Sent.NONE]
    silent = [(o, f) for o, f in anonymous if let_in_without_asking(f)]
    if silent:
        yield _never_asks(target, silent, len(anonymous), in_front)
        yield from _not_presented(target, looks)
        return
    if anonymous and all(f.client_certificate.required for _, f in anonymous):
        text = f"{target.host} asks for a client certificate and refuses without one"
        yield Clue(
            Effect.EXCLUDES, text, "2.3, 3.1", Group.PROBE, subject=(target.host,), observation=anonymous[0][0].id
        )
    elif anonymous and all(f.client_certificate.required is False for _, f in anonymous):
        text = f"{target.host} asks for a client certificate and goes on without one: a fragile choice"
        yield Clue(Effect.SUPPORTS, text, "2.3, J14", Group.PROBE, Basis.INFERRED, (target.host,), anonymous[0][0].id)


def _never_asks(target: Target, silent: Looks, total: int, in_front: str) -> Clue:
    where = "" if len(silent) == total else f" at {len(silent)} of {total} addresses"
    text = f"{target.host} never asks for a client certificate{where}, neither in the handshake nor on the path"
    nothing = in_front == "nothing"
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


def _held(case: Case, target: Target) -> Iterator[Clue]:
    """What the inventory holds for the servers that this name leads to."""
    for endpoint in endpoints_of(case.inventory, target.host):
        vdir = case.inventory.vdir(endpoint.server, endpoint.web_site)
        if vdir is not None and vdir.client_certificates is ClientCertificates.IGNORE:
            text = f"client certificates are ignored on {vdir.label}"
            yield Clue(Effect.PROVES, text, "2.3 step 3", Group.EVIDENCE, subject=(target.host,))


PROBLEM = Problem(
    code="cba/certificate-not-required", severity=Severity.HIGH, examine=examine, reads=("tls-in-front",)
)
