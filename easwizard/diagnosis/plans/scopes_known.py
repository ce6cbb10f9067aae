"""The scopes that a step or a block may be repeated for, with what each one means; `plans.scopes` finds them."""

from __future__ import annotations

from collections.abc import Mapping

SCOPES: Mapping[str, str] = {
    "once": "one time",
    "each server": "every server with an ActiveSync virtual directory",
    "each legacy server": "every 2007 or 2010 server with an ActiveSync virtual directory",
    "each new server": "every 2013 or later server with an ActiveSync virtual directory",
    "each certificate server": "every 2013 or later server that a certificate name leads to",
    "each old certificate server": "every 2007 or 2010 server that a certificate name leads to",
    "each refusing server": "every server with a refusing vdir",
    "each server found": "every server that the finding names, itself or by a vdir; else those its names lead to",
    "each binding without mapper": "every HTTPS binding with the DS mapper flag off, of a certificate server",
    "each vdir": "every front-end virtual directory",
    "each legacy vdir": "every one of a 2007 or 2010 server",
    "each new vdir": "every one of a 2013 or later server",
    "each certificate vdir": "every one of a 2013 or later server that a certificate name leads to",
    "each old certificate vdir": "every one of a 2007 or 2010 server that a certificate name leads to",
    "each refusing vdir": "every legacy one that service discovery may draw and whose InternalUrl leads to a refusal",
    "each second vdir": "every one outside the Default Web Site, of a 2013 or later server with more than one",
    "each vdir named": "every virtual directory that the finding names itself; none that a name only leads to",
    "each vdir found": "every virtual directory that the finding names; else those its names lead to",
    "each name": "every name of the case",
    "each device name": "every name that phones use",
    "each generic name": "every name of phones with passwords",
    "each certificate name": "every name of phones with certificates",
    "each legacy name": "every name of the old servers",
    "each autodiscover name": "every Autodiscover name",
    "each refusing name": "every legacy name that an InternalUrl uses and that refuses the leg",
    "each name found": "every name that the finding names",
}
