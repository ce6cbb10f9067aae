"""The case: frozen, and the newest look at a thing replaces the older ones (DESIGN 6)."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta

import pytest

from easwizard.case.case import UNKNOWN, Case, Vantage
from easwizard.case.facts import (
    KIND_OF,
    REASON_WORDS,
    Asked,
    CertificateDemand,
    DnsFacts,
    Facts,
    HttpFacts,
    Observation,
    Reason,
    SampleFacts,
    Status,
    TcpFacts,
    TlsFacts,
)
from easwizard.case.requests import Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
TARGET = Target("generic.contoso.test", 443, Role.GENERIC)
OTHER = Target("generic.contoso.test", 8443, Role.OTHER)
EMPTY = Case(Vantage("jump"), (TARGET, OTHER))


def seen(key: str, facts: Facts, target: str = TARGET.name, minute: int = 0) -> Observation:
    return Observation(key, target, "jump", Status.OK, facts, NOON + timedelta(minutes=minute))


TCP = TcpFacts("192.0.2.1", 443, "open")
FACTS: tuple[Facts, ...] = (
    DnsFacts("dc", TARGET.host, "A", addresses=("192.0.2.1",)),
    TCP,
    TlsFacts("192.0.2.1"),
    HttpFacts("192.0.2.1", "OPTIONS", ACTIVESYNC_PATH),
    SampleFacts(None, Sent.BASIC, "anna", "2007@London"),
)


def test_the_newest_observation_of_a_thing_replaces_the_older_one() -> None:
    old, new = seen("tcp 1", TCP), seen("tcp 1", replace(TCP, outcome="refused"), minute=5)
    beside = seen("tcp 2", replace(TCP, address="192.0.2.2"))
    case = EMPTY.with_observations([old, beside]).with_observations([new])
    assert case.observations == (new, beside)
    assert EMPTY.with_observations([old, new]).observations == (new,)


def test_a_failed_look_replaces_an_earlier_answer() -> None:
    failed = replace(seen("tcp 1", TCP, minute=5), status=Status.FAILED, reason=Reason.REFUSED)
    case = EMPTY.with_observations([seen("tcp 1", TCP)]).with_observations([failed])
    assert case.observations == (failed,)


def test_a_case_never_changes_in_place() -> None:
    EMPTY.with_observations([seen("tcp 1", TCP)])
    EMPTY.with_answer("tls-in-front", "nothing")
    assert (EMPTY.observations, dict(EMPTY.answers)) == ((), {})
    with pytest.raises(FrozenInstanceError):
        EMPTY.observations = ()  # type: ignore[misc]


def test_answers() -> None:
    case = EMPTY.with_answer("a", "x").with_answer("b", "y").with_answer("a", "z")
    assert dict(case.answers) == {"a": "z", "b": "y"}
    assert case.answer("c") == UNKNOWN


def test_facts_come_by_kind_and_target() -> None:
    case = EMPTY.with_observations(seen(f"look {i}", f) for i, f in enumerate(FACTS))
    assert [o.kind for o in case.observations] == list(KIND_OF.values())
    looks = (case.tcp, case.tls, case.http, case.samples)
    assert [len(look(TARGET)) for look in looks] == [1, 1, 1, 1]
    assert [len(look(OTHER)) for look in looks] == [0, 0, 0, 0]
    assert [f for _, f in case.tcp(TARGET)] == [TCP]
    assert len(case.dns(TARGET.host)) == 1
    assert case.dns("other.contoso.test") == ()
    assert (len(case.http(TARGET, ACTIVESYNC_PATH)), len(case.http(TARGET, PROXY_PATH))) == (1, 0)


def test_addresses_are_those_of_every_resolver_without_order() -> None:
    answers = (("192.0.2.2", "192.0.2.1"), ("192.0.2.1", "192.0.2.3"), ())
    case = EMPTY.with_observations(
        seen(f"dns {i}", DnsFacts(f"dc{i}", TARGET.host, "A", addresses=found), TARGET.host)
        for i, found in enumerate(answers)
    )
    assert case.addresses(TARGET.host) == ("192.0.2.1", "192.0.2.2", "192.0.2.3")


def test_targets_by_role() -> None:
    assert EMPTY.with_role(Role.GENERIC) == (TARGET,)
    assert EMPTY.with_role(Role.OTHER, Role.GENERIC) == (TARGET, OTHER)
    assert EMPTY.with_role() == ()


def test_every_reason_has_words() -> None:
    assert REASON_WORDS.keys() == set(Reason)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"status": Status.FAILED, "reason": Reason.RESET}, REASON_WORDS[Reason.RESET]),
        ({"status": Status.SKIPPED, "detail": "no account"}, "no account"),
        ({"status": Status.CANCELLED}, "cancelled"),
    ],
)
def test_an_observation_says_why_there_is_no_answer(changes: dict[str, object], words: str | None) -> None:
    observation = replace(seen("tcp 1", TCP), **changes)  # type: ignore[arg-type]
    assert observation.words == words
    assert observation.ok is (words is None)


@pytest.mark.parametrize("asked", Asked)
def test_whether_a_certificate_was_asked_for_may_stay_unknown(asked: Asked) -> None:
    expected = {Asked.NO: False, Asked.UNKNOWN: None}.get(asked, True)
    assert CertificateDemand(asked).was_asked is expected
