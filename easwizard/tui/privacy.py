"""Whether names are hidden on all screens, for screen sharing, and the made-up names that stand for them."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from textual.app import App

if TYPE_CHECKING:
    from easwizard.case.masking import Mask

T = TypeVar("T")


@runtime_checkable
class _Hiding(Protocol):
    privacy: Privacy


class Privacy:
    """One for the whole app, so that a name is the same everywhere. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self.names_hidden = False
        self._learnt: Mask | None = None
        self._learning = Lock()

    def shown(self, value: T) -> T:
        """As it may be drawn now."""
        if not self.names_hidden:
            return value
        with self._learning:
            self._learnt = mask = self._mask.knowing(value)
        return mask.hide(value)

    def meant(self, value: T) -> T:
        """What came back from a screen, with its true names."""
        return value if self._learnt is None else self._learnt.reveal(value)

    @property
    def _mask(self) -> Mask:
        from easwizard.case.masking import Mask

        return self._learnt if self._learnt is not None else Mask()


def privacy(app: App[object]) -> Privacy:
    """That of the wizard; apps without one hide nothing."""
    return app.privacy if isinstance(app, _Hiding) else Privacy()
