"""Exchange 2013 below CU5: no setting makes certificate sign-in work there (exchange.md 2.1).

The build comes from the inventory, or from a header of the machine that answers under the certificate name (3.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.certificate_builds import too_old
from easwizard.diagnosis.certificate_servers import certificate_servers
from easwizard.diagnosis.certificate_trials import signed_in_everywhere, trials_at
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.in_front import (
    QUESTION,
    InFront,
    does_not_apply,
    has_certificate_names,
    in_front,
)
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.vantage import reached_directly
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import CERTIFICATES_ON_2013_FROM
from easwizard.exchange.replies import ACTIVESYNC_PATH

_NEEDED = ".".join(str(part) for part in CERTIFICATES_ON_2013_FROM)
_MISSING = Missing(
    "the builds of the servers behind the certificate name",
    "Exchange 2013 signs certificates in only from CU5 on",
    "Get-ExchangeServer | Format-List Name,AdminDisplayVersion",
)


def examine(case: Case) -> Examination:
    if not has_certificate_names(case):
        return Examination()
    excluded = does_not_apply(case)
    if excluded:
        return Examination(clues=excluded)
    seen = (clue for target in case.with_role(Role.CERT) for clue in _seen(case, target))
    works = (c for t in case.with_role(Role.CERT) for c in signed_in_everywhere(trials_at(case, t)))
    return Examination(clues=(*_held(case), *seen, *works), missing=(_MISSING,))


def _held(case: Case) -> Iterator[Clue]:
    servers = {at.name: at.server for at in certificate_servers(case)}
    states = {name: too_old(server.build if server is not None else None) for name, server in servers.items()}
    for name, server in servers.items():
        if states[name] and server is not None:
            text = f"{name} runs build {server.build}, before CU5 ({_NEEDED})"
            yield Clue(Effect.PROVES, text, "2.1", Group.EVIDENCE, subject=(name,))
    if states and all(state is False for state in states.values()):
        text = f"no server of the certificate name runs Exchange 2013 before CU5: {', '.join(sorted(states))}"
        yield Clue(Effect.EXCLUDES, text, "2.1", Group.EVIDENCE)


def _seen(case: Case, target: Target) -> Iterator[Clue]:
    told: set[tuple[str, str | None]] = set()
    for observation, facts in case.http(target):
        if not observation.ok or not too_old(facts.build) or (facts.address, facts.build) in told:
            continue
        told.add((facts.address, facts.build))
        who = f" ({facts.answered_by})" if facts.answered_by else ""
        text = f"{target.host} at {facts.address}{who} says build {facts.build}, before CU5 ({_NEEDED})"
        basis = Basis.CONFIRMED if _is_the_server(case, target, facts.address, facts.answered_by) else Basis.INFERRED
        yield Clue(Effect.PROVES, text, "2.1, 3.2", Group.PROBE, basis, (target.host,), observation.id)


def _is_the_server(case: Case, target: Target, address: str, answered_by: str | None) -> bool:
    """A device that decrypts may send other paths to other servers (2.10); then both must name the same one."""
    if in_front(case) is not InFront.BRIDGING or address in reached_directly(case, target.host):
        return True
    names = {f.answered_by for o, f in case.http(target, ACTIVESYNC_PATH) if o.ok and f.address == address}
    return answered_by is not None and answered_by in names


PROBLEM = Problem(code="cba/build-too-old", severity=Severity.HIGH, examine=examine, reads=(QUESTION,))
