"""How far a plan is: steps told, waited for, looked at again, undone; and the way back once the fault is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from easwizard.case.case import Account, Case, Contradiction, DeviceCertificate, Import, Vantage
from easwizard.case.facts import DnsOutcome, Observation, SampleFacts
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.requests import AskProxy, LookAt, ResolveName, Resolver, SampleSignIn, Target
from easwizard.diagnosis.plans.making import make_plans
from easwizard.diagnosis.plans.model import Plan, PlanStep
from easwizard.diagnosis.problem import catalogue
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory, Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.routing import Mailbox
from easwizard.lab.scenario_reader import load_scenario
from easwizard.probes.identity import http_id
from easwizard.workflow.begun import begun_plans, case_as_begun, done_with_way_back, plan_as_begun
from easwizard.workflow.mending import (
    Progress,
    Standing,
    done,
    looked,
    progress,
    record_of,
    requests_to_verify,
    targets_to_verify,
    undo_refused,
)
from easwizard.workflow.step_checks import ENOUGH, pasted
from tests.problems import cases

T0 = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
OLD = Mailbox(Product.E2007, "London")
ALIGN, SWITCHES = "namespace/duplicate/align", "cba/certificate-not-required/four-switches"
GENERIC = "generic.contoso.test"
LEGACY = Target("legacygeneric.contoso.test", 443, Role.LEGACY_GENERIC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def article(cutover: str = "after") -> Case:
    inventory = load_scenario("article-split").inventory
    targets = tuple(Target(n.host, 443, n.role) for n in inventory.namespaces)
    return Case(
        Vantage("jump", (Resolver("internal", "127.0.0.53"),)),
        targets=targets,
        inventory=inventory,
        accounts=(Account("anna", OLD),),
        device_certificate=DeviceCertificate("phone.pfx"),
        answers={"cutover": cutover},
    )


def plan(case: Case, key: str = ALIGN) -> Plan:
    code, _, remedy = key.rpartition("/")
    words = next(e.words for e in catalogue() if e.code == code)
    return next(p for p in make_plans(case, code, words.templates) if p.remedy_id == remedy)


def step(made: Plan, id: str, subject: str = "") -> PlanStep:
    found = made.step(id, subject)
    assert found is not None
    return found


def standing(case: Case, made: Plan, id: str, now: datetime, subject: str = "") -> Standing:
    return of(progress(case, made, now), id, subject)


def of(seen: Progress, id: str, subject: str = "") -> Standing:
    return seen.of(step(seen.plan, id, subject)).standing


def told(case: Case, *records: StepRecord) -> Case:
    return replace(case, steps=(*case.steps, *records))


def brought(case: Case, inventory: Inventory, when: datetime, kind: str = "ActiveSync virtual directory") -> Case:
    read = Import("vdirs.txt", "Format-List", {kind: 4}, read_at=when)
    return replace(case, inventory=inventory, imports=(*case.imports, read))


def changed(case: Case, *changes: str) -> Inventory:
    inventory = case.inventory
    for change in changes:
        inventory = apply_change(inventory, change)
    return inventory


def crossing(failed: int, clean: int, when: datetime) -> Observation:
    facts = SampleFacts(
        address="127.0.0.1", credentials=Sent.BASIC, account="anna", mailbox="2007@London", sent=failed + clean,
        ok=clean, failed=failed, crossed=failed + clean, crossed_failed=failed, by_outcome={"200": clean},
        by_address={"127.0.0.1": {"200": clean}},
    )  # fmt: skip
    return replace(cases.samples("anna", clean, failed), target=f"{GENERIC}:443", facts=facts, at=when)


# One plan from the first step to the last


def test_nothing_is_done_at_first_and_the_first_step_is_next() -> None:
    case = article()
    seen = progress(case, plan(case), T0)
    assert {s.standing for s in seen.steps} == {Standing.TO_DO}
    assert seen.next is seen.steps[0]
    assert not seen.is_begun
    assert requests_to_verify(case, plan(case), T0) == ()


def test_an_alignment_from_doing_to_verified() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0, "Ada"))
    assert standing(case, made, "align", at(1)) is Standing.DONE
    waiting = progress(case, made, at(1)).of(step(made, "look-again"))
    assert waiting.standing is Standing.WAITING
    assert waiting.words == "waiting: until 15:00 UTC"
    case = case.with_observations([crossing(3, 4, at(10))])
    assert standing(case, made, "look-again", at(11)) is Standing.TOO_EARLY
    unlooked = progress(case, made, at(61)).of(step(made, "look-again"))
    assert (unlooked.standing, "too early" in unlooked.why) == (Standing.TO_DO, True)
    case = case.with_observations([crossing(3, 4, at(61))])
    assert standing(case, made, "look-again", at(61)) is Standing.FAILED
    case = case.with_observations([crossing(0, ENOUGH, at(62))])
    assert standing(case, made, "look-again", at(63)) is Standing.VERIFIED
    aligned = changed(case, *made.changes)
    assert standing(brought(case, aligned, at(64)), made, "align", at(65)) is Standing.VERIFIED


def test_a_recycle_of_every_pool_ends_the_wait() -> None:
    case = article()
    made = plan(case)
    recycle = step(made, "recycle")
    case = told(case, done(made, step(made, "align"), T0))
    servers = [order.subject for order in recycle.orders]
    assert len(servers) == 4
    part = told(case, *(done(made, recycle, at(5), subject=name) for name in servers[:3]))
    assert standing(part, made, "look-again", at(6)) is Standing.WAITING
    whole = told(part, done(made, recycle, at(7), subject=servers[3]))
    whole = whole.with_observations([crossing(3, 4, at(8))])
    assert standing(whole, made, "look-again", at(9)) is Standing.FAILED


def test_what_was_seen_before_the_step_says_nothing_of_it() -> None:
    case = article().with_observations([crossing(0, 40, at(-5))])
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    assert standing(case, made, "look-again", at(120)) is Standing.TO_DO
    old = brought(case, changed(case, *made.changes), at(-1))
    assert standing(old, made, "align", at(120)) is Standing.DONE


def test_a_file_that_says_otherwise_fails_the_step() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    half = changed(case, made.changes[0])
    assert standing(brought(case, half, at(5)), made, "align", at(6)) is Standing.FAILED
    other = brought(case, half, at(5), kind="mailbox database")
    assert standing(other, made, "align", at(6)) is Standing.DONE


def test_few_clean_samples_are_no_proof() -> None:
    case = article().with_observations([crossing(0, ENOUGH - 1, at(90))])
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    assert standing(case, made, "look-again", at(100)) is Standing.TO_DO


def test_without_an_account_the_leg_cannot_be_seen_from_here() -> None:
    case = replace(article(), accounts=())
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    seen = progress(case, made, at(90)).of(step(made, "look-again"))
    assert seen.standing is Standing.CANNOT_BE_SEEN
    assert "mailbox is on the old version" in seen.why


def test_a_file_that_shows_the_change_does_not_begin_the_wait_anew() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0)).with_observations([crossing(3, 4, at(62))])
    case = brought(case, changed(case, *made.changes), at(63))
    case = told(case, *(r for r in looked(progress(case, made, at(64))) if r.step == "align"))
    assert standing(case, made, "align", at(65)) is Standing.VERIFIED
    assert standing(case, made, "look-again", at(65)) is Standing.FAILED


def test_of_two_records_of_one_moment_the_later_one_counts() -> None:
    case = article()
    made = plan(case)
    align = step(made, "align")
    case = told(case, done(made, align, T0), StepRecord(made.key, "align", StepState.TO_DO, T0))
    assert standing(case, made, "align", at(1)) is Standing.TO_DO
    assert standing(case, made, "look-again", at(1)) is Standing.TO_DO, (
        "nothing was changed, so nothing is waited for"
    )


# Undo


def test_no_undo_is_offered_while_it_is_too_early() -> None:
    case = article()
    made = plan(case)
    align = step(made, "align")
    assert undo_refused(progress(case, made, T0), align) == "it was not done"
    case = told(case, done(made, align, T0))
    assert "too early" in (undo_refused(progress(case, made, at(30)), align) or "")
    assert undo_refused(progress(case, made, at(60)), align) is None
    case = told(case, StepRecord(made.key, "align", StepState.UNDONE, at(70)))
    assert standing(case, made, "align", at(71)) is Standing.UNDONE
    assert undo_refused(progress(case, made, at(71)), align) == "it was not done"


def test_a_step_without_a_way_back_offers_none() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "rehearse"), T0))
    assert "no way back" in (undo_refused(progress(case, made, at(99)), step(made, "rehearse")) or "")


# Stops


def test_nothing_after_a_stop_before_it_is_passed() -> None:
    case = article("before")
    made = plan(case)
    assert of(progress(case, made, T0), "window") is Standing.TO_DO
    assert of(progress(case, made, T0), "align") is Standing.HELD
    passed = told(case, done(made, step(made, "window"), T0))
    assert of(progress(passed, made, at(1)), "align") is Standing.TO_DO


def test_a_removal_is_held_until_seven_quiet_days_were_seen() -> None:
    case = article()
    made = plan(case, "namespace/duplicate/remove")
    held = progress(case, made, T0).of(step(made, "remove"))
    assert held.standing is Standing.HELD
    assert "7 days" in held.why


# What is so already, and one server after the other


def test_a_switch_that_is_on_already_is_verified_by_what_was_imported() -> None:
    case = article()
    made = plan(case, SWITCHES)
    case = brought(case, changed(case, "role-service=EX13C=Web-Client-Auth=on"), T0, kind="Windows feature")
    first, second = "EX13C/Default Web Site", "EX13D/Default Web Site"
    passed = told(case, *(done(made, step(made, id), at(-5)) for id in ("build", "balancer-probe")))
    assert standing(passed, made, "role-service", at(1), first) is Standing.VERIFIED
    assert standing(passed, made, "role-service", at(1), second) is Standing.TO_DO


def test_one_server_at_a_time_the_next_is_held_until_the_first_is_through() -> None:
    case = article()
    made = plan(case, SWITCHES)
    first, second = "EX13C/Default Web Site", "EX13D/Default Web Site"
    records = [done(made, step(made, id), at(1)) for id in ("build", "balancer-probe")]
    case = told(case, *records, done(made, step(made, "drain", first), at(2)))
    assert standing(case, made, "drain", at(3), first) is Standing.DONE
    held = progress(case, made, at(3)).of(step(made, "drain", second))
    assert held.standing is Standing.HELD
    assert f"first finish {first}" in held.why
    following = progress(case, made, at(3)).next
    assert following is not None
    assert following.step.key == ("role-service", first)
    turn = [s for s in made.steps if s.subject == first and s.id != "drain"]
    through = told(case, *(done(made, each, at(4)) for each in turn))
    assert standing(through, made, "drain", at(5), second) is Standing.TO_DO
    failed = told(through, StepRecord(made.key, turn[-1].id, StepState.FAILED, at(6), subject=first))
    assert standing(failed, made, "drain", at(7), second) is Standing.HELD


def test_a_server_that_was_begun_and_undone_holds_nobody() -> None:
    case = article()
    made = plan(case, SWITCHES)
    first, second = "EX13C/Default Web Site", "EX13D/Default Web Site"
    case = told(case, *(done(made, step(made, id), at(1)) for id in ("build", "balancer-probe")))
    case = told(case, done(made, step(made, "drain", first), at(2)))
    undone = told(case, StepRecord(made.key, "drain", StepState.UNDONE, at(3), subject=first))
    assert standing(undone, made, "drain", at(4), second) is Standing.TO_DO


def test_a_look_that_failed_does_not_begin_the_wait_anew() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0), done(made, step(made, "look-again"), at(1)))
    case = case.with_observations([crossing(3, 4, at(62))])
    records = [r for r in looked(progress(case, made, at(63))) if r.step == "look-again"]
    assert [r.state for r in records] == [StepState.FAILED]
    failed = told(case, *records)
    assert standing(failed, made, "look-again", at(64)) is Standing.FAILED
    assert undo_refused(progress(failed, made, at(64)), step(made, "align")) is None


def test_a_step_for_several_is_as_far_as_the_last_of_them() -> None:
    case = article()
    made = plan(case)
    align = step(made, "align")
    subjects = [order.subject for order in align.orders]
    one = told(case, done(made, align, T0, subject=subjects[0]))
    assert record_of(one, made, align) is None
    both = told(one, done(made, align, at(1), subject=subjects[1]))
    assert standing(both, made, "align", at(2)) is Standing.DONE


# Looking again


def test_only_the_names_of_open_steps_are_looked_at() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "target"), T0))
    assert [t.host for t in targets_to_verify(case, made, at(1))] == [LEGACY.host]
    asked = requests_to_verify(case, made, at(1))
    assert {r.host for r in asked if isinstance(r, ResolveName)} == {LEGACY.host}


def test_sign_ins_are_planned_where_a_check_needs_them() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    target = Target(GENERIC, 443, Role.GENERIC)
    answer = replace(cases.http(target, 401, "Basic"), id=http_id(target, "127.0.0.1", ACTIVESYNC_PATH, None))
    case = case.with_observations([cases.dns(target, DnsOutcome.ANSWER), answer])
    asked = requests_to_verify(case, made, at(90))
    assert any(isinstance(r, LookAt) and r.target.host == GENERIC for r in asked)
    assert any(isinstance(r, SampleSignIn) and r.account == "anna" for r in asked)
    assert not any(isinstance(r, AskProxy) for r in asked)


def proxy(status: int, *challenges: str, when: datetime) -> Observation:
    return replace(cases.http(LEGACY, status, *challenges, path=PROXY_PATH), at=when)


@pytest.mark.parametrize(
    ("status", "challenges", "expected"),
    [(401, ("Negotiate", "NTLM"), Standing.VERIFIED), (401, ("Basic",), Standing.FAILED), (404, (), Standing.TO_DO)],
)
def test_whether_the_leg_is_taken_is_seen_at_proxy(
    status: int, challenges: tuple[str, ...], expected: Standing
) -> None:
    case = article().with_observations([proxy(status, *challenges, when=at(1))])
    made = plan(case)
    assert standing(case, made, "target", at(2)) is expected


def test_a_pasted_output_is_read_for_the_text_that_must_be_in_it() -> None:
    made = plan(article(), SWITCHES)
    flags = step(made, "ssl-flags", "EX13C/Default Web Site")
    assert pasted(flags, '<access sslFlags="Ssl, SslNegotiateCert, SslRequireCert" />').worked is True
    assert pasted(flags, '<access sslFlags="Ssl" />').worked is False
    assert pasted(step(made, "drain", "EX13C/Default Web Site"), "anything").worked is None


def pasteable() -> list[PlanStep]:
    """Every step of every plan whose paste is read for a text, with the names of an estate and without any."""
    plans = (
        made
        for case in (article(), article("before"), Case(Vantage("jump")))
        for entry in catalogue()
        for made in make_plans(case, entry.code, entry.words.templates)
    )
    steps = (each for made in plans for each in (*made.steps, *made.rollback))
    return [each for each in steps if each.check.must_hold]


@pytest.mark.parametrize("width", [40, 80, 10_000])
@pytest.mark.parametrize("prompt", ["PS C:\\> ", "[PS] C:\\Windows\\system32>", "C:\\>", ""])
def test_a_command_without_its_output_verifies_nothing(prompt: str, width: int) -> None:
    steps = pasteable()
    assert len(steps) > 20
    for each in steps:
        orders = (*each.check.looks, *each.orders, *each.backup)
        lines = [prompt + line for order in orders for line in (*order.block.splitlines(), order.line)]
        typed = "\n".join(line[at : at + width] for line in lines for at in range(0, len(line), width))
        assert pasted(each, f"{typed}\n{prompt}\n").worked is None, each.title
        with_output = f"{typed}\nit says {each.check.must_hold} here\n{prompt}"
        assert pasted(each, with_output).worked is True, each.title
        assert pasted(each, f"{typed}\nthe term is not recognised\n{prompt}").worked is False, each.title


def own_file(case: Case, inventory: Inventory, server: str, when: datetime) -> Case:
    read = Import(f"features-{server}.txt", "Get-WindowsFeature", {"feature": 2}, server=server, read_at=when)
    return replace(case, inventory=inventory, imports=(*case.imports, read))


def test_the_file_of_another_server_says_nothing_of_this_one() -> None:
    case = article()
    made = plan(case, SWITCHES)
    here, there = "EX13C/Default Web Site", "EX13D/Default Web Site"
    case = told(case, *(done(made, step(made, "role-service", subject), T0) for subject in (here, there)))
    case = own_file(case, changed(case, "role-service=EX13D=Web-Client-Auth=on"), "EX13D", at(1))
    assert standing(case, made, "role-service", at(2), there) is Standing.VERIFIED
    assert standing(case, made, "role-service", at(2), here) is Standing.DONE
    case = own_file(case, case.inventory, "EX13C", at(3))
    assert standing(case, made, "role-service", at(4), here) is Standing.FAILED


def test_files_that_contradict_each_other_are_named_and_nothing_is_verified() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0))
    label = "EX07A/Certificate Site"
    unsettled = tuple(replace(v, internal_url=None) if v.label == label else v for v in case.inventory.vdirs)
    case = brought(case, replace(case.inventory, vdirs=unsettled), at(1))
    case = replace(case, inventory=changed(case, *(c for c in made.changes if label not in c)))
    case = replace(case, contradictions=(Contradiction(label, "internal_url", (), None, "not settled"),))
    seen = progress(case, made, at(2)).of(step(made, "align"))
    assert seen.standing is Standing.DONE
    assert f"contradict each other on {label}: remove the older one" in seen.why


def certificate_tries(by_address: dict[str, dict[str, int]], beyond: int, when: datetime) -> Observation:
    """Tries of the certificate; `beyond` of the failures happened on the way on to an old server."""
    ok = sum(counts.get("200", 0) for counts in by_address.values())
    sent = sum(sum(counts.values()) for counts in by_address.values())
    facts = SampleFacts(
        address=None, credentials=Sent.CERTIFICATE, account="phone.pfx", mailbox=None, sent=sent, ok=ok,
        failed=sent - ok, crossed=ok + beyond, crossed_failed=beyond, by_address=by_address,
    )  # fmt: skip
    return replace(cases.samples("phone.pfx", ok, sent - ok), target="cert.contoso.test:443", facts=facts, at=when)


@pytest.mark.parametrize(
    ("by_address", "beyond", "expected"),
    [
        ({"127.0.0.1": {"200": 1}, "127.0.0.2": {"200": 1}}, 0, Standing.VERIFIED),
        ({"127.0.0.1": {"200": 1, "403": 2}, "127.0.0.2": {"200": 1}}, 2, Standing.VERIFIED),
        ({"127.0.0.1": {"200": 1}, "127.0.0.2": {"403": 3}}, 3, Standing.TO_DO),
        ({"127.0.0.1": {"200": 1}, "127.0.0.2": {"401": 3}}, 0, Standing.FAILED),
        ({"127.0.0.1": {"200": 1, "403": 2}, "127.0.0.2": {"401": 3}}, 2, Standing.FAILED),
        ({"127.0.0.1": {"401": 3}}, 0, Standing.FAILED),
    ],
)
def test_a_certificate_that_is_taken_is_not_blamed_for_the_way_on_to_an_old_server(
    by_address: dict[str, dict[str, int]], beyond: int, expected: Standing
) -> None:
    """Both faults at once: with the switches set right, the duplicate still fails every second sign-in (1.5)."""
    case = article()
    made = plan(case, SWITCHES)
    case = told(case, *(done(made, each, T0) for each in made.steps if each.id != "look-again"))
    case = case.with_observations([certificate_tries(by_address, beyond, at(20))])
    assert standing(case, made, "look-again", at(21)) is expected


def test_the_plan_stays_whole_where_files_leave_the_name_open_since() -> None:
    """Two web sites of a server share the aligned URL, so that files read since do not say where it leads (J19)."""
    case = article()
    made = plan(case)
    case = told(case, done_with_way_back(case, made, step(made, "align"), T0))
    inventory = changed(case, *made.changes)
    open_ = tuple(
        replace(n, endpoints=(), basis="assumed") if n.host == LEGACY.host else n for n in inventory.namespaces
    )
    (now,) = begun_plans(brought(case, replace(inventory, namespaces=open_), at(1)))
    assert now.changes == made.changes
    assert [each.orders for each in now.rollback] == [each.orders for each in made.rollback]


def test_what_a_look_showed_is_told_once() -> None:
    case = article()
    made = plan(case)
    case = told(case, done(made, step(made, "align"), T0)).with_observations([crossing(0, ENOUGH, at(62))])
    case = brought(case, changed(case, *made.changes), at(63))
    records = list(looked(progress(case, made, at(64)), "Ada"))
    assert {(r.step, r.state) for r in records} == {
        ("align", StepState.VERIFIED), ("look-again", StepState.VERIFIED)
    }  # fmt: skip
    again = told(case, *records)
    assert list(looked(progress(again, made, at(65)))) == []
    assert standing(again, made, "align", at(65)) is Standing.VERIFIED


# The way back


def test_the_way_back_knows_the_names_of_before() -> None:
    case = article()
    made = plan(case)
    old = case.inventory
    case = told(case, done_with_way_back(case, made, step(made, "align"), T0, "Ada", note="change 4711"))
    case = brought(case, changed(case, *made.changes), at(5))
    assert plan(case) != made
    assert case_as_begun(case, ALIGN).inventory.vdirs == old.vdirs
    begun = plan_as_begun(case, ALIGN)
    assert begun is not None
    assert (begun.steps, begun.rollback) == (made.steps, made.rollback)
    assert begun_plans(case) == (begun,)
    assert case.steps[0].note.splitlines()[0] == "change 4711"


def test_a_removed_directory_can_be_made_again_with_what_it_had() -> None:
    case = article()
    made = plan(case, "namespace/duplicate/remove")
    case = told(case, done_with_way_back(case, made, step(made, "remove"), T0))
    gone = brought(case, changed(case, *made.changes), at(5))
    back = case_as_begun(gone, made.key).inventory
    for before in case.inventory.vdirs:
        after = back.vdir(before.server, before.web_site)
        assert after is not None
        assert (after.internal_url, after.client_certificates, after.mapping) == (
            before.internal_url, before.client_certificates, before.mapping
        )  # fmt: skip


def test_a_wiped_mapping_is_found_on_the_way_back() -> None:
    case = article()
    made = plan(case)
    label = "EX07A/Certificate Site"
    case = told(case, done_with_way_back(case, made, step(made, "align"), T0))
    case = told(case, done(made, step(made, "back-url", label), at(70)))
    case = told(case, done(made, step(made, "back-mapping", label), at(71)))
    url = "https://legacycert.contoso.test/Microsoft-Server-ActiveSync"
    wiped = brought(case, changed(case, *made.changes, f"internal-url={label}={url}"), at(75))
    wiped = brought(wiped, wiped.inventory, at(75), kind="configuration section")
    seen = progress(wiped, made, at(76), back=True)
    assert of(seen, "back-url", label) is Standing.VERIFIED
    mapping = seen.of(step(made, "back-mapping", label))
    assert mapping.standing is Standing.FAILED
    assert f"mapping={label}=on" in mapping.why
    right = replace(wiped, inventory=apply_change(wiped.inventory, f"mapping={label}=on"))
    assert standing_back(right, made, label) is Standing.VERIFIED


def standing_back(case: Case, made: Plan, label: str) -> Standing:
    return of(progress(case, made, at(77), back=True), "back-mapping", label)


def test_an_unknown_plan_is_none() -> None:
    assert plan_as_begun(article(), "no/such/plan") is None
    assert plan_as_begun(article(), f"{ACTIVESYNC_PATH}") is None
