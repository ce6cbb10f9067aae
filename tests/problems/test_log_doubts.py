"""What logs must never call health: refusals of Windows, redirects, doors that let nobody in, and what is history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import DnsOutcome
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.log_history import is_history, judged_logs
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.exchange.inventory import Inventory, Role, VirtualDirectory
from easwizard.exchange.products import Product
from tests.problems import cases
from tests.problems.log_cases import (
    BAD,
    GOOD,
    Hit,
    article,
    back_end,
    everyday,
    front_end,
    http_err,
    legacy,
    with_logs,
)

EMPTY = Case(Vantage("jump"))
CERT = Target("cert.test", 443, Role.CERT)
NAMED = replace(EMPTY, targets=(Target("mail.test", 443, Role.GENERIC),))
DUPLICATE = "namespace/duplicate"
AFTER = datetime(2026, 3, 5, tzinfo=UTC)


def judged(case: Case) -> Outcome:
    return outcome(case, diagnose(case))


def verdict(case: Case, code: str) -> str | None:
    """What is said of a problem; None where nothing speaks of it."""
    said = cases.verdict(case, code)
    return None if said == "not-examined" else said


def found(case: Case, code: str) -> Finding:
    return cases.finding(case, code) or pytest.fail(f"{code} is not shown")


def unexplained(case: Case) -> list[str]:
    return [each.why for each in diagnose(case).not_examined if each.what == "why requests fail"]


# What Windows' HTTP service refused


def test_a_stopped_pool_alone_in_the_logs(tmp_path: Path) -> None:
    case = with_logs(EMPTY, http_err(tmp_path / "httperr1.log", range(300)))
    assert verdict(case, "eas/app-pool-down") == "likely", "the signature is only believed (8)"
    assert verdict(case, "server/pool-member-differs") is None
    assert judged(case) is Outcome.PROBLEM


def test_one_of_several_is_stopped(tmp_path: Path) -> None:
    healthy = front_end(tmp_path / "u_ex.log", everyday())
    case = with_logs(EMPTY, healthy, http_err(tmp_path / "httperr1.log", range(500, 800)))
    assert verdict(case, "eas/app-pool-down") == "likely"
    assert verdict(case, "server/pool-member-differs") == "possible"
    assert "httperr1.log" in found(case, "eas/app-pool-down").clues[0].text, "the file tells the server"


def test_a_pool_that_was_down_and_answers_again_is_no_more_than_possible(tmp_path: Path) -> None:
    healthy = front_end(tmp_path / "u_ex.log", everyday())
    case = with_logs(EMPTY, healthy, http_err(tmp_path / "httperr1.log", range(300)))
    assert verdict(case, "eas/app-pool-down") == "possible"
    assert judged(case) is Outcome.INCONCLUSIVE


def test_a_pool_that_starts_anew_refuses_a_few(tmp_path: Path) -> None:
    healthy = front_end(tmp_path / "u_ex.log", everyday())
    case = with_logs(EMPTY, healthy, http_err(tmp_path / "httperr1.log", range(12)))
    assert verdict(case, "eas/app-pool-down") is None
    assert judged(case) is Outcome.NO_PROBLEM_FOUND


def test_other_refusals_of_windows_are_told_and_blame_no_pool(tmp_path: Path) -> None:
    healthy = front_end(tmp_path / "u_ex.log", everyday())
    case = with_logs(EMPTY, healthy, http_err(tmp_path / "httperr1.log", range(200), "QueueFull"))
    assert verdict(case, "eas/app-pool-down") is None
    assert judged(case) is Outcome.INCONCLUSIVE
    assert any("refused 200 ActiveSync requests (503 QueueFull)" in why for why in unexplained(case))


def test_connections_that_clients_dropped_are_everyday(tmp_path: Path) -> None:
    healthy = front_end(tmp_path / "u_ex.log", everyday())
    case = with_logs(EMPTY, healthy, http_err(tmp_path / "httperr1.log", range(300), "Connection_Dropped", "-"))
    assert judged(case) is Outcome.NO_PROBLEM_FOUND


# Redirects of the web site


def test_a_server_that_redirects_all_that_comes(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 9}", n, "302 0 0", signed_in=False) for n in range(200)]
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", hits))
    assert verdict(case, "eas/redirected") == "likely", "only believed (3.1)"
    assert found(case, "eas/redirected").severity.value == "high"
    assert judged(case) is Outcome.PROBLEM


def test_a_leg_that_is_redirected_is_not_served(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 9}", n, "302 0 0", GOOD) for n in range(200)]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    assert verdict(case, "namespace/legacy-rejects-all") != "ruled-out"
    assert judged(case) is Outcome.INCONCLUSIVE


# Doors that let nobody in


def turned_away(start: int = 0, end: int = 200) -> list[Hit]:
    return [Hit(f"user{n % 9}", n, "401 2 5", signed_in=False) for n in range(start, end)]


def beside_a_healthy_one(tmp_path: Path, closed: list[Hit]) -> tuple[Path, Path]:
    return (
        front_end(tmp_path / "generic.log", everyday(), "10.0.0.4"),
        front_end(tmp_path / "cert.log", closed, "10.0.0.6"),
    )


def with_certificate_name(case: Case = EMPTY) -> Case:
    return replace(case, targets=(*case.targets, CERT))


def test_certificates_that_never_get_in(tmp_path: Path) -> None:
    case = with_logs(with_certificate_name(), *beside_a_healthy_one(tmp_path, turned_away()))
    assert verdict(case, "cba/not-working") == "possible"
    assert verdict(case, "eas/basic-off") is None
    assert "10.0.0.6 turned away 200 requests" in found(case, "cba/not-working").clues[0].text
    assert judged(case) is Outcome.INCONCLUSIVE


def test_where_the_address_is_known_as_the_certificate_names_it_is_likely(tmp_path: Path) -> None:
    known = replace(with_certificate_name(), observations=(cases.dns(CERT, DnsOutcome.ANSWER),))
    closed = front_end(tmp_path / "cert.log", turned_away(), "127.0.0.1")
    case = with_logs(known, front_end(tmp_path / "generic.log", everyday()), closed)
    assert verdict(case, "cba/not-working") == "likely"
    assert judged(case) is Outcome.PROBLEM


def test_a_door_that_closed_within_the_log_tells_the_hour(tmp_path: Path) -> None:
    before = [Hit(f"user{n % 9}", n) for n in range(100)]
    case = with_logs(with_certificate_name(), *beside_a_healthy_one(tmp_path, [*before, *turned_away(130, 300)]))
    assert "since 2026-03-01 08:00 UTC turned away 170" in found(case, "cba/not-working").clues[0].text


def test_a_door_that_opened_again_is_none(tmp_path: Path) -> None:
    after = [Hit("user1", 320)]
    case = with_logs(with_certificate_name(), *beside_a_healthy_one(tmp_path, [*turned_away(), *after]))
    assert verdict(case, "cba/not-working") is None
    assert judged(case) is Outcome.NO_PROBLEM_FOUND


def test_without_a_certificate_name_it_may_be_basic(tmp_path: Path) -> None:
    case = with_logs(NAMED, front_end(tmp_path / "u_ex.log", turned_away()))
    assert verdict(case, "eas/basic-off") == "possible"
    assert verdict(case, "cba/not-working") is None
    assert judged(case) is Outcome.INCONCLUSIVE


def test_rows_of_an_old_server_that_takes_no_leg_close_no_door(tmp_path: Path) -> None:
    legs = back_end(tmp_path / "leg.log", [Hit(f"user{n % 9}", n, "401 0 0", GOOD) for n in range(200)])
    old = legacy(tmp_path / "old.log", turned_away(), "10.0.0.7")
    case = with_logs(with_certificate_name(), front_end(tmp_path / "front.log", everyday()), legs, old)
    assert verdict(case, "cba/not-working") is None


# What fails without a reason


def test_failures_that_nothing_explains_are_told_with_their_numbers(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 9}", n, "500 0 0" if n % 4 else "200 0 0", GOOD) for n in range(200)]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    assert judged(case) is Outcome.INCONCLUSIVE
    [why] = unexplained(case)
    assert f"150 of 200 requests to {GOOD} came to nothing (150 times 500 0 0, without an Error: beside them)" in why
    assert "easwizard logs" in why
    assert unexplained(with_logs(EMPTY, back_end(tmp_path / "b.log", article()))) == [], (
        "the article explains its own"
    )


def test_passwords_that_are_refused_more_often_than_not_are_no_health(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 9}", n, "401 1 1326" if n % 5 else "200 0 0") for n in range(300)]
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", hits))
    assert judged(case) is Outcome.INCONCLUSIVE


def test_devices_that_never_get_past_the_policy_are_no_health(tmp_path: Path) -> None:
    hits = [Hit(f"user{n % 9}", n, "449 0 0" if n % 5 else "200 0 0") for n in range(300)]
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", hits))
    assert judged(case) is Outcome.INCONCLUSIVE


# Look-alikes


def test_a_plain_401_on_every_leg_fits_two_causes(tmp_path: Path) -> None:
    hits = [replace(h, code="401 0 0") for h in article()]
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", hits))
    for code in ("proxy/spn-conflict", "namespace/legacy-rejects-all"):
        assert verdict(case, code) == "possible"
        assert any(m.how.startswith("setspn -Q http/old") for m in found(case, code).missing)
    # What the admin sees of phones fits both just as well.
    always = case.with_answer("fails-basic-old", "always")
    assert verdict(always, "namespace/legacy-rejects-all") == "possible"


@pytest.mark.parametrize(
    ("win32", "issuer", "certificate"),
    [
        (2148204809, "likely", None),
        (2148204816, None, "likely"),
        (2148204810, "possible", "possible"),
        (0, "likely", None),
    ],
)
def test_what_403_16_means_its_win32_code_tells(
    win32: int, issuer: str | None, certificate: str | None, tmp_path: Path
) -> None:
    hits = [Hit(f"user{n % 5}", n, f"403 16 {win32}", signed_in=False) for n in range(40)]
    case = with_logs(EMPTY, front_end(tmp_path / "u_ex.log", hits))
    assert verdict(case, "cba/ca-not-accepted") == issuer
    assert verdict(case, "cba/certificate-rejected") == certificate


# History


def done(plan: str, subject: str = "", state: StepState = StepState.DONE) -> StepRecord:
    return StepRecord(plan, "step", state, AFTER, subject=subject)


def test_a_step_that_changes_no_row_leaves_the_logs_in_force(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article()))
    for plan in ("dns/ttl-too-long/lower", "autodiscover/wrong-url/set", "cba/not-working/switches"):
        assert verdict(replace(case, steps=(done(plan),)), DUPLICATE) == "confirmed"
    assert is_history(replace(case, steps=(done("namespace/duplicate/align"),)))


def test_a_step_that_was_undone_changed_nothing(tmp_path: Path) -> None:
    case = with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article()))
    plan = "namespace/duplicate/align"
    assert not is_history(replace(case, steps=(done(plan), done(plan, state=StepState.UNDONE))))


def test_a_step_on_the_legs_of_another_site_leaves_these_in_force(tmp_path: Path) -> None:
    def vdir(server: str, site: str, host: str) -> VirtualDirectory:
        url = f"https://{host}/Microsoft-Server-ActiveSync"
        return VirtualDirectory(server, "Default Web Site", site=site, product=Product.E2007, internal_url=url)

    estate = Inventory(
        vdirs=(vdir("EX07A", "London", GOOD), vdir("EX07B", "London", BAD), vdir("EX07P", "Paris", "p.x"))
    )
    case = replace(with_logs(EMPTY, back_end(tmp_path / "u_ex.log", article())), inventory=estate)
    plan = "namespace/duplicate/align"
    assert not is_history(replace(case, steps=(done(plan, "EX07P/Default Web Site"),)))
    assert is_history(replace(case, steps=(done(plan, "EX07B/Default Web Site"),)))


def test_a_step_on_front_ends_makes_history_of_their_rows_alone(tmp_path: Path) -> None:
    paths = beside_a_healthy_one(tmp_path, turned_away())
    case = with_logs(with_certificate_name(), *paths, back_end(tmp_path / "leg.log", article()))
    after = replace(case, steps=(done("cba/vdir-mapping-off/restore"),))
    assert verdict(after, "cba/not-working") is None
    assert verdict(after, DUPLICATE) == "confirmed"
    assert any("10.0.0.6" in each.what and "history" in each.why for each in diagnose(after).not_examined)
    counts = judged_logs(after)
    assert counts is not None
    assert {target.host for target in counts.targets} == {GOOD, BAD}


def test_a_pool_that_was_started_after_the_logs_is_history(tmp_path: Path) -> None:
    case = with_logs(EMPTY, http_err(tmp_path / "httperr1.log", range(300)))
    after = replace(case, steps=(done("eas/app-pool-down/start"),))
    assert verdict(after, "eas/app-pool-down") is None
    assert judged(after) is Outcome.INCONCLUSIVE
