"""What a pane may read of the frame around it: the services, the keys in memory, and how sampling is to be done.

The keys are the one thing that is changed in place: they are in memory only, and never part of an event.
"""

from __future__ import annotations

from textual.widget import Widget

from easwizard.tui.services import Keys, Services
from easwizard.workflow.planning import SamplingManners


def services_of(widget: Widget) -> Services:
    """The services of the application."""
    found = getattr(widget.app, "services", None)
    if not isinstance(found, Services):
        raise TypeError("this widget belongs into the wizard")
    return found


def keys_of(widget: Widget) -> Keys:
    """The keys that the screen of the case holds."""
    found = getattr(widget.screen, "keys", None)
    return found if isinstance(found, Keys) else Keys()


def manners_of(widget: Widget) -> SamplingManners:
    """How the screen of the case will sample."""
    found = getattr(widget.screen, "manners", None)
    return found if isinstance(found, SamplingManners) else SamplingManners()
