"""Runs the real `check` on a running practice estate, in this process and through the command line's own words."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable

from easwizard.cli import check
from easwizard.cli.arguments import parser
from easwizard.exchange.changes import apply_change
from easwizard.lab.estate import Estate
from easwizard.lab.invitation import Vantage, check_arguments
from easwizard.lab.scenario_reader import load_scenario
from easwizard.reports.model import Report


def estate(name: str, seed: int | None = None) -> Estate:
    """A practice estate, not yet started."""
    return Estate(load_scenario(name), seed=seed, time_scale=0.1, apply_change=apply_change)


def look(
    running: Estate, vantage: Vantage, *extra: str, without: Iterable[str] = (), answers: Iterable[str] | None = None
) -> Report:
    """Check a running estate. `without` drops options with their value; `answers` replaces the printed ones."""
    argv, environment = check_arguments(running, vantage)
    dropped = {*without, *(("--answer",) if answers is not None else ())}
    argv = _without(argv, dropped)
    for answer in answers or ():
        argv += ["--answer", answer]
    arguments = parser().parse_args(["check", *argv, *extra])
    with contextlib.redirect_stderr(io.StringIO()):
        return check.examine(arguments, environment)


def _without(argv: list[str], dropped: set[str]) -> list[str]:
    kept: list[str] = []
    words = iter(argv)
    for word in words:
        if word in dropped:
            next(words)
        else:
            kept.append(word)
    return kept


def verdict(report: Report, code: str) -> str:
    """The verdict on a code; a finding that is not there was not examined."""
    finding = report.diagnosis.finding(code)
    return finding.verdict.value if finding is not None else "not-examined"
