"""The Markdown form of a report: a first page for whoever must decide, then all that is behind it.

Every value stands as plain text: nothing that a server, a file or an admin said becomes markup, HTML or a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from easwizard.case.facts import Observation
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Missing
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.shares import percent
from easwizard.diagnosis.verdicts import Verdict
from easwizard.diagnosis.words import Remedy
from easwizard.reports.estate_map import as_text, estate_map
from easwizard.reports.interval_bar import interval_bar
from easwizard.reports.model import Report
from easwizard.reports.odds import leg_odds_of

_HEADLINE = {
    Outcome.PROBLEM: "Problem found",
    Outcome.INCONCLUSIVE: "Inconclusive: not enough could be seen to say",
    Outcome.NO_PROBLEM_FOUND: "No problem found in what was examined",
}
_SIGN = {Effect.PROVES: "proves", Effect.SUPPORTS: "for", Effect.WEAKENS: "against", Effect.EXCLUDES: "rules out"}
_MARKUP = re.compile(r"([\\`*_\[\]|~])")
_AT_THE_START = re.compile(r"^([-+=#>]|\d+(?=[.)]))")
"""What makes a list, a heading or a quotation of a line."""
_LONGEST = 4_000
_BAR_WIDTH = 58


def render(report: Report) -> str:
    """The report as Markdown (CommonMark with tables), ending in a line end."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield "# easwizard report"
    yield ""
    yield from _first_page(report)
    yield from _map(report)
    shown = [f for f in report.diagnosis.findings if f.verdict is not Verdict.RULED_OUT]
    if shown:
        yield from ("", "## Findings")
    for finding in shown:
        yield from _finding(finding)
    yield from _ruled_out(report.diagnosis.findings)
    yield from _evidence(report.case.observations)
    yield from _not_examined(report)


# The first page: verdict, what is affected, how sure, what next, who and when and from where


def _first_page(report: Report) -> Iterator[str]:
    asserted = [f for f in report.diagnosis.findings if f.verdict.asserts]
    yield f"**{_HEADLINE[report.outcome]}**"
    yield ""
    yield f"- **Verdict:** {_plain('; '.join(f.title for f in asserted)) or 'nothing is confirmed or likely'}"
    affected = dict.fromkeys(subject for f in asserted for subject in f.subjects)
    yield f"- **Affected:** {_plain(', '.join(affected)) or '-'}"
    yield f"- **How sure:** {_how_sure(report)}"
    yield f"- **Next:** {_next(report, asserted)}"
    yield f"- **Looked:** {report.created.strftime('%Y-%m-%d %H:%M UTC')}, from {_plain(_vantage(report))}"
    yield f"- **By:** easwizard {_plain(report.tool_version)}; FULL: names are not masked"


def _how_sure(report: Report) -> str:
    findings = report.diagnosis.findings
    counted = [f"{sum(f.verdict is v for f in findings)} {v.value}" for v in list(Verdict)[:4]]
    return f"{', '.join(counted)}; {len(report.diagnosis.not_examined)} not examined"


def _next(report: Report, asserted: Sequence[Finding]) -> str:
    remedy = next((r for f in asserted for r in f.remedies if r.recommended), None)
    if remedy is not None:
        return _plain(remedy.title)
    best = report.diagnosis.next_best
    return f"{_plain(best.evidence)}: {_code(best.how)}" if best is not None else "-"


def _vantage(report: Report) -> str:
    """Where we looked from; with the proxy if one was used."""
    return max((o.vantage for o in report.case.observations), key=len, default=report.case.vantage.host)


def _map(report: Report) -> Iterator[str]:
    lines = as_text(estate_map(report.case)).splitlines()
    for odds in leg_odds_of(report.case):
        lines += ["", f"{odds.mailbox}: {odds.predicted_words}; {odds.seen_words}"]
        if odds.interval is not None:
            lines.append(interval_bar(_BAR_WIDTH, odds.interval, odds.seen))
    if lines:
        yield from ("", "## Map", "")
        yield from _block("\n".join(lines), "text")


# Findings


def _finding(finding: Finding) -> Iterator[str]:
    yield ""
    yield f"### {finding.verdict.value.upper()} ({finding.severity}): {_plain(finding.title)}"
    yield ""
    about = f" about {_plain(', '.join(finding.subjects))}" if finding.subjects else ""
    yield f"{_code(finding.code)}{about}"
    yield ""
    yield _plain(finding.summary)
    if finding.conflict:
        yield from ("", "**Proof stands against exclusion; read the reasons before you act.**")
    yield from ("", f"**Helpdesk:** {_plain(finding.helpdesk)}", "", f"**Engineer:** {_plain(finding.engineer)}")
    yield from ("", "#### Why", "")
    yield from _clues(finding.clues)
    for limit in finding.limits:
        yield f"- not above {finding.verdict}: {_plain(limit)}"
    if finding.missing:
        yield from ("", "#### What would settle it", "")
        for missing in finding.missing:
            yield from _missing(missing)
    for remedy in finding.remedies:
        yield from _remedy(remedy)


def _clues(clues: Sequence[Clue]) -> Iterator[str]:
    for clue in clues:
        yield f"- **{_SIGN[clue.effect]}** {_plain(clue.text)} ({clue.group}, {clue.basis}; {_plain(clue.source)})"


def _missing(missing: Missing) -> Iterator[str]:
    yield f"- {_plain(missing.evidence)}: {_plain(missing.why)}"
    yield ""
    yield from _block(missing.how, "text", indent="  ")
    yield ""


def _remedy(remedy: Remedy) -> Iterator[str]:
    yield ""
    yield f"#### Remedy: {_plain(remedy.title)}{' (recommended)' if remedy.recommended else ''}"
    yield ""
    for number, step in enumerate(remedy.steps, start=1):
        yield f"{number}. {_plain(f'{step.title}. {step.instruction}'.strip())}"
        if step.command is not None:
            yield ""
            yield f"   {_plain(step.shell or '')}:"
            yield ""
            yield from _block(step.command, "text", indent="   ")
        yield ""
        yield f"   Check: {_plain(step.check)}"
        if step.undo is not None:
            yield ""
            yield f"   Undo: {_plain(step.undo)}"
        yield ""


def _ruled_out(findings: Sequence[Finding]) -> Iterator[str]:
    codes = [_code(f.code) for f in findings if f.verdict is Verdict.RULED_OUT]
    if codes:
        yield from ("", "## Ruled out", "", ", ".join(codes))


# What was seen, and what was not


def _evidence(observations: Sequence[Observation]) -> Iterator[str]:
    if not observations:
        return
    yield from (
        "",
        "## Raw evidence",
        "",
        "| seen (UTC) | look | target | ended | said |",
        "| --- | --- | --- | --- | --- |",
    )
    for o in observations:
        cells = (o.at.strftime("%H:%M:%S"), o.kind, _plain(o.target), o.status.value, _plain(_said(o)))
        yield f"| {' | '.join(cells)} |"


def _said(observation: Observation) -> str:
    """The facts that carry most, in few words; the JSON form has all of them."""
    if observation.words is not None:
        return observation.words
    match observation.kind:
        case "http":
            return _facts(observation, "method", "path", "address", "status", "challenges", "answered_by")
        case "tls":
            return _facts(observation, "address", "protocol", "subject", "trusted", "name_matches")
        case "dns":
            return _facts(observation, "resolver", "type", "outcome", "addresses")
        case "sample":
            return _samples(observation)
        case _:
            return _facts(observation, "address", "port", "outcome")


def _facts(observation: Observation, *names: str) -> str:
    values = [getattr(observation.facts, name, None) for name in names]
    return " ".join(_value(value) for value in values if value not in (None, (), ""))


def _value(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _samples(observation: Observation) -> str:
    facts = observation.facts
    counted = ", ".join(f"{count} x {outcome}" for outcome, count in getattr(facts, "by_outcome", {}).items())
    share = getattr(facts, "share_failed", None)
    crossed = (
        f"; {getattr(facts, 'crossed', 0)} crossed, {percent(share)} of them failed" if share is not None else ""
    )
    return f"{getattr(facts, 'account', '') or 'no credentials'}: {counted}{crossed}"


def _not_examined(report: Report) -> Iterator[str]:
    if report.diagnosis.not_examined:
        yield from ("", "## Not examined", "")
    for item in report.diagnosis.not_examined:
        yield f"- {_plain(item.what)}: {_plain(item.why)}"


# Text that stays text


def _plain(text: str) -> str:
    """Text as it reads, in one line: nothing in it is markup, an entity, HTML, or a link."""
    one_line = visible(" ".join(text.split()), _LONGEST)
    escaped = _MARKUP.sub(r"\\\1", one_line.replace("&", "&amp;").replace("<", "&lt;"))
    escaped = _AT_THE_START.sub(lambda match: _referenced(match[0]), escaped)
    # Some readers make links of bare addresses; a character reference reads the same and is none.
    unlinked = re.sub(r"(?i)\b(https?|ftp)://", r"\1&#58;//", escaped)
    return re.sub(r"(?i)\bwww\.", "www&#46;", unlinked)


def _referenced(text: str) -> str:
    """The first character as a character reference, which reads the same and starts nothing."""
    return f"&#{ord(text[0])};{text[1:]}"


def _code(text: str) -> str:
    """Text as inline code, also in a table."""
    one_line = visible(" ".join(text.split()), _LONGEST)
    fence = "`" * (max((len(run) for run in re.findall("`+", one_line)), default=0) + 1)
    pad = " " if one_line.startswith("`") or one_line.endswith("`") else ""
    return f"{fence}{pad}{one_line}{pad}{fence}"


def _block(text: str, kind: str, indent: str = "") -> Iterator[str]:
    """Text as a block to copy; its fence is longer than any within."""
    lines = [visible(line, _LONGEST) for line in text.splitlines()]
    fence = "`" * max(3, max((len(run) for line in lines for run in re.findall("`+", line)), default=0) + 1)
    yield f"{indent}{fence}{kind}"
    yield from (indent + line for line in lines)
    yield f"{indent}{fence}"
