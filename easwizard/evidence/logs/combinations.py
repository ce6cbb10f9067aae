"""Turns counted combinations of numbers into what is known of users, devices, agents and commands.

There may be a hundred thousand combinations for a few million rows, so this is the other place where speed counts:
what depends on one number alone is looked up once for each number, not once for each combination.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from easwizard.case.log_counts import Outcome
from easwizard.evidence.logs.alike import WRITTEN_BITS
from easwizard.evidence.logs.tables import Sign, Tables
from easwizard.evidence.logs.tallies import DeviceTally, Requests, Tallies

FAILURES = (Outcome.FAILED, Outcome.CREDENTIALS)
WRITTEN = (1 << WRITTEN_BITS) - 1
"""Takes the number of what a server wrote out of a combination."""

Devices = dict[int, DeviceTally | None]
"""The device of each group; None where a query names none."""


def write_combinations(
    part: Tallies, tables: Tables, days: Mapping[bytes, Mapping[int, int]], latest: Mapping[int, bytes]
) -> None:
    """Add combinations of group and writing, by day, to tallies. `latest` tells when each was last met."""
    met = {combination >> WRITTEN_BITS for counted in days.values() for combination in counted}
    devices = _devices(part, tables, met)
    groups, written = tables.groups.values, tables.written.values
    outcomes = [result.outcome for result in tables.results.values]
    by_target: Counter[tuple[int, int]] = Counter()
    by_sign: Counter[tuple[int, int, int]] = Counter()
    for day, counted in days.items():
        for combination, times in counted.items():
            number = combination >> WRITTEN_BITS
            _, _, _, _, name, target, result, proxies = groups[number]
            w = combination & WRITTEN
            sign, named, _ = written[w]
            if proxies and named >= 0:
                target = named
            by_target[(number, target)] += times
            by_sign[(w, target, result)] += times
            device = devices[number]
            if device is not None:
                device.days[day] = device.days.get(day, 0) + times
                _see(device, latest[combination], name, outcomes[result])
                _note(device, sign, latest[combination], times)
    _write_groups(part, tables, devices, by_target)
    _write_signs(part, tables, by_sign)


def _devices(part: Tallies, tables: Tables, met: set[int]) -> Devices:
    found: Devices = {}
    for number in met:
        group, device = tables.groups.values[number], None
        if group.device:
            key = (group.user, group.device)
            device = part.devices.get(key)
            if device is None:
                device = part.devices[key] = DeviceTally()
            device.type = max(device.type, group.type)
        found[number] = device
    return found


def _see(device: DeviceTally, seen: bytes, agent: str, outcome: Outcome) -> None:
    if seen >= device.agent[0]:
        device.agent = max(device.agent, (seen, agent))
    if outcome in FAILURES:
        device.last_failure = max(seen, device.last_failure)
    elif outcome is not Outcome.HANDSHAKE:
        device.last_success = max(seen, device.last_success)


def _note(device: DeviceTally, sign: Sign, seen: bytes, times: int) -> None:
    """What the ActiveSync code itself wrote, of one device."""
    _, state, version, _, _, short, throttled, reset, empty = sign
    if state and seen >= device.state[0]:
        device.state = max(device.state, (seen, state))
    if version and seen >= device.version[0]:
        device.version = max(device.version, (seen, version))
    if short or throttled or reset or empty:
        device.short_heartbeats += times * short
        device.throttled += times * throttled
        device.resets += times * reset
        device.empty_syncs += times * empty


def _write_groups(part: Tallies, tables: Tables, devices: Devices, counted: Mapping[tuple[int, int], int]) -> None:
    groups, targets, results = tables.groups.values, tables.targets.values, tables.results.values
    for (number, t), times in counted.items():
        group, target = groups[number], targets[t]
        outcome = results[group.result].outcome
        if group.user:
            part.users.setdefault(group.user, {}).setdefault(target.place, Requests()).count(outcome, times)
        part.agents.setdefault(group.agent, Requests()).count(outcome, times)
        device = devices[number]
        if device is not None:
            device.asked.count(outcome, times)
            device.provision += times * (group.provisions + (outcome is Outcome.PROVISION))
            if outcome is not Outcome.HANDSHAKE:
                device.targets.add(target.host)


def _write_signs(part: Tallies, tables: Tables, counted: Mapping[tuple[int, int, int], int]) -> None:
    for (w, t, r), times in counted.items():
        sign, place, result = tables.written.values[w].sign, tables.targets.values[t].place, tables.results.values[r]
        if result.outcome is Outcome.HANDSHAKE:
            continue
        if sign.error:
            part.errors[(sign.error, result.status, place)] += times
            part.errors_within_success[place] += times * (result.outcome not in FAILURES)
        told = ((part.states, sign.state), (part.versions, sign.version), (part.redirects, sign.redirect))
        for counter, value in told:
            if value:
                counter[value] += times
