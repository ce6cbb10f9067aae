"""The short Markdown form: a report that fits into a ticket, never longer than 4,000 characters.

What matters least is left out first, and the report says what was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from easwizard.diagnosis.finding import Finding
from easwizard.reports.estate_map import as_text, estate_map
from easwizard.reports.first_page import FirstPage, first_page, shown_findings
from easwizard.reports.markdown import first_lines
from easwizard.reports.markdown_text import block, code, cut
from easwizard.reports.model import Report
from easwizard.reports.odds import leg_odds_of
from easwizard.reports.records import steps_told

LIMIT = 4_000
"""Characters; many ticket systems cut a field there without a word."""
_FOR_THE_END = 300
"""Characters kept for saying what was left out."""
_LINE = 420
"""Characters of Markdown that one line of the first page, or of a finding, may have."""
_COMMAND = 300


@dataclass(frozen=True)
class _Piece:
    """Some lines that stand or go together."""

    lines: tuple[str, ...]
    name: str
    """What is said to be missing where they were left out; pieces of the same name are counted."""


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The report in at most 4,000 characters of Markdown, ending in a line end. Local times are those of `zone`."""
    head = _head(first_page(report, zone))
    room = LIMIT - _FOR_THE_END - _length(head)
    kept: list[str] = []
    left_out: dict[str, int] = {}
    for piece in _pieces(report, zone):
        # Once something of a kind is left out, so is the rest of it: what stands is the most important, in order.
        if piece.name in left_out or _length(piece.lines) > room:
            left_out[piece.name] = left_out.get(piece.name, 0) + 1
            continue
        room -= _length(piece.lines)
        kept += piece.lines
    return "\n".join([*head, *kept, *_end(left_out)]) + "\n"


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _head(page: FirstPage) -> list[str]:
    """The first page with lines of bounded length; it is never left out."""
    command = page.next_command if len(code(page.next_command)) <= _COMMAND else ""
    page = replace(page, next_command=command)
    return ["# easwizard report", "", *first_lines(page, lambda text: cut(text, _LINE))]


def _pieces(report: Report, zone: tzinfo | None) -> Iterator[_Piece]:
    """The most important first."""
    findings = shown_findings(report)
    asserted = [f for f in findings if f.verdict.asserts]
    for finding in asserted:
        yield _Piece(tuple(_finding(finding)), "finding")
    for finding in findings:
        if not finding.verdict.asserts:
            words = f"{finding.title} ({finding.severity})"
            yield _Piece(("", f"Possible: {code(finding.code)} {cut(words, _LINE)}"), "possible finding")
    for step in reversed(steps_told(report.case, zone)):
        yield _Piece(("", f"Done {cut(f'{step.when}: {step.words}', _LINE)}"), "step done")
    lines = as_text(estate_map(report.case, folded=True))
    odds = [f"{odds.mailbox}: {odds.predicted_words}; {odds.seen_words}" for odds in leg_odds_of(report.case)]
    if lines or odds:
        yield _Piece(("", *block("\n".join([lines, *odds]), "text")), "map")
    yield from _read(report)
    yield from _not_examined(report)


def _finding(finding: Finding) -> Iterator[str]:
    yield ""
    yield f"**{finding.verdict.value.upper()} ({finding.severity}): {cut(finding.title, 160)}** {code(finding.code)}"
    yield ""
    yield cut(finding.summary, _LINE)
    for words in finding.acceptance:
        yield from ("", cut(words, _LINE))
    remedy = next((r for r in finding.remedies if r.recommended), None)
    if remedy is not None:
        yield from ("", f"Remedy: {cut(remedy.title, 200)}")
    elif finding.missing:
        yield from ("", f"To settle it: {cut(finding.missing[0].evidence, 200)}")


def _read(report: Report) -> Iterator[_Piece]:
    imports = report.case.imports
    if imports:
        problems = sum(len(read.problems) for read in imports)
        words = (
            f"{len(imports)} files, {problems} passages not understood, "
            f"{len(report.case.contradictions)} contradictions"
        )
        yield _Piece(("", f"Read: {words}"), "what was read")


def _not_examined(report: Report) -> Iterator[_Piece]:
    items = report.diagnosis.not_examined
    if items:
        yield _Piece(("", f"Not examined ({len(items)}): {cut(', '.join(i.what for i in items), 500)}"), "unseen")


_MANY = {
    "finding": "findings",
    "step done": "steps done",
    "possible finding": "possible findings",
    "unseen": "what was not examined",
}


def _end(left_out: dict[str, int]) -> Iterator[str]:
    if left_out:
        named = ", ".join(_named(name, count) for name, count in left_out.items())
        yield from ("", f"Left out to stay under {LIMIT:,} characters: {named}. The long form has everything.")


def _named(name: str, count: int) -> str:
    if name == "unseen" or count == 1:
        return f"the {name}" if name == "map" else _MANY[name] if name == "unseen" else name
    return f"{count} {_MANY.get(name, name)}"
