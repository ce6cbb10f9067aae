"""What logs say of the accounts of a case: whether it was the password or the account itself (J10, logs.md 4).

People mistype passwords every day: a refusal in a log is a clue only of an account that the case asks about.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.log_counts import UserCount
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.log_history import judged_logs


def account_clues(case: Case) -> Iterator[Clue]:
    """For `account/credentials-rejected`: lines 401 with 1326, 1330, 1331, 1907 or 1909 of an account of the case.

    They prove it where nothing that this account asked for was answered well: the last word may be a new password.
    """
    for account in case.accounts:
        user = logged_user(case, account.label)
        if user is None or not user.credentials:
            continue
        text = (
            f"the logs show {user.credentials} of {user.requests} requests of {account.label} refused for the "
            "password or the account itself (401 with its Win32 code)"
        )
        proven = user.credentials == user.requests
        effect = Effect.PROVES if proven else Effect.SUPPORTS
        yield Clue(effect, text, "J10, logs.md 4", Group.LOG, subject=(account.label,))


def logged_user(case: Case, label: str) -> UserCount | None:
    r"""The user of the logs that an account is: by its name without domain, in either form of writing it."""
    counts = judged_logs(case)
    if counts is None:
        return None
    bare = label.casefold().rpartition("\\")[2]
    return next((user for user in counts.users if user.user in (bare, label.casefold())), None)
