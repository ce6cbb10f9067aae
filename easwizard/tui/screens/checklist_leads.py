"""What to do next about one gate: where what it lacks comes from, and the key that leads there. Holds no widget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from easwizard.case.case import Case
from easwizard.case.mending import GateState
from easwizard.checklist.decision import GateStatus, Teller
from easwizard.checklist.gate import Mode


class Source(Enum):
    """What a gate that the program tells by itself is judged on."""

    LOOK = "looks at the names"
    NEW_SERVERS = "looks at each new server directly"
    PASTE = "the paste from each new server"
    ESTATE = "the imported estate"
    PLAN = "the planned changes"
    ANSWER = "an answer"


SOURCES: Mapping[str, Source] = {
    "gate/autodiscover-answer": Source.LOOK,
    "gate/certificate-chain": Source.NEW_SERVERS,
    "gate/certificate-lifetime": Source.NEW_SERVERS,
    "gate/certificate-names": Source.NEW_SERVERS,
    "gate/certificate-switches": Source.ESTATE,
    "gate/certificates-proven": Source.NEW_SERVERS,
    "gate/dns-from-new-servers": Source.PASTE,
    "gate/kb3140410": Source.ESTATE,
    "gate/leg-from-new-servers": Source.PASTE,
    "gate/legacy-external-url": Source.PLAN,
    "gate/legacy-leg": Source.PLAN,
    "gate/legacy-names": Source.PLAN,
    "gate/new-authentication": Source.ESTATE,
    "gate/new-urls": Source.ESTATE,
    "gate/no-redirect": Source.NEW_SERVERS,
    "gate/one-frontend-vdir": Source.ESTATE,
    "gate/planned-cutover": Source.PLAN,
    "gate/proxy-directory": Source.LOOK,
    "gate/servers-identical": Source.ESTATE,
    "gate/tls-mode": Source.ANSWER,
}
"""Of every gate that can pass by itself; the others a person tells."""


@dataclass(frozen=True)
class Lead:
    """The next action: a key of the checklist, and what it does."""

    key: str
    words: str


def lead(case: Case, gate: GateStatus) -> Lead:
    """What to do next about a gate."""
    if gate.state is GateState.PASS:
        return Lead("n", "goes to the next gate that stands against going")
    if gate.state is GateState.WAIVED:
        return Lead("w", "changes the waiver or takes it back")
    if gate.state is GateState.FAIL and gate.told_by is Teller.PERSON:
        return Lead("p", "once it was mended and checked by hand")
    source = SOURCES.get(gate.id)
    if source is None or gate.entry.mode is Mode.MANUAL:
        return _by_hand(case, gate)
    return _by_itself(case, gate, source)


def _by_hand(case: Case, gate: GateStatus) -> Lead:
    if gate.state is GateState.FAIL:
        return _look(case, "looks again, once it was mended")
    again = " again" if gate.state is GateState.STALE else ""
    if gate.entry.words.commands:
        return Lead("c", f"copies the command to check it{again} by hand; then p or f")
    return Lead("p", f"it holds, or f it fails, once it was checked{again} by hand")


def _by_itself(case: Case, gate: GateStatus, source: Source) -> Lead:
    match source:
        case Source.ANSWER:
            return Lead("2", "says what ends TLS in front")
        case Source.LOOK:
            return _look(case, "looks now")
        case Source.NEW_SERVERS:
            if not case.members:
                return Lead("2", "names the addresses of the new servers, then l looks")
            return _look(case, "looks at the new servers now")
        case Source.PASTE:
            return Lead("4", "has the paste for each new server")
        case Source.PLAN if case.inventory.vdirs and gate.state is not GateState.STALE:
            return Lead("s", "plans the changes of the window and shows what they do")
        case _:
            return Lead("4", f"brings the estate{' again' if case.inventory.vdirs else ''}: what was read decides")


def _look(case: Case, words: str) -> Lead:
    return Lead("l", words) if case.targets else Lead("2", "names what phones use, then l looks")
