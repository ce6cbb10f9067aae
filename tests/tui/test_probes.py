"""Stage 3 by keys: the live matrix, ending and repeating, what was said, and sign-ins with their interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from easwizard.case.case import Account, Case, Vantage
from easwizard.case.facts import DnsFacts, DnsOutcome, HttpFacts, Observation, SampleFacts, Status, TcpFacts, TlsFacts
from easwizard.case.progress import Finished, Phase, Sampled, Started
from easwizard.case.requests import LookAt, Request, ResolveName, Resolver, SampleSignIn, Target
from easwizard.cli.practice import PracticeEstates
from easwizard.cli.toolbox import Tools
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent
from easwizard.exchange.routing import Mailbox
from easwizard.probes.identity import dns_id, http_id, sample_id, tcp_id, tls_id
from easwizard.tui.app import Wizard
from easwizard.tui.services import Keys, Opened, Practice
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.tui.driving import LARGE, SMALL, drive, until
from tests.tui.fakes_probes import ScriptedProber, ScriptedToolbox, play
from tests.tui.services import FakeClipboard, services
from tests.tui.staging import HOSTILE, Stand, hostile, is_harmless

AT = datetime(2026, 1, 1, 14, 2, tzinfo=UTC)
INSIDE = Resolver("internal", "127.0.0.1")
MAIL = Target("mail.a.test", 443, Role.GENERIC)
CASE = Case(
    Vantage("jump", (INSIDE,)),
    (MAIL,),
    (Account("anna", Mailbox(Product.E2007, "London")),),
    answers={"cutover": "after"},
)
QUESTION = ResolveName(MAIL.host, "A", INSIDE)
PLACE = "192.0.2.1"
LOOK = LookAt(MAIL, PLACE)
SAMPLE = SampleSignIn(MAIL, (PLACE,), Sent.BASIC, "anna", CASE.accounts[0].mailbox, 20, predicted_failed=0.5)
HALF = SampleFacts(
    PLACE, Sent.BASIC, "anna", "2007@London", sent=9, ok=5, failed=4, crossed=9, crossed_failed=4, runs=6,
    share_failed=4 / 9, interval=(0.19, 0.73), predicted_failed=0.5, predicted_basis="inventory", more_needed=3,
    by_outcome={"200": 5, "403": 4},
)  # fmt: skip


def seen(id: str, facts: DnsFacts | TcpFacts | TlsFacts | HttpFacts | SampleFacts) -> Observation:
    return Observation(id, MAIL.host if isinstance(facts, DnsFacts) else MAIL.name, "jump", Status.OK, facts, AT)


ADDRESS = seen(dns_id(QUESTION), DnsFacts("internal", MAIL.host, "A", DnsOutcome.ANSWER, (PLACE,), ttl=300))
LOOKED = (
    seen(tcp_id(MAIL, PLACE), TcpFacts(PLACE, 443, "open")),
    seen(tls_id(MAIL, PLACE), TlsFacts(PLACE, protocol="TLSv1.2", trusted=True, name_matches=True)),
    seen(
        http_id(MAIL, PLACE, ACTIVESYNC_PATH),
        HttpFacts(
            PLACE, "OPTIONS", ACTIVESYNC_PATH, status=401, challenges=("Basic",), meaning=Meaning.BASIC_CHALLENGE,
            headers={"x-feserver": "EX13A"}, answered_by="EX13A",
        ),
    ),
)  # fmt: skip
SEEN = CASE.with_observations((ADDRESS, *LOOKED))


async def begun(stand: Stand, prober: ScriptedProber) -> None:
    """Start a run and wait until it asks."""
    await stand.press("ctrl+r")
    await until(stand.pilot, lambda: bool(prober.asked), "nothing was asked")


def end_step(prober: ScriptedProber, given: dict[Request, tuple[Observation, ...]]) -> None:
    """End every request that waits, with what it showed."""
    prober.tell(*(Finished(request, given.get(request, ())) for request in prober.waiting))


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_before_anything_it_says_what_will_be_done_and_enter_begins(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        await stand.until("Nothing was looked at yet", "Enter begins", "ask internal for 1 name", "1 account")
        assert box.prober_made.asked == []
        await stand.press("enter")
        await until(stand.pilot, lambda: QUESTION in box.prober_made.asked)

    play(tmp_path, CASE, Stage.PROBES, story, size=size)


def test_without_a_name_it_sends_to_stage_2(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("No name to look at yet: stage 2")

    play(tmp_path, Case(Vantage("jump")), Stage.PROBES, story)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_steps_are_shown_as_they_run_and_samples_as_they_come(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        prober = box.prober_made
        await begun(stand, prober)
        prober.tell(Started(QUESTION), Phase(QUESTION, "dns"))
        await stand.until("Resolving: 0 of 2 done", "▸ 0/5s")
        end_step(prober, {QUESTION: (ADDRESS,)})
        await until(stand.pilot, lambda: LOOK in prober.asked)
        await stand.until(PLACE, "· ")
        prober.tell(Started(LOOK), Phase(LOOK, "tls"))
        await stand.until("✓ open", "▸ 0/10s")
        prober.tell(Phase(LOOK, "first_byte"))
        await stand.until("▸ 0/60s")
        end_step(prober, {LOOK: LOOKED})
        await stand.until("✓ 1.2", "✓ 401")
        await until(stand.pilot, lambda: len(prober.waiting) == 1)
        end_step(prober, {})
        await until(stand.pilot, lambda: any(isinstance(r, SampleSignIn) for r in prober.waiting))
        sampling = next(r for r in prober.waiting if isinstance(r, SampleSignIn))
        prober.tell(Started(sampling), *(Sampled(sampling, n, "200", replace(HALF, sent=n)) for n in range(1, 10)))
        await stand.until("signing in", "▸ 9 of 20", "ok 5   failed 4   crossed 9   runs 6", "3 more would settle it")
        await stand.until("seen 4 of 9 = 44 %", "19 to 73 %", "predicted 50 %", "▓│▓")
        await stand.until("of pauses to come")
        end_step(prober, {sampling: (seen(sample_id(sampling), HALF),)})
        await stand.until("Looked at 2026-01-01 14:02 UTC", "! 5 ok, 4 failed")

    play(tmp_path, CASE, Stage.PROBES, story, size=size)


def test_one_row_can_be_ended_and_all(tmp_path: Path) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        prober = box.prober_made
        await stand.press("x")
        await stand.until("Nothing runs at this row")
        await begun(stand, prober)
        await stand.until("Resolving")
        await stand.press("x")
        await until(stand.pilot, lambda: set(prober.cancelled) == set(prober.waiting), "x did not end the row's own")
        await stand.press("ctrl+x")
        await stand.until("Nothing was looked at yet")

    play(tmp_path, CASE, Stage.PROBES, story)


def test_a_row_is_looked_at_again_and_only_that(tmp_path: Path) -> None:
    case = replace(SEEN, targets=(MAIL, Target("cert.a.test", 443, Role.CERT)))

    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        await stand.until("✓ 401")
        await stand.press("down", "r")
        await until(stand.pilot, lambda: LOOK in box.prober_made.asked)
        assert all(getattr(request, "address", None) == PLACE for request in box.prober_made.asked)

    play(tmp_path, case, Stage.PROBES, story)


def test_sign_ins_of_an_opened_case_are_shown_and_repeated(tmp_path: Path) -> None:
    case = SEEN.with_observations((seen(sample_id(SAMPLE), HALF),))

    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        await stand.until("seen 4 of 9 = 44 %", "predicted 50 % by the inventory")
        await stand.press("end", "r")
        await until(stand.pilot, lambda: bool(box.prober_made.asked))
        assert [sample_id(r) for r in box.prober_made.asked if isinstance(r, SampleSignIn)] == [sample_id(SAMPLE)]

    play(tmp_path, case, Stage.PROBES, story)


def test_enter_shows_what_was_said_and_c_copies_it(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("✓ 401")
        await stand.press("down", "enter")
        await stand.until("mail.a.test:443 at 192.0.2.1", "DNS A mail.a.test at internal", "192.0.2.1  ttl 300 s")
        await stand.press("c")
        text = await stand.copied()
        assert "< x-feserver: EX13A" in text
        await stand.press("escape")
        await stand.until("✓ 401")

    play(tmp_path, SEEN, Stage.PROBES, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_names_and_headers_stay_text(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("signing in")
        rows = stand.pilot.app.screen.query_one("#matrix", RowList)
        for _key in range(rows.option_count):
            assert is_harmless(stand.text)
            await stand.press("enter")
            await until(stand.pilot, lambda: bool(stand.pilot.app.screen.query("#reading")))
            assert is_harmless(stand.text)
            await stand.press("escape", "down")
        await stand.press("end", "enter")
        await until(stand.pilot, lambda: HOSTILE[:8] in stand.text)

    play(tmp_path, hostile(), Stage.PROBES, story, size=size)


def test_growing_and_shrinking_during_a_run_harms_nothing(tmp_path: Path) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        await begun(stand, box.prober_made)
        for columns, lines in ((60, 20), (120, 40), (30, 10), (80, 24)):
            await stand.pilot.resize_terminal(columns, lines)
            await stand.pilot.pause()
        await stand.until("mail.a.test")

    play(tmp_path, SEEN, Stage.PROBES, story)


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    estates = PracticeEstates(seed=7)
    try:
        yield estates.start("article")
    finally:
        estates.stop()


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_practice_estate_is_looked_at_for_real(practice: Practice, tmp_path: Path, size: tuple[int, int]) -> None:
    """Real probes against real servers on loopback."""
    assert all(resolver.address.startswith("127.") for resolver in practice.case.vantage.resolvers)
    journal, clipboard = Unsaved(practice.case), FakeClipboard()
    outside = replace(services(tmp_path, clipboard=clipboard), vantage=practice.case.vantage.host, toolbox=Tools())
    app = Wizard(outside, practice=None)

    async def told(pilot: object) -> None:
        app.open_case(Opened("article", practice.case, journal), practice.keys, practice.pace_seconds)
        stand = Stand(pilot, clipboard, journal, tmp_path)  # type: ignore[arg-type]
        await until(stand.pilot, lambda: getattr(app.screen, "view", None) is not None)
        await stand.press("3")
        await stand.until("Nothing was looked at yet")
        await stand.press("enter")
        await stand.until("Looked at", "✓ open", "✓ 1.2", "✓ path", "! 403", "predicted 50 %")
        crossed = [facts.crossed for _, facts in journal.case.seen(SampleFacts)]
        assert max(crossed) >= 7

    drive(app, told, size)
