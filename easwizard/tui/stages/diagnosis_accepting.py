"""To live with a finding: asks for what, why and until when, or takes that back. What it means stands elsewhere.

The rules are in `diagnosis.accepted`; here they are only asked for, and told to the case as events.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import work

from easwizard.case.events import AcceptanceWithdrawn, FindingAccepted
from easwizard.case.mending import Acceptance
from easwizard.case.untrusted import visible
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.verdicts import Verdict
from easwizard.tui.last_day import HINT, last_day, why_no_last_day
from easwizard.tui.messages import Happened
from easwizard.tui.screens.choice import Choice, ChoiceScreen
from easwizard.tui.stages.pane import Pane
from easwizard.tui.widgets.form import Field, FormScreen
from easwizard.tui.widgets.outside import services_of

_LONGEST = 2_000
"""Characters kept of a reason."""
_MANY = 8
"""With more choices than that, typing narrows them down."""
_WHOLE = "all of it"
_BACK, _ACCEPT = "back", "accept"


class Accepting(Pane):
    """The key that accepts."""

    @property
    def finding(self) -> Finding | None:
        """The finding that is marked."""
        raise NotImplementedError

    @property
    def accepted(self) -> Sequence[Acceptance]:
        """What the case says was accepted, as it may be shown."""
        raise NotImplementedError

    @work(group="accepting", exclusive=True)
    async def action_accept(self) -> None:
        finding = self.finding
        if finding is None or finding.verdict is Verdict.RULED_OUT:
            self.notify("Mark a finding first, one that is not ruled out.", markup=False)
            return
        if getattr(getattr(self.screen, "opened", None), "journal", None) is None:
            self.post_message(Happened(()))  # the screen says why not, in its own words
            return
        own = [each for each in self.accepted if each.code == finding.code]
        scopes = ["", *(finding.subjects if len(finding.subjects) > 1 else ())]
        kind, number = await self._asked(finding, own, scopes)
        if kind == _BACK:
            self.post_message(Happened((AcceptanceWithdrawn(finding.code, own[number].scope),)))
        elif kind == _ACCEPT:
            await self._accept(finding, scopes[number], own)

    async def _asked(self, finding: Finding, own: Sequence[Acceptance], scopes: Sequence[str]) -> tuple[str, int]:
        """What to do, and with which acceptance or scope; nothing is asked where there is but one thing to do."""
        if not own and len(scopes) == 1:
            return _ACCEPT, 0
        taken_back = [
            Choice(f"{_BACK} {n}", f"Take back: {each.scope or _WHOLE}", f"until {each.until}: {each.reason}")
            for n, each in enumerate(own)
        ]
        offered = [Choice(f"{_ACCEPT} {n}", f"Accept: {scope or _WHOLE}") for n, scope in enumerate(scopes)]
        choices = [*taken_back, *offered]
        asked = ChoiceScreen("Live with it?", finding.title, choices, search=len(choices) > _MANY)
        chosen = await self.app.push_screen_wait(asked)
        kind, _, number = (chosen or "none 0").partition(" ")
        return kind, int(number)

    async def _accept(self, finding: Finding, scope: str, own: Sequence[Acceptance]) -> None:
        services = services_of(self)
        before = next((each for each in own if each.scope.casefold() == scope.casefold()), None)
        today = services.now().date()
        fields = (
            Field("reason", "Reason: why it is right to live with it", before.reason if before else "",
                  complaint=lambda text: None if text.strip() else "say why"),
            Field("until", "The last day on which that holds", before.until.isoformat() if before else "", HINT,
                  complaint=lambda text: why_no_last_day(text, today)),
        )  # fmt: skip
        about = f"{finding.title}\nfor {scope or _WHOLE}. It stays on all lists, marked as accepted."
        filled = await self.app.push_screen_wait(FormScreen("Accept a finding", about, fields))
        until = last_day(filled["until"]) if filled is not None else None
        if filled is None or until is None:
            return
        reason = visible(filled["reason"].strip(), _LONGEST)
        new = Acceptance(finding.code, scope, reason, until, services.who, services.now())
        self.post_message(Happened((FindingAccepted(new),)))
