"""What configuration alone may say of the article's two faults, and how sure (J2, J3, J4, J14, J19)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from easwizard.diagnosis.outcome import Outcome
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
from easwizard.lab.evidence_files import EVIDENCE
from easwizard.lab.scenario_reader import load_scenario
from easwizard.reports.model import Report
from tests.end_to_end.checking import estate as practice
from tests.end_to_end.checking import look, verdict
from tests.end_to_end.test_evidence_expectations import brought, judged

ARTICLE = load_scenario("article").inventory
NOTHING_IN_FRONT = "--answer=tls-in-front=nothing"
DUPLICATE = "namespace/duplicate"
SWITCHES = (
    "cba/role-service-missing",
    "cba/server-mapping-off",
    "cba/certificate-not-required",
    "cba/vdir-mapping-off",
)
formats = pytest.mark.parametrize("format", EVIDENCE)


def unread(inventory: Inventory) -> Inventory:
    """As Active Directory alone tells it: nothing that is read from IIS (J19)."""
    vdirs = tuple(replace(v, client_certificates=None, basic=None, windows=None) for v in inventory.vdirs)
    return replace(inventory, vdirs=vdirs)


def text_of(report: Report, code: str) -> str:
    finding = report.diagnosis.finding(code)
    assert finding is not None
    return " ".join(clue.text for clue in finding.clues)


def three_servers() -> Inventory:
    """Three old servers of one site, one of which has the second vdir, and a newer one that passes requests on."""
    names = ("EX07A", "EX07B", "EX07C")
    servers = [
        Server(n, f"{n.lower()}.contoso.test", Product.E2007, "8.3.83.6", site="London", client_access=True)
        for n in names
    ]
    servers.append(
        Server("EX13A", "ex13a.contoso.test", Product.E2013, "15.0.1497.2", site="London", client_access=True)
    )
    plain = VirtualDirectory(
        "EX07A", "Default Web Site", site="London", product=Product.E2007, external_url="", basic=True, windows=False,
        internal_url="https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync", mapping=False,
        client_certificates=ClientCertificates.IGNORE, proxy_windows=True,
    )  # fmt: skip
    second = replace(
        plain,
        web_site="Certificate Site",
        basic=False,
        internal_url="https://legacycert.contoso.test/Microsoft-Server-ActiveSync",
        client_certificates=ClientCertificates.REQUIRE,
    )
    newer = replace(plain, server="EX13A", product=Product.E2013, internal_url="https://generic.contoso.test/x")
    vdirs = (*(replace(plain, server=name) for name in names), second, newer)
    return Inventory(
        tuple(servers),
        vdirs,
        (
            NamespaceRecord("generic.contoso.test", Role.GENERIC, (Endpoint("EX13A", "Default Web Site"),)),
            NamespaceRecord("legacycert.contoso.test", Role.LEGACY_CERT, (Endpoint("EX07A", "Certificate Site"),)),
        ),
    )


@formats
def test_the_article_is_confirmed_at_one_half(format: str, tmp_path: Path) -> None:
    report = judged(ARTICLE, brought(tmp_path, ARTICLE, format), NOTHING_IN_FRONT)
    assert verdict(report, DUPLICATE) == "confirmed"
    assert "of 4 candidates for 2007@London, 50 % of the draws are refused" in text_of(report, DUPLICATE)
    legs = [route for route in report.routes if route.device == "basic" and route.mailbox.product == "2007"]
    assert [(route.namespace, route.odds.exact) for route in legs] == [("generic.contoso.test", 0.5)]


def test_every_format_gives_the_same_findings(tmp_path: Path) -> None:
    found = {}
    for format in EVIDENCE:
        (tmp_path / format).mkdir()
        report = judged(ARTICLE, brought(tmp_path / format, ARTICLE, format), NOTHING_IN_FRONT)
        found[format] = {f.code: (f.verdict, f.subjects) for f in report.diagnosis.findings}
    assert found == dict.fromkeys(EVIDENCE, found["clixml"])


@formats
def test_every_switch_of_certificates_is_named_on_every_server(format: str, tmp_path: Path) -> None:
    report = judged(ARTICLE, brought(tmp_path, ARTICLE, format), NOTHING_IN_FRONT)
    for code in SWITCHES:
        assert verdict(report, code) == "confirmed"
        assert all(server in text_of(report, code) for server in ("EX13A", "EX13B"))


def test_a_switch_that_is_off_on_one_server_names_that_server_only(tmp_path: Path) -> None:
    healthy = load_scenario("healthy-cba").inventory
    servers = tuple(
        replace(s, role_services={**s.role_services, "Web-Client-Auth": False}) if s.name == "EX13C" else s
        for s in healthy.servers
    )
    estate = replace(healthy, servers=servers)
    report = judged(estate, brought(tmp_path, estate, "json"), NOTHING_IN_FRONT)
    finding = report.diagnosis.finding("cba/role-service-missing")
    assert finding is not None
    assert finding.verdict == "confirmed"
    assert finding.subjects == ("EX13C",)


def test_without_knowing_what_ends_tls_no_switch_is_more_than_possible(tmp_path: Path) -> None:
    report = judged(ARTICLE, brought(tmp_path, ARTICLE, "clixml"))
    assert {verdict(report, code) for code in SWITCHES} == {"possible"}
    assert verdict(report, DUPLICATE) == "confirmed"


@formats
def test_one_second_directory_on_three_servers_is_a_quarter_by_object_and_half_by_name(
    format: str, tmp_path: Path
) -> None:
    estate = three_servers()
    report = judged(estate, brought(tmp_path, estate, format))
    assert verdict(report, DUPLICATE) == "confirmed"
    assert "25 % of the draws are refused if drawn by virtual directory, 50 % if by name" in text_of(
        report, DUPLICATE
    )
    [leg] = [r for r in report.routes if r.device == "basic" and r.mailbox.product == "2007"]
    assert leg.odds.exact == 0.75
    assert leg.by_name is not None
    assert leg.by_name.exact == 0.5


@formats
def test_cmdlets_without_any_iis_file_are_likely_at_most(format: str, tmp_path: Path) -> None:
    report = judged(ARTICLE, brought(tmp_path, ARTICLE, format, own_files=False))
    assert verdict(report, DUPLICATE) == "likely"
    assert report.outcome is Outcome.PROBLEM


@formats
def test_active_directory_alone_is_likely_and_gives_no_number(format: str, tmp_path: Path) -> None:
    estate = unread(ARTICLE)
    report = judged(estate, brought(tmp_path, estate, format, own_files=False))
    assert verdict(report, DUPLICATE) == "likely"
    assert "was not read" in text_of(report, DUPLICATE)
    assert "%" not in text_of(report, DUPLICATE)
    assert all(r.odds.exact is None for r in report.routes if r.mailbox.product == "2007")
    assert any("applicationHost" in item.why for item in report.diagnosis.not_examined)


@pytest.mark.parametrize("own_files", [True, False], ids=["whole", "directory only"])
@pytest.mark.parametrize("name", ["per-server-names", "fixed-by-alignment", "fixed-by-removal", "healthy-new"])
def test_look_alikes_are_not_the_fault(name: str, own_files: bool, tmp_path: Path) -> None:
    inventory = load_scenario(name).inventory
    estate = inventory if own_files else unread(inventory)
    report = judged(estate, brought(tmp_path, estate, "csv", own_files=own_files))
    assert verdict(report, DUPLICATE) in ("not-examined", "ruled-out")


@pytest.mark.parametrize("own_files", [True, False], ids=["whole", "directory only"])
@pytest.mark.parametrize("apart", ["site", "version"])
def test_names_of_other_sites_or_versions_are_no_duplicates(apart: str, own_files: bool, tmp_path: Path) -> None:
    """Each group draws among its own: one name that refuses is another fault, and one that accepts is none (J13)."""
    estate = three_servers()
    site = "Paris" if apart == "site" else "London"
    product, build = (Product.E2010, "14.3.123.4") if apart == "version" else (Product.E2007, "8.3.83.6")
    servers = tuple(
        replace(s, site=site, product=product, build=build) if s.name == "EX07A" else s for s in estate.servers
    )
    kept = [v for v in estate.vdirs if v.label != "EX07A/Default Web Site"]
    vdirs = tuple(replace(v, site=site, product=product) if v.server == "EX07A" else v for v in kept)
    apart_now = replace(estate, servers=servers, vdirs=vdirs)
    apart_now = apart_now if own_files else unread(apart_now)
    report = judged(apart_now, brought(tmp_path, apart_now, "clixml", own_files=own_files))
    assert verdict(report, DUPLICATE) in ("not-examined", "ruled-out")


def test_names_that_are_looked_at_need_no_answer_where_files_tell_the_internal_urls(tmp_path: Path) -> None:
    options = brought(tmp_path, ARTICLE, "clixml", own_files=False)
    with practice("article") as running:
        alone = look(running, "names", answers=[])
        report = look(running, "names", *options, answers=[])
    assert verdict(alone, DUPLICATE) == "possible"
    assert verdict(report, DUPLICATE) == "confirmed"
    assert "legacycert.contoso.test is an InternalUrl (by what was imported)" in text_of(report, DUPLICATE)
    finding = report.diagnosis.finding(DUPLICATE)
    assert finding is not None
    assert {clue.group for clue in finding.clues if clue.is_positive} == {"probe", "evidence"}


def old_servers_only(inventory: Inventory) -> Inventory:
    """As the 2007 shell alone tells of an estate, or as it was before the first newer server."""
    servers = tuple(s for s in inventory.servers if s.product is not None and s.product.is_legacy)
    kept = {s.name for s in servers}
    names = tuple(
        replace(n, endpoints=tuple(e for e in n.endpoints if e.server in kept)) for n in inventory.namespaces
    )
    return Inventory(servers, tuple(v for v in inventory.vdirs if v.server in kept), names)


@formats
def test_where_nobody_proxies_the_article_is_no_fault_of_today(format: str, tmp_path: Path) -> None:
    estate = old_servers_only(ARTICLE)
    report = judged(estate, brought(tmp_path, estate, format), NOTHING_IN_FRONT)
    assert verdict(report, DUPLICATE) == "possible"
    assert "no newer server is known that would draw them" in text_of(report, DUPLICATE)
    finding = report.diagnosis.finding(DUPLICATE)
    assert finding is not None
    assert any("it fails once one does" in limit for limit in finding.limits)
    assert finding.missing[0].how.startswith("Get-ExchangeServer")
    assert not [f.code for f in report.diagnosis.findings if f.verdict.asserts]
    assert report.outcome is Outcome.INCONCLUSIVE


def test_where_nobody_proxies_refusing_everything_is_no_fault_of_today(tmp_path: Path) -> None:
    estate = old_servers_only(load_scenario("all-legacy-reject").inventory)
    report = judged(estate, brought(tmp_path, estate, "json"), NOTHING_IN_FRONT)
    assert verdict(report, "namespace/legacy-rejects-all") == "possible"
    assert report.outcome is Outcome.INCONCLUSIVE


def test_healthy_old_servers_alone_are_healthy(tmp_path: Path) -> None:
    estate = old_servers_only(load_scenario("healthy").inventory)
    report = judged(estate, brought(tmp_path, estate, "json"), NOTHING_IN_FRONT)
    assert report.outcome is Outcome.NO_PROBLEM_FOUND


@pytest.mark.parametrize("answer", ["products=2007+2013", "fails-basic-new=never", "since=names-moved"])
def test_an_answer_that_tells_of_a_newer_server_lets_the_fault_stand(answer: str, tmp_path: Path) -> None:
    estate = old_servers_only(ARTICLE)
    report = judged(estate, brought(tmp_path, estate, "clixml"), f"--answer={answer}")
    assert verdict(report, DUPLICATE) == "confirmed"


def test_names_at_which_a_newer_server_answers_let_the_fault_stand(tmp_path: Path) -> None:
    """The admin brought the 2007 shell's files only; what answers at the names is what counts."""
    options = brought(tmp_path, old_servers_only(ARTICLE), "clixml")
    with practice("article") as running:
        report = look(running, "names", *options)
    assert all(s.product is Product.E2007 for s in report.case.inventory.servers)
    assert verdict(report, DUPLICATE) == "confirmed"
    assert report.outcome is Outcome.PROBLEM
