"""Redaction: nothing of the site is left in any form, the same name stays the same, and the meaning stays."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import get_type_hints

import pytest

from easwizard.case.case import Account, Case, DeviceCertificate, Import, Noted, Vantage
from easwizard.case.events import events_of
from easwizard.case.facts import HttpFacts
from easwizard.case.mending import StepRecord, StepState
from easwizard.case.redaction.fields import FIELDS, Ours
from easwizard.case.redaction.leaks import LeakCheck
from easwizard.case.redaction.redact import preview, redact
from easwizard.case.redaction.restore import restore, restored
from easwizard.case.redaction.words import is_ours
from easwizard.case.requests import Member, Resolver, Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.problem import catalogue
from easwizard.exchange.inventory import Binding, Inventory, Role, Server, VirtualDirectory
from easwizard.reports.json_form import plain, render
from easwizard.reports.model import report_on
from easwizard.storage.event_lines import to_line
from tests.case.planting import AT, Planter, holds_text, types_below
from tests.problems import cases

LISTED_AS_OURS = {
    "Case.stage", "DeviceCertificate.not_before", "DeviceCertificate.not_after", "Import.format", "Import.objects",
    "StatedCode.code", "Observation.phases_ms", "DnsFacts.type", "TcpFacts.outcome", "TlsFacts.protocol",
    "TlsFacts.cipher", "TlsFacts.not_before", "TlsFacts.not_after", "CertificateDemand.how",
    "ServerIdentity.os_build", "ServerIdentity.clock", "HttpFacts.method", "HttpFacts.product", "HttpFacts.build",
    "SampleFacts.predicted_basis", "FileCoverage.rejected", "TargetCount.version", "Capped.what",
    "StepRecord.plan", "Acceptance.code", "GateRecord.gate", "Server.build",
    "Server.windows", "NamespaceRecord.basis",
}  # fmt: skip


def encoded(name: str) -> Iterator[bytes]:
    """A name in the forms in which it must not be left, each by its own way of making it."""
    for text in {name, name.upper(), name.title()}:
        raw, wide = text.encode(), text.encode("utf-16-le")
        yield from (raw, wide, text.encode("utf-16-be"))
        yield "".join(f"%{byte:02x}" for byte in raw).encode()
        for plain_text in (raw, wide):
            for shift in range(3):
                # Without the digits that also hold what stands before or after.
                digits = base64.b64encode(b"\0" * shift + plain_text + b"\0" * 3)
                skip = (0, 2, 3)[shift]
                yield digits[skip : (shift + len(plain_text)) * 8 // 6]
    if "." in name:
        yield ".".join(reversed(name.split("."))).encode()


def written(case: Case) -> bytes:
    lines = "\n".join(to_line(event) for event in events_of(case))
    return (lines + json.dumps(plain(case), default=str) + render(report_on(case, AT))).encode()


@pytest.mark.parametrize("seed", range(4))
def test_no_planted_name_is_left_in_any_form(seed: int) -> None:
    planter = Planter(seed)
    case = planter.case()
    assert len(planter.names) > 500
    before, after = written(case).lower(), written(redact(case, "vendor").case).lower()
    assert sum(name.lower().encode() in before for name in planter.names) > 500, "else nothing was planted"
    # A name that is in no text that is written cannot be left over; its letters may begin a stand-in by chance.
    there = [name for name in planter.names if name.lower().encode() in before]
    assert [name for name in there if name.lower().encode() in after] == []
    chunks = b"\n".join(set(re.split(rb"[\s\",;]+", after)))
    drawn = random.Random(seed).sample(planter.names, 150)
    assert [(name, form) for name in drawn for form in set(encoded(name)) if form.lower() in chunks] == []


@pytest.mark.parametrize("seed", range(2))
def test_the_leak_check_agrees(seed: int) -> None:
    planter = Planter(seed)
    case = planter.case()
    redacted = redact(case, "vendor")
    check = LeakCheck({*redacted.names, *planter.names})
    assert len(check.leaks(written(case))) > 200
    assert check.leaks(written(redacted.case)) == ()


def test_every_text_field_is_listed_and_none_is_ours_by_accident() -> None:
    listed, ours = set(), set()
    for kind in types_below(Case):
        for name, hint in get_type_hints(kind).items():
            if holds_text(hint) and not any(True for _ in types_below(hint)):
                assert name in FIELDS.get(kind, {}), f"{kind.__name__}.{name} is not in case/redaction/fields.py"
        for name, treatment in FIELDS.get(kind, {}).items():
            listed.add(f"{kind.__name__}.{name}")
            if isinstance(treatment, Ours):
                ours.add(f"{kind.__name__}.{name}")
    assert ours == LISTED_AS_OURS
    assert listed == {f"{kind.__name__}.{name}" for kind, names in FIELDS.items() for name in names}


KNOWN = replace(
    cases.case(
        cases.http(
            Target("mail.contoso.com", 443, Role.GENERIC),
            401,
            "Basic",
            headers={"x-feserver": "EX13A", "www-authenticate": 'Basic realm="mail.contoso.com"'},
            address="10.1.2.3",
        )
    ),
    vantage=Vantage("jumpbox7", (Resolver("internal", "10.1.2.9"), Resolver("six", "2a02:810::53"))),
    targets=(Target("mail.contoso.com", 443, Role.GENERIC), Target("oldmail.contoso.de", 443, Role.LEGACY_GENERIC)),
    accounts=(Account("anna@contoso.com", cases.OLD), Account("CONTOSO\\bobby")),
    members=(Member("mail.contoso.com", "127.0.0.5"),),
    inventory=Inventory(
        servers=(
            Server("EX13A", "ex13a.corp.contoso.com", site="London", build="15.1.225.42",
                   bindings=(Binding("Partner Access", "85.10.1.1:443:"),)),
        ),
        vdirs=(VirtualDirectory("ex13a", "Partner Access", internal_url="https://mail.contoso.com/x"),
               VirtualDirectory("ex13a", "Default Web Site")),
    ),
    changes=("internal-url=EX13A/Partner Access=https://oldmail.contoso.de/x", "mailboxes=2007@London=none"),
    steps=(StepRecord("namespace/duplicate/align", "1", StepState.DONE, AT, note="EX13A done by CONTOSO\\bobby"),),
)  # fmt: skip


def test_the_same_name_is_the_same_everywhere() -> None:
    made = redact(KNOWN, "vendor")
    case, server = made.case, made.case.inventory.servers[0]
    name = server.name.lower()
    assert server.fqdn is not None
    assert server.fqdn.split(".")[0] == name
    assert [vdir.server for vdir in case.inventory.vdirs] == [name, name]
    assert case.seen(HttpFacts)[0][1].headers["x-feserver"] == server.name
    generic, legacy = (target.host for target in case.targets)
    assert case.inventory.vdirs[0].internal_url == f"https://{generic}/x"
    assert server.fqdn.endswith("." + generic.partition(".")[2]), "the domain is shared"
    assert legacy.partition(".")[2] != generic.partition(".")[2], "contoso.de is another domain"
    domain = generic.split(".")[1]
    assert case.accounts[0].label.endswith(f"@{domain}.example")
    assert case.accounts[1].label.startswith(f"{domain.upper()}\\")
    site = case.inventory.vdirs[0].web_site
    assert case.changes == (
        f"internal-url={server.name}/{site}=https://{legacy}/x",
        f"mailboxes=2007@{server.site}=none",
    )
    assert case.steps[0].note == f"{server.name} done by {case.accounts[1].label}"
    assert case.inventory.vdirs[1].web_site == "Default Web Site"
    assert server.build == "15.1.225.42"


def test_the_class_of_an_address_stays() -> None:
    case = redact(KNOWN, "vendor").case
    internal, six = (resolver.address for resolver in case.vantage.resolvers)
    seen = case.seen(HttpFacts)[0][1].address
    assert internal.startswith("10.")
    assert internal.rpartition(".")[0] == seen.rpartition(".")[0], "they share a network"
    assert six.startswith("2001:db8:")
    assert case.inventory.servers[0].bindings[0].binding.startswith("192.0.2.")
    assert case.members[0].address == "127.0.0.5"


@pytest.mark.parametrize(
    "text",
    [
        "namespace/duplicate", "OPTIONS /Microsoft-Server-ActiveSync/Proxy 401 Negotiate, NTLM", "TLSv1.2", "",
        "Set-ActiveSyncVirtualDirectory -InternalUrl", "applicationHost.config", "Version 8.3 (Build 83.6)",
        "15.1.225.42", "127.0.0.1:443", "[::1]:443", "2026-11-23T14:02:00Z", "at 12:30:45", "System.Net.WebException",
        "eas.outlook.com", "/owa/auth/logon.aspx?url=%2fowa%2f&reason=0", "Microsoft-IIS/8.5, ASP.NET",
        "unable to get local issuer certificate", "Basic authentication", "error 0x80090326 after 12ms",
        "NT AUTHORITY\\SYSTEM", "Default Web Site", "IIS 8.5", "SP3 RU10", "[certificate 1]", "2007@",
    ],
)  # fmt: skip
def test_words_of_ours_stay(text: str) -> None:
    assert redact(KNOWN, "vendor").text(text) == text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("%63ontoso%2ecom", "contoso"),
        ("https%3A%2F%2Fzeus.contoso.com%2Fx", "zeus"),
        ("CONTOSO%5Cbobby", "bobby"),
        ("strange.fabrikam.net said no", "fabrikam"),
        ("contoso.mail.protection.outlook.com", "contoso"),
        ('{"user":"CONTOSO\\\\bobby"}', "bobby"),
        ("/o=Contoso/ou=Exchange/cn=Recipients/cn=bobby", "bobby"),
        ("jAkJBBDfe3RhbGVudG9zb2FubmE=", "jAkJ"),
        ("S-1-5-21-1004336348-1177238915-682003330-512", "1004336348"),
        ("call +49 30 1234567", "1234567"),
        ("C:\\Users\\bobby\\Desktop", "bobby"),
        ("password: Spring-Rain-88", "Spring"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2JieSJ9.x", "eyJ"),
        ("Müller-Lüdenscheid", "Müller"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
    ],
)
def test_names_in_any_text_go(text: str, gone: str) -> None:
    made = redact(KNOWN, "vendor").text(text)
    assert gone.lower() not in made.lower()


def test_blobs_go_whole() -> None:
    made = redact(KNOWN, "vendor")
    pem = "-----BEGIN CERTIFICATE-----\nMIIBszCC\n-----END CERTIFICATE-----"
    assert made.text(f"sent {pem} twice: {pem}") == "sent [certificate 1] twice: [certificate 1]"
    message = "TlRMTVNTUAACAAAADgAOADgAAAAFAoEC782riWdFIwE="
    assert made.text(f"NTLM {message}") == "NTLM [ntlm 1]"
    assert message not in made.private_map.values(), "an NTLM message is a secret"


FAMILIES = [
    cases.case(cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT)),
    cases.answered(
        cases.case(
            cases.accepts(cases.OLD_GENERIC, "10.1.2.3"),
            cases.refuses(cases.OLD_CERT, "10.1.2.4"),
            cases.samples("anna@contoso.test", 3, 4),
            accounts=(Account("anna@contoso.test", cases.OLD),),
        ),
        oldmail="yes",
        oldcert="yes",
    ),
    cases.case(
        cases.http(cases.CERT, 302, headers={"location": "https://mail.test/owa/auth/logon.aspx"}),
        cases.http(cases.GENERIC, 451, headers={"x-ms-location": "https://eas.outlook.com/x"}, account="anna"),
        cases.autodiscover("https://ex13a.contoso.local/Microsoft-Server-ActiveSync", "https://mail.test/x"),
    ),
    cases.case(cases.signed_in(cases.GENERIC, 401), cases.posted("anna@contoso.test", 401, "Basic")),
]


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_the_diagnosis_stays(number: int) -> None:
    case = FAMILIES[number]
    made = redact(case, "vendor")
    real, told = diagnose(case), diagnose(made.case)
    assert real.findings
    assert [(f.code, f.verdict, f.severity, f.conflict) for f in told.findings] == [
        (f.code, f.verdict, f.severity, f.conflict) for f in real.findings
    ]
    back = restored(made.case, made.private_map)
    assert [(f.code, f.verdict) for f in diagnose(back).findings] == [(f.code, f.verdict) for f in real.findings]
    spoken = [[restore(s, made.private_map).casefold() for s in f.subjects] for f in told.findings]
    assert [sorted(subjects) for subjects in spoken] == [
        sorted(s.casefold() for s in f.subjects) for f in real.findings
    ]


def test_names_come_back_where_stand_ins_are() -> None:
    made = redact(KNOWN, "vendor")
    told = made.case.changes[0]
    assert restore(told, json.loads(json.dumps(made.private_map))) == KNOWN.changes[0]
    server = made.case.inventory.servers[0].name
    assert restore(f"'{server}'", made.private_map, fit=lambda name: name.replace("E", "''")) == "'''X13A'"
    assert restored(made.case, made.private_map).targets == KNOWN.targets


def test_an_earlier_map_keeps_its_stand_ins() -> None:
    first = redact(KNOWN, "vendor")
    more = replace(KNOWN, targets=(Target("aaa.aaa.com", 443, Role.OTHER), *KNOWN.targets))
    second = redact(more, "vendor", first.private_map)
    assert second.case.targets[1:] == first.case.targets
    assert second.case.inventory == first.case.inventory
    assert second.case.targets[0] not in first.case.targets


def test_a_site_whose_names_look_like_stand_ins_is_told_apart() -> None:
    case = replace(KNOWN, inventory=Inventory(servers=(Server("SERVER1"), Server("SERVER2"), Server("EX13A"))))
    names = [server.name for server in redact(case, "vendor").case.inventory.servers]
    assert len(set(names)) == 3
    assert not {"SERVER1", "SERVER2", "EX13A"} & set(names)


def test_internal_keeps_names_and_takes_secrets() -> None:
    look = cases.http(cases.GENERIC, 200, headers={"authorization": "Basic YW5uYTpwdw==", "x-feserver": "EX13A",
                      "www-authenticate": "NTLM TlRMTVNTUAACAAAADgAOADgAAAA="})  # fmt: skip
    case = replace(
        cases.case(look), imports=(Import("x.txt", "text", notes=(Noted("1", "password=Rain-88 for anna"),)),)
    )
    made = redact(case, "internal")
    facts = made.case.seen(HttpFacts)[0][1]
    assert facts.headers["authorization"] == "[secret]"
    assert facts.headers["www-authenticate"] == "NTLM [ntlm 1]"
    assert facts.headers["x-feserver"] == "EX13A"
    assert made.case.imports[0].notes[0].what == "password=[secret] for anna"
    assert made.case.targets == case.targets
    assert made.private_map == {}


def test_none_changes_nothing() -> None:
    assert redact(KNOWN, "none").case == KNOWN


def test_issuers_stay_comparable() -> None:
    certificate = DeviceCertificate("phone", issuer="CN=Contoso CA,O=Contoso\\, Ltd.,DC=contoso,DC=com")
    made = redact(replace(KNOWN, device_certificate=certificate), "vendor")
    other = made.text("CN=Contoso CA")
    assert made.case.device_certificate is not None
    assert (made.case.device_certificate.issuer or "").startswith(other + ",")
    assert made.text("contoso.com").split(".")[0] in (made.case.device_certificate.issuer or "").split("DC=")[1]


def test_the_preview_counts() -> None:
    words = preview(redact(KNOWN, "vendor").counts)
    assert "4 addresses" in words
    assert "2 servers" in words or "3 servers" in words
    assert preview({}) == "nothing"


def test_the_words_that_the_program_prints_are_known_as_ours() -> None:
    """Not each one: but where many are missing, names are found in words of ours, and nothing can be written.

    Where this fails, put what it lists into `words.txt`, without names of people, places and sites.
    """
    texts = [" ".join((e.words.title, e.words.helpdesk, e.words.engineer)) for e in catalogue()]
    said = {word.casefold() for text in texts for word in re.findall(r"[A-Za-z]{4,}", text)}
    unknown = sorted(word for word in said if not is_ours(word))
    assert len(unknown) < len(said) / 50, unknown
    assert not any(map(is_ours, ("contoso", "fabrikam", "anna", "bobby", "london")))
