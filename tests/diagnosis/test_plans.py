"""Plans of every problem: for every version and Windows, with whatever names, each command is the intended one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import cycle
from itertools import product as pairs

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.plans.conditions import WINDOWS, Circumstances, holds, parse_conditions, windows_of
from easwizard.diagnosis.plans.guards import faults_of
from easwizard.diagnosis.plans.making import make_plan, make_plans
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep
from easwizard.diagnosis.plans.prediction import predict
from easwizard.diagnosis.plans.quoting import NEVER_IN_CMD, SINGLE_QUOTES, literal_of
from easwizard.diagnosis.plans.scopes import subjects_of
from easwizard.diagnosis.plans.scopes_known import SCOPES
from easwizard.diagnosis.plans.short_form import remedy_of
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory, Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox, Odds
from easwizard.lab.scenario_reader import load_scenario

PARSER = Parser(Language(tree_sitter_powershell.language()))
ENTRIES = catalogue()
BY_CODE = {entry.code: entry for entry in ENTRIES}
ALL = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code.replace("/", "-"))
HOSTILE = (
    "Web Site; $(Stop-Computer) `$x & Söhne", *(f"it{quote}s{quote}{quote} a Site" for quote in SINGLE_QUOTES),
    "100% ^caret! <a> | b", 'quo"te', "Site\\", "-WhatIf:$false", "日本語 ÄÖÜß",
)  # fmt: skip


@cache
def scenario(name: str) -> Inventory:
    return load_scenario(name).inventory


def article(name: str = "article-split", **answers: str) -> Case:
    inventory = scenario(name)
    targets = tuple(Target(n.host, 443, n.role) for n in inventory.namespaces)
    return Case(Vantage("jump"), targets=targets, inventory=inventory, answers=answers)


def subjects(case: Case) -> tuple[str, ...]:
    """A finding that names everything, so that every scope finds somebody."""
    inventory = case.inventory
    return (
        *(v.label for v in inventory.vdirs),
        *(s.name for s in inventory.servers),
        *(t.host for t in case.targets),
    )


def plans_of(entry: Entry, case: Case) -> tuple[Plan, ...]:
    return make_plans(case, entry.code, entry.words.templates, subjects(case))


def plan(case: Case, key: str) -> Plan:
    code, _, remedy = key.rpartition("/")
    return next(p for p in make_plans(case, code, BY_CODE[code].words.templates) if p.remedy_id == remedy)


def orders_of(plan: Plan) -> Iterator[Order]:
    for step in (*plan.steps, *plan.rollback):
        yield from (*step.orders, *step.backup, *step.check.looks, *step.undo_orders)


# All codes, versions and Windows


def estate(old: Product, new: Product, windows: str | None) -> Case:
    """The article's estate with other versions; its names and faults as they are."""
    case = article()
    inventory = case.inventory
    return replace(
        case,
        inventory=replace(
            inventory,
            servers=tuple(
                replace(s, product=old, windows=windows)
                if s.product is Product.E2007
                else replace(s, product=new, windows=windows if windows != "2003" else None)
                for s in inventory.servers
            ),
            vdirs=tuple(replace(v, product=old if v.product is Product.E2007 else new) for v in inventory.vdirs),
        ),
    )


LEGACY = [p for p in Product if p.is_legacy]
NEWER = [p for p in Product if not p.is_legacy]


@ALL
def test_every_plan_can_be_made_for_every_version_and_windows(entry: Entry) -> None:
    estates = [estate(old, new, windows) for old, new, windows in pairs(LEGACY, NEWER, (None, *WINDOWS))]
    moments = cycle(("before", "after", "unknown"))
    for case in (Case(Vantage("jump")), *(c.with_answer("cutover", next(moments)) for c in estates)):
        for made in plans_of(entry, case):
            keys = [step.key for step in (*made.steps, *made.rollback)]
            assert made.steps
            assert len(keys) == len(set(keys))
            assert faults_of(made) == ()
            assert remedy_of(made).plan is made


@ALL
def test_without_a_case_there_are_placeholders_and_no_guess(entry: Entry) -> None:
    for made in plans_of(entry, Case(Vantage("jump"))):
        assert made.changes == ()
        for order in orders_of(made):
            assert order.server is None
            assert "{" not in re.sub(r"\{ |@\{|\{[^a-z]", "", order.text) or "LogName" in order.text


@pytest.mark.parametrize("windows", WINDOWS)
def test_windows_2003_has_no_appcmd_and_others_no_adsutil(windows: str) -> None:
    case = estate(Product.E2007, Product.E2013, windows)
    for key in ("namespace/duplicate/align", "namespace/duplicate/remove", "cba/vdir-mapping-off/set-attribute"):
        code, _, id = key.rpartition("/")
        template = next(t for t in BY_CODE[code].words.templates if t.id == id)
        made = make_plan(case, code, template, subjects(case))
        texts = [order.text for order in orders_of(made) if order.windows == windows]
        assert texts
        assert any("adsutil" in text for text in texts) is (windows == "2003")
        assert any("appcmd" in text for text in texts) is (windows != "2003")


@pytest.mark.parametrize(
    ("windows", "command"),
    [("2008", "ServerManagerCmd"), ("2008 R2", "Add-WindowsFeature"), ("2012", "Install-WindowsFeature")],
)
def test_the_role_service_is_installed_as_that_windows_does_it(windows: str, command: str) -> None:
    made = plan(
        estate(Product.E2007, Product.E2013, f"Windows Server {windows}"),
        "cba/certificate-not-required/four-switches",
    )
    for step in (s for s in made.steps if s.id == "role-service"):
        (order,) = step.orders
        assert command in order.text
        assert order.condition == ""


def test_where_windows_is_not_known_every_way_is_shown_with_its_condition() -> None:
    made = plan(estate(Product.E2007, Product.E2013, None), "cba/certificate-not-required/four-switches")
    step = next(s for s in made.steps if s.id == "role-service")
    assert [order.condition for order in step.orders] == [
        "if Windows 2012 or later", "if Windows 2008 R2", "if Windows 2008"
    ]  # fmt: skip
    assert [s.command for s in remedy_of(made).steps if "Role" not in s.title and "Feature Web" in (s.command or "")]


# Hostile names


def renamed(case: Case, name: str) -> Case:
    """Every server and web site with a name of its own that holds the hostile one."""
    servers = {s.name: f"{s.name} {name}" for s in case.inventory.servers}
    sites = {v.web_site: f"{v.web_site[:3]} {name}" for v in case.inventory.vdirs}
    inventory = case.inventory
    return replace(
        case,
        inventory=Inventory(
            servers=tuple(
                replace(s, name=servers[s.name], bindings=(), ds_mapper={f"0.0.0.0:443 {name}": False})
                for s in inventory.servers
            ),
            vdirs=tuple(
                replace(
                    v, server=servers[v.server], web_site=sites[v.web_site],
                    internal_url=f"{v.internal_url}/{name}" if v.internal_url else v.internal_url,
                )
                for v in inventory.vdirs
            ),
            namespaces=tuple(
                replace(
                    n,
                    endpoints=tuple(
                        replace(e, server=servers[e.server], web_site=sites[e.web_site]) for e in n.endpoints
                    ),
                )
                for n in inventory.namespaces
            ),
        ),
    )  # fmt: skip


HARMLESS = "Alpha"


@ALL
@pytest.mark.parametrize("name", HOSTILE)
def test_a_powershell_command_with_a_hostile_name_is_the_same_command(entry: Entry, name: str) -> None:
    case = article()
    tame = [o for p in plans_of(entry, renamed(case, HARMLESS)) for o in orders_of(p)]
    wild = [o for p in plans_of(entry, renamed(case, name)) for o in orders_of(p)]
    assert len(tame) == len(wild)
    for calm, order in zip(tame, wild, strict=True):
        if order.shell in ("cmd", "DNS", "any shell"):
            continue
        assert shape_of(order.text) == shape_of(calm.text)
        for one, other in zip(literals_in(calm.text), literals_in(order.text), strict=True):
            assert literal_of(other) == literal_of(one).replace(HARMLESS, name)


@ALL
@pytest.mark.parametrize("name", HOSTILE)
def test_cmd_gets_a_hostile_name_not_at_all_or_as_it_is(entry: Entry, name: str) -> None:
    dangerous = name.endswith("\\") or any(sign in name for sign in NEVER_IN_CMD)
    for made in plans_of(entry, renamed(article(), name)):
        for order in (o for o in orders_of(made) if o.shell == "cmd"):
            if dangerous:
                assert name not in order.text
            if order.refused is not None:
                assert order.open_placeholders
                assert all(place in order.text for place in order.open_placeholders)
            assert order.text.count('"') % 2 == 0


def test_dns_lines_hold_hosts_and_addresses_alone() -> None:
    made = plan(article(), "namespace/duplicate/dns-stop-gap")
    (order,) = next(s for s in made.steps if s.id == "point").orders
    assert order.text == "legacycert.contoso.test. 300 IN A <ADDRESS OF THE DEFAULT POOL>"


def shape_of(command: str) -> list[str]:
    tree = PARSER.parse(command.encode())
    return [node.type for node in _walk(tree.root_node)]


def literals_in(command: str) -> list[str]:
    tree = PARSER.parse(command.encode())
    literals = [n for n in _walk(tree.root_node) if n.type == "verbatim_string_characters"]
    return [(node.text or b"").decode() for node in literals]


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        now = waiting.pop()
        yield now
        waiting.extend(reversed(now.children))


def test_the_shape_of_a_command_tells_a_second_one() -> None:
    assert shape_of("Get-Thing 'a'") != shape_of("Get-Thing 'a'; Stop-Computer")
    assert literals_in("Get-Thing 'a''b'") == ["'a''b'"]


# The article's plans


def test_alignment_names_each_certificate_directory_and_the_good_url() -> None:
    made = plan(article(cutover="after"), "namespace/duplicate/align")
    align = made.step("align")
    assert align is not None
    assert [order.text for order in align.orders] == [
        f"Set-ActiveSyncVirtualDirectory -Identity '{server}\\Microsoft-Server-ActiveSync (Certificate Site)' "
        "-InternalUrl 'https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync'"
        for server in ("EX07A", "EX07B")
    ]
    assert all(order.shell == "Exchange Management Shell 2007" for order in align.orders)
    assert [order.text.partition("-InternalUrl ")[2] for order in align.undo_orders] == [
        "'https://legacycert.contoso.test/Microsoft-Server-ActiveSync'"
    ] * 2
    assert made.cautions == ()
    assert made.step("window") is None


@pytest.mark.parametrize("remedy", ["align", "remove"])
def test_before_the_cut_over_it_is_never_now(remedy: str) -> None:
    before = plan(article(cutover="before"), f"namespace/duplicate/{remedy}")
    unknown = plan(article(), f"namespace/duplicate/{remedy}")
    assert "never now" in before.cautions[0]
    assert "First say whether" in unknown.cautions[0]
    assert before.steps[0].id == unknown.steps[0].id == "window"
    assert before.steps[0].stop


def test_every_set_is_followed_by_the_mapping_and_its_check_forward_and_back() -> None:
    before = plan(article(cutover="before"), "namespace/duplicate/align")
    after = plan(article(cutover="after"), "namespace/duplicate/align")
    assert [s.id for s in after.steps][5:7] == ["wiped", "replicate"]
    assert [s.id for s in before.steps if s.id.startswith("remap")] == ["remap", "remap-restart"] * 2
    for made in (before, after):
        back = [s.id for s in made.rollback]
        assert back == ["back-url", "back-mapping", "back-restart"] * 2 + ["back-look"]
        mapping = made.step("back-mapping", "EX07A/Certificate Site")
        assert mapping is not None
        assert mapping.check.kind is CheckKind.IMPORT
        assert mapping.changes == ("mapping=EX07A/Certificate Site=on",)


def test_removal_has_a_hard_stop_and_no_wildcard() -> None:
    made = plan(article(cutover="after"), "namespace/duplicate/remove")
    quiet, remove = made.step("quiet"), made.step("remove")
    assert quiet is not None
    assert remove is not None
    assert "7 days" in quiet.stop
    assert [s.id for s in made.steps].index("quiet") < [s.id for s in made.steps].index("remove")
    assert all("*" not in order.text for order in remove.orders)
    assert "clean-up" in made.cautions[0]
    assert not made.recommended


@pytest.mark.parametrize("remedy", ["align", "remove", "dns-stop-gap"])
def test_the_simulator_expects_every_request_to_arrive(remedy: str) -> None:
    case = article(cutover="after")
    expected = predict(case, plan(case, f"namespace/duplicate/{remedy}").changes)
    assert expected is not None
    rows = {(row.device.value, row.mailbox): (row.before, row.after) for row in expected.changed}
    assert rows["basic", "2007@London"] == (Odds(0.5, 0.5), Odds(1, 1))


def test_without_an_inventory_nothing_is_predicted() -> None:
    assert predict(Case(Vantage("jump")), ("mapping=A/B=on",)) is None
    assert predict(article(), ()) is None
    assert predict(article(), ("mapping=NOBODY/Nowhere=on",)) is None


def test_the_four_switches_go_server_by_server_with_the_attribute_last() -> None:
    made = plan(article(), "cba/certificate-not-required/four-switches")
    turn = [
        "drain", "role-service", "server-root", "require", "ssl-flags", "mapping", "ds-mapper", "restart", "direct",
        "return",
    ]  # fmt: skip
    assert [s.id for s in made.steps] == ["build", "balancer-probe", *turn, *turn, "look-again", "baseline"]
    assert [s.subject for s in made.steps[2:12]] == ["EX13C/Default Web Site"] * 10
    assert [s.id for s in made.steps[:2] if s.stop] == ["build", "balancer-probe"]
    inventory = scenario("article-split")
    for change in made.changes:
        inventory = apply_change(inventory, change)
    for server in ("EX13C", "EX13D"):
        vdir = inventory.vdir(server, "Default Web Site")
        assert vdir is not None
        assert (vdir.mapping, str(vdir.client_certificates), vdir.basic) == (True, "require", False)
    after = predict(article(**{"tls-in-front": "nothing"}), made.changes)
    assert after is not None
    assert {r.after for r in after.changed if r.mailbox == "2013@London"} == {Odds(1, 1)}


def test_each_plan_of_the_article_says_what_it_costs_and_what_to_watch() -> None:
    for code in ("namespace/duplicate", "cba/certificate-not-required", "cba/vdir-mapping-off", "cba/not-working"):
        for made in make_plans(article(), code, BY_CODE[code].words.templates):
            assert all((made.for_whom, made.costs, made.risk, made.outage, made.prerequisites, made.watch))


# Guards, scopes and conditions


def test_the_guards_see_what_they_forbid() -> None:
    good = plan(article(), "cba/certificate-not-required/four-switches")
    restart = next(s for s in good.steps if s.id == "restart")
    both = replace(restart, orders=tuple(replace(restart.orders[0], server=name) for name in ("A", "B")))
    require = next(s for s in good.steps if s.id == "require")
    old = replace(restart.orders[0], text="appcmd list config", windows="2003")
    parent = replace(
        restart.orders[0], text='appcmd set config "Site/X" -section:y/windowsAuthentication /enabled:true'
    )
    rebind = replace(restart.orders[0], text="netsh http delete sslcert ipport=0.0.0.0:443")
    broken = {
        "J23": both, "2.5": replace(require, cautions=(), instruction=""), "J24": with_order(restart, old),
        "parent": with_order(restart, parent), "same block": with_order(restart, rebind),
    }  # fmt: skip
    for said, step in broken.items():
        assert any(said in fault for fault in faults_of(replace(good, steps=(step,)))), said
    assert faults_of(good) == ()


def with_order(step: PlanStep, order: Order) -> PlanStep:
    return replace(step, orders=(order,))


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_finds_its_own_in_the_article(scope: str) -> None:
    case = article("article")
    found = [subject.label for subject in subjects_of(case, scope, subjects(case))]
    empty = {"once", "each binding without mapper", "each autodiscover name", "each old certificate vdir",
             "each old certificate server"}  # fmt: skip
    assert bool(found) is (scope not in empty)
    assert len(found) == len(set(found))


def test_scopes_tell_old_from_new_and_good_from_refusing() -> None:
    case = article()
    labels = {scope: [s.label for s in subjects_of(case, scope)] for scope in SCOPES}
    assert labels["each refusing vdir"] == ["EX07A/Certificate Site", "EX07B/Certificate Site"]
    assert labels["each certificate vdir"] == ["EX13C/Default Web Site", "EX13D/Default Web Site"]
    assert labels["each legacy server"] == ["EX07A", "EX07B"]
    assert labels["each second vdir"] == []
    assert labels["each refusing name"] == ["legacycert.contoso.test"]
    by_name = [s.label for s in subjects_of(case, "each vdir found", ("cert.contoso.test",))]
    assert by_name == labels["each certificate vdir"]


def test_names_that_the_admin_gave_serve_where_there_is_no_inventory() -> None:
    case = Case(
        Vantage("jump"), targets=(Target("cert.test", 443, Role.CERT), Target("old.test", 443, Role.LEGACY_CERT))
    )
    look = plan(case, "cba/certificate-not-required/four-switches").step("look-again")
    assert look is not None
    assert look.check.hosts == ("cert.test",)


def test_an_unknown_old_server_is_2007_where_only_that_can_be_meant() -> None:
    case = Case(Vantage("jump"), accounts=(Account("anna", Mailbox(Product.E2007, "London")),))
    align = plan(case, "namespace/duplicate/align").step("align")
    assert align is not None
    assert [(order.shell, order.condition) for order in align.orders] == [("Exchange Management Shell 2007", "")]


@pytest.mark.parametrize(
    ("text", "windows", "expected"),
    [
        ("windows >= 2008", "2008 R2", True), ("windows >= 2012", "2008 R2", False), ("windows = 2003", None, None),
        ("windows < 2008", "2003", True), ("product = 2007", None, False), ("product >= 2016", None, False),
        ("cut-over = before|unknown", None, True), ("cut-over = after", None, None),
        ("cut-over != after", None, None),
        ("windows = 2003, product = 2007", None, False),
    ],
)  # fmt: skip
def test_conditions(text: str, windows: str | None, expected: bool | None) -> None:
    at = Circumstances(Case(Vantage("jump")), windows, Product.E2013)
    assert holds(parse_conditions(text), at) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Windows 2008", "2008"), ("Microsoft Windows Server 2012 R2 Standard", "2012 R2"), ("2003 R2", "2003"),
        ("Windows Server 2022 Datacenter", "2022"), ("6.3 (9600)", None), (None, None), ("", None),
    ],
)  # fmt: skip
def test_windows_by_its_name(text: str | None, expected: str | None) -> None:
    assert windows_of(text) == expected


def test_the_findings_of_a_case_bring_their_plans() -> None:
    found = diagnose(read(article(cutover="after", **{"tls-in-front": "nothing"}))).finding("namespace/duplicate")
    assert found is not None
    assert [r.id for r in found.remedies] == ["align", "remove", "dns-stop-gap"]
    assert all(r.plan is not None for r in found.remedies)
    step = next(
        s for s in found.remedies[0].steps if s.title.startswith("Set the InternalUrl") and "EX07B" in s.title
    )
    assert step.change == (
        "internal-url=EX07B/Certificate Site=https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync"
    )
    assert "EX07B" in (step.command or "")


def read(case: Case) -> Case:
    """The inventory as an import of IIS files leaves it (J19)."""
    vdirs = tuple(replace(v, sources=("iis:a file",)) for v in case.inventory.vdirs)
    return replace(case, inventory=replace(case.inventory, vdirs=vdirs))
