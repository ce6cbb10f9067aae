"""Stage 7: the report as it would be handed on: what is hidden in it, a preview, and the file in one of its forms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Input, Static

from easwizard.case.redaction.leaks import LeakFound
from easwizard.case.redaction.redact import Level
from easwizard.reports import plain
from easwizard.reports.forms import FORMS
from easwizard.reports.marking import LEVELS, file_name, mark
from easwizard.reports.model import Report
from easwizard.reports.redacted import checked, redacted_report
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined
from easwizard.tui.safe_text import plain as plain_text
from easwizard.tui.services import CannotSave, Opened, Services
from easwizard.tui.stages.pane import Pane
from easwizard.tui.view import View
from easwizard.tui.widgets.lines_view import LinesView

_NOT_EXAMINED = ("Not examined", "## Not examined", "Not examined (", '  "not_examined": [')
"""How the line begins from which on the forms tell what was not looked at."""
_NARROWEST = 30
_AS_IT_IS = "json"
"""The form whose lines are not folded: programs read it."""
_SEEN_AS = {"html": "plain"}
"""Forms that are shown as another one, since nobody reads their source."""


class ReportPane(Pane):
    """Preview and export."""

    HELP: ClassVar[str] = """
# Report

The report as it would be handed on. `t` plain text, `d` Markdown, `s` short Markdown (under 4,000 characters, for a
ticket), `h` HTML with the maps (one file for any browser; the preview shows its words as plain text), `j` JSON (for
programs). `u` jumps to what was not examined. `e` saves the form that was chosen: the path can be changed before
Enter, and a file that is there already is replaced only after asking. `c` copies it whole. `p` writes a pack: one
zip with every form, the case, copies of the evidence and a manifest, which opens as a case.

`r` changes what is hidden. REDACTED: made-up names stand for the real ones, the same name everywhere (for a vendor).
INTERNAL: names stay (for your own people). FULL: nothing is masked. Secrets are never in it.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    ReportPane #about { height: auto; max-height: 4; }
    ReportPane #path { display: none; height: 1; border: none; padding: 0; background: $boost; }
    ReportPane #path.-open { display: block; }
    ReportPane #said { height: auto; max-height: 8; display: none; color: $text-warning; }
    ReportPane #said.-open { display: block; }
    ReportPane #preview { margin-top: 1; }
    .-short ReportPane #preview { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export", "Export", tooltip="Save the report as a file"),
        Binding("c", "copy", "Copy", tooltip="Copy the whole report"),
        Binding("p", "pack", "Pack", tooltip="Everything in one zip that opens as a case, for tier 3 or a vendor"),
        Binding("r", "redaction", "Redact", tooltip="Change what is hidden in it"),
        Binding("t", "form('plain')", "Text", tooltip="The report as plain text"),
        Binding("d", "form('markdown')", "Markdown", tooltip="The report as Markdown"),
        Binding("s", "form('short')", "Short", tooltip="The report as short Markdown, for a ticket"),
        Binding("h", "form('html')", "HTML", tooltip="The report as HTML, with the maps"),
        Binding("j", "form('json')", "JSON", tooltip="The report as JSON"),
        Binding("u", "unseen", "Unseen", show=False, tooltip="Jump to what was not examined"),
        Binding("escape", "close", "Back", show=False),
    ]
    form: reactive[str] = reactive("plain", init=False)
    level: reactive[Level] = reactive[Level]("vendor", init=False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._has_preview = False
        self._asked_to_replace: Path | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="about")
        yield Input(id="path", compact=True)
        yield Static(id="said")
        yield LinesView(id="preview")

    def show(self, view: View) -> None:
        self._view = view
        self._draw(keep_place=self._has_preview)

    def take_focus(self) -> None:
        self.query_one("#preview").focus()

    def on_resize(self, _: events.Resize) -> None:
        """The width is known only now, also the first time."""
        self._draw(keep_place=self._has_preview)

    def _draw(self, *, keep_place: bool) -> None:
        view = self._view
        if view is None:
            return
        unseen = len(view.report.diagnosis.not_examined)
        tail = f"{unseen} things were not examined: u shows them" if unseen else "everything was examined"
        shown_as = " (shown as plain text)" if self.form in _SEEN_AS else ""
        self.query_one("#about", Static).update(
            joined(
                plain_text(f"Report as {FORMS[self.form].label}{shown_as}: {view.report.outcome.value}\n", "bold"),
                plain_text(f"{mark(replace(view.report, redacted=self.level))}\n", "$text-warning"),
                plain_text(tail, "dim"),
            )
        )
        self._preview(view.report, keep_place=keep_place)

    @work(group="rendering", exclusive=True)
    async def _preview(self, report: Report, *, keep_place: bool) -> None:
        """A report of a large case takes longer than a frame."""
        preview = self.query_one("#preview", LinesView)
        width = max(preview.size.width - preview.styles.scrollbar_size_vertical, _NARROWEST)
        # What is hidden for a vendor hides more than the screens do; else the screens keep what they hide.
        source = privacy(self.app).meant(report) if self.level == "vendor" else report
        lines = await asyncio.to_thread(_preview_lines, source, self.level, self.form, width)
        self._has_preview = True
        preview.put(lines, keep_place=keep_place)

    # Keys

    def action_form(self, form: str) -> None:
        self.form = form
        self._close()
        self._draw(keep_place=False)

    def action_redaction(self) -> None:
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]
        self._close()
        self._draw(keep_place=True)

    def action_unseen(self) -> None:
        preview = self.query_one("#preview", LinesView)
        place = next((n for n, line in enumerate(preview.lines) if line.startswith(_NOT_EXAMINED)), None)
        if place is not None:
            preview.show_line(place)

    def action_copy(self) -> None:
        if self._view is not None:
            self._copy(self._view.report, self.level, self.form)

    @work(group="copying", exclusive=True)
    async def _copy(self, report: Report, level: Level, form: str) -> None:
        try:
            text = await self._whole(report, level, form)
        except LeakFound as error:
            self._say(f"{error}. Nothing was copied.")
            return
        self.post_message(Copy(text, f"the report as {FORMS[form].label}", true_names=False))

    async def _whole(self, report: Report, level: Level, form: str) -> str:
        """The report as it is handed on: with true names first, whatever the screens hide, then redacted."""
        meant = privacy(self.app).meant(report)
        return await asyncio.to_thread(handed_on, meant, level, form)

    def action_export(self) -> None:
        path = self.query_one("#path", Input)
        path.value = str(self._default())
        path.add_class("-open")
        path.cursor_position = len(path.value)
        path.focus()
        self._say("Enter saves it there, Escape does not.")

    @work(group="saving", exclusive=True)
    async def action_pack(self) -> None:
        """Packs go beside the cases; where there are made-up names, with the list of the real ones beside them."""
        if self._view is None:
            return
        services, name = self._services, self._view.name if self.level != "vendor" else "case"
        report = privacy(self.app).meant(self._view.report)
        opened: Opened | None = getattr(self.screen, "opened", None)  # only the screen of a case has copies
        copies = opened.copies if opened is not None else None
        self._say("Packing ...")
        try:
            made = await asyncio.to_thread(services.packer.pack, report, copies, name, self.level)
        except CannotSave as error:
            self._say(f"No pack was written: {error}")
        else:
            self._say("\n".join(made.words))

    @property
    def _services(self) -> Services:
        services: Services = getattr(self.app, "services")  # noqa: B009 - the wizard's, not of every app
        return services

    def _default(self) -> Path:
        """In the case folder, which holds the folder of copies. A redacted report does not tell the case's name."""
        name = self._view.name if self._view is not None and self.level != "vendor" else "case"
        return self._services.copies.parent / file_name(name, self.level, FORMS[self.form].suffix)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._asked_to_replace = None

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        if self._view is not None:
            self._save(path, self._view.report, replace=self._asked_to_replace == path)

    @work(group="saving", exclusive=True)
    async def _save(self, path: Path, report: Report, *, replace: bool) -> None:
        try:
            text = await self._whole(report, self.level, self.form)
            await asyncio.to_thread(write_report, path, text, replace=replace)
        except FileExistsError:
            self._asked_to_replace = path
            self._say(f"{path} is there already. Enter once more replaces it, Escape does not.")
        except LeakFound as error:
            self._say(f"{error}. Nothing was written.")
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


def handed_on(report: Report, level: Level, form: str) -> str:
    """The report in a form. Pure, but not quick. Raises LeakFound where a name survived that should be gone."""
    told, made = redacted_report(report, level)
    return checked(FORMS[form].render(told), "the report", made)


def _preview_lines(report: Report, level: Level, form: str, width: int) -> list[str]:
    told, _ = redacted_report(report, level)
    if _SEEN_AS.get(form, form) == "plain":
        return list(folded(plain.render(told, width).splitlines(), width))
    lines = FORMS[form].render(told).splitlines()
    return lines if form == _AS_IT_IS else list(folded(lines, width))


def folded(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines that fit a width: what is longer, as a command is, goes on in the next line as in a terminal."""
    for line in lines:
        yield line[:width]
        for start in range(width, len(line), width):
            yield line[start : start + width]


def write_report(path: Path, text: str, *, replace: bool) -> None:
    """Write a report. Raises FileExistsError unless it may be replaced, and OSError where it cannot be written."""
    if not path.parent.is_dir():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:  # of a folder on the way, not of the report
            raise NotADirectoryError(error.errno, "there is a file where a folder is needed") from error
    with path.open("w" if replace else "x", encoding="utf-8", newline="\n") as file:
        file.write(text)
