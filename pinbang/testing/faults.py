"""Failures on demand: what goes wrong with the next calls of an action."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from .refusals import Reason


class Fault(Enum):
    """What can be made to go wrong.

    The first group is answered as a failure, in the words of the simulated gateway; nothing
    happens. The second group concerns the link between gateway and bot.
    """

    NOT_ADMIN = Reason.NOT_ADMIN
    TARGET_IS_ADMIN = Reason.TARGET_IS_ADMIN
    TOO_OLD = Reason.TOO_OLD
    UNKNOWN_MESSAGE = Reason.UNKNOWN_MESSAGE
    RISK_CONTROL = Reason.RISK_CONTROL
    MUTED = Reason.MUTED
    NO_SUCH_REQUEST = Reason.NO_SUCH_REQUEST
    ALREADY_HANDLED = Reason.ALREADY_HANDLED
    UNKNOWN_ACTION = Reason.UNKNOWN_ACTION

    TIMEOUT = "never answers; nothing happened"
    TIMEOUT_BUT_DONE = "never answers, though it happened"
    OK_BUT_NOTHING = "answers ok; nothing happened, no event"
    SILENT = "happens and answers ok, but no event reports it"
    CLOSE = "drops the link instead of answering; nothing happened"


@dataclass(frozen=True)
class Slow:
    """The call is carried out and answered `seconds` late."""

    seconds: float


@dataclass
class _Planned:
    action: str
    fault: Fault | Slow
    left: int | None
    match: dict[str, Any]


class FaultPlan:
    """The faults that wait for their call; the oldest fitting one strikes first."""

    def __init__(self) -> None:
        """Plan nothing."""
        self._planned: list[_Planned] = []

    def add(
        self,
        action: str,
        fault: Fault | Slow,
        times: int | None = 1,
        match: dict[str, Any] | None = None,
    ) -> None:
        """Let `fault` strike the next `times` calls of `action`.

        `times` None strikes until `clear`. `match` narrows it to calls with these parameters; ids
        compare equal as numbers and as strings. The action ``"*"`` stands for any.
        """
        self._planned.append(_Planned(action, fault, times, match or {}))

    def clear(self) -> None:
        """Forget all planned faults."""
        self._planned.clear()

    def take(self, action: str, params: dict[str, Any]) -> Fault | Slow | None:
        """Return the fault that strikes this call, using it up once."""
        for planned in self._planned:
            if planned.action in (action, "*") and fits(params, planned.match):
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left <= 0:
                        self._planned.remove(planned)
                return planned.fault
        return None


def fits(params: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Tell whether a call's parameters contain the expected ones (``7 == "7"``)."""
    return all(
        name in params and (params[name] == value or str(params[name]) == str(value))
        for name, value in expected.items()
    )
