"""Shell: what a group was taught is read with the group and weighs in on every message."""

from datetime import datetime

from pinbang.groups import part_of_group
from pinbang.guarding.undoing import on_undone
from pinbang.guarding.verdict import adjusts_findings
from pinbang.moderation.lessons import Lessons
from pinbang.store.models import Case

from . import service, wording

part_of_group(Lessons)(service.lessons_of)
adjusts_findings(lambda record: record.part(Lessons))


@on_undone
async def _forget(case: Case, admin_id: int, now: datetime) -> str:
    rows = await service.forget_taught_by(case, admin_id, now)
    return f"{wording.numbers(rows)} 号学习记录一并作废。" if rows else ""
