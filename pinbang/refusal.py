"""What a member is told when something cannot be done."""


class Refusal(Exception):  # noqa: N818 -- a refusal is an answer, not a fault
    """A request that is declined in words; the command shell sends them to whoever asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UsageRefusal(Refusal):
    """A request that could not be understood; the shell adds the command's usage."""
