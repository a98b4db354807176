"""How a message is recognised as a command or phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinbang import commands as table
from pinbang.commands import (
    MAX_HEAD,
    MAX_PHRASE,
    Found,
    commands,
    find_command,
    fold,
    member_command,
    phrase,
    written_command,
)
from pinbang.moderation.reading import MessageView, read_message


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_heads", {})
    monkeypatch.setattr(table, "_phrases", {})
    member_command("求助", usage="/求助", brief="一")
    member_command("求助列表", usage="/求助列表", brief="二")
    member_command("帮助", usage="/帮助", brief="三", aliases=("help", "菜单"))
    member_command("A1", usage="/A1", brief="四")
    phrase("接", pattern=r"接\s*(?P<number>\d+)", usage="接 1", brief="五")
    phrase("接", pattern=r"接龙", usage="接龙", brief="六")
    phrase("【", pattern=r"【互助】.*", usage="【互助】", brief="七")


def view(text: str) -> MessageView:
    return read_message(
        [{"type": "text", "data": {"text": text}}],
        message_id=1, group_id=2, user_id=3, self_id=4, time=5, role="member",
    )  # fmt: skip


def find(text: str) -> Found | None:
    return find_command(view(text))


@pytest.mark.parametrize(
    ("text", "brief", "rest"),
    [
        ("/求助", "一", ""),
        ("#求助", "一", ""),
        ("／求助", "一", ""),
        ("＃求助", "一", ""),
        ("/ 求助", "一", ""),
        ("/求助 还差2人", "一", "还差2人"),
        ("/求助还差2人", "一", "还差2人"),
        ("/求助　还差２人", "一", "还差２人"),
        ("/求助\n还差2人\n谢谢", "一", "还差2人\n谢谢"),
        ("  /求助  x  ", "一", "x"),
        ("/求助列表", "二", ""),
        ("/求助列表2", "二", "2"),
        ("/求助 列表", "一", "列表"),
        ("/求助列", "一", "列"),
        ("/帮助", "三", ""),
        ("/菜单", "三", ""),
        ("/help", "三", ""),
        ("/HELP", "三", ""),
        ("/Help 互助", "三", "互助"),
        ("/help互助", "三", "互助"),
        ("/ｈｅｌｐ", "三", ""),
        ("/a1", "四", ""),
        ("/Ａ１ x", "四", "x"),
        ("接12", "五", "12"),
        ("接 １２", "五", "12"),
        ("接龙", "六", "龙"),
        ("【互助】\n事项：x", "七", "互助】\n事项:x"),
    ],
)
def test_what_is_a_command(text: str, brief: str, rest: str) -> None:
    found = find(text)
    assert found is not None
    assert found.matcher.command.brief == brief
    assert found.rest == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "//求助",
        "求助",
        "帮助",
        "请 /求助",
        "/helper",
        "/help2",
        "/ｈｅｌｐｅｒ",
        "/helpER",
        "/a12",
        "/不存在",
        "!求助",
        "\\求助",
        "接",
        "接 x",
        "我接12",
        "接12吧",
        "接龙接龙",
        "/接12",
        "【互助",
        "【互助】" + "长" * MAX_PHRASE,
    ],
)
def test_what_is_no_command(text: str) -> None:
    assert find(text) is None


def test_the_prefix_alone_is_told_from_a_command() -> None:
    assert written_command("hello") is None
    assert written_command("") is None
    assert written_command("/") == ""
    assert written_command("＃ 求助 x") == "求助 x"


def test_a_name_can_be_used_once() -> None:
    with pytest.raises(ValueError, match="already registered"):
        member_command("Help", usage="/Help", brief="x")
    with pytest.raises(ValueError, match="already registered"):
        member_command("新", usage="/新", brief="x", aliases=("求助",))
    with pytest.raises(ValueError, match="longer than"):
        member_command("长" * (MAX_HEAD + 1), usage="x", brief="x")


def test_every_command_is_listed_once() -> None:
    assert [command.brief for command in commands()] == list("一二三四五六七")


@given(st.text(max_size=60))
def test_any_text_is_looked_up(text: str) -> None:
    found = find(text)
    if found is not None and not found.matcher.command.is_phrase:
        names = (found.matcher.command.name, *found.matcher.command.aliases)
        assert fold(found.head) in map(fold, names)


@given(st.text(alphabet="abc ，1求助接/", max_size=30))
def test_what_follows_the_head_is_kept_as_written(rest: str) -> None:
    found = find(f"/求助 {rest}")
    assert found is not None
    assert found.rest == rest.strip()
