"""Stage 7: the report as it would be handed on: a preview, and the file in one of three forms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Input, Static

from easwizard.reports import json_form, markdown, plain
from easwizard.reports.model import Report
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined
from easwizard.tui.safe_text import plain as plain_text
from easwizard.tui.services import Services
from easwizard.tui.stages.pane import Pane
from easwizard.tui.view import View
from easwizard.tui.widgets.lines_view import LinesView


@dataclass(frozen=True)
class Form:
    """One form of the report."""

    label: str
    suffix: str
    render: Callable[[Report], str]


FORMS = {
    "plain": Form("plain text", ".txt", plain.render),
    "markdown": Form("Markdown", ".md", markdown.render),
    "json": Form("JSON", ".json", json_form.render),
}
_NOT_EXAMINED = ("Not examined", "## Not examined", '  "not_examined": [')
"""How the line begins from which on the forms tell what was not looked at."""


class ReportPane(Pane):
    """Preview and export."""

    HELP: ClassVar[str] = """
# Report

The report as it would be handed on. `t` plain text, `d` Markdown (for a ticket), `j` JSON (for programs); `u` jumps
to what was not examined. `e` saves what is shown: the path can be changed before Enter, and a file that is there
already is replaced only after asking. `c` copies it whole.

FULL: names are not masked. Secrets are never in it.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    ReportPane #about { height: auto; max-height: 4; }
    ReportPane #path { display: none; height: 1; border: none; padding: 0; background: $boost; }
    ReportPane #path.-open { display: block; }
    ReportPane #said { height: auto; max-height: 6; display: none; color: $text-warning; }
    ReportPane #said.-open { display: block; }
    ReportPane #preview { margin-top: 1; }
    .-short ReportPane #preview { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export", "Export", tooltip="Save what is shown as a file"),
        Binding("t", "form('plain')", "Text", tooltip="The report as plain text"),
        Binding("d", "form('markdown')", "Markdown", tooltip="The report as Markdown"),
        Binding("j", "form('json')", "JSON", tooltip="The report as JSON"),
        Binding("u", "unseen", "Unseen", tooltip="Jump to what was not examined"),
        Binding("c", "copy", "Copy", tooltip="Copy the whole report"),
        Binding("escape", "close", "Back", show=False),
    ]
    form: reactive[str] = reactive("plain", init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._text = ""
        self._asked_to_replace: Path | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="about")
        yield Input(id="path", compact=True)
        yield Static(id="said")
        yield LinesView(id="preview")

    def show(self, view: View) -> None:
        self._view = view
        self._draw_about()
        self._put_in_words(FORMS[self.form], view, keep_place=bool(self._text))

    def take_focus(self) -> None:
        self.query_one("#preview").focus()

    def _draw_about(self) -> None:
        if self._view is None:
            return
        report = self._view.report
        unseen = len(report.diagnosis.not_examined)
        tail = f"{unseen} things were not examined: u shows them" if unseen else "everything was examined"
        self.query_one("#about", Static).update(
            joined(
                plain_text(f"Report as {FORMS[self.form].label}: {report.outcome.value}", "bold"),
                plain_text("   FULL: names are not masked\n", "$text-warning"),
                plain_text(tail, "dim"),
            )
        )

    @work(group="rendering", exclusive=True)
    async def _put_in_words(self, form: Form, view: View, *, keep_place: bool) -> None:
        """A report of a large case takes longer than a frame."""
        text = await asyncio.to_thread(form.render, view.report)
        self._text = text
        self.query_one("#preview", LinesView).put(text.splitlines(), keep_place=keep_place)

    # Keys

    def action_form(self, form: str) -> None:
        self.form = form
        self._close()
        if self._view is not None:
            self._draw_about()
            self._put_in_words(FORMS[form], self._view, keep_place=False)

    def action_unseen(self) -> None:
        preview = self.query_one("#preview", LinesView)
        place = next((n for n, line in enumerate(preview.lines) if line.startswith(_NOT_EXAMINED)), None)
        if place is not None:
            preview.show_line(place)

    def action_copy(self) -> None:
        if self._text:
            self.post_message(Copy(self._text, f"the report as {FORMS[self.form].label}"))

    def action_export(self) -> None:
        path = self.query_one("#path", Input)
        path.value = str(self._default())
        path.add_class("-open")
        path.cursor_position = len(path.value)
        path.focus()
        self._say("Enter saves it there, Escape does not.")

    def _default(self) -> Path:
        """In the case folder, which holds the folder of copies."""
        services: Services = getattr(self.app, "services")  # noqa: B009 - the wizard's, not of every app
        name = self._view.name if self._view is not None else "case"
        harmless = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80] or "case"
        return services.copies.parent / f"{harmless}-report{FORMS[self.form].suffix}"

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._asked_to_replace = None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        if self._asked_to_replace == path:
            self._save(path, self._text, replace=True)
        else:
            self._save(path, self._text, replace=False)

    @work(group="saving", exclusive=True)
    async def _save(self, path: Path, text: str, *, replace: bool) -> None:
        meant = privacy(self.app).meant(text)
        try:
            await asyncio.to_thread(write_report, path, meant, replace=replace)
        except FileExistsError:
            self._asked_to_replace = path
            self._say(f"{path} is there already. Enter once more replaces it, Escape does not.")
        except OSError as error:
            self._say(
                f"It could not be written to {path}: {error.strerror or type(error).__name__}. Name another place."
            )
        else:
            self._close()
            self._say(f"Saved: {path}")

    def _say(self, words: str) -> None:
        said = self.query_one("#said", Static)
        said.update(plain_text(words))
        said.add_class("-open")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.query_one("#path").has_class("-open") if action == "close" else True

    def action_close(self) -> None:
        self._close()

    def _close(self) -> None:
        self._asked_to_replace = None
        self.query_one("#path").remove_class("-open")
        self.query_one("#said").remove_class("-open")
        self.query_one("#preview").focus()


def write_report(path: Path, text: str, *, replace: bool) -> None:
    """Write a report. Raises FileExistsError unless it may be replaced, and OSError where it cannot be written."""
    if not path.parent.is_dir():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:  # of a folder on the way, not of the report
            raise NotADirectoryError(error.errno, "there is a file where a folder is needed") from error
    with path.open("w" if replace else "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
