"""`easwizard lab`: starts a practice estate and the wizard on it, serves one until interrupted, or checks it."""

from __future__ import annotations

import argparse
import json
import signal
import threading
from types import FrameType

from easwizard.cli import check
from easwizard.cli.arguments import parser
from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.exchange.changes import apply_change
from easwizard.lab.errors import LabError
from easwizard.lab.estate import Estate
from easwizard.lab.expectations import unmet
from easwizard.lab.invitation import check_arguments, invitation
from easwizard.lab.scenario import Scenario
from easwizard.lab.scenario_reader import DEFAULT_SCENARIO, load_scenario, scenario_names
from easwizard.reports import json_form, plain
from easwizard.reports.model import Report


def run(arguments: argparse.Namespace) -> int:
    """List, check or serve."""
    if arguments.list:
        return _list()
    try:
        scenario = load_scenario(arguments.scenario or DEFAULT_SCENARIO)
        estate = Estate(scenario, seed=arguments.seed, time_scale=arguments.time_scale, apply_change=apply_change)
        if arguments.check:
            with estate:
                return _check(estate, scenario, as_json=arguments.json)
        if arguments.headless:
            return _serve(estate)
    except LabError as error:
        raise UsageError(str(error)) from error
    from easwizard.cli.wizard import practise

    return practise(arguments.scenario or DEFAULT_SCENARIO, arguments.seed, arguments.time_scale)


def _list() -> int:
    names = scenario_names()
    width = max(map(len, names))
    write("".join(f"{name:<{width}}  {load_scenario(name).title}\n" for name in names))
    return ExitCode.NO_PROBLEM


def _check(estate: Estate, scenario: Scenario, *, as_json: bool) -> int:
    """Check the estate as anybody would: through the command line's own words."""
    argv, environment = check_arguments(estate, "account")
    report = check.examine(parser().parse_args(["check", *argv]), environment)
    write(json_form.render(report) if as_json else plain.render(report))
    complaints = complaints_about(report, scenario)
    for complaint in complaints:
        complain(f"{scenario.name}: {complaint}")
    complain(f"{scenario.name}: {'not as expected' if complaints else 'everything as the scenario expects'}")
    return ExitCode.PROBLEM if complaints else ExitCode.NO_PROBLEM


def complaints_about(report: Report, scenario: Scenario, vantage: str = "account") -> tuple[str, ...]:
    """What differs from the scenario's expectations; nothing where it has none for this vantage."""
    expectation = scenario.expectations.get(vantage)
    if expectation is None:
        return ()
    verdicts = {finding.code: finding.verdict.value for finding in report.diagnosis.findings}
    return unmet(expectation, verdicts, check.EXIT_OF[report.outcome])


def _serve(estate: Estate) -> int:
    """One JSON line once every listener accepts; then run until SIGINT, SIGTERM or Ctrl-Break."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    with estate:
        write(json.dumps(invitation(estate)) + "\n")
        # A wait without a limit cannot be interrupted on Windows.
        while not stopped.wait(0.5):
            pass
    return ExitCode.NO_PROBLEM
