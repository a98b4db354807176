"""Cases on a real database: one a message, a rung a strike, each step done once, undone once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tortoise.context import TortoiseContext

from pinbang.gateway import Account, Outcome, Reason
from pinbang.gateway.outbox import Urgency
from pinbang.gateway.outcomes import DONE, failed, unconfirmed
from pinbang.gateway.wording import Words
from pinbang.guarding import enforcing, records, undoing, wording
from pinbang.guarding.cases import evidence_of, strikes_of
from pinbang.guarding.ladder import DEFAULT_STEPS, HALF_LIFE, Measure
from pinbang.guarding.policy import LadderPolicy
from pinbang.kept_messages import flush, keep
from pinbang.moderation.judging import Decision, Finding, Severity
from pinbang.moderation.reading import MessageView, read_message
from pinbang.refusal import Refusal
from pinbang.schedule import NotNowError
from pinbang.store.models import AuditEntry, Case, CaseStatus, DueWork
from tests.conftest import Clock

GROUP, OTHER, WANG, LI, ADMIN, BOT = 700, 701, 11, 12, 600200, 10001
SECRET = "加微信abc123456"


class Crash(BaseException):
    """The process ends here."""


class Arm(Account):
    """An account that acts on paper."""

    def __init__(self) -> None:
        super().__init__(BOT)
        self.acts: list[str] = []
        self.said: list[str] = []
        self.mentioned: list[int | None] = []
        self.outcomes: dict[str, Outcome] = {}
        self.crash_at = -1

    def _act(self, name: str) -> Outcome:
        self._live_on()
        self.acts.append(name)
        return self.outcomes.get(name.split()[0], DONE)

    def _live_on(self) -> None:
        """Raise `Crash` when it is time for it."""
        self.crash_at -= 1
        if self.crash_at == -1:
            raise Crash

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
        self._live_on()
        self.said.append(str(words))
        self.mentioned.append(mention)
        return self.outcomes.get("say", DONE)


@pytest.fixture
def arm() -> Arm:
    enforcing._told_powerless.clear()
    return Arm()


def view(message: int, user: int = WANG, group: int = GROUP, time: float = 1) -> MessageView:
    return read_message(
        SECRET,
        message_id=message,
        group_id=group,
        user_id=user,
        self_id=BOT,
        time=int(time),
        role="member",
    )


def decision(
    severity: Severity = Severity.MEDIUM,
    *,
    judge: str = "ad",
    mild: bool = False,
    also: tuple[int, ...] = (),
) -> Decision:
    evidence = ("留了联系方式", "叫人加好友")
    return Decision(Finding(judge, "广告引流", severity, 0.9, evidence, mild=mild), (), also)


async def open_case(
    frozen: Clock,
    message: int,
    *,
    user: int = WANG,
    group: int = GROUP,
    actor_id: int | None = None,
    rehearsed: bool = False,
    **found: Any,
) -> int | None:
    return await enforcing.open_case(
        view(message, user, group),
        decision(**found),
        now=frozen.now,
        ladder=LadderPolicy(),
        actor_id=actor_id,
        rehearsed=rehearsed,
    )


async def opened(frozen: Clock, message: int, **more: Any) -> int:
    number = await open_case(frozen, message, **more)
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
    await undoing.undo(number, GROUP, ADMIN, "误判", arm, frozen.now)
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
        *(undoing.undo(number, GROUP, ADMIN, "误判", arm, frozen.now) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, undoing.Undone) for result in results) == 1
    assert all(isinstance(result, undoing.Undone | Refusal) for result in results)
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
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert f"unmute {WANG}" not in arm.acts
    assert undone.user_id == WANG


async def test_a_case_undone_before_it_was_enforced_is_not_enforced(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    await enforcing.enforce(number, arm)
    assert arm.acts == []
    assert arm.said == []
    assert await DueWork.all().count() == 0


async def test_cases_that_are_not_there_or_not_ours(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    with pytest.raises(Refusal, match="没有 404 号"):
        await undoing.undo(404, GROUP, ADMIN, "", arm, frozen.now)
    with pytest.raises(Refusal, match="不是本群的"):
        await undoing.undo(number, OTHER, ADMIN, "", arm, frozen.now)
    assert (await Case.get(id=number)).status is CaseStatus.OPEN


async def test_who_may_ask_why(store: TortoiseContext, frozen: Clock) -> None:
    number = await opened(frozen, 1)
    own = await records.explain(number, GROUP, WANG, in_charge=False)
    assert "留了联系方式" in own
    assert SECRET not in own
    assert await records.explain(number, None, WANG, in_charge=False) == own
    assert await records.explain(number, GROUP, ADMIN, in_charge=True) == own
    for group in (GROUP, None):
        with pytest.raises(Refusal):
            await records.explain(number, group, LI, in_charge=False)
    with pytest.raises(Refusal, match="不是本群的"):
        await records.explain(number, OTHER, ADMIN, in_charge=True)


def test_the_ladder_in_words() -> None:
    text = wording.ladder(LadderPolicy())
    for words in ("警告", "禁言 10 分钟", "禁言 1 天", "移出群", "30 天"):
        assert words in text
    assert DEFAULT_STEPS[-1].measure is Measure.KICK
    assert timedelta(days=30) == HALF_LIFE


# -- the severe, and what goes with a removal -----------------------------------------------------


async def test_the_severe_goes_at_once(store: TortoiseContext, frozen: Clock, arm: Arm) -> None:
    number = await opened(frozen, 1, severity=Severity.SEVERE)
    await enforcing.enforce(number, arm)
    assert arm.acts == ["recall 1", f"mute {WANG} 3600", f"kick {WANG}"]
    [told] = arm.said
    assert told.startswith("11***11 的消息涉及「广告引流」，已撤回。处理：移出群。")
    assert arm.mentioned == [None]  # nobody is there any more to be addressed


async def test_a_severe_insult_goes_one_rung_higher(store: TortoiseContext, frozen: Clock) -> None:
    number = await opened(frozen, 1, severity=Severity.SEVERE, judge="civility")
    case = await Case.get(id=number)
    assert (case.measure, case.mute_seconds) == ("mute", 600)


async def test_who_is_removed_has_the_latest_messages_recalled(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    now = frozen.now.timestamp()
    keep(view(1, time=now - 25 * 3600))  # too old
    keep(view(2, time=now - 60))
    keep(view(3, LI, time=now - 50))
    keep(view(4, group=OTHER, time=now - 40))
    await flush()
    keep(view(5, time=now - 30))
    keep(view(6, time=now - 20))
    keep(view(7, time=now))
    number = await opened(frozen, 7, severity=Severity.SEVERE, also=(6,))
    await enforcing.enforce(number, arm)
    assert arm.acts[:3] == ["recall 7", "recall 6", f"mute {WANG} 3600"]
    assert arm.acts[3:] == ["recall 5", "recall 2", f"kick {WANG}"]


async def test_without_kept_messages_those_remembered_since_the_start_go(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    now = int(frozen.now.timestamp())
    for message, user, time in [(1, WANG, now - 90_000), *((n, WANG, now) for n in range(2, 30))]:
        arm.recent.remember(
            {"message_id": message, "group_id": GROUP, "user_id": user, "time": time, "message": []}
        )
    number = await opened(frozen, 29, severity=Severity.SEVERE)
    await enforcing.enforce(number, arm)
    recalled = [act for act in arm.acts if act.startswith("recall")]
    assert len(recalled) == 1 + LadderPolicy().recalled_on_removal
    assert "recall 1" not in recalled


async def test_what_is_gone_already_takes_nobodys_place(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    now = frozen.now.timestamp()
    keep(view(1, time=now - 30))
    for message in range(2, 13):
        keep(view(message, time=now - 20))
        await enforcing.enforce(await opened(frozen, message, user=WANG), arm)
    arm.acts.clear()
    await enforcing.enforce(await opened(frozen, 13, severity=Severity.SEVERE), arm)
    assert [act for act in arm.acts if act.startswith("recall")] == ["recall 13", "recall 1"]


# -- crashes, and gateways that go away -----------------------------------------------------------


@pytest.mark.parametrize("step", range(6))
async def test_a_crash_anywhere_is_survived(
    store: TortoiseContext, frozen: Clock, arm: Arm, step: int
) -> None:
    keep(view(1, time=frozen.now.timestamp()))
    number = await opened(frozen, 2, severity=Severity.SEVERE, also=(3,))
    arm.crash_at = step
    with pytest.raises(Crash):
        await enforcing.enforce(number, arm)
    after = Arm()
    after.outcomes = {"recall": failed(Reason.UNKNOWN_MESSAGE)}  # the first run recalled them
    await enforcing.enforce(number, after, resumed=True)
    done = {*arm.acts, *after.acts}
    assert {"recall 1", "recall 2", "recall 3", f"mute {WANG} 3600", f"kick {WANG}"} == done
    assert len(arm.said) + len(after.said) <= 1
    case = await Case.get(id=number)
    assert (case.status, case.measure_outcome) == (CaseStatus.ENFORCED, "done")
    assert await DueWork.all().count() == 0


@pytest.mark.parametrize("act", ["recall", "mute", "kick"])
async def test_a_gateway_that_goes_away_is_waited_for(
    store: TortoiseContext, frozen: Clock, arm: Arm, act: str
) -> None:
    number = await opened(frozen, 1, severity=Severity.SEVERE)
    arm.outcomes = {act: failed(Reason.OFFLINE)}
    await enforcing.enforce(number, arm)
    assert arm.said == []
    assert (await Case.get(id=number)).status is CaseStatus.OPEN
    arm.outcomes = {}
    await enforcing.enforce(number, arm, resumed=True)
    assert arm.acts[-1] == f"kick {WANG}"
    assert len(arm.said) == 1
    assert (await Case.get(id=number)).status is CaseStatus.ENFORCED


async def test_undone_in_the_middle_of_a_removal_nobody_is_removed(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1, severity=Severity.SEVERE)

    class Interrupted(Arm):
        async def mute(self, group_id: int, user_id: int, seconds: int) -> Outcome:
            await undoing.undo(number, GROUP, ADMIN, "误判", arm, frozen.now)
            return await super().mute(group_id, user_id, seconds)

    busy = Interrupted()
    await enforcing.enforce(number, busy)
    assert busy.acts == ["recall 1", f"mute {WANG} 3600", f"unmute {WANG}"]
    assert busy.said == []
    assert (await Case.get(id=number)).status is CaseStatus.UNDONE


async def test_a_member_who_left_first_is_not_addressed(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    arm.outcomes = {"mute": failed(Reason.NOT_A_MEMBER)}
    await enforcing.enforce(await opened(frozen, 2), arm)
    [told] = arm.said
    assert "人已不在群里" in told
    assert arm.mentioned == [None]


async def test_two_sharp_words_at_once_are_answered_once(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    numbers = [await opened(frozen, n, user=100 + n, mild=True) for n in range(4)]
    await asyncio.gather(*(enforcing.enforce(number, arm) for number in numbers))
    assert len(arm.said) == 1
    assert arm.acts == []


async def test_a_sharp_word_of_long_ago_is_not_mentioned_any_more(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1, mild=True)
    frozen.advance(hours=1)
    await enforcing.enforce(number, arm, resumed=True)
    assert arm.said == []
    assert (await Case.get(id=number)).status is CaseStatus.ENFORCED


# -- an admin's word ------------------------------------------------------------------------------


async def test_an_admins_word_takes_the_place_of_what_had_no_consequences(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    rehearsed = await opened(frozen, 1, rehearsed=True)
    nudge = await opened(frozen, 2, user=LI, mild=True)
    await enforcing.enforce(nudge, arm)
    arm.outcomes = {"recall": failed(Reason.NOT_ADMIN)}
    powerless = await opened(frozen, 3, user=13)
    await enforcing.enforce(powerless, arm)
    arm.outcomes, arm.acts = {}, []
    for message, user, number in [(1, WANG, rehearsed), (2, LI, nudge), (3, 13, powerless)]:
        assert await opened(frozen, message, user=user, actor_id=ADMIN) == number
        await enforcing.enforce(number, arm)
        case = await Case.get(id=number)
        assert (case.status, case.measure, case.actor_id) == (CaseStatus.ENFORCED, "warn", ADMIN)
    assert arm.acts == ["recall 1", "recall 2", "recall 3"]


async def test_an_admins_word_repeats_nothing_that_was_done(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1)
    await enforcing.enforce(number, arm)
    assert await open_case(frozen, 1, actor_id=ADMIN) is None
    await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert await open_case(frozen, 1, actor_id=ADMIN) is None


# -- taking back ----------------------------------------------------------------------------------


async def test_undoing_a_removal_says_what_cannot_be_put_right(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    number = await opened(frozen, 1, severity=Severity.SEVERE)
    await enforcing.enforce(number, arm)
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert not undone.present
    assert "人已移出，我请不回来：请管理员邀请，或让他重新申请进群" in undone.words
    assert "撤回的消息恢复不了" in undone.words
    assert f"unmute {WANG}" not in arm.acts


async def test_undoing_a_removal_that_failed_lifts_the_mute_before_it(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    arm.outcomes = {"kick": failed(Reason.UNKNOWN)}
    number = await opened(frozen, 1, severity=Severity.SEVERE)
    await enforcing.enforce(number, arm)
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert undone.present
    assert "禁言已解除" in undone.words
    assert "移出" not in undone.words
    assert arm.acts[-1] == f"unmute {WANG}"


async def test_undoing_leaves_the_mute_of_another_case(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    second, third = await opened(frozen, 2), await opened(frozen, 3)
    for number in (second, third):
        await enforcing.enforce(number, arm)
    frozen.advance(minutes=5)
    undone = await undoing.undo(second, GROUP, ADMIN, "", arm, frozen.now)
    assert arm.acts[-1] == f"mute {WANG} {24 * 3600 - 300}"
    assert "因为别的处理，禁言还到 11-26 10:00" in undone.words
    undone = await undoing.undo(third, GROUP, ADMIN, "", arm, frozen.now)
    assert arm.acts[-1] == f"unmute {WANG}"
    assert "禁言已解除" in undone.words


async def test_nothing_is_lifted_that_never_was(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    arm.outcomes = {"mute": failed(Reason.TARGET_PROTECTED)}
    number = await opened(frozen, 2)
    await enforcing.enforce(number, arm)
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert f"unmute {WANG}" not in arm.acts
    assert "解除" not in undone.words


@pytest.mark.parametrize("state", ["rehearsed", "powerless"])
async def test_undoing_what_was_not_done_lifts_nothing(
    store: TortoiseContext, frozen: Clock, arm: Arm, state: str
) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2, rehearsed=state == "rehearsed")
    if state == "powerless":
        arm.outcomes = dict.fromkeys(("recall", "mute"), failed(Reason.NOT_ADMIN))
        await enforcing.enforce(number, arm)
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert f"unmute {WANG}" not in arm.acts
    assert {"rehearsed": "演练记录", "powerless": "什么也没做成"}[state] in undone.words
    assert await DueWork.filter(kind=undoing.LIFT).count() == 0


async def test_a_mute_that_cannot_be_lifted_now_is_lifted_later(
    store: TortoiseContext, frozen: Clock, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2)
    await enforcing.enforce(number, arm)
    arm.outcomes = {"unmute": failed(Reason.OFFLINE)}
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert "连上后我再解除" in undone.words
    [work] = await DueWork.filter(kind=undoing.LIFT)
    assert (work.key, work.account_id) == (str(number), BOT)
    monkeypatch.setattr(undoing, "account_of", lambda _: arm)
    with pytest.raises(NotNowError):
        await undoing._lift_later(str(number), frozen.now)
    arm.outcomes = {}
    await undoing._lift_later(str(number), frozen.now)
    assert arm.acts[-1] == f"unmute {WANG}"
    acts = len(arm.acts)
    frozen.advance(minutes=11)
    await undoing._lift_later(str(number), frozen.now)  # it has ended by itself
    assert len(arm.acts) == acts


async def test_a_mute_set_late_is_lifted_for_as_long_as_it_lasts(
    store: TortoiseContext, frozen: Clock, arm: Arm
) -> None:
    await opened(frozen, 1)
    number = await opened(frozen, 2)
    frozen.advance(hours=2)  # no gateway was connected
    await enforcing.enforce(number, arm, resumed=True)
    frozen.advance(minutes=5)
    await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert arm.acts[-1] == f"unmute {WANG}"


async def test_others_add_what_follows_from_undoing(
    store: TortoiseContext, frozen: Clock, arm: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "_undone_hooks", [])
    seen: list[tuple[int, int]] = []

    @undoing.on_undone
    async def _broken(case: Case, admin_id: int, now: object) -> str:
        raise ValueError

    @undoing.on_undone
    async def _learn(case: Case, admin_id: int, now: object) -> str:
        seen.append((case.id, admin_id))
        return "也忘掉了。"

    number = await opened(frozen, 1)
    undone = await undoing.undo(number, GROUP, ADMIN, "", arm, frozen.now)
    assert undone.words.endswith("也忘掉了。")
    assert seen == [(number, ADMIN)]
