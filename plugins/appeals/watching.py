"""Shell: a case that is taken back otherwise settles the appeal against it."""

from datetime import datetime

from pinbang.guarding.undoing import on_undone
from pinbang.store.models import Case

from . import service, wording


@on_undone
async def _settle(case: Case, admin_id: int, now: datetime) -> str:
    del admin_id
    return wording.closed(case) if await service.settle(case, now) else ""
