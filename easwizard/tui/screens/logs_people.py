"""The tables of users and devices on the screen of logs. Holds no widget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from easwizard.case.log_counts import LogCounts, UserCount
from easwizard.tui.screens.logs_pages import Table, Told, fits, percent, state, tone
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.line_table import Column, Line
from easwizard.workflow.log_rows import RowFilter, has, like

_USER_COLUMNS = (
    Column("", least=7),
    Column("user", least=16, most=50),
    Column("requests", right=True, least=8),
    Column("failed", right=True, least=6),
    Column("share", right=True, least=7),
    Column("of them password", right=True, least=8, rank=2),
    Column("targets met", right=True, rank=1),
)


def users_table(counts: LogCounts, wanted: RowFilter, signs: Symbols) -> Table:
    """Those that are kept, the most hurt first."""
    chosen = [u for u in counts.users if (not wanted.user or like(wanted.user, u.user)) and has(wanted.text, u.user)]
    told = [_user(user, signs) for user in _at_target(chosen, wanted)]
    return Table(_USER_COLUMNS, tuple(told), "No user fits among those that are kept, the most hurt ones.")


def _at_target(users: Sequence[UserCount], wanted: RowFilter) -> Iterator[UserCount]:
    """Where a target is wanted, with what they met there."""
    if not wanted.target:
        yield from users
        return
    for user in users:
        met = [t for t in user.targets if fits(t.target, t.named_by, wanted)]
        if met:
            sums = (sum(t.requests for t in met), sum(t.failed for t in met), sum(t.credentials for t in met))
            yield UserCount(user.user, *sums, tuple(met))


def _user(user: UserCount, signs: Symbols) -> Told:
    cells = (
        state(user.failed, user.requests, signs, user.credentials),
        user.user or "(nobody signed in)",
        f"{user.requests:,}",
        f"{user.failed:,}",
        percent(user.failed, user.requests),
        f"{user.credentials:,}" if user.credentials else "",
        str(len(user.targets)),
    )
    return Told(Line(user.user, cells, tone(user.failed, user.requests)), user, RowFilter(user=user.user))


_DEVICE_COLUMNS = (
    Column("", least=7),
    Column("device", least=14, most=40),
    Column("user", least=10, most=40),
    Column("requests", right=True, least=8),
    Column("failed", right=True, least=6),
    Column("last failure", rank=2),
    Column("last success", rank=2),
    Column("recovered", right=True, rank=1),
    Column("type", rank=3, most=20),
)


def devices_table(counts: LogCounts, wanted: RowFilter, signs: Symbols) -> Table:
    """Those that are kept, the most hurt first."""
    told = [
        Told(
            Line(
                f"{d.user}/{d.device_id}",
                (state(d.failed, d.requests, signs), d.device_id or "(none)", d.user, f"{d.requests:,}",
                 f"{d.failed:,}", _when(d.last_failure), _when(d.last_success), f"{d.recovered:,}", d.type),
                tone(d.failed, d.requests),
            ),
            d,
            RowFilter(user=d.user, device=d.device_id),
        )
        for d in counts.devices
        if (not wanted.user or like(wanted.user, d.user))
        and (not wanted.device or like(wanted.device, d.device_id))
        and (not wanted.target or any(like(wanted.target, target) for target in d.targets))
        and has(wanted.text, d.device_id, d.user, *d.targets)
    ]  # fmt: skip
    return Table(_DEVICE_COLUMNS, tuple(told), "No device fits among those that are kept, the most hurt ones.")


def _when(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment is not None else "never"
