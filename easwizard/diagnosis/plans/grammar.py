"""Reads one remedy of a problem's Markdown file; the form is described in `diagnosis.words`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from easwizard.diagnosis.plans import scopes_known
from easwizard.diagnosis.plans.conditions import Condition, ConditionError, parse_conditions
from easwizard.diagnosis.plans.placeholders import names_in, unknown_names
from easwizard.diagnosis.plans.shells import shell
from easwizard.diagnosis.plans.template import (
    ONCE,
    BlockTemplate,
    CheckKind,
    CheckTemplate,
    CommandTemplate,
    Expectation,
    RemedyTemplate,
    StepTemplate,
)

GUARDS = ("live-devices", "clean-up", "one-at-a-time")
"""What may stand after `Guard:`; what each does is in `plans.guards`."""
_IMPORTS = ("vdirs", "iis", "netsh", "features", "servers", "proxying", "logs")


class GrammarError(ValueError):
    """A remedy that does not have the form: a mistake in this program."""


def parse_remedy(head: str, body: str) -> RemedyTemplate:
    """Read what stands under `## Remedy ...`. Raises GrammarError."""
    match = re.fullmatch(r"Remedy ([a-z0-9-]+)( \(recommended\))?: (.+)", head)
    if match is None:
        raise GrammarError(f"the heading '{head}' is not 'Remedy ID: Title'")
    parts = re.split(r"^### (.+)$", body, flags=re.MULTILINE)
    before, first = _before_the_list(parts[0])
    forward = [_block(ONCE, first)] if first.strip() else []
    back: list[BlockTemplate] = []
    for title, text in zip(parts[1::2], parts[2::2], strict=True):
        scope, is_back = _block_head(title.strip())
        (back if is_back else forward).append(_block(scope, text))
    lines = _remedy_lines(before)
    remedy = RemedyTemplate(
        id=match[1],
        title=match[3],
        recommended=match[2] is not None,
        blocks=tuple(forward),
        rollback=tuple(back),
        for_whom=_single(lines, "For whom"),
        costs=_single(lines, "Costs"),
        needs=tuple(lines.get("Needs", ())),
        risk=_single(lines, "Risk"),
        outage=_single(lines, "Outage"),
        watch=tuple(lines.get("Watch", ())),
        guards=tuple(_guard(name.strip()) for text in lines.get("Guard", ()) for name in text.split(",")),
        when=_conditions(_single(lines, "When")),
        same_as=_single(lines, "Same as"),
    )
    _must_be_whole(remedy)
    return remedy


def _must_be_whole(remedy: RemedyTemplate) -> None:
    ids = [step.id for blocks in (remedy.blocks, remedy.rollback) for block in blocks for step in block.steps]
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        raise GrammarError(f"the remedy {remedy.id} has two steps with the id {twice[0]}")
    if not ids and not remedy.same_as:
        raise GrammarError(f"the remedy {remedy.id} has no steps")


# Around the steps

_REMEDY_LABELS = ("For whom", "Costs", "Needs", "Risk", "Outage", "Watch", "Guard", "When", "Same as")
_REMEDY_LINE = re.compile(rf"({'|'.join(_REMEDY_LABELS)}): ?(.*)")


def _before_the_list(text: str) -> tuple[str, str]:
    match = re.search(r"^\d+\. ", text, flags=re.MULTILINE)
    return (text, "") if match is None else (text[: match.start()], text[match.start() :])


def _remedy_lines(text: str) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    label: str | None = None
    for line in (raw.strip() for raw in text.splitlines() if raw.strip()):
        match = _REMEDY_LINE.fullmatch(line)
        if match:
            label = match[1]
            lines.setdefault(label, []).append(match[2])
        elif label is None:
            raise GrammarError(f"'{line}' stands before the steps and under no label")
        else:
            lines[label][-1] = f"{lines[label][-1]} {line}".strip()
    return lines


def _single(lines: dict[str, list[str]], label: str) -> str:
    found = lines.get(label, [])
    if len(found) > 1:
        raise GrammarError(f"'{label}' stands there twice")
    return found[0] if found else ""


def _guard(name: str) -> str:
    if name not in GUARDS:
        raise GrammarError(f"unknown guard '{name}'; known: {', '.join(GUARDS)}")
    return name


def _block_head(title: str) -> tuple[str, bool]:
    """`Once`, `Each SCOPE, one after the other`, `Rollback`, `Rollback, each SCOPE, one after the other`."""
    rest = re.sub(r"^Rollback(, )?", "", title)
    is_back = rest != title
    if rest in ("", "Once"):
        return ONCE, is_back
    match = re.fullmatch(r"(?i:(each .+)), one after the other", rest)
    if match is None:
        raise GrammarError(f"the heading '### {title}' is no block: see the form")
    return _scope(match[1]), is_back


def _scope(text: str) -> str:
    name = text.strip().casefold()
    if name not in scopes_known.SCOPES:
        raise GrammarError(f"unknown scope '{text}'; known: {', '.join(scopes_known.SCOPES)}")
    return name


def _conditions(text: str) -> tuple[Condition, ...]:
    try:
        return parse_conditions(text)
    except ConditionError as error:
        raise GrammarError(str(error)) from error


# The steps


def _block(scope: str, text: str) -> BlockTemplate:
    items = re.split(r"^\d+\. ", text, flags=re.MULTILINE)
    if items[0].strip():
        raise GrammarError(f"'{items[0].strip()[:60]}' stands before the first step of its block")
    steps = tuple(_step(item) for item in items[1:])
    if scope != ONCE and any(step.scope != ONCE for step in steps):
        raise GrammarError("a step inside a block 'each ...' cannot have a 'For:' of its own")
    return BlockTemplate(scope, steps)


_LABELLED = re.compile(
    r"(?:(?P<role>Backup|Undo|Look) )?<(?P<shell>(?:[^>]|>(?!:))+)>: ?(?P<command>.*)"
    r"|Check(?: (?P<kind>probe|import|paste)(?P<about>[^:]*))?: ?(?P<check>.*)"
    r"|(?P<label>Caution|Expect|Wait|For|When|Change|Stop|Undo|Source): ?(?P<text>.*)"
)


@dataclass
class _Line:
    """One labelled line of a step with what goes on below it."""

    label: str
    """`Caution`, `Check`, ...; empty for the prose at the top; `<>` for a command, `Undo <>` and so on."""
    about: str
    """What stands in a command's brackets, or between a check's kind and its colon."""
    text: str
    kind: str = ""
    """Of a check."""


@dataclass(frozen=True)
class _Lines:
    """The lines of one step, in the order of the file."""

    title: str
    lines: tuple[_Line, ...]

    def all(self, label: str) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines if line.label == label)

    def one(self, label: str) -> str:
        found = self.all(label)
        if len(found) > 1:
            raise GrammarError(f"the step '{self.title}' has '{label}' twice")
        return found[0] if found else ""

    @property
    def check(self) -> _Line:
        found = [line for line in self.lines if line.label == "Check"]
        if len(found) != 1:
            raise GrammarError(f"the step '{self.title}' has {'no check' if not found else 'more than one check'}")
        return found[0]


def _step(item: str) -> StepTemplate:
    prose, *labelled = _lines_of(item)
    head, _, instruction = prose.text.partition(". ")
    given = re.match(r"\[([a-z0-9-]+)\] ", head)
    title = (head[given.end() :] if given else head).rstrip(".")
    lines = _Lines(title, tuple(labelled))
    minutes, why = _wait(lines.one("Wait"))
    source = lines.one("Source")
    step = StepTemplate(
        id=given[1] if given else _slug(title),
        title=title,
        instruction=instruction,
        check=_check(lines.check, title),
        cautions=lines.all("Caution"),
        commands=_commands(lines, ""),
        backup=_commands(lines, "Backup "),
        looks=_commands(lines, "Look "),
        expected=lines.one("Expect"),
        wait_minutes=minutes,
        wait_why=why,
        undo=lines.one("Undo"),
        undo_commands=_commands(lines, "Undo "),
        changes=lines.all("Change"),
        scope=_scope(lines.one("For") or ONCE),
        when=_conditions(lines.one("When")),
        stop=lines.one("Stop"),
        sources=tuple(re.split(r",\s*", source)) if source else (),
    )
    _placeholders_must_be_known(step)
    return step


def _lines_of(item: str) -> list[_Line]:
    """The prose first, then the labelled lines; a line without a label goes on with the one before it."""
    found = [_Line("", "", "")]
    for line in (raw.strip() for raw in item.splitlines()):
        match = _LABELLED.fullmatch(line)
        if match is None:
            found[-1].text = f"{found[-1].text} {line}".strip()
        elif match["shell"]:
            role = f"{match['role']} <>" if match["role"] else "<>"
            found.append(_Line(role, match["shell"], match["command"].strip("`")))
        elif match["label"]:
            found.append(_Line(match["label"], "", match["text"]))
        else:
            found.append(_Line("Check", (match["about"] or "").strip(), match["check"], match["kind"] or ""))
    return found


def _slug(title: str) -> str:
    words = re.sub(r"\{[^}]*\}", "", title).casefold()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:60].rstrip("-")


def _wait(text: str) -> tuple[int, str]:
    """`60 min, why`, or nothing."""
    if not text:
        return 0, ""
    match = re.fullmatch(r"(\d+) min, (.+)", text)
    if match is None:
        raise GrammarError(f"'Wait: {text}' is not 'MINUTES min, why'")
    return int(match[1]), match[2]


def _commands(lines: _Lines, role: str) -> tuple[CommandTemplate, ...]:
    """The commands of one role; lines that follow each other under the same brackets are one block."""
    blocks: list[CommandTemplate] = []
    for line in (each for each in lines.lines if each.label == f"{role}<>"):
        head, text = line.about, line.text
        name, _, condition = head.partition(";")
        name, _, word = name.partition(",")
        if word.strip() not in ("", "elevated"):
            raise GrammarError(f"'<{head}>': after the comma only 'elevated' can stand")
        new = CommandTemplate(name.strip(), bool(word.strip()), text, _conditions(condition.strip()))
        if blocks and (blocks[-1].shell, blocks[-1].elevated, blocks[-1].when) == (new.shell, new.elevated, new.when):
            old = blocks.pop()
            new = CommandTemplate(new.shell, new.elevated, f"{old.text}\n{text}", new.when)
        blocks.append(new)
    return tuple(blocks)


def _check(line: _Line, title: str) -> CheckTemplate:
    about, words = line.about, line.text
    if line.kind == "probe":
        match = re.fullmatch(r"(?P<hosts>.*?)(?: ?\[(?P<expects>[a-z-]+)\])?", about)
        assert match is not None  # every text has this form
        expects = match["expects"] or Expectation.GONE
        if expects not in set(Expectation):
            raise GrammarError(f"the step '{title}': unknown expectation '{expects}'")
        return CheckTemplate(CheckKind.PROBE, words, hosts=match["hosts"], expectation=Expectation(expects))
    if line.kind == "import":
        if about not in _IMPORTS:
            raise GrammarError(f"the step '{title}': unknown import '{about}'; known: {', '.join(_IMPORTS)}")
        return CheckTemplate(CheckKind.IMPORT, words, imported=about)
    if line.kind == "paste":
        return CheckTemplate(CheckKind.PASTE, words, must_hold=about.removeprefix("[").removesuffix("]"))
    return CheckTemplate(CheckKind.MANUAL, words)


def _placeholders_must_be_known(step: StepTemplate) -> None:
    """Where a shell's arguments can be quoted, braces are placeholders; elsewhere none may stand."""
    commands = (*step.commands, *step.backup, *step.looks, *step.undo_commands)
    words = (step.title, step.instruction, *step.cautions, step.expected, step.undo, step.check.words, step.wait_why)
    for text in (*words, *step.changes, step.check.hosts, *(c.text for c in commands)):
        if unknown := unknown_names(text):
            raise GrammarError(f"the step '{step.title}': unknown placeholder {{{unknown[0]}}}")
    for command in commands:
        known = shell(command.shell)
        if any(names_in(command.text)) and (known is None or known.quoting is None):
            raise GrammarError(f"the step '{step.title}': nothing can be filled in for <{command.shell}>")


def step_templates(remedy: RemedyTemplate) -> Iterator[StepTemplate]:
    """All steps of a remedy, the way back included."""
    for block in (*remedy.blocks, *remedy.rollback):
        yield from block.steps
