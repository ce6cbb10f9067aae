"""The helpdesk's page: ten lines, filled from the case, with a question for each gap (J26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from easwizard.case.case import Case, DeviceCertificate, Vantage
from easwizard.case.events import TicketFilled, happened
from easwizard.case.mending import StepRecord, StepState
from easwizard.diagnosis.engine import diagnose
from easwizard.exchange.inventory import Inventory, Server
from easwizard.exchange.products import Product
from easwizard.workflow.stages import GRID
from easwizard.workflow.ticket import BY_HAND, Line, as_text, ticket, to_ask
from tests.problems import cases

EMPTY = Case(Vantage("jump"))
BERLIN = timezone(timedelta(hours=1))


def when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC ({moment.astimezone(BERLIN):%H:%M} local)"


def page(case: Case) -> tuple[Line, ...]:
    return ticket(case, diagnose(case), when, BERLIN)


def line(case: Case, number: int) -> str:
    return page(case)[number - 1].words


def told(case: Case, **fields: str) -> Case:
    for field, text in fields.items():
        case = happened(case, TicketFilled(field.replace("_", "-"), text))
    return case


def test_an_empty_case_is_ten_lines_of_gaps_each_with_its_question() -> None:
    lines = page(EMPTY)
    assert [each.number for each in lines] == list(range(1, 11))
    text = as_text(lines, "today", "FULL")
    asked = to_ask(lines)
    assert {part.field for part in asked if part.field} == {each.field for each in BY_HAND}
    assert all(f"  - {part.label}: {part.ask}" in text for part in asked)
    assert text.startswith("Ticket of today. FULL.\n 1 Impact: who fails: ? | how many: ? | since: ?\n")
    assert "verdict: nothing is confirmed or likely: inconclusive" in text
    assert text.endswith("\n")


def test_what_is_told_by_hand_stands_there_and_is_not_asked_again() -> None:
    case = told(EMPTY, **{each.field.replace("-", "_"): f"told {each.field}" for each in BY_HAND})
    lines = page(case)
    text = as_text(lines, "today", "FULL")
    assert all(f"{each.label}: told {each.field}" in text for each in BY_HAND)
    assert not [part for part in to_ask(lines) if part.field]


def test_the_interview_fills_what_it_covers() -> None:
    case = EMPTY.with_answer(GRID[0], "sometimes").with_answer(GRID[3], "never")
    for question, value in (("scope", "one-site"), ("since", "names-moved"), ("owa", "works"), ("app", "own-mail"),
                            ("network", "vpn"), ("passwords-reset", "yes"), ("hybrid", "no")):  # fmt: skip
        case = case.with_answer(question, value)
    assert "password phones, old mailbox sometimes; certificate phones, new mailbox never" in line(case, 1)
    assert "since: since the names lead to the new servers" in line(case, 1)
    assert "place: on premises" in line(case, 2)
    assert "app: the phone's own mail" in line(case, 3)
    assert "network: VPN" in line(case, 5)
    assert "OWA: it works" in line(case, 7)
    assert "password reset for this: yes" in line(case, 7)


def test_an_answer_not_known_stays_a_gap() -> None:
    assert "OWA: ?" in line(EMPTY.with_answer("owa", "unknown"), 7)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("2026-01-31 08:15", "2026-01-31 07:15 UTC (08:15 local)"),
        ("2026-01-31 08:15 UTC", "2026-01-31 08:15 UTC (09:15 local)"),
        ("2026-01-31T08:15Z", "2026-01-31 08:15 UTC (09:15 local)"),
        ("about 2026-01-31 08:15, then again", "about 2026-01-31 07:15 UTC (08:15 local), then again"),
        ("yesterday", "yesterday"),
        ("2026-02-31 08:15", "2026-02-31 08:15"),
        ("0001-01-01 00:00", "0001-01-01 00:00"),
    ],
)
def test_times_are_told_in_utc_and_by_the_local_clock(typed: str, shown: str) -> None:
    assert f"since: {shown}" in line(told(EMPTY, since=typed), 1)
    assert f"failed first: {shown}" in line(told(EMPTY, failure_1=typed), 4)


def test_a_known_mailbox_server_tells_version_and_site() -> None:
    inventory = Inventory(servers=(Server("EX07A", product=Product.E2007, site="Berlin"),))
    case = told(replace(EMPTY, inventory=inventory), mailbox_server="ex07a")
    assert f"version: {Product.E2007.label} | AD site: Berlin" in line(case, 2)
    assert "version: ?" in line(told(case, mailbox_server="ex07"), 2)


def test_what_was_seen_from_here_is_not_told_as_the_phones() -> None:
    case = cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
    assert "HTTP status: ?" in line(case, 6)
    assert "X-FEServer: ?" in line(case, 6)


def test_the_certificate_at_hand_is_told_beside_the_users() -> None:
    case = replace(
        EMPTY, device_certificate=DeviceCertificate("phone.pfx", "CN=anna", "CN=CA", serial="01", upn="a@b")
    )
    assert "the user's certificate: ?" in line(case, 9)
    assert "looked with: CN=anna, serial 01, issuer CN=CA, UPN a@b" in line(case, 9)


def test_where_no_phone_has_a_certificate_none_is_asked_for() -> None:
    case = EMPTY.with_answer("fails-cert-old", "not-used").with_answer("fails-cert-new", "not-used")
    assert line(case, 9) == " 9 Certificate: certificates: no phone uses one"


def test_the_verdict_and_the_steps_stand_in_the_last_line() -> None:
    case = cases.answered(
        cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)), oldmail="yes", oldcert="yes"
    )
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    case = replace(case, steps=(StepRecord("namespace/duplicate/align", "set-url", StepState.DONE, at),))
    words = line(case, 10)
    assert "namespace/duplicate" in words
    assert "tried: last step 2026-01-01 12:00 UTC (13:00 local): set-url, done" in words
    assert "call back: ?" in words


def test_what_was_typed_steers_no_terminal_and_has_its_bounds() -> None:
    words = line(told(EMPTY, user="anna\x1b[2J\nroot", phone_says=""), 2)
    assert "anna\\x1b[2J\\x0aroot" in words
    assert len(line(told(EMPTY, user="x" * 5000), 2)) < 1000
