"""Every kind of damage that logs.md 6 lists, each done to a growing log together with what it does to the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.evidence.logs.made import Asked, Log

Damage = Callable[[Log, Asked], None]
"""Puts something into a log; the request is one that can be used for it."""


def other_layout(log: Log, asked: Asked) -> None:
    log.head(1)
    log.row(asked)


def third_layout(log: Log, asked: Asked) -> None:
    log.head(2 if log.kind == "iis" else 0)
    log.row(asked)


def same_head(log: Log, asked: Asked) -> None:
    log.head()
    log.row(asked)


def junk(log: Log, asked: Asked) -> None:
    if log.kind == "iis":
        log.other(b"\x80\x81 nonsense \xff")
        log.other(b"a" * 300)
        log.reject(b"half a line /Microsoft-Server-ActiveSync and no more", "columns")
    else:
        for line in (b"\x80\x81 nonsense \xff", b"one,two", b'a lone " quote', b"20 nonsense"):
            log.reject(line, "bad-time")


def blank_lines(log: Log, asked: Asked) -> None:
    for _ in range(3):
        log.raw(b"")


def zero_bytes(log: Log, asked: Asked) -> None:
    line = log.line(replace(asked, activesync=True)).encode()
    log.reject(line[:30] + b"\0" * 900 + line[30:], "nul")
    if log.kind == "proxy":
        log.reject(b"\0" * 400, "nul")
    else:
        log.other(b"\0" * 400)


def byte_order_mark(log: Log, asked: Asked) -> None:
    log.content += b"\xef\xbb\xbf"
    log.head()


def long_row(log: Log, asked: Asked) -> None:
    cell = "cs(User-Agent)" if log.kind == "iis" else "UserAgent"
    log.row(replace(asked, agent="x" * 60_000), **{cell: "x" * 60_000})


def wrong_columns(log: Log, asked: Asked) -> None:
    line = log.line(replace(asked, activesync=True)).encode()
    mark = b" " if log.kind == "iis" else b","
    log.reject(line + mark + b"more", "columns")
    log.reject(line[: line.rfind(mark)], "columns")


def bad_time(log: Log, asked: Asked) -> None:
    asked = replace(asked, activesync=True)
    if log.kind == "iis":
        log.reject(log.line(asked, date="2026-02-30").encode(), "bad-time")
        log.reject(log.line(asked, time="25:00:00").encode(), "bad-time")
    else:
        log.reject(log.line(asked, DateTime="2026-02-30T10:00:00.000Z").encode(), "bad-time")
        log.reject(log.line(asked, DateTime="2026-03-01 10:00:00").encode(), "bad-time")


def bad_status(log: Log, asked: Asked) -> None:
    name = "sc-status" if log.kind == "iis" else "HttpStatus"
    log.reject(log.line(replace(asked, activesync=True), **{name: "2x0"}).encode(), "bad-status")


def line_feeds(log: Log, asked: Asked) -> None:
    log.newline = b"\n"


def header_again(log: Log, asked: Asked) -> None:
    if log.kind == "proxy":
        log.raw(log.layout.encode())


def break_in_quotes(log: Log, asked: Asked) -> None:
    if log.kind == "proxy":
        log.row(replace(asked, status=200, error=""), GenericErrors='"first, line\r\nsecond ""line""\n\nlast"')


def lone_quote(log: Log, asked: Asked) -> None:
    if log.kind == "proxy":
        log.reject(log.line(asked, GenericErrors='"never closed').encode(), "open-quote")
        log.row(asked)


def foreign_mark(log: Log, asked: Asked) -> None:
    """ActiveSync's path where it is not the stem."""
    if log.kind == "iis":
        log.other(log.line(asked, **{"cs-uri-stem": "/owa/?to=/Microsoft-Server-ActiveSync"}).encode())


ALL: tuple[Damage, ...] = (
    other_layout, third_layout, same_head, junk, blank_lines, zero_bytes, byte_order_mark, long_row, wrong_columns,
    bad_time, bad_status, line_feeds, header_again, break_in_quotes, lone_quote, foreign_mark,
)  # fmt: skip


def rows_before_fields(log: Log, asked: Asked) -> None:
    """Only at the beginning of a log."""
    log.head()
    line = log.line(replace(asked, status=200)).encode()
    log.content.clear()
    log.reject(line, "no-fields")
    log.reject(b"anything", "no-fields")
    log.raw(b"")


def cut_last_line(log: Log, asked: Asked) -> None:
    """Only at the end of a log."""
    log.content += log.line(asked).encode()[:-9]
    log.truth.rows += 1
    log.truth.rejected["unfinished"] += 1
