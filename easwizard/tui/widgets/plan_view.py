"""Shows everything that a run would send, and to whom, before anything is sent; the same lines as `check --plan`."""

from __future__ import annotations

from textual.widget import Widget

from easwizard.case.case import Case
from easwizard.probes.settings import Deadlines
from easwizard.tui.safe_text import plain
from easwizard.tui.widgets.outside import manners_of
from easwizard.tui.widgets.reading import Reading
from easwizard.workflow.plan_text import plan_lines
from easwizard.workflow.preview import preview

_MARGIN = 4
"""Columns beside the text."""


def show_plan(widget: Widget, case: Case) -> None:
    """Put the plan above everything else."""
    plan = preview(case, manners_of(widget), Deadlines(), None)
    width = max(40, min(100, widget.app.size.width - _MARGIN))
    hosts = {target.name for target in case.targets}
    lines = [plain(line, "bold $text-primary" if line in hosts else "") for line in plan_lines(plan, width)]
    widget.app.push_screen(Reading("What would be sent, and to whom", lines, "the plan"))
