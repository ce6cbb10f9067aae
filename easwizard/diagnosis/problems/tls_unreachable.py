"""A name resolves, but nothing behind it answers over TLS: said with the layer and the reason (transport.md 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, Reason, Status, TcpFacts, TlsFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.log_errors import NO_CONNECTION, leg_error_clues
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH

_ANSWERS_IN_ITS_WAY = {Reason.CERTIFICATE_WANTED, Reason.CERTIFICATE_REFUSED}
"""The far side is alive and wants something: that is not unreachable."""
_ONLY_TLS_DIFFERS = {Reason.TLS_VERSION, Reason.TLS_REFUSED, Reason.NAME_REFUSED}
"""Something answers, but no common way to talk was found; an old server may be healthy so (exchange.md 2.9)."""

_PATHS = (ACTIVESYNC_PATH, PROXY_PATH)
"""Other paths are asked for names only; one that stays silent does not make the name unreachable."""


def examine(case: Case) -> Examination:
    logged = leg_error_clues(case, NO_CONNECTION, "the server that passes requests on got no connection", "logs.md 4")
    clues = (*(clue for target in case.targets for clue in _clues(case, target)), *logged)
    failing = [c for c in clues if c.is_positive]
    # Without a TLS version in common something is alive there: no outage, and often no fault (2.9).
    only_differs = bool(failing) and all(c.basis is Basis.INFERRED for c in failing)
    return Examination(
        clues=clues,
        missing=(_from_inside(),) if failing else (),
        severity=Severity.LOW if only_differs else None,
    )


def _clues(case: Case, target: Target) -> Iterator[Clue]:
    by_address = _endings(case, target)
    if not by_address:
        return
    failed = {address: look for address, look in by_address.items() if look is not None}
    subject = (target.host,)
    if not failed:
        text = f"every address of {target.name} answers over TLS"
        yield Clue(Effect.EXCLUDES, text, "7", Group.PROBE, subject=subject)
        return
    look = next(iter(failed.values()))
    text = f"{target.name} at {'; '.join(_said(failed))}"
    if len(failed) < len(by_address):
        text += f"; {len(by_address) - len(failed)} of {len(by_address)} addresses answer"
    only_differs = all(look.reason in _ONLY_TLS_DIFFERS for look in failed.values())
    effect = Effect.PROVES if len(failed) == len(by_address) and not only_differs else Effect.SUPPORTS
    basis = Basis.INFERRED if only_differs else Basis.CONFIRMED
    yield Clue(effect, text, "7, 2.9", Group.PROBE, basis, subject, look.id, strong=not only_differs)


def _said(failed: Mapping[str, Observation]) -> Iterator[str]:
    """Each way in which addresses failed, with those addresses."""
    words = {address: _words(look) for address, look in failed.items()}
    for said in dict.fromkeys(words.values()):
        yield f"{', '.join(address for address in words if words[address] == said)}: {said}"


def _words(look: Observation) -> str:
    if look.reason in (Reason.TLS_VERSION, Reason.TLS_REFUSED):
        return (
            "it answers, but only with TLS versions or ciphers that this machine no longer speaks, or it refuses "
            "this connection; it is not down"
        )
    return look.words or ""


def _endings(case: Case, target: Target) -> dict[str, Observation | None]:
    """For each address the lowest layer that failed there, or None where all of them answered."""
    endings: dict[str, Observation | None] = {}
    layers: tuple[tuple[Observation, TcpFacts | TlsFacts | HttpFacts], ...] = (
        *case.tcp(target),
        *case.tls(target),
        *((o, f) for path in _PATHS for o, f in case.http(target, path) if f.account is None and not f.ntlm_offered),
    )
    for look, facts in layers:
        failed = look.status is Status.FAILED and look.reason not in _ANSWERS_IN_ITS_WAY
        if failed and endings.get(facts.address) is None:
            endings[facts.address] = look
        elif look.ok:
            endings.setdefault(facts.address, None)
    return dict(sorted(endings.items()))


def _from_inside() -> Missing:
    return Missing(
        "the same look from another place",
        "a firewall between here and there looks the same as a server that is down",
        "run the same easwizard check on a server inside, or: Test-NetConnection HOST -Port 443",
        comes_first=True,
    )


PROBLEM = Problem(code="tls/unreachable", severity=Severity.HIGH, examine=examine)
