"""The gateways that can be simulated, one module each.

Everything here restates how the real programs behave on the wire (their sources, public issues
and frames recorded from them, November 2026). Where nothing is known about a detail, the
simulation takes the plain OneBot v11 form.
"""

from .gocqhttp import GOCQHTTP
from .llbot import LLBOT
from .napcat import NAPCAT
from .profile import Profile
from .snowluma import SNOWLUMA

PROFILES = (NAPCAT, LLBOT, SNOWLUMA, GOCQHTTP)
"""Every simulated gateway, for tests that must hold on all of them."""

__all__ = ["GOCQHTTP", "LLBOT", "NAPCAT", "PROFILES", "SNOWLUMA", "Profile"]
