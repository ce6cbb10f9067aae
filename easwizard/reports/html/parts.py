"""Pieces that several parts of the page are made of: tables, commands, lists, verdicts with their signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.etree.ElementTree import Element

from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.html.markup import Child, tag
from easwizard.reports.lines import Paragraph

SIGNS = {
    Verdict.CONFIRMED: ("✗", "bad"),
    Verdict.LIKELY: ("!", "bad"),
    Verdict.POSSIBLE: ("?", "doubt"),
    Verdict.RULED_OUT: ("–", "quiet"),
    Verdict.NOT_EXAMINED: ("–", "quiet"),
}
OUTCOMES = {
    Outcome.PROBLEM: ("✗", "bad"),
    Outcome.INCONCLUSIVE: ("?", "doubt"),
    Outcome.NO_PROBLEM_FOUND: ("✓", "good"),
}
_LONG_WORD = 20
MOST_ROWS = 2_000
"""Rows of one table; the JSON form has all."""


def chip(verdict: Verdict) -> Element:
    """A verdict with its sign and its word."""
    sign, tone = SIGNS[verdict]
    return tag("span", f"{sign} {verdict.value}", class_=f"chip {tone}")


def section(id: str, title: str, *children: Child) -> Element:
    return tag("section", tag("h2", title), *children, id=id)


def pairs(rows: Iterable[tuple[str, Sequence[Child]]], class_: str = "pairs") -> Element:
    """Words with what they stand for."""
    inside = (tag("div", tag("dt", name), tag("dd", *children)) for name, children in rows)
    return tag("dl", *inside, class_=class_)


def command(text: str, shell: str = "") -> Element:
    """A command as it is to be copied, with the shell it is for above it."""
    above = tag("p", shell, class_="shell") if shell else None
    return tag("div", above, tag("pre", tag("code", *_words(text))), class_="command")


def _words(text: str) -> Iterator[Child]:
    """A command that breaks between its words only: a line that ends in a hyphen would be copied wrongly by eye."""
    for word in re.split("([ \n]+)", text):
        yield tag("span", word) if "-" in word or len(word) > _LONG_WORD else word


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[Child]]) -> Element:
    """A table that becomes a list of cards where it is narrow; the roles stay those of a table then."""
    body = [_row(heads, row) for row in rows[:MOST_ROWS]]
    more = f" The first {MOST_ROWS} of {len(rows)}; the JSON form has all." if len(rows) > MOST_ROWS else ""
    return tag(
        "table",
        tag("caption", f"{caption}{more}"),
        tag("thead", tag("tr", *(tag("th", head, scope="col", role="columnheader") for head in heads), role="row"),
            role="rowgroup"),
        tag("tbody", *body, role="rowgroup"),
        role="table",
    )  # fmt: skip


def _row(heads: Sequence[str], row: Sequence[Child]) -> Element:
    cells = (tag("td", cell, data_label=head, role="cell") for head, cell in zip(heads, row, strict=True))
    return tag("tr", *cells, role="row")


def outline(rows: Iterable[Paragraph]) -> Element:
    """Paragraphs of the plain form as a list; how far they are indented there is how deep they stand here."""
    return tag("ul", *_items(rows), class_="outline")


def _items(rows: Iterable[Paragraph]) -> Iterator[Element]:
    for row in rows:
        depth = min((len(row.label) - len(row.label.lstrip())) // 2, 4)
        name = row.label.strip()
        label = tag("strong", name) if name and depth <= 1 else tag("span", name, class_="quiet")
        yield tag("li", label, f" {row.text}", class_=f"depth-{depth}")
