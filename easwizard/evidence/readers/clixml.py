"""Export-Clixml, streamed: only one top-level object is in memory at a time, so a file may be of any size.

Reads the wanted properties of each object and nothing else; SerializationData and secure strings are never looked
at. No DTD, no entities, no network. Source: evidence-formats 2. What the objects mean: `cmdlets`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from easwizard.evidence.cmdlets import take
from easwizard.evidence.collected import Collected
from easwizard.evidence.decoding import FALLBACK, NotText, Utf8Stream
from easwizard.evidence.exported import Exported, Progress
from easwizard.evidence.readers.clixml_objects import Objects
from easwizard.evidence.reading import MOST_BYTES, Reading, Source

MOST_OBJECTS = 2_000_000
"""Top-level objects of one file; no organisation has as many."""

_ROOT = re.compile(r"(\s|<\?[^>]*\?>|<!--.*?-->)*<(\w+:)?Objs[\s>/]", re.DOTALL)
_DOCTYPE = "this XML brings a DOCTYPE, which Export-Clixml never writes: refused"
_FORMATTED = "Microsoft.PowerShell.Commands.Internal.Format"


class ClixmlReader:
    """Reads Export-Clixml from a stream or from a text."""

    format = "Export-Clixml"

    def recognises(self, source: Source) -> bool:
        """Whether the root element is `Objs`; a DOCTYPE before it is for `read_stream` to refuse."""
        text = source.text[:100_000]
        if not text[:2_000].lstrip().startswith("<"):
            return False
        return _ROOT.match(_without_doctype(text)) is not None

    def read(self, source: Source) -> Reading:
        # The text is decoded already, whatever an XML declaration in it still says.
        content = source.text.encode("utf-8", "replace")
        return self.read_stream(source.name, io.BytesIO(content), source.server)

    def read_stream(
        self, name: str, stream: BinaryIO, server: str | None = None, progress: Progress | None = None
    ) -> Reading:
        """Read a stream of bytes in any encoding; `progress` is told the bytes taken and the objects seen."""
        into = Collected(name, server)
        text = Utf8Stream(stream)
        try:
            for exported in _objects(text, into, progress):
                if exported.type.startswith(_FORMATTED):
                    into.trouble(
                        name, "what was exported is Format-List output: leave out `| fl` before Export-Clixml"
                    )
                    break
                take(exported, into)
                if into.objects >= MOST_OBJECTS:
                    into.trouble(name, f"the file has more than {MOST_OBJECTS:,} objects; the rest was not read")
                    break
        except etree.XMLSyntaxError as error:
            into.trouble(
                f"{name}:{error.lineno or 0}", f"{_xml_error(error)}; {into.objects} objects before it were read"
            )
        except NotText as error:
            into.trouble(name, str(error))
        except _Refused as error:
            into.trouble(name, str(error))
        if text.fell_back:
            into.trouble(name, FALLBACK)
        return into.reading(self.format)


class _Refused(ValueError):
    """The file is not read on; the message says why."""


def _objects(text: Utf8Stream, into: Collected, progress: Progress | None) -> Iterator[Exported]:
    """The top-level objects, each as soon as it is complete; raises `XMLSyntaxError` and `_Refused`.

    Events are asked for the root alone: they would otherwise cost more than parsing. What stands before the last
    child of the root is complete.
    """
    parser = etree.XMLPullParser(
        events=("start",),
        tag=("{*}Objs",),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: etree._Element | None = None
    objects = Objects(into)
    pending = 0
    for block in text:
        parser.feed(block)
        root = root if root is not None else _root(parser)
        pending += len(block)
        if root is not None:
            _refuse_doctype(root)
            done = len(root) - 1
            for _ in range(done):
                yield from objects.expand(root[0])
                del root[0]
            pending = len(block) if done > 0 else pending
        if pending > MOST_BYTES:
            raise _Refused(f"one object is larger than {MOST_BYTES // 1024 // 1024} MB; it was not read")
        if progress is not None:
            progress(text.taken, into.objects)
    parser.close()
    for element in root if root is not None else ():
        yield from objects.expand(element)
    if progress is not None:
        progress(text.taken, into.objects)


def _root(parser: etree.XMLPullParser) -> etree._Element | None:
    for _, element in parser.read_events():
        if isinstance(element, etree._Element):
            return element
    return None


def _refuse_doctype(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise _Refused(_DOCTYPE)


def _without_doctype(text: str) -> str:
    """The text without a document type before its root, internal subset included, so that the root can be seen."""
    start = text[:4_000].upper().find("<!DOCTYPE")
    if start < 0:
        return text
    root = text.find("<Objs", start)
    return text[root:] if root > 0 else text


def _xml_error(error: etree.XMLSyntaxError) -> str:
    """The parser's message without the position, which the place already tells."""
    return re.sub(r", line \d+, column \d+.*", "", error.msg or "not well-formed XML")


READER = ClixmlReader()
