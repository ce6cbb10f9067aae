"""What would be sent, before anything is sent, as lines to read: for `check --plan` and for the wizard. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby

from easwizard.workflow.preview import Plan, Sending

WIDTH = 80


def plan_lines(plan: Plan, width: int = WIDTH) -> Iterator[str]:
    """Everything that would be sent, line by line, none wider than `width` unless a word is."""
    through = f" through the proxy {plan.proxy}" if plan.proxy else ""
    yield from _wrapped(width, "", f"What easwizard would send from {plan.vantage}{through}. Nothing was sent.")
    if plan.questions:
        yield ""
        yield "DNS, by UDP, by TCP where an answer is too long"
    for question in plan.questions:
        seconds = f"{question.longest_seconds:g} s at most"
        yield from _wrapped(
            width, "  ", f"{question.type:<4} {question.name} at {question.resolver} ({question.server}), {seconds}"
        )
    for target, of_target in groupby(plan.sendings, key=lambda s: s.target):
        yield ""
        yield target
        for sending in of_target:
            yield from _sending(sending, width)
    yield ""
    yield "Headers"
    yield from _headers(plan, width)
    yield ""
    for line in (f"{plan.at_once[0].upper()}{plan.at_once[1:]}.", *plan.rules):
        yield from _wrapped(width, "", line)


def _sending(sending: Sending, width: int) -> Iterator[str]:
    yield from _wrapped(width, "  ", f"{sending.method} {sending.path}")
    where = f"{sending.at}, port {sending.port}"
    if _is_one_address(sending):
        where = f"{sending.at}:{sending.port}" if ":" not in sending.at else f"[{sending.at}]:{sending.port}"
    yield from _wrapped(width, "      at ", where)
    yield from _wrapped(width, "      ", f"{_credentials(sending)}; {_times(sending)}; {sending.step}")
    if sending.note:
        yield from _wrapped(width, "      ", sending.note)


def _is_one_address(sending: Sending) -> bool:
    return " " not in sending.at


def _credentials(sending: Sending) -> str:
    return {
        "none": "no credentials",
        "ntlm-offer": "NTLM offered, no credentials",
        "password": f"the password of {sending.account}",
        "client-certificate": f"the client certificate {sending.account} where it is asked for",
    }[sending.credentials]


def _times(sending: Sending) -> str:
    often = "once" if sending.times == 1 else f"{sending.times} times"
    each = " at each" if sending.each and not _is_one_address(sending) else ""
    return f"{often}{each}, {sending.longest_seconds:g} s at most{each}"


def _headers(plan: Plan, width: int) -> Iterator[str]:
    """Every header with every value that it would have."""
    values: dict[str, dict[str, None]] = {}
    for sending in plan.sendings:
        for name, value in sending.headers.items():
            values.setdefault(name, {})[value] = None
    for name, found in values.items():
        yield from _wrapped(width, f"  {name}: ", " | ".join(found))


def _wrapped(width: int, label: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        width,
        initial_indent=label,
        subsequent_indent=" " * min(len(label) + 2, 16) if label else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
