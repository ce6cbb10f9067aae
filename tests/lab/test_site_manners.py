"""Web sites and servers that misbehave on their own: redirects, open doors, filters, stopped pools, throttles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.exchange.products import Product
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import CLOUD_URL, AppPool, OptionsReply
from easwizard.lab.scenario_reader import load_scenario
from tests.lab.clients import ACTIVESYNC, ask
from tests.lab.variations import (
    ANNA,
    FRONT,
    LEGACY,
    as_account,
    at_server,
    at_site,
    healthy,
    with_server,
    with_vdirs,
)

HEALTH = ACTIVESYNC + "/healthcheck.htm"


def test_a_stopped_pool_is_answered_by_the_kernel_and_only_there() -> None:
    with Estate(at_site(healthy(), FRONT, app_pool=AppPool.STOPPED)) as estate:
        for path in (ACTIVESYNC, HEALTH, ACTIVESYNC + "/Proxy"):
            answer = ask(estate, FRONT, path=path)
            assert answer.status == 503
            assert answer.all("Server") == ["Microsoft-HTTPAPI/2.0"]
            assert answer.one("X-FEServer") is None
            assert answer.one("Date")
        assert ask(estate, FRONT, method="GET", path="/owa/").status == 302


def test_a_redirect_is_given_for_everything_of_activesync() -> None:
    with Estate(at_site(healthy(), FRONT, redirect="/owa/")) as estate:
        for path in (ACTIVESYNC, HEALTH):
            answer = ask(estate, FRONT, path=path)
            assert (answer.status, answer.one("Location")) == (302, "/owa/")
            assert answer.one("X-FEServer") == "EX13A"
        assert ask(estate, FRONT, method="GET", path="/owa/").one("Location") != "/owa/"


def test_an_open_door_shows_everything_to_strangers() -> None:
    with Estate(at_site(healthy(), FRONT, anonymous=True)) as estate:
        answer = ask(estate, FRONT)
        assert (answer.status, answer.one("MS-Server-ActiveSync")) == (200, "15.0")
        assert ask(estate, FRONT, method="GET").status == 401


def test_a_filter_takes_the_activesync_headers_away() -> None:
    scenario = as_account(at_site(healthy(), FRONT, options_reply=OptionsReply.STRIPPED), product=Product.E2013)
    with Estate(scenario) as estate:
        answer = ask(estate, FRONT, login=ANNA)
        whole = ask(estate, "EX13B/Default Web Site", login=ANNA)
        assert ask(estate, FRONT).status == 401
    assert (answer.status, answer.one("Allow")) == (200, "OPTIONS,POST")
    assert not [name for name, _ in answer.headers if name.lower().startswith("ms-")]
    assert whole.one("MS-Server-ActiveSync") == "15.0"


def test_a_server_that_throttles_holds_back_whoever_signed_in() -> None:
    with Estate(at_server(healthy(), "EX13A", throttled=True), time_scale=0.0) as estate:
        answer = ask(estate, FRONT, login=ANNA)
        assert ask(estate, FRONT).status == 401
        assert ask(estate, FRONT, login=(ANNA[0], "wrong")).status == 401
    assert answer.status == 503
    assert int(answer.one("Retry-After") or "") > 0
    assert answer.one("X-MS-ASThrottle")
    assert answer.one("X-FEServer") == "EX13A"


@pytest.mark.parametrize("product", [Product.E2007, Product.E2013])
def test_a_mailbox_in_the_cloud_is_sent_there_by_newer_servers_only(product: Product) -> None:
    with Estate(as_account(healthy(), product=product, cloud=True)) as estate:
        answer = ask(estate, FRONT, login=ANNA)
        assert (answer.status, answer.one("X-MS-Location")) == (451, CLOUD_URL)
        assert ask(estate, LEGACY, login=ANNA).status == 403
        assert ask(estate, FRONT, login=(ANNA[0], "wrong")).status == 401


def test_windows_authentication_on_the_vdir_is_offered_beside_basic() -> None:
    scenario = with_vdirs(healthy(), lambda vdir: replace(vdir, windows=vdir.product is Product.E2013))
    with Estate(scenario) as estate:
        offered = ask(estate, FRONT).all("WWW-Authenticate")
        assert offered == ["Negotiate", "NTLM", 'Basic realm="generic.contoso.test"']
        assert ask(estate, FRONT, login=ANNA).status == 200


def test_a_2010_mailbox_is_reached_by_its_servers_own_name() -> None:
    scenario = with_server(healthy(), Product.E2010, "EX10A", "14.3.513.0", "Windows 2008 R2", "ex10a.contoso.test")
    with Estate(as_account(scenario, product=Product.E2010)) as estate:
        answer = ask(estate, FRONT, login=ANNA)
        assert answer.one("MS-Server-ActiveSync") == "14.3"
        assert answer.one("X-FEServer") == "EX13A"
        (leg,) = [visit for visit in estate.visits() if visit.credentials == "server"]
        assert (leg.host, leg.endpoint) == ("ex10a.contoso.test", "EX10A/Default Web Site")


@pytest.mark.parametrize(("share", "statuses"), [(0.0, {200}), (0.5, {200, 403}), (1.0, {403})])
def test_a_pool_may_refuse_other_servers_though_it_offers_what_they_need(share: float, statuses: set[int]) -> None:
    scenario = healthy()
    for label in (LEGACY, "EX07B/Default Web Site"):
        scenario = at_site(scenario, label, refuses_servers=share)
    with Estate(scenario) as estate:
        assert {ask(estate, FRONT, login=ANNA).status for _ in range(20)} == statuses
        assert ask(estate, LEGACY, path=ACTIVESYNC + "/Proxy").all("WWW-Authenticate") == ["Negotiate", "NTLM"]
        assert ask(estate, LEGACY, login=ANNA).status == 200


def test_a_legacy_name_that_leads_to_new_servers_serves_no_old_mailbox() -> None:
    with Estate(load_scenario("wrong-target")) as estate:
        assert ask(estate, FRONT, login=ANNA, host="generic.contoso.test").status == 403
        leg = next(visit for visit in estate.visits() if visit.credentials == "server")
        assert (leg.endpoint.partition("/")[0][:4], leg.status) == ("EX13", 500)
