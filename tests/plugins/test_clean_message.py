"""What a clean message of a known member costs: one reading, no query."""

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import Bot
from tortoise.connection import get_connection

from pinbang.gateway.adapter import GatewayAdapter
from pinbang.groups import load_group
from pinbang.kept_messages import flush
from pinbang.store.config import CONNECTION
from pinbang.store.models import KeptMessage


def _frame(number: int, text: str) -> dict[str, object]:
    return {
        "post_type": "message",
        "message_type": "group",
        "sub_type": "normal",
        "time": 1795000000 + number,
        "self_id": 10001,
        "group_id": 700100200,
        "user_id": 610001,
        "message_id": number + 1,
        "message": [{"type": "text", "data": {"text": text}}],
        "raw_message": text,
        "font": 0,
        "sender": {"user_id": 610001, "nickname": "小王", "card": "", "role": "member"},
    }


@pytest.mark.usefixtures("app", "sqlite_file")
async def test_no_query() -> None:
    adapter = nonebot.get_adapters()[GatewayAdapter.get_name()]
    bot = Bot(adapter, "10001")
    statements: list[str] = []
    words = ("谢谢大家", "果园浇水了吗", "接下来砍一刀", "今天下雨了", "晚上吃什么")
    first, *others = (_frame(30 * number, words[number % 5]) for number in range(20))

    async def receive(frame: dict[str, object]) -> None:
        event = GatewayAdapter.json_to_event(frame)
        assert event is not None
        await bot.handle_event(event)

    await receive(first)
    connection = get_connection(CONNECTION)._connection
    await connection.set_trace_callback(statements.append)
    for frame in others:
        await receive(frame)
    assert statements == []
    # What is kept of them is written later, all at once.
    await flush()
    assert sum(statement.startswith("BEGIN") for statement in statements) == 1
    assert await KeptMessage.all().count() == 20
    statements.clear()
    await load_group(700100999, 10001)
    assert statements, "the trace sees queries when there are any"
    await connection.set_trace_callback(None)
