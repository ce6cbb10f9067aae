"""What stage 4 says of a file that was brought: one row, a short account, and everything line by line. No widget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from textual.content import Content

from easwizard.case.case import Case, Contradiction, Import, Noted
from easwizard.evidence.holes import Hole
from easwizard.tui.bringing import Course
from easwizard.tui.safe_text import joined, plain
from easwizard.tui.stages.diagnosis_words import command, hanging
from easwizard.tui.symbols import Symbols
from easwizard.tui.widgets.row_list import fit
from easwizard.workflow.bringing import Verdict

_SHORT: Mapping[str, str] = {
    "ActiveSync virtual directory": "vdir",
    "other virtual directory": "other vdir",
    "Exchange server": "server",
    "Client Access server": "CAS",
    "Windows feature": "feature",
    "web site": "site",
    "web site binding": "binding",
    "configuration section": "section",
    "legacy name looked at": "old name",
    "web.config of an ActiveSync virtual directory": "web.config",
    "version of ExSetup.exe": "version",
}
"""Kinds as a row has room for them."""
_LABEL = 9
_FEW, _LINES = 2, 2
"""Of one kind in the short account, and the lines of each."""


# Rows


def file_row(record: Import, case: Case, lost: str, signs: Symbols, width: int) -> Content:
    """E.g. `! applicationHost.config   EX13A   2 sites, 1 vdir   1 problem`; a sign and a word for each state."""
    state = _state(record, case, lost)
    sign = signs.good if not state else "!"
    counts = ", ".join(_counted(kind, count) for kind, count in record.objects.items() if count) or record.format
    tail = f"{state}; {counts}" if state else counts
    return _row(
        sign, "$text-success" if not state else "$text-warning", record.file, record.server or "", tail, width
    )


def refused_row(verdict: Verdict, signs: Symbols, width: int) -> Content:
    """What was not taken, with the outcome as a word."""
    return _row(signs.bad, "$text-error", verdict.file.name, "", verdict.outcome.value, width)


def _row(sign: str, style: str, name: str, server: str, tail: str, width: int) -> Content:
    named = max(12, (width - 2) * 5 // 12)
    owner = 9 if width >= 50 else 0
    rest = max(8, width - 2 - named - 1 - owner - (1 if owner else 0))
    parts: list[Content | str] = [plain(f"{sign} ", style), plain(fit(name, named)), " "]
    if owner:
        parts += [plain(fit(server, owner), "bold"), " "]
    return joined(*parts, plain(fit(tail, rest), "dim" if style == "$text-success" else ""))


def _state(record: Import, case: Case, lost: str) -> str:
    """What is not as it should be with a file, in a word or two."""
    against = len(contradictions_of(record, case))
    told = [f"{against} conflict{'s' if against > 1 else ''}"] if against else []
    if lost:
        told.append("copy lost" if record.copy else "no copy")
    problems = len(record.problems)
    if problems:
        told.append(f"{problems} problem{'s' if problems > 1 else ''}")
    return ", ".join(told)


def _counted(kind: str, count: int) -> str:
    name = _SHORT.get(kind, kind)
    return f"{count} {name}" if count == 1 or name == "CAS" else f"{count} {name}s"


def contradictions_of(record: Import, case: Case) -> tuple[Contradiction, ...]:
    """Those in which this file says one of the values."""
    return tuple(
        c
        for c in case.contradictions
        if any(_is_of(place, record) for v in c.values for place in v.where.split(", "))
    )


def _is_of(place: str, record: Import) -> bool:
    return place == record.file or place.startswith(f"{record.file}:")


# Hidden names


def without_file_names(case: Case) -> Case:
    """The case with numbers for its files: people put the names of servers into the names of files."""
    names = {record.file: f"file {number}" for number, record in enumerate(case.imports, start=1)}

    def hidden(places: str) -> str:
        return ", ".join(_hidden_place(place, names) for place in places.split(", "))

    def noted(all_of_them: Sequence[Noted]) -> tuple[Noted, ...]:
        return tuple(replace(one, where=hidden(one.where)) for one in all_of_them)

    imports = tuple(
        replace(
            record,
            file=names[record.file],
            copy=names[record.file] if record.copy else None,
            problems=noted(record.problems),
            notes=noted(record.notes),
            codes=tuple(replace(code, where=hidden(code.where)) for code in record.codes),
        )
        for record in case.imports
    )
    contradictions = tuple(replace(told, values=noted(told.values)) for told in case.contradictions)
    return replace(case, imports=imports, contradictions=contradictions)


def _hidden_place(place: str, names: Mapping[str, str]) -> str:
    file = next((file for file in names if place == file or place.startswith(f"{file}:")), None)
    return place if file is None else names[file] + place[len(file) :]


# The short account


def file_detail(record: Import, case: Case, lost: str, folder: str, width: int) -> Content:
    """What it is, what was read, what not, against whom; Enter shows all of it."""
    kept = _kept(record, lost, PurePath(folder).name)
    lines = [_labelled("It is", _what(record), width), _labelled("Read", _read(record), width)]
    lines.append(_labelled("Kept", kept, width))
    for label, texts in (
        ("Against", [_contradiction(c) for c in contradictions_of(record, case)]),
        ("Problem", [_at(record, p) for p in record.problems]),
        ("Noted", [_at(record, n) for n in record.notes]),
    ):
        shown = [_cut(text, _LINES * (width - _LABEL)) for text in texts[:_FEW]]
        lines += [_labelled(label if n == 0 else "", text, width) for n, text in enumerate(shown)]
        if len(texts) > _FEW:
            lines.append(plain(f"{' ' * _LABEL}and {len(texts) - _FEW} more", "dim"))
    return Content("\n").join([*lines, plain("enter  every line     s  other server     x  take it away", "dim")])


def _labelled(label: str, text: str, width: int) -> Content:
    return hanging(f"{label:<{_LABEL}}", text, width)


def _at(record: Import, noted: Noted) -> str:
    """Where and what; the file's own name need not be said again."""
    line = noted.where.removeprefix(f"{record.file}:") if noted.where != record.file else ""
    where = f"line {line}: " if line.isdigit() else f"{line}: " if line else ""
    return f"{where}{noted.what}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 2].rstrip()} …"


def refused_detail(verdict: Verdict, width: int) -> Content:
    """Why something was not taken, and what to do."""
    lines = [_labelled("Why", f"{verdict.words}.", width)]
    if verdict.format:
        lines.insert(0, _labelled("It is", verdict.format, width))
    lines.append(_labelled("Case", "nothing of it was taken into the case.", width))
    return Content("\n").join([*lines, plain("x  take this line away", "dim")])


def _what(record: Import) -> str:
    when = f", read {record.read_at:%Y-%m-%d %H:%M} UTC" if record.read_at is not None else ""
    return f"{record.format}{f' of {record.server}' if record.server else ''}{when}"


def _read(record: Import) -> str:
    counted = [f"{count} {_plural(kind, count)}" for kind, count in record.objects.items() if count]
    return ", ".join(counted) or "no objects"


def _plural(kind: str, count: int) -> str:
    if count == 1:
        return kind
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _kept(record: Import, lost: str, folder: str) -> str:
    if lost:
        return f"{lost}. What it told counts until you take it away (x)."
    return f"{folder}: {record.copy}, without secrets" if record.copy else "only what it told"


def _contradiction(told: Contradiction) -> str:
    values = " but ".join(f"{value.what} in {value.where}" for value in told.values)
    counts = f"{told.taken} counts" if told.taken is not None else "none counts"
    return f"{told.about}, {told.property.replace('_', ' ')}: {values}. {counts}: {told.rule}."


# Line by line


def file_lines(
    record: Import, case: Case, lost: str, folder: str, holes: Sequence[Hole], width: int
) -> list[Content]:
    """Everything that is known of one file, to read, to scroll and to copy."""
    lines = [
        hanging("It is     ", _what(record), width),
        hanging("Kept      ", _kept(record, lost, folder), width),
        hanging("SHA-256   ", f"{record.sha256 or 'not known'} (of the file as it was brought)", width),
    ]
    lines += _section(
        "Understood", [f"{count} {_plural(kind, count)}" for kind, count in record.objects.items()], width
    )
    lines += _section(
        "It states", [f"{c.where}: {c.code}{f' on {c.server}' if c.server else ''}" for c in record.codes], width
    )
    lines += _section("Noted", [_at(record, n) for n in record.notes], width)
    lines += _section("Not used or not known, and why", [_at(record, p) for p in record.problems], width)
    lines += _section(
        "Other files say otherwise", [_contradiction(c) for c in contradictions_of(record, case)], width
    )
    if holes:
        lines += [plain(""), plain("Still not known, and the command that would tell (it only reads)", "bold")]
        for hole in holes:
            lines += [hanging("  - ", hole_title(hole), width), *_command(hole, width)]
    return lines


def _section(title: str, texts: Sequence[str], width: int) -> Iterator[Content]:
    if texts:
        yield plain("")
        yield plain(title, "bold")
        yield from (hanging("  - ", text, width) for text in texts)


def _command(hole: Hole, width: int) -> Iterator[Content]:
    yield plain(f"    {hole.where}:", "dim")
    yield command(hole.command, width, "    ")


# Holes


def hole_title(hole: Hole) -> str:
    """E.g. `EX13A: role service Web-Client-Auth`."""
    whose = ", ".join(hole.subjects[:3]) + (f" and {len(hole.subjects) - 3} more" if len(hole.subjects) > 3 else "")
    return f"{whose}: {', '.join(hole.missing)}" if whose else ", ".join(hole.missing)


def hole_detail(hole: Hole, width: int) -> Content:
    parts = [hanging("What ", ", ".join(hole.missing), width)]
    if hole.subjects:
        parts.append(hanging("Of   ", ", ".join(hole.subjects), width))
    parts.append(hanging("Run  ", f"{hole.where}; it only reads. c copies it", width))
    return Content("\n").join([*parts, command(hole.command, width, "     ")])


# Progress


def course_lines(course: Course, signs: Symbols, width: int) -> Content:
    """How far the reading is: which file, with a bar; below it the numbers."""
    which = f"{course.number} of {course.total}  " if course.total > 1 else ""
    bar = min(24, width // 3)
    share = min(1.0, course.taken / course.size) if course.size else 0.0
    filled = round(share * bar)
    gauge = f"{signs.full * filled}{signs.line * (bar - filled)}"
    size = f" of {_megabytes(course.size)}" if course.size is not None else ""
    objects = f", {course.objects:,} objects" if course.objects else ""
    done = f"{_megabytes(course.taken)}{size}{objects}" if course.taken else f"reading{size}"
    if course.rate is not None:
        done = _of_logs(course)
    elif course.size is not None and course.taken >= course.size > 0:
        done = f"read{objects}; its copy is made"
    return joined(
        plain(fit(f"Reading {which}{course.name}", max(8, width - bar - 1)), "bold"), " ", plain(gauge, "$primary"),
        "\n", plain(fit(f"{done}", max(8, width - 17)), ""), plain("  ctrl+x ends it", "dim"),
    )  # fmt: skip


def _of_logs(course: Course) -> str:
    """E.g. `312.0 MB of 1,024.0 MB, 145.2 MB/s, 5 s left`."""
    if not course.size:
        return "looking for logs"
    text = f"{_megabytes(course.taken)} of {_megabytes(course.size)}"
    if course.rate:
        text += f", {_megabytes(round(course.rate))}/s"
    if course.seconds_left is not None and course.seconds_left >= 1:
        text += f", {course.seconds_left:.0f} s left"
    return f"SHA-256: {text}" if course.checking else text


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
