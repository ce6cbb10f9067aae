"""What all stage panes have in common, and where each one is found. Panes are made when they are first visited."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import ClassVar

from textual.containers import Vertical

from easwizard.tui.view import View
from easwizard.workflow.run import Run
from easwizard.workflow.stages import Stage


class Pane(Vertical):
    """One stage on the screen."""

    HELP: ClassVar[str] = ""
    """What this stage is for and which keys it knows, in Markdown; shown by `?`."""

    def show(self, view: View) -> None:
        """Draw this view. Called for every new view while the pane is there."""

    def show_run(self, run: Run) -> None:
        """Draw how far a probe run is; most panes do not care."""

    def take_focus(self) -> None:
        """Put the focus where the admin would go on."""
        for widget in self.query("*"):
            if widget.focusable:
                widget.focus()
                return


_PANES = {
    Stage.SYMPTOMS: ("symptoms", "SymptomsPane"),
    Stage.ESTATE: ("estate", "EstatePane"),
    Stage.PROBES: ("probes", "ProbesPane"),
    Stage.EVIDENCE: ("evidence", "EvidencePane"),
    Stage.DIAGNOSIS: ("diagnosis", "DiagnosisPane"),
    Stage.FIX: ("fix", "FixPane"),
    Stage.REPORT: ("report", "ReportPane"),
}


def load_pane(stage: Stage) -> ModuleType:
    """Load what a stage needs: takes a while the first time, so not for the event loop."""
    return import_module(f"easwizard.tui.stages.{_PANES[stage][0]}")


def pane_for(stage: Stage) -> Pane:
    """A new pane for a stage; quick where `load_pane` came before."""
    name = _PANES[stage][1]
    made = getattr(load_pane(stage), name)(id=f"stage-{stage}")
    if not isinstance(made, Pane):
        raise TypeError(f"{name} is no pane")
    return made
