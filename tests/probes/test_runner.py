"""Side by side: limits, deadlines, cancelling, and one ending for every request."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

import pytest

from easwizard.case.facts import Reason, Status
from easwizard.case.progress import Finished, Phase, Progress, Sampled, Started
from easwizard.case.requests import LookAt, Request, ResolveName, Resolver
from easwizard.probes.prober import Limits
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import HOST, MakeRun, ask_proxy, look_at, samples, target
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
    unauthorized,
)
from tests.probes.test_sampling import ANNA, LEGACY, sign_in


@pytest.fixture
def issued(authority: Authority) -> Issued:
    return authority.issue(HOST)


@pytest.mark.parametrize(("limits", "most"), [(Limits(), 4), (Limits(per_endpoint=9, overall=2), 2)])
def test_no_more_connections_at_once_than_allowed(run: MakeRun, issued: Issued, limits: Limits, most: int) -> None:
    crowd = Crowd(most)
    with HttpsServer(server_context(issued), crowd) as server:
        seen = run(limits=limits)(*(ask_proxy(server.port) for _ in range(8)))
    assert crowd.most == most
    assert [o.status for o in seen] == [Status.OK] * 8


def test_samples_keep_to_the_limit_of_the_address_too(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: LEGACY) as server:
        requests: list[Request] = [ask_proxy(server.port), sign_in(server.port, 3), look_at(server.port)]
        seen = run(limits=Limits(per_endpoint=1, overall=1), secrets=ANNA)(*requests)
    assert [o.status for o in seen] == [Status.OK] * 6


def test_observations_come_in_the_order_of_the_requests(run: MakeRun, issued: Issued) -> None:
    slow_is_last = threading.Event()

    def answer(request: Received) -> bytes:
        if not request.path.endswith("Proxy"):
            slow_is_last.wait(5)
        else:
            slow_is_last.set()
        return unauthorized("Basic")

    with HttpsServer(server_context(issued), answer) as server:
        looking = run()
        seen = looking(look_at(server.port), ask_proxy(server.port))
    assert [o.kind for o in seen] == ["tcp", "tls", "http", "http"]
    assert [type(e.request).__name__ for e in looking.events if isinstance(e, Finished)] == ["AskProxy", "LookAt"]


def test_nothing_to_do(run: MakeRun) -> None:
    assert run()() == ()


def test_a_prober_outlives_its_event_loop(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: reply(404)) as server:
        looking = run(limits=Limits(1, 1))
        for _ in range(2):
            seen = looking(ask_proxy(server.port), ask_proxy(server.port))
            assert [o.status for o in seen] == [Status.OK] * 2


def test_when_the_time_is_over_what_runs_fails_and_what_waits_is_skipped(run: MakeRun) -> None:
    with Server(silent) as server:
        looking = run(limits=Limits(per_endpoint=1))
        first, second = look_at(server.port), ask_proxy(server.port)
        seen = looking(first, second, overall_seconds=0.3)
    assert [(o.status, o.reason) for o in seen] == [
        (Status.OK, None),
        (Status.FAILED, Reason.DEADLINE),
        (Status.FAILED, Reason.DEADLINE),
        (Status.SKIPPED, None),
    ]
    assert seen[3].detail == "the time for the whole run was over"
    assert {e.request for e in looking.events if isinstance(e, Finished)} == {first, second}
    assert [e.request for e in looking.events if isinstance(e, Started)] == [first]


def on_event(wanted: Callable[[Progress], bool], act: Callable[[], None]) -> Callable[[Progress], None]:
    """A listener that acts once, at the first event that is wanted."""
    left = [act]

    def listen(event: Progress) -> None:
        if left and wanted(event):
            left.pop()()

    return listen


def test_cancelling_one_leaves_the_others(run: MakeRun, issued: Issued) -> None:
    prober = run().prober
    with Server(silent) as mute, HttpsServer(server_context(issued), lambda _: reply(404)) as server:
        stuck = look_at(mute.port)
        in_tls = on_event(lambda e: e == Phase(stuck, "tls"), lambda: prober.cancel(stuck))
        seen = asyncio.run(prober.run([stuck, ask_proxy(server.port)], in_tls))
    assert [o.status for o in seen] == [Status.OK, Status.CANCELLED, Status.CANCELLED, Status.OK]


def test_cancelling_one_that_waits_or_is_unknown(run: MakeRun, issued: Issued) -> None:
    prober = run(limits=Limits(per_endpoint=1)).prober
    with HttpsServer(server_context(issued), lambda _: reply(404)) as server:
        first, second = ask_proxy(server.port), look_at(server.port)

        def cancel() -> None:
            prober.cancel(second)
            prober.cancel(look_at(1))

        seen = asyncio.run(prober.run([first, second], on_event(lambda e: isinstance(e, Started), cancel)))
        assert server.connections == 1
    assert [o.status for o in seen] == [Status.OK] + [Status.CANCELLED] * 3


def test_cancelling_from_outside_reports_everything_first(run: MakeRun, issued: Issued) -> None:
    """What was seen already stays with the listener, and the cancelling goes through."""
    prober, told = run(limits=Limits(per_endpoint=1)).prober, dict[Request, Finished]()

    async def scene(*requests: Request) -> None:
        task = asyncio.create_task(prober.run(requests, listen))
        await asyncio.wait_for(in_tls.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    def listen(event: Progress) -> None:
        if isinstance(event, Finished):
            told[event.request] = event
        if event == Phase(stuck, "tls"):
            in_tls.set()

    in_tls = asyncio.Event()
    with Server(silent) as mute, HttpsServer(server_context(issued), lambda _: reply(404)) as server:
        done, stuck, waiting = ask_proxy(server.port), look_at(mute.port), ask_proxy(mute.port)
        asyncio.run(scene(done, stuck, waiting))
    ends = [[o.status for o in told[request].observations] for request in (done, stuck, waiting)]
    assert ends == [[Status.OK], [Status.OK, Status.CANCELLED, Status.CANCELLED], [Status.CANCELLED]]


def test_cancelled_before_the_first_step(run: MakeRun) -> None:
    prober, told = run().prober, list[Progress]()
    request = look_at(closed_port())

    async def scene() -> None:
        task = asyncio.create_task(prober.run([request], told.append))
        await asyncio.sleep(0)
        prober.cancel(request)
        await task

    asyncio.run(scene())
    (end,) = told
    assert isinstance(end, Finished)
    assert {o.status for o in end.observations} == {Status.CANCELLED}


@pytest.mark.parametrize(("cancel", "stopped"), [(True, "cancelled"), (False, "deadline")])
def test_samples_that_were_made_survive_an_interruption(
    run: MakeRun, issued: Issued, cancel: bool, stopped: str
) -> None:
    left = [LEGACY, LEGACY]

    def answer(_: Received) -> bytes | None:
        if left:
            return left.pop()
        server.closing.wait(5)
        return None

    prober = run(secrets=ANNA).prober
    with HttpsServer(server_context(issued), answer) as server:
        request = sign_in(server.port, 9)

        def stop() -> None:
            if cancel:
                prober.cancel(request)

        listen = on_event(lambda e: isinstance(e, Sampled) and e.number == 2, stop)
        seen = asyncio.run(prober.run([request], listen, overall_seconds=0.5))
    assert seen[0].status is Status.OK
    assert (samples(seen[0]).sent, samples(seen[0]).stopped) == (2, stopped)


def test_a_fault_of_the_probe_itself_ends_one_request_only(run: MakeRun, issued: Issued) -> None:
    with HttpsServer(server_context(issued), lambda _: reply(404)) as server:
        bad = LookAt(target(server.port, "bad\nname"), LOOPBACK)
        no_address = ResolveName(HOST, "A", Resolver("internal", "not-an-address"))
        seen = run()(bad, no_address, ask_proxy(server.port))
    assert [o.status for o in seen[-2:]] == [Status.FAILED, Status.OK]
    assert (seen[3].reason, seen[3].detail) == (Reason.INTERNAL, "ValueError")
    assert "\n" not in repr([o.target for o in seen[:3]])
    assert {o.status for o in seen[:3]} <= {Status.OK, Status.FAILED, Status.SKIPPED}
    assert any(o.reason is not None for o in seen[:3])


def test_a_silent_port_is_left_when_the_run_is_cancelled(run: MakeRun) -> None:
    """The far side sees the connection end: nothing stays open behind a cancelled run."""
    ended = threading.Event()

    def handle(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass
        ended.set()

    prober = run().prober
    with Server(handle) as server:
        request = look_at(server.port)
        listen = on_event(lambda e: e == Phase(request, "tls"), lambda: prober.cancel(request))
        asyncio.run(prober.run([request], listen))
        assert ended.wait(5)
