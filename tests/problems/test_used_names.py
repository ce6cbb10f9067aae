"""What an import knows of a name's use counts as the admin's word does, and IIS files tell of a missing directory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Case, Import
from easwizard.case.facts import DnsFacts, DnsOutcome
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.severities import is_retired
from easwizard.diagnosis.verdicts import Severity, Verdict
from easwizard.exchange.inventory import Binding, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product
from tests.problems.cases import GENERIC, OLD_CERT, OLD_GENERIC, case, http, observation, verdict

VDIR = "eas/vdir-missing"
DEFAULT = "Default Web Site"


def found(known: Case, code: str) -> Finding | None:
    return diagnose(known).finding(code)


def using(known: Case, host: str) -> Case:
    """With an old virtual directory that has the host as its InternalUrl."""
    url = f"https://{host}/Microsoft-Server-ActiveSync"
    vdir = VirtualDirectory("EX07A", DEFAULT, product=Product.E2007, site="London", internal_url=url)
    return replace(known, inventory=Inventory(vdirs=(vdir,)))


def nowhere(host: str) -> Case:
    facts = DnsFacts("system", host, "A", DnsOutcome.NXDOMAIN)
    return case(observation(f"dns:{host}", host, facts))


def test_a_name_that_an_import_uses_is_missed_more_than_one_that_nobody_is_known_to_use() -> None:
    missing = nowhere(OLD_CERT.host)
    unknown, used = found(missing, "dns/missing"), found(using(missing, OLD_CERT.host), "dns/missing")
    assert unknown is not None
    assert used is not None
    assert (unknown.severity, used.severity) == (Severity.MEDIUM, Severity.HIGH)


def test_what_was_imported_outweighs_an_answer_that_the_name_is_retired() -> None:
    denied = case().with_answer(f"internal-url:{OLD_CERT.host}", "no")
    assert is_retired(denied, OLD_CERT)
    assert not is_retired(using(denied, OLD_CERT.host), OLD_CERT)
    assert not is_retired(denied, OLD_GENERIC)


def test_an_old_name_that_an_import_uses_and_that_leads_to_a_new_server_is_grave() -> None:
    seen = case(http(OLD_GENERIC, 401, "Basic"), products="2007+2013")
    facts = DnsFacts("system", OLD_GENERIC.host, "A", DnsOutcome.ANSWER, ("127.0.0.1",))
    dns = observation(f"dns:{OLD_GENERIC.host}", OLD_GENERIC.host, facts)
    seen = replace(seen, observations=(dns, *seen.observations))
    plain, used = found(seen, "dns/wrong-target"), found(using(seen, OLD_GENERIC.host), "dns/wrong-target")
    assert plain is not None
    assert used is not None
    assert (plain.severity, used.severity) == (Severity.MEDIUM, Severity.HIGH)


# The directory that IIS does not have


def bare(*, mapping: bool | None = False, counted: int = 1, vdirs: tuple[VirtualDirectory, ...] = ()) -> Case:
    """A server whose IIS was read: the name's web site is there, and ActiveSync only where `vdirs` say so."""
    server = Server(
        "EX13A", product=Product.E2013, server_mapping=mapping, bindings=(Binding(DEFAULT, f"*:443:{GENERIC.host}"),)
    )
    read = Import("applicationHost-EX13A.config", "applicationHost.config", {"web site": counted})
    return replace(case(), inventory=Inventory(servers=(server,), vdirs=vdirs), imports=(read,))


def test_a_web_site_without_the_directory_is_likely_the_reason() -> None:
    finding = found(bare(), VDIR)
    assert finding is not None
    assert finding.verdict is Verdict.LIKELY
    (clue,) = (c for c in finding.clues if c.is_positive)
    assert clue.group == "evidence"
    assert "EX13A/Default Web Site" in clue.text


def test_with_a_404_it_is_confirmed_and_an_answer_weakens_it() -> None:
    absent = replace(bare(), observations=(http(GENERIC, 404, headers={}),))
    finding = found(absent, VDIR)
    assert finding is not None
    assert finding.verdict is Verdict.CONFIRMED
    alive = replace(bare(), observations=(http(GENERIC, 401, "Basic"),))
    assert verdict(alive, VDIR) == "possible"


@pytest.mark.parametrize(
    "known",
    [
        bare(vdirs=(VirtualDirectory("EX13A", DEFAULT, product=Product.E2013),)),
        bare(mapping=None),
        bare(counted=0),
        replace(bare(), imports=()),
    ],
    ids=["the directory is there", "bindings alone", "a file without web sites", "no IIS file"],
)
def test_what_does_not_show_the_whole_of_iis_says_nothing(known: Case) -> None:
    assert found(known, VDIR) is None


def test_an_old_name_counts_only_where_an_internal_url_uses_it() -> None:
    server = Server(
        "EX07B", product=Product.E2007, server_mapping=False, bindings=(Binding(DEFAULT, f"*:443:{OLD_CERT.host}"),)
    )
    read = Import("applicationHost-EX07B.config", "applicationHost.config", {"web site": 1})
    unused = replace(case(), inventory=Inventory(servers=(server,)), imports=(read,))
    assert found(unused, VDIR) is None
    vdirs = using(unused, OLD_CERT.host).inventory.vdirs
    used = found(replace(unused, inventory=Inventory(servers=(server,), vdirs=vdirs)), VDIR)
    assert used is not None
    assert used.severity is Severity.HIGH
