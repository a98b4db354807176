"""How fast the bot may talk: token buckets, because QQ silences accounts that talk in bursts.

The figures are ../shared/gateway/README.md's "honest default"; no gateway publishes a limit.
"""

from dataclasses import dataclass, field


@dataclass
class TokenBucket:
    """Lets `burst` through at once, then one every `seconds`."""

    burst: int
    seconds: float
    # Adding up fractions of seconds must not leave one waiting for a billionth of a token.
    _tolerance = 1e-9
    _tokens: float = field(init=False)
    _at: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._tokens = float(self.burst)

    def wait(self, now: float) -> float:
        """Return how many seconds from `now` (monotonic) the next token is away; 0 when there."""
        self._refill(now)
        return 0.0 if self._tokens >= 1 - self._tolerance else (1 - self._tokens) * self.seconds

    def take(self, now: float) -> None:
        """Use one token; the caller has waited for it."""
        self._refill(now)
        self._tokens -= 1

    def full(self, now: float) -> bool:
        """Tell whether nothing would be lost by forgetting this bucket."""
        self._refill(now)
        return self._tokens >= self.burst

    def _refill(self, now: float) -> None:
        if self._at is not None and now > self._at:
            self._tokens = min(self.burst, self._tokens + (now - self._at) / self.seconds)
        self._at = now if self._at is None else max(self._at, now)


@dataclass(frozen=True)
class Pace:
    """How fast one account may talk, and each conversation of it."""

    account_burst: int = 20
    account_seconds: float = 1.0
    group_burst: int = 8
    group_seconds: float = 3.0
    jitter: float = 0.3
    """Share of the waiting time by which it is stretched at random, against a machine's rhythm."""


NORMAL_PACE = Pace()
