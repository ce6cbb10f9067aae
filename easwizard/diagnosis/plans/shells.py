"""Where commands are run: the shells that a plan may name, on which machine, and how they take arguments.

Cmdlets match the version of the server they change: 2007 virtual directories are changed in the 2007 shell
(exchange.md 6.0). IIS, Windows and HTTP.sys settings are changed on the server itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.diagnosis.plans.quoting import Quoting

APPCMD = r"%windir%\system32\inetsrv\appcmd"
ADSUTIL = r"cscript //nologo %SystemDrive%\inetpub\AdminScripts\adsutil.vbs"


@dataclass(frozen=True)
class Shell:
    """One place to run commands in."""

    name: str
    """As orders show it."""
    quoting: Quoting | None
    """None: the text is taken as it stands, and nothing can be filled in."""
    on_server: bool
    """Whether it runs on the very server that it changes; an Exchange shell reaches all servers of its version."""
    elevated: bool = False
    short: str = ""
    """The first word of its commands in the Markdown, where that stands for `program`."""
    program: str = ""
    remark: str = "# "
    """How a line begins that the shell does not run."""
    joint: str = "; "
    """Between two commands on one line."""

    def expanded(self, text: str) -> str:
        """The command with the program's full path where a line begins with its short name."""
        return "\n".join(self._line(line) for line in text.splitlines())

    def _line(self, line: str) -> str:
        first, space, rest = line.partition(" ")
        return f"{self.program}{space}{rest}" if self.short and first.casefold() == self.short else line

    def label(self, *, elevated: bool) -> str:
        """As lists show it, e.g. `cmd, elevated`."""
        return f"{self.name}, elevated" if elevated or self.elevated else self.name


_CMD_REMARK = "rem "
_CMD_JOINT = " & "
_TABLE: dict[str, Shell] = {
    "exchange management shell 2007": Shell("Exchange Management Shell 2007", Quoting.POWERSHELL, on_server=False),
    "exchange management shell": Shell("Exchange Management Shell", Quoting.POWERSHELL, on_server=False),
    "powershell": Shell("PowerShell", Quoting.POWERSHELL, on_server=True),
    "cmd": Shell("cmd", Quoting.CMD, on_server=True, remark=_CMD_REMARK, joint=_CMD_JOINT),
    "appcmd": Shell(
        "cmd",
        Quoting.CMD,
        on_server=True,
        elevated=True,
        short="appcmd",
        program=APPCMD,
        remark=_CMD_REMARK,
        joint=_CMD_JOINT,
    ),
    "netsh": Shell("cmd", Quoting.CMD, on_server=True, elevated=True, remark=_CMD_REMARK, joint=_CMD_JOINT),
    "adsutil": Shell(
        "cmd",
        Quoting.CMD,
        on_server=True,
        elevated=True,
        short="adsutil",
        program=ADSUTIL,
        remark=_CMD_REMARK,
        joint=_CMD_JOINT,
    ),
    "dns": Shell("DNS", Quoting.DNS, on_server=False, remark="; "),
    "any shell": Shell("any shell", None, on_server=False),
    "exchange 2007 shell": Shell("Exchange 2007 shell", Quoting.POWERSHELL, on_server=False),
    "exchange shell": Shell("Exchange shell", Quoting.POWERSHELL, on_server=False),
}
"""By name in lower case. The last two are the older names of the first two."""

NAMES = tuple(_TABLE)


def shell(name: str) -> Shell | None:
    """The shell of that name, or None where no such shell is known."""
    return _TABLE.get(name.casefold())
