"""The grammar of CHANGE and what each verb does to an inventory (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.exchange.changes import ChangeError, apply_change
from easwizard.exchange.inventory import (
    Binding,
    ClientCertificates,
    Endpoint,
    Inventory,
    Role,
    Server,
    VirtualDirectory,
)
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Odds, draws, leg_odds
from tests.exchange.estates import (
    CERT,
    CERTIFICATE,
    DEFAULT,
    GENERIC,
    LEGACY_CERT,
    LEGACY_GENERIC,
    OLD,
    article,
    nameless,
    url,
)

BASE = article()
OLD_CERT, NEW_CERT = f"EX07A/{CERTIFICATE}", f"EX13A/{CERTIFICATE}"


def after(*changes: str, start: Inventory = BASE) -> Inventory:
    return reduce(apply_change, changes, start)


def vdir(inventory: Inventory, label: str) -> VirtualDirectory:
    server, _, site = label.partition("/")
    found = inventory.vdir(server, site)
    assert found is not None
    return found


SETTINGS: dict[str, dict[str, object]] = {
    f"internal-url={OLD_CERT}={url(LEGACY_GENERIC)}": {"internal_url": url(LEGACY_GENERIC), "mapping": False},
    f"internal-url={OLD_CERT}=": {"internal_url": "", "mapping": False},
    f"internal-url={OLD_CERT}=https://x.test/?a=b=c": {"internal_url": "https://x.test/?a=b=c", "mapping": False},
    f"external-url={OLD_CERT}={url(CERT)}": {"external_url": url(CERT), "mapping": False},
    f"external-url={OLD_CERT}=": {"external_url": "", "mapping": False},
    f"client-certificates={OLD_CERT}=ignore": {
        "client_certificates": ClientCertificates.IGNORE,
        "mapping": False,
    },
    f"client-certificates={OLD_CERT}=Require": {"mapping": False},
    f"basic={OLD_CERT}=on": {"basic": True, "mapping": False},
    f"mapping={OLD_CERT}=off": {"mapping": False},
    f"mapping={OLD_CERT}=on": {},
    f"proxy-windows={OLD_CERT}=off": {"proxy_windows": False},
    f"  proxy-windows= {OLD_CERT.upper()} = OFF ": {"proxy_windows": False},
}


@pytest.mark.parametrize(("change", "values"), SETTINGS.items())
def test_a_setting_changes_one_vdir_and_nothing_else(change: str, values: dict[str, object]) -> None:
    changed = after(change)
    old = vdir(BASE, OLD_CERT)
    assert vdir(changed, OLD_CERT) == replace(old, **values)  # type: ignore[arg-type]
    others = [v for v in changed.vdirs if v.label != OLD_CERT]
    assert others == [v for v in BASE.vdirs if v.label != OLD_CERT]
    assert changed.servers == BASE.servers


def test_mapping_comes_last_because_the_cmdlet_wipes_it() -> None:
    cmdlet, switch = f"client-certificates={NEW_CERT}=require", f"mapping={NEW_CERT}=on"
    assert vdir(after(cmdlet, switch), NEW_CERT).mapping is True
    assert vdir(after(switch, cmdlet), NEW_CERT).mapping is False


ALIGNMENT = [f"internal-url={name}/{CERTIFICATE}={url(LEGACY_GENERIC)}" for name in ("EX07A", "EX07B")]
REMOVAL = [f"remove-vdir={name}/{CERTIFICATE}" for name in ("EX07A", "EX07B")]


@pytest.mark.parametrize("start", [BASE, nameless(BASE)], ids=["names recorded", "names assumed"])
@pytest.mark.parametrize(
    ("fix", "half_way"),
    [
        (ALIGNMENT, Odds(0.75, 0.75)),
        # The certificate name still leads to the web site that lost its vdir, and what that answers is not known.
        (REMOVAL, Odds(0.666666667, 0.833333333)),
    ],
    ids=["alignment", "removal"],
)
def test_both_fixes_of_the_article_work(fix: Sequence[str], half_way: Odds, start: Inventory) -> None:
    assert leg_odds(draws(start, OLD)) == Odds(0.5, 0.5)
    assert leg_odds(draws(after(*fix[:1], start=start), OLD)) == half_way
    assert leg_odds(draws(after(*fix, start=start), OLD)) == Odds(1, 1)


def test_removal_leaves_the_name_where_it_was() -> None:
    assert after(*REMOVAL).namespaces == BASE.namespaces


def test_a_url_never_moves_a_name() -> None:
    changed = after(f"internal-url=EX07A/{DEFAULT}={url('new.contoso.test')}", start=nameless(BASE))
    record = changed.namespace(LEGACY_GENERIC)
    assert record is not None
    assert record.endpoints == (Endpoint("EX07A", DEFAULT), Endpoint("EX07B", DEFAULT))
    unbound = changed.namespace("new.contoso.test")
    assert unbound is not None
    assert (unbound.endpoints, unbound.role) == ((), Role.OTHER)


def test_a_new_vdir_has_the_defaults_of_its_server() -> None:
    legacy = vdir(after("add-vdir=EX07A/Third Site"), "EX07A/Third Site")
    assert legacy == VirtualDirectory(
        "EX07A",
        "Third Site",
        site="London",
        product=Product.E2007,
        internal_url="",
        external_url="",
        client_certificates=ClientCertificates.IGNORE,
        basic=True,
        windows=False,
        mapping=False,
        proxy_windows=None,
    )
    newer = vdir(after("add-vdir=ex13a/A/B"), "EX13A/A/B")
    assert (newer.server, newer.web_site, newer.proxy_windows) == ("EX13A", "A/B", True)


def test_a_removed_vdir_can_come_back_with_its_settings() -> None:
    restored = after(
        f"remove-vdir={OLD_CERT}",
        f"add-vdir={OLD_CERT}",
        f"internal-url={OLD_CERT}={url(LEGACY_CERT)}",
        f"client-certificates={OLD_CERT}=require",
        f"basic={OLD_CERT}=off",
        f"proxy-windows={OLD_CERT}=on",
        f"mapping={OLD_CERT}=on",
    )
    assert vdir(restored, OLD_CERT) == vdir(BASE, OLD_CERT)


def test_switches_of_a_server() -> None:
    changed = after("server-mapping=ex13a=off", "role-service=EX13A=web-client-auth=off")
    server = changed.server("EX13A")
    assert server is not None
    assert server.server_mapping is False
    assert server.role_services == {"Web-Client-Auth": False, "Web-Cert-Auth": True}
    assert [s.name for s in changed.servers] == [s.name for s in BASE.servers]


def test_a_server_known_by_its_vdirs_alone_gets_a_record() -> None:
    changed = after("server-mapping=EX13A=on", start=replace(BASE, servers=()))
    assert changed.servers == (Server("EX13A", product=Product.E2013, site="London", server_mapping=True),)


def test_a_namespace_moves_and_keeps_its_role() -> None:
    changed = after(f"namespace={GENERIC}=EX07A/{DEFAULT},ex07b/{DEFAULT},EX07A/{DEFAULT}")
    record = changed.namespace(GENERIC)
    assert record is not None
    assert (record.role, record.basis) == (Role.GENERIC, "change")
    assert record.endpoints == (Endpoint("EX07A", DEFAULT), Endpoint("EX07B", DEFAULT))
    assert [n.host for n in changed.namespaces] == [n.host for n in BASE.namespaces]


def test_an_endpoint_that_stays_keeps_its_address() -> None:
    known = Endpoint("EX13A", DEFAULT, "192.0.2.1")
    start = replace(BASE, namespaces=(replace(BASE.namespaces[0], endpoints=(known,)),))
    record = after(f"namespace={GENERIC}=EX13B/{DEFAULT},EX13A/{DEFAULT}", start=start).namespaces[0]
    assert record.endpoints == (Endpoint("EX13B", DEFAULT), known)


def test_a_new_name_gets_the_role_other() -> None:
    record = after(f"namespace=New.contoso.test={OLD_CERT}").namespace("new.contoso.test")
    assert record is not None
    assert (record.role, record.basis, record.endpoints) == (Role.OTHER, "change", (Endpoint("EX07A", CERTIFICATE),))


def test_a_name_may_lead_to_a_web_site_that_has_only_a_binding() -> None:
    bound = replace(BASE.servers[0], bindings=(Binding("Old Site", "*:443:"),))
    record = after("namespace=x.test=EX07A/old site", start=replace(BASE, servers=(bound,))).namespace("x.test")
    assert record is not None
    assert record.endpoints == (Endpoint("EX07A", "Old Site"),)


@pytest.mark.parametrize("product", Product)
def test_a_new_server(product: Product) -> None:
    added = after(f"add-server=NEW1={product.value.lower()}@Paris = Nord").servers[-1]
    assert added == Server("NEW1", product=product, site="Paris = Nord")


def test_a_removed_server_takes_its_vdirs_and_endpoints_along() -> None:
    changed = after("remove-server=ex13b")
    assert changed.server("EX13B") is None
    assert not [v for v in changed.vdirs if v.server == "EX13B"]
    assert [len(n.endpoints) for n in changed.namespaces] == [1, 1, 2, 2]
    assert [n.basis for n in changed.namespaces] == ["change", "change", "dns", "dns"]


ERRORS: dict[str, tuple[str, ...]] = {
    "": ("change", "known"),
    "nonsense": ("'nonsense'", "known"),
    "intenal-url=EX07A/x=y": ("'intenal-url'", "internal-url"),
    "remove-vdir": ("incomplete", "SERVER/SITE-NAME"),
    f"basic={OLD_CERT}": ("incomplete", "on|off"),
    f"basic={OLD_CERT}=maybe": ("'maybe'", "on"),
    f"basic={OLD_CERT}=": ("switch position", "off"),
    "basic=EX07A=on": ("'EX07A'", "SERVER/SITE-NAME"),
    "basic=EX07A/Certificat Site=on": ("'EX07A/Certificat Site'", f"nearest: EX07A/{CERTIFICATE}"),
    "remove-vdir=EX99/Default Web Site": ("EX99/Default Web Site", "nearest", f"EX07B/{DEFAULT}"),
    f"add-vdir={OLD_CERT}": ("already there",),
    "add-vdir=EX13C/Site": ("'EX13C'", "EX13A", "EX13B"),
    "add-vdir=EX13A/": ("SERVER/SITE-NAME",),
    f"internal-url={OLD_CERT}=legacy.contoso.test": ("'legacy.contoso.test'", "not a URL"),
    f"internal-url={OLD_CERT}=https:///path": ("not a URL",),
    f"external-url={OLD_CERT}=ftp://host/": ("not a URL",),
    f"client-certificates={OLD_CERT}=required": ("'required'", "nearest: require"),
    "server-mapping=EX13=on": ("'EX13'", "EX13A"),
    "role-service=EX13A=Web-Client=on": ("'Web-Client'", "Web-Client-Auth"),
    "role-service=EX13A=on": ("incomplete", "SERVER=NAME=on|off"),
    "namespace=generic.contoso.test=": ("SERVER/SITE-NAME",),
    f"namespace=={OLD_CERT}": ("host name",),
    "namespace=x.test=EX13A/Other": ("'EX13A/Other'", "web site"),
    "add-server=EX13A=2013@London": ("already there",),
    "add-server=NEW=2012@London": ("'2012'", "2013"),
    "add-server=NEW=2013": ("AD site",),
    "add-server==2013@London": ("name",),
    "remove-server=EX13": ("'EX13'", "nearest: EX13"),
    "mailboxes=2007@Londn=none": ("'Londn'", "London"),
    "mailboxes=2007@London=some": ("'some'", "none"),
    "mailboxes=2007@London=none": ("not supported yet",),
}


@pytest.mark.parametrize(("change", "words"), ERRORS.items())
def test_what_makes_no_sense_is_named(change: str, words: tuple[str, ...]) -> None:
    with pytest.raises(ChangeError) as caught:
        apply_change(BASE, change)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_an_empty_inventory_knows_no_names() -> None:
    with pytest.raises(ChangeError, match="known: none"):
        apply_change(Inventory(), "remove-server=EX07A")


def test_a_message_shows_control_characters_as_escapes() -> None:
    with pytest.raises(ChangeError) as caught:
        apply_change(BASE, "remove-server=\x1b[2J")
    assert "\x1b" not in str(caught.value)


VERBS = sorted({change.split("=")[0].strip() for change in (*SETTINGS, *ERRORS)})
FIELDS = st.lists(st.sampled_from(["EX07A", OLD_CERT, NEW_CERT, GENERIC, "on", "2013@Paris", "", "/", "@", "\x00é"]))


@given(st.text() | st.builds(lambda verb, fields: "=".join([verb, *fields]), st.sampled_from(VERBS), FIELDS))
def test_any_text_is_applied_or_refused_and_the_old_inventory_stays(text: str) -> None:
    with suppress(ChangeError):
        apply_change(BASE, text)
    assert article() == BASE
