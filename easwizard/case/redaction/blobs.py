"""What is replaced whole, before names are looked for: secrets, certificates, NTLM, GUIDs, long codes. Pure."""

from __future__ import annotations

import base64
import re
from binascii import Error
from collections.abc import Callable, Iterator

from easwizard.case.redaction.words import is_ours

SECRET = "[secret]"

Numbered = Callable[..., str]
"""Gives the numbered stand-in of a kind and a text; with `keep=False` the text goes into no map."""

_HIDDEN = re.compile(
    r"""
    (?P<key>-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z))
  | (?P<held>\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?!\[)[^\s"',]+(?:[ ][^\s"',]+)?
  | (?P<cookie>\b(?:set-)?cookie["']?\s*:\s*["']?)(?!\[)[^\r\n"]+
  | (?P<word>\b(?:password|passwd|pwd|passphrase|kennwort|api[-_]?key|client_?secret|access_?token|refresh_?token
      |id_token|sessionid)["']?\s*[=:]\s*["']?)(?!\[)[^\s"',;&]+
  | (?P<url>(?<=://)[^/\s:@\[\]]+:[^/\s@]+(?=@))
  | (?P<bearer>\b(?:bearer|basic)[ ]+)(?P<credentials>[A-Za-z0-9._~+/-]{8,}={0,2})
  | (?P<jwt>\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)
  | (?P<scheme>\b(?:NTLM|Negotiate|Kerberos)[ ]+)(?P<message>[A-Za-z0-9+/]{16,}={0,2})
  | (?P<ntlm>TlRMTVNTU[A-Za-z0-9+/]*={0,2}|YII[A-Za-z0-9+/]{24,}={0,2})
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_OPAQUE = re.compile(
    r"""
    (?P<certificate>-----BEGIN[ ][A-Z0-9 ]+-----.*?(?:-----END[ ][A-Z0-9 ]+-----|\Z))
  | (?P<id>\{?\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b\}?)
  | (?P<sid>\bS-1-5-21(?:-\d+)+)
  | (?P<phone>(?<![\w.:+-])\+\d[\d ()/-]{6,}\d)
  | (?P<hex>\b(?:[0-9a-f]{2}[:\- ]){7,}[0-9a-f]{2}\b|\b[0-9a-f]{16,}\b)
  | (?P<query>(?<=\?)[A-Za-z0-9+/_-]{16,}={0,2}(?![\w&=]))
  | (?P<blob>(?<![\w+=])[A-Za-z0-9+/_-]{16,}={1,2}(?![\w=])|(?<![\w+=])[A-Za-z0-9+/]{24,}(?![\w+=]))
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_DER = "MII"
"""How base64 of nearly every certificate begins: a DER sequence of more than 255 bytes."""


def without_secrets(text: str, numbered: Numbered) -> str:
    """The text without what signs somebody in; NTLM messages are numbered, all else is one word."""
    if len(text) < 8:
        return text
    return _HIDDEN.sub(lambda match: _hidden(match, numbered), text)


def _hidden(match: re.Match[str], numbered: Numbered) -> str:
    found = match.groupdict()
    if found["message"]:
        return f"{found['scheme']}{numbered('ntlm', found['message'], keep=False)}"
    if found["ntlm"]:
        return numbered("ntlm", found["ntlm"], keep=False)
    if found["credentials"]:
        whole = match[0]
        if found["bearer"].strip().casefold() == "basic" and not _holds_a_password(found["credentials"]):
            return whole
        return whole if _is_prose(found["credentials"]) else found["bearer"] + SECRET
    return (found["held"] or found["cookie"] or found["word"] or "") + SECRET


def _holds_a_password(text: str) -> bool:
    try:
        return b":" in base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Error, ValueError):
        return False


def _is_prose(text: str) -> bool:
    return text.isalpha() and (text.islower() or text.istitle())


def pieces(text: str, numbered: Numbered) -> Iterator[tuple[bool, str]]:
    """The text in pieces: the stand-in of something opaque (True), or text to look for names in (False)."""
    last = 0
    for match in _OPAQUE.finditer(text) if len(text) >= 8 else ():
        kind = match.lastgroup or "blob"
        if not _is_opaque(kind, match[0]):
            continue
        yield False, text[last : match.start()]
        yield True, numbered(_kind(kind, match[0]), match[0])
        last = match.end()
    yield False, text[last:]


def _is_opaque(kind: str, text: str) -> bool:
    """Whether what looks like a code is one, and no word, path or number of ours."""
    if kind == "hex":
        return any(c.isalpha() for c in text) or len(text.replace(" ", "")) >= 20
    if kind not in ("blob", "query"):
        return True
    words = [word for word in re.split(r"[/+_=-]+", text) if word]
    if all(is_ours(word) or word.isdigit() for word in words):
        return False
    if text.endswith("=") or kind == "query":
        return True
    return any(c.isdigit() for c in text) and not text.islower() and not text.isupper()


def _kind(kind: str, text: str) -> str:
    if kind == "certificate" and "CERTIFICATE" not in text[:40].upper():
        return "blob"
    if kind in ("blob", "query"):
        return "certificate" if text.startswith(_DER) and len(text) > 300 else "blob"
    return kind
