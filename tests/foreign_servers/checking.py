"""Runs the real `check` on servers that are not ours, through the command line's own words."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from easwizard.case.facts import HttpFacts, Observation
from easwizard.case.requests import Target
from easwizard.cli import check
from easwizard.cli.arguments import parser
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent
from easwizard.reports.model import Report


@dataclass(frozen=True)
class Surroundings:
    """What every check needs here: the authority to trust and the resolver to ask."""

    ca: Path
    resolver: str

    def check(self, *words: str) -> Report:
        arguments = parser().parse_args(
            ["check", *words, "--ca", str(self.ca), "--resolver", self.resolver, "--pace", "0", "--timeout", "10"]
        )
        with contextlib.redirect_stderr(io.StringIO()):
            return check.examine(arguments, {})


def answers(report: Report, sent: Sent, path: str = ACTIVESYNC_PATH) -> list[tuple[Observation, HttpFacts]]:
    """The requests of one kind to one path with what came back, over all targets."""
    targets: tuple[Target, ...] = report.case.targets
    return [(o, f) for t in targets for o, f in report.case.http(t, path) if f.credentials is sent]


def verdicts(report: Report) -> dict[str, str]:
    return {finding.code: finding.verdict.value for finding in report.diagnosis.findings}


def blamed(report: Report) -> set[str]:
    """The codes that are called confirmed or likely."""
    return {code for code, verdict in verdicts(report).items() if verdict in ("confirmed", "likely")}


def blamed_elsewhere(report: Report) -> set[str]:
    """Of those the ones that are about neither certificate sign-in nor what answers: DNS, TLS, names, the old leg."""
    return {code for code in blamed(report) if code.partition("/")[0] not in ("cba", "eas")}
