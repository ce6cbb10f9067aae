"""Reads the words of a problem from the Markdown file beside its Python file.

The form: `# Title`, then `## Helpdesk`, `## Engineer`, and any number of `## Remedy ID: Title` (with
`(recommended)` after the id where it is). A remedy is a numbered list; the first sentence of an item is the
step's title, lines that begin with `Check:`, `Undo:` or a shell's name in angle brackets belong to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources


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


@dataclass(frozen=True)
class Remedy:
    """One way to mend a problem."""

    id: str
    title: str
    recommended: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Words:
    """Everything that a problem says to people, whatever the case."""

    title: str
    helpdesk: str
    engineer: str
    remedies: tuple[Remedy, ...]


class WordsError(ValueError):
    """A problem's Markdown file does not have the form above: a mistake in this program."""


def load_words(package: str, name: str) -> Words:
    """Read `name`.md from a package. Raises WordsError naming the file and what is missing."""
    text = resources.files(package).joinpath(f"{name}.md").read_text(encoding="utf-8")
    try:
        return parse_words(text)
    except WordsError as error:
        raise WordsError(f"{name}.md: {error}") from error


def parse_words(text: str) -> Words:
    """Read the words from Markdown text."""
    title = re.match(r"# (.+)\n", text)
    if title is None:
        raise WordsError("the first line is not a title")
    sections = dict(_sections(text))
    for needed in ("Helpdesk", "Engineer"):
        if not sections.get(needed):
            raise WordsError(f"the section {needed} is missing or empty")
    remedies = tuple(_remedy(head, body) for head, body in sections.items() if head.startswith("Remedy "))
    return Words(title[1].strip(), _flow(sections["Helpdesk"]), _flow(sections["Engineer"]), remedies)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        yield head.strip(), body.strip()


def _flow(text: str) -> str:
    """Paragraphs as single lines, so that each output wraps them to its own width."""
    return "\n\n".join(" ".join(p.split()) for p in re.split(r"\n\s*\n", text))


def _remedy(head: str, body: str) -> Remedy:
    match = re.fullmatch(r"Remedy ([a-z0-9-]+)( \(recommended\))?: (.+)", head)
    if match is None:
        raise WordsError(f"the heading '{head}' is not 'Remedy ID: Title'")
    items = re.split(r"^\d+\. ", body, flags=re.MULTILINE)[1:]
    return Remedy(match[1], match[3], match[2] is not None, tuple(_step(item) for item in items))


_LABELLED = re.compile(r"(Check|Undo|<[^>]+>): ?(.*)")


def _step(item: str) -> Step:
    prose: list[str] = []
    labelled: dict[str, str] = {}
    label: str | None = None
    for line in (raw.strip() for raw in item.splitlines()):
        match = _LABELLED.fullmatch(line)
        if match:
            label = match[1]
            labelled[label] = match[2]
        elif label is not None:
            labelled[label] = f"{labelled[label]} {line}".strip()
        else:
            prose.append(line)
    title, _, instruction = " ".join(prose).partition(". ")
    shell = next((name for name in labelled if name.startswith("<")), None)
    if "Check" not in labelled:
        raise WordsError(f"the step '{title}' has no check")
    return Step(
        title=title.rstrip("."),
        instruction=instruction,
        check=labelled["Check"],
        undo=labelled.get("Undo"),
        command=labelled[shell].strip("`") if shell else None,
        shell=shell.strip("<>") if shell else None,
    )
