"""What to bring: every piece of evidence that a finding still misses, once, the one that settles most first. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.diagnosis.finding import Diagnosis, Finding
from easwizard.diagnosis.problem import catalogue
from easwizard.diagnosis.verdicts import Verdict

_WEIGHT = {Verdict.LIKELY: 4, Verdict.POSSIBLE: 4, Verdict.CONFIRMED: 1}
"""As in the engine's own choice of what comes next; what is confirmed needs least."""


@dataclass(frozen=True)
class Wanted:
    """One piece of evidence with the command that gets it, and what it would settle."""

    evidence: str
    how: str
    whys: tuple[str, ...]
    """Why it is wanted; each finding may have its own reason."""
    settles: tuple[tuple[str, str], ...]
    """Code and title of the findings that wait for it."""


def evidence_list(diagnosis: Diagnosis) -> tuple[Wanted, ...]:
    """All of it; the best next look stands first, then what comes first by its nature, then by what it settles."""
    waiting: dict[tuple[str, str], list[Finding]] = {}
    whys: dict[tuple[str, str], list[str]] = {}
    first: set[tuple[str, str]] = set()
    for finding in diagnosis.findings:
        for missing in finding.missing:
            key = (missing.evidence, missing.how)
            waiting.setdefault(key, []).append(finding)
            whys.setdefault(key, []).append(missing.why)
            if missing.comes_first:
                first.add(key)
    best = diagnosis.next_best
    best_key = (best.evidence, best.how) if best is not None else None

    def rank(key: tuple[str, str]) -> tuple[bool, bool, int]:
        return key != best_key, key not in first, -sum(_WEIGHT.get(f.verdict, 0) for f in waiting[key])

    wanted = [_wanted(key, whys[key], waiting[key]) for key in sorted(waiting, key=rank)]
    if best is not None and best_key not in waiting:
        titles = {entry.code: entry.words.title for entry in catalogue()}
        separates = tuple((code, titles.get(code, code)) for code in best.separates)
        wanted.insert(0, Wanted(best.evidence, best.how, (), separates))
    return tuple(wanted)


def _wanted(key: tuple[str, str], whys: list[str], findings: list[Finding]) -> Wanted:
    titles = tuple((finding.code, finding.title) for finding in findings)
    return Wanted(key[0], key[1], tuple(dict.fromkeys(whys)), titles)
