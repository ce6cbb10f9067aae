"""What the findings rest on: maps, steps done, answers, what was seen and read, every observation, what was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from xml.etree.ElementTree import Element

from easwizard.case.facts import Observation
from easwizard.diagnosis.engine import NOTHING_SPEAKS_OF_IT
from easwizard.diagnosis.finding import NotExamined
from easwizard.reports.heat_map import path_lines, titles
from easwizard.reports.html.heat_svg import heat_svgs, odds_svg
from easwizard.reports.html.log_part import log_part
from easwizard.reports.html.map_svg import map_svgs
from easwizard.reports.html.markup import Child, each, tag
from easwizard.reports.html.parts import command, outline, section, table
from easwizard.reports.model import Report
from easwizard.reports.observed import said
from easwizard.reports.odds import LegOdds, leg_odds_of
from easwizard.reports.read_files import read_files
from easwizard.reports.records import answers_told, steps_told
from easwizard.reports.seen import seen
from easwizard.reports.times import local_clock

_STATUS = {"ok": "answered", "failed": "✗ failed", "skipped": "– skipped", "cancelled": "– cancelled"}


def evidence_parts(report: Report, zone: tzinfo | None) -> Iterator[Element]:
    """The parts after the findings, each where there is anything in it."""
    yield from _steps(report, zone)
    yield from _map(report)
    yield from _heat(report)
    yield from _answers(report)
    rows = tuple(seen(report.case))
    if rows:
        yield section("seen", "What was seen", outline(rows))
    if report.case.imports:
        yield section("read", "What was read", outline(read_files(report.case)))
    if report.case.logs is not None:
        yield log_part(report.case.logs)
    yield from _observations(report.case.observations, zone)
    yield from _not_examined(report.diagnosis.not_examined)


def _steps(report: Report, zone: tzinfo | None) -> Iterator[Element]:
    steps = steps_told(report.case, zone)
    if steps:
        heads = ("When", "Plan", "Step", "State", "Where", "Who", "Note")
        rows = [(s.when, s.plan, s.step, s.state, s.where or "everywhere", s.who, s.note) for s in steps]
        yield section("steps", "Steps done", table("What was done, in the order of time.", heads, rows))


def _map(report: Report) -> Iterator[Element]:
    drawings = map_svgs(report.case)
    odds = leg_odds_of(report.case)
    if not drawings and not odds:
        return
    figure = tag("figure", *drawings) if drawings else None
    yield section("map", "Map", figure, *map(_odds, odds))


def _odds(odds: LegOdds) -> Element:
    words = f"Mailbox on {odds.mailbox}: {odds.predicted_words}; {odds.seen_words}."
    return tag("figure", odds_svg(odds), tag("figcaption", words), class_="odds")


def _heat(report: Report) -> Iterator[Element]:
    drawings = heat_svgs(report.routes)
    if not drawings:
        return
    told: list[Child] = []
    for title, route in titles(report.routes):
        ways = ["".join(span.text for span in line).strip() for line in path_lines(route)]
        told.append(tag("li", tag("strong", title), tag("ul", *each("li", ways))))
    words = "By the inventory: the share of requests that are served, for each kind of phone and mailbox."
    yield section(
        "heat", "Heat map", tag("figure", *drawings, tag("figcaption", words)), tag("ul", *told, class_="ways")
    )


def _answers(report: Report) -> Iterator[Element]:
    told = answers_told(report.case)
    if told:
        rows = [(each.question, each.answer) for each in told]
        yield section("answers", "What was answered", table("Answers of the admin.", ("Question", "Answer"), rows))


def _observations(observations: tuple[Observation, ...], zone: tzinfo | None) -> Iterator[Element]:
    if observations:
        heads = ("Seen (UTC)", "Local", "Look", "Target", "Ended", "Said")
        rows = [_observation(observation, zone) for observation in observations]
        yield section("evidence", "Raw evidence", table("Every look, in the order of arrival.", heads, rows))


def _observation(seen: Observation, zone: tzinfo | None) -> tuple[Child, ...]:
    status = _STATUS[seen.status.value]
    return (f"{seen.at:%Y-%m-%d %H:%M:%S}", local_clock(seen.at, zone), seen.kind, seen.target, status, said(seen))


def _not_examined(items: tuple[NotExamined, ...]) -> Iterator[Element]:
    if not items:
        return
    silent = [item.what for item in items if item.why == NOTHING_SPEAKS_OF_IT]
    told = [_unseen(item) for item in items if item.why != NOTHING_SPEAKS_OF_IT]
    if silent:
        told.append(tag("li", tag("strong", f"{NOTHING_SPEAKS_OF_IT}: "), ", ".join(silent)))
    yield section("not-examined", "What was not examined", tag("ul", *told, class_="unseen"))


def _unseen(item: NotExamined) -> Element:
    why, _, how = item.why.partition("\n")
    return tag("li", tag("strong", f"{item.what}: "), why, command(how) if how else None)
