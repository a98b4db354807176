"""Pure: where a link leads, by its host; words of judges and inquiries alike are built on it."""

import re
from enum import Enum
from pathlib import Path

from pinbang.moderation.lexicon import load_expressions, load_lines
from pinbang.text.links import Link, belongs_to, is_pinduoduo, looks_like_pinduoduo

_HERE = Path(__file__).parent


def _hosts(name: str) -> frozenset[str]:
    return frozenset(load_lines(_HERE / "hosts" / f"{name}.txt"))


_GROUP_HOSTS = _hosts("group_links")
_HARMLESS_HOSTS = _hosts("harmless_hosts")
_SHORTENERS = _hosts("shorteners")

# https://pinduoduo.com@elsewhere/ shows one host and opens the other.
_SHOWN_HOST = re.compile(r"//(?P<host>[^/\\?#@:]{1,253})(?::[^/\\?#@]{0,253})?@")

AID = load_expressions(_HERE / "lexicon" / "aid.txt")
"""What requests for help with a Pinduoduo task consist of."""
_AID_STEP, _AID_LIMIT = 0.3, 0.9


class Destination(Enum):
    """Where a link leads."""

    PINDUODUO = "pinduoduo"
    IMITATION = "imitation"
    """A host that passes itself off as Pinduoduo's."""
    CONTACT = "contact"
    """Another group, or somebody's private contact."""
    HIDDEN = "hidden"
    """A short link."""
    HARMLESS = "harmless"
    STRANGE = "strange"
    """None of those the group knows."""


def destination(link: Link) -> Destination:
    """Tell where a link leads."""
    host = link.host
    if is_pinduoduo(host):
        return Destination.PINDUODUO
    if (shown := _SHOWN_HOST.search(link.url)) is not None and is_pinduoduo(shown["host"]):
        return Destination.IMITATION
    if belongs_to(host, _GROUP_HOSTS):
        return Destination.CONTACT
    if looks_like_pinduoduo(host):
        return Destination.IMITATION
    if belongs_to(host, _SHORTENERS):
        return Destination.HIDDEN
    # Pinduoduo's own hosts that are no share hosts, such as the one printed on its parcels.
    if belongs_to(host, _HARMLESS_HOSTS) or is_pinduoduo(host.partition(".")[2]):
        return Destination.HARMLESS
    return Destination.STRANGE


def aid_relief(text: str) -> float:
    """Return the points that words of a request for help take off, in normalised text."""
    return min(_AID_LIMIT, _AID_STEP * len({match.group() for match in AID.finditer(text)}))
