"""When a step or a command applies: by Windows, by product, by the cut-over, or by any answer of the interview.

What is not known leaves the condition open: then both ways are shown, each with its condition in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from easwizard.case.case import UNKNOWN, Case
from easwizard.exchange.inventory import Flag
from easwizard.exchange.products import Product

WINDOWS = ("2003", "2008", "2008 R2", "2012", "2012 R2", "2016", "2019", "2022", "2025")
"""In the order of their age; 2003 R2 counts as 2003."""
_PRODUCTS = tuple(product.value for product in Product)
_CUTOVER = "cut-over"
_ORDERED: Mapping[str, tuple[str, ...]] = {"windows": WINDOWS, "product": _PRODUCTS}
_WORDS = {"windows": "Windows", "product": "Exchange", _CUTOVER: "the cut-over is"}
_HOW = {"=": "{}", "!=": "other than {}", ">=": "{} or later", "<=": "{} or older", "<": "before {}", ">": "after {}"}


class ConditionError(ValueError):
    """A condition that does not have the form of this module."""


@dataclass(frozen=True)
class Condition:
    """`subject operator values`: the subject is `windows`, `product`, `cut-over` or the id of a question."""

    subject: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        values = " or ".join(self.values)
        if self.subject in _ORDERED:
            how = {"=": values, "!=": f"other than {values}"}
            bound = {
                ">=": f"{values} or later",
                "<=": f"{values} or older",
                "<": f"before {values}",
                ">": f"after {values}",
            }
            return f"{_WORDS[self.subject]} {(how | bound)[self.operator]}"
        name = _WORDS.get(self.subject, f"'{self.subject}' is")
        return f"{name} {'' if self.operator == '=' else 'not '}{values}"


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """Read `windows >= 2008 R2, product = 2007, cut-over = before|unknown`; a comma means "and", a bar "or"."""
    return tuple(_condition(part.strip()) for part in text.split(",")) if text.strip() else ()


def _condition(text: str) -> Condition:
    match = re.fullmatch(r"([a-z0-9-]+) *(>=|<=|!=|=|<|>) *(.+)", text)
    if match is None:
        raise ConditionError(f"'{text}' is no condition")
    subject, operator = match[1], match[2]
    values = tuple(value.strip() for value in match[3].split("|"))
    known = _ORDERED.get(subject)
    wrong = [value for value in values if known is not None and value not in known]
    if wrong:
        raise ConditionError(f"'{text}': {subject} is never {wrong[0]}")
    if known is None and operator not in ("=", "!="):
        raise ConditionError(f"'{text}': only windows and product have an order")
    if operator not in ("=", "!=") and len(values) > 1:
        raise ConditionError(f"'{text}': only one value can be a limit")
    return Condition(subject, operator, values)


@dataclass(frozen=True)
class Circumstances:
    """What conditions are judged by, for one server or for none."""

    case: Case
    windows: str | None = None
    """One of `WINDOWS`; None where it is not known."""
    product: Product | None = None


def holds(conditions: Sequence[Condition], at: Circumstances) -> Flag:
    """Whether all of them hold; None where none fails and one is not known."""
    results = [_holds(condition, at) for condition in conditions]
    if any(result is False for result in results):
        return False
    return None if any(result is None for result in results) else True


def open_ones(conditions: Sequence[Condition], at: Circumstances) -> str:
    """The conditions that are not known, in words: "if Windows 2008 or later"; empty where all are known."""
    unknown = [str(condition) for condition in conditions if _holds(condition, at) is None]
    return f"if {' and '.join(unknown)}" if unknown else ""


def _holds(condition: Condition, at: Circumstances) -> Flag:
    if condition.subject in _ORDERED:
        own = at.windows if condition.subject == "windows" else at.product
        return None if own is None else _compares(_ORDERED[condition.subject], str(own), condition)
    answer = at.case.answer("cutover" if condition.subject == _CUTOVER else condition.subject)
    if answer == UNKNOWN and UNKNOWN not in condition.values:
        return None
    return (answer in condition.values) is (condition.operator == "=")


def _compares(order: tuple[str, ...], own: str, condition: Condition) -> bool:
    if condition.operator in ("=", "!="):
        return (own in condition.values) is (condition.operator == "=")
    distance = order.index(own) - order.index(condition.values[0])
    return {">=": distance >= 0, "<=": distance <= 0, "<": distance < 0, ">": distance > 0}[condition.operator]


def windows_of(text: str | None) -> str | None:
    """The Windows version that a text names ("Windows Server 2012 R2", "Windows 2008"), or None.

    >>> windows_of("Windows Server 2008 R2 Enterprise"), windows_of("6.1")
    ('2008 R2', None)
    """
    match = re.search(r"\b(20(?:03|08|12|16|19|22|25))(?:[ -]?(R2))?\b", text or "", re.IGNORECASE)
    if match is None:
        return None
    name = f"{match[1]} R2" if match[2] else match[1]
    return name if name in WINDOWS else match[1]
