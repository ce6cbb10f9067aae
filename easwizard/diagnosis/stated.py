"""Problems that an imported file states itself: a setup log that stopped, an IIS file with a redirect.

What each of them means, the problem's own file says; here they only become clues.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group


def stated_clues(case: Case, code: str, what: str, source: str) -> Iterator[Clue]:
    """Proof for each server of which a file states this problem. `what` is said of the server, as in "stops"."""
    for stated in case.stated(code):
        server = stated.server.partition(".")[0].upper() if stated.server else None
        text = f"{server or 'a server that the file does not name'} {what} ({stated.where})"
        yield Clue(Effect.PROVES, text, source, Group.EVIDENCE, subject=(server,) if server else ())
