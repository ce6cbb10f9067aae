"""What every report draws: a case with everything that follows from it, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from easwizard import __version__
from easwizard.case.case import Case
from easwizard.diagnosis.accepted import with_acceptances
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.exchange.routing import Route, routes
from easwizard.reports.read_files import not_brought

if TYPE_CHECKING:
    from easwizard.case.redaction.redact import Level


@dataclass(frozen=True)
class Report:
    """A case, its diagnosis and its routes. `created` is UTC."""

    case: Case
    diagnosis: Diagnosis
    outcome: Outcome
    routes: tuple[Route, ...]
    created: datetime
    tool_version: str = __version__
    redacted: Level = "none"
    """What was done to the case before; the report itself replaces nothing."""


def report_on(case: Case, now: datetime) -> Report:
    """Everything that follows from a case. Same case, same report but for the time."""
    diagnosis = with_acceptances(diagnose(case), case.accepted, now.date())
    diagnosis = replace(diagnosis, not_examined=(*not_brought(case), *diagnosis.not_examined))
    return Report(case, diagnosis, outcome(case, diagnosis), routes(case.inventory), now)
