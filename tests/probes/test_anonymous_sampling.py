"""Samples without credentials: who answers behind an address, within the limits, and kept when interrupted."""

from __future__ import annotations

import asyncio
import threading
from itertools import count

import pytest

from easwizard.case.facts import Reason, Status
from easwizard.case.progress import Finished, Phase, Progress
from easwizard.case.requests import SampleAnonymous
from easwizard.exchange.replies import Sent
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.prober import Limits
from easwizard.probes.secrets import Password, Secrets
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import HOST, SHORT, MakeRun, look_at, samples, target
from tests.probes.hostile import Witness, context_of
from tests.probes.servers import (
    LOOPBACK,
    Crowd,
    HttpsServer,
    Received,
    Server,
    closed_port,
    reply,
    server_context,
    silent,
)


def sample(port: int, how_many: int, at_once: int = 1, pace: float = 0.0) -> SampleAnonymous:
    return SampleAnonymous(target(port), LOOPBACK, how_many, at_once, pace)


@pytest.fixture
def issued(authority: Authority) -> Issued:
    return authority.issue(HOST)


def from_server(name: str, status: int = 401, *challenges: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"X-FEServer: {name}", *(f"WWW-Authenticate: {c}" for c in challenges)]
    return ("\r\n".join([*lines, "Content-Length: 0", "Connection: close"]) + "\r\n\r\n").encode()


GOOD, BAD = from_server("EX1", 401, 'Basic realm="x"'), from_server("EX2", 403)


class Answerer:
    """These answers in turn."""

    def __init__(self, *answers: bytes | None) -> None:
        self._left = list(answers)

    def __call__(self, _: Received) -> bytes | None:
        return self._left.pop(0)


def test_what_is_counted(run: MakeRun, issued: Issued) -> None:
    answers = (
        GOOD,
        GOOD,
        BAD,
        from_server("EX1", 401, "NTLM", "Basic", "Negotiate"),
        reply(503),
        reply(451),
        None,
        reply(200),
    )
    with HttpsServer(server_context(issued), Answerer(*answers)) as server:
        (seen,) = run()(sample(server.port, 8))
        assert {(r.method, r.path) for r in server.requests} == {("OPTIONS", "/Microsoft-Server-ActiveSync")}
        assert server.connections == 8
    facts = samples(seen)
    assert (seen.status, seen.id) == (Status.OK, f"sample:{HOST}:{server.port}@{LOOPBACK}/none")
    assert (facts.address, facts.credentials, facts.account, facts.mailbox) == (LOOPBACK, Sent.NONE, "", None)
    assert (facts.sent, facts.ok, facts.failed, facts.redirected, facts.stopped) == (8, 5, 2, 1, None)
    assert facts.by_outcome == {
        "200": 1,
        "401 Basic": 2,
        "401 Basic, Negotiate, NTLM": 1,
        "403": 1,
        "451": 1,
        "503": 1,
        "closed": 1,
    }
    assert facts.by_server == {"EX1": {"401 Basic": 2, "401 Basic, Negotiate, NTLM": 1}, "EX2": {"403": 1}}
    assert facts.by_address == {LOOPBACK: facts.by_outcome}
    assert facts.runs == 7
    assert (facts.crossed, facts.share_failed, facts.interval, facts.more_needed) == (0, None, None, None)


def test_the_same_answer_from_another_server_is_another_run(run: MakeRun, issued: Issued) -> None:
    answers = [from_server(name) for name in ("EX1", "EX1", "EX2", "EX1")]
    with HttpsServer(server_context(issued), Answerer(*answers)) as server:
        (seen,) = run()(sample(server.port, 4))
    assert samples(seen).runs == 3


def test_nothing_is_given_away(run: MakeRun, authority: Authority, stranger: Authority) -> None:
    """A session that holds credentials sends none of them, whether the server is trusted or not."""
    device = authority.issue("anna")
    secrets = Secrets({"anna": Password("anna", "S3cret!")}, ClientCertificate(device.certificate, device.key))
    for issuer in (authority, stranger):
        with Witness(context_of(issuer.issue(HOST)), authority, reply(401)) as server:
            (seen,) = run(secrets=secrets)(sample(server.port, 3))
            assert (len(server.requests), server.passwords, server.certificates) == (3, [], 0)
        assert samples(seen).ok == 3


@pytest.mark.parametrize(
    ("at_once", "limits", "most"),
    [(3, Limits(), 3), (9, Limits(), 4), (9, Limits(per_endpoint=9, overall=2), 2), (0, Limits(), 1)],
)
def test_so_many_at_a_time_and_never_more_than_the_limits(
    run: MakeRun, issued: Issued, at_once: int, limits: Limits, most: int
) -> None:
    crowd = Crowd(most)
    with HttpsServer(server_context(issued), crowd) as server:
        (seen,) = run(limits=limits)(sample(server.port, most * 3, at_once))
    assert (crowd.most, samples(seen).ok) == (most, most * 3)


def test_beside_other_looks_at_the_address_the_limit_still_holds(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: reply(401)) as server:
        seen = run(limits=Limits(1, 1))(look_at(server.port), sample(server.port, 3, 4), look_at(server.port))
    assert [o.status for o in seen] == [Status.OK] * 7


def test_the_pace_lies_between_the_starts(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: reply(401)) as server:
        paced, unpaced = run(), run()
        paced(sample(server.port, 4, at_once=2, pace=0.5))
        unpaced(sample(server.port, 4, at_once=2))
    assert (paced.slept, unpaced.slept) == ([0.5] * 3, [])


@pytest.mark.parametrize("cancel", [True, False])
def test_what_was_seen_survives_an_interruption(run: MakeRun, issued: Issued, cancel: bool) -> None:
    numbers, third = count(1), threading.Event()

    def answer(_: Received) -> bytes | None:
        if next(numbers) < 3:
            return GOOD
        third.set()
        server.closing.wait(10)
        return None

    prober = run().prober
    with HttpsServer(server_context(issued), answer) as server:
        request = sample(server.port, 5)
        begun = count(1)

        def listen(event: Progress) -> None:
            if event == Phase(request, "first_byte") and next(begun) == 3 and cancel:
                asyncio.get_running_loop().run_in_executor(None, third.wait, 10).add_done_callback(
                    lambda _: prober.cancel(request)
                )

        (seen,) = asyncio.run(prober.run([request], listen, overall_seconds=None if cancel else 1.0))
    facts = samples(seen)
    assert (seen.status, facts.sent, facts.by_server) == (Status.OK, 2, {"EX1": {"401 Basic": 2}})
    assert facts.stopped == ("cancelled" if cancel else "deadline")


def test_cancelled_from_outside_the_listener_keeps_it(run: MakeRun) -> None:
    prober, ends = run().prober, list[Finished]()

    async def scene(request: SampleAnonymous) -> None:
        reached = asyncio.Event()

        def listen(event: Progress) -> None:
            if isinstance(event, Finished):
                ends.append(event)
            if event == Phase(request, "tls"):
                reached.set()

        task = asyncio.create_task(prober.run([request], listen))
        await asyncio.wait_for(reached.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with Server(silent) as server:
        asyncio.run(scene(sample(server.port, 5, 3)))
    ((end,),) = (event.observations for event in ends)
    assert (end.status, samples(end).sent) == (Status.CANCELLED, 0)


def test_the_time_for_the_run_is_over_before_it_began(run: MakeRun) -> None:
    with Server(silent) as server:
        seen = run(limits=Limits(1, 1))(look_at(server.port), sample(server.port, 2), overall_seconds=0.3)
    assert (seen[3].status, seen[3].detail) == (Status.SKIPPED, "the time for the whole run was over")


@pytest.mark.parametrize(
    ("open_port", "reason"), [(False, Reason.REFUSED), (True, Reason.TLS_TIMEOUT)], ids=["closed", "silent"]
)
def test_out_of_reach(run: MakeRun, open_port: bool, reason: Reason) -> None:
    with Server(silent) as server:
        (seen,) = run(SHORT)(sample(server.port if open_port else closed_port(), 3, 3))
    assert (seen.status, seen.reason) == (Status.FAILED, reason)
    assert samples(seen).by_outcome == {reason.value: 3}


def test_one_that_hangs_holds_up_no_other(run: MakeRun, issued: Issued) -> None:
    numbers = count(1)

    def answer(_: Received) -> bytes | None:
        if next(numbers) == 1:
            server.closing.wait(10)
            return None
        return GOOD

    with HttpsServer(server_context(issued), answer) as server:
        (seen,) = run(SHORT)(sample(server.port, 6, 2))
    assert samples(seen).by_outcome == {"401 Basic": 5, "timeout": 1}


def test_nothing_asked_for(run: MakeRun) -> None:
    (seen,) = run()(sample(closed_port(), 0))
    assert (seen.status, seen.detail) == (Status.SKIPPED, "no sample was asked for")


def test_a_fault_of_our_own_is_told_as_such(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: GOOD) as server:
        bad = SampleAnonymous(target(server.port, "bad\nname"), LOOPBACK, 2)
        seen = run()(bad, sample(server.port, 1))
    assert [o.status for o in seen] == [Status.FAILED, Status.OK]
    assert seen[0].reason is Reason.INTERNAL
    assert seen[0].detail != "ExceptionGroup"


def test_a_member_with_a_port_of_its_own(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: GOOD) as server:
        request = SampleAnonymous(target(443), LOOPBACK, 2, port=server.port)
        (seen,) = run()(request)
        assert {r.headers["host"] for r in server.requests} == {HOST}
    assert samples(seen).ok == 2


def test_a_long_list_of_challenges_stays_short(run: MakeRun, issued: Issued) -> None:
    answer = from_server("EX1", 401, *(f"Scheme{number}" for number in range(90)))
    with HttpsServer(server_context(issued), lambda _: answer) as server:
        (seen,) = run()(sample(server.port, 1))
    (outcome,) = samples(seen).by_outcome
    assert len(outcome) < 130
