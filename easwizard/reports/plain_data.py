"""Our values as plain JSON data: dataclasses to objects, enums to their values, moments to UTC texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any


def utc(moment: datetime) -> str:
    """A moment as the contract writes it, e.g. `2026-11-23T14:02:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: object) -> Any:
    """Any of our values as plain JSON data: dataclasses to objects, enums to their values, tuples to lists."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
