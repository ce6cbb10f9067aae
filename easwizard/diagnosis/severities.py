"""How bad a finding is where one problem concerns several names: as bad as it is for the names it will be about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from easwizard.case.case import Case
from easwizard.case.requests import Target
from easwizard.diagnosis.algebra import judge
from easwizard.diagnosis.clues import Clue
from easwizard.diagnosis.legacy_names import internal_url_use
from easwizard.diagnosis.verdicts import Severity


def severity_of(clues: Sequence[Clue], by_host: Mapping[str, Severity]) -> Severity | None:
    """The worst severity among the hosts whose verdict is the strongest; None when no clue is positive.

    A finding names only those hosts, so a graver matter that is less sure must not colour it.
    """
    positive = {c.subject for c in clues if c.is_positive and c.subject}
    ranks = {s: judge([c for c in clues if c.subject in (s, ())]).verdict.rank for s in positive}
    foremost = [s for s, rank in ranks.items() if rank == min(ranks.values())]
    return worst(by_host[host] for subject in foremost for host in subject if host in by_host)


def worst(severities: Iterable[Severity]) -> Severity | None:
    """The worst of some severities; None when there is none."""
    return min(severities, key=lambda severity: severity.rank, default=None)


def is_retired(case: Case, target: Target) -> bool:
    """Whether it is a legacy name that no InternalUrl uses now: what it shows is no problem (J4)."""
    return target.role.is_legacy and internal_url_use(case, target.host).now == "no"
