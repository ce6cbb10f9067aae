"""The placeholders of a plan's Markdown: `{name}` stands for one whole argument, or for plain text in a sentence.

What is not known is shown as `<NAME>`, for the admin to fill in; it is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from easwizard.case.untrusted import visible
from easwizard.diagnosis.plans.quoting import Kind, Quoting, Refused, quoted

VDIR_NAME = "Microsoft-Server-ActiveSync"
_BRACES = re.compile(r"\{([a-z][a-z0-9_]*/?)\}")

Values = Mapping[str, str]
"""What is known: the base values by their name; a name that is missing is not known."""


@dataclass(frozen=True)
class Placeholder:
    """One placeholder: what it is, and what it is composed of where it is not a value of its own."""

    kind: Kind
    shown: str
    """What the admin sees where the value is not known."""
    made_of: str = ""
    """A pattern of base names, e.g. `{server}/{web_site}`."""


def _name(shown: str) -> Placeholder:
    return Placeholder(Kind.NAME, shown)


PLACEHOLDERS: Mapping[str, Placeholder] = {
    # one server, one virtual directory: of the scope that the step is repeated for
    "server": _name("SERVER"),
    "fqdn": Placeholder(Kind.HOST, "SERVER FQDN"),
    "web_site": _name("SITE NAME"),
    "vdir": Placeholder(Kind.NAME, "", rf"{{server}}\{VDIR_NAME} ({{web_site}})"),
    "proxy_vdir": Placeholder(Kind.NAME, "", f"{{web_site}}/{VDIR_NAME}/Proxy"),
    "location": Placeholder(Kind.NAME, "", f"{{web_site}}/{VDIR_NAME}"),
    "location/": Placeholder(Kind.NAME, "", f"{{web_site}}/{VDIR_NAME}/"),
    "vdir_label": Placeholder(Kind.NAME, "", "{server}/{web_site}"),
    "internal_url": Placeholder(Kind.URL, "ITS INTERNALURL OF BEFORE"),
    "external_url": Placeholder(Kind.URL, "ITS EXTERNALURL OF BEFORE"),
    "phone_url": Placeholder(Kind.URL, "URL THAT PHONES USE"),
    "chosen_url": Placeholder(Kind.URL, "URL THAT STAYS"),
    "saved_url": Placeholder(Kind.URL, "URL THAT WAS SAVED"),
    "leg_url": Placeholder(Kind.URL, "URL THAT LEADS TO THIS DIRECTORY"),
    "ipport": Placeholder(Kind.ADDRESS, "IP:PORT"),
    # one host name: of the scope that the step is repeated for
    "host": Placeholder(Kind.HOST, "HOST NAME"),
    "role": Placeholder(Kind.WORD, "ROLE"),
    "spn": Placeholder(Kind.NAME, "", "http/{host}"),
    "address": Placeholder(Kind.ADDRESS, "ADDRESS"),
    "default_pool_address": Placeholder(Kind.ADDRESS, "ADDRESS OF THE DEFAULT POOL"),
    # of the estate
    "site": _name("AD SITE"),
    "generic_host": Placeholder(Kind.HOST, "GENERIC NAME"),
    "cert_host": Placeholder(Kind.HOST, "CERTIFICATE NAME"),
    "legacy_generic_host": Placeholder(Kind.HOST, "LEGACY GENERIC NAME"),
    "legacy_cert_host": Placeholder(Kind.HOST, "LEGACY CERTIFICATE NAME"),
    "autodiscover_host": Placeholder(Kind.HOST, "AUTODISCOVER NAME"),
    "default_internal_url": Placeholder(Kind.URL, "INTERNALURL OF THE DEFAULT VIRTUAL DIRECTORY"),
    "generic_url": Placeholder(Kind.URL, "", f"https://{{generic_host}}/{VDIR_NAME}"),
    "cert_url": Placeholder(Kind.URL, "", f"https://{{cert_host}}/{VDIR_NAME}"),
    "ca_subject": _name("ISSUING CA"),
    "account": _name("TEST ACCOUNT"),
    "user_name": _name("USER NAME WITHOUT DOMAIN"),
    "alternate_account": _name("ALTERNATE SERVICE ACCOUNT"),
    "spn_holder": _name("ACCOUNT THAT HOLDS IT"),
    # of a binding: never read from anywhere, always for the admin
    "hash": Placeholder(Kind.HEX, "CERTIFICATE HASH"),
    "appid": Placeholder(Kind.GUID, "APPLICATION ID"),
    "store": Placeholder(Kind.WORD, "STORE NAME"),
    "thumbprint": Placeholder(Kind.HEX, "THUMBPRINT"),
    "ca_file": _name("CA CERTIFICATE FILE"),
    "server_file": _name("SERVER CERTIFICATE FILE"),
    "chain_file": _name("INTERMEDIATE CERTIFICATE FILE"),
    "serial": Placeholder(Kind.HEX, "SERIAL NUMBER"),
    # of the place: never read from anywhere either
    "resolver": Placeholder(Kind.ADDRESS, "RESOLVER ADDRESS"),
    "domain_controller": _name("DOMAIN CONTROLLER"),
    "log_folder": _name("LOG FOLDER"),
    "mailbox": _name("USER"),
    "device_file": _name("DEVICE CERTIFICATE FILE"),
    # of IIS 6, which numbers its web sites (2.3)
    "site_id": Placeholder(Kind.NUMBER, "SITE ID"),
    "metabase_flags": Placeholder(Kind.NAME, "", f"W3SVC/{{site_id}}/ROOT/{VDIR_NAME}/AccessSSLFlags"),
    "metabase_proxy_providers": Placeholder(
        Kind.NAME, "", f"W3SVC/{{site_id}}/ROOT/{VDIR_NAME}/Proxy/NTAuthenticationProviders"
    ),
    "flags": Placeholder(Kind.NUMBER, "FLAGS"),
    # for a CHANGE alone
    "default_endpoints": _name("SERVER/SITE NAME,..."),
}


@dataclass(frozen=True)
class Filled:
    """A text with everything known filled in."""

    text: str
    open: tuple[str, ...] = ()
    """What is left for the admin, as shown, e.g. `<SERVER>`."""
    refused: str | None = None
    """Why a value that is known was not put in."""


def names_in(text: str) -> Iterator[str]:
    """The placeholders that a text uses, known or not."""
    yield from (match[1] for match in _BRACES.finditer(text))


def unknown_names(text: str) -> list[str]:
    """The names in braces that are no placeholders."""
    return [name for name in names_in(text) if name not in PLACEHOLDERS]


def fill_command(text: str, values: Values, quoting: Quoting) -> Filled:
    """A command with each placeholder as one argument of that shell."""
    left: list[str] = []
    why: list[str] = []

    def one(match: re.Match[str]) -> str:
        argument, open_, refused = _argument(match[1], values, quoting)
        left.extend(open_)
        why.extend(refused)
        return argument

    done = _BRACES.sub(one, text)
    return Filled(done, tuple(dict.fromkeys(left)), "; ".join(dict.fromkeys(why)) or None)


def fill_words(text: str, values: Values) -> Filled:
    """A sentence with the values as they are; nothing is quoted, for nothing runs it."""
    return _composed(text, values, lambda name, value: visible(value))


def fill_change(text: str, values: Values) -> str | None:
    """A CHANGE with everything filled in; None where anything is not known or would not be read back the same."""
    done = _composed(text, values, lambda name, value: value)
    parts = {base: values[base] for name in names_in(text) for base in _bases(name) if base in values}
    risky = any(visible(part) != part or _would_be_split(base, part) for base, part in parts.items())
    return None if done.open or risky else done.text


def _would_be_split(base: str, part: str) -> bool:
    """Whether the grammar of CHANGE would read a name as more than one; URLs and lists come last in it."""
    return base not in _LAST_IN_A_CHANGE and any(c in part for c in "/,=")


_LAST_IN_A_CHANGE = (
    "internal_url", "external_url", "phone_url", "leg_url", "default_internal_url", "default_endpoints"
)  # fmt: skip


def _argument(name: str, values: Values, quoting: Quoting) -> tuple[str, list[str], list[str]]:
    """One argument, what of it is open, and why a known part was refused."""
    placeholder = PLACEHOLDERS[name]
    pattern = placeholder.made_of or f"{{{name}}}"
    refused: list[str] = []

    def safe(base: str, value: str) -> str | None:
        try:
            quoted(value, PLACEHOLDERS[base].kind, quoting)
        except Refused as error:
            shown = visible(value, 80)
            refused.append(f"{PLACEHOLDERS[base].shown.lower()} '{shown}' was not put in: {error}")
            return None
        return value

    whole = _composed(pattern, values, safe)
    return _written(whole, placeholder.kind, quoting), list(whole.open), refused


def _written(whole: Filled, kind: Kind, quoting: Quoting) -> str:
    """The argument of a composed value, of safe parts; with an open part it is quoted all the same.

    So a placeholder stays one argument, and its angle brackets redirect nothing.
    """
    if not whole.open:
        return quoted(whole.text, kind, quoting)
    if quoting is Quoting.POWERSHELL:
        return quoted(whole.text, Kind.NAME, quoting)
    return f'"{whole.text}"' if quoting is Quoting.CMD else whole.text


def _composed(pattern: str, values: Values, write: Callable[[str, str], str | None]) -> Filled:
    left: list[str] = []

    def one(match: re.Match[str]) -> str:
        name = match[1]
        made_of = PLACEHOLDERS[name].made_of
        if made_of:
            inner = _composed(made_of, values, write)
            left.extend(inner.open)
            return inner.text
        value = values.get(name)
        text = write(name, value) if value else None
        if text is None:
            text = f"<{PLACEHOLDERS[name].shown}>"
            left.append(text)
        return text

    done = _BRACES.sub(one, pattern)
    return Filled(done, tuple(dict.fromkeys(left)))


def _bases(name: str) -> Iterator[str]:
    made_of = PLACEHOLDERS[name].made_of
    if not made_of:
        yield name
    for inner in names_in(made_of):
        yield from _bases(inner)
