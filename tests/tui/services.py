"""Stand-ins for what the wizard needs from outside: a shelf in memory, probers that answer at once, a still clock.

The engine behind the screens is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from easwizard.case.case import Case, DeviceCertificate, Vantage
from easwizard.case.facts import Observation
from easwizard.case.progress import Finished, Listener, Started
from easwizard.case.redaction.redact import Level
from easwizard.case.requests import Request
from easwizard.reports.model import Report
from easwizard.tui.services import (
    CannotOpen,
    CannotSave,
    Keys,
    Opened,
    PackMade,
    Practice,
    Services,
    Shelved,
    Site,
    WrongKey,
)
from easwizard.workflow.bringing import Copies
from easwizard.workflow.ports import Prober
from easwizard.workflow.session import Unsaved

NOW = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)


class FakeShelf:
    """Cases in memory, by path."""

    def __init__(self, **cases: Case) -> None:
        self.cases = {Path(f"{name}.eascase"): case for name, case in cases.items()}
        self.journals: dict[Path, Unsaved] = {}
        """Of every case that was opened for writing, with what was written."""
        self.refuse: dict[Path, CannotOpen] = {}
        """What opening (or creating) a case raises."""

    def recent(self) -> Sequence[Shelved]:
        return [Shelved(path, path.stem, NOW) for path in self.cases]

    def create(self, name: str) -> Opened:
        path = Path(f"{name}.eascase")
        if path in self.cases:
            raise CannotOpen(f"{path}: there is such a case already; take another name")
        if path in self.refuse:
            raise self.refuse[path]
        self.cases[path] = Case(Vantage("jump"))
        return self.open(path)

    def open(self, path: Path) -> Opened:
        if path in self.refuse:
            raise self.refuse[path]
        case = self._case(path)
        self.journals[path] = Unsaved(case)
        return Opened(path.stem, case, self.journals[path])

    def read(self, path: Path) -> Opened:
        return Opened(path.stem, self._case(path), None, "open in another easwizard")

    def _case(self, path: Path) -> Case:
        if path not in self.cases:
            raise CannotOpen(f"{path}: cannot be read (No such file or directory)")
        return self.cases[path]


@dataclass
class FakeProber:
    """Answers every request with what was prepared for it, once `allowed` is set."""

    answers: Mapping[Request, tuple[Observation, ...]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    cancelled: list[Request] = field(default_factory=list)
    allowed: asyncio.Event = field(default_factory=asyncio.Event)
    """Until it is set every request stays under way; set from the start unless `holding` is."""
    holding: bool = False

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        for request in requests:
            self.asked.append(request)
            listener(Started(request))
        if self.holding:
            await self.allowed.wait()
        for request in requests:
            listener(Finished(request, self.answers.get(request, ())))
        return tuple(o for request in requests for o in self.answers.get(request, ()))

    def cancel(self, request: Request) -> None:
        self.cancelled.append(request)


@dataclass
class FakeToolbox:
    """Hands out one prober."""

    made: FakeProber = field(default_factory=FakeProber)
    wrong: WrongKey | None = None
    """What asking for a prober or a certificate raises."""

    def prober(self, case: Case, keys: Keys) -> Prober:
        if self.wrong is not None:
            raise self.wrong
        return self.made

    def certificate(self, keys: Keys) -> DeviceCertificate:
        if self.wrong is not None:
            raise self.wrong
        return DeviceCertificate(keys.certificate_file.name if keys.certificate_file is not None else "")

    def resolvers(self) -> Sequence[tuple[str, str, int]]:
        return (("system", "127.0.0.53", 53),)


@dataclass
class FakePractice:
    """One practice estate that needs no starting."""

    case: Case = field(default_factory=lambda: Case(Vantage("jump")))
    started: list[str] = field(default_factory=list)
    stopped: int = 0
    written: tuple[Path, ...] = ()

    def scenarios(self) -> Mapping[str, str]:
        return {"article": "The article, before the fix", "healthy": "Everything as it should be"}

    def start(self, scenario: str) -> Practice:
        if scenario not in self.scenarios():
            raise CannotOpen(f"there is no scenario '{scenario}'")
        self.started.append(scenario)
        return Practice(self.scenarios()[scenario], self.case, Keys(), pace_seconds=0.0)

    def files(self) -> Sequence[Path]:
        return self.written

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class FakeClipboard:
    """Remembers what it was handed."""

    works: bool = True
    texts: list[str] = field(default_factory=list)

    def put(self, text: str) -> bool:
        self.texts.append(text)
        return self.works


@dataclass
class FakeSites:
    """Site profiles in memory."""

    cases: Mapping[str, Case] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    kept: dict[str, Case] = field(default_factory=dict)

    def recent(self) -> Sequence[Site]:
        return [Site(Path(f"{name}.toml"), name, NOW) for name in self.cases]

    def begin(self, path: Path) -> tuple[Case, Keys]:
        if path.stem not in self.cases:
            raise CannotOpen(f"{path}: cannot be read")
        return self.cases[path.stem], self.keys

    def keep(self, name: str, case: Case, keys: Keys) -> Path:
        self.kept[name] = case
        return Path(f"{name}.toml")


@dataclass
class FakePacker:
    """Remembers what it was to pack."""

    wrong: CannotSave | None = None
    """What packing raises."""
    packed: list[tuple[Report, str, Level]] = field(default_factory=list)

    def pack(self, report: Report, copies: Copies | None, name: str, level: Level) -> PackMade:
        if self.wrong is not None:
            raise self.wrong
        self.packed.append((report, name, level))
        return PackMade(Path(f"{name}.zip"), (f"the pack is in {name}.zip", "the list of real names is beside it"))


def services(
    copies: Path,
    *,
    shelf: FakeShelf | None = None,
    toolbox: FakeToolbox | None = None,
    practice: FakePractice | None = None,
    clipboard: FakeClipboard | None = None,
    sites: FakeSites | None = None,
    packer: FakePacker | None = None,
) -> Services:
    """Everything from outside, with a still clock; `copies` is the folder for what is copied."""
    return Services(
        shelf=shelf or FakeShelf(),
        toolbox=toolbox or FakeToolbox(),
        practice=practice or FakePractice(),
        now=lambda: NOW,
        seconds=lambda: 0.0,
        vantage="jump",
        copies=copies,
        clipboard=clipboard or FakeClipboard(),
        sites=sites or FakeSites(),
        packer=packer or FakePacker(),
    )


def opened(case: Case, name: str = "contoso") -> Opened:
    """A case that is open for writing, kept in memory."""
    return Opened(name, case, Unsaved(case))
