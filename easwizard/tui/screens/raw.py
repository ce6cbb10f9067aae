"""One look as it was seen, in full: the evidence behind a clue. To read and to copy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from easwizard.case.facts import Observation
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue
from easwizard.reports.json_form import observation_form
from easwizard.tui.messages import Copy
from easwizard.tui.safe_text import joined, plain

_LONGEST_LINE = 4_000


class RawScreen(ModalScreen[None]):
    """A clue, and the observation that it rests on."""

    DEFAULT_CSS = """
    RawScreen { align: center middle; }
    RawScreen > Vertical { width: 100%; max-width: 110; height: 100%; background: $surface;
                           border: round $primary; padding: 0 1; }
    RawScreen .heading { height: auto; max-height: 8; }
    RawScreen VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back"),
        Binding("c", "copy", "Copy", tooltip="Copy the look as JSON"),
    ]

    def __init__(self, clue: Clue, observations: Sequence[Observation]) -> None:
        """`observations` are those of the case; the clue names the one it rests on, if it is exactly one."""
        super().__init__()
        self._clue = clue
        self._look = next((o for o in observations if o.id == clue.observation), None)

    def compose(self) -> ComposeResult:
        clue = self._clue
        with Vertical(id="raw"):
            yield Static(
                joined(
                    plain(f"{clue.effect.value}: ", "bold"), clue.text,
                    plain(f"\n{clue.group}, {clue.basis}; {clue.source}", "dim"),
                ),
                classes="heading",
            )  # fmt: skip
            with VerticalScroll(id="raw-scroll"):
                yield Static(plain(self._text()), id="raw-text")
            yield Footer()

    def on_mount(self) -> None:
        self.query_one("#raw-scroll").focus()

    def _text(self) -> str:
        if self._look is None:
            return (
                "This clue rests on several looks together, or on your answer: there is no single raw look.\n"
                "Stage 3 shows every look; the JSON report (stage 7) holds them all."
            )
        return f"{_head(self._look)}\n\n{raw(self._look)}"

    def action_copy(self) -> None:
        if self._look is None:
            self.app.post_message(Copy(self._clue.text, "the clue"))
        else:
            self.app.post_message(Copy(raw(self._look) + "\n", "the raw look"))


def raw(look: Observation) -> str:
    """The look as the JSON report has it, no line of it able to steer a terminal."""
    text = json.dumps(observation_form(look), ensure_ascii=False, indent=2)
    return "\n".join(visible(line, _LONGEST_LINE) for line in text.splitlines())


def _head(look: Observation) -> str:
    """How and when it was seen, in words."""
    took = f", {look.elapsed_ms:.0f} ms" if look.elapsed_ms is not None else ""
    phases = ", ".join(f"{phase} {ms:.0f} ms" for phase, ms in look.phases_ms.items())
    ended = look.words or "answered"
    when = look.at.strftime("%Y-%m-%d %H:%M:%S UTC")
    lines = [
        f"{look.kind} of {look.target}: {ended}",
        f"at {when} from {look.vantage}{took}{f' ({phases})' if phases else ''}",
    ]
    return "\n".join(visible(line, _LONGEST_LINE) for line in lines)
