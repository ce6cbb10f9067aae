"""What names nobody: words of Exchange, Windows, HTTP and plain English, file endings, ends of domain names. Pure.

`words.txt` was collected from this program's own texts, without the names in its examples. Redaction works by this
list, not by a list of what is secret: a word that is not here is replaced.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

_HERE = "easwizard.case.redaction"
_KEPT = tomllib.loads(resources.files(_HERE).joinpath("kept.toml").read_text(encoding="utf-8"))

KEPT_ENDINGS = frozenset(_KEPT["kept_endings"].split())
"""Last labels that say what kind of name it is and lead nowhere in public; every other one becomes `example`."""
ENDINGS = frozenset(_KEPT["endings"].split())
"""Ends of public domain names, beside those of two letters."""
FILE_ENDINGS = frozenset(_KEPT["file_endings"].split())
"""Last parts of dotted words that are files, not hosts."""
HEADERS: Mapping[str, frozenset[str]] = {kind: frozenset(names.split()) for kind, names in _KEPT["headers"].items()}
"""Well-known headers in lower case, by what is done with their values: `kept`, `servers`, `texts`, `secrets`."""

CLOUD = (
    "outlook.com",
    "office.com",
    "office365.com",
    "office365.us",
    "outlook.cn",
    "microsoft.com",
    "microsoftonline.com",
    "onmicrosoft.com",
    "windows.net",
    "live.com",
)
"""Domains of the vendor's cloud: kept, since a phone that is sent there is a finding of its own (1.2)."""

PHRASES = frozenset(
    {
        "default web site",
        "exchange back end",
        "default-first-site-name",
        "microsoft exchange",
        "exchange administrative group (fydibohf23spdlt)",
        "administrative groups",
    }
)
"""Names that every installation has."""


@cache
def _listed() -> frozenset[str]:
    text = resources.files(_HERE).joinpath("words.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def is_ours(word: str) -> bool:
    """Whether a word names nobody, in either case of letters.

    >>> is_ours("Certificate"), is_ours("contoso")
    (True, False)
    """
    return word.casefold() in _listed()


def may_end_a_host(label: str) -> bool:
    """Whether a dotted word that ends so is probably a host or a domain."""
    ending = label.casefold()
    return (
        (len(ending) == 2 and ending.isalpha())
        or ending in KEPT_ENDINGS
        or ending in ENDINGS
        or ending.startswith("xn--")
    )
