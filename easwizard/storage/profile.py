"""The site profile (`--profile SITE.toml`): what stays the same from check to check. Never a secret.

Names with their roles, resolvers, the file of authorities, members, and what ends TLS (DESIGN 5).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_KEYS = ("names", "resolvers", "ca", "connect_to", "answers")


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file, the key and what to do."""


@dataclass(frozen=True)
class Profile:
    """The words of the command line that a profile stands for, in the same forms."""

    names: tuple[str, ...] = ()
    """`[ROLE=]HOST[:PORT]`."""
    resolvers: tuple[str, ...] = ()
    """`LABEL=IP[:PORT]`."""
    ca: str | None = None
    """A file; beside the profile when it is a relative path."""
    connect_to: tuple[str, ...] = ()
    """`HOST=IP[:PORT]`."""
    answers: Mapping[str, str] = field(default_factory=dict)


def read_profile(path: Path) -> Profile:
    """Read a profile. Raises ProfileError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: is not readable as TOML: {error}") from error
    strange = sorted(set(raw) - set(_KEYS))
    if strange:
        raise ProfileError(f"{path}: unknown key {strange[0]!r}; there are: {', '.join(_KEYS)}")
    authority = _text(path, raw, "ca")
    return Profile(
        names=_texts(path, raw, "names"),
        resolvers=_texts(path, raw, "resolvers"),
        ca=str(path.parent / authority) if authority is not None else None,
        connect_to=_texts(path, raw, "connect_to"),
        answers=_answers(path, raw),
    )


def write_profile(path: Path, profile: Profile) -> None:
    """Write a profile; the file of authorities is named in full. Raises ProfileError."""
    import tomli_w

    raw: dict[str, Any] = {"names": list(profile.names), "resolvers": list(profile.resolvers)}
    if profile.ca is not None:
        raw["ca"] = str(Path(profile.ca).absolute())
    if profile.connect_to:
        raw["connect_to"] = list(profile.connect_to)
    if profile.answers:
        raw["answers"] = dict(profile.answers)
    try:
        path.write_text(tomli_w.dumps(raw), encoding="utf-8")
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written ({error.strerror})") from error


def _text(path: Path, raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is None or isinstance(value, str):
        return value
    raise ProfileError(f"{path}: {key} must be text")


def _texts(path: Path, raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = raw.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ProfileError(f"{path}: {key} must be a list of texts")


def _answers(path: Path, raw: Mapping[str, Any]) -> Mapping[str, str]:
    value = raw.get("answers", {})
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return value
    raise ProfileError(f"{path}: answers must be a table of texts")
