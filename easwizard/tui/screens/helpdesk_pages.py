"""The pages that only the helpdesk's call has: which site, and the ticket with its pack. Drawing only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from easwizard.case.redaction.redact import Level
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.first_page import HEADLINE
from easwizard.reports.marking import mark_of
from easwizard.reports.model import Report
from easwizard.tui.privacy import privacy
from easwizard.tui.recent import age
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.services import Site
from easwizard.tui.symbols import symbols
from easwizard.workflow.ticket import OPEN, Line, Part, to_ask

NAMES, OTHER, SITE = "names", "other", "site-"
"""Ids of the choices: to type names, to name another file, and the beginning of that of a profile."""
_LABEL = 26
_MOST_TOLD = 2
"""Findings named above the ticket; the rest stands in it."""


class SitePage(Vertical):
    """Which site the call is about."""

    def compose(self) -> ComposeResult:
        yield Static(plain("Which site is it?"), classes="heading")
        words = "A site profile has its names, DNS servers and authorities."
        yield Static(plain(words), classes="muted")
        yield OptionList(id="sites", compact=True)

    def show(self, sites: Sequence[Site], now: datetime) -> None:
        found = self.query_one("#sites", OptionList)
        found.clear_options()
        hidden = privacy(self.app).names_hidden
        for number, site in enumerate(sites):
            name = f"site {number + 1}" if hidden else site.name
            found.add_option(Option(_choice(name, f"saved {age(site.changed, now)}"), id=f"{SITE}{number}"))
        found.add_option(Option(_choice("No profile", "type or paste the names"), id=NAMES))
        found.add_option(Option(_choice("Another file", "the path of a SITE.toml"), id=OTHER))
        found.highlighted = 0
        found.focus()


def _choice(title: str, about: str) -> Content:
    return joined(f"  {title:<24}", plain(about, "dim"))


class TicketPage(Vertical):
    """What came out, the pack, and the ten lines to be told and copied."""

    def compose(self) -> ComposeResult:
        yield Static(id="result")
        yield Static(id="pack")
        yield Static(id="open")
        yield OptionList(id="lines", compact=True)

    def show(self, report: Report, lines: tuple[Line, ...], level: Level, packed: Sequence[str]) -> None:
        """Draw it anew; the marked line stays marked."""
        hide = privacy(self.app).shown
        self.query_one("#result", Static).update(self._result(hide(report)))
        self.query_one("#pack", Static).update(_pack(level, [hide(words) for words in packed]))
        left = len(to_ask(lines))
        told = f"Still to ask: {left}" if left else "Everything is told"
        self.query_one("#open", Static).update(joined(plain(told, "bold"), "   Enter tells the marked line"))
        found = self.query_one("#lines", OptionList)
        place = found.highlighted
        width = max(self.app.size.width - _LABEL - 10, 20)
        found.clear_options()
        found.add_options([_row(line, part, hide(part.text), width) for line in lines for part in line.parts])
        found.highlighted = place if place is not None else _first_open(lines)

    def _result(self, report: Report) -> Content:
        signs = symbols(self.app).verdict
        asserted = [f for f in report.diagnosis.findings if f.verdict.asserts]
        told = [f"{signs[f.verdict]} {f.verdict.value.upper()}  {f.title}" for f in asserted[:_MOST_TOLD]]
        if len(asserted) > _MOST_TOLD:
            told.append(f"and {len(asserted) - _MOST_TOLD} more")
        return plain("\n".join(told) or f"{signs[Verdict.POSSIBLE]} {HEADLINE[report.outcome]}", "bold")

    def next_open(self) -> None:
        """Mark the next line that nobody told yet."""
        found = self.query_one("#lines", OptionList)
        if found.highlighted is not None and found.highlighted + 1 < found.option_count:
            found.action_cursor_down()


def _pack(level: Level, packed: Sequence[str]) -> Content:
    if not packed:
        return joined("No pack yet: ", plain("p", "bold"), " writes it. ", plain(mark_of(level), "$text-warning"))
    return joined(plain("Packed: ", "bold"), "\n".join(packed))


def _row(line: Line, part: Part, text: str, width: int) -> Option:
    number = f"{line.number:>2}" if part is line.parts[0] else "  "
    label = f"{number} {part.label:<{_LABEL}} "
    words = text if len(text) <= width else f"{text[: width - 1]}…"
    told = plain(words) if words else plain(OPEN, "bold $text-warning")
    id = part.field or None
    return Option(joined(label, told), id=id, disabled=id is None)


def _first_open(lines: tuple[Line, ...]) -> int:
    parts = [part for line in lines for part in line.parts]
    return next((place for place, part in enumerate(parts) if part.field and not part.text), 0)
