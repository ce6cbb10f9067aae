"""Hiding names: nothing of the site is left, everything else stays, and the way back is exact."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
from easwizard.case.events import Answered, Event, TargetsNamed
from easwizard.case.masking import Mask
from easwizard.case.requests import LookAt, Member, Resolver, Target
from easwizard.exchange.inventory import Inventory, Role, Server, VirtualDirectory
from easwizard.tui.view import view_of
from easwizard.workflow.run import Run
from tests.problems import cases
from tests.tui.services import NOW

KNOWN = replace(
    cases.answered(
        cases.case(
            cases.accepts(cases.OLD_GENERIC, address="10.1.2.3"),
            cases.refuses(cases.OLD_CERT, address="10.1.2.4"),
            cases.samples("anna@contoso.test", 3, 4),
            accounts=(Account("anna@contoso.test", cases.OLD), Account("contoso\\bobby")),
        ),
        oldmail="yes",
        oldcert="yes",
    ),
    vantage=Vantage("jumpbox7", (Resolver("internal", "10.9.9.9"), Resolver("six", "fd00::53"))),
    members=(Member("mail.test", "10.1.2.5"),),
    device_certificate=DeviceCertificate("anna-phone.pfx", "CN=anna smith,OU=Users,DC=contoso,DC=test"),
    inventory=Inventory(
        servers=(Server("EX07A", "ex07a.corp.contoso.test"),),
        vdirs=(VirtualDirectory("EX07A", "Default Web Site", internal_url="https://oldmail.test/x"),),
    ),
)
SECRET_WORDS = ["mail.test", "oldmail", "oldcert", "10.1.2", "10.9.9.9", "fd00::53"]
SECRET_WORDS += ["anna", "bobby", "contoso", "jumpbox7", "ex07a"]


def test_nothing_of_the_site_is_left_anywhere_in_a_view() -> None:
    view = view_of("x", KNOWN, NOW)
    hidden = Mask().knowing(view).hide(view)
    text = repr(hidden).casefold()
    assert [word for word in SECRET_WORDS if word in text] == []


def test_verdicts_words_and_shape_stay() -> None:
    view = view_of("x", KNOWN, NOW)
    hidden = Mask().knowing(view).hide(view)
    assert [(f.code, f.verdict) for f in hidden.report.diagnosis.findings] == [
        (f.code, f.verdict) for f in view.report.diagnosis.findings
    ]
    assert any(f.verdict.asserts for f in hidden.report.diagnosis.findings), "else this proves nothing"
    assert hidden.case.inventory.vdirs[0].web_site == "Default Web Site"
    assert [t.role for t in hidden.case.targets] == [t.role for t in KNOWN.targets]
    known = {o.id for o in hidden.case.observations}
    clues = [c.observation for f in hidden.report.diagnosis.findings for c in f.clues if c.observation]
    assert clues
    assert set(clues) <= known, "a clue must still lead to its look"


def test_the_way_back_is_exact() -> None:
    mask = Mask().knowing(KNOWN)
    assert mask.hide(KNOWN) != KNOWN
    assert mask.reveal(mask.hide(KNOWN)) == KNOWN


def test_a_name_keeps_its_stand_in_when_more_is_learnt() -> None:
    first = Mask().knowing(KNOWN)
    more = replace(KNOWN, targets=(Target("new.contoso.test", 443, Role.OTHER), *KNOWN.targets))
    second = first.knowing(more)
    assert second.hide("mail.test") == first.hide("mail.test")
    assert second.hide("new.contoso.test") != "new.contoso.test"


def test_events_and_runs_from_a_masked_screen_come_back_true() -> None:
    mask = Mask().knowing(KNOWN)
    host = mask.hide("oldmail.test")
    events: tuple[Event, ...] = (
        Answered(f"internal-url:{host}", "no"),
        TargetsNamed((Target(host, 443, Role.LEGACY_GENERIC), Target("typed.example.test", 443, Role.OTHER))),
    )
    assert mask.reveal(events) == (
        Answered("internal-url:oldmail.test", "no"),
        TargetsNamed((cases.OLD_GENERIC, Target("typed.example.test", 443, Role.OTHER))),
    )
    run = Run().announced("looking", (LookAt(cases.GENERIC, "10.1.2.3"),))
    shown = mask.knowing(run).hide(run)
    assert "mail.test" not in shown.errands[0].request.label
    assert mask.knowing(run).reveal(shown) == run


@pytest.mark.parametrize("text", ["OPTIONS 401 Basic at 10:30", "x-feserver", "TLS 1.2", "Exchange 2007, 50 %", ""])
def test_words_that_name_nobody_stay(text: str) -> None:
    assert Mask().knowing(KNOWN).hide(text) == text


def test_a_host_that_is_not_known_hides_at_least_its_domain() -> None:
    case = Case(Vantage("jump"), targets=(Target("mail.contoso.test", 443, Role.GENERIC),))
    assert "contoso" not in Mask().knowing(case).hide("other.contoso.test said so")
