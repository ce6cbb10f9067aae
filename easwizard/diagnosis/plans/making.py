"""Makes plans: a remedy's template, filled in for one case.

It decides which steps and commands apply, for whom, and with which names. What is not known stays a placeholder, and
what depends on it is shown with its condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from easwizard.case.case import Case
from easwizard.case.untrusted import visible
from easwizard.diagnosis.plans.conditions import Condition, holds, open_ones
from easwizard.diagnosis.plans.guards import cautions_of
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep, StepCheck, Wait
from easwizard.diagnosis.plans.placeholders import fill_change, fill_command, fill_words, names_in
from easwizard.diagnosis.plans.scopes import (
    NOBODY,
    Subject,
    Subjects,
    estate_values,
    somebody,
    subjects_of,
    the_name_found,
)
from easwizard.diagnosis.plans.shells import Shell, shell
from easwizard.diagnosis.plans.template import (
    ONCE,
    BlockTemplate,
    CheckTemplate,
    CommandTemplate,
    RemedyTemplate,
    StepTemplate,
)


def make_plans(
    case: Case, code: str, templates: Iterable[RemedyTemplate], found: Sequence[str] = ()
) -> tuple[Plan, ...]:
    """Every remedy that applies to this case as a plan, in the order of the file.

    `found` are the subjects of the finding: names, servers and `SERVER/SITE-NAME`.
    """
    site = _site(case, found)
    return tuple(_plan(site, code, template) for template in templates if applies(case, template))


def applies(case: Case, template: RemedyTemplate) -> bool:
    """Whether a remedy is offered in this case at all; where that is not known, it is."""
    return holds(template.when, NOBODY.circumstances(case)) is not False


def make_plan(case: Case, code: str, template: RemedyTemplate, found: Sequence[str] = ()) -> Plan:
    """One remedy for one case."""
    return _plan(_site(case, found), code, template)


def _site(case: Case, found: Sequence[str]) -> _Site:
    return _Site(case, tuple(found), {**estate_values(case), **the_name_found(case, found)})


def _plan(site: _Site, code: str, template: RemedyTemplate) -> Plan:
    return Plan(
        code=code,
        remedy_id=template.id,
        title=site.words(template.title),
        recommended=template.recommended,
        key=template.key or f"{code}/{template.id}",
        steps=tuple(step for block in template.blocks for step in _block(site, block)),
        rollback=tuple(step for block in template.rollback for step in _block(site, block)),
        cautions=cautions_of(template.guards, site.case),
        for_whom=site.words(template.for_whom),
        costs=site.words(template.costs),
        prerequisites=tuple(site.words(text) for text in template.needs),
        risk=site.words(template.risk),
        outage=site.words(template.outage),
        watch=tuple(site.words(text) for text in template.watch),
    )


@dataclass(frozen=True)
class _Site:
    """What every step of a plan is made with."""

    case: Case
    found: tuple[str, ...]
    values: Mapping[str, str]
    known: dict[str, Subjects] = field(default_factory=dict)
    """The subjects of each scope that was asked for: finding them weighs every candidate."""

    def of(self, subject: Subject) -> dict[str, str]:
        """Everything known where a step is done for that subject."""
        return {**self.values, **subject.values}

    def words(self, text: str, whom: Sequence[Subject] = (NOBODY,)) -> str:
        """A sentence for everybody whom its step is for: what differs among them stands side by side."""
        for name in tuple(names_in(text)):
            texts = dict.fromkeys(fill_words(f"{{{name}}}", self.of(subject)).text for subject in whom)
            text = text.replace(f"{{{name}}}", ", ".join(texts))
        return text

    def subjects(self, scope: str) -> Subjects:
        """Everybody that the scope means."""
        if scope == ONCE:
            return (NOBODY,)
        if scope not in self.known:
            self.known[scope] = subjects_of(self.case, scope, self.found) or (somebody(self.case, scope),)
        return self.known[scope]


def _block(site: _Site, block: BlockTemplate) -> Iterator[PlanStep]:
    """All steps for one subject before those for the next."""
    for subject in site.subjects(block.scope):
        for template in block.steps:
            yield from _step(site, template, subject)


def _step(site: _Site, template: StepTemplate, turn: Subject) -> Iterator[PlanStep]:
    """The step for the subject whose turn it is, where it applies to anybody."""
    everybody = site.subjects(template.scope) if turn is NOBODY else (turn,)
    whom = [s for s in everybody if holds(template.when, s.circumstances(site.case)) is not False]
    if not whom:
        return
    yield PlanStep(
        id=template.id,
        title=site.words(template.title, whom),
        instruction=site.words(template.instruction, whom),
        check=_check(site, template.check, template.looks, whom),
        subject=turn.label,
        cautions=tuple(site.words(text, whom) for text in template.cautions),
        orders=_orders(site, template.commands, whom),
        expected=site.words(template.expected, whom),
        backup=_orders(site, template.backup, whom),
        wait=Wait(template.wait_minutes, site.words(template.wait_why, whom)) if template.wait_minutes else None,
        undo=site.words(template.undo, whom),
        undo_orders=_orders(site, template.undo_commands, whom),
        changes=_changes(site, template.changes, whom),
        condition=_open(site, template.when, whom),
        stop=site.words(template.stop, whom),
        sources=template.sources,
    )


def _open(site: _Site, conditions: Sequence[Condition], whom: Sequence[Subject]) -> str:
    """The conditions that are not known for somebody, in words."""
    texts = (open_ones(conditions, subject.circumstances(site.case)) for subject in whom)
    return next((text for text in texts if text), "")


def _check(
    site: _Site, template: CheckTemplate, looks: Sequence[CommandTemplate], whom: Sequence[Subject]
) -> StepCheck:
    return StepCheck(
        kind=template.kind,
        words=site.words(template.words, whom),
        hosts=tuple(dict.fromkeys(host for subject in whom for host in _hosts(site, template.hosts, subject))),
        expectation=template.expectation,
        imported=template.imported,
        must_hold=template.must_hold,
        looks=_orders(site, looks, whom),
    )


def _hosts(site: _Site, text: str, subject: Subject) -> Iterator[str]:
    """The names of a probe that are known."""
    for word in text.replace(",", " ").split():
        filled = fill_words(word, site.of(subject))
        if not filled.open:
            yield filled.text


def _changes(site: _Site, templates: Sequence[str], whom: Sequence[Subject]) -> tuple[str, ...]:
    """The changes for everybody; none at all where one of them is not known in full."""
    made = [fill_change(text, site.of(subject)) for subject in whom for text in templates]
    return tuple(text for text in made if text is not None) if None not in made else ()


# Orders


def _orders(site: _Site, templates: Sequence[CommandTemplate], whom: Sequence[Subject]) -> tuple[Order, ...]:
    """One order for each subject and shell; commands that do not depend on the subject once."""
    found: dict[tuple[str, ...], Order] = {}
    for subject in whom:
        for template in templates:
            if holds(template.when, subject.circumstances(site.case)) is not False:
                order = _order(site, template, subject)
                # What the admin has to fill in may differ although it reads alike.
                whose = order.subject if order.open_placeholders else ""
                found.setdefault((order.where, order.condition, order.text, whose), order)
    return tuple(found.values())


def _order(site: _Site, template: CommandTemplate, subject: Subject) -> Order:
    known = shell(template.shell) or Shell(template.shell, None, on_server=True)
    elevated = template.elevated or known.elevated
    at = Order(
        server=subject.server,
        subject=subject.label,
        where=_where(known, subject, elevated=elevated),
        shell=known.name,
        elevated=elevated,
        text=known.expanded(template.text),
        remark=known.remark,
        joint=known.joint,
        condition=open_ones(template.when, subject.circumstances(site.case)),
        windows=subject.windows,
    )
    return at if known.quoting is None else _filled(at, known, site.of(subject))


def _filled(order: Order, known: Shell, values: Mapping[str, str]) -> Order:
    assert known.quoting is not None  # else nothing is filled in
    filled = fill_command(order.text, values, known.quoting)
    return replace(order, text=filled.text, open_placeholders=filled.open, refused=filled.refused)


def _where(known: Shell, subject: Subject, *, elevated: bool) -> str:
    """Which machine and shell, in words."""
    name = f"{known.name}, as administrator" if elevated else known.name
    if not known.on_server or subject == NOBODY or subject.is_name:
        return name
    return f"on {visible(subject.server)}: {name}" if subject.server else f"on the server itself: {name}"
