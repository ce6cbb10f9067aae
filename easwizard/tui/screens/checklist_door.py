"""How one comes to the checklist: from the first screen by a case, and from a case by its key.

Loads neither the checklist nor the engine until somebody comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from easwizard.tui.messages import Happened
from easwizard.tui.screens.choice import Choice, ChoiceScreen
from easwizard.workflow.stages import Stage

if TYPE_CHECKING:
    from easwizard.tui.screens.case import CaseScreen
    from easwizard.tui.screens.checklist import ChecklistScreen
    from easwizard.tui.screens.checklist_keys import Desk

NEW, OTHER = "new", "open"
_TEXT = "The checklist is kept in a case, with everything that was seen and said there. Go on with one, or begin one."


def which_case(names: Sequence[str]) -> ChoiceScreen:
    """Asks for the case: returns NEW, OTHER, or the number of one of these names."""
    letters = iter("123456789")
    known = [Choice(str(number), name, "go on with it", next(letters, None)) for number, name in enumerate(names)]
    begin = Choice(NEW, "New case", "begin with an empty list", "n")
    other = Choice(OTHER, "Another file", "by its name or path", "e")
    return ChoiceScreen("Check before cut-over", _TEXT, (*known, begin, other))


async def show_checklist(case: CaseScreen) -> Stage | None:
    """The checklist above its case; returns the stage that was chosen there. Only in a worker."""
    screen, desk = await asyncio.to_thread(_loaded)
    lent = desk(
        case.opened.name,
        case=lambda: case.session.case,
        tell=lambda events: case.on_happened(Happened(events)),
        look=case.action_look,
        stop=case.action_stop,
        course=lambda: case.looking.course,
        what_if=case.what_if,
        why_read_only=case.why_read_only,
    )
    return await case.app.push_screen_wait(screen(lent))


def _loaded() -> tuple[type[ChecklistScreen], type[Desk]]:
    """The first time it loads every gate: not for the event loop."""
    from easwizard.tui.screens.checklist import ChecklistScreen
    from easwizard.tui.screens.checklist_keys import Desk

    return ChecklistScreen, Desk
