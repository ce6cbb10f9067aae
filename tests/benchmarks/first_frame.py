"""The first screen of the wizard against a bare Textual app with header, list and footer: start to first frame.

Both run without a terminal, in processes of their own, in turn; the clock is the system's, read on both sides.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks.processes import ROOT
from tests.benchmarks.ratio import Ratio

_TIMES = 15
_SHOW = """
import time
seen = []
def show(app):
    app.run(headless=True, size=(80, 24))
    print(seen[0])
"""
_FRAME = "def on_ready(self):\n        self.call_after_refresh(lambda: (seen.append(time.time()), self.exit()))"
_BARE = f"""{_SHOW}
from textual.app import App
from textual.widgets import Footer, Header, OptionList
class Bare(App):
    def compose(self):
        yield Header()
        yield OptionList("one", "two", "three", "four")
        yield Footer()
    {_FRAME}
show(Bare())
"""
_WIZARD = f"""{_SHOW}
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.wizard import services_here
from easwizard.tui.app import Wizard
class Timed(Wizard):
    {_FRAME}
show(Timed(services_here(PracticeEstates())))
"""


def measure() -> Iterator[Ratio]:
    """Seconds from the start of the process to the first frame."""
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "EASWIZARD_CASES": folder}
        pairs = [(_seconds(_WIZARD, environment), _seconds(_BARE, environment)) for _ in range(_TIMES + 1)][1:]
    ours, bare = (median(pair[which] for pair in pairs) for which in (0, 1))
    note = f"{ours * 1000:.0f} ms and {bare * 1000:.0f} ms"
    yield Ratio("first frame of the wizard", "bare Textual app", (ours / bare,), 1.2, note=note)


def _seconds(script: str, environment: dict[str, str]) -> float:
    since = time.time()
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1]) - since
