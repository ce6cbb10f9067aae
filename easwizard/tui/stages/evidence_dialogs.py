"""What the keys of stage 4 do: add, browse, paste, take away, say whose it is, write the collector. Draws no list."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.widget import Widget

from easwizard.case.case import Import
from easwizard.case.log_counts import LogCounts
from easwizard.evidence.import_files import ImportFile, import_file
from easwizard.tui.bringing import Bringing, LogsEnd, write_collector
from easwizard.tui.messages import Happened, Stop
from easwizard.tui.privacy import privacy
from easwizard.tui.screens.browse import BrowseScreen
from easwizard.tui.screens.confirm import ConfirmScreen
from easwizard.tui.screens.line import LineScreen
from easwizard.tui.screens.paste import PasteScreen
from easwizard.tui.stages.pane import Pane
from easwizard.tui.view import View
from easwizard.tui.widgets.outside import services_of
from easwizard.workflow.bringing import Outcome, Verdict
from easwizard.workflow.given_logs import Brought, brought, brought_by
from easwizard.workflow.given_paths import is_paths
from easwizard.workflow.log_reading import missing, paths_of

_ADD = (
    "Paths of files, several at once; quotes, file://, folders and patterns such as *.xml or u_ex*.log are "
    "understood. Server logs are counted where they are. "
    "SERVER=FILE says on which server a file was taken."
)
_OWN = "Enter takes what this practice estate says of itself. "
_PASTED = "pasted-"
_REMOVE = (
    "What only it told leaves the case, and its copy is deleted; findings that rest on it go with it. The file "
    "itself stays where it is and can be added again."
)

_LEFT_LOGS = "The other logs are read again, since counts cannot be subtracted. The file itself stays where it is."
_NO_LOGS = "All that logs told leaves the case; findings that rest on it go with it. The files stay where they are."

_ENDS = {
    LogsEnd.PARTIAL: "Ended half-way: the counts are of what was read until then.",
    LogsEnd.AS_BEFORE: "Ended half-way: the counts of before stay as they were.",
    LogsEnd.NOT_READ: "The logs were not read:",
}


def _gone(gone: Sequence[str], counts: LogCounts | None) -> str:
    files = len(counts.coverage) if counts is not None else 0
    return (
        f"{len(gone)} of the {files} logs that were counted before are not there any more. Logs are counted "
        "together: going on, what only those told leaves the case."
    )


def bringing_of(widget: Widget) -> Bringing:
    """That of the open case."""
    found = getattr(widget.screen, "bringing", None)
    if not isinstance(found, Bringing):
        raise TypeError("this widget belongs into an open case")
    return found


class EvidenceDialogs(Pane):
    """The pane's keys; what is marked is told by the pane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", tooltip="Add files by their paths"),
        Binding("b", "browse", "Browse", tooltip="Choose files on this machine"),
        Binding("p", "paste", "Paste", tooltip="Paste what a server printed"),
        Binding("l", "screen.logs", "Logs", tooltip="What the logs say, and the rows behind the numbers"),
        Binding("x,delete", "remove", "Remove", show=False, tooltip="Take the marked file out of the case"),
        Binding("s", "server", "Server", show=False, tooltip="Say on which server the marked file was taken"),
        Binding("w", "collector", "Collector", show=False, tooltip="Write the read-only collector script"),
        Binding("ctrl+x", "end", "Stop", show=False, tooltip="End the reading; what was read stays"),
    ]
    _view: View | None = None
    _last_folder: Path | None = None

    @property
    def marked_file(self) -> int | None:
        """The number of the file that is marked."""
        raise NotImplementedError

    @property
    def marked_refused(self) -> int | None:
        """The number of the thing that was not taken and is marked."""
        raise NotImplementedError

    @property
    def marked_logs(self) -> tuple[Sequence[str], str] | None:
        """The true paths of the logs that are marked, and what they are called on the screen."""
        raise NotImplementedError

    def logs_are_read(self) -> None:
        """Logs were counted, or not; mark them."""
        raise NotImplementedError

    def reading_begins(self) -> None:
        """Something is about to be read."""
        raise NotImplementedError

    def reading_is_over(self, verdicts: Sequence[Verdict]) -> None:
        """It was read; mark what is new."""
        raise NotImplementedError

    # Whether it may be done

    def _may_write(self) -> bool:
        """Whether the case can be changed; where not, the screen says why, in its own words."""
        may = getattr(getattr(self.screen, "opened", None), "journal", None) is not None
        if not may:
            self.post_message(Happened(()))
        return may

    @property
    def _record(self) -> Import | None:
        """The marked file as the view has it, which may hide names."""
        number = self.marked_file
        imports = self._view.case.imports if self._view is not None else ()
        return imports[number] if number is not None and number < len(imports) else None

    @property
    def _servers(self) -> tuple[str, ...]:
        """Those that are known by now, as suggestions."""
        return tuple(server.name for server in self._view.case.inventory.servers) if self._view is not None else ()

    # Bringing

    async def _bring(self, files: Sequence[ImportFile]) -> None:
        """Read files; of those that do not name their server, ask."""
        if not files:
            return
        bringing = bringing_of(self)
        self.reading_begins()
        verdicts = [*await bringing.add(files)]
        refused = bringing.refused
        for number, verdict in enumerate(verdicts):
            if verdict.outcome is Outcome.NEEDS_SERVER:
                verdicts[number] = await self._ask_server(verdict)
        # Asking brings files anew, one by one: what was not taken of all of them is shown together.
        kept = [v for v in verdicts if v.outcome is not Outcome.ADDED]
        bringing.refused = tuple(kept) if verdicts else refused
        self.reading_is_over(verdicts)

    async def _ask_server(self, verdict: Verdict) -> Verdict:
        name = "the file" if privacy(self.app).names_hidden else verdict.file.name
        text = f"It is {verdict.format}, which does not say whose it is. The server's short name, as EX13A."
        screen = LineScreen(f"On which server was {name} taken?", text, suggestions=self._servers)
        server = await self.app.push_screen_wait(screen)
        if not server:
            return verdict
        file = ImportFile(verdict.file.name, verdict.file.content, privacy(self.app).meant(server.strip()))
        self.reading_begins()
        [again] = await bringing_of(self).add([file]) or (verdict,)
        return again

    @work(group="bringing")
    async def action_add(self) -> None:
        if self._may_write():
            own = () if bringing_of(self).is_kept else await asyncio.to_thread(services_of(self).practice.files)
            value = " ".join(f'"{path}"' for path in own)
            screen = LineScreen("Add files", f"{_OWN if own else ''}{_ADD}", value)
            text = await self.app.push_screen_wait(screen)
            if text:
                await self._bring_paths(await asyncio.to_thread(brought, privacy(self.app).meant(text)))

    async def _bring_paths(self, given: Brought) -> None:
        await self._bring(given.files)
        if given.logs:
            await self._read_logs(given.logs)
        if given.troubles:
            wrong = tuple(Verdict(import_file(word), Outcome.NOT_USED, why) for word, why in given.troubles)
            bringing = bringing_of(self)
            bringing.refused = (*(bringing.refused if given.files else ()), *wrong)
            self.reading_is_over(wrong)

    @work(group="bringing")
    async def action_browse(self) -> None:
        if self._may_write():
            screen = BrowseScreen(self._last_folder)
            paths = await self.app.push_screen_wait(screen)
            if paths:
                self._last_folder = paths[0].parent
                await self._bring_paths(await asyncio.to_thread(brought_by, [str(path) for path in paths]))

    @work(group="bringing")
    async def action_paste(self) -> None:
        await self._paste("")

    async def _paste(self, text: str) -> None:
        if not self._may_write() or self._view is None:
            return
        taken = sum(record.file.startswith(_PASTED) for record in self._view.case.imports)
        file = await self.app.push_screen_wait(PasteScreen(f"{_PASTED}{taken + 1}", text, self._servers))
        if file is not None:
            server = privacy(self.app).meant(file.server)
            await self._bring([ImportFile(file.name, file.content, server)])

    def on_paste(self, event: Paste) -> None:
        """Files that are dragged into a terminal arrive as a paste of their paths."""
        event.stop()
        self._dropped(event.text)

    @work(group="bringing")
    async def _dropped(self, text: str) -> None:
        if await asyncio.to_thread(is_paths, text):
            if self._may_write():
                await self._bring_paths(await asyncio.to_thread(brought, text))
        else:
            await self._paste(text)

    def action_end(self) -> None:
        """The key that ends a run ends a reading first."""
        if bringing_of(self).course is not None:
            bringing_of(self).end()
        else:
            self.post_message(Stop())

    # Logs

    async def _read_logs(self, new: Sequence[str]) -> None:
        """Logs are counted together, so that those of before are read again, if they are still there."""
        counts = self._true_logs
        gone = await asyncio.to_thread(missing, counts)
        if gone and not await self.app.push_screen_wait(ConfirmScreen("Read logs?", _gone(gone, counts))):
            return
        before = [path for path in await asyncio.to_thread(paths_of, counts) if path not in gone]
        await self._count_logs([*dict.fromkeys([*before, *new])])

    async def _count_logs(self, paths: Sequence[str]) -> None:
        self.reading_begins()
        end, why = await bringing_of(self).read_logs(paths)
        self.logs_are_read()
        told = _ENDS.get(end)
        if told is not None:
            reason = "" if privacy(self.app).names_hidden else why
            self.notify(f"{told} {reason}".rstrip(), title="Logs", severity="warning", timeout=10, markup=False)

    @property
    def _true_logs(self) -> LogCounts | None:
        session = getattr(self.screen, "session", None)
        return session.case.logs if session is not None else None

    async def _remove_logs(self, paths: Sequence[str], what: str) -> None:
        """Take logs out of the counts: what is left is read again, since counts cannot be subtracted."""
        counts = self._true_logs
        left = [path for path in await asyncio.to_thread(paths_of, counts) if path not in paths]
        gone = [path for path in await asyncio.to_thread(missing, counts) if path in left]
        if gone:
            words = f"{len(gone)} of the other logs are not there any more: what is left cannot be counted anew."
            self.notify(f"{words} x on the first line of the logs takes all away.", severity="error", markup=False)
        elif self._may_write() and await self.app.push_screen_wait(
            ConfirmScreen(f"Take {what} away?", _LEFT_LOGS if left else _NO_LOGS)
        ):
            await self._count_logs(left)

    # Changing what is there

    @work(group="bringing")
    async def action_remove(self) -> None:
        refused, number, record = self.marked_refused, self.marked_file, self._record
        if refused is not None:
            bringing = bringing_of(self)
            bringing.refused = (*bringing.refused[:refused], *bringing.refused[refused + 1 :])
            self.reading_is_over(())
        elif self.marked_logs is not None:
            await self._remove_logs(*self.marked_logs)
        elif number is None or record is None:
            self.notify("Mark a file that was brought first.", markup=False)
        elif self._may_write() and await self.app.push_screen_wait(
            ConfirmScreen(f"Take {record.file} away?", _REMOVE)
        ):
            await bringing_of(self).remove(number)
            self.reading_is_over(())

    @work(group="bringing")
    async def action_server(self) -> None:
        number, record = self.marked_file, self._record
        if number is None or record is None:
            self.notify("Mark a file that was brought first.", markup=False)
            return
        if not self._may_write():
            return
        text = "Its settings then count for that server. A file that names its servers itself stays as it is."
        title = f"On which server was {record.file} taken?"
        screen = LineScreen(title, text, record.server or "", suggestions=self._servers)
        server = await self.app.push_screen_wait(screen)
        if server:
            self.reading_begins()
            verdicts = await bringing_of(self).give_server(number, privacy(self.app).meant(server.strip()))
            self.reading_is_over(())
            for verdict in verdicts:
                if verdict.outcome is not Outcome.ADDED:
                    self.notify(privacy(self.app).shown(verdict.words), severity="error", markup=False)

    # The collector

    @work(thread=True, group="writing the collector", exit_on_error=False)
    def action_collector(self) -> None:
        try:
            written = write_collector(services_of(self))
        except OSError as error:
            words, severity = f"The script could not be written ({error.strerror}).", "error"
        else:
            where = "the folder of copies" if privacy(self.app).names_hidden else written.path
            words, severity = f"{where}\nSHA-256 {written.sha256}", "information"
        self.app.call_from_thread(
            self.notify, words, title="The collector", severity=severity, timeout=20, markup=False
        )
