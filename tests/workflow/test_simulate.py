"""The simulator: what the article's fixes, half a fix and a planned cut-over would do, in numbers that are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from easwizard.case.requests import Target
from easwizard.diagnosis.outcome import Outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.changes import ChangeError
from easwizard.exchange.inventory import Endpoint, Inventory, NamespaceRecord, Role, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Device, Odds
from easwizard.exchange.routing import Outcome as Ending
from easwizard.lab.scenario_reader import load_scenario
from easwizard.workflow.facing_names import with_names
from easwizard.workflow.simulate import NOT_READ, State, simulate, with_unread
from easwizard.workflow.way_back import met_at_once, way_back
from tests.exchange.estates import (
    CERT,
    CERTIFICATE,
    DEFAULT,
    GENERIC,
    LEGACY_CERT,
    LEGACY_GENERIC,
    basic_vdir,
    certificate_vdir,
    leads,
    server,
    url,
)

NOTHING = "nothing"
OLD, NEW = "2007@London", "2013@London"
REMOVED = tuple(f"remove-vdir={name}/{CERTIFICATE}" for name in ("EX07A", "EX07B"))
ALIGNED = tuple(f"internal-url={name}/{CERTIFICATE}={url(LEGACY_GENERIC)}" for name in ("EX07A", "EX07B"))
Cells = Mapping[tuple[str, str], Odds]


def read(inventory: Inventory) -> Inventory:
    """The inventory as an import of IIS files leaves it: what decides the leg was read there (J19)."""
    return replace(inventory, vdirs=tuple(replace(v, sources=("iis:a file",)) for v in inventory.vdirs))


def scenario(name: str) -> Inventory:
    return read(load_scenario(name).inventory)


def cells(state: State) -> Cells:
    return {(route.device.value, str(route.mailbox)): route.odds for route in state.routes}


def asserted(state: State) -> set[str]:
    return {finding.code for finding in state.diagnosis.findings if finding.verdict.asserts}


def after(inventory: Inventory, changes: Sequence[str]) -> State:
    return simulate(inventory, changes, NOTHING).after


def test_doing_nothing_leaves_one_half() -> None:
    told = simulate(scenario("article"), (), NOTHING)
    assert told.before is told.after
    assert cells(told.after)["basic", OLD] == Odds(0.5, 0.5)
    assert cells(told.after)["basic", NEW] == Odds(1, 1)
    finding = told.after.diagnosis.finding("namespace/duplicate")
    assert finding is not None
    assert finding.verdict is Verdict.CONFIRMED
    assert told.after.verdict is Outcome.PROBLEM


@pytest.mark.parametrize("changes", [REMOVED, ALIGNED], ids=["removed", "aligned"])
def test_both_resolutions_serve_old_mailboxes_always(changes: Sequence[str]) -> None:
    told = simulate(scenario("article"), changes, NOTHING)
    assert cells(told.before)["basic", OLD] == Odds(0.5, 0.5)
    assert cells(told.after)["basic", OLD] == Odds(1, 1)
    assert asserted(told.before) - asserted(told.after) == {"namespace/duplicate"}


def test_half_of_the_servers_aligned_is_in_between() -> None:
    state = after(scenario("article"), ALIGNED[:1])
    assert cells(state)["basic", OLD] == Odds(0.75, 0.75)
    assert "namespace/duplicate" in asserted(state)
    by_name = [r.by_name for r in state.routes if str(r.mailbox) == OLD and r.device is Device.BASIC]
    assert by_name == [Odds(0.5, 0.5)]


def test_half_removed_leaves_open_what_answers_where_the_directory_was() -> None:
    """The certificate name goes on leading to both web sites, one of which has no virtual directory any more (J4)."""
    state = after(scenario("article-cba-fixed"), REMOVED[:1])
    odds = cells(state)["basic", OLD]
    assert odds.low == pytest.approx(2 / 3)
    assert odds.high == pytest.approx(5 / 6)
    assert state.verdict is Outcome.INCONCLUSIVE


def test_certificate_phones_gain_only_where_the_switches_are_on() -> None:
    broken, mended = scenario("article"), scenario("article-cba-fixed")
    assert cells(after(broken, ALIGNED))["certificate", OLD] == Odds(0, 0)
    assert cells(simulate(mended, (), NOTHING).before)["certificate", OLD] == Odds(0.5, 0.5)
    whole = after(mended, ALIGNED)
    assert cells(whole) == {(d, m): Odds(1, 1) for d in ("basic", "certificate") for m in (OLD, NEW)}
    assert asserted(whole) == {"autodiscover/two-external-urls"}
    assert whole.verdict is Outcome.NO_PROBLEM_FOUND


def test_rollback_of_an_alignment_wipes_the_mapping() -> None:
    start = scenario("article")
    there = simulate(start, ALIGNED, NOTHING)
    costs = {cost.what: cost for cost in way_back(start, there.after.inventory)}
    assert [text for text in costs if "wiped" in text]
    assert {about for cost in costs.values() for about in cost.about} == {
        f"EX07A/{CERTIFICATE}",
        f"EX07B/{CERTIFICATE}",
    }
    back = [f"internal-url={name}/{CERTIFICATE}={url(LEGACY_CERT)}" for name in ("EX07A", "EX07B")]
    undone = after(start, [*ALIGNED, *back])
    assert cells(undone)["basic", OLD] == Odds(0.5, 0.5)
    assert [c.about for c in way_back(start, undone.inventory)] == [(f"EX07A/{CERTIFICATE}", f"EX07B/{CERTIFICATE}")]
    restored = after(start, [*ALIGNED, *back, *(f"mapping={n}/{CERTIFICATE}=on" for n in ("EX07A", "EX07B"))])
    assert way_back(start, restored.inventory) == ()


def test_rollback_of_a_removal_makes_everything_anew() -> None:
    start = scenario("article")
    (cost,) = way_back(start, after(start, REMOVED).inventory)
    assert "no seamless way back" in cost.what
    assert "mapping" in cost.what


# Unknown stays unknown


def test_an_unknown_demand_is_a_range_and_nothing_known_is_no_number() -> None:
    start = scenario("article-cba-fixed")
    some = tuple(
        replace(v, client_certificates=None) if v.label == f"EX07B/{CERTIFICATE}" else v for v in start.vdirs
    )
    state = after(replace(start, vdirs=some), ())
    assert cells(state)["basic", OLD] == Odds(0.5, 0.75)
    none = tuple(replace(v, client_certificates=None, basic=None, sources=()) for v in start.vdirs)
    blind = after(replace(start, vdirs=none), ())
    assert set(cells(blind).values()) == {Odds(0, 1)}
    assert blind.verdict is Outcome.INCONCLUSIVE


def test_a_new_name_that_leads_nowhere_known_is_unknown() -> None:
    state = after(scenario("article"), [f"internal-url=EX07A/{CERTIFICATE}={url('elsewhere.contoso.test')}"])
    assert cells(state)["basic", OLD] == Odds(0.5, 0.75)


def test_an_old_server_whose_directories_were_not_read_opens_the_odds() -> None:
    start = scenario("article-cba-fixed")
    third = Server("EX07C", product=Product.E2007, site="London", client_access=True)
    whole, unread = with_unread(replace(start, servers=(*start.servers, third)))
    assert unread == ("EX07C",)
    assert cells(after(whole, ALIGNED))["basic", OLD] == Odds(0.8, 1)
    assert cells(after(whole, [*ALIGNED, f"remove-vdir=EX07C/{NOT_READ}"]))["basic", OLD] == Odds(1, 1)
    assert with_unread(start) == (start, ())


@pytest.mark.parametrize("in_front", ["bridging", "delegation"])
def test_what_ends_tls_in_front_decides_for_certificates(in_front: str) -> None:
    state = simulate(scenario("article-cba-fixed"), ALIGNED, in_front).after
    assert cells(state)["certificate", OLD] == Odds(0, 1)
    assert cells(state)["basic", OLD] == Odds(1, 1)
    assert state.verdict is Outcome.INCONCLUSIVE


def test_an_estate_without_routes_is_not_health() -> None:
    assert after(Inventory(), ()).verdict is Outcome.INCONCLUSIVE


# Mailboxes that moved away


def test_mailboxes_moved_away_take_their_column_and_their_findings_along() -> None:
    told = simulate(scenario("article-cba-fixed"), ["mailboxes=2007@london=none"], NOTHING)
    assert {mailbox for _, mailbox in cells(told.after)} == {NEW}
    assert "namespace/duplicate" in asserted(told.before)
    assert asserted(told.after) == {"autodiscover/two-external-urls"}
    assert told.after.verdict is Outcome.NO_PROBLEM_FOUND
    assert told.after.inventory == told.before.inventory


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("mailboxes=2007@Londn=none", "London"),
        ("mailboxes=2007@London", "incomplete"),
        ("mailboxes=2007@London=half", "none"),
        (f"remove-vdir=EX07B/{CERTIFICATE[:-1]}", f"EX07B/{CERTIFICATE}"),
        ("remove-vdr=x", "remove-vdir"),
    ],
)
def test_a_wrong_change_is_named_with_what_is_near(change: str, words: str) -> None:
    with pytest.raises(ChangeError) as error:
        simulate(scenario("article"), [REMOVED[0], change])
    assert change in str(error.value)
    assert words in str(error.value)


# A planned cut-over


def healthy() -> Inventory:
    """2007 alone: two servers with two vdirs each, phones led straight to them."""
    names = ("EX07A", "EX07B")
    return read(
        Inventory(
            servers=tuple(server(name, Product.E2007) for name in names),
            vdirs=(
                *(basic_vdir(name, GENERIC) for name in names),
                *(certificate_vdir(name, CERT) for name in names),
            ),
            namespaces=(
                leads(GENERIC, Role.GENERIC, *names),
                leads(CERT, Role.CERT, *names, web_site=CERTIFICATE),
            ),
        )
    )


def cut_over(*, renamed: bool = True) -> list[str]:
    """As admins plan it: a new server for each name, the old vdirs under legacy names, then the names moved."""
    old = ("EX07A", "EX07B")
    legacy = [
        *(f"internal-url={n}/{DEFAULT}={url(LEGACY_GENERIC)}" for n in old),
        *(f"internal-url={n}/{CERTIFICATE}={url(LEGACY_CERT)}" for n in old),
        *(f"mapping={n}/{CERTIFICATE}=on" for n in old),
        f"namespace={LEGACY_GENERIC}=EX07A/{DEFAULT},EX07B/{DEFAULT}",
        f"namespace={LEGACY_CERT}=EX07A/{CERTIFICATE},EX07B/{CERTIFICATE}",
    ]
    return [
        *(legacy if renamed else []),
        "add-server=EX13A=2013@London",
        "add-server=EX13B=2013@London",
        f"add-vdir=EX13A/{DEFAULT}",
        f"add-vdir=EX13B/{DEFAULT}",
        "role-service=EX13B=Web-Client-Auth=on",
        "server-mapping=EX13B=on",
        f"basic=EX13B/{DEFAULT}=off",
        f"client-certificates=EX13B/{DEFAULT}=require",
        f"mapping=EX13B/{DEFAULT}=on",
        f"namespace={GENERIC}=EX13A/{DEFAULT}",
        f"namespace={CERT}=EX13B/{DEFAULT}",
    ]


def test_a_cut_over_plan_predicts_the_fault_of_the_article() -> None:
    told = simulate(healthy(), cut_over(), NOTHING)
    assert cells(told.before) == {("basic", OLD): Odds(1, 1), ("certificate", OLD): Odds(1, 1)}
    assert not asserted(told.before)
    assert told.before.verdict is Outcome.NO_PROBLEM_FOUND
    half, whole = Odds(0.5, 0.5), Odds(1, 1)
    assert cells(told.after) == {
        ("basic", OLD): half, ("certificate", OLD): half, ("basic", NEW): whole, ("certificate", NEW): whole,
    }  # fmt: skip
    finding = told.after.diagnosis.finding("namespace/duplicate")
    assert finding is not None
    assert finding.verdict is Verdict.CONFIRMED
    assert told.after.verdict is Outcome.PROBLEM


def test_the_same_plan_with_the_alignment_in_it_is_good() -> None:
    state = after(healthy(), [*cut_over(), *ALIGNED])
    assert set(cells(state).values()) == {Odds(1, 1)}
    assert "namespace/duplicate" not in asserted(state)


def test_a_plan_that_forgets_the_legacy_names_leads_in_circles() -> None:
    state = after(healthy(), cut_over(renamed=False))
    assert cells(state)["basic", OLD] == Odds(0, 1)
    endings = {p.outcome for r in state.routes if str(r.mailbox) == OLD for p in r.paths}
    assert endings == {Ending.UNKNOWN}
    assert any("loop" in p.hops[-1].why for r in state.routes for p in r.paths)


def test_before_the_cut_over_both_resolutions_hit_phones() -> None:
    start = healthy()
    removed, aligned = after(start, REMOVED), after(start, [f"internal-url={n}/{CERTIFICATE}=" for n in ("EX07A",)])
    assert cells(removed)["certificate", OLD] == Odds(0, 1)
    assert cells(aligned)["certificate", OLD] == Odds(0.5, 0.5)
    for state in (removed, aligned):
        (cost,) = met_at_once(start, state.inventory)
        assert cost.source == "J21"
        assert CERT in cost.what
    assert met_at_once(scenario("article"), after(scenario("article"), REMOVED).inventory) == ()


def test_names_led_elsewhere_are_led_back() -> None:
    costs = way_back(healthy(), after(healthy(), cut_over()).inventory)
    assert [c.about for c in costs if "DNS" in c.what] == [(GENERIC, CERT)]


# Names


def without_names(inventory: Inventory) -> Inventory:
    return replace(inventory, namespaces=())


def test_names_are_taken_from_the_newer_servers_and_said() -> None:
    named = with_names(without_names(scenario("article")), ())
    assert {n.host: n.role for n in named.inventory.namespaces} == {GENERIC: Role.GENERIC, CERT: Role.CERT}
    assert {n.host: len(n.endpoints) for n in named.inventory.namespaces} == {GENERIC: 2, CERT: 2}
    assert GENERIC in named.assumed[0]
    assert CERT in named.assumed[0]
    assert cells(after(named.inventory, REMOVED))["basic", OLD] == Odds(1, 1)


def test_given_names_are_all_there_is() -> None:
    named = with_names(without_names(scenario("article")), [Target(GENERIC.upper(), 443, Role.CERT)])
    assert [(n.host, n.role) for n in named.inventory.namespaces] == [(GENERIC, Role.CERT)]
    assert named.assumed == ()


def test_before_a_cut_over_the_old_names_and_those_of_the_plan_count() -> None:
    named = with_names(without_names(healthy()), (), cut_over())
    roles = {n.host: n.role for n in named.inventory.namespaces}
    assert roles == {
        GENERIC: Role.GENERIC, CERT: Role.CERT, LEGACY_GENERIC: Role.LEGACY_GENERIC, LEGACY_CERT: Role.LEGACY_CERT,
    }  # fmt: skip
    told = simulate(named.inventory, cut_over(), NOTHING)
    assert cells(told.before)["certificate", OLD] == Odds(1, 1)
    assert cells(told.after)["basic", OLD] == Odds(0.5, 0.5)


def outside(name: str, product: Product, host: str) -> VirtualDirectory:
    return replace(basic_vdir(name, f"{name.lower()}.contoso.test", product), external_url=url(host))


def test_a_name_that_only_external_urls_carry_leads_to_their_servers() -> None:
    inventory = Inventory(vdirs=tuple(outside(n, Product.E2013, "mail.contoso.test") for n in ("EX13A", "EX13B")))
    (record,) = with_names(inventory, ()).inventory.namespaces
    expected = tuple(Endpoint(name, DEFAULT) for name in ("EX13A", "EX13B"))
    assert record == NamespaceRecord("mail.contoso.test", Role.GENERIC, expected)


def test_a_name_that_old_and_new_servers_share_leads_nowhere_known() -> None:
    vdirs = (basic_vdir("EX07A", GENERIC), basic_vdir("EX13A", GENERIC, Product.E2013))
    servers = (server("EX07A", Product.E2007), server("EX13A", Product.E2013))
    named = with_names(Inventory(servers, vdirs), ())
    assert [n.endpoints for n in named.inventory.namespaces] == [()]
    assert set(cells(after(named.inventory, ())).values()) == {Odds(0, 1)}
    told = after(named.inventory, [f"namespace={GENERIC}=EX07A/{DEFAULT}"])
    assert cells(told)["basic", OLD] == Odds(1, 1)


def test_no_url_no_name() -> None:
    named = with_names(Inventory(vdirs=(replace(basic_vdir("EX13A", GENERIC), internal_url=None),)), ())
    assert named.inventory.namespaces == ()
    assert "no name" in named.assumed[0]
