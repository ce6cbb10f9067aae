"""Writes large logs for the benchmark: an estate of some thousand devices; most of the IIS log is not ActiveSync."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

USERS = 4_000
IIS_FIELDS = (
    "date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status "
    "sc-substatus sc-win32-status time-taken"
)
PROXY_FIELDS = (
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
    "TotalRequestTime,RouteRefresherLatency,UrlQuery,BackEndGenericInfo,GenericInfo,GenericErrors,EdgeTraceId,"
    "DatabaseGuid,UserADObjectGuid,PartitionEndpointLookupLatency,RoutingStatus"
)
_COMMANDS = ("Sync", "Sync", "Sync", "Ping", "Ping", "FolderSync", "SendMail", "Settings")
_TARGETS = ("legacygeneric.contoso.test", "legacycert.contoso.test")
_START = datetime(2026, 3, 1)  # noqa: DTZ001 - the text of a log has no zone
_AT_ONCE = 20_000


def write_iis(path: Path, size: int) -> None:
    """A back end's log, 30 % of its lines ActiveSync."""
    chance = random.Random(7)
    head = f"#Software: Microsoft Internet Information Services 8.5\r\n#Version: 1.0\r\n#Fields: {IIS_FIELDS}\r\n"
    _write(path, size, head, lambda at: _eas(chance, at) if chance.random() < 0.3 else _other(chance, at))


def write_proxy(path: Path, size: int) -> None:
    """A front end's log of current builds; a tenth of its agents need quotes."""
    chance = random.Random(8)
    head = f"#Software: Microsoft Exchange Server\r\n#Log-type: HttpProxy Logs\r\n#Fields: {PROXY_FIELDS}\r\n"
    _write(path, size, head, lambda at: _proxied(chance, at))


def _write(path: Path, size: int, head: str, line: Callable[[datetime], str]) -> None:
    at = _START
    step = timedelta(milliseconds=24)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head)
        while file.tell() < size:
            lines = []
            for _ in range(_AT_ONCE):
                at += step
                lines.append(line(at))
            file.write("".join(lines))


def _eas(chance: random.Random, at: datetime) -> str:
    who, command, target = int(chance.random() ** 2 * USERS), chance.choice(_COMMANDS), chance.choice(_TARGETS)
    refused = target == _TARGETS[1] and at.hour >= 2
    error = "_Error:DeviceNotProvisioned" if chance.random() < 0.02 else ""
    took = 900_000 if command == "Ping" else int(chance.lognormvariate(4.5, 1.2))
    return (
        f"{at:%Y-%m-%d %H:%M:%S} 10.0.0.5 POST /Microsoft-Server-ActiveSync/Proxy/default.eas "
        f"Cmd={command}&User=contoso%5Cuser{who}&DeviceId=APPLDN{who:06}&DeviceType=iPhone&Log=PrxTo:{target}"
        f"_PrxFrom:10.0.0.7_V141_Fc1_Fid:12_Ty:Em_Filt3_St:S_Sk:{chance.randrange(10**9)}_Cli:0a0c0d0f0s0e0r"
        f"_Svr:{chance.randrange(3)}a0c0d0s0e0r_As:AllowedG_Mbx:EX07.contoso.test_Dc:dc1.contoso.test{error}_ "
        f"444 CONTOSO\\user{who} fe80::1 Apple-iPhone{who % 40}C1/1902.156 - "
        f"{'403 0 0' if refused else '200 0 0'} {took}\r\n"
    )


def _other(chance: random.Random, at: datetime) -> str:
    who = chance.randrange(USERS)
    return (
        f"{at:%Y-%m-%d %H:%M:%S} 10.0.0.5 POST /EWS/Exchange.asmx &CorrelationID=<empty>;&cafeReqId="
        f"fd6bc0ad-{who:04}-2222-3333-444444444444; 444 CONTOSO\\user{who} 10.1.2.{who % 250} "
        "Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0.4266;+Pro) - 200 0 0 31\r\n"
    )


def _proxied(chance: random.Random, at: datetime) -> str:
    who, command = int(chance.random() ** 2 * USERS), chance.choice(_COMMANDS)
    target = chance.choice(_TARGETS)
    status = 403 if target == _TARGETS[1] and at.hour >= 2 else 200
    took = 900_000 if command == "Ping" else int(chance.lognormvariate(4.5, 1.2))
    agent = f"Apple-iPhone{who % 40}C1/1902.156" if who % 10 else '"Mozilla/5.0 (iPhone; KHTML, like Gecko)"'
    errors = "WebExceptionStatus=ProtocolError;ResponseStatusCode=403;WebException=System.Net.WebException: (403)"
    query = f"?Cmd={command}&User=contoso%5Cuser{who}&DeviceId=APPLDN{who:06}&DeviceType=iPhone"
    return (
        f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z,823d6c00-01f1-4067-9002-18ff1cf2e5d9,15,1,2375,7,,Eas,"
        f"mail.contoso.test,/Microsoft-Server-ActiveSync/default.eas,,Basic,true,CONTOSO\\user{who},,Sid~S-1-5-21-{who},"
        f"{agent},20.10.20.30,EX13A,{status},{status},,POST,Proxy,{target},Version 8.3 (Build 83.0),IntraForest,"
        f"WindowsIdentity,,,,{chance.randrange(5000)},278,,,30,7,,0,2;,2,,0,2,,0,{took},1,,,,{took},0,0,1,0,0,{took},0,"
        f"{took},10,10,40,{took},,{query},,BeginRequest=2026-03-01T16:05:47.929Z;CorrelationID=<empty>;ProxyState-Run="
        "None;AccountForestGuard_domain.test=1;FEAuth=BEVersion-1942063431;NewConnection=fe80::1234&0;BeginGetResponse="
        "2026-03-01T16:05:47.970Z;ProxyState-Complete=ProxyResponseData;SharedCacheGuard=0;EndRequest=2026-03-01T16:06:"
        f"06.997Z;I32:ATE.C[DC]=2;F:ATE.AL[DC]=0.5,{errors if status == 403 else ''},,,,,CafeV1\r\n"
    )
