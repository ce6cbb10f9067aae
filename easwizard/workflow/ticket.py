"""The helpdesk's page: ten lines about one call, as text for the ticket (J26).

What the case knows fills them: answers, the inventory, the certificate at hand, what was seen, the diagnosis. What no
question of the interview covers is told by hand and kept in the case. What nobody told stands there as "?" with the
question to ask, so that the next call asks it. Nothing is guessed: what was seen from here is not the phone's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.facts import SampleFacts
from easwizard.case.untrusted import visible
from easwizard.diagnosis.finding import Diagnosis
from easwizard.diagnosis.interview import questions_for
from easwizard.diagnosis.outcome import outcome
from easwizard.workflow.stages import GRID

OPEN = "?"
"""What stands where nobody told anything."""
LONGEST = 400
"""Characters kept of what somebody told for one part."""
_MOST_NAMED = 4
_FAILS = ("password phones, old mailbox", "certificate phones, old mailbox",
          "password phones, new mailbox", "certificate phones, new mailbox")  # fmt: skip
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::(\d\d))?(?: ?(Z|UTC))?", re.IGNORECASE)

When = Callable[[datetime], str]
"""Writes a moment down, in UTC and by the clock on the wall."""


@dataclass(frozen=True)
class Part:
    """One thing that a line tells."""

    label: str
    text: str
    """Empty where nobody told."""
    ask: str = ""
    """The question that fills it; empty where looking fills it."""
    field: str = ""
    """Its id in `Case.ticket`; empty where it is told elsewhere."""


@dataclass(frozen=True)
class Line:
    """One of the ten lines."""

    number: int
    title: str
    parts: tuple[Part, ...]

    @property
    def words(self) -> str:
        """E.g. `2 User: user: anna | mailbox server: ?`."""
        told = " | ".join(f"{part.label}: {part.text or OPEN}" for part in self.parts)
        return f"{self.number:>2} {self.title}: {told}"


@dataclass(frozen=True)
class Asked:
    """One part that is told by hand: where it stands, how it is called, what to ask for it."""

    line: int
    field: str
    label: str
    ask: str
    is_time: bool = False


_WITH_TIME = "with day and time, e.g. 2026-01-31 08:15 (your clock) or 2026-01-31 08:15 UTC"
BY_HAND: tuple[Asked, ...] = (
    Asked(1, "how-many", "how many", "How many users or devices fail, and of how many?"),
    Asked(1, "since", "since", f"Since when does it fail, {_WITH_TIME}?", is_time=True),
    Asked(2, "user", "user", "Which user is it (sign-in name)?"),
    Asked(2, "mailbox-server", "mailbox server", "On which server is the mailbox? Get-Mailbox NAME | fl ServerName"),
    Asked(2, "mailbox-version", "version", "Which Exchange version does that server run?"),
    Asked(2, "mailbox-site", "AD site", "In which AD site is that server?"),
    Asked(2, "mailbox-place", "place", "Is the mailbox on premises or in the cloud?"),
    Asked(3, "device-id", "device id", "Which device id? It stands in the phone's mail settings, or in the log."),
    Asked(3, "device-model", "model", "Which model of phone?"),
    Asked(3, "device-os", "OS", "Which operating system, with its version?"),
    Asked(3, "device-app", "app", "Which app does it use for mail?"),
    Asked(3, "eas-version", "ActiveSync version", "Which ActiveSync version (MS-ASProtocolVersion, e.g. 14.1)?"),
    Asked(4, "failure-1", "failed first", f"When exactly did it fail, {_WITH_TIME}?", is_time=True),
    Asked(4, "failure-2", "failed again", f"A second time when it failed, {_WITH_TIME}?", is_time=True),
    Asked(4, "failure-3", "and again", f"A third time when it failed, {_WITH_TIME}?", is_time=True),
    Asked(4, "success", "worked", f"And one time when it worked, {_WITH_TIME}?", is_time=True),
    Asked(5, "phone-server", "server in the phone", "Which server name stands in the phone's account settings?"),
    Asked(5, "phone-network", "network", "Over which network: the company's Wi-Fi, mobile data, VPN?"),
    Asked(6, "phone-says", "the phone says", "What does the phone show, word for word?"),
    Asked(6, "http-status", "HTTP status", "Which HTTP status did the phone get (from its log, or the server's)?"),
    Asked(6, "request-id", "request-id", "Which request-id stood in that answer?"),
    Asked(6, "fe-server", "X-FEServer", "Which X-FEServer stood in that answer?"),
    Asked(7, "outlook", "Outlook", "Does Outlook work for the same user?"),
    Asked(7, "lock-out", "locked out", "Is the account locked out, or was it lately?"),
    Asked(8, "access-state", "access state", "Is the device allowed, blocked or in quarantine?"),
    Asked(8, "eas-enabled", "ActiveSyncEnabled", "What does Get-CASMailbox NAME | fl ActiveSyncEnabled say?"),
    Asked(9, "certificate", "the user's certificate", "Its serial number, issuer, end, UPN; or: none is used"),
    Asked(9, "certificate-template", "template", "From which template was it issued?"),
    Asked(10, "tried", "tried", "What was tried already, and what came of it?"),
    Asked(10, "changes", "changes of the last 7 days", "What was changed in the last 7 days, and when?"),
    Asked(10, "call-back", "call back", "Whom to call back, and how?"),
)
"""Everything that can be told by hand, in the order of the page."""
_TITLES = ("Impact", "User", "Device", "Times", "Reached", "Answer", "Same user", "Policy", "Certificate", "Result")


def ticket(case: Case, diagnosis: Diagnosis, when: When, zone: tzinfo | None = None) -> tuple[Line, ...]:
    """The ten lines. Local times that were typed are of `zone`, or of this machine."""
    by_hand = {asked.field: _told(asked, case, when, zone) for asked in BY_HAND}
    parts = {
        1: tuple(_impact(case, by_hand)),
        2: tuple(by_hand[field] for field in _fields(2)),
        3: tuple(_or(by_hand[f], _answer(case, "app") if f == "device-app" else "") for f in _fields(3)),
        4: tuple(by_hand[field] for field in _fields(4)),
        5: (by_hand["phone-server"], _or(by_hand["phone-network"], _answer(case, "network")), *_looked_at(case)),
        6: (*(by_hand[field] for field in _fields(6)), *_seen(case)),
        7: tuple(_same_user(case, by_hand)),
        8: tuple(by_hand[field] for field in _fields(8)),
        9: tuple(_certificate(case, by_hand)),
        10: tuple(_result(case, diagnosis, by_hand, when)),
    }
    return tuple(Line(number, title, parts[number]) for number, title in enumerate(_TITLES, start=1))


def to_ask(lines: tuple[Line, ...]) -> tuple[Part, ...]:
    """The parts that nobody told yet and that a question would fill, in the order of the page."""
    return tuple(part for line in lines for part in line.parts if not part.text and part.ask)


def as_text(lines: tuple[Line, ...], made: str, mark: str) -> str:
    """The page for pasting, ending in a line end; `made` says when that was, `mark` how its names are."""
    asked = [f"  - {part.label}: {part.ask}" for part in to_ask(lines)]
    rest = ["", f"Still to ask ({len(asked)}):", *asked] if asked else []
    return "\n".join([f"Ticket of {made}. {mark}.", *(line.words for line in lines), *rest]) + "\n"


def _fields(line: int) -> Iterator[str]:
    return (asked.field for asked in BY_HAND if asked.line == line)


def _told(asked: Asked, case: Case, when: When, zone: tzinfo | None) -> Part:
    """What was told by hand; of a mailbox server that is known, version and AD site follow."""
    text = visible(case.ticket.get(asked.field, "").strip(), LONGEST)
    if asked.is_time:
        text = in_both(text, when, zone)
    if not text and asked.field in ("mailbox-version", "mailbox-site"):
        text = _of_server(case, asked.field)
    if not text and asked.field == "mailbox-place" and case.answer("hybrid") == "no":
        text = "on premises (no mailbox is in the cloud)"
    return Part(asked.label, text, asked.ask, asked.field)


def _of_server(case: Case, field: str) -> str:
    named = case.ticket.get("mailbox-server", "").strip().casefold()
    found = next((s for s in case.inventory.servers if named and named in (s.name.casefold(), _folded(s.fqdn))), None)
    if found is None:
        return ""
    if field == "mailbox-version":
        return found.product.label if found.product is not None else ""
    return found.site or ""


def _folded(text: str | None) -> str:
    return (text or "").casefold()


def in_both(text: str, when: When, zone: tzinfo | None = None) -> str:
    """Moments in a text as `when` writes them; one without UTC is by the local clock. Anything else stays.

    >>> from datetime import timedelta, timezone
    >>> in_both("about 2026-01-31 08:15", lambda m: f"{m:%H:%M} UTC", timezone(timedelta(hours=1)))
    'about 07:15 UTC'
    """
    return _MOMENT.sub(lambda match: _moment(match, when, zone), text)


def _moment(match: re.Match[str], when: When, zone: tzinfo | None) -> str:
    try:
        moment = datetime.fromisoformat(f"{match[1]} {match[2]}:{match[3] or '00'}")
        moment = moment.replace(tzinfo=UTC if match[4] else zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError):  # no such day, or one before clocks
        return match[0]
    return when(moment)


def _who_fails(case: Case) -> str:
    told = [f"{who} {case.answer(id)}" for id, who in zip(GRID, _FAILS, strict=True) if case.answer(id) != UNKNOWN]
    scope = _answer(case, "scope")
    return "; ".join([*told, *([f"hits {scope}"] if scope else [])])


def _impact(case: Case, by_hand: dict[str, Part]) -> Iterator[Part]:
    yield Part("who fails", _who_fails(case), "Who fails, and how often? Fill in the grid.")
    yield by_hand["how-many"]
    since, answered = by_hand["since"], _answer(case, "since")
    yield Part(since.label, "; ".join(filter(None, [since.text, answered])), since.ask, since.field)


def _answer(case: Case, question: str) -> str:
    """The label of an answer of the interview; empty where there is none, or "don't know"."""
    value = case.answer(question)
    if value == UNKNOWN:
        return ""
    asked = next((q for q in questions_for(case) if q.id == question), None)
    return next((v.label for v in asked.values if v.id == value), value) if asked is not None else value


def _or(part: Part, text: str) -> Part:
    return part if part.text or not text else Part(part.label, text, part.ask, part.field)


def _looked_at(case: Case) -> Iterator[Part]:
    """The names that phones use, as far as they were looked at: for comparing with what is in the phone."""
    names = [target.name for target in case.targets if target.role.faces_devices]
    if names:
        yield Part("looked at", _several(names))


def _seen(case: Case) -> Iterator[Part]:
    """What the test account got, where one signed in: not the phone's own answer, and said so."""
    for observation, facts in case.seen(SampleFacts):
        if facts.account and facts.by_outcome:
            counted = ", ".join(f"{count} x {words}" for words, count in facts.by_outcome.items())
            servers = f" by {_several(list(facts.by_server))}" if facts.by_server else ""
            yield Part(f"a test account at {observation.target} got", f"{counted}{servers}")


def _several(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _same_user(case: Case, by_hand: dict[str, Part]) -> Iterator[Part]:
    yield _interview(case, "owa", "OWA")
    yield by_hand["outlook"]
    yield by_hand["lock-out"]
    yield _interview(case, "passwords-reset", "password reset for this")


def _interview(case: Case, question: str, label: str) -> Part:
    asked = next((q.text for q in questions_for(case) if q.id == question), "")
    return Part(label, _answer(case, question), asked)


def _certificate(case: Case, by_hand: dict[str, Part]) -> Iterator[Part]:
    unused = all(case.answer(id) == "not-used" for id in GRID if "cert" in id)
    held = case.device_certificate
    if unused and held is None and not by_hand["certificate"].text:
        yield Part("certificates", "no phone uses one")
        return
    yield by_hand["certificate"]
    yield by_hand["certificate-template"]
    if held is not None:
        told = (("serial", held.serial), ("issuer", held.issuer), ("ends", held.not_after), ("UPN", held.upn))
        words = [f"{label} {value}" for label, value in told if value]
        yield Part("looked with", ", ".join([held.subject or held.label, *words]))


def _result(case: Case, diagnosis: Diagnosis, by_hand: dict[str, Part], when: When) -> Iterator[Part]:
    asserted = [f"{f.title} ({f.verdict.value}, {f.code})" for f in diagnosis.findings if f.verdict.asserts]
    yield Part("verdict", "; ".join(asserted) or f"nothing is confirmed or likely: {outcome(case, diagnosis).value}")
    unseen = [item.what for item in diagnosis.not_examined]
    yield Part("not examined", f"{len(unseen)}: {_several(unseen)}" if unseen else "nothing was left out")
    last = max(case.steps, key=lambda record: record.at, default=None)
    steps = [] if last is None else [f"last step {when(last.at)}: {last.step}, {last.state.value}"]
    tried = by_hand["tried"]
    yield Part(tried.label, "; ".join(filter(None, [tried.text, *steps])), tried.ask, tried.field)
    yield by_hand["changes"]
    yield by_hand["call-back"]
