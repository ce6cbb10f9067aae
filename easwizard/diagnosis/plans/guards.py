"""What keeps a plan from doing harm (J21 to J25): what is said before it, and what no plan may contain.

`live-devices`: its steps meet phones that work now, so before the cut-over they belong into the window. `clean-up`:
never while phones fail. `one-at-a-time`: the whole plan goes server by server. `faults_of` is what the tests hold
every plan of every problem against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from easwizard.case.case import UNKNOWN, Case
from easwizard.diagnosis.plans.model import Order, Plan, PlanStep

_BEFORE = (
    "The names have not moved yet: this meets phones that work now. Do it inside the change window, after "
    "certificates are proven on the new servers, never now (J21)."
)
_UNKNOWN = (
    "First say whether the names have moved to the new servers. Until that is known, take it as not yet: then this "
    "meets phones that work now, and belongs inside the change window, never now (J21)."
)
_CLEAN_UP = "This is clean-up for quiet times. Do not do it while phones fail (J21, J24)."
_ONE = "One server at a time: drain it, change it, look at it directly, put it back, and only then the next (J23)."


def cautions_of(guards: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """What is said before everything else, for this case."""
    said = []
    if "live-devices" in guards:
        cutover = case.answer("cutover")
        said += [_BEFORE] if cutover == "before" else [_UNKNOWN] if cutover == UNKNOWN else []
    said += [_CLEAN_UP] if "clean-up" in guards else []
    said += [_ONE] if "one-at-a-time" in guards else []
    return tuple(said)


# What no plan may contain

_SET = "set-activesyncvirtualdirectory"
_IIS7 = "appcmd"


def faults_of(plan: Plan) -> tuple[str, ...]:
    """Every rule of J21 to J25 that the plan breaks, with the step; empty for a plan that may be shown."""
    return tuple(fault for way in (plan.steps, plan.rollback) for fault in _faults(way))


def _faults(steps: tuple[PlanStep, ...]) -> Iterator[str]:
    for number, step in enumerate(steps):
        yield from _restarts_many(step)
        yield from _wipes_without_a_word(step, steps[number + 1 :])
        yield from _requires_before_the_balancer(step, steps[:number])
        yield from _rebinds_unsaved(step, steps[:number])
        yield from _commands_of_the_wrong_windows(step)
        yield from _windows_authentication_on_the_parent(step)


def _text(step: PlanStep) -> str:
    return "\n".join(order.text for order in step.orders).casefold()


def _restarts_many(step: PlanStep) -> Iterator[str]:
    servers = {order.server for order in step.orders if "iisreset" in order.text.casefold()}
    if len(servers) > 1:
        yield f"{step.id}: iisreset on {len(servers)} servers in one step (J23)"


def _wipes_without_a_word(step: PlanStep, later: tuple[PlanStep, ...]) -> Iterator[str]:
    """Every Set on a vdir with certificates wipes its mapping: a later step sets it, or the step says it (2.5)."""
    if _SET not in _text(step):
        return
    mended = any("clientcertificatemappingauthentication" in _text(after) for after in later)
    warned = any("wipe" in said.casefold() for said in (*step.cautions, step.instruction))
    if not (mended or warned):
        yield f"{step.id}: a Set without the mapping set again and without the warning (2.5)"


def _requires_before_the_balancer(step: PlanStep, earlier: tuple[PlanStep, ...]) -> Iterator[str]:
    requires = "clientcertauth required" in _text(step) or "sslrequirecert" in _text(step)
    if requires and not any(before.id.endswith("balancer-probe") for before in earlier):
        yield f"{step.id}: certificates are required before the balancer's probe was changed (J23)"


def _rebinds_unsaved(step: PlanStep, earlier: tuple[PlanStep, ...]) -> Iterator[str]:
    if "delete sslcert" not in _text(step):
        return
    if "add sslcert" not in _text(step):
        yield f"{step.id}: a binding is deleted and not added in the same block (J24)"
    saved = [order.text for each in (*earlier, step) for order in (*each.backup, *each.orders)]
    if not any("show sslcert" in text for text in saved):
        yield f"{step.id}: a binding is deleted before it was printed and saved (J24)"


def _commands_of_the_wrong_windows(step: PlanStep) -> Iterator[str]:
    for order in _all_orders(step):
        if order.windows == "2003" and _IIS7 in order.text:
            yield f"{step.id}: appcmd on Windows 2003, which has none (J24)"


def _windows_authentication_on_the_parent(step: PlanStep) -> Iterator[str]:
    for order in step.orders:
        for line in order.text.splitlines():
            on = re.search(r"windowsauthentication .*enabled:.?true", line, re.IGNORECASE)
            if on and "/Proxy" not in line and "<" not in line:
                yield f"{step.id}: Windows authentication on the parent instead of /Proxy (J24)"


def _all_orders(step: PlanStep) -> tuple[Order, ...]:
    return (*step.orders, *step.backup, *step.check.looks, *step.undo_orders)
