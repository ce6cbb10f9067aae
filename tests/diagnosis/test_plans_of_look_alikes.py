"""The plans beside the article's: what rules forbid is in none of them, and each one names the right subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.plans.making import make_plans
from easwizard.diagnosis.plans.model import Order, Plan
from easwizard.diagnosis.plans.prediction import predict
from easwizard.diagnosis.plans.template import CheckKind
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import (
    ClientCertificates,
    Endpoint,
    Inventory,
    NamespaceRecord,
    Role,
    Server,
    VirtualDirectory,
)
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox, Odds
from tests.problems.cases import AUTODISCOVER, autodiscover

BY_CODE = {entry.code: entry for entry in catalogue()}
CAREFUL = (
    "account/credentials-rejected", "autodiscover/two-external-urls", "autodiscover/wrong-url", "cba/basic-still-on",
    "cba/build-too-old", "cba/ca-not-accepted", "cba/certificate-rejected", "namespace/legacy-rejects-all",
    "proxy/affinity-missing", "proxy/kerberos-only", "proxy/ntlm-multiplexed", "proxy/spn-conflict",
    "proxy/tls-no-common-version", "proxy/windows-auth-missing", "routing/no-candidate",
)  # fmt: skip
DEFAULT = "Default Web Site"
EXTERNAL = "https://wrong.contoso.test/Microsoft-Server-ActiveSync"


def plans(case: Case, code: str, *found: str) -> dict[str, Plan]:
    return {p.remedy_id: p for p in make_plans(case, code, BY_CODE[code].words.templates, found)}


def orders_of(plan: Plan) -> Iterator[Order]:
    for step in (*plan.steps, *plan.rollback):
        yield from (*step.orders, *step.undo_orders)


def vdir(
    server: str, product: Product, *, internal_url: str | None = None, external_url: str | None = None
) -> VirtualDirectory:
    """One for phones with passwords, whose /Proxy takes the leg."""
    return VirtualDirectory(
        server,
        DEFAULT,
        site="London",
        product=product,
        internal_url=internal_url,
        external_url=external_url,
        client_certificates=ClientCertificates.IGNORE,
        basic=True,
        proxy_windows=True,
    )


def estate(*vdirs: VirtualDirectory, **answers: str) -> Case:
    """One server for each vdir; the name of phones leads to those of 2013, the legacy one to those of 2007."""
    servers = tuple(
        Server(v.server, f"{v.server.lower()}.contoso.test", v.product, windows="Windows 2008 R2", site=v.site)
        for v in vdirs
    )
    new = tuple(Endpoint(v.server, v.web_site) for v in vdirs if v.product is Product.E2013)
    old = tuple(Endpoint(v.server, v.web_site) for v in vdirs if v.product is Product.E2007)
    names = (
        NamespaceRecord("mail.contoso.test", Role.GENERIC, new),
        NamespaceRecord("legacy.contoso.test", Role.LEGACY_GENERIC, old),
    )
    targets = (Target("mail.contoso.test", 443, Role.GENERIC), AUTODISCOVER)
    inventory = Inventory(servers=servers, vdirs=vdirs, namespaces=names)
    accounts = (Account("anna", Mailbox(Product.E2007, "London")),)
    return Case(Vantage("jump"), targets=targets, accounts=accounts, inventory=inventory, answers=answers)


# What rules forbid


def test_a_difference_that_fails_nobody_has_no_remedy() -> None:
    assert BY_CODE["namespace/differs"].words.templates == ()


@pytest.mark.parametrize("code", ["autodiscover/wrong-url", "autodiscover/two-external-urls"])
def test_the_external_url_of_2007_is_never_set_by_a_plan(code: str) -> None:
    case = estate(
        vdir("OLD", Product.E2007, external_url=EXTERNAL), vdir("NEW", Product.E2013, external_url=EXTERNAL)
    )
    (made,) = plans(case, code, f"OLD/{DEFAULT}", f"NEW/{DEFAULT}").values()
    texts = [order.text for order in orders_of(made) if "Set-ActiveSync" in order.text]
    assert texts
    assert not any("OLD" in text for text in texts)
    old = next(s for s in made.steps if s.id == "old")
    assert "OLD" in old.title
    assert old.orders == ()


@pytest.mark.parametrize(
    ("answer", "offered"),
    [
        ("bridging", {"pass-through", "delegation"}), ("delegation", {"publishing-log"}),
        ("unknown", {"pass-through", "delegation", "publishing-log"}),
    ],
)  # fmt: skip
def test_a_publishing_proxy_is_right_as_it_is(answer: str, offered: set[str]) -> None:
    case = estate(vdir("NEW", Product.E2013), **{"tls-in-front": answer})
    made = plans(case, "cba/terminated-upstream")
    assert made.keys() == offered
    if answer == "delegation":
        assert [o.text for o in orders_of(made["publishing-log"])] == []


@pytest.mark.parametrize(
    "key",
    [
        "account/credentials-rejected/decide-without-trying", "cba/certificate-rejected/read-the-log",
        "cba/terminated-upstream/publishing-log",
    ],
)  # fmt: skip
def test_what_only_looks_changes_nothing_on_the_servers(key: str) -> None:
    code, _, remedy = key.rpartition("/")
    made = plans(estate(vdir("NEW", Product.E2013)), code)[remedy]
    assert made.changes == ()
    assert [o.text.split()[0] for o in orders_of(made)] in ([], ["Unlock-ADAccount"])


def test_an_account_is_unlocked_only_after_what_locks_it_is_known() -> None:
    ids = [s.id for s in plans(estate(), "account/credentials-rejected")["decide-without-trying"].steps]
    assert ids.index("what-locks") < ids.index("unlock")
    works = plans(estate(owa="works"), "account/credentials-rejected")["decide-without-trying"]
    assert works.step("unlock") is None


def test_ntlm_and_windows_authentication_are_for_proxy_alone() -> None:
    case = estate(vdir("OLD", Product.E2007), vdir("NEW", Product.E2013))
    for code in ("proxy/kerberos-only", "proxy/windows-auth-missing"):
        (made,) = plans(case, code, "legacy.contoso.test").values()
        texts = [o.text for o in orders_of(made) if "appcmd" in o.text]
        assert texts
        assert all('Microsoft-Server-ActiveSync/Proxy"' in text for text in texts)


@pytest.mark.parametrize("entry", [BY_CODE[code] for code in CAREFUL], ids=lambda entry: entry.code)
def test_a_pasted_command_line_does_not_prove_its_own_output(entry: Entry) -> None:
    """Who copies from a window copies the command too."""
    for made in plans(estate(vdir("OLD", Product.E2007), vdir("NEW", Product.E2013)), entry.code).values():
        for step in (
            s for s in (*made.steps, *made.rollback) if s.check.kind is CheckKind.PASTE and s.check.must_hold
        ):
            assert not any(step.check.must_hold.casefold() in look.text.casefold() for look in step.check.looks)


# The right subjects


def test_the_directory_that_carries_the_handed_out_url_is_named_and_gets_its_own_name() -> None:
    right = "https://mail.contoso.test/Microsoft-Server-ActiveSync"
    case = estate(vdir("NEW", Product.E2013, external_url=EXTERNAL), vdir("OTHER", Product.E2010, external_url=right))
    found = diagnose(replace(case, observations=(autodiscover(EXTERNAL),))).finding("autodiscover/wrong-url")
    assert found is not None
    assert found.subjects == (AUTODISCOVER.host, f"NEW/{DEFAULT}")
    step = plans(case, "autodiscover/wrong-url", *found.subjects)["mend-the-external-url"].step(
        "set", f"NEW/{DEFAULT}"
    )
    assert step is not None
    assert step.changes == (f"external-url=NEW/{DEFAULT}={right}",)


def test_a_name_alone_never_picks_the_directory_whose_external_url_is_set() -> None:
    case = estate(vdir("NEW", Product.E2013))
    for code in ("autodiscover/wrong-url", "autodiscover/two-external-urls"):
        (made,) = plans(case, code, "mail.contoso.test").values()
        assert all("<SERVER>" in o.text for o in orders_of(made) if "Set-ActiveSync" in o.text)


def test_a_site_without_a_candidate_gets_the_name_that_leads_there_or_its_servers_own() -> None:
    demanding = replace(vdir("OLDC", Product.E2007, internal_url=""), client_certificates=ClientCertificates.REQUIRE)
    case = estate(vdir("OLD", Product.E2007, internal_url=""), demanding, vdir("NEW", Product.E2013), cutover="after")
    found = diagnose(case).finding("routing/no-candidate")
    assert found is not None
    assert found.subjects == ("2007@London", f"OLD/{DEFAULT}")
    made = plans(case, "routing/no-candidate", *found.subjects)["restore-internal-url"]
    url = "https://legacy.contoso.test/Microsoft-Server-ActiveSync"
    assert made.changes == (f"internal-url=OLD/{DEFAULT}={url}",)
    nameless = replace(case, inventory=replace(case.inventory, namespaces=()))
    own = plans(nameless, "routing/no-candidate", *found.subjects)["restore-internal-url"]
    assert own.changes == (f"internal-url=OLD/{DEFAULT}=https://old.contoso.test/Microsoft-Server-ActiveSync",)


def test_windows_authentication_on_proxy_is_predicted_to_mend_the_leg() -> None:
    url = "https://legacy.contoso.test/Microsoft-Server-ActiveSync"
    broken = replace(vdir("OLD", Product.E2007, internal_url=url), proxy_windows=False)
    case = estate(broken, vdir("NEW", Product.E2013), cutover="after")
    expected = predict(case, plans(case, "proxy/windows-auth-missing", f"OLD/{DEFAULT}")["enable-windows"].changes)
    assert expected is not None
    assert {(r.device.value, r.mailbox): (r.before, r.after) for r in expected.changed}["basic", "2007@London"] == (
        Odds(0, 0), Odds(1, 1)
    )  # fmt: skip


def test_basic_goes_off_with_the_mapping_set_again_on_each_server() -> None:
    strict = [
        replace(vdir(name, Product.E2013), client_certificates=ClientCertificates.REQUIRE, mapping=True)
        for name in ("NEWA", "NEWB")
    ]
    case = estate(*strict)
    made = plans(case, "cba/basic-still-on", *(v.label for v in strict))["basic-off"]
    inventory = case.inventory
    for change in made.changes:
        inventory = apply_change(inventory, change)
    after = [inventory.vdir(v.server, v.web_site) for v in strict]
    assert [(v.basic, v.mapping) for v in after if v is not None] == [(False, True)] * 2
    turn = ["drain", "basic-off", "mapping", "restart", "direct", "return"]
    assert [s.id for s in made.steps if s.subject] == turn * 2
