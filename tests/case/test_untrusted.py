"""Hostile text made harmless (DESIGN 10)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.untrusted import MAX_TEXT, visible

SHOWN = {
    "plain text, é and 日本": "plain text, é and 日本",
    "\x1b[2J": "\\x1b[2J",
    "\x9b31m": "\\x9b31m",
    "a\nb\r\tc": "a\\x0ab\\x0d\\x09c",
    "\x00\x7f": "\\x00\\x7f",
    "abc\u202ecod.exe": "abc\\u202ecod.exe",
    "\u2066x\u2069": "\\u2066x\\u2069",
    "line\u2028paragraph\u2029": "line\\u2028paragraph\\u2029",
    "zero\u200bwidth\ufeff": "zero\\u200bwidth\\ufeff",
    "\ud800": "\\ud800",
    "\ue000": "\\ue000",
    "\U000e0041": "\\U000e0041",
    "\xad": "\\xad",
    "": "",
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items(), ids=[ascii(text) for text in SHOWN])
def test_what_steers_or_hides_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * MAX_TEXT) == "x" * MAX_TEXT
    assert visible("x" * (MAX_TEXT + 1)) == "x" * MAX_TEXT + f"… ({MAX_TEXT + 1} characters)"
    assert visible("abcdef", limit=2) == "ab… (6 characters)"


@given(st.text(st.characters(codec=None)))
def test_the_result_can_always_be_written_and_steers_nothing(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
