"""The plain form of a report: everything that a screen would show, in lines of at most 80 columns.

First the verdict and what to do next, then each finding with its reasons, then what was not examined.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from easwizard.case.facts import SampleFacts, TlsFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.shares import percent
from easwizard.diagnosis.verdicts import Verdict
from easwizard.diagnosis.words import Remedy
from easwizard.exchange.replies import PROXY_PATH
from easwizard.reports.model import Report

WIDTH = 80
_HEADLINE = {
    Outcome.PROBLEM: "PROBLEM FOUND",
    Outcome.INCONCLUSIVE: "INCONCLUSIVE: not enough could be seen to say",
    Outcome.NO_PROBLEM_FOUND: "NO PROBLEM FOUND in what was examined",
}
_SYMBOL = {
    Verdict.CONFIRMED: "[x]",
    Verdict.LIKELY: "[!]",
    Verdict.POSSIBLE: "[?]",
    Verdict.RULED_OUT: "[ ]",
}
_SIGN = {Effect.PROVES: "++", Effect.SUPPORTS: "+ ", Effect.WEAKENS: "- ", Effect.EXCLUDES: "--"}


def render(report: Report) -> str:
    """The report as plain text, ending in a newline."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    when = report.created.strftime("%Y-%m-%d %H:%M UTC")
    yield f"easwizard {report.tool_version}   {when}   looked from {report.case.vantage.host}"
    yield ""
    yield _HEADLINE[report.outcome]
    yield from _summary(report.diagnosis.findings)
    yield from _next(report)
    for finding in report.diagnosis.findings:
        if finding.verdict is not Verdict.RULED_OUT:
            yield from _finding(finding)
    yield from _seen(report)
    yield from _not_examined(report)


def _summary(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        if finding.verdict is not Verdict.RULED_OUT:
            verdict = f"{finding.verdict.value.upper()} {finding.severity.value}"
            yield f"  {_SYMBOL[finding.verdict]} {verdict:<16} {finding.title}"
    ruled_out = [f.code for f in findings if f.verdict is Verdict.RULED_OUT]
    if ruled_out:
        yield from _wrapped(f"  {_SYMBOL[Verdict.RULED_OUT]} ruled out: ", ", ".join(ruled_out))


def _next(report: Report) -> Iterator[str]:
    best = report.diagnosis.next_best
    if best is None:
        return
    yield ""
    yield from _wrapped("Next best look: ", best.evidence)
    yield f"    {best.how}"


def _finding(finding: Finding) -> Iterator[str]:
    yield ""
    yield "-" * WIDTH
    yield from _wrapped(f"{_SYMBOL[finding.verdict]} {finding.verdict.value.upper()} ", finding.title)
    yield f"    {finding.code}   severity {finding.severity.value}"
    if finding.subjects:
        yield from _wrapped("    about    ", ", ".join(finding.subjects))
    yield from _wrapped("    in short ", finding.summary)
    if finding.conflict:
        yield from _wrapped("    conflict ", "proof stands against exclusion; read the reasons before you act")
    yield ""
    yield from _wrapped("    Helpdesk ", finding.helpdesk)
    yield from _wrapped("    Engineer ", finding.engineer)
    yield ""
    yield "    Why"
    for clue in finding.clues:
        yield from _clue(clue)
    for limit in finding.limits:
        yield from _wrapped("      at most: ", limit)
    if finding.missing:
        yield "    What would settle it"
        for missing in finding.missing:
            yield from _wrapped("      - ", f"{missing.evidence}: {missing.why}")
            yield f"          {missing.how}"
    for remedy in finding.remedies:
        yield from _remedy(remedy)


def _clue(clue: Clue) -> Iterator[str]:
    yield from _wrapped(f"      {_SIGN[clue.effect]} ", f"{clue.text}  [{clue.group}, {clue.basis}; {clue.source}]")


def _remedy(remedy: Remedy) -> Iterator[str]:
    recommended = " (recommended)" if remedy.recommended else ""
    yield from _wrapped("    Remedy   ", f"{remedy.title}{recommended}")
    for number, step in enumerate(remedy.steps, start=1):
        yield from _wrapped(f"      {number}. ", f"{step.title}. {step.instruction}".strip())
        if step.command is not None:
            yield f"         [{step.shell}] {step.command}"
        yield from _wrapped("         check: ", step.check)
        if step.undo is not None:
            yield from _wrapped("         undo:  ", step.undo)


def _seen(report: Report) -> Iterator[str]:
    yield ""
    yield "-" * WIDTH
    yield "What was seen"
    for target in report.case.targets:
        yield from _wrapped(f"  {target.name} ", f"({target.role}) {_where(report, target)}")
        yield from _http(report, target.name)
    for observation, facts in report.case.seen(SampleFacts):
        words = observation.words
        yield from _wrapped(
            f"  sign-in of {facts.account} at {observation.target}: ", _samples(facts) if words is None else words
        )


def _where(report: Report, target: Target) -> str:
    """The addresses of a name, or what the resolvers said instead; silence is not absence."""
    addresses = report.case.addresses(target.host)
    if addresses:
        return f"at {', '.join(addresses)}"
    said = {f"{f.resolver}: {o.words or f.outcome}" for o, f in report.case.dns(target.host)}
    return f"has no address from here ({'; '.join(sorted(said))})" if said else "is an address"


def _http(report: Report, name: str) -> Iterator[str]:
    target = next(t for t in report.case.targets if t.name == name)
    for observation, facts in report.case.http(target):
        if facts.account is not None:
            continue
        where = f"{facts.address}{' /Proxy' if facts.path == PROXY_PATH else ''}"
        if observation.words is not None:
            said = observation.words
        else:
            said = f"{facts.status} {', '.join(facts.challenges)}".strip()
            asked = facts.client_certificate
            if asked.was_asked:
                said += f"; asks for a client certificate ({asked.how or asked.asked})"
        yield from _wrapped(f"    {where}: ", said)
    for observation, tls in report.case.tls(target):
        yield from _trust(observation.words, tls)


def _trust(words: str | None, tls: TlsFacts) -> Iterator[str]:
    if words is None and tls.trusted is False:
        yield from _wrapped(f"    {tls.address}: ", f"certificate not trusted here: {tls.trust_error}")
    if words is None and tls.name_matches is False:
        yield from _wrapped(f"    {tls.address}: ", f"the certificate is for {', '.join(tls.names) or 'no name'}")


def _samples(facts: SampleFacts) -> str:
    outcomes = ", ".join(f"{count} x {outcome}" for outcome, count in facts.by_outcome.items())
    parts = [f"{facts.sent} sent ({outcomes}), {facts.crossed} crossed to the old servers"]
    if facts.share_failed is not None and facts.interval is not None:
        low, high = facts.interval
        parts.append(
            f"{facts.crossed_failed} of them failed = {percent(facts.share_failed)}"
            f" ({low * 100:.0f} to {high * 100:.0f} %)"
        )
    if facts.predicted_failed is not None:
        parts.append(f"predicted {percent(facts.predicted_failed)} ({facts.predicted_basis})")
    if facts.stopped is not None:
        parts.append(f"stopped: {facts.stopped}")
    return "; ".join(parts)


def _not_examined(report: Report) -> Iterator[str]:
    if not report.diagnosis.not_examined:
        return
    yield ""
    yield "Not examined"
    for item in report.diagnosis.not_examined:
        yield from _wrapped("  - ", f"{item.what}: {item.why}")


def _wrapped(label: str, text: str) -> Iterator[str]:
    """A labelled paragraph; commands inside text are never hyphenated."""
    yield from textwrap.wrap(
        text or "-",
        WIDTH,
        initial_indent=label,
        subsequent_indent=" " * min(len(label), 16),
        break_long_words=False,
        break_on_hyphens=False,
    )
