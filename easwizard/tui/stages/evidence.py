"""Stage 4: what was brought, file by file, and what would settle the open problems, with its command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static

from easwizard.case.log_counts import LogCounts
from easwizard.diagnosis.evidence_list import Wanted, evidence_list
from easwizard.diagnosis.paste_block import legacy_hosts, paste_block
from easwizard.evidence.holes import Hole, holes_of
from easwizard.tui.messages import Copy, ShowLogs
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages import evidence_logs as logs
from easwizard.tui.stages import evidence_words as words
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.stages.evidence_dialogs import EvidenceDialogs, bringing_of
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.reading import Reading
from easwizard.tui.widgets.row_list import Row, RowList, fit
from easwizard.workflow.bringing import Outcome, Verdict

_PASTE, _COLLECTOR = "paste", "collector"
_DRAW_SECONDS = 0.15
"""Between two pictures of a reading that goes on."""
_MOST_SERVERS = 500
"""Of an inventory for which is told what is not known; with more, nobody reads it."""
_WHOSE_VIEW = (
    "The mailbox servers of the new version make the leg to the old ones: their DNS, hosts file and firewall decide, "
    "not this machine's (J7). It asks for"
)
_READ_IT = (
    "/Proxy 401 with Negotiate and NTLM: takes the leg. 403: asks for a certificate. 404: no /Proxy there. "
    "A hosts line or an address that differs from the other servers is a finding of its own."
)
"""What its lines mean (exchange.md 1.4, J7)."""
_COLLECTS = (
    "One script for Windows PowerShell 2.0 and later that collects what is read here, on Exchange 2007 too. It only "
    "reads, and writes one file of text without passwords or keys. Run it in the Exchange Management Shell, as "
    "administrator, on each Client Access server, and bring its file."
)


class EvidencePane(EvidenceDialogs):
    """What was brought, and what would settle the open problems."""

    HELP: ClassVar[str] = """
# Evidence

What was brought stands first, each file with its server, what was read of it, and what was not. `Enter` shows it line
by line, with every contradiction and the rule that decides.

`a` adds files by their paths, `b` lets you browse, `p` takes a paste; files can be dragged into the window too. What
a file is shows by its content, never by its name: Export-Clixml, ConvertTo-Json, Export-Csv, Format-List,
applicationHost.config, web.config, the IIS 6 metabase, appcmd, netsh, Get-WindowsFeature, a Setup log, the
collector's file. `s` says on which server a file was taken, `x` takes it away again, `Ctrl+X` ends a reading.

Server logs, IIS, HTTPERR and HttpProxy, zip and gz too, are counted where they are: one, a folder with all below it,
or a pattern. Of them the case keeps the counts, the path and the SHA-256, no copy; `l` shows what they say, by
target, hour, code, user and device.

A copy of each other file is kept beside the case, without passwords and keys.

Below stands what would settle the problems that are still open, the best first. `c` copies the command of the one
that is marked; run it where it says, it only reads. `w` writes the collector, one script that collects all of it.

One entry is a block for each server of the new version that holds mailboxes: those servers, and not this machine,
make the leg to the old ones. It resolves the legacy names, shows their lines in the hosts file and asks each `/Proxy`
once without credentials.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    EvidencePane #bring { layout: vertical; height: 1fr; }
    EvidencePane .heading { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    EvidencePane #course { height: 2; text-wrap: nowrap; display: none; }
    EvidencePane.-reading #course { display: block; }
    EvidencePane #wanted { height: auto; max-height: 9; }
    EvidencePane #wanted-title { height: 1; color: $primary; text-style: bold; margin-top: 1; text-wrap: nowrap;
                                 text-overflow: ellipsis; }
    EvidencePane VerticalScroll { height: 1fr; scrollbar-size: 1 1; overflow-x: auto; }
    EvidencePane #detail-text { width: auto; min-width: 100%; }
    .-short EvidencePane #wanted-title { margin-top: 0; }
    .-wide EvidencePane #wanted { max-height: 18; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy", tooltip="Copy the command that is marked"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wanted: tuple[Wanted, ...] = ()
        self._holes: tuple[Hole, ...] = ()
        self._block: str | None = None
        self._timer: Timer | None = None
        self._to_mark: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="evidence-title", classes="heading")
        yield Static(id="course")
        with Container(id="bring"):
            yield RowList(id="wanted")
            yield Static(id="wanted-title")
            with VerticalScroll(id="detail"):
                yield Static(id="detail-text")

    def on_mount(self) -> None:
        self._timer = self.set_interval(_DRAW_SECONDS, self._draw_course, pause=True)
        if bringing_of(self).course is not None:
            self.reading_begins()
        self._look_over()

    def on_unmount(self) -> None:
        bringing_of(self).end()

    @work(group="looking over copies")
    async def _look_over(self) -> None:
        await bringing_of(self).look_over()
        self._draw()

    def show(self, view: View) -> None:
        hidden = privacy(self.app).names_hidden
        case = words.without_file_names(view.case) if hidden else view.case
        self._view = view = replace(view, report=replace(view.report, case=case)) if hidden else view
        known = view.case.observations or view.case.answers or view.case.imports or view.case.logs
        self._wanted = evidence_list(view.report.diagnosis) if known else ()
        self._block = paste_block(view.case)
        few = len(view.case.inventory.servers) <= _MOST_SERVERS
        self._holes = holes_of(view.case.inventory) if view.case.imports and few else ()
        self._draw()

    def take_focus(self) -> None:
        self.query_one("#wanted").focus()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 3)

    def _draw(self) -> None:
        if self._view is None or not self.query("#detail-text"):
            return  # nothing to draw yet, or the case was left meanwhile
        rows = self.query_one("#wanted", RowList)
        rows.put([*self._rows()])
        if self._to_mark is not None and rows.has(self._to_mark):
            rows.mark(self._to_mark)
            self._to_mark = None
        self.query_one("#evidence-title", Static).update(plain(self._title(self._view)))
        self._draw_detail()

    def _title(self, view: View) -> str:
        files, against = len(view.case.imports), len(view.case.contradictions)
        files += len(view.case.logs.coverage) if view.case.logs is not None else 0
        if not files and not bringing_of(self).refused:
            return "What to bring, the best first"
        told = f"Brought: {files} file{'' if files == 1 else 's'}" if files else "Brought: nothing yet"
        return f"{told}, {against} contradiction{'' if against == 1 else 's'} between them" if against else told

    # Rows

    def _rows(self) -> Iterator[Row]:
        brought = [*self._brought()]
        yield from brought
        if brought:
            yield Row("bring", plain("What to bring, the best first"), is_heading=True)
        for number, one in enumerate(self._wanted):
            yield Row(f"wanted-{number}", plain(fit(f"{number + 1}  {one.evidence}", self._width)))
        if brought or self._wanted:
            yield Row(_COLLECTOR, plain(fit("w  one script that collects all of it", self._width)))
        if self._block is not None:
            yield Row(_PASTE, plain(fit(">  how each new server sees the old names (one paste)", self._width)))
        if not self._wanted:
            yield Row("none", plain(self._nothing()), is_heading=True)
        if self._holes:
            yield Row("open", plain("What the files leave open"), is_heading=True)
        for number, hole in enumerate(self._holes):
            yield Row(f"hole-{number}", plain(fit(f"?  {words.hole_title(hole)}", self._width)))

    def _brought(self) -> Iterator[Row]:
        if self._view is None:
            return
        signs, case = symbols(self.app), self._view.case
        for number, record in enumerate(case.imports):
            yield Row(f"file-{number}", words.file_row(record, case, self._lost(number), signs, self._width))
        yield from logs.rows(case.logs, signs, self._width, self._hides_names)
        for number, verdict in enumerate(bringing_of(self).refused):
            yield Row(f"refused-{number}", words.refused_row(self._shown(verdict), signs, self._width))

    def _shown(self, verdict: Verdict) -> Verdict:
        """A file's name may name its server, so that it is hidden as a whole."""
        if not privacy(self.app).names_hidden:
            return verdict
        return privacy(self.app).shown(replace(verdict, file=replace(verdict.file, name="(a file)")))

    def _nothing(self) -> str:
        case = self._view.case if self._view is not None else None
        if case is None or not (case.observations or case.answers or case.imports or case.logs):
            return "Nothing is open yet: answer in 1, name the names in 2, look in 3."
        return "No finding waits for evidence."

    def _lost(self, number: int) -> str:
        """Why a file cannot be read again; the view may hide its name, and the order is the same."""
        session = getattr(self.screen, "session", None)
        imports = session.case.imports if session is not None else ()
        why = bringing_of(self).lost.get(imports[number].file, "") if number < len(imports) else ""
        return "its copy cannot be read again" if why and privacy(self.app).names_hidden else why

    # What is marked

    @property
    def _hides_names(self) -> bool:
        return privacy(self.app).names_hidden

    @property
    def marked_logs(self) -> tuple[Sequence[str], str] | None:
        key, counts = self.query_one("#wanted", RowList).key or "", self._true_logs
        return logs.marked(key, counts, self._hides_names) if counts is not None else None

    def logs_are_read(self) -> None:
        self._to_mark = logs.ALL if self._true_logs is not None else None
        self._reading_ends()

    def _number(self, kind: str, count: int) -> int | None:
        key = self.query_one("#wanted", RowList).key or ""
        number = key.removeprefix(f"{kind}-")
        return int(number) if key != number and number.isdigit() and int(number) < count else None

    @property
    def marked_file(self) -> int | None:
        return self._number("file", len(self._view.case.imports) if self._view is not None else 0)

    @property
    def marked_refused(self) -> int | None:
        return self._number("refused", len(bringing_of(self).refused))

    @property
    def marked(self) -> Wanted | None:
        """The piece of evidence that is marked, if it is one."""
        number = self._number("wanted", len(self._wanted))
        return self._wanted[number] if number is not None else None

    @property
    def _marked_hole(self) -> Hole | None:
        number = self._number("hole", len(self._holes))
        return self._holes[number] if number is not None else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_detail()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        key, counts = self.query_one("#wanted", RowList).key, self._view.case.logs if self._view is not None else None
        number, record = self.marked_file, self._record
        if counts is not None and key is not None and key.startswith(logs.ALL):
            self._open_logs(key, counts)
            return
        if number is None or record is None or self._view is None:
            self.query_one("#detail").focus()
            return
        width = max(30, min(self.app.size.width - 4, 116))
        lines = words.file_lines(record, self._view.case, self._lost(number), self._folder, self._holes, width)
        self.app.push_screen(Reading(record.file, lines, "what was read of a file"))

    def _open_logs(self, key: str, counts: LogCounts) -> None:
        """The screen of logs; of one log, what was read of it."""
        file = logs.file_of(key, counts)
        if file is None:
            self.post_message(ShowLogs())
        else:
            width = max(30, min(self.app.size.width - 4, 116))
            lines = logs.file_lines(file, width, self._hides_names)
            name = logs.name_of(key, counts, self._hides_names)
            self.app.push_screen(Reading(name, lines, "what was read of a log"))

    @property
    def _folder(self) -> str:
        folder = str(bringing_of(self).copies)
        return "in the folder beside the case" if privacy(self.app).names_hidden else folder

    # The account of what is marked

    def _draw_detail(self) -> None:
        title, text = self._account()
        self.query_one("#wanted-title", Static).update(plain(title))
        self.query_one("#detail-text", Static).update(text)

    def _account(self) -> tuple[str, Content]:
        view, width = self._view, self._width
        number, refused = self.marked_file, self.marked_refused
        if view is None:
            return "", plain("")
        if number is not None:
            record = view.case.imports[number]
            return record.file, words.file_detail(record, view.case, self._lost(number), self._folder, width)
        if refused is not None:
            verdict = self._shown(bringing_of(self).refused[refused])
            return verdict.file.name, words.refused_detail(verdict, width)
        key = self.query_one("#wanted", RowList).key or ""
        if view.case.logs is not None and key.startswith(logs.ALL):
            return logs.account(key, view.case.logs, width, self._hides_names)
        if self.marked is not None:
            return self.marked.evidence, self._detail(self.marked)
        if self._marked_hole is not None:
            return words.hole_title(self._marked_hole), words.hole_detail(self._marked_hole, width)
        return self._fixed(view)

    def _fixed(self, view: View) -> tuple[str, Content]:
        key = self.query_one("#wanted", RowList).key
        if key == _PASTE and self._block is not None:
            return "One paste for each new server", self._paste_detail(view, self._block)
        if key == _COLLECTOR:
            text = hanging("What ", _COLLECTS, self._width)
            return "The collector", joined(text, plain("\nw  writes it, and says where and its SHA-256", "dim"))
        if not self.query_one("#wanted", RowList).option_count or key is None:
            return "", plain("a  add files and logs    b  browse    p  paste    w  the collector", "dim")
        return "", plain("")

    def _detail(self, one: Wanted) -> Content:
        parts = [hanging("Why  ", why, self._width) for why in one.whys]
        parts.append(
            joined(plain("Run  ", "bold"), plain("c copies it", "dim"), "\n", command(one.how, self._width, "     "))
        )
        settles = [f"{title} ({code})" for code, title in one.settles]
        parts += [
            hanging("For  " if number == 0 else "     ", text, self._width) for number, text in enumerate(settles)
        ]
        return Content("\n").join(parts)

    def _paste_detail(self, view: View, block: str) -> Content:
        hosts = ", ".join(legacy_hosts(view.case))
        where = plain("Windows PowerShell on each; it only reads. c copies it", "dim")
        parts = [
            hanging("Why  ", f"{_WHOSE_VIEW} {hosts}.", self._width),
            hanging("Read ", _READ_IT, self._width),
            joined(plain("Run  ", "bold"), where),
            plain("\n".join(f"     {line}" for line in block.splitlines()), "$text-accent"),
        ]
        return Content("\n").join(parts)

    def action_copy(self) -> None:
        hole = self._marked_hole
        if self.marked is not None:
            self.post_message(Copy(self.marked.how, "the command for this evidence"))
        elif hole is not None:
            self.post_message(Copy(hole.command, "the command for this evidence"))
        elif self._block is not None and self.query_one("#wanted", RowList).key == _PASTE:
            self.post_message(Copy(self._block, "the paste for each new server"))
        else:
            self.notify("There is nothing to copy yet.", markup=False)

    # How far a reading is

    def reading_begins(self) -> None:
        if self._timer is not None:
            self._timer.resume()

    def reading_is_over(self, verdicts: Sequence[Verdict]) -> None:
        session = getattr(self.screen, "session", None)
        if any(verdict.outcome is not Outcome.ADDED for verdict in verdicts):
            self._to_mark = "refused-0"
        elif verdicts and session is not None:
            self._to_mark = f"file-{len(session.case.imports) - 1}"
        self._reading_ends()

    def _reading_ends(self) -> None:
        if self._timer is not None:
            self._timer.pause()
        self.remove_class("-reading")
        if self.is_attached:
            self._draw()

    def _draw_course(self) -> None:
        course = bringing_of(self).course
        if course is not None and privacy(self.app).names_hidden:
            course = replace(course, name="(a file)")
        self.set_class(course is not None, "-reading")
        if course is not None:
            line = words.course_lines(course, symbols(self.app), self._width + 2)
            self.query_one("#course", Static).update(line)
