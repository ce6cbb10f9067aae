"""Stage 2: the names and what each is for, what stands around them, and what may be used to sign in."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.events import (
    AccountsNamed,
    Answered,
    AnswerWithdrawn,
    CertificateChosen,
    MembersNamed,
    TargetsNamed,
)
from easwizard.case.requests import Target
from easwizard.diagnosis.legacy_names import INTERNAL_URL
from easwizard.exchange.inventory import Role
from easwizard.tui.messages import Copy
from easwizard.tui.privacy import privacy
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.estate_dialogs import EstateDialogs
from easwizard.tui.symbols import symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.estate_rows import LOOK_UP, Palette, account_key, certificate_words, estate_rows, name_key
from easwizard.tui.widgets.name_input import NameInput
from easwizard.tui.widgets.outside import keys_of
from easwizard.tui.widgets.plan_view import show_plan
from easwizard.tui.widgets.row_list import RowList
from easwizard.workflow.naming import targets_in
from easwizard.workflow.planning import resolving

_ANSWERS = (None, "yes", "no", UNKNOWN)
"""What the key for the InternalUrl goes through."""
_HINTS = {
    "products": "Which versions the organisation has decides the ways of a request. Enter changes it.",
    "tls-in-front": "What ends TLS before Exchange decides which certificate settings are right. Enter changes it.",
    "resolvers": "Give an internal and an external DNS server, and their answers are compared. Enter changes them.",
    "members": "Single machines behind a name, so that one bad member shows. Enter: HOST=IP, several at once.",
    "account": "With a test account whose mailbox is on the old version the fault is seen happening. Enter adds one.",
    "certificate": "The certificate of a test phone, PFX or PEM. Enter chooses the file; it is read, never copied.",
    "ca": "Where your own authority is not in this machine's store: a PEM file. Enter chooses it.",
    "plan": "Enter or p lists every question and request, before anything is sent. Ctrl+R begins.",
}


class EstatePane(EstateDialogs):
    """One field to add names, one list with everything else."""

    HELP: ClassVar[str] = """
# Estate

Paste the names that phones use and the legacy names, several at once, and press `Enter`: they are added with a
guessed role. `r` on a name changes its role, `Enter` its name or port, `Del` takes it out.

For a legacy name `i` answers **is it the InternalUrl of any ActiveSync virtual directory now?** (yes, no, don't
know). What such a name answers is a fault only if one uses it now; `c` copies the command that tells.

Everything else is one row each: `Enter` changes it. Passwords and passphrases stay in memory and are asked for again
next time. `p` lists everything that would be sent; `Ctrl+R` begins to look.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add names", tooltip="To the field for names"),
        Binding("r", "role", "Role", tooltip="The next role for this name"),
        Binding("i", "internal_url", "InternalUrl?", tooltip="Is this legacy name an InternalUrl now?"),
        Binding("delete,backspace", "remove", "Remove", show=False, tooltip="Take this row out"),
        Binding("p", "plan", "Plan", tooltip="Everything that would be sent, and to whom"),
        Binding("c", "copy", "Copy", show=False, tooltip="Copy the command that tells which names are InternalUrls"),
    ]
    DEFAULT_CSS = """
    EstatePane #names-said { height: 2; }
    EstatePane #estate-hint { height: 3; color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        yield NameInput(id="names", placeholder="names, e.g. mail.contoso.com, legacy.contoso.com")
        yield Static(id="names-said")
        yield RowList(id="estate")
        yield Static(id="estate-hint")

    def show(self, view: View) -> None:
        self._view = view
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def on_mount(self) -> None:
        self._draw_said()

    def take_focus(self) -> None:
        named = self._view is not None and bool(self._view.case.targets)
        self.query_one(RowList if named else NameInput).focus()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._to_mark: str | None = None
        """The row to mark as soon as it is there."""

    # Drawing

    def _draw(self) -> None:
        if self._view is None or not self.is_mounted:
            return
        listed = self.query_one(RowList)
        held, meant = keys_of(self), privacy(self.app).meant
        unmasked = frozenset(a.label for a in self.case.accounts if meant(a.label) in held.passwords)
        palette = Palette(listed.row_width, symbols(self.app), held, unmasked)
        listed.put(estate_rows(self.case, palette, _sending(self.case)))
        if self._to_mark is not None and listed.has(self._to_mark):
            listed.mark(self._to_mark)
            self._to_mark = None
        elif listed.highlighted is None:
            listed.mark(None)
        self._draw_hint()

    def redraw(self) -> None:
        """After something changed that is no part of the case."""
        self._draw()

    def _draw_said(self) -> None:
        self.query_one("#names-said", Static).update(self.query_one(NameInput).would_add())

    def _draw_hint(self) -> None:
        self.query_one("#estate-hint", Static).update(self._hint())

    def _hint(self) -> Content:
        marked = self.marked_name()
        if marked is not None and marked.role.is_legacy:
            return joined(
                plain("i", "bold"),
                ": is it the InternalUrl of any vdir now? ",
                plain("c", "bold"),
                " copies what tells: ",
                LOOK_UP,
            )
        if marked is not None:
            return plain(f"Role {marked.role}: r changes it. Enter changes the name or port, Del takes it out.")
        key = self.query_one(RowList).key or ""
        if key == "certificate" and self._view is not None and self.case.device_certificate is not None:
            return plain(certificate_words(self.case.device_certificate))
        if key.startswith("account "):
            return plain("Enter changes it: user name, mailbox, password. Del takes it out.")
        return plain(_HINTS.get(key, ""))

    # Names

    def marked_name(self) -> Target | None:
        """The name whose row is marked."""
        key = self.query_one(RowList).key
        targets = self._view.case.targets if self._view is not None else ()
        return next((target for target in targets if name_key(target) == key), None)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._draw_said()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        found = targets_in(event.value)
        if found.targets:
            known = {(target.host, target.port): target for target in self.case.targets}
            new = [target for target in found.targets if (target.host, target.port) not in known]
            self._to_mark = name_key((new or found.targets)[0])
            self.tell(TargetsNamed((*known.values(), *new)))
            event.input.value = ""
        if found.targets or not event.value.strip():
            self.query_one(RowList).focus()

    def on_name_input_left(self) -> None:
        self.query_one(RowList).focus()

    def action_add(self) -> None:
        self.query_one(NameInput).focus()

    def action_role(self) -> None:
        marked = self.marked_name()
        if marked is not None:
            roles = list(Role)
            self.put_name(marked, replace(marked, role=roles[(roles.index(marked.role) + 1) % len(roles)]))

    def action_internal_url(self) -> None:
        marked = self.marked_name()
        if marked is None or not marked.role.is_legacy:
            self.notify("Mark a legacy name first: only they are asked about.", markup=False)
            return
        question = INTERNAL_URL + marked.host
        now = _ANSWERS.index(self.case.answers.get(question))
        value = _ANSWERS[(now + 1) % len(_ANSWERS)]
        self.tell(AnswerWithdrawn(question) if value is None else Answered(question, value))

    def action_remove(self) -> None:
        key, marked = self.query_one(RowList).key or "", self.marked_name()
        if marked is not None:
            left = tuple(target for target in self.case.targets if target != marked)
            hosts = {target.host for target in left}
            members = tuple(member for member in self.case.members if member.host in hosts)
            self.tell(TargetsNamed(left), *((MembersNamed(members),) if members != self.case.members else ()))
        elif key.startswith("account "):
            gone = next(a for a in self.case.accounts if account_key(a.label) == key)
            keys_of(self).passwords.pop(privacy(self.app).meant(gone.label), None)
            self.tell(AccountsNamed(tuple(a for a in self.case.accounts if a != gone)))
        elif key == "certificate":
            held = keys_of(self)
            held.certificate_file = held.certificate_key = held.passphrase = None
            self.tell(CertificateChosen(None))
        elif key == "members":
            self.tell(MembersNamed(()))
        elif key in ("products", "tls-in-front"):
            self.tell(AnswerWithdrawn(key))

    # Rows

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._draw_hint()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._change(self.query_one(RowList).key or "")

    @work(exclusive=True, group="dialogs")
    async def _change(self, key: str) -> None:
        marked = self.marked_name()
        if key == "plan":
            self.action_plan()
        elif marked is not None:
            await self.ask_name(marked)
        elif key.startswith("account"):
            await self.ask_account(next((a for a in self.case.accounts if account_key(a.label) == key), None))
        else:
            await self.ask_about(key)

    def action_plan(self) -> None:
        if self._view is not None:
            show_plan(self, self.case)

    def action_copy(self) -> None:
        self.post_message(Copy(LOOK_UP, "the command that tells which names are InternalUrls"))


def _sending(case: Case) -> str:
    """What a run would send, in one line."""
    if not case.targets:
        return "nothing yet: no name is given"
    questions, names = len(resolving(case)), len(case.targets)
    parts = [f"{questions} DNS questions"] if questions else []
    parts.append(f"{names} name{'s' if names > 1 else ''} looked at")
    secrets = len(case.accounts) + (case.device_certificate is not None)
    parts.append(f"{secrets} sign-in{'s' if secrets > 1 else ''}" if secrets else "no sign-in")
    return ", ".join(parts)
