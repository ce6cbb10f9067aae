"""One thread that watches the estate's sockets, and one thread for each accepted connection.

It knows no protocol: what happens on a connection is for the handler. Stopping wakes everything and joins
every thread, so that an estate leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable

Handler = Callable[[socket.socket], None]
_BACKLOG = 128


class SocketLoop:
    """Runs handlers for sockets until it is stopped; sockets may come and go while it runs."""

    def __init__(self, name: str) -> None:
        self.stopping = threading.Event()
        self._name = name
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._watched: dict[socket.socket, Handler] = {}
        self._connections: dict[socket.socket, threading.Thread] = {}
        # A socket pair and not a pipe: Windows selects on sockets only.
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def listen(self, listening: socket.socket, handle: Handler) -> None:
        """Accept on a bound stream socket and handle each connection in a thread of its own."""
        listening.listen(_BACKLOG)
        self.watch(listening, lambda ready: self._accept(ready, handle))

    def watch(self, watched: socket.socket, on_readable: Handler) -> None:
        """Call `on_readable` in the loop's thread whenever the socket has something; the loop closes it."""
        watched.setblocking(False)
        with self._lock:
            self._watched[watched] = on_readable
            self._selector.register(watched, selectors.EVENT_READ)
        self._wake()

    def forget(self, watched: socket.socket) -> None:
        """Stop watching a socket and close it."""
        with self._lock:
            if self._watched.pop(watched, None) is None:
                return
            self._selector.unregister(watched)
            watched.close()
        self._wake()

    def stop(self) -> None:
        """Close everything and return when every thread has ended."""
        self.stopping.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            for watched in self._watched:
                watched.close()
            self._watched.clear()
            unfinished = list(self._connections.items())
        for connection, _ in unfinished:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in unfinished:
            thread.join()
        self._selector.close()
        self._wake_reader.close()
        self._wake_writer.close()

    def _run(self) -> None:
        while not self.stopping.is_set():
            for ready in self._select():
                if ready is self._wake_reader:
                    self._wake_reader.recv(512)
                else:
                    self._ready(ready)

    def _select(self) -> list[socket.socket]:
        try:
            found = self._selector.select()
        except OSError:
            # Windows says so when a socket is closed while it is waited for; the next round does without it.
            return []
        return [key.fileobj for key, _ in found if isinstance(key.fileobj, socket.socket)]

    def _ready(self, watched: socket.socket) -> None:
        with self._lock:
            handle = self._watched.get(watched)
        if handle is not None:
            # The socket may have been forgotten, or its client gone, since it was reported ready.
            with contextlib.suppress(OSError):
                handle(watched)

    def _accept(self, listening: socket.socket, handle: Handler) -> None:
        connection, _ = listening.accept()
        connection.setblocking(True)
        thread = threading.Thread(target=self._serve, args=(connection, handle), name=f"{self._name} connection")
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _serve(self, connection: socket.socket, handle: Handler) -> None:
        try:
            # A client that drops is ordinary; so is a connection cut because the estate stops.
            with contextlib.suppress(OSError):
                handle(connection)
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_writer.send(b"!")
