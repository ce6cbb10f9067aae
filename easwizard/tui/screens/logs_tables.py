"""The tables of the screen of logs: which lines a page has under a filter, and which rows stand behind each line.

Numbers are those of the counts. What is kept by user is narrowed by user; what is not, stays whole, and `limits`
(`logs_pages`) says so. Holds no widget.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from easwizard.case.log_counts import FileCoverage, HourCount, LogCounts, NamedBy, Outcome, StatusCount, TargetCount
from easwizard.case.log_meanings import meaning_of
from easwizard.reports.log_coverage import KINDS
from easwizard.reports.log_tables import codes, span
from easwizard.tui.screens.logs_pages import Page, Table, Told, fits, percent, state, tone
from easwizard.tui.screens.logs_people import devices_table, users_table
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.line_table import Column, Line
from easwizard.workflow.log_rows import RowFilter, has, like


def table(page: Page, counts: LogCounts, wanted: RowFilter, signs: Symbols, target: str = "") -> Table:
    """A page under a filter; `target` is whose hours are shown."""
    match page:
        case Page.TARGETS:
            return _targets(counts, wanted, signs)
        case Page.HOURS:
            return _hours(counts, wanted, signs, target)
        case Page.CODES:
            return _codes(counts, wanted)
        case Page.USERS:
            return users_table(counts, wanted, signs)
        case Page.DEVICES:
            return devices_table(counts, wanted, signs)
        case Page.COMMANDS:
            return _commands(counts, signs)
        case Page.FILES:
            return _files(counts, wanted, signs)


# Targets

_BY = {NamedBy.TARGET_SERVER: "proxy", NamedBy.PRX_TO: "PrxTo", NamedBy.ADDRESS: "own"}
"""What names it, in few columns: the HttpProxy log, `PrxTo`, or nothing but the log's own address."""
_TARGET_COLUMNS = (
    Column("", least=7),
    Column("target", least=20, most=60),
    Column("by", least=5),
    Column("requests", right=True, least=8),
    Column("failed", right=True, least=6),
    Column("share", right=True, least=7),
    Column("95 %", right=True, least=6),
    Column("users good/mixed/bad", right=True, least=9, rank=1),
)


def _targets(counts: LogCounts, wanted: RowFilter, signs: Symbols) -> Table:
    nothing = "No ActiveSync request reached a target in what was read."
    if wanted.user:
        return Table(_TARGET_COLUMNS, tuple(_targets_of_user(counts, wanted, signs)), "No such user met a target.")
    chosen = [t for t in counts.targets if fits(t.host, t.named_by, wanted) and has(wanted.text, t.host)]
    return Table(_TARGET_COLUMNS, tuple(_target(t, signs) for t in chosen), nothing)


def _target(target: TargetCount, signs: Symbols) -> Told:
    users = target.users
    cells = (
        state(target.failed, target.requests, signs, target.credentials),
        target.host,
        _BY[target.named_by],
        f"{target.requests:,}",
        f"{target.failed:,}",
        percent(target.failed, target.requests),
        span(target.interval),
        f"{users.all_good}/{users.mixed}/{users.all_bad}" if users.total else "-",
    )
    rows = RowFilter(target=target.host, named_by=target.named_by.value)
    return Told(Line(f"{target.named_by}:{target.host}", cells, tone(target.failed, target.requests)), target, rows)


def _targets_of_user(counts: LogCounts, wanted: RowFilter, signs: Symbols) -> Iterator[Told]:
    """What the wanted user, or each of several, met at each target."""
    by_place = {(t.host, t.named_by): t for t in counts.targets}
    for user in counts.users:
        if not like(wanted.user, user.user):
            continue
        for met in user.targets:
            whole = by_place.get((met.target, met.named_by))
            if not fits(met.target, met.named_by, wanted) or whole is None:
                continue
            own = replace(
                whole, requests=met.requests, failed=met.failed, credentials=met.credentials, interval_by_user=None
            )
            told = _target(own, signs)
            cells = (*told.line.cells[:7], "-")
            rows = replace(told.rows, user=user.user)
            yield Told(Line(f"{user.user}/{told.line.key}", cells, told.line.tone), whole, rows)


# Hours

_BAR = 20
_HOUR_COLUMNS = (
    Column("hour, UTC", least=16),
    Column("requests", right=True, least=8),
    Column("failed", right=True, least=6),
    Column("share", right=True, least=7),
    Column("of them password", right=True, least=8, rank=1),
    Column("failed of all", least=_BAR),
)


def _hours(counts: LogCounts, wanted: RowFilter, signs: Symbols, target: str) -> Table:
    named_by, _, host = target.partition(":")
    chosen = [
        hour
        for hour in counts.timeline
        if hour.target == host
        and hour.named_by.value == named_by
        and hour.requests
        and hour.hour_utc.isoformat().startswith(wanted.hour)
    ]
    return Table(_HOUR_COLUMNS, tuple(_hour(hour, signs) for hour in chosen), "No request in any hour.")


def _hour(hour: HourCount, signs: Symbols) -> Told:
    filled = min(_BAR, max(1, round(hour.failed / hour.requests * _BAR))) if hour.failed else 0
    when = hour.hour_utc.isoformat()[:13]
    cells = (
        f"{when[:10]} {when[11:]}:00",
        f"{hour.requests:,}",
        f"{hour.failed:,}",
        percent(hour.failed, hour.requests),
        f"{hour.credentials:,}" if hour.credentials else "",
        signs.full * filled + signs.empty * (_BAR - filled),
    )
    rows = RowFilter(target=hour.target, named_by=hour.named_by.value, hour=when)
    return Told(Line(when, cells, tone(hour.failed, hour.requests)), hour, rows)


# Codes

_CODE_COLUMNS = (
    Column("target", least=16, most=40),
    Column("code", least=9, most=24),
    Column("count", right=True, least=6),
    Column("outcome", least=8),
    Column("meaning", least=20, most=90),
)


def _codes(counts: LogCounts, wanted: RowFilter) -> Table:
    chosen = [c for c in counts.statuses if fits(c.target, c.named_by, wanted) and has(wanted.text, c.target)]
    chosen.sort(key=lambda each: (not _is_bad(each.outcome), each.outcome is Outcome.HANDSHAKE, -each.count))
    return Table(_CODE_COLUMNS, tuple(_code(code) for code in chosen), "No code fits.")


def _code(code: StatusCount) -> Told:
    meaning = meaning_of(code.status, code.substatus, code.win32)
    cells = (code.target, short_codes(code), f"{code.count:,}", code.outcome.value, meaning)
    style = "bad" if _is_bad(code.outcome) else "dim" if code.outcome is Outcome.HANDSHAKE else ""
    rows = RowFilter(target=code.target, named_by=code.named_by.value, code=code)
    return Told(Line(f"{code.named_by}:{code.target}:{codes(code)}:{code.outcome}", cells, style), code, rows)


def short_codes(code: StatusCount) -> str:
    """As IIS writes them; of HttpProxy the status and, in brackets, what the target said."""
    if code.substatus is not None:
        return codes(code)
    told = f" ({code.back_end})" if code.back_end is not None else ""
    return f"{code.status}{told}{f' {code.error_code}' if code.error_code else ''}"


def _is_bad(outcome: Outcome) -> bool:
    return outcome in (Outcome.FAILED, Outcome.CREDENTIALS)


# Commands and files

_COMMAND_COLUMNS = (
    Column("", least=7),
    Column("command", least=12, most=30),
    Column("requests", right=True, least=8),
    Column("failed", right=True, least=6),
    Column("share", right=True, least=7),
)


def _commands(counts: LogCounts, signs: Symbols) -> Table:
    told = [
        Told(
            Line(
                c.command,
                (state(c.failed, c.requests, signs), c.command, f"{c.requests:,}", f"{c.failed:,}",
                 percent(c.failed, c.requests)),
                tone(c.failed, c.requests),
            ),
            c,
            RowFilter(command=c.command),
        )
        for c in counts.commands
    ]  # fmt: skip
    return Table(_COMMAND_COLUMNS, tuple(told), "No command.")


_FILE_COLUMNS = (
    Column("", least=9),
    Column("file", least=20, most=70),
    Column("kind", least=8, rank=1),
    Column("rows", right=True, least=6),
    Column("ActiveSync", right=True, least=6),
    Column("probes", right=True, least=5, rank=2),
    Column("rejected", right=True, least=5),
)


def _files(counts: LogCounts, wanted: RowFilter, signs: Symbols) -> Table:
    chosen = [f for f in counts.coverage if not wanted.hour or wanted.may_hold(f)]
    return Table(_FILE_COLUMNS, tuple(_file(f, signs) for f in chosen), "No log was read.")


def _file(file: FileCoverage, signs: Symbols) -> Told:
    cells = (
        file_state(file, signs),
        short_name(file.file),
        KINDS[file.kind] if file.kind is not None else "-",
        f"{file.rows:,}",
        f"{file.used:,}",
        f"{file.probe_rows:,}",
        f"{sum(file.rejected.values()):,}",
    )
    bad = bool(file.problem) or not file.complete
    return Told(Line(file.file, cells, "bad" if bad else ""), file, RowFilter(file=file.file))


def file_state(file: FileCoverage, signs: Symbols) -> str:
    """A sign and a word for how the reading of a file went."""
    if file.problem:
        return f"{signs.bad} problem"
    return f"{signs.good} read" if file.complete else "! partial"


def short_name(file: str) -> str:
    """The end of a path: the folder, which tells the web site (W3SVC1), and the name."""
    parts = file.replace("\\", "/").split("/")
    return "/".join(parts[-2:])
