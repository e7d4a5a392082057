"""Ticket numbers: ``YZ20261121-00077`` is the seventh of the day, and its last digit is a check digit.

The check digit is ISO/IEC 7064 MOD 11,10 over date and sequence: every single wrong digit is found before the database
is asked. The sequence comes from a counter row that the filing transaction holds, so it is unique among processes.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.tickets.models import TicketCounter

_BARE = re.compile(r"([0-9]{8})-?([0-9]{4,8})([0-9])")
SPACES = re.compile(r"\s+")
DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_]")


def check_digit(digits: str) -> str:
    """The ISO/IEC 7064 MOD 11,10 check digit of a string of digits."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def make_number(prefix: str, day: date, sequence: int) -> str:
    """The number of the day's ``sequence``-th ticket."""
    stamp, serial = f"{day:%Y%m%d}", f"{sequence:04d}"
    return f"{prefix}{stamp}-{serial}{check_digit(stamp + serial)}"


def parse_number(text: str, prefix: str) -> str | None:
    """The number as we write it, from what a person typed (full-width, lower case, spaces, no dash); None if wrong."""
    plain = SPACES.sub("", unicodedata.normalize("NFKC", DASHES.sub("-", text))).upper()
    match = _BARE.fullmatch(plain.removeprefix(prefix))
    if match is None:
        return None
    stamp, serial, check = match.groups()
    return f"{prefix}{stamp}-{serial}{check}" if check_digit(stamp + serial) == check else None


def next_sequence(session: Session, day: date) -> int:
    """The next sequence of the day, from 1; the counter stays locked until the caller's transaction ends.

    Raises sqlalchemy.exc.IntegrityError if two transactions open the same day at once: start the transaction again.
    """
    key = f"{day:%Y%m%d}"
    # The update comes first so that SQLite takes its write lock before anything is read in this transaction.
    session.execute(update(TicketCounter).where(TicketCounter.day == key).values(last=TicketCounter.last + 1))
    current = session.scalar(select(TicketCounter.last).where(TicketCounter.day == key))
    if current is None:
        session.add(TicketCounter(day=key, last=1))
        session.flush()
        return 1
    return current
