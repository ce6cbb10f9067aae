"""What the admin hands over: files and pastes, each with the server it was taken on where that is known.

Opens nothing until it is read. How a file may name its server: DESIGN 5, `--import [SERVER=]FILE`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from easwizard.case.untrusted import visible
from easwizard.evidence.reading import Reading

_OWN_FILE = re.compile(
    r"(?i)applicationHost-(?P<iis>[\w-]{1,63})\.config"
    r"|(?:appcmd|features|sslcert|MetaBase)-(?P<other>[\w-]{1,63})\.(?:txt|xml)"
    r"|(?P<web>[\w-]{1,63})-(?:Default Web Site|Exchange Back End)-EAS_web\.config"
)
"""Names that the commands of `holes` give to files that do not name their server."""


@dataclass(frozen=True)
class ImportFile:
    """One file or paste; `content` is its path, its bytes or its text."""

    name: str
    content: Path | bytes | str
    server: str | None = None
    """The server it was taken on, by the admin's word or the file's name."""

    def open(self) -> BinaryIO:
        """A stream of its bytes; raises `OSError`."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        content = self.content if isinstance(self.content, bytes) else self.content.encode("utf-8", "replace")
        return io.BytesIO(content)


def import_file(argument: str) -> ImportFile:
    """The file of `[SERVER=]FILE`; the whole string is a file where such a file exists.

    `applicationHost-NAME.config`, `features-NAME.txt` and their like name their server themselves. Whether the file
    can be read shows when it is opened.
    """
    path, server = Path(argument), None
    if "=" in argument and not _exists(path):
        before, _, after = argument.partition("=")
        path, server = Path(after), before.strip() or None
    return ImportFile(visible(path.name or str(path), 200), path, server or server_in_name(path))


def server_in_name(path: PurePath) -> str | None:
    """The server that a file's name tells, as `applicationHost-EX13A.config` does."""
    found = _OWN_FILE.fullmatch(path.name)
    return next((name for name in found.groups() if name), None) if found else None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def imports_form(readings: Sequence[Reading]) -> list[dict[str, Any]]:
    """The `imports` list of the JSON contract (DESIGN 6)."""
    return [
        {
            "file": reading.file,
            "format": reading.format,
            "objects": dict(reading.objects),
            "problems": [
                *({"where": trouble.where, "what": trouble.what} for trouble in reading.troubles),
                *({"where": reading.file, "what": f"incomplete: {what}"} for what in reading.incomplete),
            ],
        }
        for reading in readings
    ]
