"""What may be said from where we look: of the legacy leg from a jump box (J7), of machines behind a name (J14)."""

from __future__ import annotations

from collections.abc import Iterable

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Cap, Clue, Group
from easwizard.diagnosis.verdicts import Verdict

_SEEN_BY_THE_LEG_ITSELF = {Group.SAMPLING, Group.LOG, Group.EVIDENCE}


PASTED = "paste:"
"""How the ids of observations begin that a paste of J7 brought (`evidence.readers.proxying_paste`)."""


def seen_by_proxying_servers(case: Case) -> frozenset[str]:
    """The ids of what proxying servers themselves saw of the old names, by their pastes (J7).

    A paste that was taken on an old server by mistake is none of these.
    """
    pasted = (o for o in case.observations if o.id.startswith(PASTED))
    return frozenset(o.id for o in pasted if not _is_old(case, o.vantage))


def _is_old(case: Case, name: str) -> bool:
    server = case.inventory.server(name.partition(".")[0])
    return server is not None and server.product is not None and server.product.is_legacy


def jump_box_caps(case: Case, clues: Iterable[Clue]) -> tuple[Cap, ...]:
    """At most likely, until crossed samples, a log, the configuration or a proxying server's own look speaks too."""
    own = seen_by_proxying_servers(case)
    positive = [clue for clue in clues if clue.is_positive]
    if any(clue.group in _SEEN_BY_THE_LEG_ITSELF or clue.observation in own for clue in positive):
        return ()
    because = "a jump box is not the proxying server: what it sees alone never confirms"
    return (Cap(Verdict.LIKELY, because, "J7"),)


def reached_directly(case: Case, host: str) -> frozenset[str]:
    """The addresses at which only machines behind a name were reached, never the name as DNS gives it (J14)."""
    direct = {m.address for m in case.members if m.host.casefold() == host.casefold()}
    return frozenset(direct - set(case.addresses(host)))
