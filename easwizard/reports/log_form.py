"""What the logs say as plain data: the lists of `logs --json` (DESIGN 6), which the report's JSON holds too.

Keys beyond the contract's are additions; none is renamed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from easwizard.case.log_counts import DeviceCount, FileCoverage, HourCount, LogCounts, StatusCount, TargetCount
from easwizard.case.log_meanings import meaning_of
from easwizard.reports.plain_data import plain, utc

Json = dict[str, Any]


def log_form(counts: LogCounts) -> Json:
    """Everything but the findings."""
    return {
        "coverage": [_coverage(file) for file in counts.coverage],
        "targets": [_target(target) for target in counts.targets],
        "statuses": [_status(each) for each in counts.statuses],
        "timeline": [_hour(each) for each in counts.timeline],
        "users": [plain(user) for user in counts.users],
        "devices": [_device(device) for device in counts.devices],
        "commands": [plain(each) for each in counts.commands],
        "latency_ms": [plain(each) for each in counts.latency],
        "user_total": counts.user_total,
        "device_total": counts.device_total,
        "errors": [plain(each) for each in counts.errors],
        "http_errors": [plain(each) for each in counts.http_errors],
        "redirects": [plain(each) for each in counts.redirects],
        "access_states": [plain(each) for each in counts.access_states],
        "protocol_versions": [plain(each) for each in counts.protocol_versions],
        "agents": [plain(each) for each in counts.agents],
        "talkers": [_device(device) for device in counts.talkers],
        "picks": [{**plain(sign), "pick": sign.pick} for sign in counts.picks],
        "capped": [plain(each) for each in counts.capped],
        "partial": counts.partial,
    }


def _coverage(file: FileCoverage) -> Json:
    return {
        "file": file.file,
        "kind": file.kind.value if file.kind is not None else None,
        "rows": file.rows,
        "used": file.used,
        "probe_rows": file.probe_rows,
        "rejected": dict(file.rejected),
        "first_utc": _moment(file.first_utc),
        "last_utc": _moment(file.last_utc),
        "layouts": file.layouts,
        "size": file.size,
        "complete": file.complete,
        "problem": file.problem,
    }


def _target(target: TargetCount) -> Json:
    return {
        "host": target.host,
        "named_by": target.named_by.value,
        "requests": target.requests,
        "failed": target.failed,
        "share_failed": target.share_failed,
        "interval": _pair(target.interval),
        "users": plain(target.users),
        "interval_by_user": _pair(target.interval_by_user),
        "credentials": target.credentials,
        "handshakes": target.handshakes,
        "provision": target.provision,
        "redirected": target.redirected,
        "errors_within_success": target.errors_within_success,
        "version": target.version,
    }


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return list(interval) if interval is not None else None


def _status(each: StatusCount) -> Json:
    meaning = meaning_of(each.status, each.substatus, each.win32)
    return {**plain(each), "meaning": meaning}


def _hour(each: HourCount) -> Json:
    return {**plain(each), "hour_utc": utc(each.hour_utc)}


def _device(device: DeviceCount) -> Json:
    return {
        **plain(device),
        "last_success": _moment(device.last_success),
        "last_failure": _moment(device.last_failure),
        "busiest_day": device.busiest_day.isoformat() if device.busiest_day is not None else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return utc(moment) if moment is not None else None
