"""Turns counted combinations of numbers into what is known of users, devices, agents and commands.

There may be a hundred thousand combinations for a few million rows, so this is the other place where speed counts:
what depends on one number alone is looked up once for each number, not once for each combination.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from easwizard.case.log_counts import Outcome
from easwizard.evidence.logs.tables import Sign, Tables
from easwizard.evidence.logs.tallies import DeviceTally, Requests, Tallies

Combination = tuple[int, int, int, int, int, bytes]
"""Ident, agent, target, result, sign, day."""
FAILURES = (Outcome.FAILED, Outcome.CREDENTIALS)

Devices = list[DeviceTally | None]
"""The device of each ident; None where a query names none."""


def write_combinations(
    part: Tallies, tables: Tables, counted: Mapping[Combination, int], latest: Mapping[Combination, bytes]
) -> None:
    """Add combinations to tallies. `latest` tells when each was last met."""
    devices = _devices(part, tables)
    names = [agent.name for agent in tables.agents.values]
    outcomes = [result.outcome for result in tables.results.values]
    by_ident: Counter[tuple[int, int, int]] = Counter()
    by_agent: Counter[tuple[int, int]] = Counter()
    by_sign: Counter[tuple[int, int, int]] = Counter()
    for combination, times in counted.items():
        i, a, t, r, s, day = combination
        by_ident[(i, t, r)] += times
        by_agent[(a, r)] += times
        by_sign[(s, t, r)] += times
        device = devices[i]
        if device is None:
            continue
        device.days[day] = device.days.get(day, 0) + times
        seen = latest[combination]
        if seen >= device.agent[0]:
            device.agent = max(device.agent, (seen, names[a]))
        outcome = outcomes[r]
        if outcome in FAILURES:
            device.last_failure = max(seen, device.last_failure)
        elif outcome is not Outcome.HANDSHAKE:
            device.last_success = max(seen, device.last_success)
        _note(device, tables.signs.values[s], seen, times)
    _write_idents(part, tables, devices, by_ident)
    for (a, r), times in by_agent.items():
        part.agents.setdefault(names[a], Requests()).count(outcomes[r], times)
    _write_signs(part, tables, by_sign)


def _devices(part: Tallies, tables: Tables) -> Devices:
    found: Devices = []
    for ident in tables.idents.values:
        device = None
        if ident.device and not ident.probe:
            key = (ident.user, ident.device)
            device = part.devices.get(key)
            if device is None:
                device = part.devices[key] = DeviceTally()
            device.type = max(device.type, ident.type)
        found.append(device)
    return found


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


def _write_idents(
    part: Tallies, tables: Tables, devices: Devices, counted: Mapping[tuple[int, int, int], int]
) -> None:
    idents, targets, results = tables.idents.values, tables.targets.values, tables.results.values
    for (i, t, r), times in counted.items():
        ident, outcome = idents[i], results[r].outcome
        if ident.user:
            part.users.setdefault(ident.user, {}).setdefault(targets[t].place, Requests()).count(outcome, times)
        part.commands.setdefault(ident.command, Requests()).count(outcome, times)
        device = devices[i]
        if device is not None:
            device.asked.count(outcome, times)
            device.provision += times * ((ident.command == "Provision") + (outcome is Outcome.PROVISION))
            if outcome is not Outcome.HANDSHAKE:
                device.targets.add(targets[t].host)


def _write_signs(part: Tallies, tables: Tables, counted: Mapping[tuple[int, int, int], int]) -> None:
    for (s, t, r), times in counted.items():
        sign, place, result = tables.signs.values[s], tables.targets.values[t].place, tables.results.values[r]
        if result.outcome is Outcome.HANDSHAKE:
            continue
        if sign.error:
            part.errors[(sign.error, result.status, place)] += times
            part.errors_within_success[place] += times * (result.outcome not in FAILURES)
        told = ((part.states, sign.state), (part.versions, sign.version), (part.redirects, sign.redirect))
        for counter, value in told:
            if value:
                counter[value] += times
