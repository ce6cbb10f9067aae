"""The text of a file without its secrets, so that a copy of it may be kept beside the case (DESIGN 6 and 10).

Works line by line, so that every line keeps its number and the copy says the same at the same place. IIS files keep
only the attributes known to be harmless (`stripping_iis`); of all other text what is known to be secret is taken out:
passwords by their names, session keys, encrypted blobs, secure strings, headers with credentials, private keys
(evidence-formats 2, 7.2, 7.3, 9). It judges no format; whoever keeps a copy proves that it reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from easwizard.evidence.iis_xml import first_tag
from easwizard.evidence.stripping_iis import MARK, harmless_attributes, harmless_document

_SECRET = (
    r"(?:[\w.-]*(?:password|passwd|passphrase)[\w.-]*|[\w-]*(?<!by)(?<!com)pass|pwd|pswd"
    r"|[\w-]*(?:secret|credentials?|machinekey|sessionkey|validationkey|decryptionkey|privatekey|apikey|api[_-]key)"
    r"|(?:account|access|shared|sharedaccess|storage|encryption|master|key)[_-]?key(?:name)?|keycontainer(?:name)?"
    r"|(?:[\w-]*(?:access|auth|bearer|refresh|security|session|sas|id|api|verification)[_-]?)?tokens?|sig"
    r"|connectionstrings?)"
)
"""Names of what must not leave a file; `tokenChecking` and `publicKeyToken` are not among them."""
_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-ms-[\w-]*token"
_NAMED = re.compile(
    rf"""(?ix) (?P<name> (?<![\w.-]) {_SECRET} (?![\w-]) ["']? \s* [=:] \s* (?:\((?:STRING|LIST|BINARY)\)\s*)? )
    (?P<value> "(?:[^"\\]|\\.)*" | '[^']*' | (?P<open>["'])(?!\s*$).* | [^\s;,"'<>{{}}\[\]][^;"'<>]* )"""
)
"""`name="value"`, `name: value`, `"name": "value"`, `Pwd=value;` and a value that goes on in the next line."""
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?i)(\b(?:{_HEADERS})\b[\"']?\s*[:=]\s*).*"), rf"\g<1>{MARK}"),
    (re.compile(r"(?i)\b(Bearer|Negotiate|NTLM|Digest)\s+[A-Za-z0-9._~+/-]{16,}=*"), rf"\g<1> {MARK}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"), MARK),
    (re.compile(r"(?i)\b01000000d08c9ddf[0-9a-f]*"), MARK),  # DPAPI, as ConvertFrom-SecureString prints it
    (re.compile(r"\bAQAAANCMnd8[A-Za-z0-9+/]*=*"), MARK),  # the same in base64
    (re.compile(r"\bTlRMTVNTUA[A-Za-z0-9+/]*=*"), MARK),  # NTLM messages
    (re.compile(r"(?i)(ConvertTo-SecureString\s+(?:-String\s+)?)(?:\"[^\"]*\"|'[^']*'|\S+)"), rf"\g<1>{MARK}"),
    (re.compile(r"(?i)((?<!\S)[-/](?:\w*pass(?:word|wd)?|pwd|pw)[:\s]\s*)(?!-)(?:\"[^\"]*\"|'[^']*'|[^\s(\"']+)"),
     rf"\g<1>{MARK}"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>]{1,200}:)[^\s/@\"'<>]+(?=@)"), rf"\g<1>{MARK}"),
    (re.compile(r"[A-Za-z0-9+/]{120,}={0,2}"), MARK),
)  # fmt: skip
_PAIR = re.compile(rf'(?i)("name"\s*:\s*"{_SECRET}"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*"')
_BLOCKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?i)\[enc:"), lambda _: "]"),
    (re.compile(r"<(?P<tag>(?:\w+:)?(?:SS|BA|SBK|XD|CipherValue|EncryptedData|RSAKeyValue))\b[^>]*(?<!/)>"),
     lambda found: f"</{found['tag']}>"),
    (re.compile(rf'(?i)<(?P<tag>(?!Obj\b)\w+)\s[^>]*\bN\s*=\s*"{_SECRET}"[^>]*(?<!/)>'),
     lambda found: f"</{found['tag']}>"),
    (re.compile(r"-----BEGIN (?P<what>[A-Z0-9 ]*PRIVATE KEY[A-Z ]*|PKCS12|PFX)-----"),
     lambda found: f"-----END {found['what']}-----"),
    (re.compile(r'(?i)<add\s[^>]*\bconnectionString\s*=\s*"'), lambda _: '"'),
)  # fmt: skip
"""What begins a secret that may go on over lines, and what ends it."""
_KEY = re.compile(rf'(?i)<\w+\s+N="Key">{_SECRET}</')
_VALUE = re.compile(r'(<(?P<tag>\w+)\s+N="Value"[^>]*>)[^<]*')
_BASE64 = re.compile(r"\s*[A-Za-z0-9+/]+={0,2}\s*")
_WHOLE_LINE = 60
"""Characters from which a line of nothing but base64 is taken for a key or a certificate with one."""
_MAY_HOLD = re.compile(
    r"(?i)pass|pwd|pswd|secret|securestring|credential|key|token|sig|connectionstring|\[enc:|<(?:\w+:)?(?:SS|BA|SBK|XD|Cipher|Encr|RSA)"
    r"|PRIVATE|PKCS12|PFX|authorization|cookie|x-ms-|bearer|negotiate|ntlm|digest|eyJ|01000000d0|AQAAANCM|TlRM"
    r"|://[^/\s]*@|[A-Za-z0-9+/]{60,}"
)
"""A quick look: most lines hold nothing of the kind."""
_COLUMN = re.compile(rf"(?i)(?:^|[,;\t])\s*\"?{_SECRET}\"?\s*(?=[,;\t]|$)")
_LONGEST_LINE = 4_000_000
_LINES_BETWEEN = 2000
"""Lines between two moments in which a wish to end is heard."""


class NotStripped(ValueError):
    """No copy can be made that is sure to hold no secret; the message says why."""


def stripped(text: str, format: str, heard: Callable[[], None] = lambda: None) -> str:
    """The text without its secrets, as many lines as before. `format` as its reading names it. Raises NotStripped.

    `heard` is called every few thousand lines: whoever wants to end it raises there.
    """
    if format.startswith("appcmd"):
        text = harmless_attributes(text)
    elif first_tag(text) == "configuration":
        text = harmless_document(text)
    lines = text.split("\n")
    if format == "Export-Csv":
        _refuse_columns(lines)
    return "\n".join(_Lines().stripped(lines, heard))


def _refuse_columns(lines: list[str]) -> None:
    """A table's values do not stand beside their names, and its rows may be of any shape."""
    if any(_COLUMN.search(line) for line in lines[:3]):
        raise NotStripped("a column of it looks like a password or a key")


class _Lines:
    """Goes through a text and remembers what a line left open."""

    def __init__(self) -> None:
        self._until: str | None = None
        """What ends the secret that a line before began."""
        self._wrapped = False
        """Whether a listing's secret value may go on in the next line."""
        self._of_key = False
        """Whether the next value of a table of names and values is secret."""
        self._base64 = False

    def stripped(self, lines: list[str], heard: Callable[[], None]) -> Iterator[str]:
        for number, line in enumerate(lines):
            if number % _LINES_BETWEEN == 0:
                heard()
            if len(line) > _LONGEST_LINE:
                raise NotStripped(f"it has a line of more than {_LONGEST_LINE:,} characters")
            yield self._line(line)

    def _line(self, line: str) -> str:
        if self._until is not None:
            end = line.find(self._until)
            if end < 0:
                return MARK
            self._until, rest = None, line[end:]
            return MARK + self._line(rest) if rest.strip("]\"'") else MARK + rest
        if self._wrapped and line[:4].isspace() and " : " not in line:
            return MARK
        self._wrapped = False
        if self._is_base64(line):
            return MARK
        if self._of_key:
            line, self._of_key = _VALUE.sub(rf"\g<1>{MARK}", line), not _VALUE.search(line)
        if not _MAY_HOLD.search(line):
            return line
        self._of_key = self._of_key or bool(_KEY.search(line))
        return self._named(self._without_blocks(line))

    def _is_base64(self, line: str) -> bool:
        """Keys and PFX files are pasted as lines of base64; the last one may be short."""
        bare = line.strip()
        self._base64 = bool(_BASE64.fullmatch(line)) and (self._base64 or len(bare) >= _WHOLE_LINE)
        return self._base64

    def _without_blocks(self, line: str) -> str:
        for start, end_of in _BLOCKS:
            at = 0
            while (found := start.search(line, at)) is not None:
                closing = end_of(found)
                end = line.find(closing, found.end())
                if end < 0:
                    self._until = closing
                    return line[: found.end()] + MARK
                line = line[: found.end()] + MARK + line[end:]
                at = found.end() + len(MARK) + len(closing)
        return line

    def _named(self, line: str) -> str:
        line = _PAIR.sub(rf'\g<1>"{MARK}"', line)
        for pattern, instead in _PATTERNS:
            line = pattern.sub(instead, line)
        return _NAMED.sub(self._hidden, line)

    def _hidden(self, found: re.Match[str]) -> str:
        """The name stays; so do the quotes, since a reader wants its JSON and its XML whole."""
        value, opened = found["value"], found["open"]
        if opened is not None:
            self._until = opened
            return f"{found['name']}{opened}{MARK}"
        if value[:1] in "\"'":
            return f"{found['name']}{value[0]}{MARK}{value[0]}"
        self._wrapped = True
        tail = value[len(value.rstrip()) :]
        return f"{found['name']}{MARK}{tail}"
