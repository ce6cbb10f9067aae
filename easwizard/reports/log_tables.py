"""What logs say, as tables: targets, codes, errors, who is hurt most, commands, latency (logs.md 5), for all forms.

The words of the coverage come first (`log_coverage`); the hour by hour picture is `log_timeline`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from easwizard.case.log_counts import DeviceCount, LogCounts, Outcome, StatusCount, TargetCount
from easwizard.case.log_meanings import meaning_of
from easwizard.reports.log_coverage import coverage_table
from easwizard.reports.log_table import LogTable, sums_note

MOST = 12
"""Rows that a table shows; the JSON form has all that the case keeps."""
_TARGETS = ("target", "named by", "requests", "failed", "share (95 %)")
_BY_USER = ("target", "users all good", "mixed", "all bad", "share by user (95 %)")
_DEVICES = ("device", "user", "requests", "failed", "last good", "last bad", "recovered")


def log_tables(counts: LogCounts) -> tuple[LogTable, ...]:
    """Every table that has rows, in reading order."""
    found = (coverage_table(counts), *_told(counts))
    return tuple(table for table in found if table.rows)


def _told(counts: LogCounts) -> Iterator[LogTable]:
    yield targets_table(counts)
    yield _users_by_target(counts)
    yield statuses_table(counts)
    yield _errors(counts)
    yield _users(counts)
    yield _devices(counts)
    yield _busiest(counts)
    yield _commands(counts)
    yield _latency(counts)
    yield _refused_before_iis(counts)


def targets_table(counts: LogCounts) -> LogTable:
    """Each target with its share of failures: by request, and where each user is one draw."""
    rows = tuple(_target(target) for target in counts.targets[:MOST])
    return LogTable("Targets", _TARGETS, rows, sums_note(rows, len(counts.targets), "targets"))


def _target(target: TargetCount) -> tuple[str, ...]:
    share = f"{target.share_failed * 100:.1f} %" if target.share_failed is not None else "-"
    return (
        target.host,
        target.named_by.value,
        str(target.requests),
        str(target.failed),
        f"{share} ({span(target.interval)})",
    )


def _users_by_target(counts: LogCounts) -> LogTable:
    """How users fared: requests of one user are not independent of each other (J9). Passwords are left out."""
    met = [target for target in counts.targets if target.users.total]
    rows = tuple(
        (t.host, str(t.users.all_good), str(t.users.mixed), str(t.users.all_bad), span(t.interval_by_user))
        for t in met[:MOST]
    )
    return LogTable("Users by target", _BY_USER, rows)


def span(interval: tuple[float, float] | None) -> str:
    """An interval of a share in percent, e.g. `47-52`."""
    return f"{interval[0] * 100:.0f}-{interval[1] * 100:.0f}" if interval is not None else "-"


def statuses_table(counts: LogCounts) -> LogTable:
    """The codes that are no plain success, with their meaning; the most frequent first."""
    told = [each for each in counts.statuses if each.outcome is not Outcome.OK]
    told.sort(key=lambda each: (each.outcome is Outcome.HANDSHAKE, -each.count, each.target))
    rows = tuple(
        (
            each.target,
            codes(each),
            str(each.count),
            meaning_of(each.status, each.substatus, each.win32) or each.outcome,
        )
        for each in told[:MOST]
    )
    return LogTable("Codes other than success", ("target", "code", "count", "meaning"), rows,
                    sums_note(rows, len(told), "combinations"))  # fmt: skip


def codes(each: StatusCount) -> str:
    """Status, sub-status and Win32 status as IIS writes them; of HttpProxy the status and what the target said."""
    if each.substatus is not None:
        return f"{each.status} {each.substatus} {each.win32 if each.win32 is not None else '-'}"
    told = f" (target {each.back_end})" if each.back_end is not None else ""
    return f"{each.status}{told}{f' {each.error_code}' if each.error_code else ''}"


def _errors(counts: LogCounts) -> LogTable:
    told = sorted(counts.errors, key=lambda each: (-each.count, each.error))
    rows = tuple((e.error, str(e.status), e.target, str(e.count)) for e in told[:MOST])
    return LogTable("Errors by name", ("error", "status", "target", "count"), rows,
                    sums_note(rows, len(told), "errors"))  # fmt: skip


def _users(counts: LogCounts) -> LogTable:
    hurt = [user for user in counts.users if user.failed]
    rows = tuple((u.user, str(u.requests), str(u.failed), str(u.credentials)) for u in hurt[:MOST])
    note = sums_note(rows, counts.user_total, "users; those with the most failures")
    return LogTable("Users most hurt", ("user", "requests", "failed", "of them password"), rows, note)


def _devices(counts: LogCounts) -> LogTable:
    hurt = [device for device in counts.devices if device.failed]
    rows = tuple(_device(device) for device in hurt[:MOST])
    note = sums_note(rows, counts.device_total, "devices; those with the most failures")
    return LogTable("Devices most hurt", _DEVICES, rows, note)


def _device(device: DeviceCount) -> tuple[str, ...]:
    return (
        device.device_id,
        device.user,
        str(device.requests),
        str(device.failed),
        _when(device.last_success),
        _when(device.last_failure),
        str(device.recovered),
    )


def _when(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment is not None else "-"


_HEAVY = 1_000
"""Requests of one device on one day from which it is worth a look (as in Microsoft's ActiveSyncReport)."""


def _busiest(counts: LogCounts) -> LogTable:
    heavy = [d for d in counts.talkers if d.busiest_hits >= _HEAVY]
    rows = tuple(
        (d.device_id, d.user, str(d.busiest_day or "-"), str(d.busiest_hits), str(d.empty_syncs), str(d.resets),
         str(d.throttled))
        for d in heavy[:MOST]
    )  # fmt: skip
    heads = ("device", "user", "day", "requests", "empty syncs", "resets", "throttled")
    return LogTable(f"Devices with {_HEAVY} requests or more on a day", heads, rows)


def _commands(counts: LogCounts) -> LogTable:
    rows = tuple((c.command, str(c.requests), str(c.failed)) for c in counts.commands[:MOST])
    return LogTable(
        "Commands", ("command", "requests", "failed"), rows, sums_note(rows, len(counts.commands), "kinds")
    )


def _latency(counts: LogCounts) -> LogTable:
    rows = tuple(
        (each.target, str(each.requests), str(each.p50), str(each.p95), str(each.p99), str(each.long_polls))
        for each in counts.latency[:MOST]
    )
    heads = ("target", "requests", "p50", "p95", "p99", "long polls left out")
    return LogTable("Milliseconds until the answer was whole", heads, rows)


def _refused_before_iis(counts: LogCounts) -> LogTable:
    rows = tuple(
        (e.reason, str(e.status or "-"), str(e.count), "yes" if e.activesync else "not told")
        for e in counts.http_errors[:MOST]
    )
    return LogTable("Refused by HTTP.sys before IIS", ("reason", "status", "count", "ActiveSync"), rows)
