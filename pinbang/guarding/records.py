"""A member's record: the cases about him, how much each still counts, where he stands now."""

from datetime import datetime

from pinbang.groups import load_group
from pinbang.guarding.cases import cases_about, groups_with_cases_about, strikes_of, weight_of
from pinbang.guarding.ladder import next_step
from pinbang.guarding.policy import LadderPolicy
from pinbang.guarding.wording import Record, record_line, standing
from pinbang.moderation.judging import Severity
from pinbang.refusal import Refusal

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
