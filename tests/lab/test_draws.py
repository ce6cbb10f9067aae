"""Old mailboxes behind a front end: which candidate is drawn, and what the device sees of the leg."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.drawing import Picker, candidates
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import Pick, Scenario
from easwizard.lab.scenario_reader import load_scenario
from tests.lab.clients import Answer, ask

FRONT = "EX13A/Default Web Site"
PASSWORDS = {"anna@contoso.test": "Autumn-Leaves-41", "bob@contoso.test": "Winter-Frost-17"}


def sample(estate: Estate, user: str = "anna@contoso.test", front: str = FRONT) -> Answer:
    return ask(estate, front, login=(user, PASSWORDS[user]))


def statuses(scenario: Scenario, count: int, seed: int | None = None) -> list[int]:
    with Estate(scenario, seed=seed) as estate:
        return [sample(estate).status for _ in range(count)]


def test_about_half_of_the_articles_requests_fail() -> None:
    seen = statuses(load_scenario("article"), 60)
    assert seen.count(200) + seen.count(403) == 60
    assert seen.count(403) == 27
    assert seen[:4] == [200, 403, 200, 403]


def test_the_seed_decides_the_draws() -> None:
    article = load_scenario("article")
    assert statuses(article, 12, seed=5) == statuses(article, 12, seed=5)
    assert statuses(article, 12, seed=5) != statuses(article, 12, seed=6)


def test_a_leg_that_works_shows_both_servers() -> None:
    with Estate(load_scenario("article")) as estate:
        answer = sample(estate)
        assert answer.one("MS-Server-ActiveSync") == "8.3"
        assert answer.one("X-FEServer") == "EX13A"
        assert answer.one("Server") == "Microsoft-IIS/8.5"
        front = next(visit for visit in estate.visits() if visit.credentials == "basic")
        leg = next(visit for visit in estate.visits() if visit.credentials == "server")
        assert (front.status, front.leg_status) == (200, 200)
        assert front.drawn is not None
        assert front.drawn.endswith("/Default Web Site")
        assert leg.endpoint.startswith("EX07")
        assert (leg.host, leg.target) == ("legacygeneric.contoso.test", "/Microsoft-Server-ActiveSync/Proxy")
        assert leg.user == "anna@contoso.test"


def test_a_drawn_candidate_is_reached_through_both_addresses_of_its_name() -> None:
    with Estate(load_scenario("article")) as estate:
        for _ in range(30):
            sample(estate)
        reached = {visit.endpoint for visit in estate.visits() if visit.endpoint.startswith("EX07")}
        assert len(reached) == 4


def test_a_failed_leg_may_look_like_a_wrong_password() -> None:
    with Estate(load_scenario("article-401")) as estate:
        failed = sample(estate)
        wrong = ask(estate, FRONT, login=("anna@contoso.test", "wrong"))
    assert failed.status == wrong.status == 401
    assert failed.all("WWW-Authenticate") == wrong.all("WWW-Authenticate") == ['Basic realm="generic.contoso.test"']
    assert failed.body == wrong.body


def test_options_answered_locally_never_cross() -> None:
    with Estate(load_scenario("article-options-local")) as estate:
        answers = [sample(estate) for _ in range(8)]
        assert {answer.status for answer in answers} == {200}
        assert {answer.one("MS-Server-ActiveSync") for answer in answers} == {"15.0"}
        assert not [visit for visit in estate.visits() if visit.endpoint.startswith("EX07")]


def test_a_sticky_pick_divides_users_in_two() -> None:
    with Estate(load_scenario("article-sticky")) as estate:
        anna = {sample(estate).status for _ in range(6)}
        bob = {sample(estate, "bob@contoso.test").status for _ in range(6)}
        again = {sample(estate, front="EX13B/Default Web Site").status for _ in range(3)}
    assert len(anna) == len(bob) == 1
    assert anna | bob == {200, 403}
    assert again == anna


@pytest.mark.parametrize("name", ["healthy", "fixed-by-removal", "fixed-by-alignment"])
def test_a_mended_estate_never_fails(name: str) -> None:
    assert set(statuses(load_scenario(name), 20)) == {200}


def test_certificate_devices_of_old_mailboxes_share_the_fate() -> None:
    with Estate(load_scenario("article-cba-fixed")) as estate:
        files = estate.device_certificates[0].files
        answers = [ask(estate, "EX13C/Default Web Site", certificate=files) for _ in range(20)]
    assert {answer.status for answer in answers} == {200, 403}
    assert {answer.one("MS-Server-ActiveSync") for answer in answers if answer.status == 200} == {"8.3"}


def test_without_a_candidate_or_its_name_every_leg_fails() -> None:
    healthy = load_scenario("healthy")
    empty = tuple(
        replace(vdir, internal_url="") if vdir.product is Product.E2007 else vdir for vdir in healthy.inventory.vdirs
    )
    assert statuses(replace(healthy, inventory=replace(healthy.inventory, vdirs=empty)), 2) == [403, 403]
    unnamed = replace(healthy.inventory, namespaces=healthy.inventory.namespaces[:1])
    assert statuses(replace(healthy, inventory=unnamed), 2) == [403, 403]


def vdirs(*hosts: str) -> list[VirtualDirectory]:
    return [
        VirtualDirectory(f"CAS{place}", "Default Web Site", internal_url=f"https://{host}/x")
        for place, host in enumerate(hosts)
    ]


class FakeClock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_pick_of_minutes_holds_for_its_window_and_no_longer() -> None:
    clock = FakeClock()
    picker = Picker(Pick.MINUTES, 1, 300.0, clock)
    found = vdirs("a", "b", "c", "d")
    windows = []
    for window in range(12):
        clock.now = window * 300.0
        first = picker.draw(found, "anna")
        clock.now += 299.0
        assert picker.draw(found, "bob") is first
        windows.append(first)
    assert len({vdir.label for vdir in windows if vdir}) > 1


def test_consecutive_users_get_different_hosts() -> None:
    for seed in range(20):
        picker = Picker(Pick.USER, seed, 300.0, FakeClock())
        found = vdirs("a", "a", "b", "b")
        drawn = [picker.draw(found, f"user{number}") for number in range(8)]
        hosts = [vdir.internal_host for vdir in drawn if vdir]
        assert all(first != second for first, second in pairwise(hosts))


def test_a_kept_candidate_that_is_gone_is_replaced() -> None:
    picker = Picker(Pick.USER, 1, 300.0, FakeClock())
    found = vdirs("a", "b")
    kept = picker.draw(found, "anna")
    rest = [vdir for vdir in found if vdir is not kept]
    assert picker.draw(rest, "anna") is rest[0]
    assert picker.draw([], "anna") is None


def test_candidates_are_of_the_mailboxs_site_and_version() -> None:
    scenario = load_scenario("article")
    anna = scenario.accounts[0]
    found = candidates(scenario.inventory, anna)
    assert {vdir.label for vdir in found} == {
        "EX07A/Default Web Site", "EX07B/Default Web Site", "EX07A/Certificate Site", "EX07B/Certificate Site",
    }  # fmt: skip
    assert candidates(scenario.inventory, replace(anna, site="Paris")) == ()
    assert candidates(Inventory(), anna) == ()
