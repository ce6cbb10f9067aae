"""The scenario files that come with the program, and how files become scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.exchange.inventory import ClientCertificates
from easwizard.lab.errors import ScenarioError
from easwizard.lab.scenario import EVERY_OTHER, Options, Pick, Scenario
from easwizard.lab.scenario_reader import load_scenario, scenario_names

EXPECTED = {
    "article", "article-split", "article-cba-fixed", "article-401", "article-sticky", "article-options-local",
    "fixed-by-removal", "fixed-by-alignment", "healthy", "healthy-cba", "wrong-password",
    "cba-role-service-missing", "cba-server-mapping-off", "cba-not-required", "cba-vdir-mapping-off",
    "cba-vdir-mapping-wiped", "rollback-without-xml", "tls-terminated-upstream", "tls-delegation", "split-dns",
    "expired-certificate", "not-yet-valid", "wrong-name", "chain-incomplete", "untrusted-ca", "legacy-tls-only",
    "tls-no-common-version", "app-pool-down", "vdir-missing", "redirected", "options-stripped", "anonymous-options",
    "basic-off", "one-bad-pool-member", "one-bad-front-end", "server-name-extra-address",
    "proxy-without-windows-auth", "proxy-kerberos-only", "proxy-blocked-by-publishing", "all-legacy-reject",
    "no-candidate", "per-server-names", "two-sites", "tls13-no-pha", "device-certificate-expired",
    "device-certificate-foreign-ca", "ca-not-listed", "build-too-old", "throttled", "hybrid-451", "not-exchange",
    "clock-skew", "long-ttl", "wrong-target", "autodiscover-wrong-url", "autodiscover-two-urls", "affinity-missing",
    "2010-to-2016", "large",
}  # fmt: skip

BASE = """
title = "Base"
description = "A parent."
[[servers]]
name = "S1"
product = "2013"
build = "15.0.1497.2"
windows = "Windows 2012 R2"
site = "London"
[[vdirs]]
server = "S1"
web_site = "Default Web Site"
internal_url = "https://a.test/x"
[[vdirs]]
server = "S1"
web_site = "Second"
[[namespaces]]
host = "a.test"
role = "generic"
endpoints = ["S1/Default Web Site"]
[[accounts]]
label = "ann"
user = "ann@a.test"
password = "p"
mailbox = "2013@London"
[knobs]
pick = "user"
leg_failure_status = 500
[expect.names]
must = { "dns/missing" = ["likely"] }
exit = 1
[expect.account]
exit = 1
"""
CHILD = 'extends = "base"\ntitle = "Child"\ndescription = "A child."\n'


@pytest.mark.parametrize("name", scenario_names())
class TestEveryScenario:
    def test_is_consistent(self, name: str) -> None:
        scenario = load_scenario(name)
        assert scenario.title
        assert scenario.description
        hosts = {namespace.host for namespace in scenario.inventory.namespaces}
        # Certificate servers of a name that only phones use need no InternalUrl; whoever has one can be reached.
        assert all(vdir.internal_host in hosts for vdir in scenario.inventory.vdirs if vdir.internal_host)
        sites = {server.site for server in scenario.inventory.servers}
        assert all(account.site in sites for account in scenario.accounts)
        assert all(host.endswith(".contoso.test") for host in hosts)

    def test_expects_something_at_both_vantages_without_contradiction(self, name: str) -> None:
        scenario = load_scenario(name)
        assert {"names", "account"} <= set(scenario.expectations)
        for vantage, expectation in scenario.expectations.items():
            # What files and logs tell may hang on which were brought, or leave the fault unseen: no exit then.
            assert expectation.exit is not None or vantage in ("evidence", "logs")
            assert expectation.must_not
            for code, verdicts in expectation.must.items():
                assert code not in expectation.must_not
                assert len(set(verdicts)) == len(verdicts)

    def test_answers_name_real_names(self, name: str) -> None:
        scenario = load_scenario(name)
        asked = [key.partition(":")[2] for key in scenario.answers if key.startswith("internal-url:")]
        assert all(scenario.inventory.namespace(host) for host in asked)
        assert all(scenario.answers.values())

    def test_its_expectations_take_care_of_look_alikes(self, name: str) -> None:
        for expectation in load_scenario(name).expectations.values():
            assert EVERY_OTHER in expectation.must_not or len(expectation.must_not) + len(expectation.must) > 10


def test_the_promised_scenarios_are_there() -> None:
    assert set(scenario_names()) >= EXPECTED


def test_the_article_is_to_the_letter() -> None:
    article = load_scenario("article")
    assert len(article.inventory.servers) == 4
    assert len(article.inventory.vdirs) == 8
    legacy = article.inventory.vdir("ex07b", "certificate site")
    assert legacy is not None
    assert legacy.client_certificates is ClientCertificates.REQUIRE
    assert (legacy.basic, legacy.mapping) == (False, True)
    new = article.inventory.vdir("EX13A", "Certificate Site")
    assert new is not None
    assert (new.client_certificates, new.basic, new.mapping) == (ClientCertificates.IGNORE, True, False)
    assert [account.mailbox for account in article.accounts] == ["2007@London", "2007@London", "2013@London"]


def test_removal_keeps_the_name_and_drops_the_vdir() -> None:
    fixed = load_scenario("fixed-by-removal")
    assert fixed.inventory.vdir("EX07A", "Certificate Site") is None
    name = fixed.inventory.namespace("legacycert.contoso.test")
    assert name is not None
    assert len(name.endpoints) == 2
    assert fixed.answers["internal-url:legacycert.contoso.test"] == "unknown"
    assert fixed.answers["internal-url:legacygeneric.contoso.test"] == "yes"


def written(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def child_of(folder: Path, text: str, base: str = BASE) -> Scenario:
    written(folder, base=base, child=CHILD + text)
    return load_scenario("child", folder)


def test_lists_merge_by_key_and_tables_by_name(scenario_folder: Path) -> None:
    child = child_of(
        scenario_folder,
        """
[[servers]]
name = "s1"
windows = "Windows 2016"
[[vdirs]]
server = "S1"
web_site = "Second"
absent = true
[[vdirs]]
server = "S1"
web_site = "Default Web Site"
basic = false
[[accounts]]
label = "bea"
user = "bea@a.test"
password = "q"
mailbox = "2013@London"
[knobs]
options = "answered"
leg_failure_status = 502
[expect.names]
exit = 0
""",
    )
    assert (child.title, child.name) == ("Child", "child")
    assert [server.windows for server in child.inventory.servers] == ["Windows 2016"]
    assert [vdir.label for vdir in child.inventory.vdirs] == ["S1/Default Web Site"]
    assert child.inventory.vdirs[0].internal_url == "https://a.test/x"
    assert child.inventory.vdirs[0].basic is False
    assert [account.label for account in child.accounts] == ["ann", "bea"]
    assert (child.knobs.pick, child.knobs.options) == (Pick.USER, Options.ANSWERED)
    assert child.knobs.leg_failure_status == 502
    assert child.expectations["names"].must == {}
    assert child.expectations["names"].exit == 0
    assert child.expectations["account"].exit == 1


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[vdirs]]\nserver = "S9"\nweb_site = "x"\n', "server"),
        ('[[vdirs]]\nserver = "S1"\nweb_site = "x"\nabsent = true\n', "vdirs"),
        ('[[vdirs]]\nserver = "S1"\n', "vdirs.web_site"),
        ('[[vdirs]]\nserver = "S1"\nweb_site = "x"\nclient_certificates = "maybe"\n', "client_certificates"),
        ('[[vdirs]]\nserver = "S1"\nweb_site = "x"\nbasic = "yes"\n', "basic"),
        ('[[vdirs]]\nserver = "S1"\nweb_site = "x"\nbasci = true\n', "basci"),
        ('[[namespaces]]\nhost = "b.test"\nendpoints = ["S9/x"]\n', "namespaces.b.test"),
        ('[[namespaces]]\nhost = "b.test"\nendpoints = ["S1"]\n', "endpoints"),
        ('[[namespaces]]\nhost = "b.test"\nrole = "main"\n', "role"),
        ('[views]\nexternal = ["c.test"]\n', "views.external"),
        ('[[records]]\nview = "outer"\nhost = "a.test"\n', "records.view"),
        ('[[records]]\nview = "external"\nhost = "a.test"\nendpoints = ["S1/none"]\n', "records.a.test"),
        ('[[accounts]]\nlabel = "ann"\nmailbox = "2013"\n', "mailbox"),
        ('[[accounts]]\nlabel = "ann"\nmailbox = "2013@Paris"\n', "mailbox"),
        ('[[accounts]]\nlabel = "ann"\nmailbox = "2003@London"\n', "mailbox"),
        ('[[fronts]]\nhost = "b.test"\n', "fronts.b.test"),
        ('[[fronts]]\nhost = "a.test"\nkind = "wall"\n', "kind"),
        ('[[fronts]]\nhost = "a.test"\nviews = ["moon"]\n', "fronts.a.test"),
        ('[[fronts]]\nhost = "a.test"\nblocks = ["/Proxy"]\n', "fronts.a.test"),
        ('[[fronts]]\nhost = "a.test"\nkind = "bridging"\nblocks = ["Proxy"]\n', "fronts.a.test"),
        ('[[fronts]]\nhost = "a.test"\nkind = "bridging"\nblock_status = 418\n', "fronts.a.test"),
        ('[[fronts]]\nhost = "a.test"\nkind = "other-product"\nasks = "require"\n', "fronts.a.test"),
        ('[[check.connect_to]]\nhost = "b.test"\nendpoint = "S1/Second"\n', "check.connect_to"),
        ('[[check.connect_to]]\nhost = "a.test"\nendpoint = "S1/Third"\n', "check.connect_to"),
        (
            '[[servers]]\nname = "S1"\ntls = "1.3"\n[[vdirs]]\nserver = "S1"\nweb_site = "Second"\n'
            'issuers = "listed"\n',
            "vdirs.S1/Second.issuers",
        ),
        ('[[servers]]\nname = "S1"\ntls = "1.1"\n', "tls"),
        ('[[certificates]]\nlabel = "c"\naccount = "zoe"\n', "certificates.c"),
        ('[[certificates]]\nlabel = "../c"\naccount = "ann"\n', "certificates.../c"),
        ("[knobs]\nleg_failure_status = 418\n", "leg_failure_status"),
        ("[knobs]\nspeed = 1\n", "knobs.speed"),
        ('[expect.names]\nmust = { "dns/missing" = ["sure"] }\n', "expect.names.must.dns/missing"),
        ('[expect.names]\nmust_not = ["dns"]\n', "expect.names"),
        ("[expect.names]\nexit = 7\n", "expect.names.exit"),
        ("[expect.moon]\nexit = 0\n", "expect.moon"),
        ("seeed = 3\n", "seeed"),
        ("seed = true\n", "seed"),
    ],
)
def test_an_error_names_the_file_and_the_key(scenario_folder: Path, text: str, key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        child_of(scenario_folder, text)
    assert caught.value.file == "child.toml"
    assert caught.value.key.endswith(key)
    assert "child.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"child": "title = \n"}, "not readable as TOML"),
        ({"child": 'extends = "missing"\ntitle = "t"\ndescription = "d"'}, "no scenario 'missing'"),
        ({"child": 'extends = "child"\ntitle = "t"\ndescription = "d"'}, "in a circle"),
        ({"child": 'extends = "base"\n', "base": BASE}, "title: is missing"),
        ({"child": "extends = 3\n"}, "must be the name"),
        ({}, "no scenario 'child'"),
    ],
)
def test_files_that_cannot_be_used(scenario_folder: Path, files: dict[str, str], words: str) -> None:
    written(scenario_folder, **files)
    with pytest.raises(ScenarioError, match=words):
        load_scenario("child", scenario_folder)


def test_views_may_say_something_else_of_a_name(scenario_folder: Path) -> None:
    child = child_of(
        scenario_folder,
        '[[records]]\nview = "external"\nhost = "A.test"\nalias = "b.test"\nttl = 5\n',
    )
    (record,) = child.views.records
    assert (record.host, record.alias, record.ttl) == ("a.test", "b.test", 5)


def test_an_answer_may_be_taken_back(scenario_folder: Path) -> None:
    given = '[answers]\nsince = "coexistence"\nhybrid = "no"\n'
    child = child_of(scenario_folder, '[answers]\nsince = ""\n', BASE + given)
    assert child.answers == {"hybrid": "no"}


def test_the_large_estate_is_large() -> None:
    large = load_scenario("large")
    assert len(large.inventory.servers) == 16
    assert len({server.site for server in large.inventory.servers}) == 4
