"""The only code that calls OneBot: what the bot says and does in QQ, checked and read back."""

from pinbang.gateway.account import Account, account_of, account_serving, accounts
from pinbang.gateway.outcomes import Outcome, Reason, Status

__all__ = [
    "Account",
    "Outcome",
    "Reason",
    "Status",
    "account_of",
    "account_serving",
    "accounts",
]
