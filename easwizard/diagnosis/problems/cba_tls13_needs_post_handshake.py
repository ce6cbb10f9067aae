"""The certificate is asked for after a TLS 1.3 handshake, which many phones do not offer (exchange.md 2.9).

What the server does was seen; what the phones' TLS can do cannot be seen from here and is only believed.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import CertificateDemand
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import AnswerClue, Clue, Effect, Group, Missing
from easwizard.diagnosis.log_certificates import NONE_CAME, certificate_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH

_POST_HANDSHAKE = "post-handshake"
_TLS13 = "TLSv1.3"
_MISSING = Missing(
    "whether a phone signs in once TLS 1.3 is off for the name",
    "what a phone's TLS offers cannot be seen from outside",
    'tick "Disable TLS 1.3 over TCP" on the binding of one server in IIS Manager and let one phone try that server',
)


def examine(case: Case) -> Examination:
    clues = tuple(clue for target in case.with_role(Role.CERT) for clue in _clues(case, target))
    if any(c.is_positive for c in clues):
        clues = (*clues, *certificate_clues(case, (NONE_CAME,), Effect.SUPPORTS, "2.9, logs.md 4"))
    return Examination(clues=clues, missing=(_MISSING,) if any(c.is_positive for c in clues) else ())


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    asked = _demands(case, target)
    found = [(address, seen) for address, seen in asked.items() if seen[2].how == _POST_HANDSHAKE]
    if found:
        address, (id, _, demand) = found[0]
        late = "refuses without one" if demand.required else "asks for it"
        text = f"{target.host} at {address} speaks TLS 1.3 and {late} only after the handshake; many phones cannot"
        yield Clue(
            Effect.SUPPORTS, text, "2.9", Group.PROBE, Basis.BELIEVED, (target.host,), id, strong=True
        )  # fmt: skip
    elif asked and all(protocol != _TLS13 or demand.how == "handshake" for _, protocol, demand in asked.values()):
        text = f"{target.host} asks for no certificate after a TLS 1.3 handshake"
        yield Clue(Effect.EXCLUDES, text, "2.9", Group.PROBE, subject=(target.host,))


def _demands(case: Case, target: Target) -> dict[str, tuple[str, str, CertificateDemand]]:
    """What each address that phones meet negotiated and asked: not the members behind them, where both were seen."""
    looks = case.http(target, ACTIVESYNC_PATH)
    asked = {f.address: (o.id, f.client_certificate) for o, f in looks if f.client_certificate.how}
    seen: dict[str, tuple[str, str, CertificateDemand]] = {}
    for observation, facts in case.tls(target):
        if observation.ok and facts.protocol is not None:
            own = (observation.id, facts.client_certificate)
            id, demand = own if facts.client_certificate.how else asked.get(facts.address, own)
            seen[facts.address] = (id, facts.protocol, demand)
    behind = reached_directly(case, target.host)
    met = {a: s for a, s in seen.items() if a not in behind}
    return dict(sorted((met or seen).items()))


PROBLEM = Problem(
    code="cba/tls13-needs-post-handshake",
    severity=Severity.MEDIUM,
    examine=examine,
    answers=(
        AnswerClue(
            "fails-cert-new", ("never",), Effect.WEAKENS,
            "certificate devices with a mailbox on the new version never fail", "1.5",
        ),
    ),
)  # fmt: skip
