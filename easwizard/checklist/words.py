"""Reads what a gate says to people from the Markdown file beside its Python file.

The form: `# Title`, then `## Why`, `## By hand` and, where the program tells something by itself, `## By itself`.
A line of `By hand` that begins with a shell's name in angle brackets is a command to copy, kept as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

_COMMAND = re.compile(r"<([^>\n]+)>: `([^`\n]+)`")


@dataclass(frozen=True)
class Command:
    """One command to copy, and the shell it is for."""

    shell: str
    text: str


@dataclass(frozen=True)
class Words:
    """Everything that a gate says, whatever the case."""

    title: str
    why: str
    by_hand: str
    """How to check it without the program."""
    commands: tuple[Command, ...]
    by_itself: str
    """How the program tells it; empty where it cannot."""


class WordsError(ValueError):
    """A gate's Markdown file does not have the form above: a mistake in this program."""


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
    for needed in ("Why", "By hand"):
        if not sections.get(needed):
            raise WordsError(f"the section {needed} is missing or empty")
    unknown = sections.keys() - {"Why", "By hand", "By itself"}
    if unknown:
        raise WordsError(f"unknown section {', '.join(sorted(unknown))}")
    lines = sections["By hand"].splitlines()
    commands = tuple(Command(m[1], m[2]) for line in lines if (m := _COMMAND.fullmatch(line.strip())))
    prose = "\n".join(line for line in lines if not _COMMAND.fullmatch(line.strip()))
    by_itself = _flow(sections.get("By itself", ""))
    return Words(title[1].strip(), _flow(sections["Why"]), _flow(prose), commands, by_itself)


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        yield head.strip(), body.strip()


def _flow(text: str) -> str:
    """One line, so that each output wraps it to its own width."""
    return " ".join(text.split())
