"""The command palette: everything that a key does where one is, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from easwizard.tui.safe_text import plain


@dataclass(frozen=True)
class _Action:
    """One thing to do."""

    title: str
    help: str
    run: Callable[[], Any]


class Actions(Provider):
    """Every action of the screen and of what has the focus."""

    async def discover(self) -> Hits:
        for action in self._actions():
            yield DiscoveryHit(plain(action.title), action.run, text=action.title, help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._actions():
            score = matcher.match(action.title)
            if score > 0:
                yield Hit(score, plain(action.title), action.run, text=action.title, help=action.help)

    def _actions(self) -> Iterator[_Action]:
        """Once each; first those that say more than their name, and of these the nearest to the focus."""
        seen: set[str] = set()
        found = sorted(described(self.screen), key=lambda one: not one[1].tooltip)
        for node, binding in found:
            name = binding.action.removeprefix("screen.")
            if name not in seen:
                seen.add(name)
                key = self.app.get_key_display(binding)
                about = f"{binding.tooltip} ({key})" if binding.tooltip else f"Key {key}"
                run = partial(self.app.run_action, binding.action, node)
                yield _Action(binding.description, about, run)


def described(screen: Any) -> Iterator[tuple[DOMNode, Binding]]:
    """Every binding of ours that can be used on a screen now, with where it belongs.

    Textual's own widgets describe how to move a cursor; that belongs neither into a palette nor into help.
    """
    for active in screen.active_bindings.values():
        ours = type(active.node).__module__.startswith("easwizard.")
        if ours and active.binding.description and active.enabled:
            yield active.node, active.binding
