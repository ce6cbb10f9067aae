"""Whether a step of a plan is seen to have worked: by looks and files that came after it, never by older ones.

Unknown is never yes. What only a person can see is never judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from easwizard.case.case import Case, Import
from easwizard.case.facts import SampleFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Group
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.legacy_names import legacy_names
from easwizard.diagnosis.plans.holds import holds
from easwizard.diagnosis.plans.model import Plan, PlanStep
from easwizard.diagnosis.plans.template import CheckKind, Expectation
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.inventory import Flag, Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Sent


@dataclass(frozen=True)
class Seen:
    """What was seen of a step: True it worked, False it did not, None nothing that tells; with the reason."""

    worked: Flag
    why: str
    out_of_sight: bool = False
    """Whether another look from here could not tell either."""


def seen_of(case: Case, plan: Plan, step: PlanStep, since: datetime | None) -> Seen:
    """What was seen of a step after `since`; everything counts where that is None."""
    check = step.check
    if check.kind is CheckKind.IMPORT:
        return _by_import(case, step, since)
    if check.kind is CheckKind.PROBE:
        return _by_probe(case, plan, step, since)
    if check.kind is CheckKind.PASTE:
        return Seen(None, "paste what the command prints, or say yourself that it is right")
    return Seen(None, "only a person can see this")


def pasted(step: PlanStep, output: str) -> Seen:
    """What the output of a step's read-only command says; only where the plan names a text that must be in it.

    People paste prompt, command and output together; what the command itself says is no output.
    """
    wanted = step.check.must_hold
    if not wanted:
        return Seen(None, "this output is for a person to read")
    printed = _without_commands(step, output)
    if not any(line.strip() and not _PROMPT.fullmatch(line) for line in printed.splitlines()):
        return Seen(None, "this is the command alone: run it, and paste what it prints")
    if wanted.casefold() in printed.casefold():
        return Seen(True, f"the output holds {wanted}")
    return Seen(False, f"the output does not hold {wanted}")


_PROMPT = re.compile(r"[^<>]*>\s*")
"""A line that only waits for the next command: `[PS] C:\\>`."""


_SHORTEST = 8
"""Characters of the shortest text that is taken for a command: shorter ones may stand in any output."""


def _without_commands(step: PlanStep, output: str) -> str:
    """The output without the lines on which a command of the step stands, wrapped by the console or not."""
    orders = (*step.check.looks, *step.orders, *step.backup, *step.undo_orders)
    commands = {line.strip() for order in orders for line in (*order.block.splitlines(), order.line)}
    for command in sorted((c for c in commands if len(c) >= _SHORTEST), key=len, reverse=True):
        output = _without(output, re.compile(r"\s*".join(map(re.escape, "".join(command.split()))), re.IGNORECASE))
    return output


def _without(output: str, echo: re.Pattern[str]) -> str:
    """The text without the whole lines that a pattern meets."""
    kept, at = [], 0
    for met in echo.finditer(output):
        kept.append(output[at : max(at, output.rfind("\n", 0, met.start()) + 1)])
        end = output.find("\n", met.end())
        at = len(output) if end < 0 else end + 1
    return "".join((*kept, output[at:]))


# Files


_BROUGHT: Mapping[str, tuple[str, ...]] = {
    "vdirs": ("virtual director",),
    "iis": ("applicationhost", "appcmd", "collector", "metabase", "configuration section"),
    "netsh": ("netsh", "binding", "collector"),
    "features": ("feature", "collector"),
    "servers": ("exchange server",),
    "proxying": ("proxying",),
    "logs": ("log",),
}
"""What an import's format or objects say, in lower case, where it can show a step of that kind."""


def _by_import(case: Case, step: PlanStep, since: datetime | None) -> Seen:
    brought = [read for read in case.imports if _shows(read, step.check.imported) and _is_after(read, since)]
    own = [read for read in brought if _tells_of(read, _servers_of(step))]
    if not own:
        return Seen(None, f"bring what shows it again: {step.check.words}")
    if not step.changes:
        return Seen(None, f"{own[-1].file} was brought; read it yourself: {step.check.words}")
    told = {
        change: holds(case.inventory, change) if any(_tells_of(read, {_server_of(change)}) for read in own) else None
        for change in step.changes
    }
    wrong = [change for change, is_so in told.items() if is_so is False]
    if wrong:
        return Seen(False, f"what was brought says otherwise: not {', '.join(wrong)}")
    silent = [change for change, is_so in told.items() if is_so is None]
    if silent:
        return Seen(None, f"what was brought does not say: {', '.join(silent)}{_contradicted(case, silent)}")
    return Seen(True, f"{own[-1].file} shows it")


def _server_of(change: str) -> str:
    """The server that a CHANGE is about, in lower case."""
    return change.partition("=")[2].partition("=")[0].partition("/")[0].strip().casefold()


def _servers_of(step: PlanStep) -> set[str]:
    """The servers that a step is about, in lower case; empty where it names none."""
    orders = (*step.orders, *step.check.looks)
    named = {order.server.casefold() for order in orders if order.server is not None}
    return {_server_of(change) for change in step.changes} or named


def _tells_of(read: Import, servers: set[str]) -> bool:
    """Whether a file may tell of any of these servers: another server's own file does not."""
    return not servers or not read.server or read.server.casefold() in servers


def _contradicted(case: Case, changes: Sequence[str]) -> str:
    """What to do where an older file still says what was before, so that nothing tells which is right."""
    servers = {_server_of(change) for change in changes}
    about = {c.about for c in case.contradictions if c.about.partition("/")[0].casefold() in servers}
    if not about:
        return ""
    return f". Files contradict each other on {', '.join(sorted(about))}: remove the older one in 4 Evidence"


def _shows(read: Import, kind: str) -> bool:
    said = " ".join((read.format, *read.objects)).casefold()
    return any(word in said for word in _BROUGHT[kind])


def _is_after(read: Import, since: datetime | None) -> bool:
    return since is None or (read.read_at is not None and read.read_at > since)


# Looks


def _by_probe(case: Case, plan: Plan, step: PlanStep, since: datetime | None) -> Seen:
    if not step.check.hosts:
        return Seen(None, "which name to look at is not known: name it in 2 Estate", out_of_sight=True)
    by_host = {target.host.casefold(): target for target in case.targets}
    missing = [host for host in step.check.hosts if host.casefold() not in by_host]
    if missing:
        return Seen(None, f"{', '.join(missing)} is not among the names of this case", out_of_sight=True)
    targets = [by_host[host.casefold()] for host in step.check.hosts]
    blind = _needs(case, step.check.expectation, targets)
    if blind:
        return Seen(None, blind, out_of_sight=True)
    fresh = _since(case, since)
    if step.check.expectation is Expectation.GONE:
        return _gone(fresh, plan, targets, since)
    judged = [_JUDGES[step.check.expectation](fresh, target) for target in targets]
    return min(judged, key=lambda seen: (seen.worked is not False, seen.worked is not None))


def _since(case: Case, since: datetime | None) -> Case:
    """The case with the looks alone that were made after a moment."""
    if since is None:
        return case
    return replace(case, observations=tuple(o for o in case.observations if o.at > since))


def _needs(case: Case, expectation: Expectation, targets: list[Target]) -> str:
    """What a look from here would need that it does not have; empty where it could tell."""
    if expectation is Expectation.LEG_WORKS:
        if not any(a.mailbox is not None and a.mailbox.product.is_legacy for a in case.accounts):
            return "it takes a test account whose mailbox is on the old version (--user, --mailbox)"
    elif expectation is Expectation.SIGNS_IN:
        certificate = any(target.role is Role.CERT for target in targets)
        if certificate and case.device_certificate is None:
            return "it takes a test certificate (--client-cert)"
        if not certificate and not case.accounts:
            return "it takes a test account (--user)"
    return ""


def _not_yet(target: Target) -> Seen:
    return Seen(None, f"nobody has looked at {target.host} since: look again")


def _answers(case: Case, target: Target) -> Seen:
    looks = case.http(target, ACTIVESYNC_PATH)
    if not looks:
        tried = [o for o, _ in (*case.tcp(target), *case.tls(target)) if not o.ok]
        return Seen(False, f"{target.host} gave no HTTP answer") if tried else _not_yet(target)
    silent = [f.address for o, f in looks if f.status is None]
    if silent:
        return Seen(False, f"no HTTP answer from {', '.join(sorted(set(silent)))}")
    return Seen(True, f"every address of {target.host} answers")


def _asks(wanted: bool) -> Callable[[Case, Target], Seen]:
    def judge(case: Case, target: Target) -> Seen:
        looks = case.http(target, ACTIVESYNC_PATH)
        asked = {f.address: f.client_certificate.was_asked for _, f in looks if f.credentials is Sent.NONE}
        if not asked or any(each is None for each in asked.values()):
            return _not_yet(target) if not asked else Seen(None, f"whether {target.host} asks was not seen")
        wrong = sorted(address for address, is_so in asked.items() if is_so is not wanted)
        if wrong:
            return Seen(False, f"{target.host} {'does not ask' if wanted else 'asks'} at {', '.join(wrong)}")
        return Seen(True, f"{target.host} {'asks' if wanted else 'does not ask'} for a certificate at every address")

    return judge


def _accepts_leg(case: Case, target: Target) -> Seen:
    name = next((n for n in legacy_names(case) if n.host == target.host), None)
    if name is None or not name.known:
        return _not_yet(target)
    if name.refuses:
        return Seen(False, f"{target.host} refuses the proxy leg")
    return Seen(
        True, f"{target.host} accepts the proxy leg, as seen from here; what the new servers see decides (J7)"
    )


def _leg_works(case: Case, target: Target) -> Seen:
    """Enough sign-ins that reached the old servers, and none that failed there (J8)."""
    crossed = [f for _, f in case.samples(target) if f.crossed]
    if not crossed:
        return Seen(None, f"no sign-in at {target.host} has reached the old servers since: look again")
    failed, all_ = sum(f.crossed_failed for f in crossed), sum(f.crossed for f in crossed)
    if failed:
        return Seen(False, f"{failed} of {all_} sign-ins that reached the old servers failed")
    if all_ < ENOUGH:
        return Seen(None, f"{all_} sign-ins reached the old servers and none failed; {ENOUGH} say more than chance")
    return Seen(True, f"{all_} sign-ins reached the old servers and none failed")


ENOUGH = 7
"""Clean samples that leave less than 1 % doubt where one half would fail (exchange.md 1.6)."""


def _signs_in(case: Case, target: Target) -> Seen:
    """Whether every address signs in; what fails on the way on to an old server is another fault (1.5)."""
    wanted = Sent.CERTIFICATE if target.role is Role.CERT else Sent.BASIC
    samples = [f for _, f in case.samples(target) if f.credentials is wanted and f.sent]
    if not samples:
        return Seen(None, f"nobody has signed in at {target.host} since: look again")
    without = sorted({address for f in samples for address, counts in f.by_address.items() if "200" not in counts})
    where = f" at {', '.join(without)}" if without else ""
    if any(_failed_here(f) for f in samples):
        return Seen(False, f"not every sign-in at {target.host} worked{where}")
    beyond, all_ = sum(f.crossed_failed for f in samples), sum(f.sent for f in samples)
    if without and beyond:
        return Seen(None, f"what was tried{where} failed on the way on to an old server (1.5): mend that, look again")
    if without or not any(f.ok for f in samples):
        return Seen(False, f"not every sign-in at {target.host} worked{where}")
    if beyond:
        return Seen(
            True,
            f"every address of {target.host} that was tried signs in; {beyond} of {all_} sign-ins then failed on the "
            "way on to an old server, which is another fault (1.5)",
        )
    return Seen(True, f"the sign-in works at every address of {target.host} that was tried")


def _failed_here(facts: SampleFacts) -> bool:
    """Whether a sign-in failed, or was refused, before anything was passed on to an old server."""
    return facts.failed > facts.crossed_failed or facts.refused_credentials > 0


_JUDGES: Mapping[Expectation, Callable[[Case, Target], Seen]] = {
    Expectation.ANSWERS: _answers,
    Expectation.ASKS_CERTIFICATE: _asks(True),
    Expectation.ASKS_NO_CERTIFICATE: _asks(False),
    Expectation.ACCEPTS_LEG: _accepts_leg,
    Expectation.LEG_WORKS: _leg_works,
    Expectation.SIGNS_IN: _signs_in,
}


def _gone(fresh: Case, plan: Plan, targets: list[Target], since: datetime | None) -> Seen:
    """The problem is no longer seen, and every name was looked at again with an answer."""
    for target in targets:
        looked = [o for o in fresh.observations if o.target in (target.name, target.host)]
        if not any(o.ok for o in looked):
            return _not_yet(target)
    finding = diagnose(fresh).finding(plan.code)
    if finding is None or finding.verdict is Verdict.RULED_OUT:
        return Seen(True, "the problem is not seen any more")
    if not finding.verdict.asserts:
        return Seen(None, "the problem is not ruled out yet: see 5 Diagnosis")
    if since is not None and _rests_on_old_files(fresh, finding, since):
        return Seen(None, "only what was imported before still says so: bring it again")
    return Seen(False, f"the problem is still there: {finding.summary}")


def _rests_on_old_files(case: Case, finding: Finding, since: datetime) -> bool:
    """Whether nothing but files from before the step, or answers, still says so."""
    groups = {clue.group for clue in finding.clues if clue.is_positive}
    return groups <= {Group.EVIDENCE, Group.ANSWER, Group.LOG} and not any(_is_after(r, since) for r in case.imports)
