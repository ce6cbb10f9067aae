"""The memory of a check of a large estate, against 150 MB.

The estate is the lab's `large`, or one of four AD sites of four servers where the lab has none; it runs in another
process. Only where the system tells how much a child held at most: not on Windows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from easwizard.lab.scenario_reader import scenario_names
from tests.benchmarks.estates import scenario
from tests.benchmarks.processes import ROOT, far_side, practice_estate
from tests.benchmarks.ratio import Ratio

_TIMES = 3
_MOST = 150 * 1024 * 1024
_REPORTED = {0, 1, 3}
"""Exit codes of a check that came to a report."""


def measure() -> Iterator[Ratio]:
    """Resident memory at its highest, over the target."""
    if sys.platform == "win32":
        return
    with _large() as told:
        command = [sys.executable, "-m", "easwizard", "check", *told["names"], "--json"]
        held = [_highest(command) for _ in range(_TIMES)]
    note = f"{max(held) / 1024 / 1024:.0f} MB for {len(told['namespaces'])} names"
    yield Ratio("sweep of a large estate", "150 MB", tuple(each / _MOST for each in held), 1.0, note=note)


def _large() -> AbstractContextManager[dict[str, Any]]:
    return far_side("lab", "large") if "large" in scenario_names() else practice_estate(scenario(4))


def _highest(command: list[str]) -> int:
    """Bytes that a command held at most."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in _REPORTED:
        raise RuntimeError(f"the check ended with {process.returncode}")
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
