"""Signs for states and verdicts, each beside a word on the screen; plain ASCII where the terminal has no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from textual.app import App

from easwizard.diagnosis.verdicts import Verdict
from easwizard.workflow.run import State
from easwizard.workflow.stages import StageState


@dataclass(frozen=True)
class Symbols:
    """One set of signs, each one column wide."""

    here: str
    stage: Mapping[StageState, str]
    verdict: Mapping[Verdict, str]
    run: Mapping[State, str]
    arrow: str
    tee: str
    corner: str
    bar: str
    good: str
    bad: str
    line: str
    """A horizontal line."""
    full: str
    """A filled part of a bar."""
    empty: str
    up: str
    """What rose."""
    down: str


UNICODE = Symbols(
    here="▸",
    stage={StageState.OPEN: " ", StageState.DONE: "✓", StageState.ATTENTION: "!"},
    verdict={
        Verdict.CONFIRMED: "✗",
        Verdict.LIKELY: "!",
        Verdict.POSSIBLE: "?",
        Verdict.RULED_OUT: "✓",
        Verdict.NOT_EXAMINED: "·",
    },
    run={
        State.WAITING: "·",
        State.RUNNING: "▸",
        State.OK: "✓",
        State.FAILED: "✗",
        State.SKIPPED: "-",
        State.CANCELLED: "○",
    },
    arrow="─▶",
    tee="├",
    corner="└",
    bar="│",
    good="✓",
    bad="✗",
    line="─",
    full="▓",
    empty="─",
    up="▲",
    down="▼",
)
ASCII = Symbols(
    here=">",
    stage={StageState.OPEN: " ", StageState.DONE: "+", StageState.ATTENTION: "!"},
    verdict={
        Verdict.CONFIRMED: "x",
        Verdict.LIKELY: "!",
        Verdict.POSSIBLE: "?",
        Verdict.RULED_OUT: "+",
        Verdict.NOT_EXAMINED: ".",
    },
    run={
        State.WAITING: ".",
        State.RUNNING: ">",
        State.OK: "+",
        State.FAILED: "x",
        State.SKIPPED: "-",
        State.CANCELLED: "o",
    },
    arrow="->",
    tee="+",
    corner="+",
    bar="|",
    good="+",
    bad="x",
    line="-",
    full="#",
    empty="-",
    up="^",
    down="v",
)


def symbols(app: App[object]) -> Symbols:
    """The signs that this app's terminal can show."""
    return ASCII if getattr(app, "ascii_only", False) else UNICODE
