"""The HTML form: the first page in its order, everything there, one file that loads nothing, and text stays text."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from lxml import html as reader
from lxml.html import HtmlElement

from easwizard.case.redaction.redact import Level
from easwizard.case.untrusted import visible
from easwizard.reports import html
from easwizard.reports.html.markup import NotAllowed, document, style_sheet, tag
from easwizard.reports.html.svg import columns, fitted
from easwizard.reports.model import Report, report_on
from tests.reports.samples import NASTY, NOON, empty, huge, nasty, told
from tests.tui.staging import article

whole = pytest.fixture(scope="module", name="whole")(article)
HOUR = timezone(timedelta(hours=1))


def page(report: Report) -> HtmlElement:
    return reader.document_fromstring(html.render(report, HOUR))


def words(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def test_the_first_page_answers_in_its_order(whole: Report) -> None:
    head = page(whole).find("body/header")
    assert [words(each) for each in head.findall(".//dt")] == [
        "Verdict", "Affected", "How sure", "Next", "Looked", "By"
    ]  # fmt: skip
    assert "Problem found" in words(head.find("h1"))
    assert "cert.contoso.test" in words(head)
    assert re.search(r"\d\d:\d\d UTC \(.*local, UTC\+01:00\)", words(head))


def test_the_parts_stand_in_their_order(whole: Report) -> None:
    report = report_on(told(whole.case), NOON)
    parts = [part.get("id") for part in page(report).findall("body/main/section")]
    assert parts == ["findings", "steps", "map", "answers", "seen", "read", "evidence", "not-examined"]


def test_every_finding_with_its_clues_and_remedies(whole: Report) -> None:
    text = words(page(whole))
    for finding in whole.diagnosis.findings:
        assert finding.code in text
    shown = [f for f in whole.diagnosis.findings if f.verdict.value != "ruled-out"]
    said = [clue.text for f in shown for clue in f.clues] + [f.engineer for f in shown] + [f.helpdesk for f in shown]
    said += [text for f in shown for r in f.remedies for s in r.steps for text in (s.title, s.check, s.command or "")]
    said += [missing.how for f in shown for missing in f.missing]
    assert [one for one in said if " ".join(one.split()) not in text] == []


def test_the_evidence_is_one_table_with_a_row_each(whole: Report) -> None:
    table = page(whole).find(".//section[@id='evidence']//table")
    assert len(table.findall("tbody/tr")) == len(whole.case.observations)
    assert table.find("caption") is not None
    assert {head.get("scope") for head in table.findall("thead/tr/th")} == {"col"}


def test_it_says_on_top_and_on_every_sheet_whether_names_are_masked(whole: Report) -> None:
    marks: dict[Level, str] = {"none": "FULL", "internal": "INTERNAL", "vendor": "REDACTED"}
    for level, mark in marks.items():
        text = html.render(replace(whole, redacted=level))
        assert re.search(rf'@top-right {{ content: "{mark}: ', text)
        assert words(reader.document_fromstring(text).find("body/div")).startswith(f"{mark}: ")


def test_the_policy_forbids_all_but_its_own_style(whole: Report) -> None:
    root = page(whole)
    policy = root.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    hashed = base64.b64encode(hashlib.sha256(root.find(".//style").text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    assert not root.xpath("//*[@style]")


def harmless(root: HtmlElement) -> Iterator[str]:
    """What a page has that could run, load or lead elsewhere."""
    forbidden = {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "video",
        "audio",
        "image",
        "use",
    }
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield f"a comment: {element}"
            continue
        if element.tag in forbidden:
            yield element.tag
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("src", "style", "action", "srcset", "background"):
                yield f"{element.tag} {name}"
            if name in ("href", "xlink:href") and not re.fullmatch("#[a-z0-9-]+", value):
                yield f"{element.tag} {name}={value}"


def test_whatever_is_said_stays_text(whole: Report) -> None:
    report = nasty(whole)
    text = html.render(report, HOUR)
    root = reader.document_fromstring(text)
    assert list(harmless(root)) == []
    read = words(root)
    for said in NASTY:
        for line in said.split("\n"):
            assert " ".join(visible(line).split()) in read, line
    assert "\\x00" in text
    assert "\\u202e" in text
    assert "\\ud800" in text
    assert re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text) is None
    text.encode("utf-8")


def test_the_same_parts_are_there_whatever_is_said(whole: Report) -> None:
    """No text adds or takes away an element: a page on a tame case has just the same ones."""
    report = nasty(whole)
    tame = replace(report, diagnosis=replace(report.diagnosis, findings=tuple(
        replace(f, title="x", summary="x") for f in report.diagnosis.findings)))  # fmt: skip
    assert [e.tag for e in page(report).iter()] == [e.tag for e in page(tame).iter()]


def test_an_empty_case_has_a_page() -> None:
    root = page(empty())
    assert "Inconclusive" in words(root)
    assert root.find(".//svg") is None


def test_a_huge_case_stays_bounded(whole: Report) -> None:
    many = tuple(replace(o, id=f"{o.id} {n}") for n in range(60) for o in whole.case.observations)
    report = replace(huge(whole, 60), case=replace(huge(whole, 60).case, observations=many))
    root = page(report)
    assert len(root.findall(".//section[@id='evidence']//tbody/tr")) == 2_000
    assert f"The first 2000 of {len(many)}" in words(root)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("script", {}), ("style", {}), ("iframe", {}), ("p", {"onclick": "x"}), ("p", {"style": "x"}),
        ("a", {"href": "javascript:alert(1)"}), ("a", {"href": "https://192.0.2.1/"}), ("a", {"href": "#x y"}),
        ("p", {"src": "x"}),
    ],
)  # fmt: skip
def test_the_builder_makes_nothing_that_runs_or_loads(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        tag(name, "text", **attributes)


def test_the_builder_escapes_texts_and_attributes() -> None:
    made = document(tag("p", '<b>&amp;"', tag("code", "'"), "]]></p>", aria_label='"><script>'))
    start, end = '<!DOCTYPE html>\n<p aria-label="&quot;&gt;<script&gt;">', "]]&gt;&lt;/p&gt;</p>\n"
    assert made == f"{start}&lt;b&gt;&amp;amp;\"<code>'</code>{end}"
    with pytest.raises(NotAllowed):
        style_sheet("p { } </style><script>")


@pytest.mark.parametrize("text", ["mail", "メール" * 30, "a" * 300, "e\u0301" * 200, "x\u202ey" * 40, ""])
@pytest.mark.parametrize("width", [3, 10, 30])
def test_a_fitted_text_keeps_to_its_columns(text: str, width: int) -> None:
    shown = fitted(text, width)
    assert columns(shown) <= width
    if columns(visible(text)) <= width:
        assert shown == visible(text)
