"""What the estate's servers saw, request by request, for tests and for log files; thread-safe.

It keeps user names and never a password.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime

_KEPT = 100_000


@dataclass(frozen=True)
class Visit:
    """One answered request. `drawn` and `leg_status` tell of the leg that it caused, if any."""

    at: datetime
    endpoint: str
    address: str
    client: str
    host: str
    method: str
    target: str
    credentials: str
    """`none`, `basic`, `certificate` or `server` (a front end on `/Proxy`)."""
    user: str | None
    status: int
    drawn: str | None = None
    leg_status: int | None = None


class Journal:
    """The visits of an estate, the latest hundred thousand of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visits: deque[Visit] = deque(maxlen=_KEPT)
        self._passwords: Counter[str] = Counter()

    def record(self, visit: Visit) -> None:
        with self._lock:
            self._visits.append(visit)
            if visit.credentials == "basic" and visit.user is not None:
                self._passwords[visit.user.casefold()] += 1

    def visits(self) -> tuple[Visit, ...]:
        with self._lock:
            return tuple(self._visits)

    def credentials_received(self, user: str) -> int:
        """How often a user name and password of that user came in, right or wrong."""
        with self._lock:
            return self._passwords[user.casefold()]
