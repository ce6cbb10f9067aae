"""The rows of the probe matrix in columns and colours; sign and word say the same without the colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from easwizard.exchange.replies import Sent
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.row_list import Row, cut, fit
from easwizard.workflow import matrix
from easwizard.workflow.matrix import STEPS, NameRow, PlaceRow, SignInRow
from easwizard.workflow.run import State
from easwizard.workflow.short_words import Cell, Sign

_WIDTHS = (9, 9, 9, 9, 8)
_WHO_FROM = 90
"""Columns from which there is room for the names of the computers."""
_WHO = 26
_SHORTER = re.compile(r" address(es)?$")
_STYLES = {
    Sign.NONE: "dim",
    Sign.WAITING: "dim",
    Sign.RUNNING: "bold $text-accent",
    Sign.SEEN: "$text-success",
    Sign.ODD: "bold $text-warning",
    Sign.FAILED: "bold $text-error",
    Sign.SKIPPED: "dim",
    Sign.CANCELLED: "$text-warning",
}


@dataclass(frozen=True)
class Brush:
    """What drawing needs to know: the room there is, the signs, and the time."""

    width: int
    signs: Symbols
    now: float
    port: int | None = 443
    """The port that all names share, which is not worth telling each time."""

    @property
    def who(self) -> int:
        return _WHO if self.width >= _WHO_FROM else 0

    @property
    def place(self) -> int:
        """Columns for the address."""
        return max(12, self.width - sum(_WIDTHS) - self.who)


def header(brush: Brush) -> Content:
    """The line above the rows."""
    steps = "".join(fit(step, width) for step, width in zip(STEPS, _WIDTHS, strict=True))
    return plain(fit("name, address", brush.place) + steps + ("answered by" if brush.who else ""), "bold dim")


def drawn(rows: Sequence[matrix.Row], brush: Brush) -> list[Row]:
    """Every row, with a heading where the sign-ins begin."""
    shown: list[Row] = []
    for row in rows:
        if isinstance(row, SignInRow) and not (shown and shown[-1].key.startswith(_SIGN_IN)):
            shown.append(Row(f"{_SIGN_IN} heading", plain("signing in"), is_heading=True))
        prefix = f"{_SIGN_IN} " if isinstance(row, SignInRow) else ""
        shown.append(Row(prefix + row.key, _content(row, brush)))
    return shown


_SIGN_IN = "sign-in"


def key_of(row: matrix.Row) -> str:
    """The key under which a row is drawn."""
    return f"{_SIGN_IN} {row.key}" if isinstance(row, SignInRow) else row.key


def _content(row: matrix.Row, brush: Brush) -> Content:
    match row:
        case NameRow():
            return _name(row, brush)
        case PlaceRow():
            return _place(row, brush)
        case SignInRow():
            return _sign_in(row, brush)


def _name(row: NameRow, brush: Brush) -> Content:
    name = row.target.host if row.target.port == brush.port else row.target.name
    role = plain(f"  {row.target.role}", "dim")
    head = plain(name, "bold")
    words = _told(row, brush, short=False)
    if head.cell_length + words.cell_length > brush.width:
        words = _told(row, brush, short=True)
    room = brush.width - words.cell_length
    if head.cell_length > room:
        head = plain(fit(name, max(room, brush.width // 3)), "bold")
    elif head.cell_length + role.cell_length <= room:
        head += role
    return cut(head + words, brush.width)


def _told(row: NameRow, brush: Brush, *, short: bool) -> Content:
    """What the resolvers said."""
    parts: list[Content] = []
    for label, cell in _merged(row.resolvers):
        said = replace(cell, word=_SHORTER.sub("", cell.word).replace("no such name", "no name")) if short else cell
        parts += [plain(f"  {label} " if label else "  ", "dim"), _cell(said, brush)]
    return joined(*parts)


def _merged(cells: Sequence[tuple[str, Cell]]) -> list[tuple[str, Cell]]:
    """Resolvers that say the same are told once."""
    if len({(cell.sign, cell.word) for _, cell in cells}) == 1:
        return [("DNS" if cells[0][1].sign is not Sign.NONE else "", cells[0][1])]
    return list(cells)


def _place(row: PlaceRow, brush: Brush) -> Content:
    address = row.place.address if row.place.port is None else f"{row.place.address}:{row.place.port}"
    tag = "member" if row.place.is_member else f"only {', '.join(row.given_by)}" if row.given_by else ""
    where = fit(f"  {address}", brush.place)
    if tag and len(address) + 6 <= brush.place:
        where = f"  {address} {fit(tag, brush.place - len(address) - 4)} "
    cells = [_cell(cell, brush, width) for cell, width in zip(row.cells, _WIDTHS, strict=True)]
    who = plain(fit(row.who, brush.who)) if brush.who else plain("")
    return cut(joined(plain(where), *cells, who), brush.width)


def _cell(cell: Cell, brush: Brush, width: int | None = None) -> Content:
    text = f"{_sign(cell.sign, brush.signs)} {_word(cell, brush.now)}".rstrip()
    return plain(fit(text, width) if width is not None else text, _STYLES[cell.sign])


def _sign(sign: Sign, signs: Symbols) -> str:
    return {
        Sign.NONE: " ",
        Sign.WAITING: signs.run[State.WAITING],
        Sign.RUNNING: signs.run[State.RUNNING],
        Sign.SEEN: signs.good,
        Sign.ODD: "!",
        Sign.FAILED: signs.bad,
        Sign.SKIPPED: signs.run[State.SKIPPED],
        Sign.CANCELLED: signs.run[State.CANCELLED],
    }[sign]


def _word(cell: Cell, now: float) -> str:
    """A running step shows how long it runs, of how long it may."""
    if cell.sign is not Sign.RUNNING or cell.since is None or cell.deadline is None:
        return cell.word
    return f"{max(0.0, now - cell.since):.0f}/{cell.deadline:.0f}s"


_RUN_STYLES = {
    State.WAITING: "dim",
    State.RUNNING: "bold $text-accent",
    State.OK: "$text-success",
    State.FAILED: "bold $text-error",
    State.SKIPPED: "dim",
    State.CANCELLED: "$text-warning",
}


def _sign_in(row: SignInRow, brush: Brush) -> Content:
    how = "password" if row.sent is Sent.BASIC else "certificate"
    who = " ".join(filter(None, (row.account, row.facts.mailbox)))
    mixed = row.state is State.OK and bool(row.facts.failed + row.facts.refused_credentials)
    sign, style = ("!", _STYLES[Sign.ODD]) if mixed else (brush.signs.run[row.state], _RUN_STYLES[row.state])
    state = plain(f"{sign} {progress_words(row)}", style)
    room = max(10, brush.width - state.cell_length - 4)
    return cut(joined(plain("  " + fit(f"{who}  {how} at {row.target}", room)), "  ", state), brush.width)


def progress_words(row: SignInRow) -> str:
    """How far the sign-ins are, in a few words."""
    facts = row.facts
    if row.words is not None and not facts.sent:
        return row.state.value
    if row.state is State.WAITING:
        return "waits"
    if row.state is State.RUNNING and row.planned is not None:
        return f"{facts.sent} of {row.planned}"
    bad = facts.failed + facts.refused_credentials
    return f"{facts.ok} ok, {bad} failed" if bad else f"{facts.ok} ok"
