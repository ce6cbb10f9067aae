"""Exchange products, their builds, and which of them can live in one organisation (exchange.md 1.1, 2.1, 3.3)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from easwizard.exchange.certainty import Basis


class Product(StrEnum):
    """An Exchange product; the values are those of the JSON contract."""

    E2007 = "2007"
    E2010 = "2010"
    E2013 = "2013"
    E2016 = "2016"
    E2019 = "2019"
    SE = "SE"

    @property
    def is_legacy(self) -> bool:
        """Whether newer front ends speak to it by proxy as to a Client Access server (2007 and 2010)."""
        return self in (Product.E2007, Product.E2010)

    @property
    def label(self) -> str:
        """The name as an admin says it, e.g. `Exchange 2013`."""
        return f"Exchange {self.value}"


Build = tuple[int, ...]
"""Dotted build as numbers, e.g. `(15, 0, 913, 22)`."""

CERTIFICATES_ON_2013_FROM: Build = (15, 0, 913)
"""First build of Exchange 2013 (CU5) on which ActiveSync certificate authentication works (2.1)."""

_SE_FROM: Build = (15, 2, 2562)


def parse_build(text: str) -> Build | None:
    """Read a dotted build ("15.0.1497.2") or the shell's "Version 8.3 (Build 83.6)"; None when there is none.

    >>> parse_build("Version 8.3 (Build 83.6)")
    (8, 3, 83, 6)
    """
    shell = re.fullmatch(r"\s*Version (\d+)\.(\d+) \(Build (\d+)\.(\d+)\)\s*", text)
    if shell:
        return tuple(int(part) for part in shell.groups())
    if re.fullmatch(r"\s*\d{1,5}(\.\d{1,6}){1,3}\s*", text):
        return tuple(int(part) for part in text.split("."))
    return None


def product_of_build(build: Build) -> Product | None:
    """The product a build belongs to (version codes of exchange.md's opening; SE within 15.2 is [B], 3.4)."""
    major, minor = build[0], build[1] if len(build) > 1 else None
    if major == 8:
        return Product.E2007
    if major == 14:
        return Product.E2010
    if major != 15:
        return None
    if minor == 2:
        return Product.SE if build[:3] >= _SE_FROM else Product.E2019
    return {0: Product.E2013, 1: Product.E2016}.get(minor if minor is not None else -1)


@dataclass(frozen=True)
class Coexistence:
    """One row of exchange.md 1.1: may these two products share an organisation?"""

    pair: frozenset[Product]
    possible: bool
    minimum: str
    """What both sides need at least, or why it is impossible; in words."""
    basis: Basis


def _row(first: Product, second: Product, possible: bool, minimum: str, basis: Basis) -> Coexistence:
    return Coexistence(frozenset((first, second)), possible, minimum, basis)


_NO_2007 = "Exchange 2016 Setup stops while any Exchange 2007 server exists in the forest"

COEXISTENCE: tuple[Coexistence, ...] = (
    _row(Product.E2007, Product.E2010, True, "2007 SP2", Basis.BELIEVED),
    _row(Product.E2007, Product.E2013, True, "2007 SP3 RU10 everywhere, 2013 CU2", Basis.CONFIRMED),
    _row(Product.E2010, Product.E2013, True, "2010 SP3, 2013 CU2", Basis.CONFIRMED),
    _row(Product.E2007, Product.E2016, False, _NO_2007, Basis.CONFIRMED),
    _row(Product.E2007, Product.E2019, False, _NO_2007 + ", and so do later versions", Basis.CONFIRMED),
    _row(Product.E2007, Product.SE, False, _NO_2007 + ", and so do later versions", Basis.CONFIRMED),
    _row(Product.E2010, Product.E2016, True, "2010 SP3 RU11", Basis.CONFIRMED),
    _row(Product.E2013, Product.E2016, True, "2013 CU10", Basis.CONFIRMED),
    _row(Product.E2013, Product.E2019, True, "2013 CU21", Basis.BELIEVED),
    _row(Product.E2010, Product.E2019, False, "Exchange 2019 refuses to join Exchange 2010", Basis.BELIEVED),
    _row(Product.E2010, Product.SE, False, "Exchange SE refuses to join Exchange 2010", Basis.BELIEVED),
    _row(Product.E2013, Product.SE, True, "only the first SE updates allow 2013", Basis.BELIEVED),
    _row(Product.E2016, Product.SE, True, "2016 CU23", Basis.BELIEVED),
    _row(Product.E2019, Product.SE, True, "2019 CU14", Basis.BELIEVED),
)


def impossible_pairs(products: Collection[Product]) -> tuple[Coexistence, ...]:
    """The pairs among `products` that cannot share a forest, confirmed ones first.

    J20: the interview refuses only rows whose basis is confirmed and warns on the others.
    """
    pairs = {frozenset(pair) for pair in combinations(sorted(set(products)), 2)}
    found = [row for row in COEXISTENCE if not row.possible and row.pair in pairs]
    return tuple(sorted(found, key=lambda row: (row.basis is not Basis.CONFIRMED, sorted(row.pair))))
