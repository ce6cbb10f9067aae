"""What logs say of requests that ActiveSync held back (logs.md 2 and 4, exchange.md 1.6, 1.7).

`Throttle` is what the server itself wrote of a device; 503 alone may be a stopped pool or a store that is away.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.log_counts import LogCounts
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs

_FEWEST = 20
_SHARE = 0.01
"""Of all requests: less is a device or two that ask too much, and stands in the table of devices."""


def throttling_clues(case: Case) -> Iterator[Clue]:
    """For `eas/throttled`: strong where the server wrote it of devices and answered 503 as well."""
    counts = judged_logs(case)
    if counts is None:
        return
    requests = sum(target.requests for target in counts.targets)
    busy = sum(each.count for each in counts.statuses if each.status == 503)
    held, devices = _throttled(counts)
    if busy >= _FEWEST and held >= _FEWEST and busy + held >= requests * _SHARE:
        text = f"the logs show {held} requests of {devices} devices held back (Throttle), and {busy} answers 503"
        yield Clue(Effect.SUPPORTS, text, "1.6, 1.7, logs.md 4", Group.LOG, strong=True)
    elif busy >= _FEWEST and busy >= requests * _SHARE:
        text = f"the logs show {busy} answers 503 in {requests} requests, and no word of throttling beside them"
        yield Clue(Effect.SUPPORTS, text, "1.6, logs.md 4", Group.LOG)
    elif held >= _FEWEST and held >= requests * _SHARE:
        text = f"the logs show {held} requests of {devices} devices held back (Throttle), none answered 503"
        yield Clue(Effect.SUPPORTS, text, "1.7, logs.md 4", Group.LOG)


def _throttled(counts: LogCounts) -> tuple[int, int]:
    """Requests held back and devices, of those that are listed."""
    by_device = {(d.user, d.device_id): d.throttled for d in (*counts.devices, *counts.talkers)}
    return sum(by_device.values()), sum(times > 0 for times in by_device.values())
