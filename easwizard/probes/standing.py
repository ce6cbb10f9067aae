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
        self._doubtful: set[tuple[Sent, str]] = set()

    def has_worked(self, sent: Sent, account: str) -> bool:
        return (sent, account) in self._worked

    def is_stopped(self, sent: Sent, account: str, allowed: int = 0) -> bool:
        """Whether these credentials must not be sent any more.

        Where that rests on a try that was cut short, it may go on if more refusals are `allowed` than there may
        have been.
        """
        key = sent, account
        return key in self._stopped or self._is_doubtful(sent, account, allowed)

    def why_stopped(self, sent: Sent, account: str) -> str:
        """Why these credentials are not sent, in words."""
        if (sent, account) in self._stopped:
            return f"the credentials of {account} were refused before; they were not sent again"
        return f"a sign-in of {account} was cut short and may have been refused; it was not sent again"

    def succeeded(self, sent: Sent, account: str) -> None:
        """These credentials worked, whichever request they went with: a 401 to them is a failed leg from now on."""
        self._worked.add((sent, account))
        self._refusals.pop((sent, account), None)
        self._doubtful.discard((sent, account))

    def refused(self, sent: Sent, account: str, allowed: int) -> None:
        """One refusal more before any success. They add up over requests: a lock-out counts all of them."""
        self._refusals[sent, account] += 1
        if self._refusals[sent, account] >= allowed:
            self._stopped.add((sent, account))

    def cut_short(self, sent: Sent, account: str) -> None:
        """Credentials left and nobody waited for the answer: perhaps a refusal, so it counts as one."""
        if not self.has_worked(sent, account):
            self._refusals[sent, account] += 1
            self._doubtful.add((sent, account))

    def _is_doubtful(self, sent: Sent, account: str, allowed: int) -> bool:
        return (sent, account) in self._doubtful and self._refusals[sent, account] >= allowed
