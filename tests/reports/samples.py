"""Cases that the forms of a report are tried on: hostile ones, huge ones, and one with everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from easwizard.case.case import Case, Contradiction, Import, Noted
from easwizard.case.mending import Acceptance, StepRecord, StepState
from easwizard.case.requests import Target
from easwizard.diagnosis.finding import Finding, NotExamined
from easwizard.exchange.inventory import Inventory, Role
from easwizard.reports.model import Report, report_on
from tests.exchange.estates import article
from tests.problems import cases
from tests.tui.staging import hostile

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NASTY = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "]]><img src=http://192.0.2.1/x onerror=alert(1)>",
    "javascript:alert(1)",
    "https://192.0.2.1/x",
    "a\"b'c&amp;d<e>",
    "nul\x00 bell\x07 esc\x1b[2J",
    "bidi \u202egnp.exe\u2066",
    "half \ud800 a pair",
    "<!-- --> <![CDATA[ x ]]>",
    "@everyone `code` | a | **b** [x](http://192.0.2.1/) ![y](http://192.0.2.1/) $a$",
    "# heading\n- list\n\n> quote",
)
"""What servers, files and admins may say. The control characters are as they were sent, in case they were let in."""


def told(case: Case) -> Case:
    """The case with everything that people can add to it, said by somebody who means no good."""
    said = NASTY[0]
    return replace(
        case,
        imports=(
            Import(f"{said}.txt", said, {said: 3}, tuple(Noted(said, each) for each in NASTY), (Noted("", said),)),
        ),
        contradictions=(Contradiction(said, said, (Noted(said, said), Noted("", "")), None, said),),
        steps=tuple(
            StepRecord(f"namespace/duplicate/{each}", each, StepState.WAITING, NOON, each, each, NOON, each)
            for each in NASTY
        ),
        accepted=(Acceptance("cba/basic-still-on", said, said, date(2099, 1, 1), said, NOON),),
        answers={**case.answers, said: said},
    )


def sited(inventory: Inventory, *sites: str) -> Inventory:
    """The inventory with its old virtual directories in each of these AD sites."""
    old = [vdir for vdir in inventory.vdirs if vdir.product == "2007"]
    vdirs = (replace(vdir, site=site) for site in sites for vdir in old)
    return replace(inventory, vdirs=(*inventory.vdirs, *vdirs))


def nasty(whole: Report) -> Report:
    """A report in which every text that can come from outside says all that may do harm."""
    said = "\n".join(NASTY)
    case = replace(told(hostile()), inventory=sited(article(), *NASTY, "London", "A site with a very long name " * 9))
    base = report_on(case, NOON)
    findings = tuple(_said(finding, said) for finding in (*base.diagnosis.findings, *whole.diagnosis.findings))
    unseen = tuple(NotExamined(each, f"{each}\n{each}") for each in NASTY)
    return replace(base, diagnosis=replace(base.diagnosis, findings=findings, not_examined=unseen))


def _said(finding: Finding, said: str) -> Finding:
    return replace(
        finding,
        title=said,
        subjects=NASTY,
        summary=said,
        helpdesk=said,
        engineer=said,
        clues=tuple(replace(clue, text=said, source=said) for clue in finding.clues),
        limits=NASTY,
        acceptance=NASTY,
    )


def texts_of(value: object) -> Iterator[str]:
    """Every text in plain data, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts_of(key)
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def huge(whole: Report, names: int = 400) -> Report:
    """A report with far more of everything than fits a ticket."""
    hosts = tuple(f"mail{n:03}.a-rather-long-name-of-a-branch-office.contoso.test" for n in range(names))
    targets = tuple(Target(host, 443, Role.GENERIC) for host in hosts)
    findings = tuple(
        replace(
            finding, code=f"{finding.code}-{n}", subjects=hosts, summary="A long summary. " * 200, title="T " * 300
        )
        for n in range(40)
        for finding in whole.diagnosis.findings
    )
    unseen = tuple(NotExamined(host, "nobody looked") for host in hosts)
    case = replace(whole.case, targets=(*whole.case.targets, *targets))
    return replace(whole, case=case, diagnosis=replace(whole.diagnosis, findings=findings, not_examined=unseen))


def empty() -> Report:
    return report_on(replace(cases.case(), targets=()), NOON)
