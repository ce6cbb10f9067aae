"""`easwizard report --restore`: real names where made-up ones stand, on the machine that keeps the private map (J27).

In text, a name that goes between single quotes gets its own quotes doubled, as PowerShell wants it; what must not
stand between double quotes is not put there, and stays made up. A case gets its names back as a whole: plans and
their commands are then made anew from it, quoted for each shell.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from easwizard.case.redaction.restore import restore, restored
from easwizard.case.untrusted import visible
from easwizard.cli.console import ExitCode, UsageError, complain, write
from easwizard.cli.keeping import new_report_file, write_new
from easwizard.diagnosis.plans.quoting import NEVER_IN_CMD, SINGLE_QUOTES
from easwizard.storage.case_file import SUFFIX, CaseFileError, read_case, write_case
from easwizard.storage.pack_file import PackError, is_pack, read_pack
from easwizard.storage.private_map import MapError, read_map
from easwizard.storage.unpacking import case_in

_MOST_BYTES = 16_000_000
_QUOTED = re.compile(
    rf"(?P<single>[{SINGLE_QUOTES}](?:[^{SINGLE_QUOTES}\n]|[{SINGLE_QUOTES}]{{2}})*[{SINGLE_QUOTES}])"
    r'|(?P<double>"[^"\n]*")'
    rf"|(?P<bare>[^{SINGLE_QUOTES}\"]+|.)",
    re.DOTALL,
)
_NOT_IN_DOUBLE = frozenset(NEVER_IN_CMD + "$`\u201c\u201d\u201e")
_PLAIN = re.compile(r"[\w.:/@\\-]*")
"""Names that no shell reads as anything else, quoted or not."""


@dataclass(frozen=True)
class FilledIn:
    """A text with its real names."""

    text: str
    doubtful: tuple[str, ...] = ()
    """Names that stand there without quotes and that a shell may read as something else."""
    left: tuple[str, ...] = ()
    """Stand-ins that were left, since their names must not stand between double quotes."""


def filled_in(text: str, names: Mapping[str, str]) -> FilledIn:
    """The text with real names; `names` is the private map."""
    doubtful: dict[str, None] = {}
    left: dict[str, None] = {}
    safe = {shown: name for shown, name in names.items() if _NOT_IN_DOUBLE.isdisjoint(name)}
    unsafe = {shown: name for shown, name in names.items() if shown not in safe}

    def bare(name: str) -> str:
        if _PLAIN.fullmatch(name) is None:
            doubtful.setdefault(name)
        return name

    def filled(match: re.Match[str]) -> str:
        if match["single"] is not None:
            return f"{match[0][0]}{restore(match[0][1:-1], names, _doubled)}{match[0][-1]}"
        if match["double"] is not None:
            restore(match[0], unsafe, lambda name: left.setdefault(name) or "")
            return restore(match[0], safe)
        return restore(match[0], names, bare)

    made = _QUOTED.sub(filled, text)
    stand_ins = tuple(shown for shown, name in unsafe.items() if name in left)
    return FilledIn(made, tuple(doubtful), stand_ins)


def _doubled(name: str) -> str:
    return re.sub(f"[{SINGLE_QUOTES}]", lambda quote: quote[0] * 2, name)


def run(arguments: argparse.Namespace) -> int:
    """Write or print the file with real names; 0. Raises UsageError."""
    if arguments.map is None:
        raise UsageError("--restore needs the private map of the pack: --map NAME.private-map.json")
    path = Path(arguments.restore)
    try:
        names = read_map(Path(arguments.map))
        if is_pack(path) or path.suffix.casefold() == SUFFIX:
            return _case(path, names, arguments.output)
        text = _read(path)
    except (MapError, PackError, CaseFileError) as error:
        raise UsageError(str(error)) from error
    made = filled_in(text, names)
    if made.doubtful:
        listed = ", ".join(visible(name, 60) for name in made.doubtful[:5])
        complain(f"mind the quotes around these names before you run anything: {listed}")
    if made.left:
        complain(f"left as they are, no shell takes their names between double quotes: {', '.join(made.left[:5])}")
    if arguments.output is None:
        write(made.text)
    else:
        target = new_report_file(Path(arguments.output), "-o")
        write_new(target, made.text)
        complain(f"with real names: {target}; hand it to nobody outside")
    return ExitCode.NO_PROBLEM


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path}: is larger than {_MOST_BYTES // 1_000_000} MB; restore a part of it")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is no text in UTF-8") from error


def _case(path: Path, names: Mapping[str, str], output: str | None) -> ExitCode:
    """A case, or that of a pack, as a new case file."""
    if output is None or Path(output).suffix != SUFFIX:
        raise UsageError(f"a case is restored into a new one: give -o NEW{SUFFIX}")
    target = new_report_file(Path(output), "-o")
    case = case_in(read_pack(path)) if is_pack(path) else read_case(path)
    # Copies keep their made-up names, and the new case is elsewhere: it keeps what they said.
    imports = tuple(replace(read, copy=None) for read in case.imports)
    write_case(target, restored(replace(case, imports=imports), names))
    complain(f"with real names: {target}; plans and commands are made anew from it")
    return ExitCode.NO_PROBLEM
