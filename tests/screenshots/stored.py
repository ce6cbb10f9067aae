"""Where pictures are kept, and what makes two of them the same."""

from __future__ import annotations

import re
from pathlib import Path

from easwizard.case.case import Case
from easwizard.storage.case_file import read_case

HERE = Path(__file__).parent
CASES, SNAPSHOTS = HERE / "cases", HERE / "snapshots"
PICTURES = HERE.parent.parent / "screenshots"
MADE_WITH = (3, 11)
"""The Python that pictures are made and compared with."""
MADE_WITH_TEXTUAL = "8.2.8"
"""The Textual that drew them: another one draws a little differently."""
HOW = "if the change is meant: python -m tests.screenshots --write, then look at what changed"
_FONTS = "Cascadia Mono, DejaVu Sans Mono, Menlo, Consolas, monospace"


def recorded(name: str) -> Case:
    """A recorded estate, with everything that was seen."""
    return read_case(CASES / f"{name}.eascase")


def still_svg(svg: str) -> str:
    """An exported screen without what differs from run to run, and without fonts that a reader would fetch.

    Textual numbers its class names by a checksum of the segments, which holds ids of links.
    """
    svg = re.sub(r"terminal-\d+", "easwizard", svg)
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)  # else librsvg drops spaces that begin a text
    svg = svg.replace("Fira Code, monospace", _FONTS)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def text_file(name: str) -> Path:
    return SNAPSHOTS / f"{name}.txt"


def svg_file(name: str) -> Path:
    return PICTURES / f"{name}.svg"


def kept(file: Path) -> str | None:
    """What is stored, or None where nothing is."""
    return file.read_text(encoding="utf-8") if file.exists() else None


def keep(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
