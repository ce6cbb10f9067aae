"""Each problem of certificates and TLS versions firing, staying silent and lacking evidence; and its look-alikes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, Reason, TlsFacts
from easwizard.case.requests import Member, Target
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Role
from tests.problems.cases import (
    AT,
    CERT,
    GENERIC,
    OLD_CERT,
    OLD_GENERIC,
    answered,
    case,
    finding,
    http,
    observation,
    tcp,
    verdict,
)

HERE, THERE = "192.0.2.1", "192.0.2.2"
AUTODISCOVER = Target("autodiscover.test", 443, Role.AUTODISCOVER)
ISSUER = "CN=Contoso Issuing CA"
UNKNOWN_ISSUER = "unable to get local issuer certificate"
GOOD: dict[str, Any] = {
    "protocol": "TLSv1.3",
    "issuer": ISSUER,
    "not_before": "2025-06-01T00:00:00Z",
    "not_after": "2026-06-01T00:00:00Z",
    "trusted": True,
    "name_matches": True,
    "chain_complete": True,
    "chain_length": 2,
}


def shows(target: Target, address: str = HERE, **differing: Any) -> Observation:
    """A TLS look at a healthy server, apart from what is given."""
    facts = {"subject": f"CN={target.host}", "names": (target.host,), **GOOD, **differing}
    return observation(f"tls:{target.name}@{address}", target.name, TlsFacts(address, **facts))


def fails(target: Target, reason: Reason, address: str = HERE) -> Observation:
    return observation(f"tls:{target.name}@{address}", target.name, TlsFacts(address), reason)


def clock(target: Target, hours: float, address: str = HERE) -> Observation:
    """A reply whose Date header differs from our clock."""
    facts = HttpFacts(address, "OPTIONS", "/", status=401, clock_offset_s=hours * 3600)
    return observation(f"http:{target.name}@{address}/clock", target.name, facts)


CODES = ("tls/expired", "tls/name-mismatch", "tls/untrusted", "tls/chain-incomplete", "tls/legacy-only")


@pytest.mark.parametrize("code", CODES)
def test_healthy_is_ruled_out_and_nothing_seen_is_nothing_said(code: str) -> None:
    assert verdict(case(shows(GENERIC), shows(OLD_GENERIC)), code) == "ruled-out"
    assert verdict(case(), code) == "not-examined"
    assert verdict(case(fails(GENERIC, Reason.TLS_TIMEOUT)), code) == "not-examined"
    assert verdict(case(shows(GENERIC), fails(GENERIC, Reason.TLS_TIMEOUT, THERE)), code) == "not-examined"
    assert verdict(case(observation("tls:x", GENERIC.name, TlsFacts(HERE))), code) == "not-examined"


FAULTS: dict[str, dict[str, Any]] = {
    "tls/expired": {"not_after": "2025-12-31T00:00:00Z"},
    "tls/name-mismatch": {"name_matches": False, "names": ("other.test",)},
    "tls/untrusted": {"trusted": False, "subject": ISSUER, "chain_length": 1, "chain_complete": None},
    "tls/chain-incomplete": {"chain_complete": False, "chain_length": 1},
    "tls/legacy-only": {"legacy_only": True, "protocol": "TLSv1", "trusted": None, "chain_complete": None},
}


@pytest.mark.parametrize(
    ("code", "phones", "phones_severity", "leg", "leg_severity"),
    [
        ("tls/expired", "confirmed", "high", "confirmed", "low"),
        ("tls/name-mismatch", "confirmed", "high", "confirmed", "low"),
        ("tls/untrusted", "likely", "high", "possible", "info"),
        ("tls/chain-incomplete", "confirmed", "high", "possible", "low"),
        ("tls/legacy-only", "likely", "medium", "confirmed", "info"),
    ],
)
def test_each_fault_fires_and_matters_as_the_name_is_used(
    code: str, phones: str, phones_severity: str, leg: str, leg_severity: str
) -> None:
    fault = FAULTS[code]
    at_phones = finding(case(shows(CERT, **fault)), code)
    on_the_leg = finding(answered(case(shows(OLD_CERT, **fault)), oldcert="yes"), code)
    assert at_phones is not None
    assert on_the_leg is not None
    assert (at_phones.verdict, at_phones.severity, at_phones.subjects) == (phones, phones_severity, (CERT.host,))
    assert (on_the_leg.verdict, on_the_leg.severity, on_the_leg.subjects) == (leg, leg_severity, (OLD_CERT.host,))
    assert at_phones.clues[0].observation == f"tls:{CERT.name}@{HERE}"
    assert verdict(answered(case(shows(OLD_CERT, **fault)), oldcert="no"), code) == "not-examined"


@pytest.mark.parametrize("code", ["tls/expired", "tls/name-mismatch", "tls/untrusted", "tls/chain-incomplete"])
def test_autodiscover_matters_less_than_the_names_of_every_request(code: str) -> None:
    known = replace(case(shows(AUTODISCOVER, **FAULTS[code])), targets=(AUTODISCOVER,))
    found = finding(known, code)
    assert found is not None
    assert found.severity == "medium"


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_a_fault_shows_once_and_not_as_its_neighbours(code: str) -> None:
    known = case(shows(GENERIC, **FAULTS[code]))
    assert [f.code for f in diagnose(known).findings if f.verdict.asserts] == [code]


def test_one_bad_address_is_said_and_not_hidden_by_a_good_one() -> None:
    known = case(shows(GENERIC), shows(GENERIC, THERE, **FAULTS["tls/expired"]))
    found = finding(known, "tls/expired")
    assert found is not None
    assert found.verdict is Verdict.CONFIRMED
    assert f"{THERE}, 1 of 2 addresses" in found.summary


@pytest.mark.parametrize(
    ("in_front", "expected"), [("bridging", "ruled-out"), ("unknown", "ruled-out"), ("nothing", "confirmed")]
)
def test_a_member_behind_a_device_is_not_what_phones_see(in_front: str, expected: str) -> None:
    seen = (shows(GENERIC), shows(GENERIC, THERE, **FAULTS["tls/name-mismatch"]))
    known = replace(case(*seen, tls_in_front=in_front), members=(Member(GENERIC.host, THERE),))
    assert verdict(known, "tls/name-mismatch") == expected


EXPIRED = shows(GENERIC, not_after="2025-12-31T00:00:00Z")
LONG_EXPIRED = shows(GENERIC, not_after="2024-01-01T00:00:00Z")
STILL_GOOD = shows(GENERIC, not_after="2026-01-03T00:00:00Z")
BEHIND, AHEAD = -240.0, 240.0


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(shows(GENERIC, not_before="2026-02-01T00:00:00Z")), "confirmed"),
        (case(shows(GENERIC, not_after="soon", not_before=None)), "not-examined"),
        (case(EXPIRED, clock(GENERIC, 0.01), clock(CERT, 0, THERE)), "confirmed"),
        (case(EXPIRED, clock(GENERIC, BEHIND), clock(CERT, BEHIND, THERE)), "possible"),
        (case(EXPIRED, clock(GENERIC, BEHIND)), "likely"),
        (case(EXPIRED, clock(GENERIC, BEHIND), clock(CERT, 0, THERE)), "confirmed"),
        (case(EXPIRED, clock(GENERIC, BEHIND), clock(CERT, 2 * BEHIND, THERE)), "confirmed"),
        (case(LONG_EXPIRED, clock(GENERIC, BEHIND), clock(CERT, BEHIND, THERE)), "confirmed"),
        (case(STILL_GOOD, clock(GENERIC, AHEAD), clock(CERT, AHEAD, THERE)), "possible"),
        (case(STILL_GOOD, clock(GENERIC, AHEAD)), "ruled-out"),
    ],
)
def test_expiry_is_as_sure_as_the_clock(known: Case, expected: str) -> None:
    assert verdict(known, "tls/expired") == expected


def test_doubt_in_our_clock_is_said_with_what_would_end_it() -> None:
    found = finding(case(EXPIRED, clock(GENERIC, BEHIND), clock(CERT, BEHIND, THERE)), "tls/expired")
    assert found is not None
    assert "2 servers ours is 10 days ahead" in found.summary
    assert "w32tm" in found.missing[0].how


def test_not_yet_valid_is_called_so() -> None:
    found = finding(case(shows(GENERIC, not_before="2026-02-01T00:00:00Z")), "tls/expired")
    assert found is not None
    assert "not valid before 2026-02-01" in found.summary


def test_a_newer_look_is_judged_by_its_own_time() -> None:
    later = replace(STILL_GOOD, at=AT + timedelta(days=30))
    assert verdict(case(STILL_GOOD), "tls/expired") == "ruled-out"
    assert verdict(case(STILL_GOOD).with_observations([later]), "tls/expired") == "confirmed"


def test_a_certificate_with_a_common_name_only_is_no_more_than_possible() -> None:
    assert verdict(case(shows(GENERIC, names=())), "tls/name-mismatch") == "possible"
    assert verdict(case(shows(OLD_GENERIC, names=())), "tls/name-mismatch") == "ruled-out"
    assert verdict(case(shows(GENERIC, names=(), subject=None)), "tls/name-mismatch") == "ruled-out"


UNKNOWN: dict[str, Any] = {"trusted": False, "trust_error": UNKNOWN_ISSUER, "chain_complete": None}


@pytest.mark.parametrize(
    ("known", "untrusted", "incomplete"),
    [
        (case(shows(GENERIC, **UNKNOWN), shows(CERT)), "likely", "ruled-out"),
        (case(shows(GENERIC, **UNKNOWN)), "possible", "not-examined"),
        (case(shows(GENERIC, **UNKNOWN, chain_length=1), shows(CERT)), "possible", "possible"),
        (case(shows(GENERIC, **UNKNOWN, chain_length=None), shows(CERT)), "possible", "possible"),
        (case(shows(GENERIC, **{**UNKNOWN, "chain_complete": False}), shows(CERT)), "ruled-out", "likely"),
        (case(shows(GENERIC, **{**UNKNOWN, "chain_complete": True}), shows(CERT)), "likely", "ruled-out"),
        (
            case(shows(GENERIC, **{**UNKNOWN, "trust_error": "EE certificate key too weak"}, chain_length=1)),
            "possible",
            "not-examined",
        ),
        (case(shows(GENERIC, **UNKNOWN, **FAULTS["tls/expired"], chain_length=1)), "not-examined", "not-examined"),
        (case(shows(GENERIC, trusted=None, trust_error="not judged")), "not-examined", "ruled-out"),
        (case(shows(GENERIC, **FAULTS["tls/untrusted"])), "likely", "not-examined"),
    ],
)
def test_an_unknown_issuer_and_a_lacking_link_are_kept_apart(known: Case, untrusted: str, incomplete: str) -> None:
    assert verdict(known, "tls/untrusted") == untrusted
    assert verdict(known, "tls/chain-incomplete") == incomplete


def test_the_list_of_this_machine_is_blamed_where_nothing_is_trusted() -> None:
    found = finding(case(shows(GENERIC, **UNKNOWN), shows(CERT, **UNKNOWN)), "tls/untrusted")
    assert found is not None
    assert not found.verdict.asserts
    assert "this machine's own list" in found.summary
    assert "--ca" in found.missing[0].how


def test_untrusted_is_at_most_likely_and_an_old_name_does_not_hide_a_phones_name() -> None:
    known = case(shows(GENERIC, **UNKNOWN), shows(OLD_GENERIC, **FAULTS["tls/untrusted"]))
    found = finding(known, "tls/untrusted")
    assert found is not None
    assert found.verdict is Verdict.POSSIBLE
    assert set(found.subjects) == {GENERIC.host, OLD_GENERIC.host}
    assert found.severity == "high"
    assert found.limits


def test_what_is_less_sure_does_not_colour_what_is_found() -> None:
    """The finding names only the surer host, so its severity is that host's."""
    seen = (shows(GENERIC, **UNKNOWN), shows(AUTODISCOVER, **FAULTS["tls/untrusted"]))
    found = finding(replace(case(*seen), targets=(GENERIC, AUTODISCOVER)), "tls/untrusted")
    assert found is not None
    assert (found.subjects, found.verdict, found.severity) == ((AUTODISCOVER.host,), "likely", "medium")


def test_a_hostile_issuer_cannot_steer_the_terminal() -> None:
    found = finding(case(shows(GENERIC, **{**UNKNOWN, "issuer": "CN=\x1b[2J"})), "tls/untrusted")
    assert found is not None
    assert "\x1b" not in found.summary


def test_old_ciphers_alone_are_less_than_an_old_version() -> None:
    known = case(shows(GENERIC, legacy_only=True, protocol="TLSv1.2"))
    assert verdict(known, "tls/legacy-only") == "possible"


def test_the_usual_old_server_leaves_the_estate_healthy() -> None:
    """TLS 1.0, self-signed, on a legacy name: usual on Windows 2008, and tolerated by the leg (2.9, 1.3)."""
    old = shows(OLD_GENERIC, **{**FAULTS["tls/legacy-only"], "issuer": f"CN={OLD_GENERIC.host}"})
    known = case(old, shows(GENERIC), http(GENERIC, 401, "Basic"))
    assert outcome(known, diagnose(known)) is Outcome.NO_PROBLEM_FOUND


@pytest.mark.parametrize("reason", [Reason.TLS_VERSION, Reason.TLS_REFUSED])
def test_no_version_in_common_is_not_called_down(reason: Reason) -> None:
    known = case(tcp(OLD_GENERIC, None, HERE), fails(OLD_GENERIC, reason))
    unreachable, legacy = finding(known, "tls/unreachable"), finding(known, "tls/legacy-only")
    assert unreachable is not None
    assert legacy is not None
    assert (unreachable.verdict, unreachable.severity) == (Verdict.POSSIBLE, "low")
    assert "it is not down" in unreachable.summary
    assert (legacy.verdict, legacy.severity) == (Verdict.POSSIBLE, "info")


def test_a_closed_port_beside_it_is_still_said() -> None:
    known = case(fails(GENERIC, Reason.TLS_VERSION), tcp(GENERIC, Reason.REFUSED, THERE))
    found = finding(known, "tls/unreachable")
    assert found is not None
    assert found.severity == "high"
    assert "nothing listens" in found.summary
    assert "not down" in found.summary


def test_another_path_that_stays_silent_does_not_make_the_name_unreachable() -> None:
    silent = HttpFacts(HERE, "HEAD", "/owa/")
    owa = observation("http:owa", GENERIC.name, silent, Reason.FIRST_BYTE_TIMEOUT)
    known = case(tcp(GENERIC, None, HERE), shows(GENERIC), owa)
    assert verdict(known, "tls/unreachable") == "ruled-out"


FLAG = st.sampled_from([True, False, None])
TEXT = st.sampled_from([None, "", "2025-01-01T00:00:00Z", "2027-01-01", "never", "\x1b]0;"])


@st.composite
def looks(draw: st.DrawFn) -> Observation:
    target = draw(st.sampled_from([GENERIC, CERT, OLD_GENERIC, OLD_CERT]))
    address = draw(st.sampled_from([HERE, THERE]))
    if draw(st.booleans()):
        return fails(target, draw(st.sampled_from(Reason)), address)
    return shows(
        target,
        address,
        not_before=draw(TEXT),
        not_after=draw(TEXT),
        trusted=draw(FLAG),
        name_matches=draw(FLAG),
        chain_complete=draw(FLAG),
        chain_length=draw(st.sampled_from([None, 1, 2])),
        trust_error=draw(st.sampled_from([None, UNKNOWN_ISSUER, "x"])),
        issuer=draw(st.sampled_from([None, ISSUER, f"CN={target.host}"])),
        legacy_only=draw(st.booleans()),
        protocol=draw(st.sampled_from([None, "TLSv1", "TLSv1.2", "?"])),
        names=draw(st.sampled_from([(), ("other.test",)])),
    )


@given(
    seen=st.lists(
        looks() | st.builds(clock, st.just(GENERIC), st.floats(-1e6, 1e6), st.sampled_from([HERE, THERE])),
        max_size=8,
        unique_by=lambda o: o.id,
    ),
    shuffle=st.randoms(use_true_random=False),
)
def test_order_means_nothing_and_only_what_is_sure_confirms(seen: list[Observation], shuffle: Random) -> None:
    mixed = list(seen)
    shuffle.shuffle(mixed)
    one, other = diagnose(case(*seen)), diagnose(case(*mixed))
    mine = [f for f in one.findings if f.code in CODES]
    assert mine == [f for f in other.findings if f.code in CODES]
    assert not [item for item in one.not_examined if INTERNAL_ERROR in item.why]
    for found in mine:
        if found.verdict is Verdict.CONFIRMED:
            assert any(c.is_positive and c.basis is Basis.CONFIRMED for c in found.clues)
            assert found.code != "tls/untrusted"
        assert "\x1b" not in found.summary
