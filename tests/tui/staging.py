"""Opens a case at one stage, as the admin would by its number, and keeps what the wizard hands out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from textual.pilot import Pilot

from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
from easwizard.case.facts import Asked, CertificateDemand, HttpFacts, Observation, Reason, SampleFacts, Status
from easwizard.case.requests import Member, Resolver, Target
from easwizard.case.untrusted import visible
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning, Sent
from easwizard.exchange.routing import Mailbox
from easwizard.reports.model import Report
from easwizard.tui.app import Wizard
from easwizard.tui.services import Opened
from easwizard.tui.view import View
from easwizard.workflow.session import Unsaved
from easwizard.workflow.stages import Stage
from tests.end_to_end.checking import estate, look
from tests.problems.cases import AT, NOT_ASKED
from tests.tui.driving import SMALL, drive, screen_text, until
from tests.tui.services import FakeClipboard, FakePacker, FakePractice, services

HOSTILE = visible("[/x][@click=app.quit]q[bold]\x1b]8;;http://evil\x07\x1b[2J\u202e$name|`*_<b>")
"""As it stands in a case: markup as it was, control characters made visible where it entered."""


@dataclass
class Stand:
    """The wizard with one case open."""

    pilot: Pilot[None]
    clipboard: FakeClipboard
    journal: Unsaved
    folder: Path

    @property
    def view(self) -> View:
        view = getattr(self.pilot.app.screen, "view", None)
        assert isinstance(view, View)
        return view

    @property
    def case(self) -> Case:
        return self.journal.case

    @property
    def text(self) -> str:
        return screen_text(self.pilot)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def until(self, *texts: str) -> None:
        """Wait until all these are on the screen."""
        await until(self.pilot, lambda: all(text in self.text for text in texts), f"waited for {texts}")

    async def until_gone(self, text: str) -> None:
        await until(self.pilot, lambda: text not in self.text, f"'{text}' stayed")

    async def copied(self) -> str:
        await until(self.pilot, lambda: bool(self.clipboard.texts), "nothing was copied")
        return self.clipboard.texts[-1]


Story = Callable[[Stand], Awaitable[None]]


@dataclass
class Theatre:
    """Where a test begins."""

    folder: Path
    name: str = "contoso"
    clipboard: FakeClipboard = field(default_factory=FakeClipboard)
    packer: FakePacker = field(default_factory=FakePacker)
    practice: FakePractice = field(default_factory=FakePractice)

    def play(self, case: Case, stage: Stage, story: Story, size: tuple[int, int] = SMALL) -> None:
        """Open the case, go to the stage, and tell the story."""
        journal = Unsaved(case)
        copies = self.folder / "copied"
        outside = services(copies, clipboard=self.clipboard, packer=self.packer, practice=self.practice)
        app = Wizard(outside, Opened(self.name, case, journal))

        async def told(pilot: Pilot[None]) -> None:
            stand = Stand(pilot, self.clipboard, journal, self.folder)
            await until(pilot, lambda: getattr(pilot.app.screen, "view", None) is not None, "no view came")
            await stand.press(str(stage.number))
            await until(pilot, lambda: bool(pilot.app.screen.query(f"#stage-{stage}")), "the stage did not open")
            await story(stand)

        drive(app, told, size)


def article() -> Iterator[Report]:
    """A check of the article's estate, with accounts and a certificate."""
    with estate("article") as running:
        yield look(running, "account")


def is_harmless(text: str) -> bool:
    """Whether nothing on a screen can steer a terminal."""
    return all(line.isprintable() or not line for line in text.splitlines())


def hostile() -> Case:
    """A case in which everybody says what may harm a screen, in every field that a server or admin fills."""
    host = "[/x]" + "a" * 60 + ".test"
    old = "[@click=app.quit]old.test"
    targets = tuple(
        Target(name, 443, role)
        for name, role in ((host, Role.GENERIC), ("[bold]cert.test", Role.CERT), (old, Role.LEGACY_CERT),
                           ("oldmail.test", Role.LEGACY_GENERIC))
    )  # fmt: skip
    demand = CertificateDemand(Asked.PATH, HOSTILE, required=True, issuers=(HOSTILE * 20,))
    case = Case(
        Vantage(HOSTILE, (Resolver(HOSTILE, "127.0.0.1"),)),
        targets,
        accounts=(Account(HOSTILE, Mailbox(Product.E2007, HOSTILE)),),
        device_certificate=DeviceCertificate(HOSTILE, HOSTILE, HOSTILE),
        members=(Member(host, "192.0.2.9"),),
        answers={"tls-in-front": "nothing", f"internal-url:{old}": "yes", "internal-url:oldmail.test": "yes"},
    )
    looks = (
        _http(targets[0], ACTIVESYNC_PATH, 401, Meaning.BASIC_CHALLENGE, ("Basic", HOSTILE)),
        _http(targets[1], ACTIVESYNC_PATH, 200, Meaning.NOT_EXCHANGE, (HOSTILE,)),
        _http(targets[2], PROXY_PATH, 403, Meaning.CERTIFICATE_DEMANDED, (), demand),
        _http(targets[3], PROXY_PATH, 401, Meaning.LEG_ACCEPTED, ("Negotiate", "NTLM")),
        _samples(targets[0]),
    )
    failed = replace(looks[0], id=f"http:{HOSTILE}", status=Status.FAILED, reason=Reason.NOT_HTTP, detail=HOSTILE)
    return case.with_observations((*looks, failed))


def _http(
    target: Target, path: str, status: int, meaning: Meaning, challenges: tuple[str, ...],
    demand: CertificateDemand = NOT_ASKED,
) -> Observation:  # fmt: skip
    facts = HttpFacts(
        "192.0.2.1", "OPTIONS", path, status=status, meaning=meaning, challenges=challenges,
        headers={"x-feserver": HOSTILE, HOSTILE: HOSTILE * 40}, answered_by=HOSTILE, client_certificate=demand,
    )  # fmt: skip
    return Observation(f"http:{target.name}@192.0.2.1/none{path}", target.name, HOSTILE, Status.OK, facts, AT)


def _samples(target: Target) -> Observation:
    facts = SampleFacts(
        None, Sent.BASIC, HOSTILE, f"2007@{HOSTILE}", sent=14, ok=7, failed=7, crossed=14, crossed_failed=7,
        share_failed=0.5, interval=(0.27, 0.73), by_outcome={HOSTILE: 7, "200": 7}, by_server={HOSTILE: {"200": 7}},
    )  # fmt: skip
    return Observation(f"sample:{target.name}/basic/{HOSTILE}", target.name, HOSTILE, Status.OK, facts, AT)
