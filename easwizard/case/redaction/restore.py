"""Puts the real names back where stand-ins are, on the machine that keeps the private map (J27). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from easwizard.case.case import Case
from easwizard.case.redaction.walking import changed


def restore(text: str, private_map: Mapping[str, str], fit: Callable[[str], str] = str) -> str:
    """The text with its stand-ins as the names that they stand for; one that the map does not know stays.

    `fit` makes a name fit where it goes, e.g. doubles the quotes inside a quoted text of a shell: a stand-in needs no
    quoting and a real name may. What was in upper case comes back as the map has it.
    """
    return _restoring(private_map, fit)(text)


def restored(case: Case, private_map: Mapping[str, str]) -> Case:
    """A redacted case with its real names; plans and their commands are best made anew from it."""
    back = _restoring(private_map, str)
    return changed(case, lambda text, _: back(text), lambda headers: {back(k): back(v) for k, v in headers.items()})


def _restoring(private_map: Mapping[str, str], fit: Callable[[str], str]) -> Callable[[str], str]:
    if not private_map:
        return str
    known = {shown.casefold(): name for shown, name in private_map.items()}
    listed = "|".join(re.escape(shown) for shown in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
    return lambda text: pattern.sub(lambda match: fit(known[match[0].casefold()]), text)
