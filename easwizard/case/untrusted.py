"""Makes hostile text harmless where it enters: control and direction characters visible, sizes bounded.

Everything that a server, a file or DNS says passes through here before it becomes a fact (DESIGN 10). Markup
needs no care here: screens and reports never interpret it.
"""

from __future__ import annotations

import unicodedata

MAX_TEXT = 1_000
"""Characters kept of one untrusted value."""

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories that can steer a terminal, hide text or break lines: controls, formats, surrogates."""


def visible(text: str, limit: int = MAX_TEXT) -> str:
    r"""The text with every control, format and line-breaking character shown as an escape, cut to `limit`.

    >>> visible("ok\x1b[2J")
    'ok\\x1b[2J'
    """
    if text.isprintable() and len(text) <= limit:
        return text  # as nearly all is: none of those categories is printable
    cut = text[:limit]
    shown = "".join(_escape(c) if unicodedata.category(c) in _INVISIBLE else c for c in cut)
    return shown if len(text) <= limit else f"{shown}… ({len(text)} characters)"


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
