"""From exceptions to reasons: what the far side did, told by types, alert numbers and errno, never by message text.

Library exceptions are often empty or lose their cause, so the whole chain is searched (transport.md 1).
"""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import h11

from easwizard.case.facts import Reason
from easwizard.case.untrusted import visible
from easwizard.probes.transcript import Transcript

TCP, TLS, FIRST_BYTE = "tcp", "tls", "first_byte"
"""The phases of one connection, in order."""

_ALERT_NUMBERS = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": 40,
    "SSLV3_ALERT_NO_CERTIFICATE": 41,
    "SSLV3_ALERT_BAD_CERTIFICATE": 42,
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": 43,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": 44,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": 45,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": 46,
    "TLSV1_ALERT_UNKNOWN_CA": 48,
    "TLSV1_ALERT_ACCESS_DENIED": 49,
    "TLSV1_ALERT_DECRYPT_ERROR": 51,
    "TLSV1_ALERT_PROTOCOL_VERSION": 70,
    "TLSV1_UNRECOGNIZED_NAME": 112,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": 116,
}
"""Alerts by the name that Python's ssl gives them, for when the transcript is silent."""

_HANDSHAKE_FAILURE, _PROTOCOL_VERSION, _UNRECOGNIZED_NAME, _CERTIFICATE_REQUIRED = 40, 70, 112, 116
_ABOUT_THE_CERTIFICATE = {41, 42, 43, 44, 45, 46, 48, 49, 51}
_NOT_TLS = {
    "WRONG_VERSION_NUMBER",
    "PACKET_LENGTH_TOO_LONG",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "UNKNOWN_PROTOCOL",
    "BAD_RECORD_TYPE",
    "RECORD_LAYER_FAILURE",
    "UNEXPECTED_MESSAGE",
}
_VERSIONS = {"UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION"}
_UNREACHABLE = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.EACCES,
    errno.EPERM,
}
_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""No errors, but the way in which Python's ssl says "not yet"; left behind in the chain of others."""
_TIMEOUT_IN = {TCP: Reason.CONNECT_TIMEOUT, TLS: Reason.TLS_TIMEOUT, FIRST_BYTE: Reason.FIRST_BYTE_TIMEOUT}
_CLOSED_IN = {TCP: Reason.UNREACHABLE, TLS: Reason.TLS_CLOSED, FIRST_BYTE: Reason.CLOSED}


@dataclass(frozen=True)
class Failure:
    """Why a connection gave no answer; `detail` holds the library's or the far side's own words."""

    reason: Reason
    detail: str | None = None


def chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it came from, each once, the outermost first."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions


def classify(error: BaseException, phase: str, transcript: Transcript) -> Failure:
    """What went wrong in this phase of a connection."""
    if type(error) is TimeoutError:
        return Failure(_TIMEOUT_IN[phase])  # our own deadline; whatever it interrupted is in the chain and no cause
    links = list(chain(error))
    found = _from_tls(links, phase, transcript) or _from_http(links, transcript) or _from_system(links, phase)
    return _with_guess(found or Failure(_CLOSED_IN[phase], _words(links)), phase, transcript)


def _from_tls(links: list[BaseException], phase: str, transcript: Transcript) -> Failure | None:
    errors = [link for link in links if isinstance(link, ssl.SSLError) and not isinstance(link, _WAITING)]
    if not errors:
        return None
    error = errors[-1]
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(Reason.NOT_TRUSTED, visible(getattr(error, "verify_message", None) or "not trusted"))
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return Failure(_CLOSED_IN[phase])
    name = error.reason or ""
    number = _ALERT_NUMBERS.get(name, transcript.alert)
    detail = visible(name.replace("_", " ").lower()) or None
    if number is not None:
        return Failure(_from_alert(number, transcript), detail)
    if name in _VERSIONS:
        return Failure(Reason.TLS_VERSION, detail)
    if name in _NOT_TLS and phase == TLS:
        return Failure(Reason.NOT_TLS, detail)
    return Failure(Reason.TLS_REFUSED, detail)


def _from_alert(number: int, transcript: Transcript) -> Reason:
    if number == _CERTIFICATE_REQUIRED:
        return Reason.CERTIFICATE_WANTED
    if number == _PROTOCOL_VERSION:
        return Reason.TLS_VERSION
    if number == _UNRECOGNIZED_NAME:
        return Reason.NAME_REFUSED
    if number == _HANDSHAKE_FAILURE or number in _ABOUT_THE_CERTIFICATE:
        if transcript.presented:
            return Reason.CERTIFICATE_REFUSED
        if transcript.asked:
            return Reason.CERTIFICATE_WANTED
    return Reason.TLS_REFUSED


def _from_http(links: list[BaseException], transcript: Transcript) -> Failure | None:
    """Bytes came that are no HTTP: either the parser says so, or the connection ended in the middle of them."""
    for link in links:
        if isinstance(link, h11.RemoteProtocolError):
            return Failure(Reason.NOT_HTTP, visible(str(link)))
    if transcript.answered and not any(isinstance(link, (OSError, TimeoutError)) for link in links):
        return Failure(Reason.NOT_HTTP, "the connection ended before the headers did")
    return None


def _from_system(links: list[BaseException], phase: str) -> Failure | None:
    for link in links:
        if isinstance(link, TimeoutError):  # the system's own, ETIMEDOUT
            return Failure(_TIMEOUT_IN[phase])
        if isinstance(link, ConnectionRefusedError):
            return Failure(Reason.REFUSED)
        if isinstance(link, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
            return Failure(Reason.RESET)
        if isinstance(link, OSError) and link.errno in _UNREACHABLE:
            return Failure(Reason.UNREACHABLE, errno.errorcode.get(link.errno or 0))
    return None


def _with_guess(failure: Failure, phase: str, transcript: Transcript) -> Failure:
    """A reset can overtake the alert that explains it, so an end right after the demand is worth a word."""
    if phase != FIRST_BYTE or failure.reason not in (Reason.RESET, Reason.CLOSED) or not transcript.asked:
        return failure
    what = "was refused" if transcript.presented else "is wanted"
    return Failure(failure.reason, f"the server had asked for a client certificate: probably one {what}")


def _words(links: list[BaseException]) -> str | None:
    texts = (visible(str(link)) for link in links)
    return next((text for text in texts if text), None)
