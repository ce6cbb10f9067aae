"""What ActiveSync itself wrote of requests that failed on the way to old servers: the look-alikes of logs.md 4.

The names of these errors are only believed (logs.md 4), so they never confirm by themselves. An error that a front
end met on its way to a newer server is not of this leg and does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.log_counts import NamedBy
from easwizard.case.untrusted import visible
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_legs import LogLeg, log_legs
from easwizard.diagnosis.log_places import version_of
from easwizard.exchange.certainty import Basis

_RARE, _SELDOM = 0.01, 0.05
"""Shares of requests under which an error is a stray one: servers restart, and connections break."""
FEWEST = 3
"""Of one error, to speak of it: one alone may be anything."""


@dataclass(frozen=True)
class LoggedError:
    """One error with a place where it came from."""

    error: str
    host: str
    status: int
    count: int
    requests: int
    served: int
    """Requests that this place answered well; where there are many, the error is none of the whole leg."""

    @property
    def words(self) -> str:
        return f"{self.count} of {self.requests} requests to {self.host} failed with {self.status} {self.error}"

    @property
    def share(self) -> float:
        return self.count / self.requests if self.requests else 1.0

    @property
    def is_all(self) -> bool:
        """Whether next to nothing was served there."""
        return self.served * 10 <= self.count


def leg_errors(case: Case, *names: str) -> tuple[LoggedError, ...]:
    """Errors of these names at old servers, the most frequent first. Names in lower case, letters and digits only."""
    legs = {leg.host: leg for leg in log_legs(case)}
    counts = judged_logs(case)
    if counts is None:
        return ()
    newer = {t.host for t in counts.targets if t.named_by is NamedBy.TARGET_SERVER and (version_of(t) or 0) >= 15}
    found = (e for e in counts.errors if e.target in legs and e.target not in newer and _is_named(e.error, names))
    return _summed((e.error, legs[e.target], e.status, e.count) for e in found)


def _summed(found: Iterator[tuple[str, LogLeg, int, int]]) -> tuple[LoggedError, ...]:
    made = [
        LoggedError(visible(error, 60), leg.host, status, times, leg.requests, leg.served)
        for error, leg, status, times in found
        if times >= FEWEST
    ]
    return tuple(sorted(made, key=lambda each: (-each.count, each.host, each.error)))


def any_errors(case: Case, *names: str) -> int:
    """How often errors of these names stand in the logs, wherever: of requests for which no server was found."""
    counts = judged_logs(case)
    if counts is None:
        return 0
    return sum(each.count for each in counts.errors if _is_named(each.error, names))


def _is_named(error: str, names: tuple[str, ...]) -> bool:
    return re.sub(r"[^a-z0-9]", "", error.casefold()).startswith(names)


def leg_error_clues(
    case: Case, names: tuple[str, ...], meaning: str, source: str, *, now_and_then: bool = False, weak: bool = False
) -> Iterator[Clue]:
    """A clue by each place with such an error; one that proves, as believed, where next to nothing is served there.

    `now_and_then`: a fault that shows at random proves in any share; `weak`: it only ever supports. What befalls few
    requests is none of a leg.
    """
    for found in leg_errors(case, *names):
        if found.share < (_RARE if now_and_then else _SELDOM):
            continue
        # What the proxying server met itself is not undone by what is seen from elsewhere (J7): it proves.
        effect = Effect.PROVES if not weak and (found.is_all or now_and_then) else Effect.SUPPORTS
        text = f"{found.words}: {meaning}"
        yield Clue(effect, text, source, Group.LOG, Basis.BELIEVED, (found.host,))


TOO_MANY_LOGINS = ("toomanyproxyloginattempts",)
NO_NTLM = ("ntlm",)
NAME_NOT_ON_CERTIFICATE = ("sslcertificationfailed", "trustfailure")
NO_SECURE_CHANNEL = ("securechannelfailure",)
NO_SERVER = ("userhasnocas", "badschemenossl")
NO_CONNECTION = ("connectfailure",)
NO_NAME = ("nameresolutionfailure",)
NO_KERBEROS = ("nokerberoscredentials",)


def mixed_legs(case: Case) -> tuple[LogLeg, ...]:
    """Old hosts that refuse the same users now and then: one name, so it is no matter of several (J15)."""
    return tuple(leg for leg in log_legs(case) if leg.is_mixed)


def mixed_clues(case: Case, source: str, *statuses: int) -> Iterator[Clue]:
    """Such a host as support for a fault behind one name; which fault, only its own evidence tells (J15)."""
    for leg in mixed_legs(case):
        if leg.status in statuses:
            text = (
                f"{leg.host} refused {leg.refused} of {leg.requests} requests ({leg.status}), served {leg.served}, "
                f"{leg.users.mixed} users met both"
            )
            yield Clue(Effect.SUPPORTS, text, source, Group.LOG, Basis.INFERRED, (leg.host,))
