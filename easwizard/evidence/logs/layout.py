"""The columns of a log, by name, as its last `#Fields` line gives them (logs.md 2, 3). Never by their number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Layout:
    """Names in lower case, in the order of the columns."""

    names: tuple[bytes, ...]

    @classmethod
    def of_fields(cls, line: bytes) -> Layout:
        """The layout of a `#Fields:` line, whether its names are parted by blanks or by commas."""
        return cls(tuple(line.partition(b":")[2].replace(b",", b" ").lower().split()))

    @classmethod
    def of_header(cls, line: bytes) -> Layout:
        """The layout of a plain CSV header."""
        return cls(tuple(name.strip() for name in line.strip().lower().split(b",")))

    @cached_property
    def places(self) -> dict[bytes, int]:
        return {name: i for i, name in reversed(list(enumerate(self.names)))}

    def place(self, name: bytes) -> int | None:
        return self.places.get(name)

    def has(self, *names: bytes) -> bool:
        return all(name in self.places for name in names)

    def __len__(self) -> int:
        return len(self.names)


def is_fields(line: bytes) -> bool:
    return line[:8].lower() == b"#fields:"
