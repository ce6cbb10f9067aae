"""Plans for names, certificates and answers: whole, fit for the servers they are for, and never rash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.requests import Target
from easwizard.diagnosis.plans.making import make_plan, make_plans
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind, RemedyTemplate
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.exchange.inventory import Role
from easwizard.lab.scenario_reader import load_scenario

AREAS = ("dns/", "eas/", "server/", "setup/", "tls/")
ENTRIES = {entry.code: entry for entry in catalogue() if entry.code.startswith(AREAS)}
REMEDIES = [
    pytest.param(entry, template, id=f"{entry.code}/{template.id}".replace("/", "-"))
    for entry in ENTRIES.values()
    for template in entry.words.templates
]
ONLY_LOOKS = {"mend-the-target"}
"""Remedies that end in a decision, because the rules forbid a change during an incident (J12)."""


def estate(scenario: str = "article-split", **answers: str) -> Case:
    inventory = load_scenario(scenario).inventory
    targets = tuple(Target(n.host, 443, n.role) for n in inventory.namespaces)
    return Case(Vantage("jump"), targets=targets, inventory=inventory, answers=answers)


def plan(code: str, case: Case, *found: str, remedy: str | None = None) -> Plan:
    made = make_plans(case, code, ENTRIES[code].words.templates, found)
    return next(p for p in made if remedy in (None, p.remedy_id))


def step(made: Plan, id: str, subject: str = "") -> PlanStep:
    found = made.step(id, subject)
    assert found is not None, (made.key, id, subject)
    return found


def all_orders(made: Plan) -> list[Order]:
    steps = (*made.steps, *made.rollback)
    return [o for s in steps for o in (*s.orders, *s.backup, *s.check.looks, *s.undo_orders)]


@pytest.mark.parametrize(("entry", "template"), REMEDIES)
def test_every_remedy_says_for_whom_what_it_costs_and_what_to_watch(entry: Entry, template: RemedyTemplate) -> None:
    said = (template.for_whom, template.costs, template.needs, template.risk, template.outage, template.watch)
    assert all(said), entry.code
    assert all(s.sources for s in template.steps)


@pytest.mark.parametrize(("entry", "template"), REMEDIES)
def test_every_plan_ends_in_a_look_at_a_name(entry: Entry, template: RemedyTemplate) -> None:
    case = estate()
    hosts = tuple(target.host for target in case.targets)
    probes = [s for s in make_plan(case, entry.code, template, hosts).steps if s.check.kind is CheckKind.PROBE]
    assert bool(probes) is (template.id not in ONLY_LOOKS)
    assert all(s.check.hosts for s in probes)


@pytest.mark.parametrize(("entry", "template"), REMEDIES)
def test_what_changes_something_has_a_way_back_or_says_that_it_has_none(
    entry: Entry, template: RemedyTemplate
) -> None:
    harmless = ("ipconfig /flushdns", "-WhatIf", "add backup", "/backup")
    for each in template.steps:
        text = " ".join(command.text for command in each.commands)
        if text and not any(word in text for word in harmless):
            assert each.undo or each.undo_commands or each.cautions, (entry.code, each.id)


@pytest.mark.parametrize(("entry", "template"), REMEDIES)
def test_iis_is_restarted_only_on_a_drained_server(entry: Entry, template: RemedyTemplate) -> None:
    case = estate()
    hosts = tuple(target.host for target in case.targets)
    steps = make_plan(case, entry.code, template, hosts).steps
    drained: set[str] = set()
    for each in steps:
        if each.id == "drain":
            drained.add(each.subject)
        if any("iisreset" in order.text for order in each.orders):
            assert each.subject in drained


def test_no_external_url_is_set_while_a_451_is_looked_into() -> None:
    for made in make_plans(estate(), "eas/redirected", ENTRIES["eas/redirected"].words.templates):
        assert not any("-ExternalUrl" in order.text or "Set-ActiveSync" in order.text for order in all_orders(made))


def test_a_name_is_looked_up_where_it_is_used() -> None:
    made = plan("dns/wrong-target", estate(cutover="after"), "legacygeneric.contoso.test")
    looks = step(made, "servers-ask").check.looks
    assert [order.server for order in looks] == ["EX13A", "EX13B", "EX13C", "EX13D"]
    assert all(order.text.startswith("nslookup legacygeneric.contoso.test\n") for order in looks)
    assert [order.where for order in step(made, "record").check.looks] == ["cmd"]
    assert [order.text for order in step(made, "record").orders] == ["legacygeneric.contoso.test. 300 IN A <ADDRESS>"]


def test_where_a_finding_has_two_names_none_is_guessed_for_a_server() -> None:
    made = plan("dns/wrong-target", estate(), "legacygeneric.contoso.test", "legacycert.contoso.test")
    assert all("<HOST NAME>" in order.text for order in step(made, "servers-ask").check.looks)
    assert len(step(made, "record").orders) == 2


def test_before_the_cut_over_a_name_in_phones_is_not_moved() -> None:
    assert step(plan("dns/wrong-target", estate(cutover="before"), "generic.contoso.test"), "moved").stop
    assert plan("dns/wrong-target", estate(cutover="after"), "generic.contoso.test").step("moved") is None


def test_a_missing_directory_is_made_on_the_web_site_that_the_name_leads_to() -> None:
    made = plan("eas/vdir-missing", estate("vdir-missing"), "generic.contoso.test")
    make = step(made, "make", "EX13A/Default Web Site")
    assert make.title == "Make the directory on Default Web Site of EX13A, the web site that the name is bound to"
    assert "-WebSiteName 'Default Web Site'" in make.orders[0].text
    assert [s.id for s in made.steps].index("compare") < [s.id for s in made.steps].index("rehearse-orphan")
    assert "works" in step(made, "compare").stop


def test_an_old_server_is_told_in_its_own_shell() -> None:
    case = estate()
    made = plan("eas/basic-off", case, "legacygeneric.contoso.test")
    assert {order.shell for order in step(made, "enable", "EX07A/Default Web Site").orders} == {
        "Exchange Management Shell 2007"
    }
    new = plan("eas/basic-off", case, "generic.contoso.test")
    enable = step(new, "enable", "EX13A/Default Web Site")
    assert {order.shell for order in enable.orders} == {"Exchange Management Shell"}
    assert enable.changes == ("basic=EX13A/Default Web Site=on",)
    assert any("wipes" in caution for caution in enable.cautions)


def test_behind_a_proxy_that_signs_in_basic_is_not_switched_on_unasked() -> None:
    assert step(plan("eas/basic-off", estate()), "nobody-in-front").stop
    direct = estate(**{"tls-in-front": "nothing"})
    assert plan("eas/basic-off", direct).step("nobody-in-front") is None


@pytest.mark.parametrize("code", ["tls/expired", "tls/name-mismatch", "tls/untrusted"])
def test_bindings_are_saved_before_a_certificate_is_given_to_iis(code: str) -> None:
    made = plan(code, estate(), "generic.contoso.test")
    ids = [s.id for s in made.steps]
    assert ids.index("save-bindings") < ids.index("enable") < ids.index("flags")
    assert step(made, "save-bindings").stop
    assert all(step(made, "flags", server).check.imported == "netsh" for server in ("EX13A", "EX13B"))


def test_a_second_directory_is_removed_only_after_seven_quiet_days() -> None:
    case = estate("article")
    made = plan("setup/second-frontend-vdir", case, "EX13A")
    ids = [s.id for s in made.steps]
    assert ids.index("quiet") < ids.index("save") < ids.index("rehearse") < ids.index("remove")
    assert "7 days" in step(made, "quiet").stop
    assert any("quiet times" in caution for caution in made.cautions)
    assert made.changes
    assert all("Default Web Site" not in order.text for order in step(made, "remove").orders)


def test_several_commands_of_cmd_stand_on_one_line_as_cmd_reads_them() -> None:
    made = plan("eas/anonymous", estate(), "generic.contoso.test")
    look = step(made, "other-ways", "EX13A/Default Web Site").check.looks[0]
    assert " & %windir%" in look.line
    assert "; " not in look.line


def test_a_name_that_nobody_recorded_is_asked_for_from_anywhere() -> None:
    made = plan("tls/unreachable", Case(Vantage("jump"), targets=(Target("mail.test", 443, Role.GENERIC),)))
    assert {order.where for order in step(made, "elsewhere").check.looks} == {"PowerShell", "cmd"}
    named = replace(estate(), targets=(Target("mail.test", 443, Role.GENERIC),))
    assert step(plan("tls/unreachable", named, "mail.test"), "look-again").check.hosts == ("mail.test",)


def test_easwizard_is_told_the_role_that_the_name_has() -> None:
    made = plan("eas/not-exchange", estate(), "cert.contoso.test")
    assert [order.text for order in step(made, "direct").check.looks] == [
        'easwizard check cert=cert.contoso.test --connect-to cert.contoso.test="<ADDRESS>"'
    ]
