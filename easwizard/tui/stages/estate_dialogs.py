"""The questions behind the rows of the estate. Secrets go into the keys in memory, everything else into events."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from easwizard.case.case import UNKNOWN, Account, Case, Vantage
from easwizard.case.events import (
    AccountsNamed,
    Answered,
    CertificateChosen,
    Event,
    MembersNamed,
    TargetsNamed,
    VantageChosen,
)
from easwizard.case.requests import Resolver, Target
from easwizard.case.untrusted import visible
from easwizard.diagnosis.interview import AnswerError, check_answers, parse_answer
from easwizard.diagnosis.questions import QUESTIONS
from easwizard.tui.messages import Happened
from easwizard.tui.privacy import privacy
from easwizard.tui.screens.choice import Choice, ChoiceScreen
from easwizard.tui.screens.line import LineScreen
from easwizard.tui.services import Keys, WrongKey
from easwizard.tui.stages.pane import Pane
from easwizard.tui.view import View
from easwizard.tui.widgets.estate_rows import MAILBOX_LOOK_UP
from easwizard.tui.widgets.form import Field, FormScreen
from easwizard.tui.widgets.outside import keys_of, services_of
from easwizard.workflow import naming

_QUESTIONS = {question.id: question for question in QUESTIONS}
_USUAL_PRODUCTS = ("2007+2013", "2007+2010+2013", "2010+2013", "2010+2016", "2013+2016", "2016+2019")


class EstateDialogs(Pane):
    """A pane that can ask everything about the estate. Each question is awaited, so it belongs into a worker."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None

    @property
    def case(self) -> Case:
        """As it is drawn."""
        if self._view is None:
            raise RuntimeError("no view was shown yet")
        return self._view.case

    def tell(self, *events: Event) -> None:
        """What the admin did goes up; what it makes of the case comes back as a view."""
        self.post_message(Happened(events))

    def put_name(self, old: Target, new: Target) -> None:
        """Put one name in another's place."""
        named = (new if target == old else target for target in self.case.targets)
        self.tell(TargetsNamed(tuple({(target.host, target.port): target for target in named}.values())))

    def redraw(self) -> None:
        """After something changed that is no part of the case."""

    async def ask_about(self, key: str) -> None:
        """Ask what stands behind one row."""
        match key:
            case "products":
                await self._ask_products()
            case "tls-in-front":
                await self._ask_tls_in_front()
            case "resolvers":
                await self._ask_resolvers()
            case "members":
                await self._ask_members()
            case "certificate":
                await self._ask_certificate()
            case "ca":
                await self._ask_authorities()

    async def ask_name(self, target: Target) -> None:
        """Another spelling or port of a name; its role stays."""
        text = f"HOST or HOST:PORT. The role stays {target.role}; r changes it."
        line = await self._line("Change a name", text, target.name, naming.target)
        if line is not None:
            self.put_name(target, replace(naming.target(line), role=target.role))

    async def _line(self, title: str, text: str, value: str, read: naming.Reading) -> str | None:
        """One line that can be read."""
        screen = LineScreen(title, text, value, complaint=lambda line: naming.trouble(read, line.strip()))
        line = await self.app.push_screen_wait(screen)
        return line.strip() if line is not None else None

    # What stands around the names

    async def _ask_products(self) -> None:
        """Typed, and refused where two versions cannot be together; then the ways out of J20 are offered."""
        given = self.case.answer("products")
        text = "Join the versions with +, for example 2007+2013. There are: 2007, 2010, 2013, 2016, 2019, SE."

        def complaint(line: str) -> str | None:
            try:
                parse_answer(self.case, f"products={_joined(line)}")
            except AnswerError as error:
                return str(error)
            return None

        value = given if given != UNKNOWN else ""
        line = await self.app.push_screen_wait(
            LineScreen("Exchange versions", text, value, complaint=complaint, suggestions=_USUAL_PRODUCTS)
        )
        if line is not None:
            id, products = parse_answer(self.case, f"products={_joined(line)}")
            await self._settle_products(Answered(id, products))

    async def _settle_products(self, answer: Answered) -> None:
        answers = {**self.case.answers, answer.question: answer.value}
        try:
            for warning in check_answers(answers):
                self.notify(warning, severity="warning", timeout=15, markup=False)
        except AnswerError as error:
            why = str(error).partition(". If one")[0]
            question = _QUESTIONS["products-apart"]
            choices = [Choice(value.id, value.label) for value in question.values]
            choices.append(Choice("", "it was a slip: change the versions"))
            apart = await self.app.push_screen_wait(ChoiceScreen("These versions cannot be together", why, choices))
            if apart:
                self.tell(answer, Answered("products-apart", apart))
            elif apart is not None:
                await self._ask_products()
            return
        self.tell(answer)

    async def _ask_tls_in_front(self) -> None:
        question = _QUESTIONS["tls-in-front"]
        choices = [*(Choice(v.id, v.label) for v in question.values), Choice(UNKNOWN, "don't know")]
        chosen = await self.app.push_screen_wait(ChoiceScreen(question.text, question.why, choices))
        if chosen is not None:
            self.tell(Answered(question.id, chosen))

    async def _ask_resolvers(self) -> None:
        text = "LABEL=IP or LABEL=IP:PORT, several with blanks between, e.g. internal=10.0.0.53 external=192.0.2.53."
        text += " Leave it empty for this machine's own."
        value = naming.resolver_text(self.case.vantage.resolvers)
        line = await self._line("DNS servers to ask", text, value, naming.resolvers_in)
        if line is None:
            return
        services = services_of(self)
        resolvers = naming.resolvers_in(line)
        if not resolvers:
            found = await asyncio.to_thread(services.toolbox.resolvers)
            resolvers = tuple(Resolver(label, address, port) for label, address, port in found)
            if not resolvers:
                self.notify("This machine's DNS servers cannot be found; name one.", severity="warning", markup=False)
        self.tell(VantageChosen(Vantage(services.vantage, resolvers)))

    async def _ask_members(self) -> None:
        text = "HOST=IP or HOST=IP:PORT, several with blanks between. HOST is one of the names above. Empty: none."
        targets, value = self.case.targets, naming.member_text(self.case.members)
        line = await self._line(
            "Machines to reach directly", text, value, lambda words: naming.members_in(words, targets)
        )
        if line is not None:
            self.tell(MembersNamed(naming.members_in(line, targets)))

    # What opens doors

    async def ask_account(self, account: Account | None) -> None:
        """A test account with its mailbox; the password goes into memory only."""
        taken = {other.label for other in self.case.accounts if other != account}
        box = account.mailbox if account is not None else None
        stated = f"{box.product}@{box.site}" if box is not None and box.site else box.product.value if box else ""
        held = keys_of(self).passwords
        meant = privacy(self.app).meant
        known = account is not None and meant(account.label) in held

        def name_complaint(text: str) -> str | None:
            if not text.strip():
                return "say the user name, as it is typed into the phone"
            return "there is such an account already" if visible(text.strip(), 200) in taken else None

        fields = (
            Field(
                "user",
                "User name, as in the phone",
                account.label if account else "",
                "anna@contoso.com",
                complaint=name_complaint,
            ),
            Field("mailbox", "Mailbox: VERSION@AD-SITE", stated, "2007@London", complaint=_mailbox_complaint),
            Field("password", "Password", "", "unchanged" if known else "kept in memory only", secret=True),
        )
        text = f"Where its mailbox is decides what a failure means. {MAILBOX_LOOK_UP}"
        values = await self.app.push_screen_wait(FormScreen("Test account", text, fields))
        if values is not None:
            self._keep_account(account, values)

    def _keep_account(self, before: Account | None, values: Mapping[str, str]) -> None:
        label, box = visible(values["user"].strip(), 200), values["mailbox"].strip()
        account = Account(label, naming.mailbox(box) if box else None)
        held, meant = keys_of(self).passwords, privacy(self.app).meant
        old = held.pop(meant(before.label), None) if before is not None else None
        password = values["password"] or old
        if password:
            held[meant(label)] = password
        others = self.case.accounts
        if before is None:
            self.tell(AccountsNamed((*others, account)))
        else:
            self.tell(AccountsNamed(tuple(account if other == before else other for other in others)))
        self.redraw()

    async def _ask_certificate(self) -> None:
        """Asked for until the file opens, or until the admin leaves."""
        held = keys_of(self)
        values: Mapping[str, str] = {
            "file": str(held.certificate_file or ""),
            "key": str(held.certificate_key or ""),
            "passphrase": "",
        }
        said = ""
        while True:
            asked = await self.app.push_screen_wait(
                FormScreen("Client certificate", _CERTIFICATE, _files(values), said)
            )
            if asked is None:
                return
            if not asked["file"].strip():
                held.certificate_file = held.certificate_key = held.passphrase = None
                self.tell(CertificateChosen(None))
                return
            values, wanted = {**asked, "passphrase": ""}, _keys_of(asked)
            try:
                read = await asyncio.to_thread(services_of(self).toolbox.certificate, wanted)
            except WrongKey as error:
                said = visible(str(error))
                continue
            held.certificate_file, held.certificate_key = wanted.certificate_file, wanted.certificate_key
            held.passphrase = wanted.passphrase
            self.tell(CertificateChosen(read))
            self.redraw()
            return

    async def _ask_authorities(self) -> None:
        held = keys_of(self)
        text = "A PEM file with the authorities that signed your servers' certificates. Empty: this machine's only."
        screen = LineScreen("Trusted authorities", text, str(held.ca_file or ""), complaint=lambda _: None)
        line = await self.app.push_screen_wait(screen)
        if line is None:
            return
        path = _path(line)
        if path is not None and not await asyncio.to_thread(path.is_file):
            self.notify(f"{path}: there is no such file; nothing was changed.", severity="error", markup=False)
            return
        held.ca_file = path
        self.redraw()


_CERTIFICATE = "The certificate of a test phone with its private key. The file is read now and never copied."


def _files(values: Mapping[str, str]) -> tuple[Field, ...]:
    return (
        Field("file", "PFX or PEM file", values["file"], "a path, e.g. C:\\temp\\phone.pfx; empty: none"),
        Field("key", "Key file, where the key is apart", values["key"], "only for PEM files without their key"),
        Field("passphrase", "Passphrase", "", "where the file has one; kept in memory only", secret=True),
    )


def _keys_of(values: Mapping[str, str]) -> Keys:
    return Keys(
        certificate_file=_path(values["file"]),
        certificate_key=_path(values["key"]),
        passphrase=values["passphrase"] or None,
    )


def _path(text: str) -> Path | None:
    """A path as it is pasted on Windows, in quotes, or with a home folder."""
    bare = text.strip().strip('"')
    return Path(bare).expanduser() if bare else None


def _joined(text: str) -> str:
    """Versions parted by anything."""
    return "+".join(part for part in text.replace("+", " ").replace(",", " ").split())


def _mailbox_complaint(text: str) -> str | None:
    return naming.trouble(naming.mailbox, text.strip()) if text.strip() else None
