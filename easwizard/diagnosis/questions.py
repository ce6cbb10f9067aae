"""The questions of the interview, as data (DESIGN 8a). What an answer means stands in the problems' own files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from easwizard.exchange.products import Product


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    PRODUCTS = "products"
    """Several products joined by `+`, e.g. `2007+2013`."""


class Need(StrEnum):
    """What must be so, or not be ruled out, for a question to be worth an admin's time."""

    NOTHING = "nothing"
    FAILURES = "failures"
    """Somebody fails; where nobody does, there is nothing to describe."""
    MIXED_OLD = "mixed-old"
    """Mailboxes on the old version are known to fail now and then."""


@dataclass(frozen=True)
class Value:
    """One possible answer: its id for scripts, its label for people."""

    id: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question with the reason it is asked. "Don't know" is always allowed and never listed."""

    id: str
    text: str
    why: str
    values: tuple[Value, ...]
    source: str
    kind: Kind = Kind.CHOICE
    needs: Need = Need.NOTHING


def _question(
    id: str, text: str, why: str, source: str, *values: tuple[str, str], needs: Need = Need.NOTHING
) -> Question:
    return Question(id, text, why, tuple(Value(*value) for value in values), source, needs=needs)


GRID = "fails-"
"""How the ids of the grid "who fails" begin."""
_HOW_OFTEN = (
    ("never", "they work"),
    ("sometimes", "mail comes late, the phone asks for the password now and then, a retry helps"),
    ("always", "they never work"),
    ("not-used", "there are no such devices"),
)
_LOOK_UP = " (which version: Get-Mailbox NAME | Format-List ServerName)"
_GRID = "Who fails, and how often, is the best single question: most problems have their own pattern."


def _grid(id: str, devices: str, mailboxes: str) -> Question:
    text = f"How often do {devices} with a mailbox on the {mailboxes} version fail?{_LOOK_UP}"
    return _question(id, text, _GRID, "1.5", *_HOW_OFTEN)


QUESTIONS: tuple[Question, ...] = (
    _grid("fails-basic-old", "phones with a password", "old"),
    _grid("fails-cert-old", "phones with a certificate", "old"),
    _grid("fails-basic-new", "phones with a password", "new"),
    _grid("fails-cert-new", "phones with a certificate", "new"),
    _question(
        "tls-in-front",
        "What ends TLS in front of the servers?",
        "It decides which certificate settings are right at all.",
        "J14",
        ("nothing", "nothing: the connection reaches Exchange as it is"),
        ("bridging", "a balancer or gateway that decrypts and encrypts again"),
        ("delegation", "a publishing proxy that signs in for the phones"),
    ),
    _question(
        "legacy-pool",
        "What stands between the new servers and the old (2007 or 2010) servers?",
        "A new server signs in to an old one in several steps; what spreads or mixes those steps breaks them.",
        "J15",
        ("nothing", "nothing: the old names lead to the servers themselves"),
        ("affinity", "a balancer that keeps each sender on one server"),
        ("no-affinity", "a balancer that spreads connections freely"),
        ("layer-7", "a balancer that reads the requests and shares its connections to the servers among senders"),
        needs=Need.MIXED_OLD,
    ),
    _question(
        "since",
        "Since when does it fail?",
        "What happened just before is often the cause.",
        "8, 2.5",
        ("coexistence", "since the new version came"),
        ("names-moved", "since the names lead to the new servers"),
        ("update-or-set", "since an update, or a change of the virtual directory"),
        ("dc-patching", "since the domain controllers were patched"),
        ("renewal", "since certificates or the device management were renewed"),
        needs=Need.FAILURES,
    ),
    _question(
        "pattern",
        "When does it fail?",
        "A draw at random, a cache and a stopped server each leave another pattern.",
        "1.5, 1.6",
        ("every-time", "every time"),
        ("random", "at random"),
        ("clusters", "in clusters of minutes"),
        ("hours", "at certain hours"),
        ("since-restart", "since a restart"),
        needs=Need.FAILURES,
    ),
    _question(
        "phones",
        "Which phones fail?",
        "First set-up asks Autodiscover, a running phone does not.",
        "1.8",
        ("first-setup", "at first set-up"),
        ("running", "those that worked before"),
        needs=Need.FAILURES,
    ),
    _question(
        "scope",
        "Whom does it hit?",
        "One user or one device type is neither of the two great faults.",
        "8",
        ("one-user", "one user"),
        ("one-device-type", "one type of device"),
        ("one-site", "one AD site"),
        ("everybody", "everybody with such a mailbox and device"),
        needs=Need.FAILURES,
    ),
    _question(
        "app",
        "Which app do they use?",
        "Outlook mobile may come from the vendor's cloud and is another matter.",
        "J18",
        ("own-mail", "the phone's own mail"),
        ("outlook-mobile", "Outlook mobile"),
        ("both", "both"),
        needs=Need.FAILURES,
    ),
    _question(
        "network",
        "Over which network does it fail?",
        "Names and firewalls differ between inside and outside.",
        "8",
        ("wifi", "the company's Wi-Fi"),
        ("mobile", "mobile data"),
        ("vpn", "VPN"),
        ("any", "all of them"),
        needs=Need.FAILURES,
    ),
    _question(
        "owa",
        "Does Outlook on the web work with the same user name and password?",
        "It tells a wrong password from a fault between servers without another try.",
        "J10",
        ("works", "it works"),
        ("fails", "it fails too"),
        needs=Need.FAILURES,
    ),
    _question(
        "certificate-worked-before",
        "Did the same certificate work on the old servers?",
        "If it did, the certificate itself is most likely fine.",
        "J14",
        ("same-serial", "yes, the one with this serial number"),
        ("other-serial", "an earlier one did"),
        ("no", "no"),
        needs=Need.FAILURES,
    ),
    _question(
        "cutover",
        "Have the names moved to the new servers already?",
        "Before that, every remedy hits phones that still work.",
        "J21",
        ("before", "not yet"),
        ("after", "yes"),
    ),
    Question(
        "products",
        "Which Exchange versions are in the organisation? (for example 2007+2013)",
        "The ways of a request depend on the versions.",
        tuple(Value(product.value, product.label) for product in Product),
        "1.1",
        Kind.PRODUCTS,
    ),
    _question(
        "products-apart",
        "Versions that cannot live together: how is that?",
        "Some pairs of versions cannot share an organisation.",
        "J20",
        ("another-forest", "one of them is in another forest"),
        ("past", "it was so in the past"),
    ),
    _question(
        "hybrid",
        "Are some mailboxes in Exchange Online?",
        "A phone sent on to the cloud looks like a failure and is none.",
        "J12",
        ("yes", "yes"),
        ("no", "no"),
    ),
    _question(
        "passwords-reset",
        "Have passwords been reset for this?",
        "It saves the helpdesk a round, and locked accounts explain new failures.",
        "J26",
        ("yes", "yes"),
        ("no", "no"),
        needs=Need.FAILURES,
    ),
)


def internal_url_question(prefix: str, host: str) -> Question:
    """The question on one legacy name, and the one that settles most (J4)."""
    return _question(
        prefix + host,
        f"Is {host} the InternalUrl of any ActiveSync virtual directory now? "
        "(Get-ActiveSyncVirtualDirectory | Format-List Server,WebsiteName,InternalUrl)",
        "What a name answers is a fact about a virtual directory only if one uses that name now.",
        "J4",
        ("yes", "yes"),
        ("no", "no"),
    )
