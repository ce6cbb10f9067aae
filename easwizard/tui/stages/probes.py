"""Stage 3: every name, address and resolver with the steps of looking at it, live; sign-ins with their odds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from easwizard.case.case import Case
from easwizard.case.facts import Status
from easwizard.case.requests import Request
from easwizard.exchange.inventory import Role
from easwizard.probes.settings import Deadlines
from easwizard.tui.messages import Copy, Look, Stop
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.pane import Pane
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.outside import manners_of, services_of
from easwizard.tui.widgets.plan_view import show_plan
from easwizard.tui.widgets.probe_matrix import Brush, drawn, header, key_of
from easwizard.tui.widgets.reading import Reading
from easwizard.tui.widgets.row_list import RowList
from easwizard.tui.widgets.sampling_panel import clock, sampling_lines
from easwizard.workflow.exchanges import exchange, title_of
from easwizard.workflow.matrix import PlaceRow, Row, SignInRow, belongs_to, matrix
from easwizard.workflow.planning import (
    SamplingManners,
    anonymous,
    looks,
    resolving,
    signing_in,
)
from easwizard.workflow.run import Run, State

_DEADLINES = Deadlines()


class ProbesPane(Pane):
    """The matrix above, the sign-ins below."""

    HELP: ClassVar[str] = """
# Probes

`Ctrl+R` looks at everything: each resolver is asked for each name, then every address is looked at. A row tells how
far each step is: **TCP** and **TLS** open or why not, **asks** whether a client certificate is asked for (in TLS or
for the path), the answer to **OPTIONS**, and on legacy names the answer on **/Proxy**. `!` answered, but is worth a
closer look; it is no verdict. The verdict is in stage 5.

`Enter` shows what was said, from the DNS answer to the headers, and `c` copies it. `r` looks at the marked row again,
`x` ends what runs there, `Ctrl+X` ends everything; what was seen stays. Nothing is ever changed on a server.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Again", tooltip="Look at this row once more"),
        Binding("x", "end", "End one", tooltip="End what runs at this row"),
        Binding("c", "copy", "Copy", tooltip="Copy what was said here"),
        Binding("p", "plan", "Plan", show=False, tooltip="Everything that a run sends, and to whom"),
    ]
    DEFAULT_CSS = """
    ProbesPane #probe-status { height: 1; text-style: bold; }
    ProbesPane #probe-intro { height: auto; max-height: 70%; padding: 0 0 1 0; }
    ProbesPane #probe-columns { height: 1; }
    ProbesPane #sampling { height: auto; max-height: 5; background: $boost; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._run = Run()
        self._rows: tuple[Row, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(id="probe-status")
        with VerticalScroll(id="probe-intro", can_focus=False):
            yield Static(id="probe-words")
        yield Static(id="probe-columns")
        yield RowList(id="matrix")
        yield Static(id="sampling")

    def show(self, view: View) -> None:
        self._view = view
        self._draw()

    def show_run(self, run: Run) -> None:
        self._run = run
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def take_focus(self) -> None:
        self.query_one(RowList).focus()

    # Drawing

    def _draw(self) -> None:
        view = self._view
        if view is None or not self.is_mounted:
            return
        listed = self.query_one(RowList)
        ports = {target.port for target in view.case.targets}
        port = ports.pop() if len(ports) == 1 else 443
        brush = Brush(listed.row_width, symbols(self.app), services_of(self).seconds(), port)
        self._rows = matrix(view.case, self._run, _DEADLINES)
        untouched = not view.case.observations and not self._run.errands
        self.query_one("#probe-intro").display = untouched
        self.query_one("#probe-columns").display = not untouched
        if untouched:
            self.query_one("#probe-words", Static).update(Content("\n").join(list(self._intro(view.case))))
        self.query_one("#probe-columns", Static).update(header(brush))
        self.query_one("#probe-status", Static).update(self._status(view.case))
        listed.put(drawn(self._rows, brush))
        self._draw_sampling(brush)

    def _draw_sampling(self, brush: Brush) -> None:
        panel, row = self.query_one("#sampling", Static), self._telling()
        panel.display = row is not None
        if row is not None:
            panel.update(Content("\n").join(sampling_lines(row, brush.width, brush.signs)))

    def _telling(self) -> SignInRow | None:
        """The sign-ins to show below: the marked ones, else those under way, else those that say most."""
        marked = self._marked()
        if isinstance(marked, SignInRow):
            return marked
        found = [row for row in self._rows if isinstance(row, SignInRow)]
        running = next((row for row in found if row.state is State.RUNNING), None)
        return running or max(found, key=lambda row: (row.facts.crossed, row.facts.sent), default=None)

    def _marked(self) -> Row | None:
        key = self.query_one(RowList).key
        return next((row for row in self._rows if key_of(row) == key), None)

    def _status(self, case: Case) -> Content:
        if self._run.errands and not self._run.over:
            return plain(self._under_way(), "$text-accent")
        if not case.targets:
            return plain("No name to look at yet: stage 2 (key 2)")
        if not case.observations:
            return plain("Nothing was looked at yet")
        last = max(o.at for o in case.observations)
        failed = sum(o.status is Status.FAILED for o in case.observations)
        ended = self._run.counts[State.CANCELLED]
        parts = [f"Looked at {last:%Y-%m-%d %H:%M} UTC"]
        parts += [f"{failed} without an answer"] if failed else []
        parts += [f"{ended} ended early"] if ended else []
        return joined(", ".join(parts), plain("   Enter shows what was said", "dim"))

    def _under_way(self) -> str:
        counts = self._run.counts
        total, over = len(self._run.errands), sum(n for state, n in counts.items() if state.is_over)
        parts = [f"{self._run.step[:1].upper()}{self._run.step[1:]}: {over} of {total} done"]
        parts += [f"{counts[State.RUNNING]} running"] if counts[State.RUNNING] else []
        parts += [f"{counts[State.FAILED]} without an answer"] if counts[State.FAILED] else []
        left = sum(row.pauses_left for row in self._rows if isinstance(row, SignInRow))
        parts += [f"pauses {clock(left)}"] if left >= 1 else []
        return ", ".join(parts)

    def _intro(self, case: Case) -> Iterator[Content]:
        """What will be done, before it is done."""
        if not case.targets:
            yield plain("Name what phones and servers use in stage 2; then it is looked at from here.")
            return
        resolvers = ", ".join(r.label for r in case.vantage.resolvers) or "no DNS server"
        yield joined(plain("Ctrl+R", "bold"), " or ", plain("Enter", "bold"), " begins. From this machine it will:")
        yield plain(f" 1 ask {resolvers} for {len(case.targets)} name{'s' if len(case.targets) > 1 else ''}")
        yield plain(" 2 at each address try TCP and TLS, read the certificate, and")
        yield plain("   send one OPTIONS without credentials")
        step = 3
        if case.with_role(Role.LEGACY_GENERIC, Role.LEGACY_CERT):
            yield plain(" 3 on legacy names ask /Proxy too, where the new servers knock")
            step += 1
        signing = _sign_in_words(case, manners_of(self))
        yield plain(f" {step} {signing}" if signing else "   No account is given (stage 2), so nobody signs in.")
        yield plain("Nothing is changed on any server. p lists every request.")

    # Keys

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self._view is not None:
            width = self.query_one(RowList).row_width
            self._draw_sampling(Brush(width, symbols(self.app), 0.0))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row, case = self._marked(), self._known()
        if not case.observations and not self._run.errands:
            self.post_message(Look())
        elif row is not None:
            lines = [
                plain(line.text, "bold $text-primary" if line.is_heading else "") for line in exchange(case, row)
            ]
            self.app.push_screen(Reading(title_of(row), lines, "the exchange"))

    def action_copy(self) -> None:
        row = self._marked()
        if row is not None:
            said = "\n".join(line.text for line in exchange(self._known(), row))
            self.post_message(Copy(f"{title_of(row)}\n\n{said}\n", f"what was said at {title_of(row)}"))

    def action_plan(self) -> None:
        if self._view is not None:
            show_plan(self, self._view.case)

    def action_again(self) -> None:
        row = self._marked()
        again = _requests(self._known(), row, manners_of(self)) if row is not None else ()
        if again:
            self.post_message(Look(again))
        else:
            self.notify("Nothing to look at here yet; Ctrl+R looks at everything.", markup=False)

    def action_end(self) -> None:
        row = self._marked()
        errands = [e for e in self._run.errands if row is not None and belongs_to(e.request, row)]
        running = [e.request for e in errands if not e.state.is_over]
        for request in running:
            self.post_message(Stop(request))
        if not running:
            self.notify("Nothing runs at this row; Ctrl+X ends everything.", markup=False)

    def _known(self) -> Case:
        """The case with what the run has seen since it was last drawn."""
        if self._view is None:
            raise RuntimeError("no view was shown yet")
        return self._view.case.with_observations(o for e in self._run.errands for o in e.observations)


def _requests(case: Case, row: Row, manners: SamplingManners) -> tuple[Request, ...]:
    """What looking at one row again would send."""
    if isinstance(row, SignInRow):
        planned = row.request is not None and (row.request,)
        return planned or tuple(r for r in signing_in(case, manners) if belongs_to(r, row))
    if isinstance(row, PlaceRow):
        also = (anonymous(row.target, row.place),) if row.target.role.faces_devices else ()
        return (*looks(case, row.target, row.place), *also)
    return tuple(r for r in resolving(case) if belongs_to(r, row))


def _sign_in_words(case: Case, manners: SamplingManners) -> str:
    kinds = [f"{len(case.accounts)} account{'s' if len(case.accounts) > 1 else ''}"] if case.accounts else []
    if case.device_certificate is not None:
        kinds.append("the certificate")
    if not kinds:
        return ""
    pace = f", {manners.pace_seconds:g} s apart" if manners.pace_seconds else ""
    return f"sign in with {' and '.join(kinds)}, one at a time{pace}"
