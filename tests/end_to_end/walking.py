"""An admin who walks through a plan on a running practice estate, with the real prober and a clock of their own.

What a step changes is sent to the estate by its control endpoint, which stands in for the admin's hands; whether it
worked is seen by looking, by files that the estate writes anew, or by pasting what a command would have printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from easwizard.case.case import Case
from easwizard.case.events import Event, StepTold, happened
from easwizard.case.facts import Observation
from easwizard.case.mending import StepState
from easwizard.case.progress import Listener
from easwizard.case.requests import Request
from easwizard.cli.arguments import parser
from easwizard.cli.check import _understood, manners
from easwizard.cli.equipment import equipment
from easwizard.cli.equipment import prober as real_prober
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.evidence.import_files import ImportFile, server_in_name
from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import Behaviour, cmdlet_files, server_files
from easwizard.lab.invitation import check_arguments
from easwizard.lab.server_output import Addresses
from easwizard.workflow.begun import done_with_way_back
from easwizard.workflow.bringing import Outcome, Stock, events_of, with_file
from easwizard.workflow.investigate import investigate
from easwizard.workflow.mending import Progress, Standing, StepStanding
from easwizard.workflow.offering import offer
from easwizard.workflow.ports import Prober
from easwizard.workflow.step_checks import pasted
from easwizard.workflow.verifying import look_again, standings, told, wanted

WHO = "ada"


class Walk:
    """One case about one running estate. `ahead` is how far the admin's clock runs before this machine's."""

    def __init__(self, running: Estate, **answers: str) -> None:
        self.running = running
        self.ahead = timedelta()
        self.stock = Stock()
        self.said: list[str] = []
        """What happened, a line each."""
        argv, environment = check_arguments(running, "account")
        arguments = parser().parse_args(["check", *argv])
        with contextlib.redirect_stderr(io.StringIO()):
            case, self._manners = _understood(arguments)
        held = equipment(arguments, case, environment, None)
        self._prober = _Dated(real_prober(held), self)
        self.case = replace(case, device_certificate=held.device_certificate)
        for question, value in answers.items():
            self.case = self.case.with_answer(question, value)
        assert manners(arguments) == self._manners

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_minutes(self, minutes: float) -> None:
        """Let the admin's clock go on; the machine's does not wait."""
        self.ahead += timedelta(minutes=minutes)

    # Looking

    def check(self) -> Diagnosis:
        """Look at everything again, as `easwizard check` does."""
        self.case = asyncio.run(investigate(self.case, self._prober, self._manners, _nobody, lambda *_: None))
        return self.diagnosis

    @property
    def diagnosis(self) -> Diagnosis:
        return diagnose(self.case)

    @property
    def asserted(self) -> list[str]:
        """Codes of what is the matter, as the case stands."""
        return [f.code for f in self.diagnosis.findings if f.verdict.asserts]

    def verify(self) -> None:
        """Look at what the open steps need and at nothing else, and write down what was seen: `check --verify`."""
        asked = wanted(self.case, self.now)
        assert asked.hosts, "no open step is bound to a look"
        self.case = asyncio.run(
            look_again(self.case, self._prober, self._manners, asked, _nobody, lambda *_: None)
        )
        self._record(*told(standings(self.case, self.now), WHO))

    def bring(self) -> None:
        """Bring what the servers say now: the cmdlets' output and each server's own files; older ones are replaced."""
        how = Behaviour(Addresses(self.running.addresses, self.running.port), self.running.scenario.site_knobs)
        inventory = self.running.inventory
        stock = Stock()
        for name, text in (cmdlet_files(inventory, "format-list") | server_files(inventory, how)).items():
            file = ImportFile(name, text.encode(), server_in_name(PurePath(name)))
            stock, verdict = with_file(stock, file, None, self.now)
            assert verdict.outcome is Outcome.ADDED, verdict.words
        self._record(*events_of(self.case, self.stock, stock))
        self.stock = stock
        self._record(*told(standings(self.case, self.now), WHO))

    # Plans

    def progress(self, key: str, *, back: bool = False) -> Progress:
        """How far a plan is, as stage 6 shows it."""
        found = offer(self.case, self.diagnosis, key, self.now)
        assert found is not None, f"nothing offers {key}"
        return found.back if back else found.forward

    def plan(self, key: str) -> Plan:
        return self.progress(key).plan

    def standing(self, key: str, id: str, subject: str = "", *, back: bool = False) -> StepStanding:
        """How one step stands now."""
        return next(s for s in self.progress(key, back=back).steps if s.step.key == (id, subject))

    def do(self, key: str, step: PlanStep) -> None:
        """Do a step with the estate's control, and tell it as done."""
        plan = self.plan(key)
        for change in step.changes:
            self.change(change)
        self._record(StepTold(done_with_way_back(self.case, plan, step, self.now, WHO)))

    def change(self, text: str) -> None:
        """One CHANGE of the running estate, by its control endpoint."""
        request = urllib.request.Request(  # noqa: S310 - loopback, the lab's own
            f"http://{self.running.control_address}/change",
            data=text.encode(),
            headers={"Authorization": f"Bearer {self.running.control_token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert answer.status == 204

    def paste(self, key: str, step: PlanStep) -> None:
        """Paste what the looks of a step print on the estate as it is now, prompt and command included."""
        output = "\n".join(f"PS C:\\> {order.text}\n{self._printed(order)}" for order in step.check.looks)
        seen = pasted(step, output or "What if: as it was rehearsed")
        state = {True: StepState.VERIFIED, False: StepState.FAILED, None: StepState.DONE}[seen.worked]
        record = done_with_way_back(self.case, self.plan(key), step, self.now, WHO)
        self._record(StepTold(replace(record, state=state, until=None, note=seen.why)))

    def _printed(self, order: Order) -> str:
        """What a read-only command would print: the part of the estate's own files that it shows."""
        inventory = self.running.inventory
        if "Get-" in order.text and "Feature" not in order.text:
            return "\n".join(cmdlet_files(inventory, "format-list").values())
        return "\n".join(text for name, text in server_files(inventory).items() if order.server in name)

    def take(self, key: str, steps: Sequence[PlanStep] | None = None, *, leave: Sequence[str] = ()) -> None:
        """Do steps in their order, all of the plan unless told; each is seen to have worked where it can be seen.

        A step that waits is only told as done here. Those to `leave` are not touched.
        """
        for step in self.plan(key).steps if steps is None else steps:
            if step.id not in leave:
                self._take(key, step)

    def _take(self, key: str, step: PlanStep) -> None:
        back = step in self.plan(key).rollback
        before = self.standing(key, *step.key, back=back)
        assert before.standing is not Standing.HELD, f"{step.key} is held: {before.why}"
        if step.check.kind is CheckKind.PASTE:
            self.paste(key, step)
        elif before.standing is not Standing.VERIFIED and not _only_looks(step):
            self.do(key, step)
        if step.check.kind is CheckKind.IMPORT:
            self.bring()
        elif step.check.kind is CheckKind.PROBE and step.wait is None and before.standing is not Standing.VERIFIED:
            self.verify()
        after = self.standing(key, *step.key, back=back)
        self.said.append(f"{step.id:20} {step.subject:24} {after.words}")
        wanted_ = _EXPECTED[step.check.kind] if step.wait is None else (*_EXPECTED[step.check.kind], Standing.WAITING)
        assert after.standing in wanted_, f"{step.key}: {after.words}: {after.why}"

    def _record(self, *events: Event) -> None:
        for event in events:
            self.case = happened(self.case, event)


def _only_looks(step: PlanStep) -> bool:
    return step.check.kind is CheckKind.PROBE and not step.orders and not step.changes_something


_EXPECTED = {
    CheckKind.PROBE: (Standing.VERIFIED,),
    CheckKind.IMPORT: (Standing.VERIFIED,),
    CheckKind.PASTE: (Standing.VERIFIED, Standing.DONE),
    CheckKind.MANUAL: (Standing.DONE,),
}
"""What a step that was done stands at, by who can see it."""


class _Dated:
    """The real prober; what it saw is dated by the admin's clock."""

    def __init__(self, real: Prober, walk: Walk) -> None:
        self._real, self._walk = real, walk

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        seen = await self._real.run(requests, listener, overall_seconds=overall_seconds)
        return tuple(replace(o, at=o.at + self._walk.ahead) for o in seen)

    def cancel(self, request: Request) -> None:
        self._real.cancel(request)


def _nobody(_: object) -> None:
    """Nobody listens."""


def turns(steps: Sequence[PlanStep]) -> Iterator[tuple[str, tuple[PlanStep, ...]]]:
    """The steps of each server's turn, in the order of the plan; without a subject what is done once."""
    for subject in dict.fromkeys(step.subject for step in steps):
        yield subject, tuple(step for step in steps if step.subject == subject)
