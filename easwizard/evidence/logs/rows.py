"""The ActiveSync rows of logs, one by one and in one shape, whatever log they are from: to export or look closer.

Slower than counting, and in this process; rows of probes come too, marked. What could not be used is not among them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from easwizard.evidence.logs.batch import Batch
from easwizard.evidence.logs.blocks import Blocks
from easwizard.evidence.logs.compressed import MOST_UNPACKED, Unreadable, head_of, opened
from easwizard.evidence.logs.finding_files import Source, find_logs
from easwizard.evidence.logs.kinds import HEAD, reader_for, tell
from easwizard.evidence.logs.tables import Tables


class Row(NamedTuple):
    """One ActiveSync request. Empty text and None: the log does not say it."""

    time_utc: str
    """`yyyy-MM-ddTHH:mm:ssZ`."""
    file: str
    log: str
    """`iis` or `httpproxy`."""
    target: str
    named_by: str
    status: int
    substatus: int | None
    win32: int | None
    back_end_status: int | None
    error_code: str
    outcome: str
    """As in `case.log_counts.Outcome`."""
    user_name: str
    device_id: str
    device_type: str
    user_agent: str
    command: str
    error: str
    access_state: str
    protocol_version: str
    took_ms: int | None
    probe: bool
    client_ip: str


def rows(names: Iterable[str | os.PathLike[str]], unpacked: int = MOST_UNPACKED) -> Iterator[Row]:
    """Every ActiveSync row, file by file and in the order of each. Raises NoLogs where a name leads nowhere.

    A file that cannot be read, or not to its end, gives what it has: its coverage (`reading`) says what is wrong.
    """
    for source in find_logs(names):
        try:
            yield from _of(source, unpacked)
        except Unreadable:
            continue


def _of(source: Source, unpacked: int) -> Iterator[Row]:
    told = tell(head_of(source, HEAD))
    if told is None:
        return
    tables = Tables()
    reader = reader_for(told.family, tables, None)
    with opened(source, most=unpacked) as stream:
        for block in Blocks(stream, None if source.packed else source.size):
            batch = reader.block(block)
            if batch:
                yield from _rows(batch, tables, source.name, told.family.value)
            if tables.full:
                tables.forget()


def _rows(batch: Batch, tables: Tables, file: str, log: str) -> Iterator[Row]:
    for seconds, alike, number, took in zip(batch.seconds, batch.alike, batch.written, batch.took, strict=True):
        sign, named, _ = tables.written.values[number]
        target = tables.targets.values[named if named >= 0 and alike.proxies else alike.target]
        result = tables.results.values[alike.result]
        yield Row(
            f"{seconds.decode('ascii')}Z",
            file,
            log,
            target.host,
            target.named_by.value,
            result.status,
            result.substatus,
            result.win32,
            result.back_end,
            result.error_code,
            result.outcome.value,
            alike.ident.user,
            alike.ident.device,
            alike.ident.type,
            alike.agent,
            alike.ident.command,
            sign.error,
            sign.state,
            sign.version,
            int(took[:9]) if took.isdigit() else None,
            alike.probe,
            alike.client.decode("ascii", "backslashreplace"),
        )
