"""Reads the words of a problem from the Markdown file beside its Python file.

The form: `# Title`, then `## Helpdesk`, `## Engineer`, and any number of remedies. How a remedy becomes a plan for
one case, with names filled in, is the work of `diagnosis.plans`; here is the form it is written in.

    ## Remedy ID: Title                       ID with ` (recommended)` behind it for the one that is
    For whom: one sentence                    these lines before the list, all of them optional
    Costs: one sentence
    Needs: one thing that must be so first    any number of them
    Risk: ...   Outage: ...
    Watch: what to look at in the next hour   any number of them
    Guard: live-devices, clean-up             J21: see `plans.guards`
    When: CONDITIONS                          the remedy is not offered where they fail
    Same as: CODE/REMEDY                      instead of steps: another problem's, done once for both

    1. [step-id] Title. Instruction, as long as it takes.
       Caution: what can go wrong             any number of them
       For: each legacy server                one order each; scopes are in `plans.scopes_known`; without it: once
       When: windows >= 2008, product = 2007  left out where it fails, shown with its condition where not known
       Backup <appcmd>: appcmd list ...       prints what the step is about to change
       <appcmd>: appcmd set ... {location}    the command; lines with the same brackets are one block
       <adsutil; windows = 2003>: ...         its own conditions after a semicolon
       Expect: what it prints
       Change: mapping={vdir_label}=on        the same as a CHANGE (DESIGN 5), for simulator and import checks
       Wait: 60 min, why                      until then a failed check reads "too early": no undo (J22)
       Look <appcmd>: appcmd list ...         reads what the check asks for; changes nothing
       Check paste [enabled="true"]: words    exactly one check: manual `Check:`, `Check paste [TEXT]:`,
                                              `Check import vdirs|iis|netsh|features|servers|proxying|logs:` or
                                              `Check probe {host} [EXPECTATION]:` (gone, answers, accepts-leg,
                                              leg-works, signs-in, asks-certificate, asks-no-certificate)
       Undo: words
       Undo <appcmd>: appcmd set ...
       Stop: why nothing after it may be done before it is verified
       Source: 2.3, J23
    ### Each certificate server, one after the other
    2. ...                                    all steps of this block for one server, then for the next
    ### Once
    3. ...
    ### Rollback                              or `### Rollback, each SCOPE, one after the other`
    1. ...                                    the way back of the whole plan, with checks of its own

A command takes `{placeholders}` (`plans.placeholders`): each is a whole argument, and the filler adds the quotes.
Shells are in `plans.shells`; `, elevated` after a name where the table does not say so. A line without a label goes
on with the one before it. Only the title and one check are needed; an id that is not given comes from the title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from easwizard.diagnosis.plans.grammar import GrammarError, parse_remedy
from easwizard.diagnosis.plans.placeholders import fill_command, fill_words
from easwizard.diagnosis.plans.shells import shell
from easwizard.diagnosis.plans.template import CommandTemplate, RemedyTemplate, StepTemplate

if TYPE_CHECKING:
    from easwizard.diagnosis.plans.model import Plan


@dataclass(frozen=True)
class Step:
    """One step of a remedy, in words; `command` is the text to copy, `shell` where it runs.

    The instruction may be empty where the title says everything.
    """

    title: str
    instruction: str
    check: str
    undo: str | None = None
    command: str | None = None
    shell: str | None = None
    change: str | None = None
    """What it changes, as a CHANGE; None where that is not known or more than one."""


@dataclass(frozen=True)
class Remedy:
    """One way to mend a problem. That of a case is filled in when somebody looks at it: few diagnoses are ever read.

    Two are equal where everything that is drawn of them is; the comparison fills both in.
    """

    id: str
    title: str
    recommended: bool
    steps: tuple[Step, ...]
    plan: Plan | None = field(default_factory=lambda: None, compare=False)
    """The plan for one case that this is the short form of; None in the catalogue, which knows no case."""

    @classmethod
    def when_looked_at(cls, id: str, recommended: bool, make: Callable[[], Remedy]) -> Remedy:
        """A remedy whose title, steps and plan are made at the first look, once; `make` must be pure."""
        later = object.__new__(cls)
        vars(later).update(id=id, recommended=recommended, _make=make)
        return later

    if not TYPE_CHECKING:  # a checker would take every misspelt name for one that comes later

        def __getattr__(self, name: str) -> Any:
            """Only asked for what is not there yet."""
            if name not in _MADE_LATER or (make := vars(self).get("_make")) is None:
                raise AttributeError(f"a remedy has no {name!r}")
            made = make()
            vars(self).update({each: getattr(made, each) for each in _MADE_LATER})
            vars(self).pop("_make", None)  # it holds a whole case
            return getattr(made, name)


_MADE_LATER = ("title", "steps", "plan")


@dataclass(frozen=True)
class Words:
    """Everything that a problem says to people, whatever the case."""

    title: str
    helpdesk: str
    engineer: str
    remedies: tuple[Remedy, ...]
    templates: tuple[RemedyTemplate, ...] = ()
    """The same remedies with everything that a plan is made of."""


class WordsError(ValueError):
    """A problem's Markdown file does not have the form above: a mistake in this program."""


def load_words(package: str, name: str) -> Words:
    """Read `name`.md from a package. Raises WordsError naming the file and what is missing."""
    words = _read(package, name)
    templates = tuple(_resolved(package, name, template) for template in words.templates)
    return replace(words, templates=templates, remedies=tuple(_short(template) for template in templates))


def parse_words(text: str) -> Words:
    """Read the words from Markdown text."""
    title = re.match(r"# (.+)\n", text)
    if title is None:
        raise WordsError("the first line is not a title")
    sections = dict(_sections(text))
    for needed in ("Helpdesk", "Engineer"):
        if not sections.get(needed):
            raise WordsError(f"the section {needed} is missing or empty")
    try:
        templates = tuple(parse_remedy(head, body) for head, body in sections.items() if head.startswith("Remedy "))
    except GrammarError as error:
        raise WordsError(str(error)) from error
    short = tuple(_short(template) for template in templates)
    return Words(title[1].strip(), _flow(sections["Helpdesk"]), _flow(sections["Engineer"]), short, templates)


def _read(package: str, name: str) -> Words:
    text = resources.files(package).joinpath(f"{name}.md").read_text(encoding="utf-8")
    try:
        return parse_words(text)
    except WordsError as error:
        raise WordsError(f"{name}.md: {error}") from error


def _resolved(package: str, name: str, template: RemedyTemplate) -> RemedyTemplate:
    """The template under its key, with the steps of the one it names where it has none of its own."""
    if not template.same_as:
        return replace(template, key=f"{_code(name)}/{template.id}")
    code, _, wanted = template.same_as.rpartition("/")
    other = code.replace("/", "_").replace("-", "_")
    source = next((t for t in _read(package, other).templates if t.id == wanted), None)
    if source is None or source.same_as:
        raise WordsError(f"{name}.md: the remedy {template.id} names {template.same_as}, which has no steps")
    return template.with_steps_of(source)


def _code(name: str) -> str:
    """The code that a file's name stands for: `cba_not_working` is `cba/not-working`."""
    area, _, rest = name.partition("_")
    return f"{area}/{rest.replace('_', '-')}"


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        yield head.strip(), body.strip()


def _flow(text: str) -> str:
    """Paragraphs as single lines, so that each output wraps them to its own width."""
    return "\n\n".join(" ".join(p.split()) for p in re.split(r"\n\s*\n", text))


# The short form, as the catalogue shows it: with placeholders where a plan has names


def _short(template: RemedyTemplate) -> Remedy:
    return Remedy(template.id, template.title, template.recommended, tuple(_step(step) for step in template.steps))


def _step(template: StepTemplate) -> Step:
    commands = template.commands or template.looks
    return Step(
        title=_words(template.title),
        instruction=_words(template.instruction),
        check=_words(template.check.words),
        undo=_words(template.undo) or _command(template.undo_commands) or None,
        command=_command(commands) or None,
        shell=_shown_shell(commands[0]) if commands else None,
    )


def _words(text: str) -> str:
    return fill_words(text, {}).text


def _command(commands: tuple[CommandTemplate, ...]) -> str:
    """The first command as it would be copied; others are for other versions, which the catalogue leaves out."""
    if not commands:
        return ""
    text, known = commands[0].text, shell(commands[0].shell)
    if known is None or known.quoting is None:
        return text
    return fill_command(known.expanded(text), {}, known.quoting).text


def _shown_shell(command: CommandTemplate) -> str:
    known = shell(command.shell)
    if known is not None:
        return known.label(elevated=command.elevated)
    return f"{command.shell}, elevated" if command.elevated else command.shell
