"""Odds that were once wrong: each input gave a number where there is none, or the wrong one."""

from __future__ import annotations

from dataclasses import replace

from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Device, Mailbox, Outcome, Route, draws, leg_odds, routes
from tests.exchange.estates import OLD, article


def only(inventory: Inventory, device: Device, mailbox: Mailbox) -> Route:
    return next(r for r in routes(inventory) if r.device is device and r.mailbox == mailbox)


def test_a_name_that_leads_nowhere_known_is_no_endpoint() -> None:
    changed = apply_change(article(), "internal-url=EX07A/Certificate Site=https://typo.contoso.test/x")
    odds = leg_odds(draws(changed, OLD))
    assert (odds.low, odds.high) == (0.5, 0.75)


def test_odds_by_name_count_the_front_end_too() -> None:
    estate = article()
    servers = tuple(replace(s, server_mapping=False) if s.name == "EX13B" else s for s in estate.servers)
    route = only(replace(estate, servers=servers), Device.CERTIFICATE, OLD)
    assert route.by_name is not None
    assert (route.odds.exact, route.by_name.exact) == (0.25, 0.25)


def test_without_candidates_the_odds_are_open() -> None:
    odds = leg_odds(())
    assert (odds.low, odds.high) == (0.0, 1.0)


def test_an_old_front_end_in_another_site_promises_nothing() -> None:
    estate = apply_change(article(), "namespace=generic.contoso.test=EX07A/Default Web Site")
    paris = Mailbox(OLD.product, "Paris")
    vdirs = (*estate.vdirs, replace(estate.vdirs[0], server="EX07P", site="Paris"))
    route = only(replace(estate, vdirs=vdirs), Device.BASIC, paris)
    assert {path.outcome for path in route.paths} == {Outcome.UNKNOWN}
