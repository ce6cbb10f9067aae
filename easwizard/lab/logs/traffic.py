"""Who uses an estate on a made day: people, their phones, and what these ask for and when. By a seed.

It knows no server: what becomes of a request is found out elsewhere (`journeys`).
"""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from easwizard.exchange.inventory import Endpoint, Inventory, NamespaceRecord, Role
from easwizard.lab.scenario import LOG_HOURS, Account, DeviceCertificate, Front, FrontKind, Scenario

_PASSWORD = 0.02
"""How often a healthy phone sends a password that was changed meanwhile."""
_FORGETFUL = 7
"""Every so many people have one."""
_PACKED = 6
"""Every so many phones write their query in base64 (MS-ASHTTP 2.2.1.1.1.1)."""
_MODELS = (
    ("iPhone", "Apple-iPhone9C1/1402.100"),
    ("SAMSUNGSMG930", "Android-SAMSUNG-SM-G930F/101.60001"),
    ("WP8", "MSFT-WP/8.10.14219"),
    ("Android", 'Mail "Pro", 7.2 (Linux; U; Android 5.1, like Gecko)'),
    ("TouchDown", "TouchDown(MSRPC)/8.4.00086/"),
)
_COMMANDS = {
    "Sync": 40, "Ping": 22, "FolderSync": 10, "GetItemEstimate": 5, "SendMail": 7, "ItemOperations": 6,
    "SmartReply": 3, "Settings": 2, "Options": 5,
}  # fmt: skip
_CODES = {
    "Sync": 0, "SendMail": 1, "SmartReply": 3, "FolderSync": 9, "GetItemEstimate": 14, "Settings": 17, "Ping": 18,
    "ItemOperations": 19,
}  # fmt: skip
_HEARTBEATS = (480, 540, 900, 1680)
_QUICK_MS = (16, 31, 47, 78, 109, 203, 640, 1900)
_OLDEST_PHONE = 203


@dataclass(frozen=True)
class Phone:
    """One phone of one person."""

    account: Account
    """Its mailbox; for a made person, that of the account in whose likeness it is."""
    known_as: Account
    """An account of the scenario whose mailbox is of the same kind: the one to ask the running estate with."""
    certificate: DeviceCertificate | None
    host: str
    """The name that it was given."""
    front: Front | None
    endpoints: tuple[Endpoint, ...]
    """What that name leads to."""
    device: str
    type: str
    agent: str
    client: str
    """Its address as the internet sees it."""
    packed: bool = False
    forgetful: bool = False

    @property
    def user(self) -> str:
        return self.account.user

    @property
    def signs_in_as(self) -> str:
        """As IIS writes it down: an address, or domain and name."""
        name, _, domain = self.user.partition("@")
        return self.user if self.packed else f"{domain.partition('.')[0].upper()}\\{name}"

    def query(self, command: str) -> str:
        """What stands behind the question mark; OPTIONS has nothing."""
        if command == "Options":
            return ""
        if self.packed:
            return _packed(command, self.device, self.type)
        user = self.signs_in_as.replace("\\", "%5C")
        return f"Cmd={command}&User={user}&DeviceId={self.device}&DeviceType={self.type}"


@dataclass(frozen=True)
class Hit:
    """One request of a phone, at the moment at which it ends."""

    at: datetime
    phone: Phone
    command: str
    ms: int
    heartbeat: int = 0
    """Seconds that the server may let the phone wait; 0 for what is answered at once."""
    old_password: bool = False

    @property
    def method(self) -> str:
        return "OPTIONS" if self.command == "Options" else "POST"


def phones_of(scenario: Scenario, inventory: Inventory) -> tuple[Phone, ...]:
    """The accounts and the people made in their likeness, in turn over accounts and ways to sign in."""
    groups = list(_groups(scenario, inventory))
    if not groups:
        return ()
    count = max(scenario.logs.users, len(groups))
    return tuple(_phone(groups[number % len(groups)], number, number // len(groups)) for number in range(count))


def hits_of(phones: Sequence[Phone], day: date, each: int, seed: int) -> Iterator[Hit]:
    """So many requests of each phone over the hours of the day, not in order of time."""
    dice = random.Random(f"{seed} hits")
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    seconds = (LOG_HOURS.stop - LOG_HOURS.start) * 3600
    for phone in phones:
        for _ in range(each):
            after = LOG_HOURS.start * 3_600_000 + dice.randrange(seconds * 1000)
            yield _hit(phone, midnight + timedelta(milliseconds=after), dice)


@dataclass(frozen=True)
class _Group:
    """A way to sign in of one account."""

    account: Account
    certificate: DeviceCertificate | None
    host: str
    front: Front | None
    endpoints: tuple[Endpoint, ...]


def _groups(scenario: Scenario, inventory: Inventory) -> Iterator[_Group]:
    for account in scenario.accounts:
        theirs = [each for each in scenario.certificates if each.account == account.label]
        for role, certificate in ((Role.GENERIC, None), *((Role.CERT, each) for each in theirs)):
            record = _name_for(role, account, inventory)
            if record is None:
                continue
            front = scenario.fronts.get(record.host.lower())
            up = tuple(
                place
                for place in record.endpoints
                if inventory.server(place.server) is not None and not scenario.knobs_of(place.server).down
            )
            if up and not (front and front.kind is FrontKind.OTHER_PRODUCT):
                yield _Group(account, certificate, record.host.lower(), front, up)


def _name_for(role: Role, account: Account, inventory: Inventory) -> NamespaceRecord | None:
    """The name that a phone was given: one in the mailbox's AD site where there is one."""
    found = [record for record in inventory.namespaces if record.role is role and record.endpoints]
    sites = {server.name.casefold(): server.site for server in inventory.servers}
    near = [r for r in found if any(sites.get(place.server.casefold()) == account.site for place in r.endpoints)]
    return next(iter(near or found), None)


def _phone(group: _Group, number: int, turn: int) -> Phone:
    kind, agent = _MODELS[number % len(_MODELS)]
    account = group.account
    if turn:
        # A made person knows the password, whatever the account itself was printed with.
        domain = account.user.partition("@")[2]
        account = replace(
            account, label=f"user{number:04}", user=f"user{number:04}@{domain}", printed_password=account.password
        )
    return Phone(
        account=account,
        known_as=group.account,
        certificate=group.certificate,
        host=group.host,
        front=group.front,
        endpoints=group.endpoints,
        device=f"{kind[:4].upper()}{number:028}"[:32],
        type=kind,
        agent=agent,
        client=f"198.51.{100 + number // 200 % 100}.{1 + number % 200}",
        packed=number % _PACKED == 4,
        forgetful=bool(turn) and number % _FORGETFUL == 3,
    )


def _hit(phone: Phone, at: datetime, dice: random.Random) -> Hit:
    command = dice.choices(tuple(_COMMANDS), tuple(_COMMANDS.values()))[0]
    old_password = phone.forgetful and phone.certificate is None and dice.random() < _PASSWORD * _FORGETFUL
    if command != "Ping":
        return Hit(at, phone, command, dice.choice(_QUICK_MS), old_password=old_password)
    heartbeat = dice.choice(_HEARTBEATS)
    waited = int(heartbeat * dice.choice((0.2, 0.7, 1.0)) * 1000) + dice.randrange(1000)
    return Hit(at, phone, command, waited, heartbeat, old_password)


def _packed(command: str, device: str, kind: str) -> str:
    """Version, command, locale, device, policy key, type: the later ones each after its length."""
    parts = bytes((121, _CODES[command])) + (1033).to_bytes(2, "little")
    for part in (device.encode("ascii"), (_OLDEST_PHONE).to_bytes(4, "little"), kind.encode("ascii")):
        parts += bytes((len(part),)) + part
    return base64.b64encode(parts).decode("ascii")
