"""Two front-end ActiveSync vdirs on one 2013+ server: the next update's Setup will fail (exchange.md 5.3, 6.1).

An inventory shows it, and so does the log of a Setup that stopped at it. From outside one server that asks for
certificates at one address and not at another may have two, unless a device in front asks (J14).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.machines import Machine, machines_of
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.stated import stated_clues
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import tls_in_front
from easwizard.exchange.certainty import Basis

_CODE = "setup/second-frontend-vdir"
_LOGGED = "has more than one front-end ActiveSync virtual directory: its Setup stopped at them"
_LIST = Missing(
    "the virtual directories of the new servers",
    "the next update's Setup expects one front-end directory on each",
    "Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName   (in the newest shell)",
)


def examine(case: Case) -> Examination:
    logged = stated_clues(case, _CODE, _LOGGED, "6.1, 5.3")
    clues = (*logged, *_from_inventory(case), *_from_outside(case))
    settled = any(c.group is Group.EVIDENCE for c in clues)
    missing = [] if settled else [_LIST]
    if any(c.group is Group.PROBE for c in clues) and case.answer("tls-in-front") == UNKNOWN:
        missing.insert(
            0, tls_in_front("a device in front that asks for certificates at one name would look the same")
        )
    return Examination(clues, missing=tuple(missing))


def _from_inventory(case: Case) -> Iterator[Clue]:
    by_server: dict[str, list[str]] = {}
    for vdir in case.inventory.vdirs:
        if not vdir.back_end and vdir.product is not None and not vdir.product.is_legacy:
            by_server.setdefault(vdir.server.casefold(), []).append(vdir.label)
    for labels in by_server.values():
        server = labels[0].partition("/")[0].upper()
        if len(labels) > 1:
            text = f"{server} has {len(labels)} front-end ActiveSync virtual directories: {' and '.join(labels)}"
            yield Clue(Effect.PROVES, text, "5.3, 6.1", Group.EVIDENCE, subject=(server,))
        else:
            # Whether everything of this server was read is not known, so it does not rule out.
            text = f"one front-end ActiveSync virtual directory is known on {server}"
            yield Clue(Effect.WEAKENS, text, "5.3", Group.EVIDENCE, subject=(server,))


def _from_outside(case: Case) -> Iterator[Clue]:
    if case.answer("tls-in-front") in ("bridging", "delegation"):
        return
    seen: dict[str, list[tuple[str, Machine]]] = {}
    for target in case.targets:
        for machine in machines_of(case, target):
            # Only a newer server names itself in X-FEServer; an old one may well have two directories.
            if machine.front_end and machine.demand is not None:
                seen.setdefault(machine.front_end, []).append((target.host, machine))
    for server, looks in sorted(seen.items()):
        asking = [(host, m) for host, m in looks if m.asks]
        silent = [(host, m) for host, m in looks if not m.asks]
        apart = {m.address for _, m in asking}.isdisjoint(m.address for _, m in silent)
        if asking and silent and apart:
            (host, machine), (other, quiet) = asking[0], silent[0]
            text = (
                f"{visible(server, 60)} asks for a client certificate as {host} at {machine.address} and not as "
                f"{other} at {quiet.address}, as two virtual directories would"
            )
            yield Clue(
                Effect.SUPPORTS, text, "6.1, 3.2", Group.PROBE, Basis.INFERRED, (visible(server, 60),),
                machine.observation,
            )  # fmt: skip


PROBLEM = Problem(code=_CODE, severity=Severity.MEDIUM, examine=examine, reads=("tls-in-front",))
