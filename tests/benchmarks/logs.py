"""The full report of 1 GB of IIS log and of 1 GB of HttpProxy log, against DuckDB over the same filter and groups.

DuckDB runs in its own process with two threads; ours in two processes. Both warm, in turn, the quickest of three
each. Its counts by target and status must be ours: on these clean files both are exact.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.log_files import IIS_FIELDS, PROXY_FIELDS, write_iis, write_proxy
from tests.benchmarks.processes import ROOT
from tests.benchmarks.ratio import Ratio

MEGABYTES = int(os.environ.get("EASWIZARD_LOG_MEGABYTES", "1000"))
"""Smaller for a quick look."""
_TIMES = 3
_MOST_MEMORY = 250 * 1024 * 1024

_WRITERS: dict[str, Callable[[Path, int], None]] = {"iis": write_iis, "proxy": write_proxy}

_GROUPS = """
select target, hour, status, substatus, win32, who, device, command, agent, error, state, version, redirect, took,
       count(*) as n, count(*) filter (outcome = 'failed') as failed,
       count(*) filter (outcome = 'handshake') as asked,
       max(seen) filter (outcome = 'failed') as bad, max(seen) filter (outcome = 'ok') as good,
       sum(short) as short, sum(throttled) as throttled, sum(reset) as reset, sum(empty) as empty
from (select *, case when status = 401 and (anonymous or win32::varchar = '2148074254') then 'handshake'
                     when status = 449 or status = 451 then 'other'
                     when status >= 400 then 'failed' else 'ok' end as outcome
      from rows where not probe)
group by grouping sets (
    (target, hour, status, substatus, win32), (who, target), (who, device, target), (who, device, hour),
    (command), (agent), (error, status, target), (state), (version), (redirect), (target, took))
"""
_WHO = "lower(regexp_extract({query}, 'User=(?:[^&]*%5C)?([^&]*)', 1))"
_PROBE = "{agent} like 'AMProbe%' or {agent} like 'TestActiveSync%' or who like 'healthmailbox%'"
_IIS_ROWS = f"""
select c0 || ' ' || c1 as seen, c0 || ' ' || substr(c1, 1, 2) as hour,
    coalesce(nullif(regexp_extract(c5, '[_=]PrxTo:([^_&]+)', 1), ''), c2) as target,
    c11::int as status, c12::int as substatus, c13::bigint as win32, c7 = '-' as anonymous,
    {_WHO.format(query="c5")} as who,
    regexp_extract(c5, 'DeviceId=([^&]*)', 1) as device, regexp_extract(c5, 'Cmd=([^&]*)', 1) as command,
    c9 as agent, regexp_extract(c5, '_Error:([^_&]+)', 1) as error, regexp_extract(c5, '_As:([^_&]+)', 1) as state,
    regexp_extract(c5, '[_=]V([0-9]+)', 1) as version, regexp_extract(c5, '_RdirTo:([^_&]+)', 1) as redirect,
    nullif(regexp_extract(c5, '_Hb([0-9]+)', 1), '')::int as heartbeat,
    coalesce(heartbeat < 300, false)::int as short,
    regexp_matches(c5, '_Throttle[1-9]')::int as throttled, regexp_matches(c5, '_St:[FR]')::int as reset,
    regexp_matches(c5, '_Cli:(0[a-z])+_.*_Svr:(0[a-z])+_')::int as empty,
    if(command = 'Ping' or (command = 'Sync' and (heartbeat > 0 or c14::int >= 60000)), null, c14::int) as took,
    {_PROBE.format(agent="c9")} as probe
from read_csv({{file}}, delim=' ', quote='', escape='', header=false, auto_detect=false, comment='#',
    columns={{columns}}, ignore_errors=true, strict_mode=false, max_line_size=8000000, new_line='\\r\\n')
where c4 ilike '/microsoft-server-activesync%'
"""
_PROXY_ROWS = f"""
select DateTime as seen, substr(DateTime, 1, 13) as hour, lower(TargetServer) as target, HttpStatus::int as status,
    BackEndStatus::int as substatus, ErrorCode as win32, AuthenticatedUser = '' as anonymous,
    {_WHO.format(query="UrlQuery")} as who,
    regexp_extract(UrlQuery, 'DeviceId=([^&]*)', 1) as device, regexp_extract(UrlQuery, 'Cmd=([^&]*)', 1) as command,
    UserAgent as agent, regexp_extract(GenericErrors, 'WebExceptionStatus=([A-Za-z]+)', 1) as error,
    '' as state, '' as version, '' as redirect, 0 as short, 0 as throttled, 0 as reset, 0 as empty,
    TotalRequestTime::int as ms, if(command = 'Ping' or (command = 'Sync' and ms >= 60000), null, ms) as took,
    {_PROBE.format(agent="UserAgent")} or ClientIpAddress like '127.%' or ClientIpAddress like 'fe80:%'
    or ClientIpAddress = '::1' as probe
from read_csv({{file}}, delim=',', quote='"', escape='"', header=false, auto_detect=false, comment='#',
    columns={{columns}}, ignore_errors=true, strict_mode=false, max_line_size=8000000, new_line='\\r\\n')
where Protocol = 'Eas'
"""


def measure() -> Iterator[Ratio]:
    """Seconds of wall clock, and resident memory at its highest."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in _WRITERS.items():
            path = Path(folder, f"{kind}.log")
            write(path, MEGABYTES * 1_000_000)
            yield from _measured(kind, path)
            path.unlink()


def _measured(kind: str, path: Path) -> Iterator[Ratio]:
    with path.open("rb") as file:  # warm
        while file.read(1 << 20):
            pass
    pairs = [(_told("ours", kind, path), _told("duckdb", kind, path)) for _ in range(_TIMES)]
    for ours, rival in pairs:
        if ours["counts"] != rival["counts"]:
            raise RuntimeError(f"the counts of {kind} differ: {ours['counts']} and {rival['counts']}")
    best, best_rival = (min(pair[which]["seconds"] for pair in pairs) for which in (0, 1))
    held = max(pair[0]["memory"] for pair in pairs)
    name = {"iis": "logs of IIS", "proxy": "logs of HttpProxy"}[kind]
    cpu, cpu_rival = (min(pair[which]["cpu"] for pair in pairs) for which in (0, 1))
    note = f"{MEGABYTES} MB in {best:.1f} s and {best_rival:.1f} s; of CPU {cpu:.1f} s and {cpu_rival:.1f} s"
    yield Ratio(name, "DuckDB, 2 threads", (best / best_rival,), 1.5, note=note)
    if held:
        yield Ratio(f"{name}, memory", "250 MB a process", (held / _MOST_MEMORY,), 1.0, note=f"{held >> 20} MB")


def _told(who: str, kind: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.logs", who, kind, str(path)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=1200)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _ours(path: Path) -> dict[str, object]:
    from easwizard.evidence.logs.reading import Settings, read_logs

    started = time.perf_counter()
    counts = read_logs([path], Settings(processes=2)).counts
    seconds = time.perf_counter() - started
    sums: dict[str, int] = {}
    for each in counts.statuses:
        key = f"{each.target} {each.status}"
        sums[key] = sums.get(key, 0) + each.count
    return {"seconds": seconds, "counts": sums, "memory": _highest(), "cpu": _cpu()}


def _cpu() -> float:
    """Seconds of CPU of this process and its children, on one core: what a busy machine does not change much."""
    return sum(os.times()[:4])


def _highest() -> int:
    """Bytes that the largest process of this one and its children held at most; 0 where that cannot be told."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _duckdb(kind: str, path: Path) -> dict[str, object]:
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute("set threads=2; set preserve_insertion_order=false")
    columns = [f"c{i}" for i in range(len(IIS_FIELDS.split()))] if kind == "iis" else PROXY_FIELDS.split(",")
    rows = (_IIS_ROWS if kind == "iis" else _PROXY_ROWS).format(
        file=f"'{path}'", columns="{" + ", ".join(f"'{name}': 'VARCHAR'" for name in columns) + "}"
    )
    found = connection.execute(f"with rows as ({rows}) {_GROUPS}").fetchall()
    seconds = time.perf_counter() - started
    sums: dict[str, int] = {}
    for row in found:
        target, hour, status, n = row[0], row[1], row[2], row[14]
        if hour is not None and status is not None:
            sums[f"{target} {status}"] = sums.get(f"{target} {status}", 0) + n
    return {"seconds": seconds, "counts": sums, "memory": 0, "cpu": _cpu()}


if __name__ == "__main__":
    _who, _kind, _path = sys.argv[1:]
    print(json.dumps(_ours(Path(_path)) if _who == "ours" else _duckdb(_kind, Path(_path))))
