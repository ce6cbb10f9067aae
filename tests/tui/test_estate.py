"""Stage 2 by keys: names pasted and corrected, what stands around them, and secrets that stay in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste

from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
from easwizard.case.events import events_of
from easwizard.case.requests import Member, Resolver, Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox
from easwizard.tui.services import Keys
from easwizard.workflow.stages import Stage
from tests.tui.driving import LARGE, SMALL, until
from tests.tui.fakes_probes import ScriptedToolbox, play
from tests.tui.staging import Stand, hostile, is_harmless

EMPTY = Case(Vantage("jump"))
GENERIC = Target("mail.a.test", 443, Role.GENERIC)
LEGACY = Target("legacycert.a.test", 443, Role.LEGACY_CERT)
NAMED = replace(EMPTY, targets=(GENERIC, LEGACY))
PASSWORD = "Winter-is-coming-7"


async def to_row(stand: Stand, label: str) -> None:
    """Walk down until the row is marked; its hint or its form is the next thing that the test looks at."""
    from easwizard.tui.widgets.row_list import RowList

    rows = stand.pilot.app.screen.query_one("#estate", RowList)
    for _ in range(30):
        if rows.key == label:
            return
        await stand.press("down")
    raise AssertionError(f"there is no row {label}")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_pasted_names_are_added_at_once_and_looked_at(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        field = stand.pilot.app.focused
        assert field is not None
        assert field.id == "names"
        field.post_message(Paste("mail.a.test\ncert.a.test, https://legacy.a.test/x\nlegacycert.a.test:443"))
        await stand.until("Enter adds 4")
        await stand.press("enter")
        await stand.until("legacy-generic", "legacy-cert", "4 names looked at, no sign-in")
        assert [t.role for t in stand.case.targets] == [
            Role.GENERIC, Role.CERT, Role.LEGACY_GENERIC, Role.LEGACY_CERT,
        ]  # fmt: skip
        await stand.press("ctrl+r")
        await until(stand.pilot, lambda: len(box.prober_made.asked) == 8, "the names were not asked for")

    play(tmp_path, EMPTY, Stage.ESTATE, story, size=size)


def test_a_wrong_name_is_said_while_it_is_typed_and_not_taken(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.press(*"mail.a.test:99999")
        await stand.until("99999 is no port")
        await stand.press("enter")
        await stand.until("99999 is no port")
        assert stand.case.targets == ()

    play(tmp_path, EMPTY, Stage.ESTATE, story)


def test_a_role_goes_round_and_a_name_can_be_changed_and_taken_out(tmp_path: Path) -> None:
    case = replace(NAMED, members=(Member("mail.a.test", "127.0.0.9"), Member("legacycert.a.test", "127.0.0.8")))

    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("mail.a.test")
        await stand.press("r")
        await until(stand.pilot, lambda: stand.case.targets[0].role is Role.CERT)
        await stand.until("Role cert")
        await stand.press("enter")
        await stand.until("Change a name")
        await stand.press(*"post.a.test:444", "enter")
        await until(stand.pilot, lambda: stand.case.targets[0] == Target("post.a.test", 444, Role.CERT))
        await stand.until("post.a.test:444")
        await to_row(stand, "name legacycert.a.test:443")
        await stand.press("delete")
        await until(stand.pilot, lambda: len(stand.case.targets) == 1)
        assert all(member.host != "legacycert.a.test" for member in stand.case.members)

    play(tmp_path, case, Stage.ESTATE, story)


def test_i_answers_whether_a_legacy_name_is_an_internal_url(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("? i answers")
        await stand.press("i")
        await stand.until("Mark a legacy name first")
        await stand.press("down")
        await stand.until("c copies what tells")
        for word, value in (("✓ yes", "yes"), ("- no", "no"), ("? don't know", "unknown")):
            await stand.press("i")
            await stand.until(word)
            assert stand.case.answer("internal-url:legacycert.a.test") == value
        await stand.press("i")
        await until(stand.pilot, lambda: not stand.case.answers)
        await stand.press("c")
        assert "Get-ActiveSyncVirtualDirectory" in await stand.copied()

    play(tmp_path, NAMED, Stage.ESTATE, story)


def test_versions_that_cannot_be_together_are_refused_with_ways_out(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await to_row(stand, "products")
        await stand.press("enter")
        await stand.until("Exchange versions")
        await stand.press(*"2008")
        await stand.until("is no version")
        await stand.press("backspace", *"7 2016", "enter")
        await stand.until("These versions cannot be together", "in another forest", "in the past")
        assert "products" not in stand.case.answers
        await stand.press("down", "enter")
        await until(stand.pilot, lambda: "products" in stand.case.answers)
        assert dict(stand.case.answers) == {"products": "2007+2016", "products-apart": "past"}

    play(tmp_path, NAMED, Stage.ESTATE, story)


def test_what_ends_tls_resolvers_and_members(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await to_row(stand, "tls-in-front")
        await stand.press("enter")
        await stand.until("What ends TLS in front")
        await stand.press("down", "enter")
        await until(stand.pilot, lambda: stand.case.answer("tls-in-front") == "bridging")
        await to_row(stand, "resolvers")
        await stand.press("enter")
        await stand.until("DNS servers to ask")
        await stand.press(*"127.0.0.x")
        await stand.until("is no IP address")
        await stand.press("backspace", *"7 external=127.0.0.8:5353", "enter")
        await until(stand.pilot, lambda: len(stand.case.vantage.resolvers) == 2)
        assert stand.case.vantage.resolvers == (
            Resolver("internal", "127.0.0.7"), Resolver("external", "127.0.0.8", 5353),
        )  # fmt: skip
        await to_row(stand, "members")
        await stand.press("enter")
        await stand.until("Machines to reach directly")
        await stand.press(*"mial.a.test=127.0.0.9")
        await stand.until("nearest: mail.a.test")
        await stand.press("ctrl+u", *"mail.a.test=127.0.0.9:444", "enter")
        await until(stand.pilot, lambda: stand.case.members == (Member("mail.a.test", "127.0.0.9", 444),))

    play(tmp_path, NAMED, Stage.ESTATE, story)


def test_an_empty_resolver_field_means_this_machines_own(tmp_path: Path) -> None:
    case = replace(NAMED, vantage=Vantage("jump", (Resolver("old", "127.0.0.7"),)))

    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await to_row(stand, "resolvers")
        await stand.press("enter")
        await stand.until("DNS servers to ask")
        await stand.press("ctrl+u", "ctrl+k", "delete", "enter")
        await until(stand.pilot, lambda: stand.case.vantage.resolvers == (Resolver("system", "127.0.0.53"),))

    play(tmp_path, case, Stage.ESTATE, story)


def test_a_password_goes_into_memory_and_nowhere_else(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, keys: Keys) -> None:
        await to_row(stand, "account")
        await stand.press("enter")
        await stand.until("Test account", "Password")
        await stand.press(*"anna@a.test", "enter", *"2008@London")
        await stand.until("is no product")
        await stand.press("home", "delete", "delete", "delete", "delete", *"2007", "enter", *PASSWORD)
        assert PASSWORD not in stand.text
        await stand.press("enter")
        await stand.until("✓ held")
        assert stand.case.accounts == (Account("anna@a.test", Mailbox(Product.E2007, "London")),)
        assert keys.passwords == {"anna@a.test": PASSWORD}
        assert PASSWORD not in repr(events_of(stand.case)) + repr(keys) + stand.text
        await to_row(stand, "account anna@a.test")
        await stand.press("delete")
        await until(stand.pilot, lambda: stand.case.accounts == ())
        assert keys.passwords == {}

    play(tmp_path, NAMED, Stage.ESTATE, story)


def test_a_password_that_is_gone_is_asked_for_again(tmp_path: Path) -> None:
    case = replace(NAMED, accounts=(Account("anna@a.test", Mailbox(Product.E2007, "London")),))

    async def story(stand: Stand, _: ScriptedToolbox, keys: Keys) -> None:
        await stand.until("! no password")
        await to_row(stand, "account anna@a.test")
        await stand.press("enter")
        await stand.until("User name, as in the phone")
        await stand.press("enter", "enter", *"new", "enter")
        await stand.until("✓ held")
        assert keys.passwords == {"anna@a.test": "new"}
        assert stand.case.accounts == case.accounts

    play(tmp_path, case, Stage.ESTATE, story)


def test_a_certificate_is_asked_for_until_it_opens(tmp_path: Path) -> None:
    read = DeviceCertificate(
        "phone.pfx", "CN=anna", "CN=Test CA", not_after="2027-01-31T00:00:00Z", upn="anna@a.test", for_clients=False
    )
    box = ScriptedToolbox(passphrase=PASSWORD, read=read)

    async def story(stand: Stand, _: ScriptedToolbox, keys: Keys) -> None:
        await to_row(stand, "certificate")
        await stand.press("enter")
        await stand.until("PFX or PEM file")
        await stand.press(*"phone.pfx", "enter", "enter", *"wrong", "enter")
        await stand.until("wrong passphrase")
        assert stand.case.device_certificate is None
        assert keys.certificate_file is None
        await stand.press("enter", "enter", *PASSWORD, "enter")
        await stand.until("issuer CN=Test CA", "valid to 2027-01-31", "for signing in NO")
        assert stand.case.device_certificate == read
        assert (keys.certificate_file, keys.passphrase) == (Path("phone.pfx"), PASSWORD)
        assert PASSWORD not in repr(events_of(stand.case)) + stand.text
        await stand.press("delete")
        await until(stand.pilot, lambda: stand.case.device_certificate is None)
        assert keys.passphrase is None

    play(tmp_path, NAMED, Stage.ESTATE, story, toolbox=box)


def test_an_authority_file_must_be_there(tmp_path: Path) -> None:
    there = tmp_path / "ca.pem"
    there.write_text("x", encoding="utf-8")

    async def story(stand: Stand, _: ScriptedToolbox, keys: Keys) -> None:
        for text, held in ((str(tmp_path / "none.pem"), None), (str(there), there)):
            await to_row(stand, "ca")
            await stand.press("enter")
            await stand.until("A PEM file with the authorities")
            await stand.press(*text, "enter")
            await stand.until("there is no such file" if held is None else "and ca.pem")
            assert keys.ca_file == held

    play(tmp_path, NAMED, Stage.ESTATE, story)


def test_the_plan_lists_what_would_be_sent(tmp_path: Path) -> None:
    async def story(stand: Stand, box: ScriptedToolbox, _: Keys) -> None:
        await stand.until("mail.a.test")
        await stand.press("p")
        await stand.until("What would be sent", "OPTIONS /Microsoft-Server-ActiveSync")
        await stand.press("escape")
        await stand.until_gone("What would be sent, and to whom")
        assert box.prober_made.asked == []

    play(tmp_path, NAMED, Stage.ESTATE, story)


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)])
def test_hostile_names_stay_text(tmp_path: Path, size: tuple[int, int]) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        await stand.until("[@click=app.quit]o")
        for _key in range(len(stand.case.targets) + 9):
            await stand.press("down")
            assert is_harmless(stand.text)
        await stand.press("p")
        await stand.until("What would be sent")
        assert is_harmless(stand.text)

    play(tmp_path, hostile(), Stage.ESTATE, story, size=size)


def test_hostile_text_that_is_pasted_is_harmless_and_refused(tmp_path: Path) -> None:
    async def story(stand: Stand, _: ScriptedToolbox, __: Keys) -> None:
        field = stand.pilot.app.focused
        assert field is not None
        field.post_message(Paste("[/x]\x1b]0;title\x07 \u202ebad! " + "a" * 10_000))
        await stand.until("\\x1b")
        await stand.press("enter")
        assert stand.case.targets == ()
        assert is_harmless(stand.text)

    play(tmp_path, EMPTY, Stage.ESTATE, story)
