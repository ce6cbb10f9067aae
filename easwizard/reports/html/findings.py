"""The findings on the page: each with its clues for and against, what is missing, and its remedies step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from easwizard.diagnosis.clues import Clue, Effect, Missing
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.words import Remedy, Step
from easwizard.reports.html.markup import Child, tag
from easwizard.reports.html.parts import chip, command, pairs, section

_FOR = {Effect.PROVES: ("++", "proves"), Effect.SUPPORTS: ("+", "supports")}
_AGAINST = {Effect.WEAKENS: ("−", "weakens"), Effect.EXCLUDES: ("−−", "rules out")}
_BOTH = {**_FOR, **_AGAINST}


def findings_part(findings: Sequence[Finding], ruled_out: Sequence[str]) -> Element:
    """All of them, in reading order."""
    told = [_finding(finding, number) for number, finding in enumerate(findings, start=1)]
    none = tag("p", "Nothing was found in what was examined.") if not told else None
    out = _ruled_out(ruled_out) if ruled_out else None
    return section("findings", "Findings", none, *told, out)


def _ruled_out(codes: Sequence[str]) -> Element:
    listed = [child for code in codes for child in (tag("code", code), " ")]
    return tag("div", tag("h3", "Ruled out"), tag("p", *listed, class_="codes"))


def _finding(finding: Finding, number: int) -> Element:
    conflict = "Proof stands against exclusion; read the reasons before you act."
    return tag(
        "article",
        tag("h3", chip(finding.verdict), f" {finding.title}"),
        tag("p", tag("code", finding.code), f" · severity {finding.severity.value}", _about(finding), class_="meta"),
        *(tag("p", tag("strong", "Accepted: "), words, class_="note") for words in finding.acceptance),
        tag("p", finding.summary, class_="summary"),
        tag("p", tag("strong", "Conflict: "), conflict, class_="note") if finding.conflict else None,
        pairs([("Helpdesk", _paragraphs(finding.helpdesk)), ("Engineer", _paragraphs(finding.engineer))], "people"),
        *_why(finding),
        *_missing(finding.missing),
        *(_remedy(remedy) for remedy in finding.remedies),
        id=f"finding-{number}",
    )


def _about(finding: Finding) -> str:
    return f" · about {', '.join(finding.subjects)}" if finding.subjects else ""


def _paragraphs(text: str) -> list[Child]:
    return [tag("p", paragraph) for paragraph in text.split("\n\n")]


def _why(finding: Finding) -> Iterator[Element]:
    for title, effects in (("For it", _FOR), ("Against it", _AGAINST)):
        clues = [clue for clue in finding.clues if clue.effect in effects]
        if clues:
            yield tag("h4", title)
            yield tag("ul", *map(_clue, clues), class_="clues")
    if finding.limits:
        yield tag("h4", "Why it is not surer")
        yield tag("ul", *(tag("li", limit) for limit in finding.limits))


def _clue(clue: Clue) -> Element:
    sign, word = _BOTH[clue.effect]
    source = tag("small", f" {clue.group.value}, {clue.basis.value}; {clue.source}", class_="quiet")
    return tag("li", tag("strong", f"{sign} {word}"), f" {clue.text}", source)


def _missing(missing: Sequence[Missing]) -> Iterator[Element]:
    if missing:
        yield tag("h4", "What would settle it")
    for each in missing:
        yield tag("div", tag("p", tag("strong", each.evidence), f": {each.why}"), command(each.how), class_="missing")


def _remedy(remedy: Remedy) -> Element:
    recommended = tag("span", "✓ recommended", class_="chip good") if remedy.recommended else None
    title = tag("h4", "Remedy: ", f"{remedy.title} ", recommended)
    return tag("section", title, tag("ol", *map(_step, remedy.steps), class_="steps"), class_="remedy")


def _step(step: Step) -> Element:
    told: list[tuple[str, Sequence[Child]]] = [("Check", [step.check])]
    if step.undo is not None:
        told.append(("Undo", [step.undo]))
    return tag(
        "li",
        tag("p", tag("strong", f"{step.title}."), f" {step.instruction}" if step.instruction else None),
        command(step.command, step.shell or "") if step.command is not None else None,
        pairs(told, "after"),
    )
