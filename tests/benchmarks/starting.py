"""`easwizard --version`, against a Python that imports argparse and ends."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import ROOT
from tests.benchmarks.ratio import Ratio

_TIMES = 15
_SCRIPT = "from easwizard.cli import main; raise SystemExit(main())"


def measure() -> Iterator[Ratio]:
    """Seconds from start to end, one after the other in turn."""
    own, bare = [*_easwizard(), "--version"], [sys.executable, "-c", "import argparse"]
    pairs = [(_seconds(own), _seconds(bare)) for _ in range(_TIMES + 1)][1:]  # the first fills the caches
    ours, rivals = (median(pair[which] for pair in pairs) for which in (0, 1))
    note = f"{ours * 1000:.0f} ms and {rivals * 1000:.0f} ms"
    # The medians of both sides: single runs are so short that one disturbance doubles them.
    yield Ratio("easwizard --version", "import argparse", (ours / rivals,), 2.0, note=note)


def _easwizard() -> Sequence[str]:
    """The installed command, or what it would do."""
    folder = Path(sys.executable).parent
    for name in ("easwizard", "easwizard.exe"):
        if (folder / name).exists():
            return [str(folder / name)]
    return [sys.executable, "-c", _SCRIPT]


def _seconds(command: Sequence[str]) -> float:
    since = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - since
