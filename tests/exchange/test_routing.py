"""Routes and odds: the article's estate and what J1 to J3, J13 and J19 say of its variations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.exchange.inventory import Binding, ClientCertificates, Endpoint, Inventory, NamespaceRecord, Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import (
    Device,
    Mailbox,
    Odds,
    Outcome,
    Route,
    candidates,
    draws,
    endpoints_of,
    front_end,
    leg_odds,
    leg_odds_by_name,
    proxy_leg,
    routes,
)
from tests.exchange.estates import (
    CERT,
    CERTIFICATE,
    DEFAULT,
    GENERIC,
    LEGACY_CERT,
    LEGACY_GENERIC,
    NEW,
    OLD,
    article,
    basic_vdir,
    leads,
    nameless,
    server,
    url,
)


def changed(inventory: Inventory, web_site: str, product: Product = Product.E2007, **values: Any) -> Inventory:
    """The inventory with these values on every vdir of a web site and product."""
    return replace(
        inventory,
        vdirs=tuple(
            replace(v, **values) if (v.web_site, v.product) == (web_site, product) else v for v in inventory.vdirs
        ),
    )


def without(inventory: Inventory, web_site: str) -> Inventory:
    gone = {id(v) for v in inventory.vdirs if v.web_site == web_site and v.product is Product.E2007}
    return replace(inventory, vdirs=tuple(v for v in inventory.vdirs if id(v) not in gone))


def per_server_names() -> Inventory:
    """The default state: every 2007 server has its own FQDN as InternalUrl, and nothing else (J6)."""
    estate = without(article(legacy=3), CERTIFICATE)
    own = tuple(
        replace(v, internal_url=url(f"{v.server}.contoso.test")) if v.product is Product.E2007 else v
        for v in estate.vdirs
    )
    return nameless(replace(estate, vdirs=own))


ALIGNED = changed(article(), CERTIFICATE, internal_url=url(LEGACY_GENERIC))
ODDS: dict[str, tuple[Inventory, Odds, Odds]] = {
    "article": (article(), Odds(0.5, 0.5), Odds(0.5, 0.5)),
    "names not recorded": (nameless(article()), Odds(0.5, 0.5), Odds(0.5, 0.5)),
    "aligned": (ALIGNED, Odds(1, 1), Odds(1, 1)),
    "removed": (without(article(), CERTIFICATE), Odds(1, 1), Odds(1, 1)),
    "second vdir on one of three": (article(("EX07A",), 3), Odds(0.75, 0.75), Odds(0.5, 0.5)),
    "all refuse": (
        changed(article(), DEFAULT, client_certificates=ClientCertificates.REQUIRE),
        Odds(0, 0),
        Odds(0, 0),
    ),
    "no Windows sign-in on /Proxy": (changed(article(), DEFAULT, proxy_windows=False), Odds(0, 0), Odds(0, 0)),
    "certificates accepted": (
        changed(article(), CERTIFICATE, client_certificates=ClientCertificates.ACCEPT),
        Odds(1, 1),
        Odds(1, 1),
    ),
    "demand unknown": (changed(article(), CERTIFICATE, client_certificates=None), Odds(0.5, 1), Odds(0.5, 1)),
    "per-server names": (per_server_names(), Odds(1, 1), Odds(1, 1)),
    "empty InternalUrl": (changed(article(), CERTIFICATE, internal_url=""), Odds(1, 1), Odds(1, 1)),
}


@pytest.mark.parametrize("name", ODDS)
def test_the_odds_of_the_leg(name: str) -> None:
    estate, by_object, by_name = ODDS[name]
    legs = draws(estate, OLD)
    assert leg_odds(legs) == by_object
    assert leg_odds_by_name(legs) == by_name
    route = route_of(estate, Device.BASIC, OLD)
    assert (route.odds, route.by_name) == (by_object, by_name)


def route_of(estate: Inventory, device: Device, mailbox: Mailbox) -> Route:
    [route] = [r for r in routes(estate) if (r.device, r.mailbox) == (device, mailbox)]
    return route


def test_every_device_mailbox_and_name_has_a_route() -> None:
    found = [(r.device, r.mailbox, r.namespace) for r in routes(article())]
    assert found == [
        (Device.BASIC, OLD, GENERIC),
        (Device.BASIC, NEW, GENERIC),
        (Device.CERTIFICATE, OLD, CERT),
        (Device.CERTIFICATE, NEW, CERT),
    ]


@pytest.mark.parametrize("device", Device)
def test_new_mailboxes_are_fine_and_old_ones_a_coin_flip(device: Device) -> None:
    assert route_of(article(), device, NEW).odds.exact == 1
    assert route_of(article(), device, NEW).by_name is None
    assert route_of(article(), device, OLD).odds.exact == 0.5


def test_a_path_over_the_leg_names_the_mailbox_hop() -> None:
    path = route_of(article(), Device.BASIC, OLD).paths[0]
    assert [hop.kind for hop in path.hops] == ["front-end", "mailbox-role", "legacy-leg"]


def test_after_alignment_the_certificate_vdir_is_still_a_candidate() -> None:
    labels = [v.label for v in candidates(ALIGNED, OLD)]
    assert f"EX07A/{CERTIFICATE}" in labels
    assert len(labels) == 4


def test_an_unknown_internal_url_gives_a_range_and_never_a_number() -> None:
    odds = leg_odds(draws(changed(article(), CERTIFICATE, internal_url=None), OLD))
    assert odds == Odds(0.5, 1)
    assert odds.exact is None


def test_for_2010_the_internal_urls_predict_nothing() -> None:
    estate = article()
    vdirs = tuple(replace(v, product=Product.E2010) if v.product is Product.E2007 else v for v in estate.vdirs)
    odds = leg_odds(draws(replace(estate, vdirs=vdirs), Mailbox(Product.E2010, "London")))
    assert (odds, odds.exact) == (Odds(0, 1), None)


def test_only_the_same_site_and_version_is_drawn_from() -> None:
    vdir = basic_vdir("EX07C", LEGACY_GENERIC)
    strangers = (
        replace(vdir, site="Paris"),
        replace(vdir, product=Product.E2010),
        replace(vdir, site=None),
        replace(vdir, product=None),
        replace(vdir, back_end=True),
        replace(vdir, internal_url=""),
    )
    estate = article()
    more = replace(estate, vdirs=(*estate.vdirs, *strangers))
    assert candidates(more, OLD) == candidates(estate, OLD)
    assert candidates(more, Mailbox(Product.E2007, "LONDON")) == candidates(estate, OLD)


@pytest.mark.parametrize("site", [None, "Paris"])
def test_without_a_known_site_or_candidate_nothing_is_drawn(site: str | None) -> None:
    assert draws(article(), Mailbox(Product.E2007, site)) == ()


def test_a_route_without_candidates_is_unknown() -> None:
    estate = changed(changed(article(), DEFAULT, internal_url=""), CERTIFICATE, internal_url="")
    route = route_of(estate, Device.BASIC, OLD)
    assert (route.odds, route.by_name) == (Odds(0, 1), None)


SHARED = nameless(changed(article(), CERTIFICATE, internal_url=url(LEGACY_GENERIC)))


def test_two_web_sites_under_one_host_leave_open_where_it_leads() -> None:
    assert endpoints_of(SHARED, LEGACY_GENERIC) == ()
    assert leg_odds(draws(SHARED, OLD)) == Odds(0, 1)


def test_a_binding_with_the_name_settles_it() -> None:
    bindings = (Binding(DEFAULT, f"*:443:{LEGACY_GENERIC.upper()}"), Binding(CERTIFICATE, "192.0.2.9:443:"))
    bound = replace(SHARED, servers=tuple(replace(s, bindings=bindings) for s in SHARED.servers[:1]))
    assert endpoints_of(bound, LEGACY_GENERIC) == (Endpoint("EX07A", DEFAULT),)


def test_a_host_with_mixed_endpoints_accepts_in_shares() -> None:
    mixed = NamespaceRecord(
        LEGACY_GENERIC,
        Role.LEGACY_GENERIC,
        (Endpoint("EX07A", DEFAULT), Endpoint("EX07B", DEFAULT), Endpoint("EX07A", CERTIFICATE)),
        "dns",
    )
    estate = without(article(), CERTIFICATE)
    estate = replace(estate, vdirs=(*estate.vdirs, *article().vdirs[2:3]), namespaces=(mixed,))
    [first, *_] = draws(estate, OLD)
    assert [a.share for a in first.arrivals] == [pytest.approx(1 / 3)] * 3
    assert first.odds.exact == pytest.approx(2 / 3)


def test_a_name_that_leads_to_a_site_without_vdir_is_unknown() -> None:
    assert proxy_leg(article(), Endpoint("EX07A", "Other Site")).outcome is Outcome.UNKNOWN


Edit = Callable[[Inventory], Inventory]


def on_servers(**values: Any) -> Edit:
    return lambda estate: replace(estate, servers=tuple(replace(s, **values) for s in estate.servers))


def on_new(**values: Any) -> Edit:
    return lambda estate: changed(estate, CERTIFICATE, Product.E2013, **values)


SWITCHES: tuple[tuple[str, Edit, Outcome], ...] = (
    ("all on", on_servers(), Outcome.OK),
    ("role service missing", on_servers(role_services={"Web-Client-Auth": False}), Outcome.REFUSED),
    ("role service unknown", on_servers(role_services={}), Outcome.UNKNOWN),
    ("IIS mapping role is not one of them", on_servers(role_services={"Web-Client-Auth": True}), Outcome.OK),
    ("server mapping off", on_servers(server_mapping=False), Outcome.REFUSED),
    ("server mapping unknown", on_servers(server_mapping=None), Outcome.UNKNOWN),
    ("certificates ignored", on_new(client_certificates=ClientCertificates.IGNORE), Outcome.REFUSED),
    ("certificates accepted", on_new(client_certificates=ClientCertificates.ACCEPT), Outcome.OK),
    ("certificates unknown", on_new(client_certificates=None), Outcome.UNKNOWN),
    ("vdir mapping off", on_new(mapping=False), Outcome.REFUSED),
    ("vdir mapping unknown", on_new(mapping=None), Outcome.UNKNOWN),
    ("one off beats one unknown", on_new(mapping=False, client_certificates=None), Outcome.REFUSED),
)


@pytest.mark.parametrize(("edit", "outcome"), [row[1:] for row in SWITCHES], ids=[row[0] for row in SWITCHES])
def test_each_certificate_switch_counts(edit: Edit, outcome: Outcome) -> None:
    estate = edit(article())
    assert front_end(estate, Endpoint("EX13A", CERTIFICATE), Device.CERTIFICATE).outcome is outcome
    expected = {Outcome.OK: Odds(1, 1), Outcome.REFUSED: Odds(0, 0), Outcome.UNKNOWN: Odds(0, 1)}[outcome]
    assert route_of(estate, Device.CERTIFICATE, NEW).odds == expected


BASIC: tuple[tuple[dict[str, Any], Outcome], ...] = (
    ({}, Outcome.OK),
    ({"basic": False}, Outcome.REFUSED),
    ({"basic": None}, Outcome.UNKNOWN),
    ({"client_certificates": ClientCertificates.REQUIRE}, Outcome.REFUSED),
    ({"client_certificates": ClientCertificates.ACCEPT}, Outcome.OK),
    ({"client_certificates": None}, Outcome.UNKNOWN),
)


@pytest.mark.parametrize(("values", "outcome"), BASIC)
def test_a_basic_device_at_the_front(values: dict[str, Any], outcome: Outcome) -> None:
    estate = changed(article(), DEFAULT, Product.E2013, **values)
    assert front_end(estate, Endpoint("EX13A", DEFAULT), Device.BASIC).outcome is outcome


def test_a_name_that_leads_nowhere_known_is_unknown() -> None:
    estate = replace(article(), namespaces=(leads(GENERIC, Role.GENERIC),))
    assert {r.odds for r in routes(estate)} == {Odds(0, 1)}


def test_one_front_end_of_two_without_certificates_halves_everything() -> None:
    estate = article()
    bad = replace(server("EX13B", Product.E2013), server_mapping=False)
    estate = replace(estate, servers=(*(s for s in estate.servers if s.name != "EX13B"), bad))
    assert route_of(estate, Device.CERTIFICATE, NEW).odds.exact == 0.5
    assert route_of(estate, Device.CERTIFICATE, OLD).odds.exact == 0.25


FLAGS = st.sampled_from([True, False, None])
HOST_NAMES = [GENERIC, CERT, LEGACY_GENERIC, LEGACY_CERT, "other.contoso.test"]
URLS = st.sampled_from([None, "", "no url", *map(url, HOST_NAMES)])
NAMES = st.sampled_from(["EX07A", "EX07B", "EX13A", "EX13B", "GONE"])
SITES = st.sampled_from([DEFAULT, CERTIFICATE])
PRODUCTS = st.sampled_from([None, Product.E2007, Product.E2010, Product.E2013, Product.E2016])
AD_SITES = st.sampled_from([None, "London", "Paris"])


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    """Any estate, with gaps and contradictions."""
    start = article()
    vdirs = tuple(
        replace(
            basic_vdir(draw(NAMES), GENERIC, web_site=draw(SITES)),
            product=draw(PRODUCTS),
            site=draw(AD_SITES),
            internal_url=draw(URLS),
            client_certificates=draw(st.sampled_from([None, *ClientCertificates])),
            basic=draw(FLAGS),
            mapping=draw(FLAGS),
            proxy_windows=draw(FLAGS),
        )
        for _ in range(draw(st.integers(0, 6)))
    )
    namespaces = tuple(
        NamespaceRecord(
            host,
            draw(st.sampled_from(Role)),
            tuple(Endpoint(draw(NAMES), draw(SITES)) for _ in range(draw(st.integers(0, 3)))),
        )
        for host in draw(st.lists(st.sampled_from(HOST_NAMES), unique=True))
    )
    servers = tuple(
        replace(s, product=draw(PRODUCTS), server_mapping=draw(FLAGS), role_services={"Web-Client-Auth": draw(FLAGS)})
        for s in start.servers
    )
    return Inventory(servers, vdirs, namespaces)


@given(inventories())
def test_probabilities_add_up_and_odds_are_shares(inventory: Inventory) -> None:
    for route in routes(inventory):
        assert sum(path.probability for path in route.paths) == pytest.approx(1)
        for odds in filter(None, (route.odds, route.by_name)):
            assert 0 <= odds.low <= odds.high <= 1
        unknown = any(path.outcome is Outcome.UNKNOWN for path in route.paths)
        assert (route.odds.exact is None) == unknown
        assert all(path.hops for path in route.paths)


@given(inventories(), PRODUCTS.filter(bool), AD_SITES)
def test_the_shares_of_each_draw_add_up(inventory: Inventory, product: Product, site: str | None) -> None:
    for draw in draws(inventory, Mailbox(product, site)):
        assert sum(arrival.share for arrival in draw.arrivals) == pytest.approx(1)
