"""A plan: one remedy made for one case, with the site's own names in it. Data only; it says nothing of progress."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.diagnosis.plans.template import CheckKind, Expectation


@dataclass(frozen=True)
class Order:
    """One block to copy into one shell, for one server or virtual directory."""

    server: str | None
    """The server it is about; None where it is about none, or where that is not known."""
    subject: str
    """The server, `SERVER/SITE-NAME` or host it is done for; empty for a step that is done once."""
    where: str
    """Which machine and shell, in words: "on EX13A: PowerShell, as administrator"."""
    shell: str
    elevated: bool
    text: str
    """May have several lines; nothing in it came from a server or file unquoted."""
    remark: str = "# "
    """How a line begins that the shell does not run."""
    joint: str = "; "
    """Between two commands on one line."""
    condition: str = ""
    """"if Windows 2008 or later", where it is not known whether it applies."""
    windows: str | None = None
    """The version of the server it is about, e.g. `2012 R2`; None where that is not known."""
    open_placeholders: tuple[str, ...] = ()
    """What the admin has to fill in, e.g. `<SITE NAME>`."""
    refused: str | None = None
    """Why a known name was not put in: it cannot be written safely for this shell."""

    @property
    def line(self) -> str:
        """The command on one line, without where it runs."""
        return self.joint.join(self.text.splitlines())

    @property
    def block(self) -> str:
        """What to copy: where it runs on top, then the command (J28)."""
        head = "; ".join(part for part in (self.where, self.condition) if part)
        return f"{self.remark}{head}\n{self.text}"


@dataclass(frozen=True)
class StepCheck:
    """How a step is seen to have worked: by looking again wherever that is possible."""

    kind: CheckKind
    words: str
    hosts: tuple[str, ...] = ()
    """Of a probe: the names to look at again."""
    expectation: Expectation = Expectation.GONE
    imported: str = ""
    """Of an import: what to bring again: vdirs, iis, netsh, features, servers, proxying, logs."""
    must_hold: str = ""
    """Of a paste: the text that must stand in what a look printed; empty where only a person can tell."""
    looks: tuple[Order, ...] = ()
    """Read-only commands whose output shows it."""


@dataclass(frozen=True)
class Wait:
    """How long the effect of a step may take, and why (J22)."""

    minutes: int
    why: str


@dataclass(frozen=True)
class PlanStep:
    """One step for one subject, in the order in which a plan is done."""

    id: str
    """Stable within the plan: records of what was done name it."""
    title: str
    instruction: str
    check: StepCheck
    subject: str = ""
    """The server or vdir of whose turn this step is part, where a plan goes one by one; else empty."""
    cautions: tuple[str, ...] = ()
    orders: tuple[Order, ...] = ()
    """One each where the step is repeated for several; in the order in which they are done."""
    expected: str = ""
    backup: tuple[Order, ...] = ()
    """Prints what is about to be changed; its output is saved before."""
    wait: Wait | None = None
    undo: str = ""
    undo_orders: tuple[Order, ...] = ()
    changes: tuple[str, ...] = ()
    """The same as CHANGEs (DESIGN 5); empty where not everything in them is known."""
    condition: str = ""
    stop: str = ""
    """Why nothing after it may be done before it is verified."""
    sources: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """Step id and subject, as records have them."""
        return (self.id, self.subject)

    @property
    def changes_something(self) -> bool:
        return bool(self.changes or self.undo or self.undo_orders)

    @property
    def batch(self) -> str:
        """All orders in one text, each under its own line of where it runs; empty where there is none."""
        return "\n\n".join(order.block for order in self.orders)


@dataclass(frozen=True)
class Plan:
    """One remedy for one case."""

    code: str
    remedy_id: str
    title: str
    recommended: bool
    key: str
    """`CODE/REMEDY` under which records are kept: problems that are mended together share one."""
    steps: tuple[PlanStep, ...]
    rollback: tuple[PlanStep, ...] = ()
    cautions: tuple[str, ...] = ()
    """What comes before everything else: when not to do it at all (J21)."""
    for_whom: str = ""
    costs: str = ""
    prerequisites: tuple[str, ...] = ()
    risk: str = ""
    outage: str = ""
    watch: tuple[str, ...] = ()
    """What to watch for the next hour, in logs and balancers."""

    @property
    def changes(self) -> tuple[str, ...]:
        """Everything it changes, in order, for the simulator."""
        return tuple(change for step in self.steps for change in step.changes)

    @property
    def open_placeholders(self) -> tuple[str, ...]:
        """What the admin has to fill in anywhere in it."""
        orders = (order for step in self.steps for order in step.orders)
        return tuple(dict.fromkeys(name for order in orders for name in order.open_placeholders))

    def step(self, id: str, subject: str = "") -> PlanStep | None:
        """The step of that id and subject, of the way forward or back."""
        return next((s for s in (*self.steps, *self.rollback) if s.key == (id, subject)), None)
