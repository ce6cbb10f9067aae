"""Stage 6: how to mend what was found: choose a plan, go through its steps, see each of them verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from easwizard.tui.messages import Stale
from easwizard.tui.safe_text import plain
from easwizard.tui.stages.diagnosis_words import hanging
from easwizard.tui.stages.fix_keys import CUTOVER, FixKeys, Level
from easwizard.tui.stages.fix_words import (
    Ordered,
    about_offer,
    detail_rows,
    looked_words,
    offer_rows,
    orders_of,
    step_rows,
    watch_lines,
)
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.outside import services_of
from easwizard.tui.widgets.row_list import Row, RowList, fit
from easwizard.workflow.mending import StepStanding
from easwizard.workflow.offering import Offer

_TICK_SECONDS = 15
"""Between two looks at the clock: a wait that is over is drawn as over."""
_WHEN = {
    "before": "Before the cut-over: every remedy here hits phones that still work. These are steps inside the change "
    "window, after certificate sign-in works on the new servers (J21).",
    "after": "After the cut-over: prefer the recommended remedy; deleting a virtual directory is clean-up for later, "
    "and only after 7 days without a phone in its IIS log (J21).",
}
_ASK = "Have the names moved to the new servers? It decides what is safe: b not yet, a yes (J21)."


class DetailRows(RowList):
    """Paragraphs to read, with commands between them that can be marked; nothing is marked before a key says so."""

    DEFAULT_CSS = """
    DetailRows > .option-list--option-disabled { color: $text; text-style: none; }
    """

    def show_anew(self) -> None:
        """From the top: cautions come before commands."""
        self.highlighted = None
        self.scroll_home(animate=False)

    def action_cursor_down(self) -> None:
        """To the next command; below the last one only the text goes on."""
        if self.highlighted is None or any(not o.disabled for o in self.options[self.highlighted + 1 :]):
            super().action_cursor_down()
        else:
            self.scroll_end(animate=False)

    def action_cursor_up(self) -> None:
        """To the command before; above the first one the text begins."""
        if self.highlighted is None or all(o.disabled for o in self.options[: self.highlighted]):
            self.show_anew()
        else:
            super().action_cursor_up()


class FixPane(FixKeys):
    """Plans for what was found."""

    HELP: ClassVar[str] = """
# Fix

The plans for what is confirmed or likely; those that are under way come first. Below the list: what the marked one
changes for phones, whom it is for, what it costs. `Enter` opens its steps, `Enter` again one step, `Escape` goes up.

Say with `b` or `a` whether the names have moved: before the cut-over every remedy hits phones that still work.

In the steps: `c` copies a command with where it runs, `C` those for all servers, `d` says that a step is done. `v`
sees whether it worked: it looks again at what the step needs, asks for what a command printed, or leads to Evidence.
`V` looks for all open steps at once. What stands in angle brackets is for you to fill in.

A step is verified by looking, never by ticking. Right after a change a look may say too early: wait until the time
shown; until then nothing is undone. `u` shows the way back of a step, `r` that of the whole plan.

easwizard changes nothing itself.
"""
    SCOPED_CSS = False
    DEFAULT_CSS = """
    FixPane #when { height: auto; max-height: 4; color: $text-warning; }
    FixPane #remedies { height: auto; max-height: 9; }
    FixPane #remedy-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap;
                            text-overflow: ellipsis; }
    FixPane #about { height: 1fr; scrollbar-size-vertical: 1; }
    FixPane #about Static { height: auto; }
    FixPane #cautions { height: auto; max-height: 3; color: $text-warning; }
    FixPane #steps { height: 1fr; }
    FixPane #step-title { height: 1; color: $primary; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    FixPane #step { height: 1fr; }
    FixPane #verify { height: 1; background: $boost; text-wrap: nowrap; text-overflow: ellipsis; }
    .-wide FixPane #remedies { max-height: 16; margin-bottom: 1; }
    .-wide FixPane #cautions { max-height: 6; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._open: str | None = None
        """The key of the plan that is open, or marked."""

    def compose(self) -> ComposeResult:
        yield Static(id="when")
        yield RowList(id="remedies")
        yield Static(id="remedy-title")
        with VerticalScroll(id="about"):
            yield Static(id="about-text")
        yield Static(id="cautions")
        yield RowList(id="steps")
        with Vertical(id="one"):
            yield Static(id="step-title")
            yield DetailRows(id="step")
        yield Static(id="verify")

    def on_mount(self) -> None:
        self.set_interval(_TICK_SECONDS, self._tick)

    def _tick(self) -> None:
        """Ask for a new picture where a wait has ended since the last one."""
        now = services_of(self).now()
        ends = [each.until for offer in self._offers for each in (*offer.forward.steps, *offer.back.steps)]
        if any(until is not None and until <= now for until in ends):
            self.post_message(Stale())

    def show(self, view: View) -> None:
        self._view = view
        if self.offer is None and self.level is not Level.PLANS:
            self.go(Level.PLANS)
        self._draw()

    def take_focus(self) -> None:
        self.query_one(("#remedies", "#steps", "#step")[self.level]).focus()

    def on_resize(self) -> None:
        self._draw()

    # What is marked

    @property
    def _offers(self) -> tuple[Offer, ...]:
        return (self._view.offers or ()) if self._view is not None else ()

    @property
    def offer(self) -> Offer | None:
        return next((offer for offer in self._offers if offer.plan.key == self._open), None)

    @property
    def standing(self) -> StepStanding | None:
        number = self._number("#steps", "step-")
        steps = self.way.steps if self.way is not None else ()
        return steps[number] if number is not None and number < len(steps) else None

    @property
    def ordered(self) -> Ordered | None:
        way, each = self.way, self.standing
        if self.level is not Level.STEP or way is None or each is None:
            return None
        key = self.query_one("#step", RowList).key
        return next((one for one in orders_of(way, each.step) if one.key == key), None)

    def _number(self, list_id: str, head: str) -> int | None:
        number = (self.query_one(list_id, RowList).key or "").removeprefix(head)
        return int(number) if number.isdigit() else None

    # Levels

    def go(self, level: Level) -> None:
        deeper = level > self.level
        self.level = level
        if level is Level.PLANS:
            self.is_back = False
        self._draw()
        if level is Level.STEPS and (deeper or self.is_back):
            self._mark_next()
        self.query_one(DetailRows).show_anew()
        self.take_focus()
        self.refresh_bindings()

    def _mark_next(self) -> None:
        """The mark begins at the step to turn to."""
        way = self.way
        if way is not None and way.next is not None:
            self.query_one("#steps", RowList).mark(f"step-{way.steps.index(way.next)}")
        self._draw_step()

    def action_back(self) -> None:
        if self.level is Level.STEPS and self.is_back:
            self.action_way_back()
        else:
            self.go(Level(max(0, self.level - 1)))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list.id == "remedies" and self.level is Level.PLANS:
            self._take_mark()
            self._draw_about()
            self.query_one("#about").scroll_home(animate=False)
        elif event.option_list.id == "steps":
            self._draw_step()
            self.query_one(DetailRows).show_anew()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list.id == "remedies" and self.offer is not None:
            self.go(Level.STEPS)
        elif event.option_list.id == "steps":
            self.go(Level.STEP)
        elif event.option_list.id == "step":
            self.action_copy()

    def _take_mark(self) -> None:
        number = self._number("#remedies", "remedy-")
        if number is not None and number < len(self._offers):
            self._open = self._offers[number].plan.key

    # Drawing

    @property
    def _width(self) -> int:
        return max(20, self.size.width - 1)

    def _draw(self) -> None:
        if self._view is None:
            return
        at_plans = self.level is Level.PLANS
        for selector, shown in (
            ("#when", at_plans and bool(self._offers)), ("#remedies", at_plans), ("#about", at_plans),
            ("#cautions", self.level is Level.STEPS), ("#steps", self.level is Level.STEPS),
            ("#one", not at_plans),
        ):  # fmt: skip
            self.query_one(selector).display = shown
        self._draw_plans(self._view)
        self._draw_about()
        self._draw_steps()
        self._draw_step()
        self._draw_last_line()

    def _draw_plans(self, view: View) -> None:
        self.query_one("#when", Static).update(plain(_WHEN.get(view.case.answer(CUTOVER), _ASK)))
        rows = [*offer_rows(self._offers, symbols(self.app), self._width)]
        found = self.query_one("#remedies", RowList)
        found.put(rows or [Row("none", plain(_nothing(view)), is_heading=True)])
        if self.offer is not None:
            found.mark(f"remedy-{self._offers.index(self.offer)}")
        else:
            self._take_mark()

    def _draw_about(self) -> None:
        offer, signs = self.offer, symbols(self.app)
        title = offer.plan.title if offer is not None else ""
        self._bar("#remedy-title", f"The way back: {title}" if self.is_back else title)
        self.query_one("#remedy-title").display = offer is not None and self.level is not Level.STEP
        words = about_offer(offer, signs, self._width - 1) if offer is not None else plain("")
        self.query_one("#about-text", Static).update(words)

    def _draw_steps(self) -> None:
        offer, way = self.offer, self.way
        if offer is None or way is None:
            return
        signs = symbols(self.app)
        said = [hanging("! ", caution, self._width) for caution in offer.plan.cautions]
        if way.is_verified and offer.plan.watch and not self.is_back:
            said.append(watch_lines(offer, self._width))
        cautions = self.query_one("#cautions", Static)
        cautions.update(Content("\n").join(said))
        cautions.display = cautions.display and bool(said)
        self.query_one("#steps", RowList).put([*step_rows(way, signs, self._width)])

    def _draw_step(self) -> None:
        offer, way, each = self.offer, self.way, self.standing
        if offer is None or way is None or each is None:
            return
        signs = symbols(self.app)
        number = way.steps.index(each) + 1
        self._bar("#step-title", f"{number} of {len(way.steps)}  {each.step.title}")
        found = self.query_one(DetailRows)
        was_marked = found.highlighted is not None
        found.put([*detail_rows(offer, way, each, signs, self._width)])
        if not was_marked:
            found.show_anew()

    def _bar(self, selector: str, title: str) -> None:
        """A heading with a line to the right of it."""
        line = symbols(self.app).line
        head = f"{line * 2} {title} "
        text = fit(head, self._width) if len(head) > self._width else head + line * (self._width + 1 - len(head))
        self.query_one(selector, Static).update(plain(text))

    def _draw_last_line(self) -> None:
        self.query_one("#verify", Static).update(plain(" ".join(self._last_words())))

    def _last_words(self) -> Iterator[str]:
        """What the last look changed, else what verifying means."""
        looked = self._view.looked if self._view is not None else ()
        if looked and self.level is not Level.PLANS:
            signs = symbols(self.app)
            yield "Last look:"
            yield "; ".join(looked_words(each.before.standing, each.after, signs) for each in looked)
        else:
            yield "Verified by looking again. easwizard changes nothing."


def _nothing(view: View) -> str:
    if view.offers is None:
        return "The plans are being made ..."
    if not view.case.observations and not view.case.answers:
        return "Nothing is known yet: answer in 1, name the names in 2, look in 3."
    return "Nothing to mend: no problem is confirmed or likely. What is only\npossible is settled first: see 4."
