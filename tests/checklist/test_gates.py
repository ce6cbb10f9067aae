"""Every gate: its words, and what the program sees of it in small estates: well, ill, and too little to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import HttpFacts, Observation, Reason, SampleFacts, Status
from easwizard.case.mending import GateState
from easwizard.case.requests import Target
from easwizard.checklist.decision import Checklist, GateStatus
from easwizard.checklist.gate import Entry, Mode, catalogue
from easwizard.checklist.words import WordsError, parse_words
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import Inventory, Role
from easwizard.exchange.replies import PROXY_PATH, Meaning, Sent
from easwizard.workflow.gating import UnknownGate, checklist_of, gate_id
from tests.checklist.estates import (
    CERTIFICATES,
    NEW_SERVER,
    NOW,
    OLD_CERT_NAME,
    OLD_NAME,
    PASSWORDS,
    answers,
    at,
    beside,
    certificates,
    cut_over_case,
    plan,
    proxies,
    resolved,
    shown,
)
from tests.exchange.estates import CERT, DEFAULT, GENERIC, LEGACY_CERT, LEGACY_GENERIC
from tests.problems.cases import ASKED, autodiscover, http, observation

PASS, FAIL, UNKNOWN, STALE = GateState.PASS, GateState.FAIL, GateState.UNKNOWN, GateState.STALE
IDS = [entry.id for entry in catalogue()]


def gate(id: str, case: Case) -> GateStatus:
    status = checklist_of(case, NOW).gate(id)
    assert status is not None
    return status


def with_change(*changes: str) -> Inventory:
    inventory = beside()
    for change in changes:
        inventory = apply_change(inventory, change)
    return inventory


def vdirs(change: Callable[[Any], object], **fields: object) -> Inventory:
    """The estate with fields of some vdirs as told."""
    inventory = beside()
    return replace(
        inventory,
        vdirs=tuple(replace(v, **fields) if change(v) else v for v in inventory.vdirs),  # type: ignore[arg-type]
    )


def unread(server: str, field: str) -> Inventory:
    """The estate where one field of one server's vdirs is not known."""
    return vdirs(lambda v: v.server == server, **{field: None})


# Words


@pytest.mark.parametrize("entry", catalogue(), ids=IDS)
def test_every_gate_says_why_and_how(entry: Entry) -> None:
    words = entry.words
    text = " ".join([words.title, words.why, words.by_hand, words.by_itself, *(c.text for c in words.commands)])
    assert text.isascii(), "it must print anywhere"
    assert len(words.title) <= 60
    assert entry.gate.source
    assert bool(words.by_itself) == (entry.gate.look is not None), "how it is told is said exactly where it is"
    assert not re.search(r"\bTODO\b|  ", words.why + words.by_hand)


def test_there_is_a_gate_for_every_line_of_the_reference() -> None:
    """exchange.md 7 line by line, then J29; ids are a contract, so they stand here once more."""
    assert {id.removeprefix("gate/") for id in IDS} == {
        "dns-ttl", "dns-views", "dns-from-new-servers", "legacy-names", "firewall", "leg-from-new-servers",
        "waf-methods", "idle-timeout",
        "certificate-names", "certificate-chain", "certificate-lifetime", "device-trust", "certificate-mapping",
        "crl-from-new-servers", "certificates-proven",
        "new-urls", "new-authentication", "certificate-switches", "legacy-leg", "legacy-external-url",
        "proxy-directory", "no-redirect", "one-frontend-vdir", "servers-identical", "planned-cutover",
        "versions", "kb3140410", "common-tls", "ntlm-and-spn",
        "health-probe", "legacy-affinity", "source-limits", "tls-mode",
        "autodiscover-answer", "scp",
        "pilot-users", "baseline", "rollback-plan", "rollback-rehearsed", "device-access-rules", "helpdesk-text",
        "mdm-profiles", "log-fields", "iis-saved", "change-freeze",
    }  # fmt: skip
    automatic = [entry for entry in catalogue() if entry.mode is Mode.AUTOMATIC]
    assert len(automatic) >= 18


@pytest.mark.parametrize("text", ["no title\n", "# T\n## Why\nx\n", "# T\n## Why\nx\n## By hand\ny\n## Else\nz\n"])
def test_words_in_another_form_are_refused(text: str) -> None:
    with pytest.raises(WordsError):
        parse_words(text)


def test_a_wrong_id_is_told_with_the_nearest() -> None:
    assert gate_id("dns-ttl") == gate_id(" gate/DNS-TTL ") == "gate/dns-ttl"
    with pytest.raises(UnknownGate, match="gate/firewall"):
        gate_id("firewal")


# Nothing known, nothing told


def test_an_empty_case_knows_nothing_and_fails_nothing() -> None:
    found = checklist_of(Case(Vantage("")), NOW)
    assert {status.state for status in found.gates} == {UNKNOWN}
    assert len(found.gates) == len(IDS)


def test_without_certificate_phones_their_gates_are_left_out_and_named() -> None:
    plain = Case(Vantage(""), targets=(PASSWORDS,))
    found = checklist_of(plain, NOW)
    left_out = {entry.id for entry in found.left_out}
    assert left_out == {f"gate/{name}" for name in (
        "certificate-mapping", "crl-from-new-servers", "certificates-proven", "certificate-switches"
    )}  # fmt: skip
    assert not left_out & {status.id for status in found.gates}
    assert not checklist_of(replace(plain, targets=(PASSWORDS, CERTIFICATES)), NOW).left_out


# DNS and network


def test_a_long_ttl_fails_and_a_short_one_proves_nothing() -> None:
    short = gate("gate/dns-ttl", cut_over_case(resolved(GENERIC, "127.0.0.1", ttl=300)))
    assert (short.state, "only what is left" in short.why) == (UNKNOWN, True)
    long = gate("gate/dns-ttl", cut_over_case(resolved(GENERIC, "127.0.0.1", ttl=301)))
    assert (long.state, "301 s" in long.why) == (FAIL, True)


def test_dns_answers_are_listed_and_a_missing_name_fails() -> None:
    listed = gate("gate/dns-views", cut_over_case(resolved(GENERIC, "127.0.0.1"), resolved(CERT, "127.0.0.2")))
    assert listed.state is UNKNOWN
    assert f"{GENERIC} 127.0.0.1 (internal)" in listed.why
    assert gate("gate/dns-views", cut_over_case(resolved(GENERIC))).state is FAIL


def pasted_dns(server: str, host: str, *addresses: str) -> Observation:
    return replace(
        resolved(host, *addresses, resolver=f"Windows on {server}", name=server), id=f"paste:{server}:dns:{host}"
    )


def test_the_new_servers_own_dns() -> None:
    here = resolved(LEGACY_GENERIC, "127.0.0.1")
    both = [pasted_dns(server, LEGACY_GENERIC, "127.0.0.1") for server in ("EX13A", "EX13B")]
    id = "gate/dns-from-new-servers"
    assert gate(id, cut_over_case(here, aligned=True)).state is UNKNOWN, "a jump box says nothing of them"
    assert gate(id, cut_over_case(here, *both, aligned=True)).state is PASS
    assert "on EX13B" in gate(id, cut_over_case(here, both[0], aligned=True)).why
    stranger = pasted_dns("EX13B", LEGACY_GENERIC, "127.0.0.77")
    assert gate(id, cut_over_case(here, both[0], stranger, aligned=True)).state is UNKNOWN
    loop = pasted_dns("EX13B", LEGACY_GENERIC, NEW_SERVER[GENERIC])
    looping = gate(id, cut_over_case(here, both[0], loop, aligned=True))
    assert (looping.state, "a loop" in looping.why) == (FAIL, True)
    assert gate(id, cut_over_case(here, both[0], pasted_dns("EX13B", LEGACY_GENERIC), aligned=True)).state is FAIL


def pasted_proxy(server: str, meaning: Meaning | None, status: int | None) -> Observation:
    facts = HttpFacts("127.0.0.1", "OPTIONS", PROXY_PATH, status=status, meaning=meaning)
    made = observation(f"paste:{server}:http:{LEGACY_GENERIC}", f"{LEGACY_GENERIC}:443", facts)
    failed = {"status": Status.FAILED, "reason": Reason.CONNECT_TIMEOUT} if status is None else {}
    return replace(made, vantage=server, at=NOW, **failed)  # type: ignore[arg-type]


def test_the_new_servers_own_way_to_the_old_ones() -> None:
    id = "gate/leg-from-new-servers"
    good = [pasted_proxy(server, Meaning.LEG_ACCEPTED, 401) for server in ("EX13A", "EX13B")]
    assert gate(id, cut_over_case(proxies(), aligned=True)).state is UNKNOWN
    assert gate(id, cut_over_case(*good, aligned=True)).state is PASS
    assert gate(id, cut_over_case(good[0], aligned=True)).state is UNKNOWN
    assert gate(id, cut_over_case(good[0], pasted_proxy("EX13B", None, None), aligned=True)).state is FAIL
    demands = pasted_proxy("EX13B", Meaning.CERTIFICATE_DEMANDED, 403)
    assert gate(id, cut_over_case(good[0], demands, aligned=True)).state is FAIL


def test_legacy_names() -> None:
    id, there = "gate/legacy-names", resolved(LEGACY_GENERIC, "127.0.0.1")
    assert gate(id, cut_over_case(there)).state is FAIL, "two names for one service in one site"
    assert gate(id, cut_over_case(there, aligned=True)).state is PASS
    assert gate(id, cut_over_case(aligned=True)).state is UNKNOWN
    assert gate(id, cut_over_case(resolved(LEGACY_GENERIC), aligned=True)).state is FAIL


# Certificates


@pytest.mark.parametrize(
    ("id", "ill", "unclear"),
    [
        ("gate/certificate-names", {"name_matches": False}, {"name_matches": None}),
        ("gate/certificate-chain", {"chain_complete": False, "trusted": False}, {"trusted": False}),
        ("gate/certificate-lifetime", {"not_after": "2026-05-08T00:00:00Z"}, {"not_after": None}),
        ("gate/certificate-lifetime", {"not_after": "2026-03-01T00:00:00Z"}, {"not_after": "soon"}),
    ],
)
def test_certificates_on_the_new_servers(id: str, ill: dict[str, object], unclear: dict[str, object]) -> None:
    assert gate(id, cut_over_case(*certificates())).state is PASS
    assert gate(id, cut_over_case(*certificates()[1:])).state is UNKNOWN, "one name was not seen where it counts"
    one_ill = [*certificates()[1:], shown(PASSWORDS, NEW_SERVER[GENERIC], **ill)]
    assert gate(id, cut_over_case(*one_ill)).state is FAIL
    one_unclear = [*certificates()[1:], shown(PASSWORDS, NEW_SERVER[GENERIC], **unclear)]
    assert gate(id, cut_over_case(*one_unclear)).state is UNKNOWN
    old = [replace(look, at=NOW - timedelta(minutes=61)) for look in certificates()]
    assert gate(id, cut_over_case(*old)).state is STALE


def test_before_the_move_the_old_servers_certificates_say_nothing_of_the_new_ones() -> None:
    old_server = shown(PASSWORDS, "127.0.0.99", name_matches=False)
    looks = (*certificates()[1:], old_server, resolved(GENERIC, "127.0.0.99"))
    case = cut_over_case(*looks)
    assert gate("gate/certificate-names", case).state is UNKNOWN
    alone = replace(case, members=(), answers={"cutover": "after"})
    assert gate("gate/certificate-names", alone).state is FAIL, "after it, DNS leads to them"


def certificate_tries(**by_address: dict[str, int]) -> Observation:
    counts = {NEW_SERVER[CERT] if key == "new" else "127.0.0.99": of for key, of in by_address.items()}
    facts = SampleFacts(None, Sent.CERTIFICATE, "phone", None, sent=1, by_address=counts)
    return at(observation("sample:phone", CERTIFICATES.name, facts))


def test_certificates_are_proven_at_the_new_server_itself() -> None:
    id = "gate/certificates-proven"
    assert gate(id, cut_over_case(certificate_tries(new={"200": 1}))).state is PASS
    assert gate(id, cut_over_case(certificate_tries(old={"200": 1}))).state is UNKNOWN
    assert gate(id, cut_over_case(certificate_tries(new={"403": 1}))).state is FAIL
    assert gate(id, cut_over_case(certificate_tries(new={"503": 1}))).state is UNKNOWN


# Virtual directories


def test_settings_that_are_only_planned_do_not_pass() -> None:
    """A plan that says so does not make it so: the new servers are to be read again."""
    planned = replace(cut_over_case(aligned=True), changes=(f"basic=EX13A/{DEFAULT}=on", *plan(aligned=True)))
    assert gate("gate/new-authentication", planned).state is PASS, "as it was read"
    off = replace(planned, inventory=with_change(f"basic=EX13A/{DEFAULT}=off"))
    only_planned = gate("gate/new-authentication", off)
    assert (only_planned.state, "by the plan" in only_planned.why) == (UNKNOWN, True)
    assert gate("gate/new-authentication", replace(off, changes=plan(aligned=True))).state is FAIL


@pytest.mark.parametrize(
    ("id", "ill", "unclear"),
    [
        ("new-urls", with_change(f"external-url=EX13A/{DEFAULT}="), unread("EX13A", "internal_url")),
        ("new-authentication", with_change(f"basic=EX13A/{DEFAULT}=off"), unread("EX13A", "basic")),
        (
            "certificate-switches",
            with_change(f"mapping=EX13B/{DEFAULT}=off"),
            unread("EX13B", "mapping"),
        ),
        (
            "one-frontend-vdir",
            with_change("add-vdir=EX13A/Second Site"),
            replace(beside(), vdirs=tuple(v for v in beside().vdirs if v.server != "EX13B")),
        ),
        (
            "legacy-external-url",
            with_change(f"external-url=EX07A/{DEFAULT}=https://{GENERIC}/x"),
            unread("EX07B", "external_url"),
        ),
        ("legacy-external-url", vdirs(lambda v: v.product.is_legacy, external_url=f"https://{LEGACY_CERT}/x"), None),
        ("legacy-leg", with_change(f"proxy-windows=EX07A/{DEFAULT}=off"), unread("EX07B", "proxy_windows")),
        ("planned-cutover", with_change(f"basic=EX13A/{DEFAULT}=off"), unread("EX13A", "basic")),
    ],
)  # fmt: skip
def test_gates_of_the_inventory(id: str, ill: Inventory, unclear: Inventory | None) -> None:
    well = gate(f"gate/{id}", cut_over_case(aligned=True))
    assert well.state is PASS, well.why
    assert gate(f"gate/{id}", cut_over_case(aligned=True, inventory=ill)).state is FAIL
    if unclear is not None:
        found = gate(f"gate/{id}", cut_over_case(aligned=True, inventory=unclear))
        assert found.state is UNKNOWN, found.why
    assert gate(f"gate/{id}", cut_over_case(aligned=True, read_at=NOW - timedelta(hours=25))).state is STALE
    assert gate(f"gate/{id}", cut_over_case(aligned=True, read_at=None)).state is STALE


def test_the_plan_decides_about_the_leg_and_about_tomorrow() -> None:
    for id in ("gate/legacy-leg", "gate/planned-cutover"):
        assert gate(id, cut_over_case(aligned=False)).state is FAIL
        assert gate(id, cut_over_case(aligned=True)).state is PASS
    no_plan = replace(cut_over_case(), changes=())
    assert gate("gate/planned-cutover", no_plan).state is UNKNOWN
    wrong = gate("gate/planned-cutover", replace(cut_over_case(), changes=("remove-vdir=EX99/x",)))
    assert (wrong.state, "EX99" in wrong.why) == (FAIL, True)
    moved = replace(cut_over_case(aligned=False), changes=(*plan(aligned=False), "mailboxes=2007@London=none"))
    assert gate("gate/legacy-leg", moved).state is PASS


def test_servers_of_one_name_that_differ() -> None:
    two = [f"namespace={GENERIC}=EX13A/{DEFAULT},EX13B/{DEFAULT}"]
    case = replace(cut_over_case(), changes=(*plan(aligned=True), *two))
    found = gate("gate/servers-identical", case)
    assert (found.state, "client certificates" in found.why) == (FAIL, True)
    assert gate("gate/servers-identical", cut_over_case(aligned=True)).state is PASS


def test_proxy_directories_seen_from_here() -> None:
    id = "gate/proxy-directory"
    assert gate(id, cut_over_case(proxies(), aligned=True)).state is PASS
    assert gate(id, cut_over_case(proxies(), aligned=False)).state is UNKNOWN, "the second name is dialled too"
    two = resolved(LEGACY_GENERIC, "127.0.0.1", "127.0.0.2")
    assert gate(id, cut_over_case(proxies(), two, aligned=True)).state is UNKNOWN, "one address was not seen"
    without = at(http(OLD_NAME, 401, "Basic", path=PROXY_PATH, headers={}))
    assert gate(id, cut_over_case(without, aligned=True)).state is FAIL
    unused = at(http(OLD_CERT_NAME, 403, path=PROXY_PATH, headers={}))
    assert gate(id, cut_over_case(proxies(), unused, aligned=True)).state is PASS, "nobody will dial that name"


def test_a_name_that_nobody_may_dial_does_not_fail() -> None:
    """J4: what a legacy name answers matters only if it is an InternalUrl, which names alone do not tell."""
    refusing = at(http(OLD_CERT_NAME, 403, path=PROXY_PATH, demand=ASKED, headers={}))
    names = Case(Vantage("jump"), targets=(PASSWORDS, OLD_CERT_NAME), observations=(refusing,))
    id, question = "gate/proxy-directory", f"internal-url:{LEGACY_CERT}"
    assert gate(id, names).state is UNKNOWN
    assert gate(id, names.with_answer(question, "yes")).state is FAIL
    assert gate(id, names.with_answer(question, "no")).state is UNKNOWN


def test_redirects() -> None:
    id = "gate/no-redirect"
    assert gate(id, cut_over_case(*answers())).state is PASS
    assert gate(id, cut_over_case(answers()[0])).state is UNKNOWN
    away = at(http(PASSWORDS, 302, address=NEW_SERVER[GENERIC], headers={"location": "/owa/"}))
    assert gate(id, cut_over_case(away, answers()[1])).state is FAIL


# Versions, what stands in front, Autodiscover


def test_versions_that_cannot_live_together_fail() -> None:
    both = with_change("add-server=EX16A=2016@London")
    assert gate("gate/versions", cut_over_case(inventory=both)).state is FAIL
    past = cut_over_case(inventory=both).with_answer("products-apart", "past")
    assert gate("gate/versions", past).state is UNKNOWN


def test_windows_of_the_old_servers() -> None:
    def on(windows: str | None) -> Case:
        servers = tuple(replace(s, windows=windows) for s in beside().servers)
        return cut_over_case(inventory=replace(beside(), servers=servers))

    assert gate("gate/kb3140410", on("Windows 2008")).state is PASS
    assert gate("gate/kb3140410", on("Windows 2008 R2")).state is UNKNOWN
    assert gate("gate/kb3140410", on(None)).state is UNKNOWN


@pytest.mark.parametrize(
    ("answer", "state"), [("nothing", PASS), ("bridging", FAIL), ("delegation", UNKNOWN), ("unknown", UNKNOWN)]
)
def test_what_ends_tls(answer: str, state: GateState) -> None:
    assert gate("gate/tls-mode", cut_over_case().with_answer("tls-in-front", answer)).state is state


def test_what_autodiscover_tells() -> None:
    id = "gate/autodiscover-answer"

    def telling(host: str) -> Case:
        case = cut_over_case(at(autodiscover(f"https://{host}/Microsoft-Server-ActiveSync")))
        return replace(case, targets=(*case.targets, Target("autodiscover.test", 443, Role.AUTODISCOVER)))

    assert gate(id, telling(GENERIC)).state is PASS
    assert gate(id, telling("elsewhere.contoso.test")).state is FAIL
    assert gate(id, cut_over_case()).state is UNKNOWN


def test_the_same_case_gives_the_same_list_in_any_order() -> None:
    looks = (*certificates(), *answers(), proxies(), resolved(LEGACY_GENERIC, "127.0.0.1"))

    def told(found: Checklist) -> list[tuple[str, GateState]]:
        return [(status.id, status.state) for status in found.gates]

    assert told(checklist_of(cut_over_case(*looks), NOW)) == told(checklist_of(cut_over_case(*looks[::-1]), NOW))
