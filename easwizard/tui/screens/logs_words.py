"""What the screen of logs says beside its tables: of one line in full, of the filter, of what was read. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content

from easwizard.case.log_counts import (
    CommandCount,
    DeviceCount,
    FileCoverage,
    HourCount,
    LogCounts,
    StatusCount,
    TargetCount,
    UserCount,
)
from easwizard.case.log_meanings import meaning_of
from easwizard.evidence.logs.rejections import WORDS
from easwizard.reports.log_coverage import KINDS
from easwizard.reports.log_tables import codes, span
from easwizard.reports.log_text import pick_words
from easwizard.reports.log_timeline import Line as TimeLine
from easwizard.reports.log_timeline import began_words
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.screens.logs_pages import Page, percent
from easwizard.tui.stages.diagnosis_words import hanging
from easwizard.workflow.log_rows import RowFilter

_MOST_ERRORS = 8
_CAPPED = {Page.USERS: "users", Page.DEVICES: "devices", Page.TARGETS: "targets", Page.HOURS: "hours",
           Page.CODES: "statuses"}  # fmt: skip


def summary(counts: LogCounts) -> str:
    """E.g. `3 files, 12,345 rows used, 03-01 21:50 to 03-02 09:00 UTC`."""
    files = len(counts.coverage)
    told = f"{files:,} file{'' if files == 1 else 's'}, {counts.used:,} rows used"
    firsts = [file.first_utc for file in counts.coverage if file.first_utc is not None]
    lasts = [file.last_utc for file in counts.coverage if file.last_utc is not None]
    if firsts and lasts:
        told += f", {min(firsts):%m-%d %H:%M} to {max(lasts):%m-%d %H:%M} UTC"
    return told


def caution(page: Page, counts: LogCounts) -> str:
    """What must be known to read the numbers of a page, the gravest first; empty where it is nothing."""
    said = []
    if counts.partial:
        said.append("Ended half-way: everything counts only what was read until then.")
    for capped in counts.capped:
        if capped.what == _CAPPED.get(page):
            said.append(
                f"More different {capped.what} than are kept: {capped.kept:,} kept, {capped.dropped_requests:,} "
                "requests of others are in the totals only."
            )
    totals = {Page.USERS: (counts.users, counts.user_total), Page.DEVICES: (counts.devices, counts.device_total)}
    if page in totals and totals[page][1] > len(totals[page][0]):
        listed, total = totals[page]
        said.append(f"The {len(listed):,} most hurt of {total:,}.")
    if counts.several_vantages and page is Page.TARGETS:
        said.append("Logs of several hops: one request may stand in each.")
    return " ".join(said)


def filter_words(wanted: RowFilter) -> str:
    """E.g. `target legacycert.contoso.test, hour 2026-03-01T22`."""
    parts: Mapping[str, str] = {"user": wanted.user, "device": wanted.device, "target": wanted.target,
                                "hour": wanted.hour, "command": wanted.command, "file": wanted.file}  # fmt: skip
    words = [f"{name} {value}" for name, value in parts.items() if value]
    if wanted.code is not None:
        words.append(f"code {codes(wanted.code)}")
    if wanted.text:
        words.append(f"“{wanted.text}”")
    return ", ".join(words) + (", failed only" if wanted.only_failed and words else "")


# One line in full


def detail(about: object, counts: LogCounts, line: TimeLine | None, width: int) -> list[Content]:
    """What is known of the line that is marked; `line` is its timeline."""
    match about:
        case TargetCount():
            return [*_target(about, counts, line, width)]
        case HourCount():
            return [*_hour(about, line, width)]
        case StatusCount():
            return [*_code(about, counts, width)]
        case UserCount():
            return [*_user(about, width)]
        case DeviceCount():
            return [*_device(about, width)]
        case CommandCount():
            return [*_latency(counts, width)]
        case FileCoverage():
            return file_lines(about, width)
        case _:
            return []


def _target(target: TargetCount, counts: LogCounts, line: TimeLine | None, width: int) -> Iterator[Content]:
    began = began_words(line) if line is not None else ""
    if began:
        yield hanging("When  ", f"{began}.", width)
    users = target.users
    if users.total:
        by_user = f"; {span(target.interval_by_user)} % if each is one draw" if target.interval_by_user else ""
        split = f"{users.all_good} only good, {users.mixed} both, {users.all_bad} only bad"
        yield hanging("Users ", f"{split}{by_user}.", width)
    for said in pick_words(counts):
        if said.startswith(f"By {target.named_by.value}:"):
            yield hanging("Pick  ", said, width)
    also = {"password": target.credentials, "handshakes": target.handshakes, "policy first": target.provision,
            "redirected": target.redirected, "error within success": target.errors_within_success}  # fmt: skip
    told = [f"{count:,} {name}" for name, count in also.items() if count]
    if told:
        yield hanging("Also  ", ", ".join(told), width)
    for latency in counts.latency:
        if (latency.target, latency.named_by) == (target.host, target.named_by):
            yield hanging("Took  ", f"half {latency.p50:,} ms, 95 % {latency.p95:,}, 99 % {latency.p99:,}", width)


def _hour(hour: HourCount, line: TimeLine | None, width: int) -> Iterator[Content]:
    began = began_words(line) if line is not None else ""
    if began:
        yield hanging("When  ", f"{began}.", width)
    if hour.handshakes:
        yield hanging("Also  ", f"{hour.handshakes:,} handshakes: no requests, no failures", width)


def _code(code: StatusCount, counts: LogCounts, width: int) -> Iterator[Content]:
    meaning = meaning_of(code.status, code.substatus, code.win32) or "nothing is known about this combination"
    yield hanging("Means  ", f"{codes(code)}: {meaning}.", width)
    yield hanging("Target ", f"{code.target} (by {code.named_by.value})", width)
    errors = sorted(
        (e for e in counts.errors if e.target in ("", code.target)), key=lambda each: (-each.count, each.error)
    )
    for number, error in enumerate(errors[:_MOST_ERRORS]):
        label = "Errors " if number == 0 else "       "
        yield hanging(label, f"{error.error} (HTTP {error.status}): {error.count:,}", width)


def _user(user: UserCount, width: int) -> Iterator[Content]:
    for number, met in enumerate(user.targets):
        share = percent(met.failed, met.requests)
        text = f"{met.target} (by {met.named_by.value}): {met.failed:,} of {met.requests:,} failed, {share}"
        yield hanging("Met   " if number == 0 else "      ", text, width)


def _device(device: DeviceCount, width: int) -> Iterator[Content]:
    agent = f"{device.type or '-'}; {device.agent or 'no agent'}"
    if device.protocol_version:
        agent += f"; protocol {device.protocol_version}"
    yield hanging("Is      ", agent, width)
    seen = []
    if device.last_success is not None:
        seen.append(f"success {device.last_success:%Y-%m-%d %H:%M:%S}")
    if device.last_failure is not None:
        seen.append(f"failure {device.last_failure:%Y-%m-%d %H:%M:%S}")
    yield hanging("Last    ", f"{', '.join(seen)} UTC; recovered at once {device.recovered:,} times", width)
    if device.targets:
        yield hanging("Targets ", ", ".join(device.targets), width)
    signs = {"policy rounds": device.provision, "syncs without change": device.empty_syncs, "states begun anew":
             device.resets, "throttled": device.throttled, "short heartbeats": device.short_heartbeats}  # fmt: skip
    told = [f"{count:,} {name}" for name, count in signs.items() if count]
    if device.access_state:
        told.append(f"access {device.access_state}")
    if told:
        yield hanging("Signs   ", ", ".join(told), width)
    if device.busiest_day is not None:
        yield hanging("Busiest ", f"{device.busiest_hits:,} requests on {device.busiest_day}", width)


def _latency(counts: LogCounts, width: int) -> Iterator[Content]:
    yield plain("Milliseconds until the answer was whole, long polls left out", "bold")
    for each in counts.latency:
        text = f"half {each.p50:,}, 95 % {each.p95:,}, 99 % {each.p99:,}; {each.long_polls:,} long polls"
        yield hanging("  ", f"{each.target} (by {each.named_by.value}): {text}", width)


def file_lines(file: FileCoverage, width: int) -> list[Content]:
    """What was read of a log, and what not, by reason."""
    kind = KINDS[file.kind] if file.kind is not None else "no log that is understood"
    lines = [hanging("It is     ", f"{kind}; {file.size:,} bytes", width)]
    if file.problem:
        lines.append(hanging("Problem   ", file.problem, width))
    if not file.complete:
        lines.append(hanging("Partial   ", "the numbers are of the part that was read", width))
    told = f"{file.rows:,} rows: {file.used:,} ActiveSync, {file.probe_rows:,} probes, {file.other:,} other"
    rejected = sum(file.rejected.values())
    lines.append(hanging("Read      ", f"{told}, {rejected:,} rejected", width))
    for number, (reason, count) in enumerate(sorted(file.rejected.items(), key=lambda item: -item[1])):
        label = "Rejected  " if number == 0 else "          "
        lines.append(hanging(label, f"{count:,}: {WORDS.get(reason, reason)}", width))
    if file.first_utc is not None and file.last_utc is not None:
        when = f"{file.first_utc:%Y-%m-%d %H:%M:%S} to {file.last_utc:%Y-%m-%d %H:%M:%S} UTC"
        lines.append(hanging("From      ", when, width))
    lines.append(hanging("Where     ", file.file, width))
    lines.append(hanging("SHA-256   ", file.sha256 or "not known", width))
    return lines


def tabs(page: Page, width: int) -> Content:
    """The pages with their keys; the one that is open is marked."""
    parts: list[Content | str] = []
    long = sum(len(p.value) + 4 for p in Page) <= width
    for number, each in enumerate(Page, start=1):
        name = each.value if long or each is page else each.value[:4]
        text = f" {number} {name} "
        parts.append(plain(text, "bold reverse") if each is page else plain(text, "dim"))
    return joined(*parts)
