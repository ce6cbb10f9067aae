"""The top line of a case: its name, whether it is saved, what is known so far, and where help is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from easwizard.diagnosis.verdicts import Verdict
from easwizard.tui.safe_text import plain
from easwizard.tui.view import View


class TopLine(Horizontal):
    """One line; the name gives way first where there is no room."""

    def compose(self) -> ComposeResult:
        yield Static(plain(" easwizard "), id="brand")
        yield Static(id="case-name")
        yield Static(id="saved")
        yield Static(id="counts")
        yield Static(plain(" ? help "), id="help-hint")

    def show_name(self, name: str) -> None:
        self.query_one("#case-name", Static).update(plain(f" {name}"))

    def show_saved(self, words: str) -> None:
        self.query_one("#saved", Static).update(plain(f" {words} "))

    def show_counts(self, view: View) -> None:
        self.query_one("#counts", Static).update(plain(f" {counted(view)} "))


def counted(view: View) -> str:
    """How many findings there are of the two verdicts that assert something, in words."""
    found = [finding.verdict for finding in view.report.diagnosis.findings]
    counts = [(found.count(verdict), verdict.value) for verdict in (Verdict.CONFIRMED, Verdict.LIKELY)]
    words = ", ".join(f"{count} {word}" for count, word in counts if count)
    return words or "nothing found yet"
