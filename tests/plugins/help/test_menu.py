"""The menu: what each person is shown."""

import pytest

from pinbang.commands import commands
from pinbang.roles import Role
from plugins.help.rules import Entry, Module, detail, find_module, overview
from tests.conftest import SUPERUSER
from tests.plugins.room import ADMIN, OWNER, WANG, Room

AID = Module(
    "互助",
    "登记求助",
    (
        Entry("求助", "/求助 还差2人砍一刀", "登记一个求助", ("登记求助", "Ask")),
        Entry("接", "接 12", "接下 12 号求助"),
    ),
)
GUARD = Module("守护", "撤回广告", (Entry("撤销", "/撤销 编号", "撤销一次处理"),))


def test_overview_names_the_role_and_every_command_without_its_arguments() -> None:
    text = overview([AID, GUARD], "管理员")
    assert "管理员" in text.splitlines()[0]
    assert "【互助】/求助　接" in text.splitlines()
    assert "【守护】/撤销" in text.splitlines()
    assert "/帮助 互助" in text.splitlines()[-1]


def test_detail_explains_each_command_and_its_other_names() -> None:
    text = detail(AID)
    assert text.startswith("【互助】登记求助")
    assert "/求助 还差2人砍一刀\n　登记一个求助（也可写 /登记求助、/Ask）" in text
    assert text.endswith("接 12\n　接下 12 号求助")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("互助", AID),
        (" 互助 ", AID),
        ("/求助", AID),
        ("＃求助", AID),
        ("登记求助", AID),
        ("ask", AID),
        ("ASK", AID),
        ("接", AID),
        ("撤销", GUARD),
        ("守", GUARD),
        ("护", GUARD),
        ("/", None),
        ("", None),
        ("彩票", None),
    ],
)
def test_a_module_is_found_by_its_name_or_a_command(wanted: str, found: Module | None) -> None:
    assert find_module([AID, GUARD], wanted) is found


async def test_members_see_what_they_may_use(room: Room) -> None:
    [menu] = await room.hears(WANG, "/帮助")
    assert "群成员" in menu
    for shown in ("/求助", "接", "/为什么", "/阶梯", "/帮助"):
        assert shown in menu
    for hidden in ("/撤销", "/通过", "/审核", "入群审核"):
        assert hidden not in menu


@pytest.mark.parametrize("person", [ADMIN, OWNER, SUPERUSER])
async def test_people_in_charge_see_more(room: Room, person: int) -> None:
    [menu] = await room.hears(person, "/帮助")
    for shown in ("/求助", "/撤销", "/通过", "/审核"):
        assert shown in menu


async def test_in_private_only_what_works_there_is_shown(room: Room) -> None:
    [menu] = await room.whispered(WANG, "/帮助")
    assert "/为什么" in menu
    assert "/求助" not in menu


@pytest.mark.parametrize(
    "written", ["/帮助", "#帮助", "／帮助", "＃帮助", "/ 帮助", "/菜单", "/HELP"]
)
async def test_however_it_is_written(room: Room, written: str) -> None:
    [menu] = await room.hears(WANG, written)
    assert menu.startswith("我能做这些")


async def test_one_module_in_detail(room: Room) -> None:
    [text] = await room.hears(WANG, "/帮助 互助")
    assert "/求助 还差2人砍一刀 今晚12点前 链接" in text
    assert "放弃 12" in text


async def test_an_unknown_module_is_answered_with_those_there_are(room: Room) -> None:
    [text] = await room.hears(WANG, "/帮助 股票" + "长" * 50)
    assert "没有“股票" in text
    assert "互助" in text
    assert len(text) < 100


async def test_every_command_can_be_looked_up(room: Room) -> None:
    for command in commands():
        if command.plugin_id is None or not command.in_group or command.role > Role.OWNER:
            continue
        [text] = await room.hears(OWNER, f"/帮助 {command.name}")
        assert command.usage in text, command.name
