"""What a set of server logs says about ActiveSync, counted: what a case keeps and what reports and clues are made of.

Numbers only. What a status means is in `log_meanings`, since when a target fails in `log_onset`; nothing here judges.
Source: logs.md 5. Every share stands beside the coverage: without it nobody may say "no failures" (logs.md 5.7).

Words. A request is an ActiveSync row that is neither a probe nor a handshake. It `failed` when its HTTP status is 400
or more, except 449 (`provision`: the device must take the policy first) and 451 (`redirected`). `credentials` are
those failures of which the log itself says that the account or password was refused (401 with win32 1326, 1330, 1331,
1907 or 1909); they are part of `failed`. A handshake is a 401 before credentials were sent: no request, no failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from easwizard.case.statistics import wilson_interval


class LogKind(StrEnum):
    """Which log a file is; the values are the JSON contract's."""

    FRONT_END = "iis-front-end"
    BACK_END = "iis-back-end"
    LEGACY = "iis-legacy"
    HTTP_PROXY = "httpproxy"
    HTTP_ERR = "httperr"


class NamedBy(StrEnum):
    """What names the target of a request (logs.md 1)."""

    TARGET_SERVER = "TargetServer"
    """The front end's HttpProxy log."""
    PRX_TO = "PrxTo"
    """The proxying server's own IIS log: the host of the InternalUrl that it chose."""
    ADDRESS = "address"
    """Nothing in the row: the log's own address, since this server answered by itself."""


class Outcome(StrEnum):
    """How one request ended, by its status alone."""

    OK = "ok"
    FAILED = "failed"
    CREDENTIALS = "credentials"
    HANDSHAKE = "handshake"
    PROVISION = "provision"
    REDIRECTED = "redirected"


@dataclass(frozen=True)
class FileCoverage:
    """What was read of one file, or of one member of an archive."""

    file: str
    """Its path; `archive.zip/member` for a member."""
    kind: LogKind | None
    """None where it is no log that is understood; `problem` says so."""
    rows: int = 0
    """Records: every line but directives, repeated headers and blank ones; lines of a quoted value are one record."""
    used: int = 0
    """ActiveSync requests and handshakes that all other numbers count."""
    probe_rows: int = 0
    """ActiveSync rows of Exchange's own health probes, counted apart."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rows that could not be used, by reason (`evidence.logs.rejections`). In IIS logs only lines that name the
    ActiveSync path are looked at; of the others only those without any #Fields, and a cut last line, are rejected."""
    first_utc: datetime | None = None
    """The first and the last ActiveSync row."""
    last_utc: datetime | None = None
    layouts: int = 0
    """How many different #Fields lists stand in it."""
    size: int = 0
    """Bytes when it was opened; what was written later was not read."""
    complete: bool = True
    """False where reading was cancelled or failed: the numbers are of the part that was read."""
    problem: str = ""
    """Why it could not be read, or not to its end; empty when it could."""
    sha256: str = ""
    """Of the bytes that were read; of an archive's member, of the archive. Empty: not known, as for logs
    over 512 MB."""

    @property
    def other(self) -> int:
        """Rows that are not ActiveSync: other applications of the same web site."""
        return self.rows - self.used - self.probe_rows - sum(self.rejected.values())


@dataclass(frozen=True)
class UserSplit:
    """How the users of a target fared; failures on credentials and handshakes are left out."""

    all_good: int = 0
    mixed: int = 0
    all_bad: int = 0

    @property
    def total(self) -> int:
        return self.all_good + self.mixed + self.all_bad


@dataclass(frozen=True)
class TargetCount:
    """What one server did with the requests that reached it."""

    host: str
    """Lower case, without port 443. An address carries another port, and its web site where the log names it:
    `10.0.0.5:444`, `10.0.0.7/W3SVC3`."""
    named_by: NamedBy
    requests: int
    failed: int
    credentials: int = 0
    handshakes: int = 0
    provision: int = 0
    redirected: int = 0
    errors_within_success: int = 0
    """Requests that did not fail by HTTP although `Error:` stands in the log (logs.md 2)."""
    version: str = ""
    """TargetServerVersion of an HttpProxy log; empty where unknown."""
    users: UserSplit = UserSplit()
    interval_by_user: tuple[float, float] | None = None
    """The 95 % interval of the failed share when each user, not each request, is one draw; None below two users."""
    kinds: tuple[LogKind, ...] = ()
    """Which kinds of logs told of it. An address of which several tell may stand for several servers or hops."""

    @property
    def share_failed(self) -> float | None:
        return self.failed / self.requests if self.requests else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval; valid if requests were independent, which those of one user are not (J9)."""
        return wilson_interval(self.failed, self.requests) if self.requests else None


@dataclass(frozen=True)
class StatusCount:
    """How often one combination of codes came from a target."""

    target: str
    named_by: NamedBy
    status: int
    substatus: int | None
    """None where the log has no such column (HttpProxy)."""
    win32: int | None
    count: int
    outcome: Outcome
    back_end: int | None = None
    """BackEndStatus of an HttpProxy log; None: the front end answered by itself, or another kind of log."""
    error_code: str = ""
    """ErrorCode of an HttpProxy log."""


@dataclass(frozen=True)
class HourCount:
    """One hour of one target."""

    hour_utc: datetime
    target: str
    named_by: NamedBy
    requests: int
    failed: int
    credentials: int = 0
    handshakes: int = 0


@dataclass(frozen=True)
class UserTarget:
    """What one user met at one target."""

    target: str
    named_by: NamedBy
    requests: int
    failed: int
    credentials: int = 0


@dataclass(frozen=True)
class UserCount:
    """One user. The name is what the request claims: where nobody signed in, anybody could have sent it."""

    user: str
    """Lower case, without domain prefix; an address keeps its domain."""
    requests: int
    failed: int
    credentials: int = 0
    targets: tuple[UserTarget, ...] = ()


@dataclass(frozen=True)
class DeviceCount:
    """One device of one user. A request that two logs saw counts in each."""

    device_id: str
    user: str
    type: str
    agent: str
    """The agent of its last requests."""
    requests: int
    failed: int
    last_success: datetime | None = None
    """The last request that did not fail."""
    last_failure: datetime | None = None
    targets: tuple[str, ...] = ()
    recovered: int = 0
    """How often a success came right after a failure, within one log."""
    provision: int = 0
    """Answers 449 and Provision commands together: many of them are a provisioning loop."""
    busiest_day: date | None = None
    busiest_hits: int = 0
    empty_syncs: int = 0
    """Sync requests in which no item changed on either side."""
    resets: int = 0
    """Sync states begun anew (`St:F`, `St:R`)."""
    throttled: int = 0
    short_heartbeats: int = 0
    """Heartbeats under five minutes: a firewall on the way cuts connections."""
    access_state: str = ""
    """The last `As:`: allowed, blocked, quarantined, and why."""
    protocol_version: str = ""


@dataclass(frozen=True)
class CommandCount:
    """One ActiveSync command; `-` where a request names none, as OPTIONS does."""

    command: str
    requests: int
    failed: int


@dataclass(frozen=True)
class LatencyCount:
    """How long a target took, in whole ms, exact by nearest rank over the requests that are no long polls.

    Ping is a long poll, and so is a Sync with a heartbeat or of 60 s and more (the shortest heartbeat of a Sync).
    """

    target: str
    named_by: NamedBy
    requests: int
    p50: int
    p95: int
    p99: int
    long_polls: int = 0


@dataclass(frozen=True)
class ErrorCount:
    """An `Error:` of the ActiveSync code, or the WebExceptionStatus of an HttpProxy row, with the HTTP status."""

    error: str
    status: int
    count: int
    target: str = ""


@dataclass(frozen=True)
class NameCount:
    """How often a value was met."""

    name: str
    requests: int


@dataclass(frozen=True)
class AgentCount:
    """One user agent."""

    agent: str
    requests: int
    failed: int


@dataclass(frozen=True)
class HttpErrCount:
    """Requests that HTTP.sys refused before IIS saw them (HTTPERR)."""

    reason: str
    status: int | None
    count: int
    activesync: bool
    """Whether the row names the ActiveSync path; a request that was not understood names none."""


@dataclass(frozen=True)
class PickSign:
    """Whether requests of one user go to one target or are drawn each time (logs.md 1), for one way of naming.

    `stickiness` is the intraclass correlation of failures within users: near 0 every request is a draw of its own,
    near 1 each user always meets the same. None where nothing or everything failed, or users have too few requests.
    """

    named_by: NamedBy
    users: UserSplit
    on_several_targets: int
    """Users with more than one request who met more than one target."""
    stickiness: float | None = None

    @property
    def pick(self) -> str:
        """`request`, `user`, or empty where the numbers do not tell."""
        if self.stickiness is None or 0.2 <= self.stickiness <= 0.8:
            return ""
        return "request" if self.stickiness < 0.2 else "user"


@dataclass(frozen=True)
class Capped:
    """More different values were met than are kept: the least frequent were dropped on the way.

    Totals by target, status and hour still hold all rows. The kept ones may have lost rows from before a drop.
    """

    what: str
    """`users`, `devices`, `agents`, `commands`, `errors`, `states`, `versions` or `redirects`."""
    kept: int
    dropped_requests: int


@dataclass(frozen=True)
class LogCounts:
    """Everything a run over logs counted. Lists are sorted: the most failed, then the most frequent, first."""

    coverage: tuple[FileCoverage, ...] = ()
    targets: tuple[TargetCount, ...] = ()
    statuses: tuple[StatusCount, ...] = ()
    timeline: tuple[HourCount, ...] = ()
    """By hour, then by target."""
    users: tuple[UserCount, ...] = ()
    """The most hurt ones; how many there are says `user_total`."""
    user_total: int = 0
    devices: tuple[DeviceCount, ...] = ()
    device_total: int = 0
    talkers: tuple[DeviceCount, ...] = ()
    """The devices with the most requests on one day."""
    commands: tuple[CommandCount, ...] = ()
    latency: tuple[LatencyCount, ...] = ()
    errors: tuple[ErrorCount, ...] = ()
    access_states: tuple[NameCount, ...] = ()
    protocol_versions: tuple[NameCount, ...] = ()
    agents: tuple[AgentCount, ...] = ()
    redirects: tuple[NameCount, ...] = ()
    """Where `RdirTo:` sent devices."""
    http_errors: tuple[HttpErrCount, ...] = ()
    picks: tuple[PickSign, ...] = ()
    capped: tuple[Capped, ...] = ()
    partial: bool = False
    """Cancelled: everything counts only what was read until then."""

    @property
    def used(self) -> int:
        return sum(file.used for file in self.coverage)

    @property
    def several_vantages(self) -> bool:
        """Whether logs of different hops were read: one request may then stand in two of them."""
        return len({file.kind for file in self.coverage if file.used}) > 1


def disjoint(one: TargetCount, other: TargetCount) -> bool:
    """Whether the intervals of two targets do not touch: they differ, whatever chance does (logs.md 5.1)."""
    first, second = one.interval, other.interval
    if first is None or second is None:
        return False
    return first[1] < second[0] or second[1] < first[0]


def count_of(statuses: Iterable[StatusCount], target: str, status: int, substatus: int | None = None) -> int:
    """How often a target answered with a status; any sub-status when none is named."""
    return sum(
        each.count
        for each in statuses
        if each.target == target and each.status == status and substatus in (None, each.substatus)
    )
