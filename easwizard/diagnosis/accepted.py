"""Findings that somebody decided to live with: they stay visible, and the verdict respects them (DESIGN 5).

An acceptance without a scope holds for the whole finding; one with a scope holds for that name or server only. A
finding counts as accepted where all that it is about is accepted. After its last day an acceptance no longer counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from easwizard.case.mending import Acceptance
from easwizard.diagnosis.finding import Diagnosis, Finding


def with_acceptances(diagnosis: Diagnosis, accepted: Sequence[Acceptance], today: date) -> Diagnosis:
    """The diagnosis with what is accepted on that day (UTC) beside each finding."""
    if not accepted:
        return diagnosis
    return replace(diagnosis, findings=tuple(_with(finding, accepted, today) for finding in diagnosis.findings))


def _with(finding: Finding, accepted: Iterable[Acceptance], today: date) -> Finding:
    own = [each for each in accepted if each.code == finding.code]
    holding = [each for each in own if today <= each.until]
    whole = next((each for each in holding if not each.scope), None)
    covered = {each.scope.casefold() for each in holding}
    left = [subject for subject in finding.subjects if subject.casefold() not in covered]
    if whole is None and finding.subjects and not left:
        whole = _together([e for e in holding if e.scope.casefold() in {s.casefold() for s in finding.subjects}])
    words = [_words(each, today) for each in own]
    if whole is None and len(left) < len(finding.subjects):
        words.append(f"not accepted for {', '.join(left)}, so the finding still counts")
    return replace(finding, accepted=whole, acceptance=tuple(words))


def _together(parts: Sequence[Acceptance]) -> Acceptance:
    """Several acceptances that cover a finding only together: it is accepted until the first of them ends."""
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        scope=", ".join(part.scope for part in parts),
        reason="; ".join(dict.fromkeys(part.reason for part in parts)),
        until=min(part.until for part in parts),
        by=", ".join(dict.fromkeys(part.by for part in parts if part.by)),
    )


def _words(acceptance: Acceptance, today: date) -> str:
    scope = f" for {acceptance.scope}" if acceptance.scope else ""
    by = f" by {acceptance.by}" if acceptance.by else ""
    until = acceptance.until.isoformat()
    if today > acceptance.until:
        return f"accepted{scope}{by} until {until}, which is over, so it counts again: {acceptance.reason}"
    return f"accepted{scope}{by} until {until}: {acceptance.reason}"
