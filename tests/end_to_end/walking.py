"""An admin who walks through a plan on a running practice estate, with the real prober and a clock of their own.

What a step changes is sent to the estate by its control endpoint, which stands in for the admin's hands; whether it
worked is seen by looking, by files that the estate writes anew, or by pasting what a command would have printed.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from easwizard.case.events import Answered, Event, StepTold, happened
from easwizard.case.facts import Observation, SampleFacts
from easwizard.case.mending import StepState
from easwizard.case.progress import Listener
from easwizard.case.requests import Request, SampleSignIn
from easwizard.cli.arguments import parser
from easwizard.cli.check import _understood, manners
from easwizard.cli.equipment import equipment
from easwizard.cli.equipment import prober as real_prober
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.evidence.import_files import ImportFile, server_in_name
from easwizard.exchange.replies import Sent
from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import Behaviour, cmdlet_files, server_files
from easwizard.lab.invitation import check_arguments
from easwizard.lab.server_output import Addresses
from easwizard.workflow.begun import done_with_way_back, plan_as_begun
from easwizard.workflow.bringing import Outcome, Stock, events_of, with_file
from easwizard.workflow.investigate import investigate
from easwizard.workflow.mending import Progress, Standing, StepStanding, progress
from easwizard.workflow.offering import offers
from easwizard.workflow.planning import signing_in
from easwizard.workflow.ports import Prober
from easwizard.workflow.step_checks import pasted
from easwizard.workflow.verifying import look_again, standings, told, wanted

WHO = "ada"
_OFTEN = 24
"""Sign-ins that all end alike by chance once in eight million times, where one half fails."""


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
            self.answer(question, value)
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
        self.case = asyncio.run(look_again(self.case, self._prober, self._manners, asked, _nobody, lambda *_: None))
        seen = standings(self.case, self.now)
        self._record(*told(seen, WHO))
        open_ = [each for p in seen for each in p.steps if each.step.wait is not None and each.standing in _JUDGED]
        self.said += [f"{each.step.id:20} {'looked again':24} {each.words}" for each in open_]

    def certificate_often(self) -> tuple[int, int]:
        """Sign in with the certificate two dozen times; those that worked, and all."""
        planned = [r for r in signing_in(self.case, self._manners) if isinstance(r, SampleSignIn)]
        asked = [request for request in planned if request.sent is Sent.CERTIFICATE]
        often = [replace(request, until_success=False, count=_OFTEN) for request in asked]
        seen = asyncio.run(self._prober.run(often, _nobody))
        facts = [o.facts for o in seen if isinstance(o.facts, SampleFacts)]
        return sum(f.ok for f in facts), sum(f.sent for f in facts)

    def bring(self) -> None:
        """Bring what the servers say now: the cmdlets' output and each server's own files instead of older ones."""
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

    def answer(self, question: str, value: str) -> None:
        """Say something that only a person knows."""
        self._record(Answered(question, value))

    # Plans

    def progress(self, key: str, *, back: bool = False) -> Progress:
        """How far a plan is, as stage 6 shows it: as it was begun, or as the diagnosis offers it."""
        if any(record.plan == key for record in self.case.steps):
            plan = plan_as_begun(self.case, key)
        else:
            plan = next((o.plan for o in offers(self.case, self.diagnosis, self.now) if o.plan.key == key), None)
        assert plan is not None, f"nothing offers {key}"
        return progress(self.case, plan, self.now, back=back)

    def plan(self, key: str) -> Plan:
        return self.progress(key).plan

    def standing(self, key: str, id: str, subject: str = "", *, back: bool = False) -> StepStanding:
        """How one step stands now."""
        return next(s for s in self.progress(key, back=back).steps if s.step.key == (id, subject))

    def do(self, plan: Plan, step: PlanStep, *, late: bool = False) -> None:
        """Do a step with the estate's control, and tell it as done; `late`: replication has not brought it yet."""
        for change in () if late else step.changes:
            self.change(change)
        self._record(StepTold(done_with_way_back(self.case, plan, step, self.now, WHO)))

    def change(self, text: str) -> None:
        """One CHANGE of the running estate, by its control endpoint."""
        request = urllib.request.Request(
            f"http://{self.running.control_address}/change",
            data=text.encode(),
            headers={"Authorization": f"Bearer {self.running.control_token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 204

    def paste(self, plan: Plan, step: PlanStep) -> None:
        """Paste what the looks of a step print on the estate as it is now, prompt and command included."""
        output = "\n".join(f"PS C:\\> {order.text}\n{self._printed(order)}" for order in step.check.looks)
        seen = pasted(step, output or "What if: as it was rehearsed")
        state = {True: StepState.VERIFIED, False: StepState.FAILED, None: StepState.DONE}[seen.worked]
        record = done_with_way_back(self.case, plan, step, self.now, WHO)
        self._record(StepTold(replace(record, state=state, until=None, note=seen.why)))

    def _printed(self, order: Order) -> str:
        """What a read-only command would print: the part of the estate's own files that it shows."""
        inventory = self.running.inventory
        if "Get-" in order.text and "Feature" not in order.text:
            return "\n".join(cmdlet_files(inventory, "format-list").values())
        return "\n".join(text for name, text in server_files(inventory).items() if (order.server or "") in name)

    def take(self, key: str, steps: Sequence[PlanStep] | None = None, *, leave: Sequence[str] = ()) -> None:
        """Do steps in their order, all of the plan unless told; each is seen to have worked where it can be seen.

        A step that waits is only told as done here. Those to `leave` are not touched.
        """
        for step in self.plan(key).steps if steps is None else steps:
            if step.id not in leave:
                self._take(key, step)

    def _take(self, key: str, step: PlanStep) -> None:
        forward = self.progress(key)
        plan, back = forward.plan, step in forward.plan.rollback
        before = (self.progress(key, back=True) if back else forward).of(step)
        assert before.standing is not Standing.HELD, f"{step.key} is held: {before.why}"
        if step.check.kind is CheckKind.PASTE:
            self.paste(plan, step)
        elif before.standing is not Standing.VERIFIED and not _only_looks(step):
            self.do(plan, step)
        if step.check.kind is CheckKind.IMPORT:
            self.bring()
        elif step.check.kind is CheckKind.PROBE and step.wait is None and before.standing is not Standing.VERIFIED:
            self.verify()
        after = self.standing(key, *step.key, back=back)
        self.said.append(f"{step.id:20} {step.subject:24} {after.words}")
        assert after.standing in _expected(step), f"{step.key}: {after.words}: {after.why}"

    def _record(self, *events: Event) -> None:
        for event in events:
            self.case = happened(self.case, event)


_JUDGED = (Standing.TOO_EARLY, Standing.FAILED, Standing.VERIFIED)


def _only_looks(step: PlanStep) -> bool:
    return step.check.kind is CheckKind.PROBE and not step.orders and not step.changes_something


def _expected(step: PlanStep) -> tuple[Standing, ...]:
    """Where a step stands once it was done; what nothing but a person can see is never verified."""
    waiting = () if step.wait is None else (Standing.WAITING,)
    match step.check.kind:
        case CheckKind.PROBE:
            return (Standing.VERIFIED, *waiting)
        case CheckKind.IMPORT:
            return (Standing.VERIFIED if step.changes else Standing.DONE, *waiting)
        case CheckKind.PASTE:
            return (Standing.VERIFIED if step.check.must_hold else Standing.DONE, *waiting)
        case CheckKind.MANUAL:
            return (Standing.DONE, *waiting)


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
