"""Records practice estates as case files, with everything in them that differs from run to run made still.

Only `python -m tests.screenshots --record` comes here; pictures are drawn from the files.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from easwizard.case.case import Case
from easwizard.case.events import LogsRead, events_of, told
from easwizard.case.log_counts import LogCounts
from easwizard.case.requests import Resolver
from easwizard.cli.practice import PracticeEstates, practice_of
from easwizard.cli.toolbox import Tools
from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import import_file
from easwizard.evidence.logs.reading import read_logs
from easwizard.exchange.changes import apply_change
from easwizard.lab.estate import Estate
from easwizard.lab.invitation import evidence_of, logs_of
from easwizard.lab.scenario_reader import load_scenario
from easwizard.storage.case_file import write_case
from easwizard.storage.event_lines import from_line, to_line
from easwizard.workflow.importing import events_of_import, record_of
from easwizard.workflow.investigate import investigate
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.stages import GRID
from tests.screenshots.stored import CASES
from tests.tui.services import NOW

SEED = 2186
VANTAGE = "jump-box"
SCENARIOS = {"article": "article", "healthy": "healthy-cba", "unreachable": "unreachable"}
"""Name of the file to scenario."""
_SAID = {
    "article": dict(zip(GRID, ("sometimes", "always", "never", "always"), strict=True)),
    "healthy": dict.fromkeys(GRID, "never"),
    "unreachable": {GRID[0]: "always", GRID[2]: "always"},
}
"""Who fails, as the admin would say it there."""
_RESOLVERS = {"internal": "192.0.2.2", "external": "198.51.100.2"}
_BEGUN = NOW - timedelta(minutes=2)
_VALID = ("2025-12-01T00:00:00Z", "2027-12-01T00:00:00Z")
_MOST_SKEW_SECONDS = 5.0
"""Below that the lab's clock and ours are the same, and the rest is rounding."""
_MILLISECONDS = {"dns": 4.0, "tcp": 1.0, "tls": 18.0, "first_byte": 9.0}


def record() -> None:
    """Run every scenario, look at it with accounts, and keep the case."""
    for name, scenario in SCENARIOS.items():
        case = _looked_at(scenario)
        for question, value in _SAID[name].items():
            case = case.with_answer(question, value)
        write_case(CASES / f"{name}.eascase", still(replace(case, stage="")))
    write_case(CASES / "brought.eascase", still(_brought()))


def _brought() -> Case:
    """The article's estate by its collector files and its logs alone, as somebody brings it who may not look."""
    estate = Estate(load_scenario("article"), seed=SEED, apply_change=apply_change)
    estate.start()
    try:
        case = replace(practice_of(estate).case, accounts=(), device_certificate=None)
        files = [path for path in evidence_of(estate) if path.parent.name == "collector"]
        evidence = read_evidence([import_file(str(path)) for path in files])
        imports = [replace(record_of(reading), read_at=_BEGUN) for reading in evidence.readings]
        written = logs_of(estate, _BEGUN.date() - timedelta(days=1))
        counts = read_logs([str(folder) for folder in written.folders]).counts
        events = (*events_of_import(case, evidence, imports), LogsRead(_without_folder(counts, estate.folder)))
        return told((*events_of(case), *events))
    finally:
        estate.stop()


def _without_folder(counts: LogCounts, folder: Path) -> LogCounts:
    """The same counts, with files named from the estate's folder on."""
    head = len(str(folder)) + 1
    return replace(counts, coverage=tuple(replace(c, file=c.file[head:]) for c in counts.coverage))


def _looked_at(scenario: str) -> Case:
    estates = PracticeEstates(seed=SEED)
    practice = estates.start(scenario)
    try:
        prober = Tools().prober(practice.case, practice.keys)
        manners = SamplingManners(pace_seconds=practice.pace_seconds)
        return asyncio.run(investigate(practice.case, prober, manners, lambda _: None, lambda *_: None))
    finally:
        estates.stop()


def still(case: Case) -> Case:
    """The case with fixed addresses, ports, times and serials, and without the name of the machine it was made on."""
    number = count()
    resolvers = tuple(Resolver(r.label, _RESOLVERS[r.label]) for r in case.vantage.resolvers)
    case = replace(case, vantage=replace(case.vantage, resolvers=resolvers))
    lines = [_with_fixed_places(to_line(event), case) for event in events_of(case)]
    return told(from_line(json.dumps(_still(json.loads(line), number))) for line in lines)


def _with_fixed_places(line: str, case: Case) -> str:
    """127.X.Y.5 becomes 192.0.2.15, and the shared port 443."""
    line = re.sub(r"\b127\.\d+\.\d+\.(\d+)\b", lambda found: f"192.0.2.{10 + int(found[1])}", line)
    ports = {target.port for target in case.targets}
    for port in ports:
        line = re.sub(rf"(?<=:){port}\b", "443", line)
    return line.replace(json.dumps(case.vantage.host), json.dumps(VANTAGE))


def _still(value: Any, number: count[int]) -> Any:
    if isinstance(value, list):
        return [_still(each, number) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _fixed(key, each, number) for key, each in value.items() if key != "request-id"}


def _fixed(key: str, value: Any, number: count[int]) -> Any:
    match key, value:
        case "at", str():
            return (_BEGUN + timedelta(seconds=next(number) // 4)).isoformat()
        case "not_before" | "not_after", str():
            return _VALID[key == "not_after"]
        case "serial", str():
            return f"{0x61000000 + next(number):x}"
        case "clock", str():
            return f"{_BEGUN:%Y-%m-%dT%H:%M:%S}.000Z"
        case "date", str():
            return f"{_BEGUN:%a, %d %b %Y %H:%M:%S} GMT"
        case "clock_offset_s", float() if abs(value) < _MOST_SKEW_SECONDS:
            return 0.0
        case "phases_ms", Mapping():
            return {phase: _MILLISECONDS[phase] for phase in value}
        case "elapsed_ms", float():
            return round(value, -1)
        case "www-authenticate", str():
            return re.sub(r"(NTLM TlRMTVNTUAACAAAA)\S+", r"\1...", value)
    return _still(value, number)
