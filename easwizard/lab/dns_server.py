"""An authoritative DNS server on loopback, UDP and TCP, for one view of the estate's names.

It knows records, not namespaces or servers. Records may be replaced while it answers.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from easwizard.lab.errors import LabError
from easwizard.lab.socket_loop import SocketLoop

LOOPBACK = "127.0.0.1"
_MAX_ALIASES = 8
_TCP_SECONDS = 5.0
_ATTEMPTS = 20


@dataclass(frozen=True)
class Record:
    """What a name has: addresses, or another name instead."""

    addresses: tuple[str, ...] = ()
    alias: str | None = None
    ttl: int = 300


Records = Mapping[str, Record]
"""Host name, lower case without a final dot, to its record."""


class DnsServer:
    """Answers for one view, on a port of its own on 127.0.0.1."""

    def __init__(self, loop: SocketLoop, records: Records) -> None:
        self._lock = threading.Lock()
        self._records = dict(records)
        self._turn = 0
        stream, datagram = _bind_both()
        self.address: tuple[str, int] = (LOOPBACK, stream.getsockname()[1])
        loop.listen(stream, self._serve_stream)
        loop.watch(datagram, self._serve_datagram)

    def replace(self, records: Records) -> None:
        """Answer from these records from now on."""
        with self._lock:
            self._records = dict(records)

    def answer(self, wire: bytes) -> bytes | None:
        """The reply to one query, or None when it is not a query at all."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR:
            return None
        # Without this dnspython shuffles, and the turn of the addresses would be left to chance.
        return self._reply(query).to_wire(want_shuffle=False)

    def _reply(self, query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.AA
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            reply.set_rcode(dns.rcode.NOTIMP)
            return reply
        question = query.question[0]
        with self._lock:
            records = self._records
            self._turn += 1
            turn = self._turn
        found = _sections(records, question.name.to_text(omit_final_dot=True), question.rdtype, turn)
        if found is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            reply.answer.extend(found)
        return reply

    def _serve_datagram(self, ready: socket.socket) -> None:
        wire, sender = ready.recvfrom(65535)
        reply = self.answer(wire)
        if reply is not None:
            ready.sendto(reply, sender)

    def _serve_stream(self, connection: socket.socket) -> None:
        connection.settimeout(_TCP_SECONDS)
        while True:
            size = _exactly(connection, 2)
            wire = _exactly(connection, struct.unpack("!H", size)[0]) if size else b""
            reply = self.answer(wire) if wire else None
            if reply is None:
                return
            connection.sendall(struct.pack("!H", len(reply)) + reply)


def _sections(
    records: Records, name: str, rdtype: dns.rdatatype.RdataType, turn: int
) -> list[dns.rrset.RRset] | None:
    """The answer section; None when the name that was asked for does not exist.

    Addresses rotate from answer to answer, as DNS servers do.
    """
    sections: list[dns.rrset.RRset] = []
    for _ in range(_MAX_ALIASES):
        record = records.get(name.lower())
        if record is None:
            return sections or None
        if record.alias is None:
            if rdtype == dns.rdatatype.A and record.addresses:
                sections.append(_rrset(name, record.ttl, dns.rdatatype.A, _rotated(record.addresses, turn)))
            return sections
        sections.append(_rrset(name, record.ttl, dns.rdatatype.CNAME, (record.alias + ".",)))
        if rdtype == dns.rdatatype.CNAME:
            return sections
        name = record.alias
    return sections


def _rrset(name: str, ttl: int, rdtype: dns.rdatatype.RdataType, values: tuple[str, ...]) -> dns.rrset.RRset:
    return dns.rrset.from_text_list(name + ".", ttl, dns.rdataclass.IN, rdtype, values)


def _rotated(addresses: tuple[str, ...], turn: int) -> tuple[str, ...]:
    first = turn % len(addresses)
    return addresses[first:] + addresses[:first]


def _exactly(connection: socket.socket, size: int) -> bytes:
    """That many bytes, or none when the client leaves early."""
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            return b""
        data += more
    return data


def _bind_both() -> tuple[socket.socket, socket.socket]:
    """A TCP and a UDP socket on one free port."""
    for _ in range(_ATTEMPTS):
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            stream.bind((LOOPBACK, 0))
            datagram.bind(stream.getsockname())
        except OSError:
            stream.close()
            datagram.close()
            continue
        return stream, datagram
    raise LabError("no port on 127.0.0.1 is free for both UDP and TCP")
