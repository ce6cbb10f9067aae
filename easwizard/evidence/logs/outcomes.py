"""How a request ended, by its codes. Source: logs.md 4; the words are those of `case.log_counts`."""

from __future__ import annotations

from easwizard.case.log_counts import Outcome
from easwizard.case.log_meanings import NO_CREDENTIALS_YET, REFUSED_CREDENTIALS
from easwizard.evidence.logs import spelling
from easwizard.evidence.logs.tables import Result


def iis_result(raw: tuple[bytes, bytes, bytes, bool]) -> Result | None:
    """Of status, sub-status and Win32 status of IIS, and whether nobody had signed in; None without a status."""
    status, substatus, win32 = (spelling.number(each) for each in raw[:3])
    if status is None:
        return None
    return Result(status, substatus, win32, None, "", _of_iis(status, win32, raw[3]))


def _of_iis(status: int, win32: int | None, anonymous: bool) -> Outcome:
    if status == 401:
        if win32 in REFUSED_CREDENTIALS:
            return Outcome.CREDENTIALS
        return Outcome.HANDSHAKE if anonymous or win32 == NO_CREDENTIALS_YET else Outcome.FAILED
    return _plain(status)


def proxy_result(raw: tuple[bytes, bytes, bytes, bytes]) -> Result | None:
    """Of HttpStatus, BackEndStatus, ErrorCode and AuthenticatedUser of HttpProxy; None without a status.

    A 401 that the front end gave by itself to somebody who had not signed in asks for credentials.
    """
    status, back_end = spelling.number(raw[0]), spelling.number(raw[1])
    if status is None:
        return None
    asks = status == 401 and back_end is None and raw[3] in (b"", b"-")
    outcome = Outcome.HANDSHAKE if asks else _plain(status)
    return Result(status, None, None, back_end, spelling.text(raw[2]), outcome)


def _plain(status: int) -> Outcome:
    if status == 449:
        return Outcome.PROVISION
    if status == 451:
        return Outcome.REDIRECTED
    return Outcome.FAILED if status >= 400 else Outcome.OK
