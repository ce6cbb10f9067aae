"""What both TLS engines do alike: ask a client that has shaken hands, keep what was read meanwhile, read on.

It knows neither OpenSSL binding; each engine translates its own library's exceptions in `_step`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from cryptography import x509

from easwizard.lab.errors import TlsFailure
from easwizard.lab.tls_stream import NeedMore

T = TypeVar("T")
CHUNK = 65536


class Finished(Exception):
    """The far side said that it sends no more."""


class AskingEngine(ABC):
    """One side of a TLS connection, without a socket (`TlsEngine`)."""

    def __init__(self, *, asked: bool) -> None:
        self._asked = asked
        self._asking = False
        self._early = b""

    def handshake(self) -> None:
        self._step(self._shake_hands)

    def ask(self) -> None:
        """Demand a certificate after the handshake; a client that cannot be asked counts as asked."""
        if self._asked:
            return
        if self._asking:
            self._await_answer()
            self._asked = True
            return
        self._asking = True
        self._asked = not self._request()
        if not self._asked:
            raise NeedMore

    def read(self) -> bytes:
        early, self._early = self._early, b""
        if early:
            return early
        try:
            return self._step(lambda: self._receive(CHUNK))
        except Finished:
            return b""

    def write(self, data: bytes) -> None:
        self._step(lambda: self._send(data))

    def goodbye(self) -> None:
        self._step(self._close)

    def presented(self) -> x509.Certificate | None:
        try:
            return self._certificate()
        except ValueError as error:
            raise TlsFailure("the client presented something that is no certificate") from error

    def _await_answer(self) -> None:
        """Both libraries go on with the handshake only while they read; what they read besides is kept."""
        try:
            self._early += self._step(lambda: self._receive(1))
        except NeedMore:
            if not self._settled():
                raise
        except Finished as error:
            raise TlsFailure("the client left instead of answering") from error

    @abstractmethod
    def _step(self, step: Callable[[], T]) -> T:
        """Run one call of the library; raises `NeedMore`, `Finished` or `TlsFailure` in place of its exceptions."""

    @abstractmethod
    def _request(self) -> bool:
        """Start asking; False when the client cannot be asked."""

    @abstractmethod
    def _settled(self) -> bool:
        """Whether the client has answered, with or without a certificate."""

    @abstractmethod
    def _shake_hands(self) -> None: ...
    @abstractmethod
    def _receive(self, size: int) -> bytes: ...
    @abstractmethod
    def _send(self, data: bytes) -> None: ...
    @abstractmethod
    def _close(self) -> None: ...
    @abstractmethod
    def _certificate(self) -> x509.Certificate | None: ...
