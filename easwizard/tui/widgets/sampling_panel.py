"""The sign-ins of one account in full: counts, the interval drawn, predicted beside observed, the wait to come."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from easwizard.case.facts import SampleFacts
from easwizard.diagnosis.shares import percent
from easwizard.exchange.replies import Sent
from easwizard.reports.interval_bar import ASCII_BAR, BarSigns, interval_bar, predicted_mark
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import ASCII, Symbols
from easwizard.tui.widgets.row_list import cut, fit
from easwizard.workflow.matrix import SignInRow
from easwizard.workflow.run import State

_BASES = {"inventory": "by the inventory", "names-assumed-equal": "if every name is drawn alike"}


def sampling_lines(row: SignInRow, width: int, signs: Symbols) -> list[Content]:
    """At most five lines, none wider than `width`."""
    facts, bar = row.facts, ASCII_BAR if signs is ASCII else BarSigns()
    lines = [_head(row, width, signs), *_counts(facts, width)]
    if row.words is not None and not facts.sent:
        lines = [lines[0], plain(f"{row.state}: {row.words}")]
    elif facts.interval is not None and facts.share_failed is not None:
        lines.append(_seen(facts, facts.share_failed, facts.interval))
        lines.append(plain(interval_bar(width, facts.interval, facts.share_failed, bar), "$text-accent"))
    elif _could_cross(row):
        lines.append(plain("none crossed to the old servers yet, so nothing is known of the leg", "dim"))
    if facts.predicted_failed is not None and len(lines) > 2:
        basis = _BASES.get(facts.predicted_basis or "", "")
        lines.append(plain(predicted_mark(width, facts.predicted_failed, f" {basis}".rstrip(), bar)))
    return [cut(line, width) for line in lines]


def _could_cross(row: SignInRow) -> bool:
    """Only a mailbox on an old version has a leg to cross (J9)."""
    return row.sent is Sent.BASIC and (row.facts.mailbox or "").startswith(("2007", "2010"))


def _head(row: SignInRow, width: int, signs: Symbols) -> Content:
    facts = row.facts
    who = " ".join(filter(None, (row.account, facts.mailbox)))
    end = {
        State.WAITING: "waits its turn",
        State.RUNNING: _running(row),
        State.OK: "done",
    }.get(row.state, row.state.value)
    if facts.stopped is not None:
        end = f"stopped: {facts.stopped}"
    state = f"{signs.run[row.state]} {end}"
    room = max(10, width - len(state) - 1)
    return joined(plain(fit(f"{who} at {row.target}", room), "bold"), " ", state)


def _running(row: SignInRow) -> str:
    counted = f"{row.facts.sent} of {row.planned}" if row.planned is not None else str(row.facts.sent)
    left = row.pauses_left
    return counted + (f", up to {clock(left)} of pauses to come" if left >= 1 else "")


def clock(seconds: float) -> str:
    """Minutes and seconds, e.g. `0:07`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _counts(facts: SampleFacts, width: int) -> Iterator[Content]:
    parts = [f"ok {facts.ok}", f"failed {facts.failed}"]
    if facts.refused_credentials:
        parts.append(f"refused {facts.refused_credentials}")
    if facts.redirected:
        parts.append(f"redirected {facts.redirected}")
    if facts.crossed:
        parts.append(f"crossed {facts.crossed}")
    if facts.runs:
        parts.append(f"runs {facts.runs}")
    if facts.more_needed is not None and facts.crossed:
        parts.append(f"{facts.more_needed} more would settle it" if facts.more_needed else "enough to settle it")
    counted = "   ".join(parts)
    outcomes = ", ".join(f"{count} x {outcome}" for outcome, count in facts.by_outcome.items())
    told = f"   {outcomes}" if len(counted) + len(outcomes) + 3 <= width or not facts.more_needed else ""
    yield joined(counted, plain(told, "dim"))


def _seen(facts: SampleFacts, share: float, interval: tuple[float, float]) -> Content:
    low, high = interval
    seen = f"seen {facts.crossed_failed} of {facts.crossed} = {percent(share)}"
    return joined(plain(seen, "bold"), f"   {low * 100:.0f} to {high * 100:.0f} % if draws are independent")
