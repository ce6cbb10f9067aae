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
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_places import is_front_address, kinds_read
from easwizard.diagnosis.log_signature import signatures
from easwizard.exchange.certainty import Basis

NONE_CAME, MAPPER_DENIED, REVOKED, UNTRUSTED, EXPIRED = 7, 12, 13, 16, 17
UNTRUSTED_ROOT, WRONG_USAGE = 2148204809, 2148204816
"""Win32 codes beside 403 16: CERT_E_UNTRUSTEDROOT and CERT_E_WRONG_USAGE of Windows, 0x800B0109 and 0x800B0110."""
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
    win32: int | None = None
    """Beside 403 16 what Windows found wrong; None where the log does not tell, and for every other sub-status."""

    @property
    def words(self) -> str:
        of = f"{self.count} of {self.requests} requests"
        return f"{self.address} answered {of} with 403 {self.substatus}: {self.told}"

    @property
    def told(self) -> str:
        if self.win32 == WRONG_USAGE:
            return f"the client certificate is not one for signing in ({WRONG_USAGE}: wrong usage)"
        unknown = self.win32 is not None and self.win32 != UNTRUSTED_ROOT
        return f"{self.meaning} or otherwise invalid ({self.win32})" if unknown else self.meaning

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
    sums: dict[tuple[str, int, int | None], int] = {}
    words: dict[tuple[str, int, int | None], str] = {}
    for each in counts.statuses:
        if _is_refusal(each, substatuses):
            key = (each.target, each.substatus or 0, _reason(each))
            sums[key] = sums.get(key, 0) + each.count
            words.setdefault(key, meaning_of(each.status, each.substatus, each.win32))
    for key, times in sums.items():
        address, substatus, win32 = key
        if times >= FEWEST:
            total = requests.get((address, NamedBy.ADDRESS), times)
            sure = is_front_address(counts, address)
            yield Refusals(address, substatus, times, total, words[key], sure, win32)


def _reason(each: StatusCount) -> int | None:
    return (each.win32 or None) if each.substatus == UNTRUSTED else None


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


def untrusted_clues(case: Case, source: str, *, issuer: bool) -> Iterator[Clue]:
    """403 16 for the issuer, or for the certificate itself: the Win32 code parts them; an unknown one fits both."""
    for refusals in certificate_refusals(case, UNTRUSTED):
        of_issuer = refusals.win32 in (None, UNTRUSTED_ROOT)
        of_certificate = refusals.win32 == WRONG_USAGE
        if of_issuer is not issuer and of_certificate is issuer:
            continue
        strong = of_issuer if issuer else of_certificate
        yield refusals.clue(Effect.SUPPORTS, source, strong=strong)
