"""Addresses of front ends at which nobody signs in: every request ends with 401 2 before anybody did (logs.md 4).

A 401 without credentials is how every sign-in begins and no failure; that nothing else ever follows is one. Which
switch is off (2.3), or whether Basic is (3.1), the log does not say, nor which name led there: an address belongs to
a name only where somebody looked it up. A balancer's probe, alone at a server that phones do not use, looks the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from easwizard.case.case import Case
from easwizard.case.log_counts import HourCount, LogCounts, LogKind, NamedBy, TargetCount
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs
from easwizard.diagnosis.log_legs import legs_of
from easwizard.diagnosis.log_memory import remembered
from easwizard.diagnosis.log_places import is_address, kinds_read
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role

_FEWEST = 50
"""Requests turned away with no sign-in among them: where people do sign in, one in two or three does."""
_OTHERWISE = 0.1
"""Failures of another kind, in proportion, beside which these are not the matter."""
_ASKS = 2
"""Sub-status of a 401 that asks for a way to sign in."""


@dataclass(frozen=True)
class ClosedDoor:
    """One address that lets nobody in."""

    address: str
    """As in the log, with its web site where that names it."""
    turned_away: int
    since: datetime | None
    """The first hour after the last sign-in; None where the log shows no sign-in at all."""

    @property
    def bare(self) -> str:
        """The address alone."""
        return self.address.partition("/")[0]

    @property
    def words(self) -> str:
        began = f"since {self.since:%Y-%m-%d %H:00} UTC " if self.since is not None else ""
        return (
            f"{self.address} {began}turned away {self.turned_away} requests before anybody had signed in (401 2) "
            "and let nobody in (log)"
        )


def closed_doors(case: Case) -> tuple[ClosedDoor, ...]:
    """Every such address of a front end, the one that turned away most first."""
    counts = judged_logs(case)
    return _closed_doors(counts) if counts is not None else ()


@remembered
def _closed_doors(counts: LogCounts) -> tuple[ClosedDoor, ...]:
    kinds = kinds_read(counts)
    if LogKind.FRONT_END not in kinds:
        return ()
    unserved = sum(leg.requests - leg.served for leg in legs_of(counts) if leg.named_by is not NamedBy.ADDRESS)
    found = [door for target in counts.targets if (door := _door(counts, target)) is not None]
    if LogKind.LEGACY in kinds:
        # An old server that takes no leg turns proxying servers away just so: they may be its rows.
        found = [door for door in found if unserved < door.turned_away / 2]
    return tuple(sorted(found, key=lambda door: (-door.turned_away, door.address)))


def _door(counts: LogCounts, target: TargetCount) -> ClosedDoor | None:
    if target.named_by is not NamedBy.ADDRESS or not is_address(target.host) or not target.handshakes:
        return None
    hours = [h for h in counts.timeline if (h.target, h.named_by) == (target.host, target.named_by)]
    let_in = [hour.hour_utc for hour in hours if hour.requests > hour.failed]
    after = [hour for hour in hours if not let_in or hour.hour_utc > max(let_in)]
    turned_away = sum(hour.handshakes for hour in after)
    if turned_away < _FEWEST or not _is_the_matter(counts, target, after):
        return None
    return ClosedDoor(target.host, turned_away, after[0].hour_utc if let_in else None)


def _is_the_matter(counts: LogCounts, target: TargetCount, after: Sequence[HourCount]) -> bool:
    """Whether requests ended so and not in another way, by 401 2 for the most part."""
    turned_away = sum(hour.handshakes for hour in after)
    asked = sum(
        each.count
        for each in counts.statuses
        if (each.target, each.named_by) == (target.host, target.named_by)
        and (each.status, each.substatus) == (401, _ASKS)
    )
    failed = sum(hour.failed for hour in after)
    return asked * 2 >= target.handshakes and failed <= turned_away * _OTHERWISE


def certificate_door_clues(case: Case) -> Iterator[Clue]:
    """For `cba/not-working`: strong where an address is known to be a certificate name's."""
    names = case.with_role(Role.CERT)
    if not names and any(target.role.faces_devices for target in case.targets):
        return
    for door in closed_doors(case):
        if _name_of(case, door, case.with_role(Role.GENERIC)) is None:
            yield _clue(door, _name_of(case, door, names), "2.3, 3.1, logs.md 4")


def password_door_clues(case: Case) -> Iterator[Clue]:
    """For `eas/basic-off`: strong where an address is known to be that of a name for passwords.

    Where there is a certificate name as well and other addresses let people in, the closed ones are rather its own.
    """
    names = case.with_role(Role.GENERIC)
    if not names and any(target.role.faces_devices for target in case.targets):
        return
    for door in closed_doors(case):
        name = _name_of(case, door, names)
        if name is not None or not (case.with_role(Role.CERT) and _somebody_signs_in(case)):
            yield _clue(door, name, "3.1, 8, logs.md 4")


def _somebody_signs_in(case: Case) -> bool:
    counts = judged_logs(case)
    return counts is not None and any(t.requests > t.failed for t in counts.targets)


def _name_of(case: Case, door: ClosedDoor, names: Sequence[Target]) -> Target | None:
    return next((target for target in names if door.bare in case.addresses(target.host)), None)


def _clue(door: ClosedDoor, name: Target | None, source: str) -> Clue:
    text = f"{door.words}; {name.host} leads there" if name is not None else door.words
    subject = (name.host,) if name is not None else ()
    return Clue(Effect.SUPPORTS, text, source, Group.LOG, Basis.INFERRED, subject, strong=name is not None)
