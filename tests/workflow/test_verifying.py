"""Looking again for open steps only: what is asked, before and after, what is written down; and each plan once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from easwizard.case.case import Case
from easwizard.case.events import happened
from easwizard.case.facts import DnsOutcome, Observation
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.progress import Listener
from easwizard.case.requests import LookAt, Request, ResolveName, SampleSignIn, Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH
from easwizard.probes.identity import http_id
from easwizard.reports.json_form import document
from easwizard.reports.model import report_on
from easwizard.workflow.begun import done_with_way_back
from easwizard.workflow.mending import Standing, done
from easwizard.workflow.offering import offer, offers
from easwizard.workflow.planning import SamplingManners
from easwizard.workflow.remedy_text import plan_text
from easwizard.workflow.step_checks import ENOUGH
from easwizard.workflow.verifying import (
    Wanted,
    compared,
    left_open,
    look_again,
    standings,
    told,
    wanted,
    wanted_by,
)
from tests.problems import cases
from tests.workflow.test_mending import (
    ALIGN,
    GENERIC,
    LEGACY,
    SWITCHES,
    T0,
    article,
    at,
    brought,
    changed,
    crossing,
    plan,
    step,
)

ADDRESS = "127.0.0.1"
"""Where every name leads that the prober below is asked for."""


def aligned(minutes: float = 0) -> Case:
    """The case with the one step told that changes something."""
    case = article()
    made = plan(case)
    record = done_with_way_back(case, made, step(made, "align"), at(minutes), "ada")
    return replace(case, steps=(record,))


class Telling:
    """A prober that answers names with one address and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    async def run(
        self, requests: Sequence[Request], listener: Listener, *, overall_seconds: float | None = None
    ) -> tuple[Observation, ...]:
        self.asked += requests
        return tuple(observation for request in requests for observation in self._seen(request))

    def cancel(self, request: Request) -> None:
        raise AssertionError("nobody cancels here")

    def _seen(self, request: Request) -> tuple[Observation, ...]:
        if isinstance(request, ResolveName) and request.record_type == "A":
            return (cases.dns(Target(request.host, 443, Role.GENERIC), DnsOutcome.ANSWER),)
        if isinstance(request, LookAt):
            answer = cases.http(request.target, 401, "Basic", address=request.address)
            return (replace(answer, id=http_id(request.target, request.address, ACTIVESYNC_PATH, None)),)
        return ()


def asked_of(case: Case, want: Wanted) -> list[Request]:
    prober = Telling()
    asyncio.run(look_again(case, prober, SamplingManners(), want, lambda _: None, lambda *_: None))
    return prober.asked


# What is looked at


def test_nothing_that_was_begun_wants_nothing() -> None:
    assert wanted(article(), T0) == Wanted()
    assert standings(article(), T0) == ()


def test_only_the_names_of_open_steps_are_looked_at_where_they_lead_now() -> None:
    case = aligned()
    want = wanted(case, at(61))
    assert want == Wanted((LEGACY.host, GENERIC), signs_in=True)
    asked = asked_of(case, want)
    assert {r.host for r in asked if isinstance(r, ResolveName)} == {LEGACY.host, GENERIC}
    looks = {(r.target.host, r.address) for r in asked if isinstance(r, LookAt)}
    assert looks == {(LEGACY.host, ADDRESS), (GENERIC, ADDRESS)}
    samples = [r for r in asked if isinstance(r, SampleSignIn)]
    assert [(r.account, r.addresses) for r in samples] == [("anna", (ADDRESS,))]


def test_without_need_nobody_signs_in() -> None:
    asked = asked_of(aligned(), Wanted((GENERIC,)))
    assert any(isinstance(r, LookAt) for r in asked)
    assert not any(isinstance(r, SampleSignIn) for r in asked)


def test_a_step_that_no_look_can_tell_wants_none() -> None:
    made = plan(article())
    for each in made.steps:
        want = wanted_by([each])
        assert bool(want.hosts) is (each.check.kind is CheckKind.PROBE), each.id


# Before and after


def test_before_and_after_of_what_was_looked_at_and_what_is_left() -> None:
    case = aligned()
    before = standings(case, at(61))
    seen = case.with_observations([crossing(0, ENOUGH, at(62))])
    found = compared(before, standings(seen, at(63)))
    course = {each.step.id: (each.before.standing, each.after.standing) for each in found}
    assert course["look-again"] == (Standing.TO_DO, Standing.VERIFIED)
    assert course["align"] == (Standing.DONE, Standing.DONE)
    assert [each.step.id for each in found if each.is_news] == ["look-again"]
    assert [each.step.id for each in left_open(found)] == ["align"]


def test_what_a_look_showed_is_kept_with_who_and_when_and_once() -> None:
    case = aligned().with_observations([crossing(0, ENOUGH, at(62))])
    events = told(standings(case, at(63)), "ada")
    assert [(e.record.step, e.record.state, e.record.who, e.record.at) for e in events] == [
        ("look-again", StepState.VERIFIED, "ada", at(63))
    ]
    for event in events:
        case = happened(case, event)
    assert told(standings(case, at(64)), "bert") == ()


def test_a_failure_is_kept_and_one_that_is_too_early_is_not() -> None:
    case = aligned().with_observations([crossing(3, 4, at(10))])
    assert told(standings(case, at(11)), "ada") == ()
    assert told(standings(case, at(61)), "ada") == ()
    case = case.with_observations([crossing(3, 4, at(60.5))])
    (failed,) = told(standings(case, at(61)), "ada")
    assert (failed.record.step, failed.record.state) == ("look-again", StepState.FAILED)
    after = happened(case, failed)
    (back,) = [p for p in standings(after, at(62)) if p.steps[0].step.id == "save"]
    assert back.next is not None
    assert (back.next.step.id, back.next.standing) == ("look-again", Standing.FAILED)
    assert back.too_early_until is None


# Offers


def test_each_plan_is_offered_once_the_recommended_first() -> None:
    case = article()
    found = offers(case, diagnose(case), T0)
    keys = [each.plan.key for each in found]
    assert len(set(keys)) == len(keys)
    assert keys[0] == ALIGN
    assert found[0].plan.recommended
    assert [mended.code for mended in found[0].mends] == ["namespace/duplicate"]


def test_a_plan_that_several_problems_share_names_them_all() -> None:
    case = article().with_answer("tls-in-front", "nothing")
    off = changed(case, "client-certificates=EX13C/Default Web Site=ignore", "server-mapping=EX13C=off")
    case = replace(case, inventory=off)
    diagnosis = diagnose(case)
    shared = [each for each in offers(case, diagnosis, T0) if each.plan.key == SWITCHES]
    codes = {
        f.code
        for f in diagnosis.findings
        if f.verdict.asserts and any(r.plan is not None and r.plan.key == SWITCHES for r in f.remedies)
    }
    assert len(codes) > 1
    (only,) = shared
    assert {mended.code for mended in only.mends} == codes


def test_what_was_begun_comes_first_and_stays_when_its_finding_is_gone() -> None:
    case = aligned()
    made = plan(article())
    mended = brought(case, changed(case, *made.changes), at(5))
    mended = mended.with_observations([crossing(0, 40, at(62))])
    found = offers(mended, diagnose(mended), at(63))
    assert found[0].plan.key == ALIGN
    assert found[0].is_begun
    assert found[0].mends == ()
    assert found[0].plan.steps == made.steps
    prediction = found[0].prediction
    assert prediction is not None
    assert {(row.before.exact, row.after.exact) for row in prediction.changed} == {(0.5, 1.0)}


def test_an_unknown_plan_is_offered_by_nobody() -> None:
    assert offer(article(), diagnose(article()), "no/such/plan", T0) is None


def test_a_plan_as_text_holds_every_command_check_and_way_back() -> None:
    case = article()
    for each in offers(case, diagnose(case), T0):
        text = plan_text(each.plan)
        for found in (*each.plan.steps, *each.plan.rollback):
            orders = (*found.orders, *found.backup, *found.undo_orders, *found.check.looks)
            assert all(line in text for order in orders for line in order.text.splitlines())
            assert all(part in text for part in (found.title, found.check.words, found.undo, *found.cautions))
        assert all(part in text for part in (*each.plan.cautions, *each.plan.watch, each.plan.costs))


def test_the_text_says_how_far_a_plan_is() -> None:
    case = aligned()
    found = offers(case, diagnose(case), at(1))[0]
    assert "Set the InternalUrl on every old server of the site. [done]" in plan_text(found.plan, found.forward)
    made = plan(case, SWITCHES)
    text = plan_text(made)
    assert text.index("-- EX13C/Default Web Site") < text.index("-- EX13D/Default Web Site")


def test_a_step_of_another_record_is_not_taken_for_this_one() -> None:
    case = replace(article(), steps=(StepRecord("namespace/duplicate/gone", "align", StepState.DONE, T0),))
    assert standings(case, at(1)) == ()
    assert done(plan(case), step(plan(case), "align"), T0).plan == ALIGN


def test_the_report_predicts_what_each_remedy_changes() -> None:
    form = document(report_on(article(), T0))
    remedies = next(f for f in form["findings"] if f["code"] == "namespace/duplicate")["remedies"]
    align = next(r for r in remedies if r["id"] == "align")
    (row,) = align["predicted"]["changed"]
    assert (row["mailbox"], row["before"]["success"], row["after"]["success"]) == ("2007@London", 0.5, 1.0)
    assert [s["change"] for s in align["steps"] if s["change"]] == list(plan(article()).changes)
    unread = document(report_on(replace(article(), inventory=replace(article().inventory, vdirs=())), T0))
    assert all(r["predicted"] is None for f in unread["findings"] for r in f["remedies"])
