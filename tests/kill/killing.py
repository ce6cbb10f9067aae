"""Starts the wizard on a case, kills it at a drawn moment, opens the case again and compares."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from easwizard.case.case import Case, Vantage
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.shelf import Shelf
from easwizard.storage.case_file import SUFFIX, read_case, write_case
from easwizard.workflow.session import Journal
from tests.kill.child import CASE
from tests.kill.reporting import Told

WAIT_SECONDS = 60.0
_MOMENTS = {
    "opening": ("doing", 0.3),
    "answering": ("doing", 0.4),
    "typing": ("doing", 1.0),
    "probing": ("doing", 0.8),
    "writing": ("writing", 0.001),
    "saving": ("closing", 0.008),
    "any": ("opened", 6.0),
}
"""What is waited for, and how many seconds after it at most the kill comes."""


@dataclass(frozen=True)
class Killed:
    """One kill and what was left."""

    moment: str
    doing: str
    events: int
    """That were written before."""
    lost: int
    """Of those that were being written; None of the written ones may be."""
    amid: str = ""
    """What the kill cut in two, if anything that is written."""
    complaint: str = ""


class NoSuchMoment(Exception):
    """The wizard ended, or said nothing, before the moment came."""


@dataclass
class Killer:
    """Kills one wizard after another over the same case."""

    folder: Path
    case: Case
    arguments: tuple[str, ...]
    """Port and names of the practice estate."""
    draw: Random

    @property
    def path(self) -> Path:
        return self.folder / f"{CASE}{SUFFIX}"

    def kill(self, number: int) -> Killed:
        """Start, kill, open again."""
        moment = list(_MOMENTS)[number % len(_MOMENTS)]
        told = Told(self.case)
        self._live_and_die(moment, told)
        complaint, found = self._after(told)
        possible = told.possible()
        lost = len(possible) - 1 - possible.index(found) if found in possible else -1
        self.case = found if found is not None else self.case
        amid = "a save" if told.closing else "a write" if told.under_way else ""
        return Killed(moment, told.doing, told.written, lost, amid, complaint)

    def _live_and_die(self, moment: str, told: Told) -> None:
        words = (str(self.draw.randrange(1 << 30)), *self.arguments)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill.child", *words],
            env={**os.environ, "EASWIZARD_CASES": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        with process.stdout as pipe:
            try:
                self._until(moment, pipe.fileno(), told)
            finally:
                process.kill()
                process.wait()
            while data := os.read(pipe.fileno(), 65536):
                told.hear(data)

    def _until(self, moment: str, pipe: int, told: Told) -> None:
        """Listen until the moment has come, and the drawn time after it."""
        kind, most = _MOMENTS[moment]
        skipped, end, due = self.draw.randrange(4) if kind == "writing" else 0, time.monotonic() + WAIT_SECONDS, False
        while (left := end - time.monotonic()) > 0:
            if not select.select([pipe], [], [], left)[0]:
                break
            data = os.read(pipe, 65536)
            if not data:
                raise NoSuchMoment(f"it ended by itself: {told.error}")
            heard = told.hear(data)
            if due or kind not in heard or (kind == "doing" and told.doing != moment):
                continue
            skipped -= heard.count(kind)
            if skipped < 0:
                due, end = True, time.monotonic() + self.draw.uniform(0, most)
        if not due:
            raise NoSuchMoment(f"'{moment}' did not come; it was {told.doing}")

    def _after(self, told: Told) -> tuple[str, Case | None]:
        """Open what is left as another wizard would, and say what is wrong with it."""
        possible = told.possible()
        shelf = Shelf(self.folder, lambda: datetime.now(UTC))
        looked_at = read_case(self.path)
        opened = shelf.open(self.path)
        if opened.journal is None:
            return f"only to read: {opened.why_read_only}", opened.case
        journal: Journal = opened.journal
        journal.close()
        again = read_case(self.path)
        wrong = [
            *(["what is read differs from what is opened"] if looked_at != opened.case else []),
            *(["what was written is not there"] if opened.case not in possible else []),
            *(["closing changed it"] if again != opened.case else []),
            *(f"left behind: {path.name}" for path in self.folder.iterdir() if path != self.path),
        ]
        return "; ".join(wrong), opened.case


@contextmanager
def killer(folder: Path, seed: int) -> Iterator[Killer]:
    """A practice estate to look at, and a case to begin with."""
    estates = PracticeEstates(seed=1, time_scale=0.1)
    begun = estates.start("article").case
    try:
        case = Case(Vantage(begun.vantage.host, begun.vantage.resolvers))
        folder.mkdir(parents=True, exist_ok=True)
        write_case(folder / f"{CASE}{SUFFIX}", case)
        names = tuple(target.host for target in begun.targets)
        yield Killer(folder, case, (str(begun.targets[0].port), *names), Random(seed))
    finally:
        estates.stop()
