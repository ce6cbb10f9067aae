"""Something in front ends TLS, and certificates do not get through it (exchange.md 2.10, J14).

Told by the admin's answer, or by comparing what the name shows with what a machine behind it shows directly. An
equal server certificate does not prove that TLS passes through; different ones may also be two pool members.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_demand import let_in_without_asking
from easwizard.diagnosis.certificate_trials import Trials, refuses_the_issuer, signed_in_everywhere, trials_at
from easwizard.diagnosis.clues import Cap, Clue, Effect, Group, Missing
from easwizard.diagnosis.device_certificate import own_faults
from easwizard.diagnosis.in_front import QUESTION, InFront, in_front
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent

_MISSING = Missing(
    "a look at one server directly, beside the name",
    "another certificate or another demand than the server's own shows that TLS ends on the way",
    "easwizard check ... --connect-to HOST=ADDRESS-OF-ONE-SERVER",
)
_PROXY = Cap(Verdict.POSSIBLE, "a publishing proxy is right by design; its own log tells why a sign-in failed", "J14")
_GRID = ("fails-cert-new", "fails-cert-old")


def examine(case: Case) -> Examination:
    targets = case.with_role(Role.CERT)
    if not targets:
        return Examination()
    clues = [clue for target in targets for clue in _clues(case, Sides.of(case, target))]
    found = any(c.is_positive for c in clues)
    if in_front(case) is InFront.NOTHING:
        effect = Effect.WEAKENS if found else Effect.EXCLUDES
        clues.append(Clue(effect, "nothing ends TLS in front (your answer)", "J14", Group.ANSWER))
    caps = (_PROXY,) if found and in_front(case) is InFront.DELEGATION else ()
    return Examination(clues=tuple(clues), caps=caps, missing=(_MISSING,))


@dataclass(frozen=True)
class Sides:
    """One certificate name as DNS leads to it, and the machines behind it reached directly."""

    target: Target
    through: frozenset[str]
    direct: frozenset[str]

    @classmethod
    def of(cls, case: Case, target: Target) -> Sides:
        addresses = {f.address for _, f in case.tls(target)} | {f.address for _, f in case.http(target)}
        addresses |= trials_at(case, target).tried
        direct = reached_directly(case, target.host) & addresses
        return cls(target, frozenset(addresses) - direct, direct)


def _clues(case: Case, sides: Sides) -> Iterator[Clue]:
    trials = trials_at(case, sides.target)
    outside = trials.among(sides.through)
    yield from signed_in_everywhere(outside)
    delegated = in_front(case) is InFront.DELEGATION
    if outside.worked and not delegated:
        return  # certificates do get through, so what fails elsewhere is another matter
    failure = None if outside.worked else _failure(case, outside)
    yield from _answered(case, sides, failure)
    if not delegated:
        yield from _compared(case, sides, hurts=failure is not None or _never_asks(case, sides))
        yield from _works_behind(case, sides, trials.among(sides.direct), failure)


def _failure(case: Case, outside: Trials) -> tuple[str, str] | None:
    """How the certificate failed through the name, with the observation; not where it is itself to blame."""
    if outside.never_asked:
        observation, facts = outside.never_asked[0]
        return f"{outside.target.host} did not ask for the certificate of {facts.account}", observation.id
    refused = [look for look in outside.refused if not refuses_the_issuer(look[0])]
    if refused and not own_faults(case):
        observation, facts = refused[0]
        return f"the certificate of {facts.account} was refused at {outside.target.host}", observation.id
    return None


def _answered(case: Case, sides: Sides, failure: tuple[str, str] | None) -> Iterator[Clue]:
    host = (sides.target.host,)
    if in_front(case) is InFront.DELEGATION:
        if failure is None:
            text = "a publishing proxy takes the certificate and signs in for the phone: right by design"
            yield Clue(Effect.EXCLUDES, text, "J14, 2.10", Group.ANSWER, subject=host)
        else:
            text = f"a publishing proxy signs in for the phones (your answer), and {failure[0]}"
            yield Clue(Effect.SUPPORTS, text, "J14, 2.10", Group.ANSWER, Basis.BELIEVED, host, failure[1])
    if in_front(case) is not InFront.BRIDGING:
        return
    device = "a device in front decrypts and encrypts again (your answer): a phone's certificate ends there"
    if failure is not None:
        text = f"{device}, and {failure[0]}"
        yield Clue(Effect.PROVES, text, "2.10, J14", Group.ANSWER, Basis.BELIEVED, host, failure[1])
    else:
        always = any(case.answer(question) == "always" for question in _GRID)
        text = f"{device}, and certificate phones always fail" if always else device
        yield Clue(Effect.SUPPORTS, text, "2.10, J14", Group.ANSWER, Basis.BELIEVED, host, strong=always)


def _never_asks(case: Case, sides: Sides) -> bool:
    """Whether nobody is asked through the name, let in or refused: then no certificate can ever get there."""
    looks = case.http(sides.target, ACTIVESYNC_PATH)
    anonymous = [f for o, f in looks if o.ok and f.credentials is Sent.NONE and f.address in sides.through]
    return bool(anonymous) and all(let_in_without_asking(f) or _refused_unasked(f) for f in anonymous)


def _refused_unasked(facts: HttpFacts) -> bool:
    return facts.status == 403 and facts.client_certificate.was_asked is False


def _compared(case: Case, sides: Sides, *, hurts: bool) -> Iterator[Clue]:
    """What the name shows beside what the machines behind it show.

    Strong only where a server that was reached directly answers through the name too, by its own word, and where
    certificates fail: else two members of a pool may differ, or a publishing proxy does its work.
    """
    host = sides.target.host
    serials = {f.address: (f.serial, o.id) for o, f in case.tls(sides.target) if o.ok and f.serial}
    demands = {
        f.address: (str(f.client_certificate.was_asked), o.id)
        for o, f in case.http(sides.target, ACTIVESYNC_PATH)
        if o.ok and f.credentials is Sent.NONE and f.client_certificate.was_asked is not None
    }
    strong = hurts and _same_server(case, sides)
    same = "the same server" if _same_server(case, sides) else "a server behind it"
    for what, shown in (("server certificate", serials), ("request for a client certificate", demands)):
        outside = {value for a, (value, _) in shown.items() if a in sides.through}
        inside = {value for a, (value, _) in shown.items() if a in sides.direct}
        if outside and inside and not outside & inside:
            text = f"{host} shows another {what} than {same} reached directly"
            id = next(id for a, (_, id) in shown.items() if a in sides.through)
            yield Clue(Effect.SUPPORTS, text, "J14", Group.PROBE, Basis.INFERRED, (host,), id, strong=strong)


def _works_behind(case: Case, sides: Sides, inside: Trials, failure: tuple[str, str] | None) -> Iterator[Clue]:
    if failure is None or not inside.works_everywhere:
        return
    text = f"{failure[0]}, and the same certificate signed in at {', '.join(sorted(inside.worked))} behind it"
    basis = Basis.CONFIRMED if _same_server(case, sides) else Basis.INFERRED
    yield Clue(Effect.SUPPORTS, text, "J14, 2.10", Group.SAMPLING, basis, (sides.target.host,), failure[1])


def _same_server(case: Case, sides: Sides) -> bool:
    """Whether every server that names itself through the name was reached directly too."""
    looks = [f for o, f in case.http(sides.target, ACTIVESYNC_PATH) if o.ok and f.answered_by]
    outside = {f.answered_by for f in looks if f.address in sides.through}
    inside = {f.answered_by for f in looks if f.address in sides.direct}
    return bool(outside) and outside <= inside


PROBLEM = Problem(
    code="cba/terminated-upstream",
    severity=Severity.HIGH,
    examine=examine,
    reads=(QUESTION, *_GRID),
)
