"""What a property's value comes to: a switch, a URL, a build, a choice; or why it is not known. Pure.

Three-valued like the inventory: `None` unknown, `""` explicitly empty. An unknown number of an enumeration stays
unknown and is said, never guessed (evidence-formats 2); so does a URL that was cut, masked or lost letters.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from easwizard.case.untrusted import visible
from easwizard.evidence.exported import Value
from easwizard.exchange.inventory import ClientCertificates
from easwizard.exchange.products import Build, parse_build

Complain = Callable[[str], None]
"""Takes a sentence about what was not understood."""

_LONGEST_URL = 2_000

_CERTIFICATES = {
    "ignore": ClientCertificates.IGNORE,
    "accept": ClientCertificates.ACCEPT,
    "accepted": ClientCertificates.ACCEPT,
    "require": ClientCertificates.REQUIRE,
    "required": ClientCertificates.REQUIRE,
}
_CERTIFICATE_NUMBERS = (ClientCertificates.IGNORE, ClientCertificates.ACCEPT, ClientCertificates.REQUIRE)
"""ClientCertAuthTypes in its order (2)."""
_TOKEN_CHECKING = {"none": "none", "allow": "allow", "require": "require", "required": "require"}
_TOKEN_CHECKING_NUMBERS = {0: "none"}
"""The only number of ExtendedProtectionTokenChecking that was seen (2)."""

CLIENT_ACCESS_ROLE = 4
_ROLES = {"mailbox", "clientaccess", "unifiedmessaging", "hubtransport", "edge", "frontendtransport", "cafe"}


def flag(name: str, value: Value | None, complain: Complain) -> bool | None:
    """True or False; None where it is empty, lost or something else."""
    if _is_unknown(name, value, complain) or value is None or not value.text:
        return None
    known = {"true": True, "false": False}.get(value.text.casefold())
    if known is None:
        complain(f"{name}: {_quoted(value)} is neither True nor False")
    return known


def client_certificates(value: Value | None, complain: Complain) -> ClientCertificates | None:
    """What ClientCertAuth says; a number is mapped, and that is said."""
    name = "ClientCertAuth"
    if _is_unknown(name, value, complain) or value is None or (not value.text and value.number is None):
        return None
    if value.text.casefold() in _CERTIFICATES:
        return _CERTIFICATES[value.text.casefold()]
    if _is_number(value) and 0 <= (value.number or 0) < len(_CERTIFICATE_NUMBERS):
        meant = _CERTIFICATE_NUMBERS[value.number or 0]
        complain(f"{name}: the number {value.number} was read as {meant.value}")
        return meant
    complain(f"{name}: {_quoted(value)} is not known")
    return None


def token_checking(value: Value | None, complain: Complain) -> str | None:
    """ExtendedProtectionTokenChecking as `none`, `allow` or `require`; None where it is unknown."""
    name = "ExtendedProtectionTokenChecking"
    if _is_unknown(name, value, complain) or value is None or (not value.text and value.number is None):
        return None
    meant = _TOKEN_CHECKING.get(value.text.casefold())
    if meant is None and _is_number(value):
        meant = _TOKEN_CHECKING_NUMBERS.get(value.number or 0)
    if meant is None:
        complain(f"{name}: {_quoted(value)} is not known")
    return meant


def url(name: str, value: Value | None, complain: Complain) -> str | None:
    """A URL with a host; `""` where it is explicitly empty; None, with a complaint, where it cannot be trusted."""
    if _is_unknown(name, value, complain) or value is None:
        return None
    text = _unwrapped(value.text)
    if text in ("", "$null"):
        return ""
    why = _distrust(text)
    if why:
        complain(f"{name}: {visible(text, 120)} {why}")
        return None
    return visible(text, _LONGEST_URL)


_MARKDOWN = re.compile(r"\[[^\]]*\]\((?P<url>[^)\s]+)\)")


def _unwrapped(text: str) -> str:
    """Without what forums and mail programs put around a URL."""
    link = _MARKDOWN.fullmatch(text.strip())
    bare = link.group("url") if link else text.strip()
    if bare.startswith("<http") and bare.endswith(">"):
        bare = bare[1:-1]
    return bare.strip("`'\"")


@functools.lru_cache(maxsize=4096)
def _distrust(text: str) -> str:
    """Why a text is no URL to go by; `""` where it is one."""
    if "..." in text or "…" in text:
        return "was cut"
    if len(text) > _LONGEST_URL or not text.casefold().startswith(("https://", "http://")):
        return "is no URL"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if re.search(r"[*<>]", parts.netloc) or re.search(r"<[^>]*>", text):
        return "was masked or is a placeholder"
    if "?" in text and not parts.path:
        return "lost letters that are not ASCII"
    if not host or not re.fullmatch(r"[\w.\-:%]+", host) or re.search(r"\s", text):
        return "is no URL"
    return ""


def build(name: str, value: Value | None, complain: Complain) -> Build | None:
    """The numbers of a version; None where there are none."""
    if _is_unknown(name, value, complain) or value is None or not value.text:
        return None
    # Where the text has more than the version, e.g. a name of its patch level, the version still stands first.
    found = re.match(r"\s*(Version \d{1,5}\.\d{1,6} \(Build \d{1,6}\.\d{1,6}\)|\d{1,5}(\.\d{1,6}){2,3})", value.text)
    numbers = parse_build(found.group(1)) if found else None
    if numbers is None:
        complain(f"{name}: {_quoted(value)} is no version")
    return numbers


def has_client_access_role(value: Value | None, complain: Complain) -> bool | None:
    """Whether ServerRole names the Client Access role; None where it says nothing that is known."""
    if _is_unknown("ServerRole", value, complain) or value is None:
        return None
    if value.number is not None:
        return bool(value.number & CLIENT_ACCESS_ROLE) if value.number > 0 else None
    words = {word.strip().casefold() for word in value.text.strip("{}").split(",")} - {"", "none"}
    if not words:
        return None
    unknown = words - _ROLES
    if unknown and "clientaccess" not in words:
        complain(f"ServerRole: {_quoted(value)} is not known")
        return None
    return "clientaccess" in words


def has_mailbox_role(value: Value | None) -> bool:
    """Whether ServerRole names the Mailbox role."""
    if value is None:
        return False
    if value.number is not None:
        return bool(value.number > 0 and value.number & 2)
    return "mailbox" in {word.strip().casefold() for word in value.text.strip("{}").split(",")}


def _is_number(value: Value) -> bool:
    """Whether all there is, is a number, as ConvertTo-Json writes an enumeration (3)."""
    return value.number is not None and value.text in ("", str(value.number))


def _is_unknown(name: str, value: Value | None, complain: Complain) -> bool:
    if value is not None and value.lost:
        complain(f"{name} is not known: {value.lost}")
        return True
    return False


def _quoted(value: Value) -> str:
    return repr(visible(value.text, 60)) if value.text else str(value.number)
