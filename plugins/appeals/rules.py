"""Pure rules of appeals: until when, how many, and how a ruling is written."""

import re
from dataclasses import dataclass
from datetime import timedelta

APPEAL_WITHIN = timedelta(days=30)
REMIND_AFTER = timedelta(hours=24)
MOST_OPEN = 3
"""Open appeals of one person."""
LONGEST_REASON = 200

_RULING = re.compile(
    r"(?:(?P<upheld>维持|驳回)|(?P<overturned>撤销|撤消))[\s,，:：。]*(?P<reason>.*)", re.DOTALL
)


@dataclass(frozen=True)
class Ruling:
    """What somebody decided, and why if he says so."""

    overturned: bool
    reason: str


def read_ruling(text: str) -> Ruling | None:
    """Read 维持 or 撤销 with the reason that may follow; None when it says neither."""
    match = _RULING.fullmatch(text.strip())
    if match is None:
        return None
    return Ruling(match["overturned"] is not None, match["reason"].strip())
