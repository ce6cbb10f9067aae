"""What sub-statuses in front ends' logs say of client certificates (KB 943891 by logs.md 4; exchange.md 2.3, 2.6).

Only a front end's log counts: at an old server 403 7 is what the proxy leg meets. Where logs of old servers were read
as well, an address does not tell which of the two it is, and everything is inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts, LogKind, NamedBy, StatusCount
from easwizard.case.log_meanings import meaning_of
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_legs import is_front_address, judged_logs, kinds_read
from easwizard.diagnosis.log_signature import signatures
from easwizard.exchange.certainty import Basis

NONE_CAME, MAPPER_DENIED, REVOKED, UNTRUSTED, EXPIRED = 7, 12, 13, 16, 17
FEWEST = 3
"""Rows of one sub-status at one address, to speak of it."""
_ADDRESS = re.compile(r"[\d.]+(?:/.*)?|\[?[0-9a-f:.]+\]?(?:/.*)?")


@dataclass(frozen=True)
class Refusals:
    """One sub-status of 403 at one address."""

    address: str
    substatus: int
    count: int
    requests: int
    meaning: str
    sure: bool
    """Whether the address is a newer front end's for certain."""

    @property
    def words(self) -> str:
        of = f"{self.count} of {self.requests} requests"
        return f"{self.address} answered {of} with 403 {self.substatus}: {self.meaning}"

    def clue(self, effect: Effect, source: str, *, strong: bool = False) -> Clue:
        basis = Basis.CONFIRMED if self.sure else Basis.INFERRED
        return Clue(effect, self.words, source, Group.LOG, basis, strong=strong)


def certificate_refusals(case: Case, *substatuses: int) -> tuple[Refusals, ...]:
    """Where front ends refused certificates in one of these ways, the most frequent first."""
    counts = judged_logs(case)
    if counts is None or LogKind.FRONT_END not in kinds_read(counts):
        return ()
    return tuple(sorted(_found(counts, substatuses), key=lambda each: (-each.count, each.address)))


def _found(counts: LogCounts, substatuses: tuple[int, ...]) -> Iterator[Refusals]:
    requests = {(t.host, t.named_by): t.requests for t in counts.targets}
    sums: dict[tuple[str, int], int] = {}
    words: dict[tuple[str, int], str] = {}
    for each in counts.statuses:
        if _is_refusal(each, substatuses):
            key = (each.target, each.substatus or 0)
            sums[key] = sums.get(key, 0) + each.count
            words.setdefault(key, meaning_of(each.status, each.substatus, each.win32))
    for (address, substatus), times in sums.items():
        if times >= FEWEST:
            total = requests.get((address, NamedBy.ADDRESS), times)
            yield Refusals(
                address, substatus, times, total, words[(address, substatus)], is_front_address(counts, address)
            )


def _is_refusal(each: StatusCount, substatuses: tuple[int, ...]) -> bool:
    return (
        each.named_by is NamedBy.ADDRESS
        and each.status == 403
        and each.substatus in substatuses
        and _ADDRESS.fullmatch(each.target) is not None
    )


def certificate_clues(
    case: Case, substatuses: tuple[int, ...], effect: Effect, source: str, *, strong: bool = False
) -> Iterator[Clue]:
    """A clue for each address with such refusals.

    An old server that refuses the leg answers 403 7 too: where it may be one, that is weak support, and no clue at
    all where the logs show such a server.
    """
    for refusals in certificate_refusals(case, *substatuses):
        may_be_old = refusals.substatus == NONE_CAME and not refusals.sure
        if may_be_old and (effect is not Effect.SUPPORTS or signatures(case)):
            continue
        yield refusals.clue(effect, source, strong=strong)
