"""What the keys of stage 6 do: tell, look again, copy, undo. Draws nothing; what is marked is told by the pane."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from easwizard.case.events import Answered
from easwizard.case.mending import StepState
from easwizard.diagnosis.plans.model import Order, PlanStep
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.tui.mending import StepName
from easwizard.tui.messages import Copy, GoTo, Happened, LookAgain, ToldStep
from easwizard.tui.screens.confirm import ConfirmScreen
from easwizard.tui.screens.step_paste import StepPasteScreen
from easwizard.tui.screens.undo import UndoScreen
from easwizard.tui.stages.fix_words import Ordered, orders_of
from easwizard.tui.stages.pane import Pane
from easwizard.workflow.mending import Progress, Standing, StepStanding, undo_refused
from easwizard.workflow.offering import Offer
from easwizard.workflow.remedy_text import plan_text
from easwizard.workflow.stages import Stage
from easwizard.workflow.step_checks import pasted

CUTOVER = "cutover"


class Level(IntEnum):
    """How deep one is: all plans, the steps of one, one step."""

    PLANS = 0
    STEPS = 1
    STEP = 2


class FixKeys(Pane):
    """The pane's keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "done", "Done", tooltip="Say that the marked step is done; its check still has to show it"),
        Binding("v", "verify", "Verify", tooltip="See whether the marked step worked: look, paste or bring"),
        Binding("c", "copy", "Copy", tooltip="Copy the marked command, with where it runs"),
        Binding("C", "copy_all", "All", tooltip="Copy the commands for all servers of the step"),
        Binding("u", "undo", "Undo", tooltip="The way back of the marked step, once it may be gone"),
        Binding("b", "cutover('before')", "Before", tooltip="The names have not moved yet"),
        Binding("a", "cutover('after')", "After cut-over", tooltip="The names have moved"),
        Binding(
            "V", "verify_all", "Verify all", show=False, tooltip="Look at what all open steps need, and only that"
        ),
        Binding("p", "copy_plan", "Plan", tooltip="Copy the whole plan as text, its way back included"),
        Binding("r", "way_back", "Way back", show=False, tooltip="The way back of the whole plan, and forward again"),
        Binding("backspace", "not_done", "Not done", show=False, tooltip="Take back that the marked step is done"),
        Binding("escape", "back", "Back", show=False, tooltip="One level up"),
    ]
    level = Level.PLANS
    is_back = False
    """Whether the way back is shown."""

    @property
    def offer(self) -> Offer | None:
        """The plan that is marked or open."""
        raise NotImplementedError

    @property
    def standing(self) -> StepStanding | None:
        """The step that is marked or open."""
        raise NotImplementedError

    @property
    def ordered(self) -> Ordered | None:
        """The command that is marked."""
        raise NotImplementedError

    def go(self, level: Level) -> None:
        """Show that level."""
        raise NotImplementedError

    @property
    def way(self) -> Progress | None:
        """The way forward of the plan, or its way back."""
        if self.offer is None:
            return None
        return self.offer.back if self.is_back else self.offer.forward

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        at_step = self.level is not Level.PLANS
        if action in ("done", "verify", "copy", "copy_all", "undo", "not_done", "way_back"):
            return at_step
        if action == "cutover":
            return not at_step
        return at_step if action == "back" else True

    def _say(self, words: str) -> None:
        self.notify(words, markup=False, timeout=8)

    # Telling

    def action_done(self) -> None:
        each = self.standing
        if each is None or self._is_held(each):
            return
        marked = self.ordered
        subject = marked.order.subject if marked is not None and marked.kind == "do" else ""
        if each.standing is Standing.VERIFIED:
            self._say("This step is verified already.")
        elif each.standing in (Standing.DONE, Standing.WAITING) and not subject:
            self._say("Done already; v sees whether it worked, Backspace takes it back.")
        else:
            self._tell(each.step, StepState.DONE, subject)

    def action_not_done(self) -> None:
        each = self.standing
        if each is not None and each.record is not None and each.standing in (Standing.DONE, Standing.WAITING):
            self._tell(each.step, StepState.TO_DO, note="taken back")

    def _tell(self, step: PlanStep, state: StepState, subject: str = "", note: str = "") -> None:
        if self.offer is not None:
            name = StepName(self.offer.plan.key, step.id, step.subject)
            self.post_message(ToldStep(name, state, subject, note))

    def _is_held(self, each: StepStanding) -> bool:
        if each.standing is Standing.HELD:
            self._say(f"Not yet: {each.why}.")
        return each.standing is Standing.HELD

    def action_cutover(self, answer: str) -> None:
        self.post_message(Happened((Answered(CUTOVER, answer),)))

    # Verifying

    def action_verify(self) -> None:
        each = self.standing
        if each is None or self.offer is None or self._is_held(each):
            return
        match each.step.check.kind:
            case CheckKind.PROBE if each.step.check.hosts:
                self.post_message(LookAgain(StepName(self.offer.plan.key, each.step.id, each.step.subject)))
            case CheckKind.PROBE:
                self._say("Which name to look at is not known: name it in 2 Estate.")
            case CheckKind.IMPORT:
                self._say(f"Bring it again here, then this step verifies itself: {each.step.check.words}")
                self.post_message(GoTo(Stage.EVIDENCE))
            case CheckKind.PASTE:
                self._paste(each)
            case CheckKind.MANUAL:
                self._ask(each, "Only a person can see this.")

    def action_verify_all(self) -> None:
        self.post_message(LookAgain())

    @work(group="step")
    async def _paste(self, each: StepStanding) -> None:
        text = await self.app.push_screen_wait(StepPasteScreen(each.step))
        if text is None:
            return
        seen = pasted(each.step, text)
        if seen.worked is None:
            await self._asked(each, "This output is for a person to read.")
        else:
            self._tell(each.step, StepState.VERIFIED if seen.worked else StepState.FAILED, note=seen.why)

    @work(group="step")
    async def _ask(self, each: StepStanding, why: str) -> None:
        await self._asked(each, why)

    async def _asked(self, each: StepStanding, why: str) -> None:
        """What a person says is done, never verified: nothing has looked at it."""
        words = f"{why} It must be so:\n\n{each.step.check.words}\n\nIs it? What you say counts as done."
        if await self.app.push_screen_wait(ConfirmScreen(each.step.title, words)):
            self._tell(each.step, StepState.DONE, note="a person says that it is as it should be")
        elif each.record is not None:
            sure = "Say that it failed? Nothing after it is offered where it is a stop; u shows its way back."
            if await self.app.push_screen_wait(ConfirmScreen(each.step.title, sure)):
                self._tell(each.step, StepState.FAILED, note="a person says that it is not as it should be")

    # Copying

    def action_copy(self) -> None:
        each, way = self.standing, self.way
        if each is None or way is None or self._is_held(each):
            return
        found = self.ordered or next(iter(_in_order(orders_of(way, each.step))), None)
        if found is None:
            self._say("This step has no command: it is done by hand. p copies the whole plan.")
        else:
            at = f" for {found.order.subject}" if found.order.subject else ""
            self._copy(found.order, f"a command of the step{at}")

    def _copy(self, order: Order, what: str) -> None:
        if order.open_placeholders:
            self._say(f"Fill in before you run it: {', '.join(order.open_placeholders)}")
        self.post_message(Copy(order.block, what))

    def action_copy_all(self) -> None:
        """All blocks of one kind: those of the mark, else what the step does. One server at a time stays so (J23)."""
        each, way = self.standing, self.way
        if each is None or way is None or self._is_held(each):
            return
        kind = self.ordered.kind if self.ordered is not None else "do"
        found = [one.order for one in orders_of(way, each.step) if one.kind == kind]
        if not found:
            self._say("This step has no command: it is done by hand. p copies the whole plan.")
            return
        opens = dict.fromkeys(name for order in found for name in order.open_placeholders)
        if opens:
            self._say(f"Fill in before you run it: {', '.join(opens)}")
        blocks = "\n\n".join(order.block for order in found)
        self.post_message(Copy(blocks, f"{len(found)} blocks of the step" if len(found) > 1 else "the step"))

    def action_copy_plan(self) -> None:
        if self.offer is not None:
            self.post_message(Copy(plan_text(self.offer.plan, self.offer.forward, self.offer.back), "the plan"))

    # The way back

    def action_undo(self) -> None:
        each, way = self.standing, self.way
        if each is None or way is None:
            return
        refused = undo_refused(way, each.step)
        if refused is not None:
            self._say(f"No undo now: {refused}.")
        else:
            self._undo(each.step)

    @work(group="step")
    async def _undo(self, step: PlanStep) -> None:
        if await self.app.push_screen_wait(UndoScreen(step)):
            self._tell(step, StepState.UNDONE, note="undone")

    def action_way_back(self) -> None:
        offer = self.offer
        if offer is None:
            return
        until = offer.forward.too_early_until
        if not offer.plan.rollback:
            self._say("This plan has no way back of its own: each step says how it is undone.")
        elif not self.is_back and until is not None:
            self._say(f"Too early to go back: what was done may not show before {until:%H:%M} UTC (J22).")
        else:
            self.is_back = not self.is_back
            self.go(Level.STEPS)


def _in_order(found: Sequence[Ordered]) -> list[Ordered]:
    """What the step does before what it saves: that is what one copies without a mark."""
    return sorted(found, key=lambda one: ("do", "see", "save", "undo").index(one.kind))
