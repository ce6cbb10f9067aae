"""What Autodiscover tells phones: V2 to anybody, the old request to whoever signs in."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from easwizard.exchange.inventory import VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.autodiscover import Bag, external_urls
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import CLOUD_URL
from tests.lab.clients import Answer, ask
from tests.lab.variations import ANNA, FRONT, LEGACY, NEWEST, account, as_account, healthy, with_2016, with_vdirs

GENERIC = "https://generic.contoso.test/Microsoft-Server-ActiveSync"
NEXT = "https://next.contoso.test/Microsoft-Server-ActiveSync"
SCHEMAS = "http://schemas.microsoft.com/exchange/autodiscover"
MOBILE = f"{SCHEMAS}/mobilesync/responseschema/2006"
REQUEST = (
    f'<Autodiscover xmlns="{SCHEMAS}/mobilesync/requestschema/2006"><Request><EMailAddress>{{}}</EMailAddress>'
    f"<AcceptableResponseSchema>{MOBILE}</AcceptableResponseSchema></Request></Autodiscover>"
)


def v2(estate: Estate, label: str, email: str = ANNA[0], protocol: str = "ActiveSync") -> Answer:
    path = f"/autodiscover/autodiscover.json?Email={email}&Protocol={protocol}&RedirectCount=3"
    return ask(estate, label, method="GET", path=path)


def posted(estate: Estate, label: str, login: tuple[str, str] | None = ANNA, email: str = ANNA[0]) -> Answer:
    return ask(
        estate, label, method="POST", path="/Autodiscover/Autodiscover.xml", login=login,
        body=REQUEST.format(email).encode(),
    )  # fmt: skip


def test_v2_tells_anybody_one_of_the_sites_urls() -> None:
    with Estate(as_account(with_2016(healthy()), product=Product.E2013)) as estate:
        answers = [v2(estate, NEWEST) for _ in range(4)]
    told = [json.loads(answer.body) for answer in answers]
    assert {answer.status for answer in answers} == {200}
    assert {each["Protocol"] for each in told} == {"ActiveSync"}
    assert {each["Url"] for each in told[:2]} == {each["Url"] for each in told[2:]} == {GENERIC, NEXT}


def test_v2_is_only_there_from_2016_on() -> None:
    with Estate(with_2016(healthy())) as estate:
        assert v2(estate, FRONT).status == 401
        assert v2(estate, LEGACY).status == 404
        assert v2(estate, NEWEST, "nobody@contoso.test").status == 404
        assert v2(estate, NEWEST, protocol="Ews").status == 400


@pytest.mark.parametrize("label", [FRONT, NEWEST])
def test_the_old_request_tells_whoever_signs_in(label: str) -> None:
    with Estate(with_2016(healthy(), external="")) as estate:
        answer = posted(estate, label)
    assert answer.status == 200
    root = ET.fromstring(answer.body)
    assert root.tag == f"{{{SCHEMAS}/responseschema/2006}}Autodiscover"
    server = root.find(f".//{{{MOBILE}}}Server")
    assert server is not None
    assert server.findtext(f"{{{MOBILE}}}Type") == "MobileSync"
    assert server.findtext(f"{{{MOBILE}}}Url") == GENERIC
    assert root.findtext(f".//{{{MOBILE}}}EMailAddress") == ANNA[0]


def test_the_old_request_wants_a_password_and_a_right_question() -> None:
    with Estate(healthy()) as estate:
        for login in (None, (ANNA[0], "wrong")):
            refused = posted(estate, FRONT, login)
            assert refused.status == 401
            assert [value.partition(" ")[0] for value in refused.all("WWW-Authenticate")] == [
                "Negotiate", "NTLM", "Basic",
            ]  # fmt: skip
        assert b"<Url>" not in posted(estate, FRONT, email="other@contoso.test").body
        assert estate.credentials_received(ANNA[0]) == 2
        assert posted(estate, LEGACY).status == 404


def test_a_cloud_mailbox_is_told_of_the_cloud() -> None:
    with Estate(as_account(with_2016(healthy()), cloud=True)) as estate:
        assert json.loads(v2(estate, NEWEST).body)["Url"] == CLOUD_URL


def test_the_mailboxs_own_version_speaks_first() -> None:
    scenario = healthy()
    old = account("old@contoso.test", Product.E2007)
    assert external_urls(scenario.inventory, old) == (GENERIC,)

    def published(vdir: VirtualDirectory) -> VirtualDirectory:
        return replace(vdir, external_url="https://old.test/x") if vdir.product is Product.E2007 else vdir

    assert external_urls(with_vdirs(scenario, published).inventory, old) == ("https://old.test/x",)
    assert external_urls(scenario.inventory, account("far@contoso.test", Product.E2013, "Paris")) == ()


def test_a_bag_shows_all_before_any_again() -> None:
    bag = Bag(7)
    for _ in range(20):
        assert {bag.draw("anna", ("a", "b", "c")) for _ in range(3)} == {"a", "b", "c"}
    assert bag.draw("bob", ()) is None
    assert {Bag(seed).draw("anna", ("a", "b")) for seed in range(20)} == {"a", "b"}
