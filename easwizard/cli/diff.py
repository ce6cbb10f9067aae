"""`easwizard diff`: what changed between two cases or JSON reports. 0 the same, 1 different, 2 unreadable."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from easwizard.cli.console import ExitCode, UsageError, complain, write

_MOST_BYTES = 50_000_000
"""Of a report; a large estate makes a few megabytes."""
_CASE = b'{"format":"easwizard-case"'


def run(arguments: argparse.Namespace) -> int:
    """Read both, compare, print."""
    from easwizard.reports import difference as forms
    from easwizard.reports.comparing import NotComparable, difference, masked

    now = datetime.now(UTC)
    before, after = (_report(name, now) for name in (arguments.before, arguments.after))
    for name, report in ((arguments.before, before), (arguments.after, after)):
        try:
            difference(report, report)
        except NotComparable as error:
            raise UsageError(f"{name}: {error}") from None
        except RecursionError:
            raise UsageError(f"{name}: it is nested too deeply to be a report") from None
    found = difference(before, after)
    doubt = masked(before, after)
    if doubt is not None:
        complain(f"note: {doubt}")
    write(forms.render_json(found) if arguments.json else forms.render(found))
    return ExitCode.NO_PROBLEM if found.is_same else ExitCode.PROBLEM


def _report(name: str, now: datetime) -> Any:
    """A report as parsed JSON; of a case the one that follows from it. Raises UsageError."""
    data = _bytes(Path(name))
    if name.endswith(".eascase") or data.startswith(_CASE):
        from easwizard.cli.case_files import read
        from easwizard.reports.json_form import document
        from easwizard.reports.model import report_on

        return json.loads(json.dumps(document(report_on(read(name), now))))
    try:
        # Encodings by their marks: Windows PowerShell writes redirected output as UTF-16.
        return json.loads(data.decode(json.detect_encoding(data)), parse_constant=_no_number)
    except RecursionError:
        raise UsageError(f"{name}: it is nested too deeply to be a report") from None
    except ValueError:
        raise UsageError(f"{name}: this is neither a case nor JSON; give what check --json or --save wrote") from None


def _no_number(text: str) -> None:
    """NaN and the infinities are no JSON, and NaN is not even equal to itself."""
    raise ValueError(text)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UsageError(f"{path}: this is a folder; name a file")
        with path.open("rb") as stream:
            head = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:  # a name with a null character
        raise UsageError(f"{str(path)!r}: this is no file name") from error
    if len(head) > _MOST_BYTES and path.suffix != ".eascase":
        raise UsageError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB; this is no report")
    return head
