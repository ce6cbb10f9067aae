"""What is shown: every screen, in the states that matter, at the sizes that matter; all by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import LookAt, Request, Resolver, SampleSignIn
from easwizard.tui.services import Keys, Opened, Services, Shelved
from easwizard.workflow.session import Journal, Unsaved
from tests.screenshots.replaying import Clock, Replay
from tests.screenshots.showing import VANTAGE, Camera, Scene
from tests.screenshots.stored import recorded
from tests.tui.driving import LARGE, SMALL
from tests.tui.services import NOW, FakePractice, FakeProber, FakeShelf, FakeToolbox

TINY = (60, 20)
_NAMES = {"article": "contoso-cutover", "healthy": "contoso-after-the-fix", "unreachable": "contoso-monday"}
_AGES = {"article": timedelta(0), "healthy": timedelta(hours=5), "unreachable": timedelta(days=3)}
_BROUGHT = "contoso-files"
_DNS = Vantage(VANTAGE, (Resolver("internal", "192.0.2.2"),))


class Shelf(FakeShelf):
    """The recorded cases, some of them older."""

    def recent(self) -> Sequence[Shelved]:
        return [Shelved(Path(f"{_NAMES[name]}.eascase"), _NAMES[name], NOW - ago) for name, ago in _AGES.items()]

    @classmethod
    def filled(cls) -> Shelf:
        shelf = cls()
        shelf.cases = {Path(f"{_NAMES[name]}.eascase"): recorded(name) for name in _NAMES}
        return shelf


class Kept:
    """A journal in memory that counts as a file."""

    def __init__(self, case: Case) -> None:
        self._inner = Unsaved(case)
        self.append, self.close = self._inner.append, self._inner.close

    @property
    def case(self) -> Case:
        return self._inner.case


def _usual(usual: Services, _: Clock) -> Services:
    return usual


def _with_shelf(usual: Services, _: Clock) -> Services:
    return replace(usual, shelf=Shelf.filled())


def _opened(name: str, case: Callable[[], Case]) -> Callable[[], Opened]:
    def make() -> Opened:
        made = case()
        journal: Journal = Kept(made)
        return Opened(name, made, journal)

    return make


def _unseen(name: str) -> Case:
    """The case before anything was looked at."""
    return replace(recorded(name), observations=())


def _prober(name: str, halt: type[Request] | None) -> Callable[[Services, Clock], Services]:
    """Services whose prober tells the recorded case again; a practice estate is the same case."""

    def make(usual: Services, clock: Clock) -> Services:
        prober = Replay(recorded(name), clock, halt)
        case = _unseen(name)
        without_grid = {q: value for q, value in case.answers.items() if not q.startswith("fails-")}
        practice = FakePractice(replace(case, answers=without_grid))
        return replace(usual, toolbox=_Toolbox(FakeProber(), replay=prober), practice=practice)

    return make


class _Toolbox(FakeToolbox):
    """Hands out a prober that tells a case again."""

    def __init__(self, made: FakeProber, replay: Replay) -> None:
        super().__init__(made)
        self.replay = replay

    def prober(self, case: Case, keys: Keys) -> Replay:
        return self.replay


# Ways through the wizard


async def _start(camera: Camera) -> None:
    await camera.take("start")
    await camera.press("question_mark")
    await camera.take("start-help")


async def _stages(camera: Camera) -> None:
    """Every stage with its pages, and the help of one."""
    await camera.take("symptoms")
    for name in ("estate", "probes", "evidence", "diagnosis"):
        await camera.press("f6")  # a digit would go into the field for names
        await camera.take(name)
    await _diagnosis(camera)
    for name in ("fix", "report"):
        await camera.press("f6")
        await camera.take(name)


async def _diagnosis(camera: Camera) -> None:
    """The pages of the second finding where there is one, else of the first."""
    await camera.press("down")
    for key, name in (("w", "why"), ("x", "words"), ("n", "next"), ("m", "map")):
        await camera.press(key)
        shown_in_readme = name == "why" and camera.prefix == "article" and camera.size == "120x40"
        await camera.take(f"diagnosis-{name}", "diagnosis" if shown_in_readme else None)
    await camera.press("question_mark")
    await camera.take("diagnosis-help")
    await camera.press("escape", "escape")


async def _brought(camera: Camera) -> None:
    """What files and logs alone show, what a change would do, and the steps that mend it."""
    await camera.press("4")
    await camera.take("evidence")
    await camera.press("l")
    await camera.until("1 Targets")
    await camera.take("logs", "logs" if camera.size == "120x40" else None)
    await camera.press("escape", "5")
    await camera.take("diagnosis")
    await camera.press("f7")
    await camera.until("50 %")
    await camera.take("simulator")
    await camera.press("2", "c", "c")
    await camera.take("simulator-both", "simulator" if camera.size == "120x40" else None)
    await camera.press("escape", "6", "a")
    await camera.take("fix-plans")
    await camera.press("enter")
    await camera.take("fix-steps", "fix" if camera.size == "120x40" else None)
    await camera.press("enter")
    await camera.take("fix-step")
    await camera.press("escape", "escape", "f8")
    await camera.until("NO-GO")
    await camera.take("checklist", "checklist" if camera.size == "120x40" else None)


async def _first_stages(camera: Camera) -> None:
    """Each stage once: for windows that are too small."""
    for key in "1234567":
        await camera.press(key)
        await camera.take(f"stage-{key}")


async def _running(camera: Camera) -> None:
    """A run that stands still in the middle, seen from every stage."""
    await camera.press("3")
    await camera.take("probes-before")
    await camera.press("p")
    await camera.take("probes-plan")
    await camera.press("escape", "ctrl+r")
    await camera.until("▸ 3/")
    for key, name in (("3", "probes"), ("1", "symptoms"), ("2", "estate"), ("4", "evidence"), ("5", "diagnosis")):
        await camera.press(key)
        await camera.take(name)
    for key, name in (("6", "fix"), ("7", "report")):
        await camera.press(key)
        await camera.take(name)
    await camera.press("3", "ctrl+x")
    await camera.take("probes-ended")


async def _sampling(camera: Camera) -> None:
    await camera.press("3", "ctrl+r")
    await camera.until("5 of 7")
    await camera.take("probes", "probes" if camera.size == "120x40" else None)


async def _outage(camera: Camera) -> None:
    """From the first key to the one answer, in a practice estate."""
    await camera.press("p")
    await camera.until("Practice", "article")
    await camera.press("enter")
    await camera.until("How do you want")
    await camera.take("how")
    await camera.press("o")
    await camera.until("question 1 of 3")
    letters = {"article": "snaa", "healthy": "nnnn", "unreachable": "aaxx"}[camera.prefix.removeprefix("outage-")]
    await camera.press(*letters)
    await camera.take("grid")
    await camera.press("enter")
    await camera.until("question 2 of 3")
    await camera.take("question")
    await camera.press("end", "enter")
    await camera.until("question 3 of 3")
    await camera.press("end", "enter")
    await camera.until("two pastes")
    await camera.take("pastes")
    await camera.press("ctrl+r")
    await camera.until("the answer", "by 14:32")
    is_article = camera.prefix == "outage-article" and camera.size == "80x24"
    await camera.take("answer", "outage" if is_article else None)


def _scenes() -> list[Scene]:
    found: list[Scene] = []
    for size in (SMALL, LARGE):
        found += [
            Scene("empty", size, _usual, _start),
            Scene("shelf", size, _with_shelf, _start),
            Scene("empty-case", size, _usual, _stages, _opened("contoso-cutover", lambda: Case(_DNS))),
            Scene("running", size, _prober("article", LookAt), _running, _opened_unseen("article")),
            Scene("sampling", size, _prober("article", SampleSignIn), _sampling, _opened_unseen("article")),
        ]
        for name in _NAMES:
            found.append(Scene(name, size, _usual, _stages, _opened_seen(name)))
            found.append(Scene(f"outage-{name}", size, _prober(name, None), _outage))
        found.append(Scene("brought", size, _usual, _brought, _opened(_BROUGHT, lambda: recorded("brought"))))
    found.append(Scene("article", TINY, _usual, _first_stages, _opened_seen("article")))
    return found


def _opened_seen(name: str) -> Callable[[], Opened]:
    return _opened(_NAMES[name], lambda: recorded(name))


def _opened_unseen(name: str) -> Callable[[], Opened]:
    return _opened(_NAMES[name], lambda: _unseen(name))


SCENES = _scenes()
