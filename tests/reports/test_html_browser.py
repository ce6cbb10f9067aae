"""The HTML report in a real browser: nothing asked for, nothing complained of, readable at 400 px, good on paper."""

from __future__ import annotations

import base64
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from easwizard.reports import html
from easwizard.reports.model import Report
from tests.reports import browser
from tests.reports.browser import Page
from tests.reports.samples import nasty
from tests.tui.staging import article

PROGRAM = browser.found()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason=f"none of {', '.join(browser.PROGRAMS)} is installed here")
whole = pytest.fixture(scope="module", name="whole")(article)


class Listener:
    """Stands where a proxy would: whoever connects wanted something from outside."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection:
                connection.settimeout(5)
                asked = connection.recv(1_000)
                if asked == b"end":
                    return
                self.heard.append(asked)

    def end(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"end")
        self._thread.join(10)
        self._server.close()
        assert not self._thread.is_alive()


@contextmanager
def opened(report: Report, folder: Path, *, width: int = 1200, dark: bool = False) -> Iterator[tuple[Page, str]]:
    """The report in a browser whose every way out ends at a listener of ours, which must hear nothing."""
    listener = Listener()
    with shown(html.render(report), folder, listener, width=width, dark=dark) as (page, address):
        yield page, address
    assert [heard for heard in listener.heard if not _is_the_browser_s_own(heard)] == []


def _is_the_browser_s_own(asked: bytes) -> bool:
    """A browser looks for news of its own, whatever page it shows; no report of ours names its maker."""
    host = asked.split(b" ")[1].removeprefix(b"http://").partition(b"/")[0].partition(b":")[0]
    return host.endswith((b".google.com", b".googleapis.com", b".gvt1.com"))


@contextmanager
def shown(
    text: str, folder: Path, listener: Listener, *, width: int = 1200, dark: bool = False
) -> Iterator[tuple[Page, str]]:
    assert PROGRAM is not None
    file = folder / "report.html"
    file.write_text(text, encoding="utf-8", newline="\n")
    try:
        proxy = f"--proxy-server=http://127.0.0.1:{listener.port}"
        with browser.browser(PROGRAM, folder, proxy, "--proxy-bypass-list=<-loopback>") as page:
            page.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
            )
            scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
            page.call("Emulation.setEmulatedMedia", features=scheme)
            page.call("Page.navigate", url=file.as_uri())
            page.wait_for("Page.loadEventFired")
            yield page, file.as_uri()
    finally:
        listener.end()


@pytest.fixture(scope="module", params=["as it is", "hostile"])
def report(whole: Report, request: pytest.FixtureRequest) -> Report:
    return whole if request.param == "as it is" else nasty(whole)


def test_a_page_that_asks_or_runs_would_be_caught(tmp_path: Path) -> None:
    """What the tests below rely on: the browser tells, and whatever it asks for ends at the listener."""
    listener = Listener()
    text = '<!DOCTYPE html><title>x</title><img src="http://192.0.2.1/x"><script>console.log(1)</script>'
    with shown(text, tmp_path, listener) as (page, address):
        assert page.asked == [address, "http://192.0.2.1/x"]
        assert [each["method"] for each in page.said if each["method"].startswith("Runtime")]
    assert [heard for heard in listener.heard if b"192.0.2.1" in heard]
    with shown(text.replace("<title>", '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
               "<title>"), tmp_path, Listener()) as (page, _):  # fmt: skip
        page.evaluate("document.body.offsetHeight")
        assert any("Content Security Policy" in str(each) for each in page.said)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_asked_for_and_nothing_complained_of(report: Report, tmp_path: Path, dark: bool) -> None:
    with opened(report, tmp_path, dark=dark) as (page, address):
        page.evaluate("document.body.offsetHeight")
        assert page.said == []
        assert page.asked == [address]
        assert page.evaluate("document.scripts.length + document.images.length") == 0
        assert page.evaluate("performance.getEntriesByType('resource').length") == 0


def test_the_style_is_let_in_by_the_policy_and_follows_the_scheme(whole: Report, tmp_path: Path) -> None:
    colours = []
    for dark in (False, True):
        with opened(whole, tmp_path, dark=dark) as (page, _):
            colours.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(21, 24, 28)"]


@pytest.mark.parametrize("width", [320, 400, 1200])
def test_it_is_as_wide_as_the_window(report: Report, tmp_path: Path, width: int) -> None:
    over = """[...document.querySelectorAll('body *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('thead');
    }).map(e => e.tagName + ' ' + e.textContent.slice(0, 60))"""
    with opened(report, tmp_path, width=width) as (page, _):
        assert page.evaluate("innerWidth") == width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(over) == []
        narrow = "[...document.querySelectorAll('caption, h3, p')].filter(e => e.clientWidth < 150).length"
        assert page.evaluate(narrow) == 0
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 14


def test_no_text_of_a_drawing_runs_into_another(report: Report, tmp_path: Path) -> None:
    """As drawn with the fonts of this machine, at both widths; a text is read where nothing lies over it."""
    overlaps = """[...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().width).flatMap(s => {
        const texts = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
        const view = s.viewBox.baseVal;
        return texts.flatMap(([a, p], i) => [
            ...(p.x < -1 || p.x + p.width > view.width + 1 ? ['outside: ' + a] : []),
            ...texts.slice(i + 1).filter(([b, q]) => p.x + p.width > q.x + 1 && q.x + q.width > p.x + 1
                && p.y + p.height > q.y + 4 && q.y + q.height > p.y + 4).map(([b]) => a + ' / ' + b)]);
    })"""
    for width in (400, 1200):
        with opened(report, tmp_path, width=width) as (page, _):
            assert page.evaluate("[...document.querySelectorAll('svg')].some(s => s.getBoundingClientRect().width)")
            assert page.evaluate(overlaps) == []


@pytest.mark.parametrize("size", [(8.27, 11.69), (8.5, 11.0)], ids=["A4", "Letter"])
def test_it_can_be_printed(report: Report, tmp_path: Path, size: tuple[float, float]) -> None:
    with opened(report, tmp_path) as (page, _):
        width, height = size
        printed = page.call("Page.printToPDF", paperWidth=width, paperHeight=height, preferCSSPageSize=False)
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert [float(side) for side in box.groups()] == pytest.approx([width * 72, height * 72], abs=1.5)
