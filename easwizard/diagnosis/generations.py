"""Which generation of Exchange answers at an address: 2007 and 2010, or 2013 and later (exchange.md 3.2, 3.4, 4.1).

Devices in front can strip or add headers, and a newer server relays the version of the old one that serves the
mailbox (3.3), so `MS-Server-ActiveSync` of an old version counts only where nothing speaks for a newer server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.requests import Target
from easwizard.case.untrusted import visible
from easwizard.exchange.certainty import Basis
from easwizard.exchange.products import parse_build, product_of_build
from easwizard.exchange.replies import ACTIVESYNC_PATH, product_of

_TOO_OLD = {(5, 2), (6, 0)}
"""Windows 2003 and 2008: no Exchange 2013 or later runs there."""
_TOO_NEW_FROM = (6, 3)
"""Windows 2012 R2: no Exchange 2007 or 2010 runs there."""
_OLD_IIS, _NEW_IIS = {"6.0", "7.0"}, {"8.5", "10.0"}


class Generation(StrEnum):
    """The two that matter here: the old ones never take the place of a newer front end."""

    OLD = "2007/2010"
    NEW = "2013 or later"


@dataclass(frozen=True)
class Sign:
    """One thing in one reply that tells the generation of whoever sent it."""

    generation: Generation
    words: str
    basis: Basis
    source: str
    observation: str
    names_exchange: bool
    """Whether it comes from Exchange itself, and not only from the Windows below."""


def signs_at(case: Case, target: Target, address: str) -> tuple[Sign, ...]:
    """Every sign at one address of a name; of both generations where two kinds of servers answer there."""
    looks = sorted(
        ((o, f) for o, f in case.http(target) if o.ok and f.address == address), key=lambda look: look[0].id
    )
    found = [sign for o, f in looks for sign in _of_one_reply(o, f)]
    if not any(sign.generation is Generation.NEW for sign in found):
        found += [sign for o, f in looks for sign in _old_product(o, f)]
    return tuple(found)


def generations_at(case: Case, target: Target, address: str) -> frozenset[Generation]:
    """The generations that answer at one address; empty where nothing tells."""
    return frozenset(sign.generation for sign in signs_at(case, target, address))


def _of_one_reply(observation: Observation, facts: HttpFacts) -> tuple[Sign, ...]:
    """The signs of one reply; none where they contradict each other, as behind a device that adds headers."""
    found = (*_front_end(observation, facts), *_build(observation, facts), *_windows(observation, facts))
    return found if len({sign.generation for sign in found}) == 1 else ()


def _front_end(observation: Observation, facts: HttpFacts) -> Iterator[Sign]:
    if facts.answered_by:
        # On the ActiveSync path without a sign-in the header is only believed to be there (3.2).
        basis = Basis.BELIEVED if facts.path.startswith(ACTIVESYNC_PATH) else Basis.CONFIRMED
        words = f"{visible(facts.answered_by, 60)} names itself (X-FEServer)"
        yield Sign(Generation.NEW, words, basis, "3.2", observation.id, names_exchange=True)


def _build(observation: Observation, facts: HttpFacts) -> Iterator[Sign]:
    build = parse_build(facts.build) if facts.build else None
    product = product_of_build(build) if build else None
    if product is not None:
        generation = Generation.OLD if product.is_legacy else Generation.NEW
        words = f"its build is {visible(facts.build or '', 40)}"
        yield Sign(generation, words, Basis.CONFIRMED, "3.2, 3.4", observation.id, names_exchange=True)


def _windows(observation: Observation, facts: HttpFacts) -> Iterator[Sign]:
    """Windows tells what cannot run on it, no more; which version runs where is believed (3.2)."""
    iis = re.fullmatch(r"Microsoft-IIS/(\d+\.\d+)", facts.headers.get("server", "").strip())
    if iis is not None and iis[1] in _OLD_IIS | _NEW_IIS:
        generation = Generation.OLD if iis[1] in _OLD_IIS else Generation.NEW
        yield Sign(generation, f"IIS {iis[1]} answers", Basis.BELIEVED, "3.2", observation.id, names_exchange=False)
    build = parse_build(facts.identity.os_build or "") if facts.identity is not None else None
    if build is not None and (build[:2] in _TOO_OLD or build[:2] >= _TOO_NEW_FROM):
        generation = Generation.OLD if build[:2] in _TOO_OLD else Generation.NEW
        words = f"Windows {'.'.join(map(str, build))} answers (NTLM)"
        yield Sign(generation, words, Basis.BELIEVED, "3.2, 4.1", observation.id, names_exchange=False)


def _old_product(observation: Observation, facts: HttpFacts) -> Iterator[Sign]:
    product = product_of(facts.headers)
    if product is not None and product.is_legacy:
        words = f"{product.label} signs accounts in, and no newer server shows"
        yield Sign(Generation.OLD, words, Basis.INFERRED, "3.3", observation.id, names_exchange=True)
