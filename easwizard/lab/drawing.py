"""Which candidate a front end draws for a mailbox, and how long it keeps it.

It knows vdir objects and the scenario's `pick` knob; what the candidate then does is found out by dialling.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence

from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.scenario import Account, Pick

Clock = Callable[[], float]
"""Seconds from any fixed point."""


def candidates(inventory: Inventory, account: Account) -> tuple[VirtualDirectory, ...]:
    """The vdir objects that service discovery finds: the mailbox's version and AD site, with an InternalUrl.

    For 2010 the servers themselves are believed to be found, whatever their InternalUrls say (J13).
    """
    return tuple(
        vdir
        for vdir in inventory.vdirs
        if not vdir.back_end and vdir.product is account.product
        if vdir.internal_host or vdir.product is Product.E2010
        if (vdir.site or "").casefold() == account.site.casefold()
    )


class Dice:
    """Yes or no with a given probability, by a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def says_yes(self, probability: float) -> bool:
        """Certainties use no throw, so that they do not shift the others."""
        if probability <= 0 or probability >= 1:
            return probability >= 1
        with self._lock:
            return self._random.random() < probability


class Picker:
    """Draws by a seed, so that two estates with the same seed and the same requests draw alike."""

    def __init__(self, pick: Pick, seed: int, window_seconds: float, clock: Clock) -> None:
        self._pick = pick
        self._seed = seed
        self._window_seconds = window_seconds
        self._clock = clock
        self._started = clock()
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._kept: dict[str, str] = {}
        self._users = 0

    def draw(self, found: Sequence[VirtualDirectory], user: str) -> VirtualDirectory | None:
        """One of the candidates; None when there is none."""
        if not found:
            return None
        with self._lock:
            if self._pick is Pick.USER:
                return self._of_user(found, user.casefold())
            if self._pick is Pick.MINUTES:
                return self._of_window(found)
            return self._dice.choice(found)

    def _of_window(self, found: Sequence[VirtualDirectory]) -> VirtualDirectory:
        window = int((self._clock() - self._started) / self._window_seconds) if self._window_seconds > 0 else 0
        return random.Random(f"{self._seed} {window}").choice(found)

    def _of_user(self, found: Sequence[VirtualDirectory], user: str) -> VirtualDirectory:
        kept = next((vdir for vdir in found if vdir.label == self._kept.get(user)), None)
        if kept is None:
            kept = _cycle(found, self._seed)[self._users % len(found)]
            self._users += 1
            self._kept[user] = kept.label
        return kept


def _cycle(found: Sequence[VirtualDirectory], seed: int) -> list[VirtualDirectory]:
    """The candidates in an order in which neighbours lead to different hosts as far as that goes."""
    dice = random.Random(seed)
    by_host: dict[str, list[VirtualDirectory]] = {}
    for vdir in dice.sample(list(found), len(found)):
        by_host.setdefault(vdir.internal_host or "", []).append(vdir)
    queues = sorted(by_host.values(), key=len, reverse=True)
    order: list[VirtualDirectory] = []
    while any(queues):
        order.extend(queue.pop(0) for queue in queues if queue)
    return order
