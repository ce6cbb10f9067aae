"""Signing in again and again: what counts, when it stops, and where a credential never goes (J8 to J12)."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from easwizard.case.facts import Reason, Status
from easwizard.case.progress import Phase, Progress, Sampled
from easwizard.case.requests import SampleSignIn
from easwizard.case.statistics import wilson_interval
from easwizard.exchange.products import Product
from easwizard.exchange.replies import Meaning, Sent
from easwizard.exchange.routing import Mailbox
from easwizard.probes.secrets import Password, Secrets
from easwizard.probes.standing import Standing
from easwizard.probes.tally import WITHOUT_HEADERS
from tests.probes.certificates import NOW, Authority, Issued
from tests.probes.conftest import HOST, SHORT, MakeRun, Run, http, look_at, samples, target
from tests.probes.servers import LOOPBACK, HttpsServer, Received, closed_port, reply, server_context, unauthorized

OLD = Mailbox(Product.E2007, "London")
ANNA = Secrets({"anna": Password(r"CONTOSO\anna", "S3cret!"), "bert": Password("bert", "Other1")})
LEGACY = reply(200, {"MS-Server-ActiveSync": "8.3", "MS-ASProtocolVersions": "2.5,12.0,12.1", "X-FEServer": "EX13A"})
MODERN = reply(200, {"MS-Server-ActiveSync": "15.0", "MS-ASProtocolVersions": "14.1", "X-FEServer": "EX13B"})
BARE = reply(200)
DENIED = unauthorized('Basic realm="x"')


def refused_by(server: str) -> bytes:
    return reply(403, {"X-FEServer": server})


def in_turn(*answers: bytes | None) -> Callable[[Received], bytes | None]:
    left = list(answers)
    return lambda _: left.pop(0)


def sign_in(
    port: int,
    count: int,
    *,
    account: str = "anna",
    mailbox: Mailbox | None = OLD,
    refusals: int = 1,
    careful: bool = False,
    until_success: bool = False,
    addresses: Sequence[str] = (LOOPBACK,),
    host: str = HOST,
) -> SampleSignIn:
    return SampleSignIn(
        target(port, host),
        tuple(addresses),
        Sent.BASIC,
        account,
        mailbox,
        count,
        pace_seconds=3.0,
        careful=careful,
        refusals=refusals,
        until_success=until_success,
        predicted_failed=0.5,
        predicted_basis="inventory",
    )


@pytest.fixture
def issued(authority: Authority) -> Issued:
    return authority.issue(HOST)


def passwords(server: HttpsServer) -> list[str | None]:
    return [request.password for request in server.requests]


def test_mixed_samples_give_the_share_its_interval_and_runs(run: MakeRun, issued: Issued) -> None:
    answers = in_turn(LEGACY, refused_by("EX13B"), LEGACY, LEGACY, refused_by("EX13A"), LEGACY)
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), answers) as server:
        summary, good, bad = sampling(sign_in(server.port, 6))
        assert passwords(server) == [r"CONTOSO\anna:S3cret!"] * 6
        assert server.connections == 6
    counts = samples(summary)
    assert (counts.sent, counts.ok, counts.failed, counts.crossed, counts.crossed_failed) == (6, 4, 2, 6, 2)
    assert (counts.share_failed, counts.interval, counts.runs) == (2 / 6, wilson_interval(2, 6), 5)
    assert counts.more_needed == 5
    assert (counts.front_end_only, counts.refused_credentials, counts.redirected, counts.stopped) == (0, 0, 0, None)
    assert counts.by_outcome == {"200": 4, "403": 2}
    assert counts.by_server == {"EX13A": {"200": 4, "403": 1}, "EX13B": {"403": 1}}
    assert counts.by_address == {LOOPBACK: {"200": 4, "403": 2}}
    assert (counts.mailbox, counts.predicted_failed, counts.predicted_basis) == ("2007@London", 0.5, "inventory")
    assert (counts.address, counts.account, counts.credentials) == (LOOPBACK, "anna", Sent.BASIC)
    assert [http(o).meaning for o in (good, bad)] == [Meaning.SIGNED_IN, Meaning.FORBIDDEN]
    assert summary.id == f"sample:{HOST}:{server.port}@127.0.0.1/basic/anna"
    assert good.id.endswith("/basic/anna/Microsoft-Server-ActiveSync/200")
    assert sampling.slept == [3.0] * 5
    told = [(e.number, e.outcome) for e in sampling.events if isinstance(e, Sampled)]
    assert told == [(1, "200"), (2, "403"), (3, "200"), (4, "200"), (5, "403"), (6, "200")]


def test_failures_without_any_proven_crossing_say_nothing_about_the_leg(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), in_turn(MODERN, refused_by("A"), MODERN)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 3))[0])
    assert (counts.ok, counts.failed, counts.front_end_only, counts.crossed) == (2, 1, 2, 0)
    assert (counts.share_failed, counts.interval, counts.runs) == (None, None, 0)
    assert counts.more_needed == 7


def test_only_failures_from_behind_the_front_end_count_as_crossed(run: MakeRun, issued: Issued) -> None:
    """A 404 or 451 is the front end's own; a connection that ends after the request may be the leg."""
    answers = in_turn(LEGACY, reply(404), reply(451), BARE, None, reply(502), LEGACY)
    with HttpsServer(server_context(issued), answers) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 7))[0])
    assert (counts.sent, counts.ok, counts.failed, counts.redirected) == (7, 2, 3, 1)
    assert (counts.crossed, counts.crossed_failed, counts.front_end_only) == (4, 2, 0)
    assert counts.by_outcome == {"200": 2, "404": 1, "451": 1, WITHOUT_HEADERS: 1, "502": 1, "closed": 1}


@pytest.mark.parametrize("header", ["Retry-After", "X-MS-ASThrottle"])
def test_a_throttled_answer_is_no_failed_leg(run: MakeRun, issued: Issued, header: str) -> None:
    """The server holds the account back; whatever leg it would have used, this says nothing of it (J11)."""
    answers = in_turn(LEGACY, reply(503, {header: "30", "X-FEServer": "A"}), LEGACY)
    with HttpsServer(server_context(issued), answers) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 3))[0])
    assert (counts.failed, counts.crossed, counts.crossed_failed) == (1, 2, 0)


def test_a_slow_leg_is_a_timeout_that_counts(run: MakeRun, issued: Issued) -> None:
    left: list[bytes | None] = [LEGACY, None]

    def answer(_: Received) -> bytes | None:
        if left.pop(0) is None:
            server.closing.wait(5)
            return None
        return LEGACY

    with HttpsServer(server_context(issued), answer) as server:
        counts = samples(run(SHORT, secrets=ANNA)(sign_in(server.port, 2))[0])
    assert (counts.by_outcome, counts.crossed, counts.crossed_failed) == ({"200": 1, "timeout": 1}, 2, 1)


@pytest.mark.parametrize("refusals", [1, 2])
def test_a_refused_password_is_risked_so_often_and_never_again(run: MakeRun, issued: Issued, refusals: int) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), lambda _: DENIED) as server:
        first = sign_in(server.port, 10, refusals=refusals)
        summary, answer = sampling(first)
        counts = samples(summary)
        assert (counts.sent, counts.refused_credentials, counts.failed) == (refusals, refusals, 0)
        assert counts.stopped == "credentials-refused"
        assert (answer.status, http(answer).meaning) == (Status.OK, Meaning.CREDENTIALS_REFUSED)
        (again,) = sampling(first)
        (elsewhere,) = sampling(sign_in(server.port, 5, refusals=9, host="other.contoso.test"))
        assert len(server.requests) == refusals
    assert (again.status, elsewhere.status) == (Status.SKIPPED, Status.SKIPPED)
    assert again.detail == "the credentials of anna were refused before; they were not sent again"
    assert samples(again).sent == 0


def test_refusals_add_up_over_requests(run: MakeRun, issued: Issued) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), lambda _: DENIED) as server:
        sampling(sign_in(server.port, 1, refusals=2))
        counts = samples(sampling(sign_in(server.port, 5, refusals=2))[0])
        assert len(server.requests) == 2
    assert (counts.sent, counts.stopped) == (1, "credentials-refused")


def test_requests_of_one_account_side_by_side_risk_no_more(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: DENIED) as server:
        run(secrets=ANNA)(sign_in(server.port, 5), sign_in(server.port, 6), sign_in(server.port, 7))
        assert len(server.requests) == 1


def test_another_account_is_not_punished(run: MakeRun, issued: Issued) -> None:
    def answer(request: Received) -> bytes:
        return LEGACY if request.password == "bert:Other1" else DENIED

    with HttpsServer(server_context(issued), answer) as server:
        seen = run(secrets=ANNA)(sign_in(server.port, 2), sign_in(server.port, 2, account="bert"))
    assert [samples(o).ok for o in seen if o.kind == "sample"] == [0, 2]


def test_other_failures_are_no_refusals(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), in_turn(reply(403), reply(503), None, DENIED)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 9))[0])
    assert (counts.sent, counts.failed, counts.refused_credentials) == (4, 3, 1)


def test_a_401_after_a_success_is_a_failed_leg(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), in_turn(LEGACY, DENIED, DENIED, LEGACY)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 4))[0])
    assert (counts.ok, counts.failed, counts.refused_credentials, counts.stopped) == (2, 2, 0, None)
    assert (counts.crossed, counts.crossed_failed, counts.share_failed) == (4, 2, 0.5)


def test_a_401_before_the_success_is_counted_anew_when_it_comes(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), in_turn(DENIED, LEGACY, DENIED)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 3, refusals=2))[0])
    assert (counts.failed, counts.refused_credentials, counts.crossed_failed, counts.crossed) == (2, 0, 2, 3)


def test_a_success_elsewhere_in_the_session_counts(run: MakeRun, issued: Issued) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), in_turn(MODERN, DENIED, DENIED)) as server:
        sampling(sign_in(server.port, 1))
        counts = samples(sampling(sign_in(server.port, 2))[0])
    assert (counts.sent, counts.failed, counts.refused_credentials, counts.stopped) == (2, 2, 0, None)


class Slow:
    """Gives the answers it has; without one it never answers, and tells that it got that far."""

    def __init__(self, *first: bytes) -> None:
        self.first = list(first)
        self.stuck = threading.Event()
        self.server: HttpsServer | None = None

    def __call__(self, _: Received) -> bytes | None:
        if self.first:
            return self.first.pop(0)
        self.stuck.set()
        assert self.server is not None
        self.server.closing.wait(10)
        return None


def interrupted(sampling: Run, request: SampleSignIn, answer: Slow, *, by_deadline: bool = False) -> None:
    """Start sampling and end it while a server has the request and keeps the answer."""

    def listen(event: Progress) -> None:
        if event == Phase(request, "first_byte") and not by_deadline:
            waiting = asyncio.get_running_loop().run_in_executor(None, answer.stuck.wait, 10)
            waiting.add_done_callback(lambda _: sampling.prober.cancel(request))

    asyncio.run(sampling.prober.run([request], listen, overall_seconds=1.0 if by_deadline else None))
    assert answer.stuck.is_set()


@pytest.mark.parametrize("by_deadline", [False, True], ids=["cancelled", "deadline"])
def test_a_password_that_was_on_its_way_when_it_was_interrupted_may_have_been_refused(
    run: MakeRun, issued: Issued, by_deadline: bool
) -> None:
    sampling, answer = run(secrets=ANNA), Slow()
    with HttpsServer(server_context(issued), answer) as server:
        answer.server = server
        request = sign_in(server.port, 5)
        interrupted(sampling, request, answer, by_deadline=by_deadline)
        (again,) = sampling(request)
        assert server.connections == 1
        answer.first = [DENIED, DENIED]
        counts = samples(sampling(sign_in(server.port, 5, refusals=2))[0])
        assert server.connections == 2
    assert (again.status, samples(again).sent) == (Status.SKIPPED, 0)
    assert again.detail == "a sign-in of anna was cut short and may have been refused; it was not sent again"
    assert (counts.sent, counts.refused_credentials, counts.stopped) == (1, 1, "credentials-refused")


def test_one_that_had_not_left_yet_was_not_refused(run: MakeRun, issued: Issued) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), lambda _: LEGACY) as server:
        request = sign_in(server.port, 1)

        def listen(event: Progress) -> None:
            if event == Phase(request, "tls"):
                sampling.prober.cancel(request)

        asyncio.run(sampling.prober.run([request], listen))
        assert samples(sampling(request)[0]).ok == 1


def test_one_that_has_worked_before_is_beyond_doubt(run: MakeRun, issued: Issued) -> None:
    sampling, answer = run(secrets=ANNA), Slow(LEGACY)
    with HttpsServer(server_context(issued), answer) as server:
        answer.server = server
        sampling(sign_in(server.port, 1))
        interrupted(sampling, sign_in(server.port, 5), answer)
        answer.first = [DENIED, LEGACY]
        counts = samples(sampling(sign_in(server.port, 2))[0])
    assert (counts.ok, counts.failed, counts.refused_credentials) == (1, 1, 0)


def test_a_success_takes_the_doubt_away(run: MakeRun, issued: Issued) -> None:
    sampling, answer = run(secrets=ANNA), Slow()
    with HttpsServer(server_context(issued), answer) as server:
        answer.server = server
        interrupted(sampling, sign_in(server.port, 5), answer)
        answer.first = [LEGACY, DENIED, LEGACY]
        assert samples(sampling(sign_in(server.port, 1, refusals=2))[0]).ok == 1
        assert samples(sampling(sign_in(server.port, 2))[0]).failed == 1


def test_the_standing_of_a_try_that_was_cut_short() -> None:
    """Anything else that would send the password asks without saying how many refusals it allows."""
    standing = Standing()
    standing.cut_short(Sent.BASIC, "anna")
    assert standing.is_stopped(Sent.BASIC, "anna")
    assert standing.is_stopped(Sent.BASIC, "anna", 1)
    assert not standing.is_stopped(Sent.BASIC, "anna", 2)
    assert not standing.is_stopped(Sent.BASIC, "bert")
    standing.succeeded(Sent.BASIC, "anna")
    assert not standing.is_stopped(Sent.BASIC, "anna")


@pytest.mark.parametrize(
    ("answers", "more"),
    [((LEGACY,) * 3, 4), ((LEGACY,) * 7, 0), ((LEGACY, refused_by("A")), 10), ((LEGACY, refused_by("A")) * 6, 0)],
    ids=["3 clean", "7 clean", "1 of 2", "6 of 12"],
)
def test_how_many_more_would_settle_the_odds(
    run: MakeRun, issued: Issued, answers: tuple[bytes, ...], more: int
) -> None:
    with HttpsServer(server_context(issued), in_turn(*answers)) as server:
        assert samples(run(secrets=ANNA)(sign_in(server.port, len(answers)))[0]).more_needed == more


@pytest.mark.parametrize("predicted", [None, 0.0])
def test_where_no_failure_is_predicted_nothing_is_to_be_settled(
    run: MakeRun, issued: Issued, predicted: float | None
) -> None:
    with HttpsServer(server_context(issued), lambda _: LEGACY) as server:
        request = replace(sign_in(server.port, 1), predicted_failed=predicted)
        assert samples(run(secrets=ANNA)(request)[0]).more_needed is None


@pytest.mark.parametrize("careful", [False, True])
def test_after_a_401_that_follows_a_success_it_goes_on_at_the_pace_of_sign_ins(
    run: MakeRun, issued: Issued, careful: bool
) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), in_turn(LEGACY, DENIED, LEGACY)) as server:
        sampling(sign_in(server.port, 3, careful=careful))
    assert sampling.slept == [3.0, 60.0 if careful else 3.0]


def test_careful_waits_a_minute_after_a_failure(run: MakeRun, issued: Issued) -> None:
    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), in_turn(LEGACY, DENIED, reply(503), LEGACY)) as server:
        sampling(sign_in(server.port, 4, careful=True))
    assert sampling.slept == [3.0, 60.0, 60.0]


def test_addresses_take_turns(run: MakeRun, issued: Issued) -> None:
    try:
        second = HttpsServer(server_context(issued), lambda _: refused_by("B"), address="127.0.0.2")
    except OSError:
        pytest.skip("only one loopback address here")
    with second, HttpsServer(server_context(issued), lambda _: LEGACY, port=second.port) as first:
        request = sign_in(first.port, 5, addresses=(LOOPBACK, "127.0.0.2"))
        summary = run(secrets=ANNA)(request)[0]
    counts = samples(summary)
    assert counts.by_address == {LOOPBACK: {"200": 3}, "127.0.0.2": {"403": 2}}
    assert counts.address is None
    assert summary.id == f"sample:{HOST}:{first.port}/basic/anna"


def test_until_success_leaves_an_address_after_its_first_success(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), in_turn(reply(503), LEGACY)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 5, until_success=True))[0])
    assert (counts.sent, counts.ok, counts.stopped) == (2, 1, None)


def test_until_success_tries_so_often_at_most(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: reply(503)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 3, until_success=True))[0])
    assert counts.sent == 3


@pytest.mark.parametrize("mailbox", [None, Mailbox(Product.E2013, "London")])
def test_where_the_mailbox_is_not_known_to_be_old_only_the_old_servers_header_proves(
    run: MakeRun, issued: Issued, mailbox: Mailbox | None
) -> None:
    hint = reply(200, {"MS-Server-ActiveSync": "15.0", "MS-ASProtocolVersions": "2.5,12.0,12.1"})
    with HttpsServer(server_context(issued), in_turn(LEGACY, hint)) as server:
        counts = samples(run(secrets=ANNA)(sign_in(server.port, 2, mailbox=mailbox))[0])
    assert (counts.crossed, counts.front_end_only) == (1, 1)


def test_no_password_goes_where_the_certificate_is_not_trusted(
    run: MakeRun, authority: Authority, stranger: Authority
) -> None:
    expired = authority.issue(HOST, not_before=NOW - dt.timedelta(9), not_after=NOW - dt.timedelta(2))
    for bad in (stranger.issue(HOST), authority.issue("other.contoso.test"), expired):
        with HttpsServer(server_context(bad), lambda _: LEGACY) as server:
            summary, answer = run(secrets=ANNA)(sign_in(server.port, 4))
            assert server.connections == 1
            assert server.requests == []
        assert (summary.status, answer.status) == (Status.SKIPPED, Status.SKIPPED)
        assert summary.detail == f"the certificate of {HOST} is not trusted here; no credential was sent"
        assert samples(summary).sent == 0


def test_a_dead_port_is_a_failure_of_the_whole_request(run: MakeRun) -> None:
    summary, answer = run(secrets=ANNA)(sign_in(closed_port(), 2))
    assert (summary.status, summary.reason, answer.reason) == (Status.FAILED, Reason.REFUSED, Reason.REFUSED)
    assert samples(summary).by_outcome == {"connection-refused": 2}


def test_without_the_password_nothing_is_sent(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: LEGACY) as server:
        (summary,) = run()(sign_in(server.port, 3))
        assert server.connections == 0
    assert (summary.status, summary.detail) == (Status.SKIPPED, "no credentials of anna in this session")


@pytest.mark.parametrize(("addresses", "count"), [((), 3), ((LOOPBACK,), 0)])
def test_nothing_to_sign_in_at(run: MakeRun, addresses: tuple[str, ...], count: int) -> None:
    (summary,) = run(secrets=ANNA)(sign_in(443, count, addresses=addresses))
    assert (summary.status, summary.detail) == (Status.SKIPPED, "no address to sign in at")


def test_an_address_that_is_not_trusted_is_left_and_the_others_go_on(
    run: MakeRun, issued: Issued, stranger: Authority
) -> None:
    try:
        bad = HttpsServer(server_context(stranger.issue(HOST)), lambda _: LEGACY, address="127.0.0.2")
    except OSError:
        pytest.skip("only one loopback address here")
    with bad, HttpsServer(server_context(issued), lambda _: LEGACY, port=bad.port) as good:
        seen = run(secrets=ANNA)(sign_in(good.port, 4, addresses=("127.0.0.2", LOOPBACK)))
        assert (bad.connections, bad.requests, len(good.requests)) == (1, [], 3)
    counts = samples(seen[0])
    assert (counts.sent, counts.ok, counts.by_address["127.0.0.2"]) == (3, 3, {"not-trusted": 1})
    assert [o.status for o in seen] == [Status.OK, Status.SKIPPED, Status.OK]


def test_a_look_carries_no_credential_even_where_one_is_held(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: DENIED) as server:
        run(secrets=ANNA)(look_at(server.port))
        assert passwords(server) == [None]


def test_a_server_that_echoes_the_password_does_not_get_it_into_a_report(run: MakeRun, issued: Issued) -> None:
    def echo(request: Received) -> bytes:
        return reply(200, {"MS-Server-ActiveSync": "8.3", "X-Echo": request.headers["authorization"]})

    sampling = run(secrets=ANNA)
    with HttpsServer(server_context(issued), echo) as server:
        seen = sampling(sign_in(server.port, 1))
    token = base64.b64encode(rb"CONTOSO\anna:S3cret!").decode()
    for text in (repr(seen), repr(sampling.events), repr(ANNA)):
        assert token not in text
        assert "S3cret" not in text
