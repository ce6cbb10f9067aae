"""What single rows come to: kinds of servers, probes, handshakes, queries, `Log=`, and what strangers may write."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from easwizard.case.log_counts import HourCount, LogCounts, LogKind, NamedBy, disjoint
from easwizard.case.log_meanings import meaning_of
from easwizard.case.log_onset import onset
from easwizard.evidence.logs import tallies
from easwizard.evidence.logs.activesync_query import asked_for
from easwizard.evidence.logs.reading import Settings, read_logs
from easwizard.evidence.logs.summing_up import nearest_ranks
from easwizard.evidence.logs.users_by_target import stickiness

FIELDS = (
    "#Software: Microsoft Internet Information Services 7.5\r\n#Fields: date time s-ip cs-method cs-uri-stem "
    "cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n"
)
HTTPERR = (
    "#Software: Microsoft HTTP API 2.0\r\n#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri "
    "sc-status s-siteid s-reason s-queuename\r\n"
)


def row(query: str = "-", **cells: str) -> str:
    values = {
        "ip": "10.0.0.7", "stem": "/Microsoft-Server-ActiveSync/default.eas", "port": "443", "user": "CONTOSO\\ann",
        "client": "10.9.9.9", "agent": "Apple-iPhone", "status": "200", "sub": "0", "win32": "0", "ms": "15",
        "time": "10:00:00", **cells,
    }  # fmt: skip
    return (
        "2026-03-01 {time} {ip} POST {stem} {query} {port} {user} {client} {agent} {status} {sub} {win32} {ms}\r\n"
    ).format(query=query, **values)


def read(path: Path, *rows: str, head: str = FIELDS) -> LogCounts:
    path.write_text(head + "".join(rows), encoding="utf-8", newline="")
    return read_logs([path]).counts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "u_ex.log"


def asked(device: str = "D1", user: str = "ann", command: str = "Sync") -> str:
    return f"Cmd={command}&User=CONTOSO%5C{user}&DeviceId={device}&DeviceType=iPhone"


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"port": "444"}, LogKind.BACK_END),
        ({"stem": "/Microsoft-Server-ActiveSync/Proxy/default.eas"}, LogKind.LEGACY),
        ({}, LogKind.FRONT_END),
    ],
)
def test_the_server_is_told_by_what_the_log_holds(cells: dict[str, str], kind: LogKind, path: Path) -> None:
    assert read(path, row(asked(), **cells)).coverage[0].kind is kind


def test_a_back_end_is_called_from_its_own_address_without_being_probed(path: Path) -> None:
    back_end = read(path, row(asked(), port="444", client="fe80::1"))
    assert (back_end.coverage[0].used, back_end.coverage[0].probe_rows) == (1, 0)
    front_end = read(path, row(asked(), client="fe80::1"), row(asked(), client="127.0.0.1"))
    assert (front_end.coverage[0].used, front_end.coverage[0].probe_rows) == (0, 2)


def test_probes_are_told_by_user_and_agent(path: Path) -> None:
    counts = read(path, row(asked(user="HealthMailbox12")), row(asked(), agent="AMProbe/Local/ClientAccess"))
    assert counts.coverage[0].probe_rows == 2
    assert not counts.targets


def test_the_target_is_what_the_proxying_server_chose(path: Path) -> None:
    counts = read(path, row(f"{asked()}&Log=PrxTo:Legacy%5FCert.contoso.test._V141_", port="444", status="403"))
    (target,) = counts.targets
    assert (target.host, target.named_by) == ("legacy_cert.contoso.test", NamedBy.PRX_TO)
    assert [(each.name, each.requests) for each in counts.protocol_versions] == [("14.1", 1)]


def test_a_stranger_cannot_name_a_target(path: Path) -> None:
    """A request that nobody signed in for has the query that its sender wrote."""
    counts = read(path, row(f"{asked()}&Log=PrxTo:evil.test_", user="-", status="403", sub="7"))
    assert [each.host for each in counts.targets] == ["10.0.0.7"]
    behind = read(path, row(f"{asked()}&Log=PrxTo:evil.test_&Log=PrxTo:good.test_", port="444"))
    assert [each.host for each in behind.targets] == ["good.test"]
    beside = read(path, row(asked(), agent="x&Log=PrxTo:evil.test_", port="444"))
    assert [each.host for each in beside.targets] == ["10.0.0.7:444"]


@pytest.mark.parametrize(
    ("cells", "requests", "failed", "credentials", "handshakes"),
    [
        ({"status": "401", "sub": "2", "win32": "5", "user": "-"}, 0, 0, 0, 1),
        ({"status": "401", "sub": "1", "win32": "2148074254"}, 0, 0, 0, 1),
        ({"status": "401", "sub": "1", "win32": "1326", "user": "-"}, 1, 1, 1, 0),
        ({"status": "401", "sub": "1", "win32": "5"}, 1, 1, 0, 0),
        ({"status": "403", "sub": "7", "win32": "64", "user": "-"}, 1, 1, 0, 0),
        ({"status": "200", "win32": "64"}, 1, 0, 0, 0),
        ({"status": "449"}, 1, 0, 0, 0),
        ({"status": "451"}, 1, 0, 0, 0),
    ],
)
def test_how_a_request_ended(
    cells: dict[str, str], requests: int, failed: int, credentials: int, handshakes: int, path: Path
) -> None:
    (target,) = read(path, row(asked(), **cells)).targets
    assert (target.requests, target.failed, target.credentials, target.handshakes) == (
        requests, failed, credentials, handshakes,
    )  # fmt: skip


def test_an_error_within_a_success_counts_as_both(path: Path) -> None:
    counts = read(path, row(f"{asked()}&Log=V141_Error:DeviceNotProvisioned_As:BlockedP_", port="444"))
    assert [(each.error, each.status, each.count) for each in counts.errors] == [("DeviceNotProvisioned", 200, 1)]
    assert (counts.targets[0].failed, counts.targets[0].errors_within_success) == (0, 1)
    assert [each.name for each in counts.access_states] == ["BlockedP"]


def test_what_a_device_does_too_often(path: Path) -> None:
    logs = ("Cli:0a0c0d_Svr:0a0c0d_St:F_", "Throttle5_", "Hb120_", "Cli:0a0c0d_Svr:1a0c0d_Throttle0_Hb900_")
    counts = read(path, *(row(f"{asked()}&Log=V141_{log}", port="444") for log in logs))
    (device,) = counts.devices
    assert (device.empty_syncs, device.resets, device.throttled, device.short_heartbeats) == (1, 1, 1, 1)
    assert (device.busiest_hits, str(device.busiest_day)) == (4, "2026-03-01")


def test_a_query_in_base64() -> None:
    packed = bytes([141, 18, 9, 4, 5]) + b"v140D" + bytes([4]) + b"\1\2\3\4" + bytes([2]) + b"SP"
    found = asked_for(base64.b64encode(packed))
    assert (found.device, found.type, found.command) == ("v140D", "SP", "Ping")
    assert asked_for(b"Cmd=Sync&DeviceId=A").command == "Sync"
    assert asked_for(b"-").command == "-"


def test_a_device_that_fails_for_one_user_only_is_two_devices(path: Path) -> None:
    counts = read(path, row(asked("D1", "ann")), row(asked("D1", "bob"), status="500"))
    assert {(each.user, each.failed) for each in counts.devices} == {("ann", 0), ("bob", 1)}


def test_a_success_right_after_a_failure(path: Path) -> None:
    statuses = ("500", "200", "200", "500", "500", "200", "500")
    rows = (row(asked(), status=status, time=f"10:00:0{i}") for i, status in enumerate(statuses))
    (device,) = read(path, *rows).devices
    assert device.recovered == 2
    assert device.last_success == datetime(2026, 3, 1, 10, 0, 5, tzinfo=UTC)
    assert device.last_failure == datetime(2026, 3, 1, 10, 0, 6, tzinfo=UTC)


def test_what_http_sys_refused(tmp_path: Path) -> None:
    path = tmp_path / "httperr1.log"
    counts = read(
        path,
        "2026-03-01 10:00:00 ::1 1 ::2 443 HTTP/1.1 GET /Microsoft-Server-ActiveSync 400 - FieldLength -\r\n",
        "2026-03-01 10:00:00 10.1.1.1 1 10.0.0.4 443 - - - - - Timer_ConnectionIdle -\r\n",
        "2026-03-01 10:00:00 10.1.1.1 1 10.0.0.4 443 HTTP/1.1 GET /owa 503 1 AppOffline Pool\r\n",
        head=HTTPERR,
    )
    (file,) = counts.coverage
    assert (file.kind, file.rows, file.used) == (LogKind.HTTP_ERR, 3, 1)
    assert {(e.reason, e.status, e.activesync) for e in counts.http_errors} == {
        ("FieldLength", 400, True), ("Timer_ConnectionIdle", None, False),
    }  # fmt: skip


def test_hostile_text_is_made_visible(path: Path) -> None:
    counts = read(path, row("Cmd=%1b%5b2J&User=a%0ab&DeviceId=%07D&DeviceType=%e2%80%ae", agent="x\x1b[31m\u202e"))
    texts = [counts.commands[0].command, counts.users[0].user, counts.agents[0].agent, counts.devices[0].device_id]
    assert all(text.isprintable() for text in (*texts, counts.devices[0].type))
    assert "\\x1b" in counts.agents[0].agent


def test_distinct_values_are_bounded_and_that_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_DEVICES", 200)
    monkeypatch.setattr(tallies, "MOST_USERS", 100)
    monkeypatch.setattr("easwizard.evidence.logs.counting.MOST_COMBINATIONS", 150)
    strange = [row(asked(f"X{i}", f"u{i}")) for i in range(2_000)]
    loud = [row(asked("LOUD", "loud"), status="403") for _ in range(400)]
    lines = [line for i in range(400) for line in (loud[i], *strange[i * 5 : i * 5 + 5])]
    path.write_text(FIELDS + "".join(lines), encoding="utf-8", newline="")
    reading = read_logs([path], Settings(block=10_000))
    assert len(reading.tallies.devices) <= 300
    assert len(reading.tallies.users) <= 150
    counts = reading.counts
    assert {each.what for each in counts.capped} == {"devices", "users"}
    assert sum(each.requests for each in counts.targets) == 2_400
    assert (counts.users[0].user, counts.devices[0].device_id) == ("loud", "LOUD")


def test_targets_that_a_client_made_up_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("easwizard.evidence.logs.iis_rows.MOST_TARGETS", 20)
    counts = read(path, *(row(f"{asked()}&Log=PrxTo:h{i}.test_V141_") for i in range(500)))
    assert len(counts.targets) <= 22
    assert sum(each.requests for each in counts.targets) == 500
    assert "(more targets)" in {each.host for each in counts.targets}


def test_percentiles_are_nearest_ranks() -> None:
    assert nearest_ranks({5: 1}, (50, 95, 99)) == [5, 5, 5]
    assert nearest_ranks(dict.fromkeys(range(1, 101), 1), (50, 95, 99)) == [50, 95, 99]


def test_a_pick_that_sticks_is_told_from_a_draw_for_each_request() -> None:
    sticky = stickiness([(20, 20), (0, 20)] * 10)
    drawn = stickiness([(9, 20), (10, 20), (11, 20), (8, 20), (12, 20)] * 4)
    assert sticky is not None
    assert sticky > 0.95
    assert drawn is not None
    assert drawn < 0.05
    assert stickiness([(0, 20)] * 20) is None


HOUR = datetime(2026, 3, 1, tzinfo=UTC)


def hours(*shares: tuple[int, int]) -> list[HourCount]:
    return [
        HourCount(HOUR + timedelta(hours=i), "h", NamedBy.PRX_TO, total, failed)
        for i, (failed, total) in enumerate(shares)
    ]


def test_the_hour_it_began() -> None:
    found = onset(hours((1, 90), (0, 80), (0, 120), (70, 75), (88, 90)), "h")
    assert found is not None
    assert found.hour_utc == HOUR + timedelta(hours=3)
    assert found.share_before == pytest.approx(1 / 290)
    from_the_start = onset(hours((40, 45), (50, 52)), "h")
    assert from_the_start is not None
    assert from_the_start.share_before is None
    assert onset(hours((0, 45), (0, 52)), "h") is None
    assert onset(hours((0, 45), (1, 52)), "h") is None


def test_two_targets_that_differ_beyond_chance(path: Path) -> None:
    rows = [row(f"{asked()}&Log=PrxTo:a.test_V141_", port="444", status="403")] * 50
    rows += [row(f"{asked()}&Log=PrxTo:b.test_V141_", port="444")] * 50
    first, second = read(path, *rows).targets
    assert disjoint(first, second)
    assert first.host == "a.test"


def test_meanings() -> None:
    assert meaning_of(401, 1, 1909) == "the account is locked out"
    assert meaning_of(403, 16, 2148204809) == "the client certificate is not trusted here"
    assert meaning_of(599, None, None) == ""


def test_a_target_says_which_kinds_of_logs_told_of_it(tmp_path: Path) -> None:
    """The same address in a front end's log and in an old server's: one target, of which both tell."""
    front, old = FIELDS, FIELDS.replace("7.5", "6.0")
    (tmp_path / "a.log").write_text(front + row() + row("&Log=PrxTo:old.contoso.test_"), newline="")
    (tmp_path / "b.log").write_text(old + row() + row(ip="10.0.0.8"), newline="")
    kinds = {each.host: each.kinds for each in read_logs([tmp_path]).counts.targets}
    assert kinds == {
        "10.0.0.7": (LogKind.FRONT_END, LogKind.LEGACY),
        "10.0.0.8": (LogKind.LEGACY,),
        "old.contoso.test": (LogKind.FRONT_END,),
    }
