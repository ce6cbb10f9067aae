"""Walks a case, whatever its types, and changes every text in it by the treatment of its field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Any, TypeVar, cast

from easwizard.case.redaction.fields import FIELDS, TEXT, Special, Treatment

T = TypeVar("T")
Change = Callable[[str, Treatment], str]
Headers = Callable[[Mapping[str, str]], dict[str, str]]


def changed(value: T, change: Change, headers: Headers) -> T:
    """The same value with every text changed; enums, numbers and times stay."""
    return cast(T, _changed(value, TEXT, change, headers))


def _changed(value: Any, treatment: Treatment, change: Change, headers: Headers) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value, treatment)
    if isinstance(value, tuple):
        return tuple(_changed(inner, treatment, change, headers) for inner in value)
    if isinstance(value, Mapping):
        if treatment == Special("headers"):
            return MappingProxyType(headers(value))
        inner = {
            _changed(k, treatment, change, headers): _changed(v, treatment, change, headers) for k, v in value.items()
        }
        return MappingProxyType(inner)
    if is_dataclass(value) and not isinstance(value, type):
        listed = FIELDS.get(type(value), {})
        new = {
            each.name: _changed(getattr(value, each.name), listed.get(each.name, TEXT), change, headers)
            for each in fields(value)
            if each.init
        }
        return replace(value, **new)
    return value
