"""From the diagnosis through a plan to no problem found, step by step on a running estate, and back (J21 to J24)."""

from __future__ import annotations

from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.plans.model import PlanStep
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.inventory import Inventory
from easwizard.lab.estate import Estate
from easwizard.reports.model import report_on
from easwizard.workflow.mending import Standing, undo_refused
from tests.end_to_end.checking import estate, look
from tests.end_to_end.walking import Walk

ALIGN, REMOVE = "namespace/duplicate/align", "namespace/duplicate/remove"
SWITCHES = "cba/certificate-not-required/four-switches"
DUPLICATE, WIPED, SECOND = "namespace/duplicate", "cba/vdir-mapping-off", "setup/second-frontend-vdir"
GENERIC_URL, CERT_URL = "internal-url:legacygeneric.contoso.test", "internal-url:legacycert.contoso.test"
LOOKS = 3
"""Where the duplicate is left, seven sign-ins in a row may fail on the way on to an old server: then look again."""
BOTH = {DUPLICATE, "cba/certificate-not-required"}


def begun(running: Estate, cutover: str = "after") -> Walk:
    """A walk that has looked and has brought what the servers say."""
    walk = Walk(running, cutover=cutover)
    walk.check()
    assert set(walk.asserted) >= BOTH
    walk.bring()
    return walk


def step(walk: Walk, key: str, id: str, subject: str = "") -> PlanStep:
    found = walk.plan(key).step(id, subject)
    assert found is not None, id
    return found


def outcome_by_check(walk: Walk, *answers: str) -> tuple[Outcome, list[str]]:
    """What a check says that knows nothing of the walk but the answers that are true by now."""
    report = look(walk.running, "account", answers=["tls-in-front=nothing", *answers])
    return report.outcome, [f.code for f in report.diagnosis.findings if f.verdict.asserts]


def test_alignment_and_certificates_to_no_problem_found_and_back_with_the_wiped_mapping() -> None:
    with estate("article-split") as running:
        walk = begun(running)
        align_after_a_wait(walk)
        assert DUPLICATE not in walk.asserted
        switch_on(walk)
        walk.answer(CERT_URL, "no")
        walk.check()
        walk.bring()
        assert report_on(walk.case, walk.now).outcome is Outcome.NO_PROBLEM_FOUND
        assert outcome_by_check(walk, f"{CERT_URL}=no", f"{GENERIC_URL}=yes") == (Outcome.NO_PROBLEM_FOUND, [])
        go_back(walk)


def align_after_a_wait(walk: Walk) -> None:
    """Active Directory is slow: what was set has not reached the new servers, and nothing is undone for that."""
    steps = walk.plan(ALIGN).steps
    at = [each.id for each in steps].index("align")
    walk.take(ALIGN, steps[:at])
    align = steps[at]
    walk.do(walk.plan(ALIGN), align, late=True)
    walk.verify()
    early = walk.progress(ALIGN)
    look_again = early.of(step(walk, ALIGN, "look-again"))
    assert look_again.standing is Standing.TOO_EARLY
    assert look_again.until == early.too_early_until
    assert "too early" in str(undo_refused(early, align))
    walk.pass_minutes(61)
    unseen = walk.progress(ALIGN).of(step(walk, ALIGN, "look-again"))
    assert (unseen.standing, "look again" in unseen.why) == (Standing.TO_DO, True)
    for change in align.changes:
        walk.change(change)
    walk.verify()
    walk.bring()
    walk.take(ALIGN, steps[at + 1 :], leave=("recycle", "look-again"))
    now = walk.progress(ALIGN)
    assert {s.step.id: s.standing for s in now.steps if s.step.id in ("align", "look-again")} == {
        "align": Standing.VERIFIED,
        "look-again": Standing.VERIFIED,
    }


def switch_on(walk: Walk) -> None:
    """The four switches on both certificate servers, one server after the other, and a look when the wait is over."""
    walk.take(SWITCHES)
    walk.pass_minutes(16)
    for _ in range(LOOKS):
        if walk.standing(SWITCHES, "look-again").standing is not Standing.VERIFIED:
            walk.verify()
    assert walk.standing(SWITCHES, "look-again").standing is Standing.VERIFIED


def go_back(walk: Walk) -> None:
    """The names lead to the old servers again, where the Set of the alignment has wiped the mapping: it is named."""
    walk.change("namespace=generic.contoso.test=EX07A/Default Web Site,EX07B/Default Web Site")
    walk.change("namespace=cert.contoso.test=EX07A/Certificate Site,EX07B/Certificate Site")
    walk.answer("cutover", "before")
    walk.check()
    walk.bring()
    assert wiped_on(walk) == {"EX07A/Certificate Site", "EX07B/Certificate Site"}
    back = [each for each in walk.plan(ALIGN).rollback if each.subject]
    first = [each for each in back if each.subject == back[0].subject]
    assert [each.id for each in first] == ["back-url", "back-mapping", "back-restart"]
    walk.take(ALIGN, first[:1])
    assert back[0].subject in wiped_on(walk), "setting the URL again has wiped it again"
    walk.take(ALIGN, first[1:])
    assert wiped_on(walk) == {each.subject for each in back} - {back[0].subject}
    walk.take(ALIGN, [each for each in back if each not in first])
    walk.pass_minutes(61)
    walk.verify()
    assert walk.standing(ALIGN, "back-look", back=True).standing is Standing.VERIFIED
    walk.check()
    assert WIPED not in walk.asserted
    urls = {v.internal_host for v in walk.case.inventory.vdirs if v.server == "EX07A"}
    assert urls == {"legacygeneric.contoso.test", "legacycert.contoso.test"}


def wiped_on(walk: Walk) -> set[str]:
    """The directories whose wiped mapping is named."""
    finding = walk.diagnosis.finding(WIPED)
    assert finding is not None
    assert finding.verdict is Verdict.CONFIRMED
    return set(finding.subjects)


def test_certificates_alone_turn_never_into_sometimes_and_removal_ends_it() -> None:
    with estate("article-split") as running:
        walk = begun(running)
        before = running.inventory
        assert walk.certificate_often()[0] == 0
        switch_on(walk)
        walk.check()
        worked, sent = walk.certificate_often()
        assert 0 < worked < sent, "both faults at once: the second one mended alone turns never into sometimes"
        walk.bring()
        assert [code for code in walk.asserted if code in BOTH] == [DUPLICATE]
        remove_with_a_recycle(walk)
        walk.answer(CERT_URL, "no")
        walk.check()
        worked, sent = walk.certificate_often()
        assert worked == sent
        walk.bring()
        assert report_on(walk.case, walk.now).outcome is Outcome.NO_PROBLEM_FOUND
        assert outcome_by_check(walk, f"{CERT_URL}=no", f"{GENERIC_URL}=yes") == (Outcome.NO_PROBLEM_FOUND, [])
        go_all_the_way_back(walk, before)


def go_all_the_way_back(walk: Walk, before: Inventory) -> None:
    """Both plans back in their own steps: every directory is again what it was, the wiped mapping included."""
    for key in (SWITCHES, REMOVE):
        walk.take(key, [each for each in walk.plan(key).rollback if each.wait is None])
    assert settings(walk.running.inventory) == settings(before)
    walk.check()
    walk.bring()
    assert set(walk.asserted) >= BOTH


def settings(inventory: Inventory) -> dict[str, tuple[object, ...]]:
    """What the plans change of each directory."""
    return {v.label: (v.internal_url, v.client_certificates, v.basic, v.mapping) for v in inventory.vdirs}


def remove_with_a_recycle(walk: Walk) -> None:
    """No phone for seven days is a hard stop, and the recycle of every pool ends the wait at once."""
    steps = walk.plan(REMOVE).steps
    at = [each.id for each in steps].index("quiet")
    walk.take(REMOVE, steps[: at + 1])
    walk.take(REMOVE, [each for each in steps[at + 1 :] if each.id in ("save", "rehearse", "remove", "replicate")])
    assert walk.progress(REMOVE).too_early_until is not None
    walk.take(REMOVE, [step(walk, REMOVE, "recycle")])
    assert walk.progress(REMOVE).too_early_until is None
    walk.verify()
    assert walk.standing(REMOVE, "look-again").standing is Standing.VERIFIED


def test_on_the_article_the_second_directory_is_left_and_it_says_when_to_mend_it() -> None:
    with estate("article") as running:
        walk = begun(running)
        walk.take(ALIGN, leave=("recycle",))
        switch_on(walk)
        walk.check()
        walk.bring()
        report = report_on(walk.case, walk.now)
        left = [f for f in report.diagnosis.findings if f.verdict.asserts and f.severity is not Severity.LOW]
        assert [f.code for f in left] == [SECOND]
        assert set(left[0].subjects) == {"EX13A", "EX13B"}
        plan = walk.plan(f"{SECOND}/before-the-update")
        assert plan.title == "Plan its removal before the next update, not now"
        assert any("Do not do it while phones fail" in caution for caution in plan.cautions)
        stop = next(each.stop for each in plan.steps if each.id == "window")
        assert "while phones fail" in stop
