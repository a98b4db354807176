"""Priorities of the few NoneBot matchers that see every message; lower runs first.

NoneBot waits for answers (`got`, `reject`, `pause`) at priority 0, so only a negative priority
sees those messages as well: moderation must not be dodged by answering a question.
"""

GUARD = -100
ROUTER = 10
OBSERVERS = 90
