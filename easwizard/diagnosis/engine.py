"""Judges every known problem for a case. Deciding only: same facts, same findings, same order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from easwizard.case.case import Case
from easwizard.diagnosis.algebra import Judgement, judge
from easwizard.diagnosis.clues import AnswerClue, Clue, Group, Missing, Subject
from easwizard.diagnosis.finding import Diagnosis, Finding, NextBest, NotExamined
from easwizard.diagnosis.log_outcome import unexplained_in_logs
from easwizard.diagnosis.plans.making import applies, make_plan
from easwizard.diagnosis.plans.short_form import remedy_of
from easwizard.diagnosis.plans.template import RemedyTemplate
from easwizard.diagnosis.problem import Entry, Examination, catalogue
from easwizard.diagnosis.unseen import unseen
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.diagnosis.words import Remedy

NOTHING_SPEAKS_OF_IT = "nothing that was looked at speaks of it"
"""Why most problems were not examined, where no look or answer would be worth asking for."""
INTERNAL_ERROR = "a mended program"
"""How a rule that failed shows among what was not examined."""


def diagnose(case: Case, entries: Sequence[Entry] | None = None) -> Diagnosis:
    """Everything that follows from a case, whatever order its observations came in."""
    case = replace(case, observations=tuple(sorted(case.observations, key=lambda observation: observation.id)))
    judged = [_judged(case, entry) for entry in (catalogue() if entries is None else entries)]
    shown = _explained_away(judged)
    findings = sorted(
        (f for f, _ in shown if f.verdict is not Verdict.NOT_EXAMINED),
        key=lambda f: (f.verdict.rank, f.severity.rank, f.code),
    )
    open_problems = sorted(
        (f for f, _ in shown if f.verdict not in (Verdict.CONFIRMED, Verdict.RULED_OUT)),
        key=lambda f: (f.verdict.rank, f.severity.rank, f.code),
    )
    skipped = tuple(NotExamined(f.code, _why_not(f)) for f, _ in shown if f.verdict is Verdict.NOT_EXAMINED)
    unseen_here = (*unseen(case), *unexplained_in_logs(case, findings), *skipped)
    return Diagnosis(tuple(findings), unseen_here, _next_best(open_problems, findings))


def answer_clues(case: Case, table: Iterable[AnswerClue]) -> tuple[Clue, ...]:
    """The clues that follow from the answers alone, by a problem's own table."""
    return tuple(
        Clue(row.effect, row.text, row.source, Group.ANSWER)
        for row in table
        if case.answer(row.question) in row.values
    )


def _judged(case: Case, entry: Entry) -> tuple[Finding, tuple[str, ...]]:
    examination = _examined(case, entry)
    clues = (*examination.clues, *answer_clues(case, entry.problem.answers))
    subjects = sorted({c.subject for c in clues if c.subject}) or [()]
    judgements = {s: judge([c for c in clues if c.subject in (s, ())], examination.caps) for s in subjects}
    worst = min(judgements.values(), key=lambda j: j.verdict.rank)
    about = [s for s, j in judgements.items() if j.verdict is worst.verdict]
    return _finding(case, entry, examination, clues, worst, about), entry.problem.yields_to


def _examined(case: Case, entry: Entry) -> Examination:
    try:
        return entry.problem.examine(case)
    except Exception as error:  # one faulty rule must not hide what the others see, and must not pass for health
        why = f"{INTERNAL_ERROR}: {type(error).__name__}"
        return Examination(
            missing=(Missing(why, "this rule of the program failed on these facts", "please report it"),)
        )


def _finding(
    case: Case, entry: Entry, seen: Examination, clues: Sequence[Clue], judgement: Judgement, about: Sequence[Subject]
) -> Finding:
    words = entry.words
    subjects = tuple(dict.fromkeys(name for subject in about for name in subject))
    asserted = judgement.verdict in (Verdict.CONFIRMED, Verdict.LIKELY, Verdict.POSSIBLE)
    return Finding(
        code=entry.code,
        title=words.title,
        verdict=judgement.verdict,
        severity=seen.severity or entry.problem.severity,
        conflict=judgement.conflict,
        subjects=subjects,
        summary=seen.summary
        or "; ".join(c.text for c in clues if c.is_positive and c.subject in (*about, ()))
        or words.title,
        helpdesk=_hedged(judgement.verdict, words.helpdesk),
        engineer=_hedged(judgement.verdict, words.engineer),
        clues=tuple(c for c in clues if c.subject in (*about, ())),
        limits=tuple(f"{cap.because} ({cap.source})" for cap in seen.caps) if asserted else (),
        missing=seen.missing if judgement.verdict is not Verdict.RULED_OUT else (),
        # What is only possible is settled before anything is mended.
        remedies=_remedies(case, entry, subjects) if judgement.verdict.asserts else (),
    )


def _remedies(case: Case, entry: Entry, subjects: Sequence[str]) -> tuple[Remedy, ...]:
    """The remedies that apply to this case; the plan of each is made when somebody looks at it."""
    templates = zip(entry.words.templates, entry.words.remedies, strict=True)
    return tuple(
        Remedy.when_looked_at(
            template.id, template.recommended, partial(_remedy, case, entry, template, known, subjects)
        )
        for template, known in templates
        if applies(case, template)
    )


def _remedy(case: Case, entry: Entry, template: RemedyTemplate, known: Remedy, subjects: Sequence[str]) -> Remedy:
    """The remedy as a plan for this case; that of the catalogue where no plan can be made: the finding stands."""
    try:
        return remedy_of(make_plan(case, entry.code, template, subjects))
    except Exception:  # as with a faulty rule: placeholders to fill in are better than no finding
        return known


_HEDGES = {
    Verdict.LIKELY: "Likely, not yet proven. ",
    Verdict.POSSIBLE: "Only possible: settle it before acting on it. If it is this: ",
}


def _hedged(verdict: Verdict, text: str) -> str:
    """The catalogue's words say what a problem is; doubt about this case stands before them."""
    return _HEDGES.get(verdict, "") + text


def _explained_away(judged: Sequence[tuple[Finding, tuple[str, ...]]]) -> list[tuple[Finding, tuple[str, ...]]]:
    asserted = {f.code for f, _ in judged if f.verdict.asserts}
    return [(f, yields_to) for f, yields_to in judged if not asserted & set(yields_to)]


def _why_not(finding: Finding) -> str:
    """What was seen so far, and what it takes to say more."""
    parts = [clue.text for clue in finding.clues]
    if finding.missing:
        parts.append(f"needs {finding.missing[0].evidence}: {finding.missing[0].how}")
    return "; ".join(parts) or NOTHING_SPEAKS_OF_IT


def _next_best(open_problems: Sequence[Finding], asserted: Sequence[Finding]) -> NextBest | None:
    """The evidence that the most open problems wait for, problems that may be there before those unseen.

    What little else can be seen without comes first, also where its own problem is already proven.
    """
    wanted: dict[Missing, list[Finding]] = {}
    for finding in open_problems:
        for missing in finding.missing:
            wanted.setdefault(replace(missing, why=""), []).append(finding)
    for finding in asserted:
        for missing in (m for m in finding.missing if m.comes_first):
            wanted.setdefault(replace(missing, why=""), []).append(finding)
    if not wanted:
        return None
    # Of equals the first wins: findings come in reading order, and what they miss with the best first.
    best, waiting = max(wanted.items(), key=lambda item: (item[0].comes_first, sum(map(_weight, item[1]))))
    return NextBest(best.evidence, tuple(sorted({f.code for f in waiting})), best.how)


def _weight(finding: Finding) -> int:
    """How much it matters to settle a problem: most where it may be there and would hurt."""
    may_be_there = finding.verdict in (Verdict.LIKELY, Verdict.POSSIBLE)
    return 4 if may_be_there and finding.severity in (Severity.HIGH, Severity.MEDIUM) else 1
