"""Finds the reader of a file by its content, never by its name, and reads it.

Streams CLIXML; every other format is read whole and capped. What no reader recognises is said with what was tried.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from dataclasses import replace

from easwizard.evidence import readers
from easwizard.evidence.decoding import HEAD, NotText, decode
from easwizard.evidence.exported import Progress
from easwizard.evidence.import_files import ImportFile
from easwizard.evidence.readers import (
    appcmd,
    clixml,
    format_list,
    netsh_sslcert,
    proxying_paste,
    windows_feature_text,
)
from easwizard.evidence.reading import MOST_BYTES, Reader, Reading, Source, Trouble

UNKNOWN = "not recognised"


@functools.cache
def all_readers() -> tuple[Reader, ...]:
    """Every reader, those of loosely shaped text last."""
    modules = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    found = [importlib.import_module(f"{readers.__name__}.{name}") for name in modules]
    each: list[Reader] = [module.READER for module in found if hasattr(module, "READER")]
    return tuple(sorted(each, key=lambda reader: reader is format_list.READER))


def read_file(file: ImportFile, progress: Progress | None = None) -> Reading:
    """What one file says; whatever is wrong with it is a trouble of the reading, never an exception."""
    try:
        with file.open() as stream:
            head = stream.read(HEAD)
            stream.seek(0)
            if not head.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
                return _trouble(file, "empty", "the file is empty")
            start = Source(file.name, decode(head).text, file.server)
            if clixml.READER.recognises(start):
                return clixml.READER.read_stream(file.name, stream, file.server, progress)
            content = stream.read(MOST_BYTES + 1)
    except NotText as error:
        return _trouble(file, "not text", str(error))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return _trouble(file, "unreadable", f"the file cannot be read: {reason}")
    if len(content) > MOST_BYTES:
        return _trouble(
            file, UNKNOWN, f"larger than {MOST_BYTES // 1024 // 1024} MB, which is too large to read at once"
        )
    return _read_whole(file, content)


def _read_whole(file: ImportFile, content: bytes) -> Reading:
    try:
        decoded = decode(content)
    except NotText as error:
        return _trouble(file, "not text", str(error))
    reading = read_source(Source(file.name, decoded.text, file.server))
    said = tuple(Trouble(file.name, what) for what in decoded.troubles)
    return replace(reading, troubles=said + reading.troubles)


def read_source(source: Source) -> Reading:
    """What a decoded text says."""
    found = [reader for reader in all_readers() if reader.recognises(source)]
    if found:
        return _together([reader.read(source) for reader in found if reader is found[0] or _shares(found[0], reader)])
    tried = ", ".join(reader.format for reader in all_readers())
    why = format_list.READER.why_not(source) or f"none of the formats known here: {tried}"
    return Reading(source.name, UNKNOWN, troubles=(Trouble(source.name, why),))


_PASTED = frozenset(
    reader.format
    for reader in (
        appcmd.READER, netsh_sslcert.READER, windows_feature_text.READER, proxying_paste.READER, format_list.READER,
    )
)  # fmt: skip
"""Outputs that a paste may hold side by side."""


def _shares(first: Reader, other: Reader) -> bool:
    return first.format in _PASTED and other.format in _PASTED


def _together(readings: list[Reading]) -> Reading:
    """What several readers took out of one paste, as one reading."""
    first, *others = readings
    for other in others:
        objects = {k: first.objects.get(k, 0) + other.objects.get(k, 0) for k in {**first.objects, **other.objects}}
        first = Reading(
            first.file,
            f"{first.format} and {other.format}",
            claims=first.claims + other.claims,
            objects=objects,
            troubles=tuple(dict.fromkeys(first.troubles + other.troubles)),
            findings=tuple(dict.fromkeys(first.findings + other.findings)),
            incomplete=first.incomplete + other.incomplete,
            notes=first.notes + other.notes,
            found_on={**other.found_on, **first.found_on},
            iis=first.iis + other.iis,
            observations=first.observations + other.observations,
        )
    return first


def _trouble(file: ImportFile, format: str, what: str) -> Reading:
    return Reading(file.name, format, troubles=(Trouble(file.name, what),))
