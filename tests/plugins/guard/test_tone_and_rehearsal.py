"""What stays in the group: a word about tone now and then, and what is only rehearsed."""

from collections.abc import Iterator

import pytest

from pinbang.moderation import judging
from pinbang.moderation.judging import Finding, Judge, Severity
from pinbang.moderation.reading import MessageView
from pinbang.pictures.fetching import Fetcher
from pinbang.pictures.media import use_fetcher
from pinbang.router import _observers, observer
from pinbang.store.models import Case, CaseStatus
from pinbang.testing.pictures import GROUP_LINK, code, png
from tests.conftest import Clock
from tests.plugins.guard.test_pictures import looked, picture
from tests.plugins.room import ADMIN, GROUP, LI, WANG, ZHANG, Room

ADVERT = "专业代砍，加v❤：abc123456，另招日结兼职"
SHARP = "就你话多"


def _sharp(view: MessageView) -> Finding | None:
    if "就你" not in view.text:
        return None
    return Finding("tone", "阴阳怪气", Severity.LIGHT, 0.8, ("话里带刺",), mild=True)


@pytest.fixture(autouse=True)
def _tone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge of tone, so that the tests do not depend on what the others hear."""
    judges = {**judging.registered_judges(), "tone": Judge("tone", "语气", "好好说话", _sharp)}
    monkeypatch.setattr(judging, "_judges", judges)


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The messages that reach the observers."""
    seen: list[str] = []

    def note(view: MessageView) -> None:
        seen.append(view.text)

    observer(note)
    yield seen
    _observers.remove(note)


async def test_a_sharp_word_stays_and_is_mentioned(room: Room, observed: list[str]) -> None:
    [told] = await room.hears(WANG, SHARP)
    assert told.startswith(f"@{WANG} 这句听着像阴阳怪气，说话客气一点")
    assert "不撤回、不计违规" in told
    assert SHARP not in told
    assert room.called("delete_msg") == []
    assert observed == [SHARP]
    [case] = await Case.all()
    assert (case.measure, case.step, case.status) == ("nudge", 0, CaseStatus.ENFORCED)


async def test_it_is_mentioned_once_in_ten_minutes_in_a_group(room: Room, frozen: Clock) -> None:
    assert len(await room.hears(WANG, SHARP)) == 1
    assert await room.hears(LI, SHARP) == []
    assert len(await room.hears(LI, SHARP, group_id=GROUP + 1)) == 1
    frozen.advance(minutes=10, seconds=1)
    assert len(await room.hears(ZHANG, SHARP)) == 1
    assert await Case.all().count() == 4


async def test_and_once_a_day_to_a_member(room: Room, frozen: Clock) -> None:
    assert len(await room.hears(WANG, SHARP)) == 1
    frozen.advance(hours=23)
    assert await room.hears(WANG, SHARP) == []
    frozen.advance(hours=1, seconds=1)
    assert len(await room.hears(WANG, SHARP)) == 1


async def test_a_sharp_word_is_no_strike(room: Room, frozen: Clock) -> None:
    for _ in range(3):
        await room.hears(WANG, SHARP)
        frozen.advance(minutes=5)
    [warned] = await room.hears(WANG, ADVERT)
    assert "处理：警告" in warned


async def test_a_command_in_a_sharp_message_is_obeyed(room: Room) -> None:
    nudge, answer = await room.hears(WANG, "/求助 就你们帮我砍一刀 还差1人")
    assert "只是提醒" in nudge
    assert "已登记" in answer


async def test_the_pictures_of_a_sharp_message_are_looked_at(room: Room) -> None:
    class Shelf(Fetcher):
        async def fetch(self, address: str) -> bytes:
            return png(code(GROUP_LINK))

    use_fetcher(Shelf())
    try:
        await room.hears(WANG, SHARP, picture("group"), message_id=55)
        await looked()
    finally:
        use_fetcher(None)
    assert room.called("delete_msg") == [{"message_id": 55}]
    [case] = await Case.all()  # the picture's objection took the place of the word about tone
    assert (case.judge, case.measure) == ("ad", "warn")


async def test_undoing_a_nudge_says_that_nothing_counted(room: Room) -> None:
    await room.hears(WANG, SHARP)
    [undone] = await room.hears(ADMIN, "/撤销 1")
    assert "已撤销 1 号处理：那只是口头提醒" in undone
    assert room.called("set_group_ban") == []


# -- rehearsal ------------------------------------------------------------------------------------


async def test_a_rehearsing_judge_only_writes_a_case(room: Room, observed: list[str]) -> None:
    await room.hears(ADMIN, "/设置 守护 演练判定 广告")
    for _ in range(2):
        assert await room.hears(WANG, ADVERT) == []
    assert observed == [ADVERT, ADVERT]
    assert not {"delete_msg", "set_group_ban"} & {action for action, _ in room.calls}
    cases = await Case.all()
    assert {case.status for case in cases} == {CaseStatus.REHEARSED}
    [why] = await room.hears(ADMIN, "/为什么 1")
    assert "演练记录，没有处理" in why


async def test_what_was_rehearsed_never_counts(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 演练判定 全部")
    for number in range(3):
        await room.hears(WANG, f"{ADVERT}{number}")
    await room.hears(ADMIN, "/设置 守护 演练判定 无")
    [told] = await room.hears(WANG, f"{ADVERT}！")
    assert "处理：警告" in told


async def test_a_command_of_a_rehearsed_message_is_obeyed(room: Room) -> None:
    await room.hears(ADMIN, "/设置 守护 演练判定 全部")
    [answer] = await room.hears(WANG, f"/求助 {ADVERT}")
    assert "已登记" in answer
    assert await Case.filter(status=CaseStatus.REHEARSED).count() == 1


async def test_undoing_a_rehearsed_case_lifts_nothing(room: Room) -> None:
    await room.hears(WANG, ADVERT)
    await room.hears(ADMIN, "/设置 守护 演练判定 广告")
    await room.hears(WANG, f"{ADVERT}！")
    assert (await Case.get(id=2)).measure == "mute"
    [undone] = await room.hears(ADMIN, "/撤销 2")
    assert "已撤销 2 号处理：那只是演练记录，没有撤回，也没有处罚" in undone
    assert room.called("set_group_ban") == []


async def test_judges_that_do_not_exist_cannot_rehearse(room: Room) -> None:
    [told] = await room.hears(ADMIN, "/设置 守护 演练判定 骂人")
    assert "没有“骂人”这个判定，有：" in told
