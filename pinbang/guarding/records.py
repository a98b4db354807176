"""What is told about cases: why one was opened, and a member's record."""

from datetime import datetime

from pinbang import audit
from pinbang.gateway import account_of, account_serving
from pinbang.groups import load_group
from pinbang.guarding import wording
from pinbang.guarding.cases import (
    case_in_group,
    cases_about,
    groups_with_cases_about,
    strikes_of,
    weight_of,
)
from pinbang.guarding.ladder import next_step
from pinbang.guarding.policy import LadderPolicy
from pinbang.guarding.wording import Record, record_line, standing
from pinbang.kept_messages import kept_message
from pinbang.members import current_role
from pinbang.moderation.judging import Severity
from pinbang.refusal import Refusal
from pinbang.roles import Role
from pinbang.store.models import Case

PAGE = 6
MAX_STANDINGS = 4
"""Groups whose ladder is told in private, those with the newest cases."""


async def record_of(
    user_id: int, group_id: int | None, account_id: int, page: int, now: datetime
) -> Record:
    """Return a page, from 1, of somebody's record in a group; `group_id` None takes all groups.

    Raises Refusal when there is no such page.
    """
    several = group_id is None
    cases, total = await cases_about(user_id, group_id, offset=(page - 1) * PAGE, limit=PAGE)
    pages = -(-total // PAGE)
    if page > max(1, pages):
        raise Refusal(f"处理记录一共 {pages} 页。" if pages else "没有处理记录。")
    lines: list[str] = []
    for case in cases:
        ladder = (await load_group(case.group_id, case.account_id)).policy(LadderPolicy)
        lines.append(record_line(case, weight_of(case, now, ladder.half_life), with_group=several))
    groups = await groups_with_cases_about(user_id) if several else {group_id: account_id}
    standings: list[str] = []
    for one, account in list(groups.items())[:MAX_STANDINGS]:
        ladder = (await load_group(one, account)).policy(LadderPolicy)
        strikes = await strikes_of(one, user_id, now, ladder.half_life)
        following = next_step(strikes, Severity.MEDIUM, ladder.steps)[1]
        standings.append(standing(strikes, following, one if several else None))
    return Record(tuple(lines), total, page, pages, tuple(standings))


async def explain(number: int, group_id: int | None, asker_id: int, *, in_charge: bool) -> str:
    """Say why a case was opened, to the person concerned and to those in charge of the group."""
    if group_id is None:
        case = await Case.get_or_none(id=number)
        if case is None or case.user_id != asker_id:
            raise Refusal(f"没有关于你的 {number} 号处理记录。")
    else:
        case = await case_in_group(number, group_id)
        if case.user_id != asker_id and not in_charge:
            raise Refusal("只有当事人和管理员能看这条处理记录的理由。")
    return wording.explanation(case)


async def explain_in_private(number: int, asker_id: int) -> str:
    """Say why a case was opened; to those in charge of its group also what the message said.

    What they are shown is stored with the case, personal data covered up; that they looked is
    recorded.
    """
    case = await Case.get_or_none(id=number)
    if case is not None and case.user_id != asker_id and await _is_in_charge(case, asker_id):
        await audit.record(
            "guard.look",
            actor_id=asker_id,
            group_id=case.group_id,
            target_id=case.user_id,
            reference=f"case:{number}",
        )
        earlier = [await kept_message(case.group_id, message_id) for message_id in case.also]
        texts = [*(view.readable for view in earlier if view), case.text]
        return wording.full_explanation(case, texts)
    return await explain(number, None, asker_id, in_charge=False)


async def _is_in_charge(case: Case, asker_id: int) -> bool:
    account = account_serving(case.group_id) or account_of(case.account_id)
    return await current_role(account, case.group_id, asker_id) >= Role.DEPUTY
