"""Tells logs from each other by what stands in their first lines, never by their names (logs.md 2, 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from easwizard.evidence.logs.httperr_rows import HttpErrReader
from easwizard.evidence.logs.httpproxy_rows import HttpProxyReader
from easwizard.evidence.logs.iis_rows import IisReader
from easwizard.evidence.logs.layout import Layout
from easwizard.evidence.logs.tables import Tables

HEAD = 256 * 1024
"""Bytes of a log that are looked at to tell what it is."""

_FIELDS = re.compile(rb"(?:\A|\n|\xef\xbb\xbf)(#Fields:[^\n]*)\n", re.IGNORECASE)
_HEADER = re.compile(rb"(?:\A|\n)(?:\xef\xbb\xbf)?(DateTime,RequestId,[^\n]*)\n", re.IGNORECASE)


class Family(StrEnum):
    """Which reader a log needs."""

    IIS = "iis"
    HTTP_PROXY = "httpproxy"
    HTTP_ERR = "httperr"


@dataclass(frozen=True)
class Told:
    """What the beginning of a log tells."""

    family: Family
    layout: Layout | None
    """The first layout that stands in it: a guess at the layout of later ranges, never of rows before it."""


def tell(head: bytes) -> Told | None:
    """What a log is by its first bytes; None where it is none of these."""
    match = _FIELDS.search(head)
    if match:
        layout = Layout.of_fields(match[1])
        family = _family(layout)
        if family is not None:
            return Told(family, layout)
    header = _HEADER.search(head)
    if header:
        return Told(Family.HTTP_PROXY, Layout.of_header(header[1]))
    return None


def _family(layout: Layout) -> Family | None:
    if layout.has(b"datetime", b"httpstatus"):
        return Family.HTTP_PROXY
    if layout.has(b"s-reason"):
        return Family.HTTP_ERR
    if layout.has(b"date", b"time") and any(name.startswith((b"cs-", b"sc-", b"c-")) for name in layout.names):
        return Family.IIS
    return None


AnyReader = IisReader | HttpProxyReader | HttpErrReader


def reader_for(family: Family, tables: Tables, layout: Layout | None) -> AnyReader:
    """A reader that begins with this layout."""
    if family is Family.IIS:
        return IisReader(tables, layout)
    if family is Family.HTTP_PROXY:
        return HttpProxyReader(tables, layout)
    return HttpErrReader(tables, layout)
