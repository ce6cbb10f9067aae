"""The Markdown form: the first page in its order, everything there, and nothing anybody said becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from easwizard.case.case import Case
from easwizard.cli import main
from easwizard.diagnosis.finding import Finding
from easwizard.reports import markdown
from easwizard.reports.model import Report, report_on
from tests.problems import cases
from tests.tui.staging import article, hostile, is_harmless

BARE_LINK = re.compile(r"(?i)\bhttps?://x|\bwww\.x")
"""What some readers make a link of, as it stands in the text."""

whole = pytest.fixture(scope="module", name="whole")(article)


def render(case: Case) -> str:
    return markdown.render(report_on(case, cases.AT))


def tokens(text: str) -> list[Token]:
    """As a reader sees it that knows tables and HTML."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return list(flat(parser.parse(text)))


def flat(found: list[Token]) -> Iterator[Token]:
    for token in found:
        yield token
        yield from flat(token.children or [])


def words(text: str) -> str:
    """What a reader reads."""
    return " ".join(token.content for token in tokens(text) if token.type in ("text", "code_inline", "fence"))


def test_the_first_page_answers_in_its_order(whole: Report) -> None:
    text = markdown.render(whole)
    page = text[: text.index("## Findings")]
    heads = re.findall(r"^- \*\*(.+?):\*\*", page, re.MULTILINE)
    assert heads == ["Verdict", "Affected", "How sure", "Next", "Looked", "By"]
    assert "**Problem found**" in page
    assert "cert.contoso.test" in page
    assert "2 confirmed" in page
    assert "FULL: names are not masked" in page
    assert len(page.splitlines()) < 20


def test_every_finding_with_its_reasons_and_remedies(whole: Report) -> None:
    text, read = markdown.render(whole), " ".join(words(markdown.render(whole)).split())
    for finding in whole.diagnosis.findings:
        assert f"`{finding.code}`" in text
    shown = [f for f in whole.diagnosis.findings if f.verdict.value != "ruled-out"]
    said = [clue.text for f in shown for clue in f.clues] + [r.title for f in shown for r in f.remedies]
    assert [one for one in said if " ".join(one.split()) not in read] == []
    commands = [s.command for f in shown for r in f.remedies for s in r.steps if s.command]
    assert [command for command in commands if command not in text] == []


def test_the_map_and_the_odds(whole: Report) -> None:
    text = markdown.render(whole)
    assert "▲ the broken leg" in text
    assert "predicted 50 %" in text
    assert re.search(r"├─*▓+│▓+─*┤", text)


def test_the_evidence_is_one_table_with_a_row_each(whole: Report) -> None:
    found = tokens(markdown.render(whole))
    assert sum(token.type == "tr_open" for token in found) == len(whole.case.observations) + 1
    assert sum(token.type == "td_open" for token in found) == 6 * len(whole.case.observations)


def test_what_was_not_examined_comes_last(whole: Report) -> None:
    text = markdown.render(whole)
    last = text[text.rindex("\n## ") :]
    assert last.startswith("\n## Not examined")
    assert last.count("\n- ") == len(whole.diagnosis.not_examined)


def test_nothing_that_anybody_said_is_markup() -> None:
    text = render(hostile())
    found = tokens(text)
    kinds = {token.type for token in found}
    assert kinds.isdisjoint({"html_block", "html_inline", "link_open", "image", "em_open", "s_open", "hr"})
    assert is_harmless(text)
    assert "[/x][@click=app.quit]q[bold]" in words(text)
    rows = sum(token.type == "tr_open" for token in found) - 1
    assert sum(token.type == "td_open" for token in found) == 6 * rows


@pytest.mark.parametrize(
    "said",
    ["# no heading", "- no list", "+ no", "1. no", "2) no", "> no", "=====", "---", "```", "~~~", "    code",
     "| a | b |", "&copy; &lt;", "<script>x</script>", "[a](b)", "![a](b)", "<http://x.test>", "https://x.test",
     "www.x.test", "*a* _b_ **c** ~~d~~", "`a` ``b``", "back\\slash \\*", "two\nlines\n\n# and more", "a<!-- b"],
)  # fmt: skip
def test_a_summary_reads_as_it_was_said(whole: Report, said: str) -> None:
    finding = replace(whole.diagnosis.findings[0], summary=said, helpdesk=said, subjects=(said,), clues=())
    diagnosis = replace(whole.diagnosis, findings=(finding,))
    report = replace(whole, diagnosis=diagnosis)
    text = markdown.render(report)
    found = tokens(text)
    plain = markdown.render(replace(report, diagnosis=replace(diagnosis, findings=(_tame(finding),))))
    assert [t.type for t in found if t.level == 0] == [t.type for t in tokens(plain) if t.level == 0]
    assert {token.type for token in found}.isdisjoint({"html_block", "html_inline", "link_open", "image", "em_open"})
    assert BARE_LINK.search(text) is None
    assert " ".join(said.split()) in "".join(t.content for t in found if t.type in ("text", "text_special"))


def _tame(finding: Finding) -> Finding:
    return replace(finding, summary="said", helpdesk="said", subjects=("said",))


def test_an_empty_case_has_a_report_too() -> None:
    text = render(replace(cases.case(), targets=()))
    assert "Inconclusive" in text
    assert "## Raw evidence" not in text


def test_check_writes_it_by_its_extension(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.md"
    assert main(["check", "--no-network", "mail.test", "--report", str(file)]) == 3
    assert file.read_text(encoding="utf-8").startswith("# easwizard report\n\n**Inconclusive")
    assert "INCONCLUSIVE" in capsys.readouterr().out
