"""The matrix shows what a case holds and what a run is doing, and which requests belong to a row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import (
    Asked,
    CertificateDemand,
    DnsFacts,
    DnsOutcome,
    HttpFacts,
    Observation,
    Reason,
    SampleFacts,
    Status,
    TcpFacts,
    TlsFacts,
)
from easwizard.case.progress import Finished, Phase, Sampled, Started
from easwizard.case.requests import AskProxy, LookAt, Member, ResolveName, Resolver, SampleSignIn, Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning, Sent
from easwizard.probes.identity import dns_id, http_id, sample_id, tcp_id, tls_id
from easwizard.probes.settings import Deadlines
from easwizard.workflow.exchanges import exchange
from easwizard.workflow.matrix import NameRow, PlaceRow, SignInRow, belongs_to, matrix
from easwizard.workflow.run import Run, State
from easwizard.workflow.short_words import LONGEST, SHORT_REASON, Sign

INSIDE, OUTSIDE = Resolver("internal", "127.0.0.1"), Resolver("external", "127.0.0.2")
LEGACY = Target("legacycert.a.test", 443, Role.LEGACY_CERT)
MAIL = Target("mail.a.test", 443, Role.GENERIC)
CASE = Case(Vantage("jump", (INSIDE, OUTSIDE)), (LEGACY,))
PLACE = "192.0.2.1"
LOOK = LookAt(LEGACY, PLACE)
SAMPLE = SampleSignIn(MAIL, (PLACE, "192.0.2.2"), Sent.BASIC, "anna", None, 10, pace_seconds=3.0)


def seen(id: str, facts: DnsFacts | TcpFacts | TlsFacts | HttpFacts | SampleFacts, **more: object) -> Observation:
    target = facts.name if isinstance(facts, DnsFacts) else LEGACY.name
    whole = Observation(id, target, "jump", Status.OK, facts, datetime(2026, 1, 1, tzinfo=UTC))
    return replace(whole, **more)  # type: ignore[arg-type]


def answer(resolver: Resolver, *addresses: str, kind: str = "A", outcome: DnsOutcome | None = None) -> Observation:
    said = outcome or (DnsOutcome.ANSWER if addresses else DnsOutcome.NO_ADDRESS)
    facts = DnsFacts(resolver.label, LEGACY.host, kind, said, addresses)
    return seen(dns_id(ResolveName(LEGACY.host, kind, resolver)), facts)


def http(
    path: str, status: int, meaning: Meaning, asked: Asked = Asked.NO, required: bool | None = None
) -> Observation:
    demand = CertificateDemand(asked, required=required)
    facts = HttpFacts(PLACE, "OPTIONS", path, status=status, meaning=meaning, client_certificate=demand)
    return seen(http_id(LEGACY, PLACE, path), facts)


def rows(case: Case, run: Run | None = None) -> tuple[NameRow | PlaceRow | SignInRow, ...]:
    return matrix(case, run or Run(), Deadlines())


def place_of(case: Case, run: Run | None = None) -> PlaceRow:
    return next(row for row in rows(case, run) if isinstance(row, PlaceRow))


def test_a_finished_look_shows_every_step() -> None:
    case = CASE.with_observations(
        (
            answer(INSIDE, PLACE),
            seen(tcp_id(LEGACY, PLACE), TcpFacts(PLACE, 443, "open")),
            seen(tls_id(LEGACY, PLACE), TlsFacts(PLACE, protocol="TLSv1.2", trusted=True, name_matches=True)),
            http(ACTIVESYNC_PATH, 403, Meaning.CERTIFICATE_DEMANDED, Asked.PATH, required=True),
            http(PROXY_PATH, 403, Meaning.CERTIFICATE_DEMANDED, Asked.PATH),
        )
    )
    cells = [(cell.sign, cell.word) for cell in place_of(case).cells]
    assert cells == [
        (Sign.SEEN, "open"), (Sign.SEEN, "1.2"), (Sign.SEEN, "path"), (Sign.SEEN, "403"), (Sign.ODD, "403"),
    ]  # fmt: skip


def test_resolvers_that_differ_are_told_apart() -> None:
    gone = replace(answer(OUTSIDE), status=Status.FAILED, reason=Reason.DNS_TIMEOUT)
    unlike = answer(OUTSIDE, "192.0.2.9")
    no_name = answer(OUTSIDE, outcome=DnsOutcome.NXDOMAIN)
    for other, sign, word in (
        (gone, Sign.FAILED, "no address"),
        (unlike, Sign.SEEN, "1 address"),
        (no_name, Sign.FAILED, "no such name"),
    ):
        case = CASE.with_observations((answer(INSIDE, PLACE), answer(OUTSIDE, kind="AAAA"), other))
        name = rows(case)[0]
        assert isinstance(name, NameRow)
        cell = dict(name.resolvers)["external"]
        assert (cell.sign, cell.word) == (sign, word)
    case = CASE.with_observations((answer(INSIDE, PLACE), unlike))
    assert [r.given_by for r in rows(case) if isinstance(r, PlaceRow)] == [("internal",), ("external",)]


def test_members_are_places_too() -> None:
    case = replace(CASE, members=(Member(LEGACY.host, "127.0.0.9", 444),)).with_observations((answer(INSIDE, PLACE),))
    places = [row.place for row in rows(case) if isinstance(row, PlaceRow)]
    assert [(p.address, p.port, p.is_member) for p in places] == [(PLACE, None, False), ("127.0.0.9", 444, True)]


def test_a_running_look_shows_its_step_and_deadline() -> None:
    case = CASE.with_observations((answer(INSIDE, PLACE),))
    run = Run().announced("looking", (LOOK, AskProxy(LEGACY, PLACE)))
    assert {cell.sign for cell in place_of(case, run).cells} == {Sign.WAITING}
    for number, (phase, deadline) in enumerate((("tcp", 5.0), ("tls", 10.0), ("first_byte", 60.0))):
        run = run.after(Started(LOOK), 1.0).after(Phase(LOOK, phase), 2.0)
        cell = next(cell for cell in place_of(case, run).cells if cell.sign is Sign.RUNNING)
        assert (cell.since, cell.deadline) == (2.0, deadline)
        assert [c.sign for c in place_of(case, run).cells].index(Sign.RUNNING) == (0, 1, 3)[number]
    assert place_of(case, run).busy


def test_what_a_run_saw_counts_before_the_case_holds_it() -> None:
    request = ResolveName(LEGACY.host, "A", INSIDE)
    run = Run().announced("resolving", (request,)).after(Finished(request, (answer(INSIDE, PLACE),)), 1.0)
    assert place_of(CASE, run).place.address == PLACE


def test_sign_ins_count_while_they_run_and_afterwards() -> None:
    so_far = SampleFacts(None, Sent.BASIC, "anna", None, sent=4, ok=2, failed=2)
    run = Run().announced("signing in", (SAMPLE,)).after(Started(SAMPLE), 0.0)
    run = run.after(Sampled(SAMPLE, 4, "403", so_far), 0.0)
    row = rows(CASE, run)[-1]
    assert isinstance(row, SignInRow)
    assert (row.state, row.facts.failed, row.planned, row.pauses_left) == (State.RUNNING, 2, 10, 18.0)
    summary = seen(sample_id(SAMPLE), replace(so_far, sent=10), target=MAIL.name)
    row = rows(CASE.with_observations((summary,)))[-1]
    assert isinstance(row, SignInRow)
    assert (row.state, row.facts.sent, row.request, row.pauses_left) == (State.OK, 10, None, 0.0)
    assert belongs_to(SAMPLE, row)


def test_requests_belong_to_their_row() -> None:
    case = CASE.with_observations((answer(INSIDE, PLACE),))
    name, place = rows(case)
    question = ResolveName(LEGACY.host, "A", INSIDE)
    assert belongs_to(question, name)
    assert belongs_to(LOOK, place)
    assert not belongs_to(LOOK, name)
    assert not belongs_to(LookAt(LEGACY, PLACE, 444), place)
    assert not belongs_to(question, place)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_short_word(reason: Reason) -> None:
    assert len(SHORT_REASON[reason]) <= LONGEST


def test_the_exchange_goes_from_dns_to_headers_and_stays_at_its_place() -> None:
    other = HttpFacts("192.0.2.2", "OPTIONS", ACTIVESYNC_PATH, status=999)
    answered = HttpFacts(PLACE, "OPTIONS", ACTIVESYNC_PATH, status=401, headers={"www-authenticate": "Basic"})
    case = CASE.with_observations(
        (
            seen(http_id(LEGACY, PLACE, ACTIVESYNC_PATH), answered),
            seen(http_id(LEGACY, "192.0.2.2", ACTIVESYNC_PATH), other),
            seen(tls_id(LEGACY, PLACE), TlsFacts(PLACE, protocol="TLSv1.2", subject="CN=x", trusted=False)),
            seen(tcp_id(LEGACY, PLACE), TcpFacts(PLACE, 443), status=Status.FAILED, reason=Reason.REFUSED),
            answer(INSIDE, PLACE, "192.0.2.2"),
        )
    )
    row = place_of(case)
    text = "\n".join(line.text for line in exchange(case, row))
    order = ["DNS A", "TCP 192.0.2.1", "nothing listens", "TLSv1.2", "subject: CN=x", "trusted here: no",
             "> Host: legacycert.a.test", "< 401", "< www-authenticate: Basic"]  # fmt: skip
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "999" not in text
