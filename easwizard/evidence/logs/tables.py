"""Values that rows share, each kept once under a small number: what makes counting a row a matter of a few numbers.

Numbers hold until `Tables.forget`; what is counted by number must be written down before (`counting`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple, TypeVar

from easwizard.case.log_counts import NamedBy, Outcome

Value = TypeVar("Value", bound=Hashable)

MOST_SPELLINGS = 40_000
"""Raw spellings that are remembered of one column."""
MOST_VALUES = 40_000
"""Values in one table after which counting writes down what it has and begins anew."""
REFUSED = -1
"""Stands for a spelling that means nothing."""

Place = tuple[str, NamedBy]
"""A target without its version."""


class Target(NamedTuple):
    """Who handled a request."""

    host: str
    named_by: NamedBy
    version: str = ""

    @property
    def place(self) -> Place:
        return (self.host, self.named_by)


class Result(NamedTuple):
    """The codes of one answer."""

    status: int
    substatus: int | None
    win32: int | None
    back_end: int | None
    error_code: str
    outcome: Outcome


class Ident(NamedTuple):
    """Who asked for what."""

    user: str
    device: str
    type: str
    command: str
    probe: bool = False


class Agent(NamedTuple):
    """A user agent."""

    name: str
    probe: bool


class Group(NamedTuple):
    """Rows that differ only in their time, their command and what a server wrote: what devices are counted by."""

    user: str
    device: str
    type: str
    provisions: bool
    """Whether the command is Provision."""
    agent: str
    target: int
    result: int
    proxies: bool
    """Whether `Log=` of such a row may name another target."""


class Kind(NamedTuple):
    """Rows of any user that are alike: what hours, commands and durations are counted by."""

    command: str
    target: int
    result: int
    proxies: bool


class Sign(NamedTuple):
    """What the ActiveSync code itself wrote of a request."""

    error: str = ""
    state: str = ""
    version: str = ""
    redirect: str = ""
    heartbeat: bool = False
    short_heartbeat: bool = False
    throttled: bool = False
    reset: bool = False
    empty: bool = False


class Writing(NamedTuple):
    """What a server wrote of a request: its sign, and the number of the target that it names, or REFUSED."""

    sign: Sign
    target: int = -1
    proxied_from: bool = False


class Table(Generic[Value]):
    """Numbers of values: `values[number]` is the value."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}
        self.values: list[Value] = []

    def number(self, value: Value) -> int:
        """The number of a value; a new one where it is new."""
        number = self._numbers.setdefault(value, len(self.values))
        if number == len(self.values):
            self.values.append(value)
        return number

    def forget(self) -> None:
        self._numbers.clear()
        self.values.clear()


class Remembered(dict[Any, Any]):
    """Answers of a function by its argument; all are forgotten when there are too many."""

    def __init__(self, answer: Callable[[Any], Any], most: int = MOST_SPELLINGS) -> None:
        super().__init__()
        self._answer = answer
        self._most = most

    def __missing__(self, raw: Any) -> Any:
        if len(self) >= self._most:
            self.clear()
        answer = self[raw] = self._answer(raw)
        return answer


class Tables:
    """The tables of one run; batches hold numbers of them."""

    def __init__(self) -> None:
        self.targets: Table[Target] = Table()
        self.results: Table[Result] = Table()
        self.groups: Table[Group] = Table()
        self.kinds: Table[Kind] = Table()
        self.written: Table[Writing] = Table()
        self._spellings: dict[str, Remembered] = {}

    def numbered(self, name: str, table: Table[Value], understand: Callable[[Any], Value | None]) -> Remembered:
        """Numbers by raw spelling, under a name; each spelling is understood once. REFUSED where it means nothing."""

        def number(raw: Any) -> int:
            value = understand(raw)
            return REFUSED if value is None else table.number(value)

        return self.spellings(name, number)

    def spellings(self, name: str, number: Callable[[Any], Any], most: int = MOST_SPELLINGS) -> Remembered:
        """A memory of anything that holds numbers of these tables; the readers of many logs share those of a name."""
        return self._spellings.setdefault(name, Remembered(number, most))

    @property
    def full(self) -> bool:
        return any(len(table.values) >= MOST_VALUES for table in self._all())

    def _all(self) -> tuple[Table[Any], ...]:
        return (self.targets, self.results, self.groups, self.kinds, self.written)

    def forget_spellings(self) -> None:
        """Make room; the values stay until `forget`, which must follow before anything is numbered again."""
        for memory in self._spellings.values():
            memory.clear()

    def forget(self) -> None:
        self.forget_spellings()
        for table in self._all():
            table.forget()
