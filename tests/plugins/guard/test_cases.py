"""Cases on a real database: one a message, a rung a strike, each step done once, undone once."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.context import TortoiseContext

from pinbang.gateway import Account, Outcome, Reason
from pinbang.gateway.outbox import Urgency
from pinbang.gateway.outcomes import DONE, failed, unconfirmed
from pinbang.gateway.wording import Words
from pinbang.guarding import enforcing, wording
from pinbang.guarding.cases import evidence_of, strikes_of
from pinbang.guarding.ladder import DEFAULT_STEPS, HALF_LIFE, Measure
from pinbang.guarding.policy import LadderPolicy
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.moderation.reading import MessageView, read_message
from pinbang.refusal import Refusal
from pinbang.store.models import AuditEntry, Case, CaseStatus, DueWork
from tests.conftest import Clock

GROUP, OTHER, WANG, LI, ADMIN, BOT = 700, 701, 11, 12, 600200, 10001
SECRET = "加微信abc123456"


class Arm(Account):
    """An account that acts on paper."""

    def __init__(self) -> None:
        super().__init__(BOT)
        self.acts: list[str] = []
        self.said: list[str] = []
        self.outcomes: dict[str, Outcome] = {}

    def _act(self, name: str) -> Outcome:
        self.acts.append(name)
        return self.outcomes.get(name.split()[0], DONE)

    async def recall(self, group_id: int, message_id: int) -> Outcome:
        return self._act(f"recall {message_id}")

    async def mute(self, group_id: int, user_id: int, seconds: int) -> Outcome:
        return self._act(f"mute {user_id} {seconds}")

    async def unmute(self, group_id: int, user_id: int) -> Outcome:
        return self._act(f"unmute {user_id}")

    async def kick(self, group_id: int, user_id: int, *, refuse_return: bool = False) -> Outcome:
        return self._act(f"kick {user_id}")

    async def say(
        self,
        group_id: int,
        words: Words,
        *,
        urgency: Urgency = Urgency.REPLY,
        reply_to: int | None = None,
        mention: int | None = None,
    ) -> Outcome:
        self.said.append(str(words))
        return self.outcomes.get("say", DONE)


@pytest.fixture
def arm() -> Arm:
    enforcing._told_powerless.clear()
    return Arm()


def view(message: int, user: int = WANG, group: int = GROUP) -> MessageView:
    return read_message(
        SECRET, message_id=message, group_id=group, user_id=user, self_id=BOT, time=1, role="member"
    )


def decision(severity: Severity = Severity.MEDIUM) -> Decision:
    return Decision(Finding("ad", "广告引流", severity, 0.9, ("留了联系方式", "叫人加好友")), ())


async def open_case(
    frozen: Clock,
    message: int,
    *,
    user: int = WANG,
    group: int = GROUP,
    severity: Severity = Severity.MEDIUM,
) -> int | None:
    return await enforcing.open_case(
        view(message, user, group), decision(severity), now=frozen.now, ladder=LadderPolicy()
    )


async def opened(frozen: Clock, message: int, **more: object) -> int:
    number = await open_case(frozen, message, **more)  # pyright: ignore[reportArgumentType]
    assert number is not None
    return number


async def test_a_message_has_one_case(store: TortoiseContext, frozen: Clock) -> None:
    results = await asyncio.gather(*(open_case(frozen, 5) for _ in range(8)))
    assert sum(result is not None for result in results) == 1
    assert await Case.all().count() == 1
    assert await open_case(frozen, 5) is None
    assert await open_case(frozen, 5, group=OTHER) is not None


async def test_each_strike_is_a_rung_higher(store: TortoiseContext, frozen: Clock) -> None:
    measures: list[tuple[str, int]] = []
    for message in range(6):
        case = await Case.get(id=await opened(frozen, message))
        measures.append((case.measure, case.mute_seconds))
        frozen.advance(minutes=1)
    assert measures == [
        ("warn", 0), ("mute", 600), ("mute", 86400), ("kick", 0), ("kick", 0), ("kick", 0),
    ]  # fmt: skip


async def test_strikes_count_for_one_person_in_one_group_for_a_while(
    store: TortoiseContext, frozen: Clock
) -> None:
    await opened(frozen, 1)
    assert await strikes_of(GROUP, WANG, frozen.now) == 1
    assert await strikes_of(GROUP, LI, frozen.now) == 0
    assert await strikes_of(OTHER, WANG, frozen.now) == 0
    frozen.now += HALF_LIFE
    assert await strikes_of(GROUP, WANG, frozen.now) == pytest.approx(0.5)
    frozen.advance(seconds=1)
    case = await Case.get(id=await opened(frozen, 2))
    assert case.measure == "warn"


async def test_a_case_taken_back_does_not_count(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await enforcing.undo(number, GROUP, ADMIN, "误判", arm, frozen.now)
    assert await strikes_of(GROUP, WANG, frozen.now) == 0
    assert (await Case.get(id=await opened(frozen, 2))).measure == "warn"


async def test_a_case_says_why(store: TortoiseContext, frozen: Clock) -> None:
    case = await Case.get(id=await opened(frozen, 1))
    assert evidence_of(case) == ["留了联系方式", "叫人加好友"]
    assert case.text == SECRET


async def test_enforcing_recalls_acts_tells_and_records(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2)
    await enforcing.enforce(number, arm)
    assert arm.acts == ["recall 2", f"mute {WANG} 600"]
    [told] = arm.said
    assert "禁言 10 分钟" in told
    assert f"编号 {number}" in told
    assert "广告引流" in told
    assert SECRET not in told
    assert len(told.splitlines()) <= 5
    case = await Case.get(id=number)
    assert (case.status, case.recall_outcome) == (CaseStatus.ENFORCED, "done")
    assert await AuditEntry.filter(reference=f"case:{number}").count() == 1
    assert await DueWork.filter(key=str(number)).count() == 0


async def test_enforcing_again_does_nothing(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await enforcing.enforce(number, arm)
    acts, said = list(arm.acts), list(arm.said)
    await asyncio.gather(*(enforcing.enforce(number, arm) for _ in range(5)))
    assert (arm.acts, arm.said) == (acts, said)


async def test_enforcing_at_the_same_time_happens_once(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await asyncio.gather(*(enforcing.enforce(number, arm) for _ in range(5)))
    assert arm.acts == ["recall 1"]
    assert len(arm.said) == 1


async def test_what_was_interrupted_is_taken_up_where_it_stopped(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await Case.filter(id=number).update(recall_outcome="done")
    assert await enforcing.unfinished_cases(BOT) == [number]
    await enforcing.enforce(number, arm)
    assert arm.acts == []  # recalled before, and a warning needs nothing else
    assert len(arm.said) == 1
    assert await enforcing.unfinished_cases(BOT) == []


async def test_an_announcement_that_may_have_been_made_is_not_repeated(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await Case.filter(id=number).update(
        recall_outcome="done", measure_outcome="none", announced_at=frozen.now
    )
    await enforcing.enforce(number, arm)
    assert arm.said == []
    assert (await Case.get(id=number)).status is CaseStatus.ENFORCED


@pytest.mark.parametrize(
    ("outcome", "words"),
    [(failed(Reason.TARGET_PROTECTED), "没有成功"), (unconfirmed(), "未能确认")],
)
async def test_what_did_not_work_is_not_claimed(
    store: TortoiseContext, frozen: Clock, arm: Arm, outcome: Outcome, words: str
) -> None:
    arm.outcomes = {"recall": unconfirmed(), "mute": outcome}
    await opened(frozen, 1)
    await enforcing.enforce(await opened(frozen, 2), arm)
    [told] = arm.said
    assert words in told
    assert "已撤回" not in told


async def test_without_the_admin_role_the_group_is_told_once_an_hour(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    arm.outcomes = {"recall": failed(Reason.NOT_ADMIN), "mute": failed(Reason.NOT_ADMIN)}
    for message in range(3):
        await enforcing.enforce(await opened(frozen, message, user=100 + message), arm)
    [told] = arm.said
    assert "管理员" in told
    frozen.advance(hours=1)
    await enforcing.enforce(await opened(frozen, 9), arm)
    assert len(arm.said) == 2


async def test_undoing_lifts_the_mute_once(store: TortoiseContext, frozen: Clock, arm: Arm) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2)
    await enforcing.enforce(number, arm)
    results = await asyncio.gather(
        *(enforcing.undo(number, GROUP, ADMIN, "误判", arm, frozen.now) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, enforcing.Undone) for result in results) == 1
    assert all(isinstance(result, enforcing.Undone | Refusal) for result in results)
    assert arm.acts.count(f"unmute {WANG}") == 1
    case = await Case.get(id=number)
    assert (case.status, case.undone_by, case.undone_reason) == (CaseStatus.UNDONE, ADMIN, "误判")
    assert await AuditEntry.filter(action="guard.undo").count() == 1


async def test_undoing_after_the_mute_ended_lifts_nothing(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2)
    await enforcing.enforce(number, arm)
    frozen.advance(minutes=11)
    undone = await enforcing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert f"unmute {WANG}" not in arm.acts
    assert undone.user_id == WANG


async def test_a_case_undone_before_it_was_enforced_is_not_enforced(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await enforcing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    await enforcing.enforce(number, arm)
    assert arm.acts == []
    assert arm.said == []
    assert await DueWork.all().count() == 0


async def test_cases_that_are_not_there_or_not_ours(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    with pytest.raises(Refusal, match="没有 404 号"):
        await enforcing.undo(404, GROUP, ADMIN, "", arm, frozen.now)
    with pytest.raises(Refusal, match="不是本群的"):
        await enforcing.undo(number, OTHER, ADMIN, "", arm, frozen.now)
    assert (await Case.get(id=number)).status is CaseStatus.OPEN


async def test_who_may_ask_why(store: TortoiseContext, frozen: Clock) -> None:
    number = await opened(frozen, 1)
    own = await enforcing.explain(number, GROUP, WANG, in_charge=False)
    assert "留了联系方式" in own
    assert SECRET not in own
    assert await enforcing.explain(number, None, WANG, in_charge=False) == own
    assert await enforcing.explain(number, GROUP, ADMIN, in_charge=True) == own
    for group in (GROUP, None):
        with pytest.raises(Refusal):
            await enforcing.explain(number, group, LI, in_charge=False)
    with pytest.raises(Refusal, match="不是本群的"):
        await enforcing.explain(number, OTHER, ADMIN, in_charge=True)


def test_the_ladder_in_words() -> None:
    text = wording.ladder(LadderPolicy())
    for words in ("警告", "禁言 10 分钟", "禁言 1 天", "移出群", "30 天"):
        assert words in text
    assert DEFAULT_STEPS[-1].measure is Measure.KICK
    assert timedelta(days=30) == HALF_LIFE
