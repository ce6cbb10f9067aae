"""The short Markdown form: never above its limit, the most important first, and what was left out is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.reports import markdown_short
from easwizard.reports.markdown_text import cut, plain
from easwizard.reports.model import Report
from tests.reports.samples import NASTY, empty, huge, nasty
from tests.reports.test_markdown import tokens, words
from tests.tui.staging import article

whole = pytest.fixture(scope="module", name="whole")(article)


def test_a_usual_case_has_everything(whole: Report) -> None:
    text = markdown_short.render(whole)
    assert len(text) < markdown_short.LIMIT
    assert "Left out" not in text
    asserted = [f for f in whole.diagnosis.findings if f.verdict.asserts]
    assert [f.code for f in asserted if f"`{f.code}`" not in text] == []
    assert "▲ the broken leg" in text
    assert "Not examined (" in text


@pytest.mark.parametrize("names", [3, 40, 400])
def test_no_case_is_too_large(whole: Report, names: int) -> None:
    text = markdown_short.render(huge(whole, names))
    assert len(text) < markdown_short.LIMIT
    assert "- **Verdict:**" in text
    assert "**CONFIRMED (high)" in text
    assert "Left out to stay under 4,000 characters:" in text.splitlines()[-1]
    assert "findings" in text.splitlines()[-1]


def test_hostile_text_keeps_the_limit_and_stays_text(whole: Report) -> None:
    text = markdown_short.render(nasty(whole))
    assert len(text) < markdown_short.LIMIT
    kinds = {token.type for token in tokens(text)}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "em_open", "s_open", "hr"})
    assert "<script>alert(1)</script>" in words(text)


def test_what_expands_most_when_escaped_keeps_the_limit(whole: Report) -> None:
    said = "<" * 20_000
    findings = tuple(replace(f, title=said, summary=said, subjects=(said,)) for f in whole.diagnosis.findings)
    report = replace(whole, diagnosis=replace(whole.diagnosis, findings=findings))
    text = markdown_short.render(report)
    assert len(text) < markdown_short.LIMIT
    assert "&lt;" in text


def test_an_empty_case_is_short() -> None:
    assert "Inconclusive" in markdown_short.render(empty())


@pytest.mark.parametrize("said", NASTY)
@pytest.mark.parametrize("room", [1, 7, 40, 4_000])
def test_a_cut_fits_and_ends_no_escape_in_its_middle(said: str, room: int) -> None:
    shown = cut(said, room)
    assert len(shown) <= max(room, 1)
    if len(plain(said)) <= room:
        assert shown == plain(said)
    else:
        assert shown.endswith(("…", "…`"))
        assert {t.type for t in tokens(shown)}.isdisjoint({"html_inline", "html_block", "link_open", "image"})
