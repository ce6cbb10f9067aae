"""The use case "what if": ready-made plans for an estate, and what each of them makes of it. Pure.

The plans are those of exchange.md 6.1 and 6.2, doing nothing, and what the admin plans. One that the inventory does
not say enough for is left out, and the reason is said. It chooses nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from easwizard.case.case import UNKNOWN, Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.in_front import QUESTION as IN_FRONT
from easwizard.diagnosis.outcome import Outcome
from easwizard.exchange.changes import ChangeError
from easwizard.exchange.inventory import ClientCertificates, Inventory
from easwizard.exchange.routing import Device, Draw, Mailbox, draws
from easwizard.exchange.routing import Outcome as Ending
from easwizard.workflow.change_candidates import CheckedChange, change_candidates, checked_changes
from easwizard.workflow.facing_names import NamedEstate, with_names
from easwizard.workflow.simulate import Simulation, simulate, with_unread, without_version

_INCOMPLETE = "incomplete: "
"""How the remarks of an import begin that tell of a list known to be cut (`evidence.import_files`)."""
_LONGEST = 1000
"""Characters of one line of text from files."""
_MOST_NAMED = 4
"""Virtual directories that a sentence names before it counts the rest."""


class Way(StrEnum):
    """The plans that are compared."""

    NOTHING = "nothing"
    REMOVE = "remove"
    ALIGN = "align"
    HALF = "align-half"
    PLANNED = "planned"
    PLANNED_REMOVE = "planned-remove"
    PLANNED_ALIGN = "planned-align"


@dataclass(frozen=True)
class Alternative:
    """One plan as data."""

    way: Way
    title: str
    changes: tuple[str, ...]
    """In the grammar of `exchange.changes`, in order."""
    source: str = ""
    """Section or rule that it comes from."""
    notes: tuple[str, ...] = ()
    """What it leaves open."""


@dataclass(frozen=True)
class LeftOut:
    """A plan that is not offered."""

    way: Way
    title: str
    why: str


@dataclass(frozen=True)
class Choices:
    """The plans for one estate."""

    offered: tuple[Alternative, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def alternative(self, way: Way) -> Alternative | None:
        return next((one for one in self.offered if one.way is way), None)


@dataclass(frozen=True)
class Prospect:
    """A plan and what becomes of the estate; no simulation where a change of it cannot be made."""

    alternative: Alternative
    simulation: Simulation | None
    verdict: Outcome
    """Of the estate after it; no problem only where the lists that it rests on were whole."""
    notes: tuple[str, ...] = ()
    """What the numbers do not hold without."""
    trouble: str = ""
    """Why a change cannot be made, with the nearest names."""


@dataclass(frozen=True)
class Comparison:
    """Everything that the simulator shows of a case."""

    prospects: tuple[Prospect, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    planned: tuple[CheckedChange, ...] = ()
    """The plan of the case, change by change."""
    candidates: tuple[str, ...] = ()
    """Changes that could be made after it."""


# The plans


def alternatives(inventory: Inventory) -> Choices:
    """Doing nothing and both resolutions of the article, as far as the inventory tells what they would be."""
    legs = tuple(leg for mailbox in _old_mailboxes(inventory) for leg in draws(inventory, mailbox))
    refusing = tuple(leg for leg in legs if _refuses(leg))
    nothing = Alternative(Way.NOTHING, "doing nothing", ())
    if not refusing:
        why = _why_nothing_refuses(inventory, legs)
        titles = ((Way.REMOVE, "remove old vdirs"), (Way.ALIGN, "align old vdirs"))
        return Choices((nothing,), tuple(LeftOut(way, title, why) for way, title in titles))
    made = [_removal(legs, refusing), *_alignments(legs, refusing)]
    offered = tuple(one for one in made if isinstance(one, Alternative))
    return Choices((nothing, *offered), tuple(one for one in made if isinstance(one, LeftOut)))


def _old_mailboxes(inventory: Inventory) -> tuple[Mailbox, ...]:
    found = {Mailbox(v.product, v.site) for v in inventory.vdirs if v.product is not None and not v.back_end}
    return tuple(sorted((m for m in found if m.product.is_legacy), key=lambda m: (m.product, m.site or "")))


def _refuses(leg: Draw) -> bool:
    return any(arrival.result.outcome is Ending.REFUSED for arrival in leg.arrivals)


def _open(legs: Sequence[Draw]) -> tuple[Draw, ...]:
    """Those of which it is not known whether they take the leg."""
    return tuple(leg for leg in legs if not _refuses(leg) and leg.odds.exact != 1)


def _why_nothing_refuses(inventory: Inventory, legs: Sequence[Draw]) -> str:
    if any(mailbox.site is None for mailbox in _old_mailboxes(inventory)):
        return "the AD site of an old server is not known, so that nothing tells what is drawn together (J13)"
    if not legs:
        return "no virtual directory of an old version is known that a newer server could pass requests to (1.2)"
    unclear = _open(legs)
    if unclear:
        return f"which one refuses is not known: {unclear[0].arrivals[0].result.why}"
    return "every old virtual directory takes what newer servers pass on: nothing is to be mended there"


def _removal(legs: Sequence[Draw], refusing: Sequence[Draw]) -> Alternative | LeftOut:
    """Resolution 1 (6.1): only vdirs that demand certificates themselves go, and never the last ones of a site."""
    title = f"remove {_counted(refusing)}"
    others = [leg for leg in refusing if leg.candidate.client_certificates is not ClientCertificates.REQUIRE]
    if others:
        why = f"{_named(others)} asks for no certificate itself: to remove it would take a way that phones may need"
        return LeftOut(Way.REMOVE, title, why)
    left = {_kind(leg) for leg in legs if leg not in refusing}
    bare = sorted({str(_kind(leg)) for leg in refusing} - {str(kind) for kind in left})
    if bare:
        return LeftOut(Way.REMOVE, title, f"nothing would be left that serves mailboxes on {', '.join(bare)} (1.6)")
    changes = tuple(f"remove-vdir={leg.candidate.label}" for leg in refusing)
    return Alternative(Way.REMOVE, title, changes, "6.1; clean-up for later, J21", _left_open(legs))


def _alignments(legs: Sequence[Draw], refusing: Sequence[Draw]) -> Iterator[Alternative | LeftOut]:
    """Resolution 2 (6.2), whole and stopped half-way, which only shifts the odds."""
    title = f"align {_counted(refusing)}"
    targets = [_target(leg, legs) for leg in refusing]
    lost = [leg for leg, target in zip(refusing, targets, strict=True) if target is None]
    if lost:
        why = f"the inventory does not tell one name for {_named(lost)} that takes the leg; plan it by hand (e)"
        yield LeftOut(Way.ALIGN, title, why)
        return
    by_server: dict[str, list[str]] = {}
    for leg, target in zip(refusing, targets, strict=True):
        vdir = leg.candidate
        by_server.setdefault(vdir.server, []).append(f"internal-url={vdir.label}={target}")
    notes = _left_open(legs)
    changes = tuple(change for each in by_server.values() for change in each)
    yield Alternative(Way.ALIGN, title, changes, "6.2; the default in an incident, J21", notes)
    first = list(by_server.values())[: len(by_server) // 2]
    half_title = f"align {len(first)} of {len(by_server)} servers only"
    if first:
        half = tuple(change for each in first for change in each)
        yield Alternative(Way.HALF, half_title, half, "6.2: a half-done state only shifts the odds", notes)
    else:
        yield LeftOut(Way.HALF, "align half of the servers", "it is one server: there is no half-done state")


def _target(leg: Draw, legs: Sequence[Draw]) -> str | None:
    """The InternalUrl to align to: of a vdir that takes the leg, on the same server, else the one of the whole pool.

    One that may take it serves where none is known to: the odds stay open then, and say so.
    """
    pool = [other for other in legs if _kind(other) == _kind(leg) and other.candidate.internal_host]
    own = [other for other in pool if _is_on(other, leg.candidate.server)]
    for among in (_taking(own), _taking(pool), _open(own), _open(pool)):
        urls = {other.candidate.internal_host: other.candidate.internal_url for other in among}
        if len(urls) == 1:
            return next(iter(urls.values()))
    return None


def _taking(legs: Sequence[Draw]) -> tuple[Draw, ...]:
    return tuple(leg for leg in legs if leg.odds.exact == 1)


def _is_on(leg: Draw, server: str) -> bool:
    return leg.candidate.server.casefold() == server.casefold()


def _kind(leg: Draw) -> tuple[str, str]:
    """The mailboxes for which the vdir is drawn."""
    product, site = leg.candidate.product, leg.candidate.site
    return (product.value if product is not None else UNKNOWN, (site or "").casefold())


def _left_open(legs: Sequence[Draw]) -> tuple[str, ...]:
    unclear = _open(legs)
    return (f"left as it is, for it is not known to refuse: {_named(unclear)}",) if unclear else ()


def _counted(legs: Sequence[Draw]) -> str:
    return f"{len(legs)} old vdirs" if len(legs) > 1 else "1 old vdir"


def _named(legs: Sequence[Draw]) -> str:
    labels = [leg.candidate.label for leg in legs]
    more = f" and {len(labels) - _MOST_NAMED} more" if len(labels) > _MOST_NAMED else ""
    return f"{', '.join(labels[:_MOST_NAMED])}{more}"


# What becomes of the estate


def estate_of(case: Case, changes: Sequence[str] = ()) -> tuple[NamedEstate, tuple[str, ...]]:
    """The inventory of a case with the names that phones use, and the old servers whose vdirs were not read.

    Names are the case's where it has any that phones use, else those that the URLs and the plan imply.
    """
    inventory, unread = with_unread(case.inventory)
    given = with_names(inventory, case.targets) if case.targets else NamedEstate(inventory)
    if any(target.role.faces_devices for target in case.targets):
        return given, unread
    return with_names(given.inventory, (), changes), unread


def compared(case: Case) -> Comparison:
    """Every plan for the estate of a case, simulated. Not quick: each one is diagnosed before and after."""
    estate, _ = estate_of(case)
    choices = alternatives(estate.inventory)
    prospects = [_prospect(case, one) for one in choices.offered]
    planned = estate_of(case, case.changes)[0].inventory
    if case.changes:
        prospects += _planned(case)
    plan, after = checked_changes(planned, case.changes)
    return Comparison(tuple(prospects), choices.left_out, plan, change_candidates(after))


def _planned(case: Case) -> Iterator[Prospect]:
    """The admin's plan, alone and with a resolution behind it where it leaves something that refuses."""
    count = len(case.changes)
    title = f"planned ({count} change{'s' if count > 1 else ''})"
    own = _prospect(case, Alternative(Way.PLANNED, title, case.changes))
    yield own
    if own.simulation is None:
        return
    choices = alternatives(own.simulation.after.inventory)
    for way, then in ((Way.REMOVE, Way.PLANNED_REMOVE), (Way.ALIGN, Way.PLANNED_ALIGN)):
        more = choices.alternative(way)
        if more is not None:
            both = (*case.changes, *more.changes)
            yield _prospect(case, replace(more, way=then, title=f"planned, then {way.value}", changes=both))


def _prospect(case: Case, alternative: Alternative) -> Prospect:
    is_planned = alternative.way in (Way.PLANNED, Way.PLANNED_REMOVE, Way.PLANNED_ALIGN)
    estate, unread = estate_of(case, alternative.changes if is_planned else ())
    in_front = case.answer(IN_FRONT)
    try:
        told = simulate(estate.inventory, alternative.changes, in_front)
    except ChangeError as error:
        return Prospect(alternative, None, Outcome.INCONCLUSIVE, trouble=str(error))
    cut = tuple(_cut_lists(case))
    verdict = told.after.verdict
    if cut and verdict is Outcome.NO_PROBLEM_FOUND:
        verdict = Outcome.INCONCLUSIVE
    notes = (*alternative.notes, *estate.assumed, *_holds_without(told, in_front, unread), *cut)
    return Prospect(alternative, told, verdict, notes)


def _holds_without(told: Simulation, in_front: str, unread: Sequence[str]) -> Iterator[str]:
    """What the numbers do not hold without."""
    if in_front == UNKNOWN and any(route.device is Device.CERTIFICATE for route in told.after.routes):
        yield "certificate rows hold where nothing in front ends TLS; stage 2 asks what does (J14)"
    if unread:
        yield f"the virtual directories of {', '.join(unread)} were not read: one on each counts as unknown (J2)"
    unknown = without_version(told.after.inventory)
    if unknown:
        yield f"the version of {', '.join(unknown)} is not known, so that nothing here counts them"


def _cut_lists(case: Case) -> Iterator[str]:
    for read in case.imports:
        for problem in read.problems:
            if problem.what.startswith(_INCOMPLETE):
                told = visible(problem.what.removeprefix(_INCOMPLETE), _LONGEST)
                yield f"a list is incomplete, so that the numbers may leave something out: {told}"
