"""A case that gets its file with the first thing that is said, so that a look around costs none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from easwizard.case.case import Case
from easwizard.case.events import Event, events_of
from easwizard.tui.services import CannotOpen, CannotSave, Opened, Services
from easwizard.workflow.session import Session, Unsaved


class Filing:
    """The session of such a case. Complains in words where nothing can be saved, and goes on without."""

    def __init__(
        self, services: Services, name: str, begun: Case, complain: Callable[[str], None], *, saved: bool = True
    ) -> None:
        """`saved` is false for practice, which needs no file."""
        self._services, self._begun, self._complain = services, begun, complain
        self.name, self.session = name, Session(Unsaved(begun))
        self._opened: Opened | None = None
        self._due = saved
        self._recording = asyncio.Lock()

    @property
    def is_filed(self) -> bool:
        """Whether it has its file, or was to have it."""
        return not self._due

    async def record(self, *events: Event) -> None:
        """Write down at once what was said; the file is made before the first of it."""
        async with self._recording:  # a second event must not slip into the journal that is about to be replaced
            if self._due:
                await self._file()
            try:
                self.session.record(*events)
            except CannotSave as error:
                self._complain(str(error))

    async def _file(self) -> None:
        self._due = False
        try:
            opened = await asyncio.to_thread(self._services.shelf.create, self.name)
        except CannotOpen as error:
            self._complain(f"{error}. It goes on without being saved.")
            return
        if opened.journal is not None:
            self.session = Session(opened.journal)
            self.session.record(*events_of(self._begun))
            self._opened = opened

    def opened(self) -> Opened:
        """The case as it is, for whoever goes on with it."""
        kept = self._opened.copies if self._opened is not None else None
        return Opened(self.name, self.session.case, self.session.journal, copies=kept)
