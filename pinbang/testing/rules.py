"""QQ's rules about who may do what to whom, as pure functions.

Each function returns the `Reason` for a refusal, or None when the deed is allowed.
Sources: the rules of QQ group administration as users of the live gateways report them; the
two-minute rule does not bind admins.

"""

from .records import Member
from .refusals import Reason

RECALL_WINDOW = 120
"""Seconds in which a plain member may take back a message of their own."""

LONGEST_MUTE = 30 * 24 * 3600
"""The longest mute of one person, in seconds."""


def against_managing(actor: Member) -> Reason | None:
    """Allow owners and admins only."""
    return None if actor.manages else Reason.NOT_ADMIN


def against_owning(actor: Member) -> Reason | None:
    """Allow the owner only."""
    return None if actor.role == "owner" else Reason.NOT_OWNER


def against_measures(actor: Member, target: Member) -> Reason | None:
    """Allow a kick or a mute: the owner acts on everybody else, admins on plain members."""
    if not actor.manages:
        return Reason.NOT_ADMIN
    if target.role == "owner":
        return Reason.TARGET_IS_OWNER
    if target.role == "admin" and actor.role != "owner":
        return Reason.TARGET_IS_ADMIN
    return None


def against_recalling(
    actor: Member, author_id: int, author: Member | None, age: float
) -> Reason | None:
    """Allow a recall of a message that is `age` seconds old.

    Plain members take back their own messages for two minutes; admins are not bound by the two
    minutes but cannot touch messages of the owner or of other admins. Somebody who has left
    counts as a plain member (`author` is None).
    """
    own = actor.user_id == author_id
    if not actor.manages:
        if not own:
            return Reason.NOT_ADMIN
        return Reason.TOO_OLD if age > RECALL_WINDOW else None
    if own or actor.role == "owner" or author is None or author.role == "member":
        return None
    return Reason.TARGET_IS_OWNER if author.role == "owner" else Reason.TARGET_IS_ADMIN


def against_speaking(actor: Member, whole_ban: bool, now: float) -> Reason | None:
    """Allow people who are not muted; a mute of everybody spares owner and admins."""
    if actor.muted_until > now or (whole_ban and not actor.manages):
        return Reason.MUTED
    return None


def against_card(actor: Member, target: Member) -> Reason | None:
    """Allow a change of one's own card, or an admin's of somebody else's."""
    if actor.user_id == target.user_id:
        return None
    return against_measures(actor, target)
