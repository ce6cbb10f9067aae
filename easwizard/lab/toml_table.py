"""A TOML table whose values are fetched by type, with errors that name the file and the key.

It knows TOML's types and nothing of scenarios. `done` reports keys that nobody asked for: a misspelt key
must not pass silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from easwizard.lab.errors import ScenarioError

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class Table:
    """One table of one file, at one place in it."""

    def __init__(self, file: str, place: str, values: Mapping[str, Any]) -> None:
        self.file = file
        self.place = place
        self._values = dict(values)
        self._asked: set[str] = set()

    def text(self, key: str, default: str | None = None) -> str:
        return self._required(key, str, default)

    def optional_text(self, key: str) -> str | None:
        return self._typed(key, str)

    def flag(self, key: str, default: bool) -> bool:
        return self._required(key, bool, default)

    def whole(self, key: str, default: int | None = None) -> int:
        return self._required(key, int, default)

    def optional_whole(self, key: str) -> int | None:
        return self._typed(key, int)

    def number(self, key: str, default: float) -> float:
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self.error(key, "must be a number, not negative")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of texts")
        return tuple(value)

    def choice(self, key: str, kind: type[E], default: E) -> E:
        value = self._typed(key, str)
        if value is None:
            return default
        try:
            return kind(value)
        except ValueError:
            raise self.error(key, f"must be one of {', '.join(kind)}, not {value!r}") from None

    def table(self, key: str) -> Table:
        value = self._take(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self.error(key, "must be a table")
        return Table(self.file, self._inside(key), value)

    def tables(self, key: str) -> list[Table]:
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, "must be a list of tables")
        return [Table(self.file, f"{self._inside(key)}[{place}]", item) for place, item in enumerate(value)]

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def has(self, key: str) -> bool:
        return key in self._values

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                raise self.error(key, "unknown key")

    def error(self, key: str, problem: str) -> ScenarioError:
        return ScenarioError(self.file, self._inside(key), problem)

    def _required(self, key: str, kind: type[T], default: T | None) -> T:
        value = self._typed(key, kind)
        if value is not None:
            return value
        if default is None:
            raise self.error(key, "is missing")
        return default

    def _typed(self, key: str, kind: type[T]) -> T | None:
        value = self._take(key)
        # bool is an int to Python, not to whoever writes `ttl = true`.
        if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        raise self.error(key, f"must be a {_WORDS[kind]}")

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def _inside(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


_WORDS: Mapping[type, str] = {str: "text", bool: "true or false", int: "whole number"}
