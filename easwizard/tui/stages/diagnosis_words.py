"""What the diagnosis says of one finding: pieces of text and rows, each from a view alone. Holds no widget."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from textual.app import App
from textual.content import Content

from easwizard.case.mending import Acceptance
from easwizard.diagnosis.clues import Clue, Effect, Missing
from easwizard.diagnosis.finding import Finding, NotExamined
from easwizard.diagnosis.verdicts import Verdict
from easwizard.reports.interval_bar import ASCII_BAR, BarSigns, interval_bar, predicted_mark
from easwizard.reports.odds import LegOdds, leg_odds_of
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.symbols import ASCII, Symbols, symbols
from easwizard.tui.view import View
from easwizard.tui.widgets.row_list import Row, fit

Listed = Finding | NotExamined
_EFFECTS = {
    Effect.PROVES: "++ ",
    Effect.SUPPORTS: "+  ",
    Effect.WEAKENS: "-  ",
    Effect.EXCLUDES: "-- ",
}
_VERDICT_WIDTH, _SEVERITY_WIDTH = 9, 6
_STYLES = {
    Verdict.CONFIRMED: "bold $text-error",
    Verdict.LIKELY: "bold $text-warning",
    Verdict.POSSIBLE: "",
    Verdict.RULED_OUT: "dim",
}


def listed_line(item: Listed, signs: Symbols, width: int, mark: str = "") -> Content:
    """E.g. `✗ CONFIRMED high   Legacy namespaces ...`, in one line; `mark` comes before the title."""
    if isinstance(item, Finding):
        return _finding_line(item, signs, width, mark)
    return _unseen_line(item, signs, width)


def _finding_line(finding: Finding, signs: Symbols, width: int, mark: str) -> Content:
    if finding.accepted is not None:
        return _accepted_line(finding, signs, width, mark)
    word = finding.verdict.value.upper() if finding.verdict.asserts else finding.verdict.value
    head = f"{signs.verdict[finding.verdict]} {word:<{_VERDICT_WIDTH}} {finding.severity.value:<{_SEVERITY_WIDTH}} "
    title = fit(f"{mark}{finding.title}", max(10, width - len(head)))
    return joined(plain(head, _STYLES[finding.verdict]), plain(title, "bold" if finding.verdict.asserts else ""))


def _accepted_line(finding: Finding, signs: Symbols, width: int, mark: str) -> Content:
    """Quieter, but it keeps its verdict: to live with a finding does not make it untrue."""
    head = f"{signs.verdict[finding.verdict]} {finding.verdict.value:<{_VERDICT_WIDTH}} "
    head += f"{finding.severity.value:<{_SEVERITY_WIDTH}} "
    title = fit(finding.title, max(10, width - len(head) - len(mark)))
    return joined(plain(head, "dim"), plain(mark, "$text-accent"), plain(title, "dim"))


def _unseen_line(item: NotExamined, signs: Symbols, width: int) -> Content:
    head = f"{signs.verdict[Verdict.NOT_EXAMINED]} not examined     "
    return joined(plain(head, "dim"), plain(fit(item.what, max(10, width - len(head))), "dim"))


def haystack(item: Listed) -> str:
    """Everything in which a search looks."""
    if isinstance(item, NotExamined):
        return f"{item.what} {item.why}".casefold()
    texts = [
        item.code,
        item.title,
        item.verdict,
        item.severity,
        *item.subjects,
        item.summary,
        item.helpdesk,
        item.engineer,
    ]
    texts += [clue.text for clue in item.clues] + [f"{m.evidence} {m.why} {m.how}" for m in item.missing]
    return " ".join(texts).casefold()


# Accepted


def acceptance_mark(finding: Finding, accepted: Sequence[Acceptance], today: date) -> str:
    """Whether somebody lives with it, in a word or two before its title; empty where nobody ever said so."""
    if finding.accepted is not None:
        return "accepted: "
    own = [each for each in accepted if each.code == finding.code]
    if any(today <= each.until for each in own):
        return "accepted in part: "
    return "no longer accepted: " if own else ""


def acceptance(finding: Finding, width: int) -> Content | None:
    """What was decided about it: for what, by whom, until when and why; also what is over. None where nothing was."""
    lines = [hanging("", words[:1].upper() + words[1:], width) for words in finding.acceptance]
    style = "$text-accent" if finding.accepted is not None else "$text-warning"
    return Content("\n").join([plain(line.plain, style) for line in lines]) if lines else None


# Why


def clue_rows(finding: Finding, width: int) -> Iterator[Row]:
    """What speaks for it, against it, and what is not known yet."""
    told = acceptance(finding, width)
    if told is not None:
        yield Row("acceptance", told, is_heading=True)
    clues = list(enumerate(finding.clues))
    yield from _group("For it", [(n, c) for n, c in clues if c.is_positive], width)
    yield from _group("Against it", [(n, c) for n, c in clues if not c.is_positive], width)
    yield from _limits(finding, width)
    if finding.missing:
        yield Row("missing", plain("Not known yet"), is_heading=True)
        yield from missing_rows(finding.missing, width)


def _group(title: str, clues: Sequence[tuple[int, Clue]], width: int) -> Iterator[Row]:
    if clues:
        yield Row(title, plain(title), is_heading=True)
    for number, clue in clues:
        basis = "" if clue.basis.value == "confirmed" else f", {clue.basis}"
        source = f"({clue.group}{basis}; {clue.source})"
        yield Row(f"clue-{number}", hanging(_EFFECTS[clue.effect], clue.text, width, source))


def _limits(finding: Finding, width: int) -> Iterator[Row]:
    if finding.conflict:
        yield Row("conflict", plain("Proof stands against exclusion: read both before you act"), is_heading=True)
    for number, limit in enumerate(finding.limits):
        text = hanging("", f"Not above {finding.verdict.value}: {limit}", width)
        yield Row(f"limit-{number}", text, is_heading=True)


def missing_rows(missing: Sequence[Missing], width: int) -> Iterator[Row]:
    """What would settle it, each with its command."""
    for number, one in enumerate(missing):
        head = hanging("?  ", f"{one.evidence}: {one.why}", width)
        yield Row(f"missing-{number}", joined(head, "\n", command(one.how, width)))


def command(text: str, width: int, indent: str = "   ") -> Content:
    """A command as it is to be copied; on the screen its lines may wrap."""
    lines = [line for part in text.splitlines() or [""] for line in _wrapped(part, max(20, width - len(indent)))]
    return plain("\n".join(indent + line for line in lines), "$text-accent")


def hanging(head: str, text: str, width: int, source: str = "") -> Content:
    """A paragraph whose further lines stand below its text, not below its sign; its source comes last, quietly."""
    lines = _wrapped(f"{text} {source}".rstrip(), max(20, width - len(head)))
    whole = ("\n" + " " * len(head)).join(lines)
    quiet = _start_of_last(whole, source)
    return joined(plain(head, "bold"), whole[:quiet], plain(whole[quiet:], "dim"))


def _start_of_last(whole: str, tail: str) -> int:
    """Where the last words begin in a wrapped text: counted in characters that are no blanks."""
    left = sum(not c.isspace() for c in tail)
    place = len(whole)
    while left and place:
        place -= 1
        left -= not whole[place].isspace()
    return place


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


# Explained in words


def explained(finding: Finding, width: int) -> Content:
    """For the helpdesk, for the engineer."""
    about = f"{finding.code}, severity {finding.severity}"
    if finding.subjects:
        about += f"; about {', '.join(finding.subjects)}"
    told = acceptance(finding, width)
    parts = [
        plain(about, "dim"),
        *([told] if told is not None else []),
        plain(finding.summary or finding.title),
        joined(plain("Helpdesk  ", "bold"), finding.helpdesk),
        joined(plain("Engineer  ", "bold"), finding.engineer),
    ]
    return Content("\n\n").join(parts)


# Odds


def odds(view: View, width: int, app: App[object]) -> Content | None:
    """What was seen of the legacy leg with its interval, and what was predicted; None where neither is known."""
    signs = ASCII_BAR if symbols(app) is ASCII else BarSigns()
    found = leg_odds_of(view.case)
    blocks = [_odds(one, width, signs, named=len(found) > 1) for one in found]
    return Content("\n").join(blocks) if blocks else None


def _odds(one: LegOdds, width: int, signs: BarSigns, *, named: bool) -> Content:
    head = plain(f"Odds {one.mailbox}  " if named else "Odds  ", "bold")
    if one.interval is None:
        return joined(head, f"{one.predicted_words}; {one.seen_words}")
    lines = [joined(head, f"{one.seen_words} failed"), plain(interval_bar(width, one.interval, one.seen, signs))]
    if one.predicted is not None:
        basis = "" if one.basis == "inventory" else ", all names drawn alike"
        lines.append(plain(predicted_mark(width, one.predicted, basis, signs), "dim"))
    return Content("\n").join(lines)


# What comes next


def next_command(view: View, item: Listed | None) -> str | None:
    """The command that would settle the marked finding, else the one that settles most."""
    if isinstance(item, Finding) and item.missing:
        return item.missing[0].how
    best = view.report.diagnosis.next_best
    return best.how if best is not None else None


def next_line(view: View, item: Listed | None) -> Content:
    """The next action, in one line."""
    if isinstance(item, Finding) and item.accepted is not None:
        until = plain(item.accepted.until.isoformat(), "bold")
        return joined("Accepted until ", until, "; ", plain("a", "bold"), " changes that or takes it back")
    if isinstance(item, Finding) and item.verdict.asserts and item.remedies:
        remedy = next((r for r in item.remedies if r.recommended), item.remedies[0])
        return joined(plain("f mends it  ", "bold"), remedy.title)
    if not view.case.targets:
        return joined(plain("2 ", "bold"), "name the names that phones use")
    if not view.case.observations:
        return joined(plain("ctrl+r ", "bold"), "look at the names")
    how = next_command(view, item)
    if how is not None:
        return joined(plain("c copies  ", "bold"), plain(" ".join(how.split()), "$text-accent"))
    return joined(plain("7 ", "bold"), "report, with what was not examined")
