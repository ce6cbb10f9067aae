"""What was written into the logs, counted from what was meant: a reader's numbers can be held against it.

It shares nothing with any reader. A target is named as its row names it: by the host in `TargetServer` or `PrxTo`,
else by the address of the log's own web site, with the port unless that is 443. Hosts are in lower case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from easwizard.lab.logs.hops import Ending


class NamedIn(StrEnum):
    """Which column names the target."""

    TARGET_SERVER = "TargetServer"
    PRX_TO = "PrxTo"
    ADDRESS = "address"


@dataclass
class Met:
    """What one target did with what reached it; `requests` are all but handshakes, `failed` has the credentials."""

    requests: int = 0
    failed: int = 0
    credentials: int = 0
    handshakes: int = 0
    redirected: int = 0

    def add(self, ending: Ending) -> None:
        if ending is Ending.HANDSHAKE:
            self.handshakes += 1
            return
        self.requests += 1
        self.failed += ending in (Ending.FAILED, Ending.CREDENTIALS)
        self.credentials += ending is Ending.CREDENTIALS
        self.redirected += ending is Ending.REDIRECTED


@dataclass
class Truth:
    """All logs of one estate and day."""

    began: datetime | None = None
    """The hour before which everything went well; None where the whole day was alike."""
    used: Counter[str] = field(default_factory=Counter)
    """ActiveSync requests and handshakes by file, probes not among them."""
    probes: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    """Rows of other applications of the same web site."""
    targets: dict[tuple[NamedIn, str], Met] = field(default_factory=lambda: defaultdict(Met))
    refused_by_http_sys: int = 0

    def row(self, file: str, named_in: NamedIn, target: str, ending: Ending) -> None:
        self.used[file] += 1
        self.targets[(named_in, target)].add(ending)
