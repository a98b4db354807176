"""Shell: join requests as they come in, and those that came while nobody listened."""

from nonebot import on_notice, on_request
from nonebot.adapters.onebot.v11 import GroupIncreaseNoticeEvent, GroupRequestEvent

from pinbang import clock
from pinbang.gateway import Account, account_serving
from pinbang.gateway.adapter import on_gateway_ready
from pinbang.gateway.outbox import Urgency
from pinbang.logs import logger
from pinbang.parameters import ThisAccount

from . import service, wording
from .models import JoinRequest, JoinStatus
from .service import Applicant

asks_to_join = on_request(block=False)


@asks_to_join.handle()
async def _(event: GroupRequestEvent, account: ThisAccount) -> None:
    if event.sub_type != "add":
        return
    inviter = getattr(event, "invitor_id", None)
    await _process(
        Applicant(
            group_id=event.group_id,
            user_id=event.user_id,
            inviter_id=int(inviter) if inviter and str(inviter).isdecimal() else None,
            comment=event.comment or "",
            flag=event.flag or None,
            asked_at=service.from_timestamp(event.time),
        ),
        account,
    )


async def _process(applicant: Applicant, account: Account) -> None:
    request = await service.receive(applicant, account, clock.now())
    if request is None:
        return
    if request.status is JoinStatus.WAITING:
        await _ask_admins(request, account)
        return
    outcome = await service.carry_out(request, account)
    if not outcome.done:
        logger.warning(f"Join request {request.id}: {outcome.code}")


async def _ask_admins(request: JoinRequest, account: Account) -> None:
    outcome = await account.say(
        request.group_id, wording.notice(request), urgency=Urgency.MODERATION
    )
    message_id = outcome.data.get("message_id")
    if isinstance(message_id, int):
        await service.note_announced(request, message_id)


arrives = on_notice(block=False)


@arrives.handle()
async def _(event: GroupIncreaseNoticeEvent) -> None:
    await service.note_arrival(event.group_id, event.user_id, clock.now())


@on_gateway_ready
async def _catch_up(account: Account) -> None:
    """Take in what waits at the gateway, and finish what was decided but not carried out."""
    for request in await service.unfinished(account.self_id):
        await service.carry_out(request, account, resumed=True)
    for pending in await account.pending_joins():
        if pending.checked or account_serving(pending.group_id) is not account:
            continue
        await _process(
            Applicant(
                group_id=pending.group_id,
                user_id=pending.user_id,
                inviter_id=None,
                comment=pending.comment,
                flag=pending.flag,
                asked_at=clock.now(),
            ),
            account,
        )
    for request in await service.unannounced(account.self_id):
        # A crash may have come between asking and noting it: the group's history tells.
        asked = [
            view.message_id
            for view in await account.history(request.group_id)
            if view.user_id == account.self_id and wording.number_in_notice(view.text) == request.id
        ]
        if asked:
            await service.note_announced(request, asked[-1])
        else:
            await _ask_admins(request, account)
