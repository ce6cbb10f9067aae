"""The Markdown form of a report, long and short: a first page for whoever must decide, then what is behind it.

Every value stands as plain text: nothing that a server, a file or an admin said becomes markup, HTML or a link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo

from easwizard.case.facts import Observation
from easwizard.diagnosis.clues import Clue, Effect, Missing
from easwizard.diagnosis.finding import Finding, NotExamined
from easwizard.diagnosis.words import Remedy
from easwizard.reports.estate_map import as_text, estate_map
from easwizard.reports.first_page import FirstPage, first_page, ruled_out, shown_findings
from easwizard.reports.heat_map import as_lines
from easwizard.reports.interval_bar import interval_bar
from easwizard.reports.lines import Paragraph
from easwizard.reports.log_markdown import log_lines
from easwizard.reports.markdown_text import block, cell, code, plain
from easwizard.reports.model import Report
from easwizard.reports.observed import said
from easwizard.reports.odds import leg_odds_of
from easwizard.reports.read_files import read_files
from easwizard.reports.records import answers_told, steps_told
from easwizard.reports.seen import seen
from easwizard.reports.times import local_clock

_SIGN = {Effect.PROVES: "proves", Effect.SUPPORTS: "for", Effect.WEAKENS: "against", Effect.EXCLUDES: "rules out"}
_BAR_WIDTH = 58


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The report as Markdown (CommonMark with tables), ending in a line end. Local times are those of `zone`."""
    return "\n".join(_lines(report, zone)) + "\n"


def _lines(report: Report, zone: tzinfo | None) -> Iterator[str]:
    case = report.case
    yield "# easwizard report"
    yield ""
    yield from first_lines(first_page(report, zone))
    shown = shown_findings(report)
    if shown:
        yield from ("", "## Findings")
    for finding in shown:
        yield from _finding(finding)
    codes = [code(each) for each in ruled_out(report)]
    yield from _part("Ruled out", [", ".join(codes)] if codes else [])
    yield from _part("Steps done", [f"- {plain(s.when)}: {plain(s.words)}" for s in steps_told(case, zone)])
    yield from _map(report)
    yield from _part(
        "What was answered", [f"- {plain(a.question)} **{plain(a.answer)}**" for a in answers_told(case)]
    )
    yield from _part("What was seen", list(_outline(seen(case))))
    yield from _part("What was read", list(_outline(read_files(case))))
    if case.logs is not None:
        yield from _part("What the logs say", list(log_lines(case.logs)))
    yield from _evidence(case.observations, zone)
    yield from _not_examined(report.diagnosis.not_examined)


def first_lines(page: FirstPage, told: Callable[[str], str] = plain) -> Iterator[str]:
    """The first page, for both forms; `told` makes Markdown of a text."""
    yield f"**{page.headline}**"
    yield ""
    yield f"- **Verdict:** {told(page.verdict)}"
    yield f"- **Affected:** {told(page.affected)}"
    yield f"- **How sure:** {told(page.how_sure)}"
    yield f"- **Next:** {told(page.next)}{f': {code(page.next_command)}' if page.next_command else ''}"
    yield f"- **Looked:** {told(page.looked)}"
    yield f"- **By:** {told(page.by)}; {page.mark}"


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"## {title}", "")
        yield from lines


def _map(report: Report) -> Iterator[str]:
    lines = as_text(estate_map(report.case)).splitlines()
    for odds in leg_odds_of(report.case):
        lines += ["", f"{odds.mailbox}: {odds.predicted_words}; {odds.seen_words}"]
        if odds.interval is not None:
            lines.append(interval_bar(_BAR_WIDTH, odds.interval, odds.seen))
    if lines:
        yield from _part("Map", [*block("\n".join(lines), "text")])
    if report.routes:
        yield from _part("Heat map", [*block("\n".join(as_lines(report.routes)), "text")])


# Findings


def _finding(finding: Finding) -> Iterator[str]:
    yield ""
    yield f"### {finding.verdict.value.upper()} ({finding.severity}): {plain(finding.title)}"
    yield ""
    about = f" about {plain(', '.join(finding.subjects))}" if finding.subjects else ""
    yield f"{code(finding.code)}{about}"
    for words in finding.acceptance:
        yield from ("", f"**But:** {plain(words)}")
    yield ""
    yield plain(finding.summary)
    if finding.conflict:
        yield from ("", "**Proof stands against exclusion; read the reasons before you act.**")
    yield from ("", f"**Helpdesk:** {plain(finding.helpdesk)}", "", f"**Engineer:** {plain(finding.engineer)}")
    yield from ("", "#### Why", "")
    yield from _clues(finding.clues)
    for limit in finding.limits:
        yield f"- not above {finding.verdict}: {plain(limit)}"
    if finding.missing:
        yield from ("", "#### What would settle it", "")
        for missing in finding.missing:
            yield from _missing(missing)
    for remedy in finding.remedies:
        yield from _remedy(remedy)


def _clues(clues: Sequence[Clue]) -> Iterator[str]:
    for clue in clues:
        yield f"- **{_SIGN[clue.effect]}** {plain(clue.text)} ({clue.group}, {clue.basis}; {plain(clue.source)})"


def _missing(missing: Missing) -> Iterator[str]:
    yield f"- {plain(missing.evidence)}: {plain(missing.why)}"
    yield ""
    yield from block(missing.how, "text", indent="  ")
    yield ""


def _remedy(remedy: Remedy) -> Iterator[str]:
    yield ""
    yield f"#### Remedy: {plain(remedy.title)}{' (recommended)' if remedy.recommended else ''}"
    yield ""
    for number, step in enumerate(remedy.steps, start=1):
        yield f"{number}. {plain(f'{step.title}. {step.instruction}'.strip())}"
        if step.command is not None:
            yield ""
            yield f"   {plain(step.shell or '')}:"
            yield ""
            yield from block(step.command, "text", indent="   ")
        yield ""
        yield f"   Check: {plain(step.check)}"
        if step.undo is not None:
            yield ""
            yield f"   Undo: {plain(step.undo)}"
        yield ""


# What was seen, and what was not


def _outline(rows: Iterable[Paragraph]) -> Iterator[str]:
    """Paragraphs of the plain form as a list; what is indented there belongs to the item above it."""
    is_first = True
    for row in rows:
        nested = "" if is_first or len(row.label) - len(row.label.lstrip()) <= 2 else "  "
        is_first = False
        yield f"{nested}- {plain(f'{row.label.strip()} {row.text}')}"


def _evidence(observations: Sequence[Observation], zone: tzinfo | None) -> Iterator[str]:
    if not observations:
        return
    yield from (
        "",
        "## Raw evidence",
        "",
        "| seen (UTC) | local | look | target | ended | said |",
        "| --- | --- | --- | --- | --- | --- |",
    )
    for o in observations:
        seen_at = o.at.strftime("%Y-%m-%d %H:%M:%S")
        cells = (seen_at, local_clock(o.at, zone), o.kind, cell(o.target), o.status.value, cell(said(o)))
        yield f"| {' | '.join(cells)} |"


def _not_examined(items: Sequence[NotExamined]) -> Iterator[str]:
    if items:
        yield from ("", "## Not examined", "")
    for item in items:
        why, _, command = item.why.partition("\n")
        yield f"- {plain(item.what)}: {plain(why)}"
        if command:
            yield ""
            yield from block(command, "text", indent="  ")
            yield ""
