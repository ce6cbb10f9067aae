"""The page as a whole: its head with the policy that forbids everything, the first page, and the parts in order."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import tzinfo
from importlib import resources
from xml.etree.ElementTree import Element

from easwizard.reports.first_page import FirstPage, first_page, ruled_out, shown_findings
from easwizard.reports.html.evidence import evidence_parts
from easwizard.reports.html.findings import findings_part
from easwizard.reports.html.markup import Child, document, style_sheet, tag
from easwizard.reports.html.parts import OUTCOMES, chip, command, pairs
from easwizard.reports.marking import mark
from easwizard.reports.model import Report

_ON_PAPER = """
@page {{ @top-right {{ content: "{mark}"; font: bold 8pt sans-serif; color: #444 }} }}
"""
"""What stands on every printed page; the words are ours."""


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The report as one HTML file, ending in a line end. Local times are those of `zone`, or of this machine."""
    page = first_page(report, zone)
    parts = [findings_part(shown_findings(report), ruled_out(report)), *evidence_parts(report, zone)]
    body = tag(
        "body",
        tag("div", page.mark, class_=f"mark {report.redacted}"),
        _header(report, page),
        _contents(parts),
        tag("main", *parts),
        tag("footer", f"{page.by} · {page.looked} · {page.mark}"),
    )
    return document(tag("html", _head(report), body, lang="en"))


def _head(report: Report) -> Element:
    css = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    css += _ON_PAPER.format(mark=mark(report))
    hashed = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"easwizard report: {report.outcome.value}"),
        style_sheet(css),
    )


def _header(report: Report, page: FirstPage) -> Element:
    sign, tone = OUTCOMES[page.outcome]
    next_: list[Child] = [page.next, command(page.next_command) if page.next_command else None]
    told: list[tuple[str, Sequence[Child]]] = [
        ("Verdict", [_verdicts(report, page)]),
        ("Affected", [page.affected]),
        ("How sure", [page.how_sure]),
        ("Next", next_),
        ("Looked", [page.looked]),
        ("By", [page.by]),
    ]
    return tag(
        "header",
        tag("p", "easwizard report", class_="kicker"),
        tag("h1", tag("span", sign, class_=f"sign {tone}", aria_hidden="true"), f" {page.headline}"),
        pairs(told),
        class_=tone,
    )


def _verdicts(report: Report, page: FirstPage) -> Element:
    """What is confirmed or likely, a line each, leading to the finding."""
    found = [(n, f) for n, f in enumerate(shown_findings(report), start=1) if f.verdict.asserts]
    if not found:
        return tag("span", page.verdict)
    items = (tag("li", chip(f.verdict), " ", tag("a", f.title, href=f"#finding-{n}")) for n, f in found)
    return tag("ul", *items, class_="verdicts")


def _contents(parts: list[Element]) -> Element:
    """Where the parts are; the only links there are."""
    found = ((part.get("id", ""), part.findtext("h2", "")) for part in parts)
    return tag("nav", *(tag("a", title, href=f"#{id}") for id, title in found), aria_label="Contents")
