"""Ready-made plans: what each of them is, when it is not offered and why, and what becomes of the estate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest

from easwizard.case.case import Case, Import, Noted, Vantage
from easwizard.case.requests import Target
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.changes import apply_change, moved_away
from easwizard.exchange.inventory import Inventory, Role, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Device, Odds
from easwizard.workflow.change_candidates import change_candidates, checked_changes, trouble_of
from easwizard.workflow.tomorrow import tomorrow, worst
from easwizard.workflow.way_back import met_at_once, way_back
from easwizard.workflow.what_if import Comparison, Prospect, Way, alternatives, compared
from tests.exchange.estates import (
    CERT,
    CERTIFICATE,
    DEFAULT,
    GENERIC,
    LEGACY_GENERIC,
    article,
    basic_vdir,
    leads,
    server,
    url,
)
from tests.workflow.test_simulate import ALIGNED, REMOVED, cut_over, healthy, read, scenario

NAMES = (Target(GENERIC, 443, Role.GENERIC), Target(CERT, 443, Role.CERT))


def case_of(inventory: Inventory, *changes: str, in_front: str = "nothing") -> Case:
    answers = MappingProxyType({"tls-in-front": in_front})
    return Case(Vantage("here"), targets=NAMES, answers=answers, inventory=inventory, changes=changes)


def prospects(compared_case: Comparison) -> dict[Way, Prospect]:
    return {one.alternative.way: one for one in compared_case.prospects}


def shares(inventory: Inventory, *changes: str, device: Device = Device.BASIC) -> dict[Way, Odds | None]:
    """The share served of the requests of that kind of phone, for old mailboxes, by plan."""
    found = prospects(compared(case_of(inventory, *changes)))
    return {way: _share(one, device) for way, one in found.items()}


def _share(prospect: Prospect, device: Device) -> Odds | None:
    assert prospect.simulation is not None
    route = worst(prospect.simulation.after, device)
    return route.odds if route is not None else None


def without(inventory: Inventory, label: str, **changed: object) -> Inventory:
    """The inventory with some fields of one vdir set."""
    vdirs = tuple(replace(v, **changed) if v.label == label else v for v in inventory.vdirs)  # type: ignore[arg-type]
    return replace(inventory, vdirs=vdirs)


def reasons(inventory: Inventory) -> dict[Way, str]:
    return {one.way: one.why for one in alternatives(inventory).left_out}


# The article's estate


def test_the_plans_of_the_article() -> None:
    offered = {one.way: one for one in alternatives(scenario("article")).offered}
    assert [*offered] == [Way.NOTHING, Way.REMOVE, Way.ALIGN, Way.HALF]
    assert offered[Way.NOTHING].changes == ()
    assert offered[Way.REMOVE].changes == REMOVED
    assert offered[Way.ALIGN].changes == ALIGNED
    assert offered[Way.HALF].changes == ALIGNED[:1]
    assert "J21" in offered[Way.REMOVE].source
    assert alternatives(scenario("article")).left_out == ()


def test_nothing_one_half_both_resolutions_all_and_half_way_in_between() -> None:
    assert shares(scenario("article")) == {
        Way.NOTHING: Odds(0.5, 0.5), Way.REMOVE: Odds(1, 1), Way.ALIGN: Odds(1, 1), Way.HALF: Odds(0.75, 0.75),
    }  # fmt: skip


def test_the_fault_is_gone_after_a_resolution_and_what_else_is_wrong_stays() -> None:
    found = prospects(compared(case_of(scenario("article"))))
    told = found[Way.ALIGN].simulation
    assert told is not None
    change = tomorrow(told)
    assert [finding.code for finding in change.gone] == ["namespace/duplicate"]
    assert (change.new, change.unclear) == (frozenset(), ())
    assert {f.code for f in change.after if f.verdict.asserts} >= {"setup/second-frontend-vdir"}
    assert found[Way.ALIGN].verdict is Outcome.PROBLEM
    mended = prospects(compared(case_of(scenario("article-cba-fixed"))))
    assert mended[Way.NOTHING].verdict is Outcome.PROBLEM
    assert mended[Way.ALIGN].verdict is mended[Way.REMOVE].verdict is Outcome.NO_PROBLEM_FOUND


def test_what_going_back_costs_after_each() -> None:
    found = prospects(compared(case_of(scenario("article"))))
    costs = {}
    for way in (Way.NOTHING, Way.REMOVE, Way.ALIGN):
        told = found[way].simulation
        assert told is not None
        costs[way] = " ".join(str(cost) for cost in way_back(told.before.inventory, told.after.inventory))
    assert costs[Way.NOTHING] == ""
    assert "no seamless way back" in costs[Way.REMOVE]
    assert "mapping is wiped" in costs[Way.ALIGN]


def test_three_servers_of_which_one_has_the_second_directory() -> None:
    """By object and by name differ (J3); there is one server to align, so no half-done state."""
    inventory = read(article(certificate_servers=("EX07B",), legacy=3))
    assert shares(inventory) == {Way.NOTHING: Odds(0.75, 0.75), Way.REMOVE: Odds(1, 1), Way.ALIGN: Odds(1, 1)}
    told = prospects(compared(case_of(inventory)))[Way.NOTHING].simulation
    assert told is not None
    route = worst(told.after, Device.BASIC)
    assert route is not None
    assert route.by_name == Odds(0.5, 0.5)
    assert "no half-done state" in reasons(inventory)[Way.HALF]


def test_three_second_directories_are_aligned_one_first() -> None:
    servers = ("EX07A", "EX07B", "EX07C")
    inventory = read(article(certificate_servers=servers, legacy=3))
    half = alternatives(inventory).alternative(Way.HALF)
    assert half is not None
    assert half.title == "align 1 of 3 servers only"
    assert half.changes == (f"internal-url=EX07A/{CERTIFICATE}={url(LEGACY_GENERIC)}",)
    assert shares(inventory)[Way.HALF] == Odds(round(4 / 6, 9), round(4 / 6, 9))


# Where the inventory does not say enough


def test_an_unknown_internal_url_is_unknown_and_left_alone() -> None:
    inventory = without(scenario("article"), f"EX07B/{CERTIFICATE}", internal_url=None)
    found = alternatives(inventory)
    align = found.alternative(Way.ALIGN)
    assert align is not None
    assert align.changes == ALIGNED[:1]
    assert f"EX07B/{CERTIFICATE}" in align.notes[0]
    assert shares(inventory) == {Way.NOTHING: Odds(0.5, 0.75), Way.REMOVE: Odds(round(2 / 3, 9), 1),
                                 Way.ALIGN: Odds(0.75, 1)}  # fmt: skip


def test_no_demand_known_no_plan_and_no_number() -> None:
    inventory = scenario("article-cba-fixed")
    blind = replace(inventory, vdirs=tuple(replace(v, client_certificates=None) for v in inventory.vdirs))
    assert [one.way for one in alternatives(blind).offered] == [Way.NOTHING]
    assert set(reasons(blind)) == {Way.REMOVE, Way.ALIGN}
    assert "not known" in reasons(blind)[Way.REMOVE]
    assert shares(blind) == {Way.NOTHING: Odds(0, 1)}
    assert compared(case_of(blind)).prospects[0].verdict is Outcome.INCONCLUSIVE


def test_what_asks_for_no_certificate_itself_is_not_offered_for_removal() -> None:
    """EX07A's default virtual directory names the certificate host: it draws the fault, but it serves phones."""
    inventory = without(scenario("article"), f"EX07A/{DEFAULT}", internal_url=url("legacycert.contoso.test"))
    assert f"EX07A/{DEFAULT}" in reasons(inventory)[Way.REMOVE]
    align = alternatives(inventory).alternative(Way.ALIGN)
    assert align is not None
    assert f"internal-url=EX07A/{DEFAULT}={url(LEGACY_GENERIC)}" in align.changes


def test_the_last_directory_of_a_site_is_never_offered_for_removal() -> None:
    inventory = scenario("article")
    left = tuple(v for v in inventory.vdirs if v.web_site == CERTIFICATE or v.product is not Product.E2007)
    bare = replace(inventory, vdirs=left)
    assert "nothing would be left" in reasons(bare)[Way.REMOVE]
    assert "one name" in reasons(bare)[Way.ALIGN]


def test_a_name_of_its_own_for_each_server_is_taken_from_that_server() -> None:
    inventory = scenario("article")
    for name in ("EX07A", "EX07B"):
        inventory = without(inventory, f"{name}/{DEFAULT}", internal_url=url(f"{name.lower()}.contoso.test"))
    align = alternatives(inventory).alternative(Way.ALIGN)
    assert align is not None
    assert align.changes == tuple(
        f"internal-url={name}/{CERTIFICATE}={url(f'{name.lower()}.contoso.test')}" for name in ("EX07A", "EX07B")
    )


def test_several_names_and_none_on_the_server_is_no_plan() -> None:
    inventory = scenario("article")
    third = (basic_vdir("EX07C", "one.contoso.test"), basic_vdir("EX07D", "two.contoso.test"))
    kept = tuple(v for v in inventory.vdirs if v.product is not Product.E2007 or v.web_site == CERTIFICATE)
    servers = (*inventory.servers, *(server(name, Product.E2007) for name in ("EX07C", "EX07D")))
    both = replace(inventory, servers=servers, vdirs=(*kept, *third))
    assert "one name" in reasons(both)[Way.ALIGN]
    assert alternatives(both).alternative(Way.REMOVE) is not None


@pytest.mark.parametrize("product", [Product.E2013, Product.E2016])
def test_an_estate_without_old_servers_has_nothing_to_mend(product: Product) -> None:
    new = Inventory(
        (server("A", product),), (basic_vdir("A", GENERIC, product),), (leads(GENERIC, Role.GENERIC, "A"),)
    )
    assert "1.2" in reasons(new)[Way.ALIGN]
    assert shares(new) == {Way.NOTHING: None}


def test_old_directories_that_all_take_the_leg_need_no_plan() -> None:
    aligned = scenario("article")
    for change in ALIGNED:
        aligned = apply_change(aligned, change)
    assert "nothing is to be mended" in reasons(aligned)[Way.REMOVE]


# A planned cut-over


def test_a_planned_cut_over_predicts_the_fault_and_what_would_avoid_it() -> None:
    found = compared(case_of(healthy(), *cut_over()))
    by_way = prospects(found)
    planned = by_way[Way.PLANNED]
    assert planned.simulation is not None
    assert planned.verdict is Outcome.PROBLEM
    assert _share(by_way[Way.NOTHING], Device.BASIC) == Odds(1, 1)
    assert _share(planned, Device.BASIC) == _share(planned, Device.CERTIFICATE) == Odds(0.5, 0.5)
    assert "namespace/duplicate" in tomorrow(planned.simulation).new
    for way in (Way.PLANNED_REMOVE, Way.PLANNED_ALIGN):
        assert _share(by_way[way], Device.BASIC) == Odds(1, 1)
        assert by_way[way].alternative.changes[: len(cut_over())] == tuple(cut_over())
    assert all(not one.trouble for one in found.planned)


def test_before_the_cut_over_the_resolutions_meet_phones_at_once() -> None:
    by_way = prospects(compared(case_of(healthy())))
    for way in (Way.REMOVE, Way.ALIGN):
        told = by_way[way].simulation
        assert told is not None
        assert [cost.source for cost in met_at_once(told.before.inventory, told.after.inventory)] == ["J21"]


def test_a_plan_that_cannot_be_made_says_which_change_and_what_is_near() -> None:
    found = compared(case_of(scenario("article"), REMOVED[0], "remove-vdir=EX07B/Certificat Site"))
    planned = prospects(found)[Way.PLANNED]
    assert planned.simulation is None
    assert f"EX07B/{CERTIFICATE}" in planned.trouble
    assert [bool(one.trouble) for one in found.planned] == [False, True]
    assert Way.PLANNED_ALIGN not in prospects(found)


# What the numbers do not hold without


def test_notes_say_what_the_numbers_rest_on() -> None:
    case = case_of(scenario("article"), in_front="unknown")
    assert any("J14" in note for note in compared(case).prospects[0].notes)
    assert not any("J14" in note for note in compared(case_of(scenario("article"))).prospects[0].notes)
    nameless = replace(case, targets=(), inventory=replace(case.inventory, namespaces=()))
    assert any("taken as the names" in note for note in compared(nameless).prospects[0].notes)


def test_a_list_that_was_cut_is_no_health() -> None:
    whole = case_of(scenario("fixed-by-alignment"))
    cut = Import("vdirs.csv", "csv", problems=(Noted("vdirs.csv", "incomplete: a list of 5 shows 3"),))
    assert compared(whole).prospects[0].verdict is Outcome.NO_PROBLEM_FOUND
    prospect = compared(replace(whole, imports=(cut,))).prospects[0]
    assert prospect.verdict is Outcome.INCONCLUSIVE
    assert any("a list of 5 shows 3" in note for note in prospect.notes)


def test_nothing_imported_is_nothing_known() -> None:
    found = compared(Case(Vantage("here")))
    assert [one.verdict for one in found.prospects] == [Outcome.INCONCLUSIVE]


# Candidates for a CHANGE


def _makes_a_difference(inventory: Inventory, change: str) -> bool:
    return moved_away(inventory, change) is not None or apply_change(inventory, change) != inventory


@pytest.mark.parametrize("name", ["article", "two-sites", "2010-to-2016", "healthy-new", "hybrid-451"])
def test_every_candidate_can_be_made_and_makes_a_difference(name: str) -> None:
    inventory = scenario(name)
    found = change_candidates(inventory)
    assert len(found) == len(set(found)) > 10
    assert [change for change in found if not _makes_a_difference(inventory, change)] == []


def test_the_resolutions_are_among_the_candidates() -> None:
    assert {*REMOVED, *ALIGNED, "mailboxes=2007@London=none"} <= set(change_candidates(scenario("article")))


def test_candidates_grow_with_the_plan() -> None:
    _, after = checked_changes(healthy(), cut_over()[:7])
    assert f"add-vdir=EX13A/{DEFAULT}" not in change_candidates(healthy())
    assert "add-server=NEW=2013@London" in change_candidates(healthy())
    assert "add-server=NEW=2016@London" not in change_candidates(healthy())
    _, more = checked_changes(after, ("add-server=EX13Z=2013@London",))
    assert f"add-vdir=EX13Z/{DEFAULT}" in change_candidates(more)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ((), []),
        (("remove-vdir=EX07A/Nowhere", REMOVED[0]), [0]),
        ((REMOVED[0], REMOVED[0]), [1]),
        (("mailboxes=2007@London=none", "mailboxes=2007@Lodon=none"), [1]),
    ],
)
def test_a_plan_is_checked_change_by_change(changes: Sequence[str], broken: Sequence[int]) -> None:
    told, _ = checked_changes(scenario("article"), changes)
    assert [number for number, one in enumerate(told) if one.trouble] == broken


def test_a_change_says_what_is_near() -> None:
    assert f"EX07A/{CERTIFICATE}" in trouble_of(scenario("article"), "remove-vdir=EX07A/Certficate Site")
    assert trouble_of(scenario("article"), REMOVED[0]) == ""


def test_back_end_directories_are_no_candidates() -> None:
    back = VirtualDirectory("EX13A", "Exchange Back End", back_end=True, product=Product.E2013, site="London")
    inventory = replace(article(), vdirs=(*article().vdirs, back))
    assert not [change for change in change_candidates(inventory) if "Back End" in change]
