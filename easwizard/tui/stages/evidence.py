"""Stage 4: what to bring, the piece that settles most first, with its command; and the paste for each new server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from easwizard.diagnosis.evidence_list import Wanted, evidence_list
from easwizard.diagnosis.paste_block import legacy_hosts, paste_block
from easwizard.tui.messages import Copy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.stages.pane import Pane
from easwizard.tui.view import View
from easwizard.tui.widgets.row_list import Row, RowList, fit

_PASTE = "paste"
_WHOSE_VIEW = (
    "The mailbox servers of the new version make the leg to the old ones: their DNS, hosts file and firewall decide, "
    "not this machine's (J7). It asks for"
)
_READ_IT = (
    "/Proxy 401 with Negotiate and NTLM: takes the leg. 403: asks for a certificate. 404: no /Proxy there. "
    "A hosts line or an address that differs from the other servers is a finding of its own."
)
"""What its lines mean (exchange.md 1.4, J7)."""


class EvidencePane(Pane):
    """What would settle the open problems."""

    HELP: ClassVar[str] = """
# Evidence

What would settle the problems that are still open, the best first: the evidence, why it is wanted, which findings
wait for it. `c` copies the command of the one that is marked; run it where it says, it only reads.

The last entry is one block for each server of the new version that holds mailboxes: those servers, and not this
machine, make the leg to the old ones. It resolves the legacy names, shows their lines in the hosts file and asks each
`/Proxy` once without credentials.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    EvidencePane #bring { layout: vertical; height: 1fr; }
    EvidencePane #wanted { height: auto; max-height: 9; }
    EvidencePane #wanted-title { height: 1; color: $primary; text-style: bold; margin-top: 1; text-wrap: nowrap;
                                 text-overflow: ellipsis; }
    EvidencePane VerticalScroll { height: 1fr; scrollbar-size: 1 1; overflow-x: auto; }
    EvidencePane #detail-text { width: auto; min-width: 100%; }
    .-short EvidencePane #wanted-title { margin-top: 0; }
    .-wide EvidencePane #wanted { max-height: 16; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy command", tooltip="Copy the command that is marked"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._wanted: tuple[Wanted, ...] = ()
        self._block: str | None = None

    def compose(self) -> ComposeResult:
        yield Static(plain("What to bring, the best first"), classes="heading")
        with Container(id="bring"):
            yield RowList(id="wanted")
            yield Static(id="wanted-title")
            with VerticalScroll(id="detail"):
                yield Static(id="detail-text")

    def show(self, view: View) -> None:
        self._view = view
        known = view.case.observations or view.case.answers
        self._wanted = evidence_list(view.report.diagnosis) if known else ()
        self._block = paste_block(view.case)
        self._draw()

    def take_focus(self) -> None:
        self.query_one("#wanted").focus()

    def on_resize(self) -> None:
        self._draw()

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 1)

    def _draw(self) -> None:
        if self._view is not None:
            self.query_one("#wanted", RowList).put([*self._rows()])
            self._draw_detail()

    def _rows(self) -> Iterator[Row]:
        for number, one in enumerate(self._wanted):
            yield Row(f"wanted-{number}", plain(fit(f"{number + 1}  {one.evidence}", self._width)))
        if self._block is not None:
            yield Row(_PASTE, plain(fit(">  how each new server sees the old names (one paste)", self._width)))
        if not self._wanted:
            yield Row("none", plain(self._nothing()), is_heading=True)

    def _nothing(self) -> str:
        if self._view is None or not (self._view.case.observations or self._view.case.answers):
            return "Nothing is open yet: answer in 1, name the names in 2, look in 3."
        return "No finding waits for evidence."

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_detail()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.query_one("#detail").focus()

    @property
    def marked(self) -> Wanted | None:
        """The piece of evidence that is marked, if it is one."""
        number = (self.query_one("#wanted", RowList).key or "").removeprefix("wanted-")
        return self._wanted[int(number)] if number.isdigit() and int(number) < len(self._wanted) else None

    def _draw_detail(self) -> None:
        is_paste = self.query_one("#wanted", RowList).key == _PASTE
        title, text = "", plain("")
        if self.marked is not None:
            title, text = self.marked.evidence, self._detail(self.marked)
        elif is_paste and self._block is not None and self._view is not None:
            title, text = "One paste for each new server", self._paste(self._view, self._block)
        self.query_one("#wanted-title", Static).update(plain(title))
        self.query_one("#detail-text", Static).update(text)

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

    def _paste(self, view: View, block: str) -> Content:
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
        if self.marked is not None:
            self.post_message(Copy(self.marked.how, "the command for this evidence"))
        elif self._block is not None and self.query_one("#wanted", RowList).key == _PASTE:
            self.post_message(Copy(self._block, "the paste for each new server"))
        else:
            self.notify("There is nothing to copy yet.", markup=False)
