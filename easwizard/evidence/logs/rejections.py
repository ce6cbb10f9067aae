"""Why a row of a log could not be used, and what that means in words (logs.md 5.7).

A row is rejected once, for the first of these reasons that holds, in the order in which they stand here. In IIS logs
and HTTPERR only lines that name the ActiveSync path are looked at closely; the lines of other applications are
counted, not split. So for them `columns`, `nul`, `bad-time` and `bad-status` are about ActiveSync lines alone.
"""

from __future__ import annotations

from collections.abc import Mapping

UNFINISHED = "unfinished"
TOO_LONG = "too-long"
NO_FIELDS = "no-fields"
NUL = "nul"
OPEN_QUOTE = "open-quote"
COLUMNS = "columns"
BAD_TIME = "bad-time"
BAD_STATUS = "bad-status"

WORDS: Mapping[str, str] = {
    UNFINISHED: "the last line had no end yet, or was cut",
    TOO_LONG: "a line longer than any server writes",
    NO_FIELDS: "no #Fields line stood before it, or one without the columns that are needed",
    NUL: "it holds zero bytes, as power loss leaves them",
    OPEN_QUOTE: "a quote was never closed",
    COLUMNS: "it has another number of columns than #Fields says",
    BAD_TIME: "it does not begin with a time",
    BAD_STATUS: "its HTTP status is no number",
}
