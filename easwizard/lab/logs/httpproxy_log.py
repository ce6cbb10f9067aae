"""HttpProxy Eas logs of front ends, with the 70 or 74 fields of their builds and the headers that these write.

Source: logs.md 3: 2013 and 2016 have 70 fields, 2019 and SE four more. The list stands as a plain line before the
directives in 2013, not at all in 2016 and 2019, and after them in SE. Nothing here knows how such a log is read.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from easwizard.exchange.inventory import Server
from easwizard.exchange.products import Product, parse_build

_NAMES = (
    "DateTime,RequestId,MajorVersion,MinorVersion,BuildVersion,RevisionVersion,ClientRequestId,Protocol,UrlHost,UrlStem,"
    "ProtocolAction,AuthenticationType,IsAuthenticated,AuthenticatedUser,Organization,AnchorMailbox,UserAgent,"
    "ClientIpAddress,ServerHostName,HttpStatus,BackEndStatus,ErrorCode,Method,ProxyAction,TargetServer,"
    "TargetServerVersion,RoutingType,RoutingHint,BackEndCookie,ServerLocatorHost,ServerLocatorLatency,RequestBytes,"
    "ResponseBytes,TargetOutstandingRequests,AuthModulePerfContext,HttpPipelineLatency,CalculateTargetBackEndLatency,"
    "GlsLatencyBreakup,TotalGlsLatency,AccountForestLatencyBreakup,TotalAccountForestLatency,"
    "ResourceForestLatencyBreakup,TotalResourceForestLatency,ADLatency,SharedCacheLatencyBreakup,"
    "TotalSharedCacheLatency,ActivityContextLifeTime,ModuleToHandlerSwitchingLatency,ClientReqStreamLatency,"
    "BackendReqInitLatency,BackendReqStreamLatency,BackendProcessingLatency,BackendRespInitLatency,"
    "BackendRespStreamLatency,ClientRespStreamLatency,KerberosAuthHeaderLatency,HandlerCompletionLatency,"
    "RequestHandlerLatency,HandlerToModuleSwitchingLatency,ProxyTime,CoreLatency,RoutingLatency,HttpProxyOverhead,"
    "TotalRequestTime,RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors,EdgeTraceId"
)
_FOUR_MORE = ",DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus"
_FOLDER = "Program Files/Microsoft/Exchange Server/V15/Logging/HttpProxy/Eas"


@dataclass(frozen=True)
class ProxyRow:
    """One request as the front end handed it on, or answered it by itself."""

    at: datetime
    request_id: str
    host: str
    user: str
    """Empty where nobody had signed in."""
    mailbox: str
    agent: str
    client: str
    status: int
    back_end: int | None
    method: str
    query: str
    ms: int
    target: Server | None = None


def fields_of(server: Server) -> list[str]:
    """The columns that a server's build writes."""
    names = _NAMES + (_FOUR_MORE if server.product in (Product.E2019, Product.SE) else "")
    return names.split(",")


def httpproxy_path(at: datetime) -> str:
    """Where a server keeps the log of an hour, below its system drive."""
    return f"{_FOLDER}/HttpProxy_{at:%Y%m%d%H}-1.LOG"


def httpproxy_text(server: Server, rows: Iterable[ProxyRow]) -> str:
    """A whole log of one hour, in order of time; current builds begin with a byte order mark."""
    ordered = sorted(rows, key=lambda row: row.at)
    fields = fields_of(server)
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    for row in ordered:
        cells = _cells(row, server)
        write.writerow([cells.get(name, "") for name in fields])
    begun = ordered[0].at if ordered else None
    return _head(server, fields, begun) + out.getvalue()


def _head(server: Server, fields: list[str], begun: datetime | None) -> str:
    plain = [",".join(fields)]
    directives = [
        "#Software: Microsoft Exchange Server",
        f"#Version: {long_build(server.build)}",
        "#Log-type: HttpProxy Logs",
        f"#Date: {_moment(begun) if begun else ''}",
        f"#Fields: {','.join(fields)}",
    ]
    lines = {Product.E2013: plain + directives, Product.SE: directives + plain}.get(
        server.product or Product.E2016, directives
    )
    mark = "" if server.product is Product.E2013 else "\ufeff"
    return mark + "".join(f"{line}\r\n" for line in lines)


@functools.cache
def long_build(build: str | None) -> str:
    """`15.00.1497.002`, as Exchange writes its build in these logs."""
    major, minor, number, revision = (*(parse_build(build or "") or ()), 0, 0, 0, 0)[:4]
    return f"{major:02}.{minor:02}.{number:04}.{revision:03}"


def _cells(row: ProxyRow, server: Server) -> dict[str, str]:
    major, minor, build, revision = long_build(server.build).split(".")
    signed_in = bool(row.user)
    cells = {
        "DateTime": _moment(row.at), "RequestId": row.request_id, "MajorVersion": major, "MinorVersion": minor,
        "BuildVersion": build, "RevisionVersion": revision, "Protocol": "Eas", "UrlHost": row.host,
        "UrlStem": "/Microsoft-Server-ActiveSync/default.eas", "AuthenticationType": "Basic" if signed_in else "",
        "IsAuthenticated": "true" if signed_in else "false", "AuthenticatedUser": row.user,
        "AnchorMailbox": f"Upn~{row.mailbox}" if signed_in else "", "UserAgent": row.agent,
        "ClientIpAddress": row.client, "ServerHostName": server.name.upper(), "HttpStatus": str(row.status),
        "BackEndStatus": "" if row.back_end is None else str(row.back_end), "Method": row.method,
        "TotalRequestTime": str(row.ms), "HttpProxyOverhead": "4",
        "UrlQuery": f"?{row.query}" if row.query else "",
        "GenericInfo": f"EndRequest={_moment(row.at)};NewConnection=0",
    }  # fmt: skip
    return cells | (_of_target(row, row.target) if row.target else {})


def _of_target(row: ProxyRow, target: Server) -> dict[str, str]:
    old = target.product is not None and target.product.is_legacy
    info = f"ProxyToDownLevel=True;ClientAccessServer={target.fqdn};" if old else ""
    cells = {
        "ProxyAction": "Proxy", "TargetServer": target.fqdn or target.name,
        "TargetServerVersion": long_build(target.build),
        "RoutingType": "IntraForest", "RoutingHint": f"Upn~{row.mailbox}", "BackendProcessingLatency": str(row.ms),
        "GenericInfo": f"{info}EndRequest={_moment(row.at)};NewConnection=0",
    }  # fmt: skip
    if row.back_end is not None and row.back_end >= 400:
        # The text of an exception is in the server's language and has commas and quotes (logs.md 3).
        text = f'Le serveur distant, "{target.name}", a retourné une erreur : ({row.back_end}).'
        cells["GenericErrors"] = (
            f"WebExceptionStatus=ProtocolError;ResponseStatusCode={row.back_end};WebException={text};"
        )
    return cells


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
