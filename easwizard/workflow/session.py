"""One case being worked on: intents come in, events are written down, a new case goes out (DESIGN 3).

It knows no screen and no file: a journal is whatever keeps events, and whoever wants to hear of a new case listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from easwizard.case.case import Case
from easwizard.case.events import Event, Observed, happened
from easwizard.case.progress import Finished, Listener, Progress

Heard = Callable[[Case], None]


class Journal(Protocol):
    """Keeps what happened. `append` writes before it returns, or raises and leaves everything as it was."""

    @property
    def case(self) -> Case: ...

    def append(self, events: Iterable[Event]) -> Case: ...

    def close(self) -> None: ...


class Unsaved:
    """A journal that forgets: for practice, and for a case that has no file yet."""

    def __init__(self, case: Case) -> None:
        self._case = case

    @property
    def case(self) -> Case:
        return self._case

    def append(self, events: Iterable[Event]) -> Case:
        for event in events:
            self._case = happened(self._case, event)
        return self._case

    def close(self) -> None:
        """Nothing to close."""


class Session:
    """The case that is open. Everything that changes it goes through `record`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._listeners: list[Heard] = []

    @property
    def case(self) -> Case:
        return self._journal.case

    @property
    def journal(self) -> Journal:
        """Where it is written down, for whoever goes on with the same case."""
        return self._journal

    def listen(self, listener: Heard) -> None:
        """Be told of every new case."""
        self._listeners.append(listener)

    def record(self, *events: Event) -> Case:
        """Write events down and tell everybody of the case that they make."""
        case = self._journal.append(events)
        for listener in self._listeners:
            listener(case)
        return case

    def keeping(self, listener: Listener) -> Listener:
        """A listener for probes that also writes down each finished look at once, so that a kill loses little."""

        def follow(progress: Progress) -> None:
            if isinstance(progress, Finished) and progress.observations:
                self.record(*(Observed(observation) for observation in progress.observations))
            listener(progress)

        return follow

    def close(self) -> None:
        self._journal.close()
