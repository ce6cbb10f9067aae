"""Products, builds and who may live with whom (exchange.md 1.1)."""

from __future__ import annotations

from itertools import combinations

import pytest

from easwizard.exchange.certainty import Basis, weakest
from easwizard.exchange.products import (
    COEXISTENCE,
    Build,
    Product,
    impossible_pairs,
    parse_build,
    product_of_build,
)

C, B, I = Basis.CONFIRMED, Basis.BELIEVED, Basis.INFERRED  # noqa: E741

PAIRS = {
    ("2007", "2010"): (True, B),
    ("2007", "2013"): (True, C),
    ("2010", "2013"): (True, C),
    ("2007", "2016"): (False, C),
    ("2007", "2019"): (False, C),
    ("2007", "SE"): (False, C),
    ("2010", "2016"): (True, C),
    ("2013", "2016"): (True, C),
    ("2013", "2019"): (True, B),
    ("2010", "2019"): (False, B),
    ("2016", "SE"): (True, B),
    ("2019", "SE"): (True, B),
}


@pytest.mark.parametrize(("pair", "expected"), PAIRS.items())
def test_each_pair_of_the_reference(pair: tuple[str, str], expected: tuple[bool, Basis]) -> None:
    wanted = frozenset(Product(name) for name in pair)
    rows = [row for row in COEXISTENCE if row.pair == wanted]
    assert [(row.possible, row.basis) for row in rows] == [expected]


def test_no_pair_stands_twice() -> None:
    assert len({row.pair for row in COEXISTENCE}) == len(COEXISTENCE)
    assert all(len(row.pair) == 2 and row.minimum for row in COEXISTENCE)


def test_the_articles_three_versions_are_possible() -> None:
    assert impossible_pairs([Product.E2007, Product.E2010, Product.E2013]) == ()


@pytest.mark.parametrize("products", [(), (Product.E2007,), (Product.E2016, Product.E2016)])
def test_fewer_than_two_products_are_never_impossible(products: tuple[Product, ...]) -> None:
    assert impossible_pairs(products) == ()


def test_impossible_pairs_come_with_the_confirmed_ones_first() -> None:
    found = impossible_pairs(list(Product))
    assert [row.basis for row in found] == [C, C, C, B, B]
    assert {row.pair for row in found} <= {frozenset(p) for p in combinations(Product, 2)}


BUILDS: dict[str, tuple[Build | None, Product | None]] = {
    "Version 8.3 (Build 83.6)": ((8, 3, 83, 6), Product.E2007),
    "  Version 15.1 (Build 2507.6) ": ((15, 1, 2507, 6), Product.E2016),
    "14.3.123.4": ((14, 3, 123, 4), Product.E2010),
    "15.0.1497.2": ((15, 0, 1497, 2), Product.E2013),
    "15.2.1118.7": ((15, 2, 1118, 7), Product.E2019),
    "15.2.2562.17": ((15, 2, 2562, 17), Product.SE),
    "15.2": ((15, 2), Product.E2019),
    "15.3.1": ((15, 3, 1), None),
    "6.5.7638": ((6, 5, 7638), None),
    "": (None, None),
    "8": (None, None),
    "8.3.83.6.1": (None, None),
    "8.3.": (None, None),
    "Version 8.3": (None, None),
    "15.0.1497.2; rm": (None, None),
    "9" * 5000 + ".1": (None, None),
}


@pytest.mark.parametrize(("text", "expected"), BUILDS.items(), ids=lambda value: str(value)[:30])
def test_builds_and_their_products(text: str, expected: tuple[Build | None, Product | None]) -> None:
    build = parse_build(text)
    assert (build, product_of_build(build) if build else None) == expected


@pytest.mark.parametrize("product", Product)
def test_only_2007_and_2010_are_legacy(product: Product) -> None:
    assert product.is_legacy == (product.value in ("2007", "2010"))
    assert product.label == f"Exchange {product.value}"


WEAKEST: tuple[tuple[tuple[Basis, ...], Basis], ...] = (
    ((), C),
    ((C, C), C),
    ((C, I), I),
    ((I, B, C), B),
    ((B, I), B),
)


@pytest.mark.parametrize(("bases", "expected"), WEAKEST)
def test_a_conclusion_is_as_sure_as_its_weakest_statement(bases: tuple[Basis, ...], expected: Basis) -> None:
    assert weakest(bases) is expected
