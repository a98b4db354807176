"""The lexicon and trying out, said in the group, on a migrated database."""

import asyncio
from datetime import timedelta

import pytest
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from pinbang import schedule
from pinbang.groups import known_group, load_group
from pinbang.kept_messages import flush
from pinbang.moderation.terms import Term, Terms
from pinbang.roles import Role
from pinbang.store.config import CONNECTION
from pinbang.store.models import AuditEntry, Case, DueWork
from plugins.lexicon import service
from plugins.lexicon.models import StoredTerm
from plugins.lexicon.rules import Request, Selection
from tests.conftest import SUPERUSER, Clock
from tests.plugins.room import ADMIN, BOT, GROUP, LI, OTHER_GROUP, WANG, Refused, Room, reply

SECRET = "天王盖地虎"


async def number_of(word: str) -> int:
    return next(row.id for row in await StoredTerm.all() if row.word == word)


async def test_a_word_is_caught_from_now_on_and_passes_when_it_is_removed(room: Room) -> None:
    assert await room.hears(WANG, SECRET) == []
    [added] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    number = await number_of(SECRET)
    assert added.startswith("已加入 1 个词，算广告，一直有效")
    assert f"{number} 号 天***虎" in added
    assert SECRET not in added
    [told] = await room.hears(WANG, f"来对暗号：{SECRET}")
    assert "广告" in told
    assert room.called("delete_msg")
    assert f"命中本群词库（{number} 号：广告）" in (await Case.get()).evidence
    [removed] = await room.hears(ADMIN, f"/词库 删除 {number}")
    assert removed.startswith("已删除 1 个词")
    assert await room.hears(LI, SECRET) == []
    assert len(room.called("delete_msg")) == 1


async def test_words_belong_to_one_group(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    assert await room.hears(WANG, SECRET, group_id=OTHER_GROUP) == []
    number = await number_of(SECRET)
    answer = await room.hears(ADMIN, f"/词库 删除 {number}", group_id=OTHER_GROUP)
    assert answer == [f"词库里没有：{number}。看编号发 /词库 查看"]
    assert await StoredTerm.all().count() == 1


async def test_an_allowed_word_lets_pass_what_it_outweighs(room: Room) -> None:
    insult = "你垃圾"
    assert len(await room.hears(WANG, insult)) == 1
    [added] = await room.hears(ADMIN, f"/词库 添加 放行 {insult}")
    assert "放行只是减分" in added
    assert await room.hears(LI, insult) == []


async def test_what_was_taught_about_a_message_goes_before_a_word(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    assert len(await room.hears(WANG, f"今天看戏，{SECRET}那段真好")) == 1
    await room.hears(ADMIN, f"/误判 {(await Case.get()).id}")
    assert await room.hears(LI, f"今天看戏，{SECRET}那段真好") == []
    [tried] = await room.hears(ADMIN, f"/试判 今天看戏，{SECRET}那段真好")
    assert tried.startswith("试判结果：放行")
    assert "号误判（相同）" in tried
    assert len(await room.hears(LI, SECRET)) == 1


async def test_a_disabled_judge_takes_no_words_either(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    await room.hears(ADMIN, "/设置 守护 停用判定 广告")
    assert await room.hears(WANG, SECRET) == []


async def test_what_is_in_the_lexicon_is_counted(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 宝塔镇河妖")
    await room.hears(ADMIN, "/词库 添加 放行 小本本")
    [answer] = await room.hears(ADMIN, "/词库")
    assert answer.startswith("本群词库：广告 2 个、放行 1 个\n")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/词库", "本群词库：还是空的"),
        ("／词库", "本群词库：还是空的"),
        ("/词库 乱写", "没看懂"),
        ("/词库 添加", "先写类别"),
        ("/词库 添加 某词", "先写类别（广告、辱骂、诈骗、放行）"),
        ("/词库 添加 广告", "请写上词"),
        ("/词库 添加 广告 加", "太短"),
        ("/词库 添加 广告 加*", "太短"),
        ("/词库 添加 广告 " + "字" * 61, "太长"),
        ("/词库 添加 广告 a*b*c*d*e*f*g", "* 和 ? 太多"),
        ("/词库 添加 广告 助力", "平常的话里就有"),
        ("/词库 添加 放行 大家", "平常的话里就有"),
        ("/词库 添加 广告 暗号 2020-01-01", "已经过去了"),
        ("/词库 删除", "请写要删的编号或词"),
        ("/词库 删除 12345", "词库里没有"),
        ("/词库 删除 暗号", "词库里没有：暗*"),
        ("/词库 删除 9-3", "从小到大写"),
        ("/词库 查看", "本群还没有词"),
        ("/词库 查看 诈骗", "本群还没有诈骗词"),
        ("/词库 查看 乱写", "看不懂“乱写”"),
        ("/词库 查看 9", "只有 1 页"),
        ("/词库 导入", "先写类别"),
        ("/词库 导入 广告", "请写上词"),
        ("/词库 导出", "本群还没有词"),
        ("/词库 导出 乱写", "看不懂"),
    ],
)
async def test_wrong_input_is_answered_with_what_to_write(
    room: Room, text: str, answer: str
) -> None:
    [said] = await room.hears(ADMIN, text)
    assert answer in said
    assert await StoredTerm.all().count() == 0


async def test_only_admins_keep_the_lexicon(room: Room) -> None:
    assert await room.hears(WANG, f"/词库 添加 广告 {SECRET}") == ["“词库”只有管理员能用。"]
    assert await StoredTerm.all().count() == 0


async def test_everyday_words_are_added_only_when_insisted_on(room: Room) -> None:
    [warning] = await room.hears(ADMIN, "/词库 添加 广告 砍一刀")
    assert "强制" in warning
    [added] = await room.hears(ADMIN, "/词库 添加 广告 砍一刀 强制")
    assert "已加入 1 个词" in added


async def test_what_is_there_already_is_said(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    number = await number_of(SECRET)
    [again] = await room.hears(ADMIN, "/词库 添加 广告 天王蓋地虎")
    assert f"已经有了，是 {number} 号" in again
    [conflict] = await room.hears(ADMIN, f"/词库 添加 放行 {SECRET}")
    assert f"广告里有它（{number} 号），先 /词库 删除 {number}" in conflict
    [other] = await room.hears(ADMIN, f"/词库 添加 诈骗 {SECRET}")
    assert "已加入" in other
    [renewed] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 7天")
    assert renewed.startswith("改了 1 个词的期限")
    assert await StoredTerm.all().count() == 2


async def test_a_command_that_comes_twice_acts_once(room: Room) -> None:
    for _ in range(2):
        await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}", message_id=77)
    assert await StoredTerm.all().count() == 1
    assert await AuditEntry.filter(action="lexicon.add").count() == 1


async def test_a_word_ends_with_its_time(room: Room, frozen: Clock) -> None:
    [added] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 2小时")
    assert "到 11-25 12:00 为止" in added
    frozen.advance(hours=1, minutes=59)
    assert len(await room.hears(WANG, SECRET)) == 1
    frozen.advance(minutes=1)
    assert await room.hears(LI, SECRET) == []
    assert "本群还没有词" in (await room.hears(ADMIN, "/词库 查看"))[0]
    assert await StoredTerm.all().count() == 1
    while not await schedule.do_next([BOT]):
        pass
    assert await StoredTerm.all().count() == 0
    assert await DueWork.filter(kind=service.EXPIRE).count() == 0
    [again] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    assert "一直有效" in again


async def test_cleaning_up_goes_on_to_the_next_expiry(room: Room, frozen: Clock) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 1天")
    await room.hears(ADMIN, "/词库 添加 广告 宝塔镇河妖 3天")
    await room.hears(ADMIN, "/词库 添加 广告 别的暗号")
    frozen.advance(days=1)
    for _ in range(2):
        await service.expire(str(GROUP), frozen.now)
    assert sorted(row.word for row in await StoredTerm.all()) == ["别的暗号", "宝塔镇河妖"]
    due = await DueWork.get(kind=service.EXPIRE)
    assert due.due_at == frozen.now + timedelta(days=2)


async def test_a_word_added_again_after_its_time_counts_again(room: Room, frozen: Clock) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 1分钟")
    frozen.advance(minutes=2)
    [added] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    assert "已加入 1 个词" in added
    assert len(await room.hears(WANG, SECRET)) == 1


async def test_listing_masks_words_and_turns_pages(room: Room) -> None:
    words = [f"暗号{chr(0x4E00 + number)}{chr(0x5E00 + number)}" for number in range(25)]
    await room.hears(ADMIN, "/词库 导入 广告\n" + "\n".join(words))
    await room.hears(ADMIN, "/词库 添加 放行 example.com 7天")
    [first] = await room.hears(ADMIN, "/词库 查看")
    assert "词库（26 个，第 1/2 页）" in first
    assert "下一页：/词库 查看 2" in first
    [second] = await room.hears(ADMIN, "/词库 查看 第2页")
    assert "e******m　放行（到 12-02 10:00）" in second
    [own] = await room.hears(ADMIN, "/词库查看 放行")
    assert "词库：放行（1 个，第 1/1 页）" in own
    assert not any(word in first + second for word in words)


async def test_importing_says_what_was_left_out_and_why(room: Room) -> None:
    await room.hears(ADMIN, "/词库 添加 放行 宝塔镇河妖")
    lines = [SECRET, "天王蓋地虎", "宝塔镇河妖", "虎", "谢谢大家", "", f"1. {SECRET}二号"]
    [answer] = await room.hears(ADMIN, "/词库 导入 诈骗\n" + "\n".join(lines))
    assert "已加入 2 个词，算诈骗" in answer
    assert "没加 4 个" in answer
    for reason in ("太短", "平常的话里就有", "和前面的是同一个词", "放行里有它"):
        assert reason in answer


async def test_many_words_are_imported_and_caught(room: Room) -> None:
    words = [f"暗号{chr(0x4E00 + number)}{chr(0x6E00 + number)}" for number in range(500)]
    [answer] = await room.hears(ADMIN, "/词库 导入 广告\n" + "\n".join(words))
    assert "已加入 500 个词" in answer
    assert "等 500 个" in answer
    assert len(answer) < 400
    assert len(await room.hears(WANG, f"来{words[499]}吧")) == 1
    rows = await StoredTerm.all().order_by("id")
    [removed] = await room.hears(ADMIN, f"/词库 删除 {rows[0].id}-{rows[-1].id}")
    assert "已删除 500 个词" in removed
    assert await StoredTerm.all().count() == 0


async def test_an_export_goes_to_the_admin_alone_and_can_be_imported(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET} 加*暗号 砍一刀 强制")
    await room.hears(ADMIN, "/词库 添加 放行 example.com")
    before = len(room.calls)
    [*chunks, answer] = await room.hears(ADMIN, "/词库 导出")
    calls = [action for action, _ in room.calls[before:] if action.startswith("send")]
    assert calls == ["send_private_msg", "send_private_msg", "send_group_msg"]
    assert answer.startswith("已把 4 个词私聊发给你")
    await room.hears(ADMIN, "/词库 删除 1-400")
    for chunk in chunks:
        await room.hears(ADMIN, chunk)
    words = {(row.category, row.word) for row in await StoredTerm.all()}
    assert words == {
        ("广告", SECRET), ("广告", "加*暗号"), ("广告", "砍一刀"), ("放行", "example.com"),
    }  # fmt: skip


async def test_an_export_that_cannot_be_whispered_says_so(room: Room) -> None:
    def refuse(_: dict[str, object]) -> None:
        raise Refused(wording="not friends")

    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    room.answers["send_private_msg"] = refuse
    *_, answer = await room.hears(ADMIN, "/词库 导出 广告")
    assert "没能确认私聊送到了" in answer
    assert SECRET not in answer


async def test_a_strict_threshold_is_pointed_out(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 判定分数 0.8")
    [answer] = await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    assert "判定分数是 0.8，单靠一个词还不够" in answer


async def test_changes_are_recorded_without_showing_words(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    await room.hears(ADMIN, f"/词库 删除 {SECRET}")
    entries = await AuditEntry.filter(action__startswith="lexicon.").order_by("id")
    assert [entry.action for entry in entries] == ["lexicon.add", "lexicon.remove"]
    assert {entry.actor_id for entry in entries} == {ADMIN}
    _, rows = await get_connection(CONNECTION).execute_query("SELECT note FROM pinbang_audit")
    assert not any(SECRET in str(row["note"]) for row in rows)


# -- trying out ---------------------------------------------------------------------------------


async def test_a_trial_shows_all_evidence_and_does_nothing(room: Room) -> None:
    await room.hears(ADMIN, f"/词库 添加 广告 {SECRET}")
    number = await number_of(SECRET)
    [answer] = await room.hears(ADMIN, f"/试判 {SECRET}，加v❤：abc123456，你个傻逼")
    assert answer.startswith("试判结果：")
    assert "撤回，警告" in answer
    assert "判定分数 0.6" in answer
    assert "留了微信等站外联系方式" in answer
    assert "文明" in answer
    assert f"本群词库：{number} 号（广告）" in answer
    assert "还原后：" in answer
    assert "abc123456" not in answer
    assert await Case.all().count() == 0
    assert room.called("delete_msg") == []


async def test_a_trial_of_a_harmless_message(room: Room) -> None:
    [answer] = await room.hears(ADMIN, "/试判 还差一刀 谁帮我砍一下")
    assert answer.startswith("试判结果：放行")


async def test_a_trial_shows_what_an_allowed_word_did(room: Room) -> None:
    await room.hears(ADMIN, "/词库 添加 放行 你垃圾 abcxyz.com")
    [less] = await room.hears(ADMIN, "/试判 你垃圾")
    assert less.startswith("试判结果：放行")
    assert "（本群的词和教过的话之前 0." in less
    [none] = await room.hears(ADMIN, "/试判 看这个 https://shop.abcxyz.com/a")
    assert "不算了（本群的词或教过的话）" in none


async def test_a_trial_of_ones_own_number(room: Room) -> None:
    [answer] = await room.hears(ADMIN, "/试判 我电话 １３６１２３４０００１")
    assert "撤回，提醒" in answer
    assert "13612340001" not in answer
    assert "***" in answer


async def test_deputies_try_and_are_not_judged_for_it(room: Room) -> None:
    record = await load_group(GROUP, BOT)
    record.standings[LI] = Role.DEPUTY
    [answer] = await room.hears(LI, "/试判 你个傻逼")
    assert answer.startswith("试判结果：文明")
    assert await Case.all().count() == 0
    assert await room.hears(WANG, "/试判 你好") == ["“试判”只有协管和管理员能用。"]


async def test_a_message_is_tried_in_reply(room: Room) -> None:
    await room.hears(WANG, "代打卡，加v❤：abc123456", message_id=500)
    await flush()
    before = await Case.all().count()
    [answer] = await room.hears(ADMIN, reply(500), "/试判")
    assert "广告" in answer
    assert "还原后" not in answer
    assert "abc123456" not in answer
    assert await Case.all().count() == before
    [unknown] = await room.hears(ADMIN, reply(99999), "/试判")
    assert "已经没有了" in unknown
    [nothing] = await room.hears(ADMIN, "/试判")
    assert "用法：/试判 一句话" in nothing


async def test_a_trial_knows_the_groups_settings(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 停用判定 文明")
    [answer] = await room.hears(ADMIN, "/试判 你个傻逼")
    assert answer.startswith("试判结果：放行")
    assert "没有用的判定：文明" in answer
    await room.hears(ADMIN, "/设置 守护 停用判定 无")
    await room.hears(ADMIN, "/设置 守护 演练判定 全部")
    [answer] = await room.hears(ADMIN, "/试判 你个傻逼")
    assert "现在在演练，只记录" in answer


async def test_in_private_only_the_bots_owner_tries(room: Room) -> None:
    [answer] = await room.whispered(SUPERUSER, "/试判 你个傻逼")
    assert answer.startswith("试判结果：文明")
    [refusal] = await room.whispered(WANG, "/试判 你个傻逼")
    assert "请在群里用" in refusal


# -- on each kind of database -------------------------------------------------------------------


def asking(*words: str, category: str = "广告") -> Request:
    return Request(category, words, None, dated=False, forced=True)


async def test_words_added_at_the_same_time_are_added_once(
    store: TortoiseContext, frozen: Clock
) -> None:
    await load_group(GROUP, BOT)
    results = await asyncio.gather(
        *(service.add(GROUP, ADMIN, asking(SECRET, f"暗号{n}号"), frozen.now) for n in range(4))
    )
    assert sum(len(result.added) for result in results) == 5
    assert await StoredTerm.all().count() == 5


async def test_words_are_sealed_and_read_back(store: TortoiseContext, frozen: Clock) -> None:
    await load_group(GROUP, BOT)
    await service.add(GROUP, ADMIN, asking(SECRET, "加*暗号"), frozen.now)
    _, rows = await get_connection(CONNECTION).execute_query("SELECT * FROM lexicon_term")
    assert len(rows) == 2
    assert not any(SECRET in str(dict(row)) for row in rows)
    assert known_group(GROUP) is None
    terms = (await load_group(GROUP, BOT)).part(Terms)
    assert len(terms) == 2


async def test_removing_by_word_and_number(store: TortoiseContext, frozen: Clock) -> None:
    await load_group(GROUP, BOT)
    added = await service.add(GROUP, ADMIN, asking("12345678", SECRET), frozen.now)
    numbers = {entry.word: entry.number for entry in added.added}
    removal = await service.remove(
        GROUP,
        ADMIN,
        [Selection("12345678", 12345678, 12345678), Selection(str(numbers[SECRET]), 1, 500)],
    )
    assert {entry.word for entry in removal.removed} == {"12345678", SECRET}
    again = await service.remove(GROUP, ADMIN, [Selection(SECRET)])
    assert (again.removed, again.missing) == ((), (SECRET,))


async def test_a_large_lexicon_is_read_in_pages(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "READ_AT_ONCE", 7)
    monkeypatch.setattr(service, "MANY", 10)
    await load_group(GROUP, BOT)
    words = [f"暗号{chr(ord('a') + number) * 2}" for number in range(20)]
    await service.add(GROUP, ADMIN, asking(*words), frozen.now)
    assert len((await load_group(GROUP, BOT)).part(Terms)) == 20


async def test_a_full_lexicon_takes_no_more(
    store: TortoiseContext, frozen: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_TERMS", 2)
    monkeypatch.setattr(service, "MAX_PATTERNS", 1)
    await load_group(GROUP, BOT)
    addition = await service.add(GROUP, ADMIN, asking("甲*甲", "乙*乙", "丙丙", "丁丁"), frozen.now)
    assert [entry.word for entry in addition.added] == ["甲*甲", "丙丙"]
    assert [reason[:3] for _, reason in addition.skipped] == ["带 *", "词库满"]


def test_an_empty_lexicon_is_the_default() -> None:
    assert len(Terms()) == 0
    assert len(Terms().with_term(Term(1, "广告", "甲甲", False))) == 1
