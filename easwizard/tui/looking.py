"""A run of probes behind a screen: started, followed and kept here; drawn and ended by the screen.

Knows no widget. Every finished look is written down at once, so that a kill loses only what was in flight.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from copy import deepcopy

from easwizard.case.case import Case, Vantage
from easwizard.case.events import VantageChosen
from easwizard.case.progress import Listener, Progress
from easwizard.case.requests import Request, Resolver
from easwizard.tui.services import CannotSave, Keys, Services
from easwizard.workflow.investigate import investigate
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.ports import Prober
from easwizard.workflow.run import Run
from easwizard.workflow.session import Session
from easwizard.workflow.verifying import Wanted, look_again


class Looking:
    """One run at a time."""

    def __init__(
        self, session: Session, services: Services, manners: SamplingManners, complain: Callable[[str], None]
    ) -> None:
        """`complain` is told once a run when looks cannot be saved."""
        self._session, self._services, self._manners, self._complain = session, services, manners, complain
        self._prober: Prober | None = None
        self._kept: tuple[Keys, Prober] | None = None
        self.course = Run()
        self.changed = False
        """Whether the course went on since somebody last took note of it and set this back."""

    def is_for(self, session: Session) -> bool:
        """Whether it is this session's; another one begins with nothing refused."""
        return self._session is session

    @property
    def is_under_way(self) -> bool:
        return self._prober is not None

    async def look(self, keys: Keys, again: tuple[Request, ...] = (), wanted: Wanted | None = None) -> None:
        """Look at everything that was named, at these once more, or at what steps want; what was seen stays.

        Raises WrongKey.
        """
        await self._choose_vantage()
        case = self._session.case
        self._prober = await self._prober_for(case, keys)
        self.course, listener = Run(), self._keeping()
        try:
            if again:
                self._announce("looking again", again)
                await self._prober.run(again, listener)
            elif wanted is not None:
                await look_again(case, self._prober, self._manners, wanted, listener, self._announce)
            else:
                await investigate(case, self._prober, self._manners, listener, self._announce)
        finally:
            self.course, self._prober, self.changed = self.course.ended(), None, True

    async def _prober_for(self, case: Case, keys: Keys) -> Prober:
        """The prober of before while the keys are the same: it remembers which passwords were refused (J10)."""
        if self._kept is None or self._kept[0] != keys:
            prober = await asyncio.to_thread(self._services.toolbox.prober, case, keys)
            self._kept = deepcopy(keys), prober
        return self._kept[1]

    async def _choose_vantage(self) -> None:
        """A case that comes from another machine, or from none yet, is looked at from this one (J7)."""
        here, vantage = self._services.vantage, self._session.case.vantage
        if vantage.host == here and vantage.resolvers:
            return
        found = await asyncio.to_thread(self._services.toolbox.resolvers)
        resolvers = tuple(Resolver(label, address, port) for label, address, port in found)
        try:
            self._session.record(VantageChosen(Vantage(here, resolvers)))
        except CannotSave as error:
            self._complain(str(error))

    def cancel(self, request: Request) -> None:
        """End one request; the others go on."""
        if self._prober is not None:
            self._prober.cancel(request)

    def _keeping(self) -> Listener:
        keeping, complained = self._session.keeping(self._on_progress), False

        def listen(progress: Progress) -> None:
            nonlocal complained
            try:
                keeping(progress)
            except CannotSave as error:
                self._on_progress(progress)
                if not complained:
                    complained = True
                    self._complain(str(error))

        return listen

    def _announce(self, step: str, requests: tuple[Request, ...]) -> None:
        self.course, self.changed = self.course.announced(step, requests), True

    def _on_progress(self, progress: Progress) -> None:
        self.course, self.changed = self.course.after(progress, self._services.seconds()), True
