"""Reads one piece of a log from its first byte to its last. Importable by name, since other processes run it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from easwizard.case.log_counts import LogKind
from easwizard.evidence.logs import rejections
from easwizard.evidence.logs.blocks import BLOCK, Blocks
from easwizard.evidence.logs.compressed import MOST_UNPACKED, Unreadable, opened
from easwizard.evidence.logs.counting import Counting, Span
from easwizard.evidence.logs.httperr_rows import HttpErrReader
from easwizard.evidence.logs.iis_kind import IisTraits
from easwizard.evidence.logs.iis_rows import IisReader
from easwizard.evidence.logs.kinds import AnyReader, reader_for
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.ranges import Piece
from easwizard.evidence.logs.tables import Tables
from easwizard.evidence.logs.tallies import Tallies

Tell = Callable[[int], None]
"""Told bytes of the file that were read since it was last told."""


@dataclass
class PieceRead:
    """What reading one piece came to, beside the tallies."""

    kind: LogKind
    traits: IisTraits | None
    rows: int
    rejected: Counter[str]
    span: Span
    layouts: set[Layout]
    end_layout: Layout | None
    """The layout that holds where it ends."""
    changed_layout: bool
    """Whether a #Fields line stands in it."""
    complete: bool = True
    problem: str = ""


@dataclass
class TaskRead:
    """What a task came to: its pieces in their order, and everything counted in them."""

    pieces: list[PieceRead] = field(default_factory=list)
    tallies: Tallies = field(default_factory=Tallies)


@dataclass(frozen=True)
class Limits:
    """How much is read at a time, and of a packed log at all."""

    block: int = BLOCK
    unpacked: int = MOST_UNPACKED


def read_task(pieces: Sequence[Piece], tell: Tell, stop: Callable[[], bool], limits: Limits) -> TaskRead:
    """Read pieces one after the other. A piece that is not a whole log must be alone."""
    tables = Tables()
    counting = Counting(tables)
    done = TaskRead()
    for piece in pieces:
        done.pieces.append(_read(piece, tables, counting, tell, stop, limits))
    counting.finish()
    done.tallies = counting.tallies
    return done


def _read(
    piece: Piece, tables: Tables, counting: Counting, tell: Tell, stop: Callable[[], bool], limits: Limits
) -> PieceRead:
    reader = reader_for(piece.family, tables, piece.layout)
    problem, complete = "", True
    told = piece.start
    try:
        with opened(piece.source, piece.start, limits.unpacked) as stream:
            size = None if piece.end is None else piece.end - piece.start
            blocks = Blocks(stream, size, limits.block)
            for block in blocks:
                if stop():
                    complete = False
                    break
                batch = reader.block(block)
                if batch:
                    counting.batch(batch)
                tell(stream.tell() - told)
                told = stream.tell()
            if complete:
                _end(reader, blocks, piece)
    except Unreadable as error:
        problem, complete = str(error), False
    span = counting.end_of_log() if piece.whole else counting.end_of_part()
    return _result(reader, counting, span, complete, problem)


def _end(reader: AnyReader, blocks: Blocks, piece: Piece) -> None:
    reader.end(blocks.tail)
    if blocks.too_long:
        reader.rows += blocks.too_long
        reader.rejected[rejections.TOO_LONG] += blocks.too_long


def _result(reader: AnyReader, counting: Counting, span: Span, complete: bool, problem: str) -> PieceRead:
    if isinstance(reader, HttpErrReader):
        counting.tallies.refusals.update(reader.refusals)
        span = Span(reader.used, 0, reader.first, reader.last)
    return PieceRead(
        reader.kind(),
        reader.traits if isinstance(reader, IisReader) else None,
        reader.rows,
        +reader.rejected,
        span,
        reader.layouts,
        reader.layout,
        reader.told_layout,
        complete,
        problem,
    )
