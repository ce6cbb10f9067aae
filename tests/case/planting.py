"""Plants made-up names into every text field of a case, whatever its types: a field added later gets its own."""

from __future__ import annotations

import base64
import random
import string
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from easwizard.case.case import Case
from easwizard.case.redaction.fields import FIELDS, TEXT, Opaque, Ours, Special, Treatment, Whole, Words
from easwizard.case.redaction.names import Kind

_HOW_MANY = {"Observation": 12}
"""As many as to have facts of each kind."""
AT = datetime(2026, 1, 1, tzinfo=UTC)


def types_below(kind: Any) -> Iterator[Any]:
    """Every dataclass that a type is made of, itself included."""
    found: dict[Any, None] = {}
    waiting = [kind]
    while waiting:
        each = waiting.pop()
        if is_dataclass(each) and each not in found:
            found[each] = None
            waiting += get_type_hints(each).values()
        waiting += get_args(each)
    return iter(found)


def holds_text(hint: Any) -> bool:
    """Whether a field of that type can hold text that is none of our enums."""
    return hint is str or any(holds_text(inner) for inner in get_args(hint))


@dataclass
class Planter:
    """Makes cases full of names that it remembers."""

    seed: int
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def case(self) -> Case:
        made = self._value(Case, TEXT)
        assert isinstance(made, Case)
        return made

    def name(self, length: int = 8) -> str:
        letters = "".join(self._random.choices(string.ascii_lowercase, k=length))
        made = f"zq{letters}"
        self.names.append(made)
        return made

    def host(self) -> str:
        made = f"{self.name()}.{self.name()}.com"
        self.names.append(made)
        return made

    def address(self) -> str:
        first = self._random.choice((10, 192, 85, 172))
        rest = {10: (), 192: (168,), 85: (), 172: (16,)}[first]
        numbers = [first, *rest, *(self._random.randint(1, 254) for _ in range(3 - len(rest)))]
        made = ".".join(map(str, numbers))
        self.names.append(made)
        return made

    def address_6(self) -> str:
        made = f"2a02:810:{self._random.randint(0x1000, 0xFFFF):x}::{self._random.randint(0x1000, 0xFFFF):x}"
        self.names.append(made)
        return made

    def code(self, length: int) -> str:
        made = "a7" + "".join(self._random.choices("0123456789abcdef", k=length - 2))
        self.names.append(made)
        return made

    def guid(self) -> str:
        digits = self.code(32)
        made = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        self.names.append(made)
        return made

    def sentence(self) -> str:
        """A text with names in every way of writing them."""
        host, user, domain = self.host(), self.name(), self.name()
        secret = base64.b64encode(f"{user}:{self.name()}".encode()).decode()
        return "; ".join(
            (
                f"asked https://{host.upper()}/{self.name()}?User={domain}%5C{self.name()}&DeviceId={self.name()}",
                f"{domain.upper()}\\{user} wrote to {user}@{host} from {self.address()} and [{self.address_6()}]:443",
                f"CN={self.name()} {self.name()},OU={self.name()},DC={domain},DC=com",
                f'{{"server": "{self.name()}", "id": "{self.guid()}"}}',
                f"thumbprint {self.code(40).upper()} token {base64.b64encode(self.name(24).encode()).decode()}",
                f"Authorization: Basic {secret}",
                f"NTLM {base64.b64encode(b'NTLMSSP' + bytes(9) + self.name().encode('utf-16-le')).decode()}",
                "-----BEGIN CERTIFICATE-----\nMII" + base64.b64encode(self.name(60).encode()).decode() + "\n"
                "-----END CERTIFICATE-----",
                f"{self.name()} said that {self.name().upper()}'s {self.name().title()} fails",
            )
        )  # fmt: skip

    def _text(self, treatment: Treatment) -> str:
        match treatment:
            case Ours():
                return "tls"
            case Opaque():
                return self.code(32)
            case Whole(Kind.USER) | Words(Kind.USER):
                return self._random.choice(
                    (self.name(), f"{self.name()}@{self.host()}", f"{self.name()} {self.name()}")
                )
            case Whole():
                return f"{self.name()} {self.name()}"
            case Words(Kind.HOST):
                return self._random.choice(
                    (self.host(), self.address(), self.address_6(), f"https://{self.host()}/x")
                )
            case Words(Kind.NAME):
                return self.sentence()
            case Words():
                return self.name()
            case Special("distinguished"):
                return f"CN={self.name()} {self.name()},O={self.name()},DC={self.name()},DC=com"
            case Special("change"):
                return f"internal-url={self.name()}/{self.name()} {self.name()}=https://{self.host()}/x"
            case _:
                return f"{self.name()}/{self.name()} {self.name()}"

    def _value(self, hint: Any, treatment: Treatment) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._value(self._random.choice([each for each in inner if each is not type(None)]), treatment)
        if origin is tuple:
            if inner[-1] is ...:
                count = _HOW_MANY.get(getattr(inner[0], "__name__", ""), 2)
                return tuple(self._value(inner[0], treatment) for _ in range(count))
            return tuple(self._value(each, treatment) for each in inner)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(inner, treatment)
        return self._single(hint, treatment)

    def _mapping(self, inner: tuple[Any, ...], treatment: Treatment) -> Mapping[Any, Any]:
        if treatment == Special("headers"):
            known = ("x-feserver", "location", "www-authenticate", "server", "set-cookie", "authorization")
            return {name: self.sentence() for name in (*known, f"x-{self.name()}", "x-other")}
        return {self._value(inner[0], treatment): self._value(inner[1], treatment) for _ in range(2)}

    def _single(self, hint: Any, treatment: Treatment) -> Any:
        if is_dataclass(hint) and isinstance(hint, type):
            listed, hints = FIELDS.get(hint, {}), get_type_hints(hint)
            return hint(
                **{f.name: self._value(hints[f.name], listed.get(f.name, TEXT)) for f in fields(hint) if f.init}
            )
        if hint is str:
            return self._text(treatment)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self._random.choice(list(hint))
        return {int: 7, float: 0.5, bool: True, datetime: AT, date: AT.date()}[hint]
