"""The heat map: every cell a number, a range or a question mark, in rows that line up, and the paths behind it."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Odds, routes
from easwizard.reports import heat_map as module
from easwizard.reports.estate_map import Tone, as_text
from easwizard.reports.heat_map import ASCII_HEAT, heat_map, path_lines, share, titles, tone_of
from tests.exchange.estates import CERTIFICATE, DEFAULT, LEGACY_GENERIC, article, url

HOSTILE = "x\x1b[2J\u202e\ny"


def drawn(inventory: Inventory, width: int = 80) -> list[str]:
    return as_text(heat_map(routes(inventory), width=width)).splitlines()


def test_the_article() -> None:
    assert drawn(article()) == [
        "                                   2007 London  2013 London",
        "password     generic.contoso.test  ▒ 50 %       █ 100 %",
        "certificate  cert.contoso.test     ▒ 50 %       █ 100 %",
    ]


def test_a_share_that_differs_by_name_says_both() -> None:
    change = f"internal-url=EX07A/{CERTIFICATE}={url(LEGACY_GENERIC)}"
    assert "▓ 75 % (50 % by name)" in drawn(apply_change(article(), change))[1]


def test_what_is_not_known_is_no_number() -> None:
    start = article()
    half = tuple(replace(v, client_certificates=None) if v.label == f"EX07A/{DEFAULT}" else v for v in start.vdirs)
    assert "? 25 to 50 %" in drawn(replace(start, vdirs=half))[1]
    none = tuple(replace(v, client_certificates=None, basic=None, mapping=None) for v in start.vdirs)
    lines = drawn(replace(start, vdirs=none))
    assert [line.split()[-2:] for line in lines[1:]] == [["?", "?"], ["?", "?"]]
    assert not any(letter.isdigit() for line in lines[1:] for letter in line)


def test_columns_that_do_not_fit_go_below_one_another() -> None:
    sites = [f"Branch office {number}" for number in range(5)]
    start = article()
    vdirs = tuple(replace(v, site=site) for site in sites for v in start.vdirs if v.product == "2007")
    lines = drawn(replace(start, vdirs=(*start.vdirs, *vdirs)))
    assert max(map(len, lines)) <= 80
    assert all(sum(site in line for line in lines) == 1 for site in sites)
    assert sum(line.startswith("password") for line in lines) > 1


def test_in_ascii() -> None:
    found = routes(article())
    text = as_text(heat_map(found, ASCII_HEAT)) + as_text(path_lines(found[0], ASCII_HEAT))
    assert text.isascii()
    assert "50 %" in text


def test_no_route_no_map() -> None:
    assert heat_map(()) == ()


@pytest.mark.parametrize(
    ("low", "high", "text", "tone"),
    [
        (0, 0, "0 %", Tone.BAD),
        (1, 1, "100 %", Tone.GOOD),
        (0.998, 0.998, "99.8 %", Tone.BAD),
        (0.004, 0.004, "0.4 %", Tone.BAD),
        (0, 1, "?", Tone.DOUBT),
        (0, 0.5, "0 to 50 %", Tone.BAD),
        (0.5, 1, "50 to 100 %", Tone.DOUBT),
    ],
)
def test_a_share_in_words(low: float, high: float, text: str, tone: Tone) -> None:
    assert share(Odds(low, high)) == text
    assert tone_of(Odds(low, high)) is tone


def test_the_paths_behind_a_cell_worst_first() -> None:
    lines = as_text(path_lines(routes(article())[0])).splitlines()
    assert lines == [
        f"   25 % ✗ refused  EX07A/{CERTIFICATE} demands a client certificate",
        f"   25 % ✗ refused  EX07B/{CERTIFICATE} demands a client certificate",
        f"   25 % ✓ ok  EX07A/{DEFAULT} accepts the proxy leg",
        f"   25 % ✓ ok  EX07B/{DEFAULT} accepts the proxy leg",
    ]


def test_routes_whose_ways_end_alike_are_told_once() -> None:
    start = article()
    off = tuple(replace(v, mapping=False) for v in start.vdirs)
    told = titles([r for r in routes(replace(start, vdirs=off)) if r.device == "certificate"])
    assert [title for title, _ in told] == [
        "0 %: certificate through cert.contoso.test, mailbox on 2007 London, 2013 London"
    ]


def test_names_from_files_do_no_harm() -> None:
    start = article()
    vdirs = tuple(replace(v, site=f"{v.site}{HOSTILE}", server=f"{v.server}{HOSTILE}") for v in start.vdirs)
    inventory = replace(start, vdirs=vdirs, namespaces=tuple(replace(n, host=HOSTILE) for n in start.namespaces))
    found = routes(inventory)
    assert found
    texts = [as_text(heat_map(found)), *(as_text(path_lines(r)) for r in found), *(t for t, _ in titles(found))]
    assert all(line.isprintable() for text in texts for line in text.split("\n"))
    assert any(r"\x1b[2J" in text for text in texts)


def test_the_examples() -> None:
    assert doctest.testmod(module).failed == 0
