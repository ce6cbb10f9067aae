"""What is known of each account's credentials in this session: whether they ever worked, how often they were refused.

An account that was refused too often is never sent again: every try more brings it nearer to a lock-out (J10).
"""

from __future__ import annotations

from collections import Counter

from easwizard.exchange.replies import Sent


class Standing:
    """Successes and refusals by credentials, kept for as long as the prober lives."""

    def __init__(self) -> None:
        self._worked: set[tuple[Sent, str]] = set()
        self._refusals: Counter[tuple[Sent, str]] = Counter()
        self._stopped: set[tuple[Sent, str]] = set()

    def has_worked(self, sent: Sent, account: str) -> bool:
        return (sent, account) in self._worked

    def is_stopped(self, sent: Sent, account: str) -> bool:
        """Whether these credentials must not be sent any more."""
        return (sent, account) in self._stopped

    def succeeded(self, sent: Sent, account: str) -> None:
        self._worked.add((sent, account))
        self._refusals.pop((sent, account), None)

    def refused(self, sent: Sent, account: str, allowed: int) -> None:
        """One refusal more before any success. They add up over requests: a lock-out counts all of them."""
        self._refusals[sent, account] += 1
        if self._refusals[sent, account] >= allowed:
            self._stopped.add((sent, account))
