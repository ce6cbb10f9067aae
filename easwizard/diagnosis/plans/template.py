"""A remedy as its problem's Markdown file writes it: steps with placeholders, before any case is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from easwizard.diagnosis.plans.conditions import Condition

ONCE = "once"
"""The scope of a step that is done one time."""


class CheckKind(StrEnum):
    """Who can see that a step worked."""

    PROBE = "probe"
    """easwizard looks over the network again."""
    IMPORT = "import"
    """A file or output that is brought again shows it."""
    PASTE = "paste"
    """What a read-only command prints is pasted back and read."""
    MANUAL = "manual"
    """Only a person can see it."""


class Expectation(StrEnum):
    """What a probe must show; each is judged in `workflow.mending`."""

    GONE = "gone"
    """The problem that the plan mends is no longer seen, by a look made after the step."""
    ANSWERS = "answers"
    """Every address gives an HTTP answer."""
    ASKS_CERTIFICATE = "asks-certificate"
    ASKS_NO_CERTIFICATE = "asks-no-certificate"
    ACCEPTS_LEG = "accepts-leg"
    """`/Proxy` answers 401 with Negotiate or NTLM (exchange.md 1.4)."""
    LEG_WORKS = "leg-works"
    """Sign-ins reach the old servers, and none fails there (J8)."""
    SIGNS_IN = "signs-in"
    """A test account or certificate signs in at every address that was tried, and never fails."""


@dataclass(frozen=True)
class CommandTemplate:
    """One command, or several lines of one, for one shell."""

    shell: str
    """The name as the file writes it, without the words after a comma."""
    elevated: bool
    text: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class CheckTemplate:
    """How a step is seen to have worked."""

    kind: CheckKind
    words: str
    hosts: str = ""
    """Of a probe: a text of host placeholders."""
    expectation: Expectation = Expectation.GONE
    imported: str = ""
    """Of an import: what to bring, e.g. `vdirs`."""
    must_hold: str = ""
    """Of a paste: the text that must stand in it."""


@dataclass(frozen=True)
class StepTemplate:
    """One step, with everything that its labelled lines say."""

    id: str
    title: str
    instruction: str
    check: CheckTemplate
    cautions: tuple[str, ...] = ()
    commands: tuple[CommandTemplate, ...] = ()
    backup: tuple[CommandTemplate, ...] = ()
    looks: tuple[CommandTemplate, ...] = ()
    """Read-only commands whose output the check reads."""
    expected: str = ""
    wait_minutes: int = 0
    wait_why: str = ""
    undo: str = ""
    undo_commands: tuple[CommandTemplate, ...] = ()
    changes: tuple[str, ...] = ()
    scope: str = ONCE
    when: tuple[Condition, ...] = ()
    stop: str = ""
    """Why nothing after this step may be done before it is verified; empty where it is no such step."""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockTemplate:
    """Steps that are done together: once, or all of them for one server before the next one begins."""

    scope: str
    steps: tuple[StepTemplate, ...]


@dataclass(frozen=True)
class RemedyTemplate:
    """One way to mend a problem, for any case."""

    id: str
    title: str
    recommended: bool
    blocks: tuple[BlockTemplate, ...] = ()
    rollback: tuple[BlockTemplate, ...] = ()
    for_whom: str = ""
    costs: str = ""
    needs: tuple[str, ...] = ()
    risk: str = ""
    outage: str = ""
    watch: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    same_as: str = ""
    """`CODE/REMEDY` whose steps these are."""
    key: str = ""
    """`CODE/REMEDY` under which what was done is kept; that of `same_as` where there is one."""

    @property
    def steps(self) -> Iterator[StepTemplate]:
        """The steps of the way forward, in order."""
        return (step for block in self.blocks for step in block.steps)

    def with_steps_of(self, other: RemedyTemplate) -> RemedyTemplate:
        """This remedy with another one's steps and what goes with them, under that one's key."""
        return replace(
            other, id=self.id, title=self.title, recommended=self.recommended, same_as=self.same_as,
            for_whom=self.for_whom or other.for_whom, key=other.key or self.same_as,
        )  # fmt: skip
