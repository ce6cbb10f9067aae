"""What combinations of HTTP status, sub-status and Win32 status mean for ActiveSync, in words. Pure.

Source: logs.md 4 (KB 943891, KB 2802568, MS-ASHTTP 2.2.2.1.1). What is only believed there is worded as such.
"""

from __future__ import annotations

from collections.abc import Mapping

REFUSED_CREDENTIALS: Mapping[int, str] = {
    1326: "wrong user name or password",
    1330: "the password has expired",
    1331: "the account is disabled",
    1907: "the password must be changed first",
    1909: "the account is locked out",
}
"""Win32 codes beside 401 that name what is wrong with the account."""

NO_CREDENTIALS_YET = 2148074254
"""Win32 code of a 401 that only asks for credentials, as a hexadecimal number 0x8009030E."""

_BY_WIN32: Mapping[tuple[int, int | None, int], str] = {
    (200, 0, 64): "the client hung up while it waited: normal for Ping",
    (403, 16, 2148204809): "the client certificate is not trusted here",
    (403, 17, 2148204801): "the client certificate has expired",
    (403, 13, 2148081683): "the revocation list cannot be reached",
}

_BY_SUBSTATUS: Mapping[tuple[int, int], str] = {
    (401, 1): "sign-in failed or not yet complete",
    (401, 2): "asks for credentials, or for another way to sign in",
    (403, 0): "refused by ActiveSync itself: user or device blocked; on a proxying server: copied from its target",
    (403, 4): "SSL is required",
    (403, 6): "the client's address is refused",
    (403, 7): "a client certificate is required and none came",
    (403, 12): "the certificate mapper denied access",
    (403, 13): "the client certificate is revoked, or that cannot be checked",
    (403, 16): "the client certificate is not trusted",
    (403, 17): "the client certificate has expired or is not yet valid",
    (404, 13): "the request is larger than allowed",
}

_BY_STATUS: Mapping[int, str] = {
    200: "answered",
    400: "the request was not understood; in HTTPERR with FieldLength: the sign-in token is too big",
    401: "credentials asked for or refused",
    403: "refused",
    404: "no such path",
    413: "the request is too large",
    449: "the device must take the policy first",
    451: "sent to another address",
    456: "the user or device is blocked",
    457: "the password has expired",
    500: "an error inside the server",
    502: "the proxying failed",
    503: "busy, stopped or throttled",
    507: "the mailbox is full",
}


def meaning_of(status: int, substatus: int | None, win32: int | None) -> str:
    """What a combination means; empty where nothing is known about it.

    >>> meaning_of(401, 1, 1326), meaning_of(403, 7, 64), meaning_of(299, None, None)
    ('wrong user name or password', 'a client certificate is required and none came', '')
    """
    if status == 401 and win32 is not None and win32 in REFUSED_CREDENTIALS:
        return REFUSED_CREDENTIALS[win32]
    if status == 401 and win32 == NO_CREDENTIALS_YET:
        return "part of the sign-in handshake: no failure"
    if win32 is not None and (status, substatus, win32) in _BY_WIN32:
        return _BY_WIN32[(status, substatus, win32)]
    if substatus is not None and (status, substatus) in _BY_SUBSTATUS:
        return _BY_SUBSTATUS[(status, substatus)]
    return _BY_STATUS.get(status, "")
