"""How one comes to the logs: from stage 4, from a clue, by a key. Loads their screen when somebody comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from easwizard.case.log_counts import LogCounts
    from easwizard.diagnosis.clues import Clue
    from easwizard.tui.screens.case import CaseScreen
    from easwizard.tui.screens.logs import LogsScreen


async def show_logs(case: CaseScreen, target: str = "") -> None:
    """The logs above their case, at first of one target where it is named, as it is shown."""
    screen = await asyncio.to_thread(_loaded)
    await case.app.push_screen(screen(case.opened.name, lambda: case.session.case, target))


def target_of(clue: Clue, counts: LogCounts) -> str:
    """The target that a clue is about; empty where it names none."""
    hosts = {target.host for target in counts.targets}
    told = (*clue.subject, *sorted(hosts, key=len, reverse=True))
    return next((host for host in told if host in hosts and (host in clue.subject or host in clue.text)), "")


def _loaded() -> type[LogsScreen]:
    """Not for the event loop."""
    from easwizard.tui.screens.logs import LogsScreen

    return LogsScreen
