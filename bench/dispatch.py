"""Cost of a clean message: PinBang with few, 100 and 300 commands beside a bare NoneBot.

    uv run python -m bench.dispatch [--messages 4000] [--rounds 5]

Each variant runs in a process of its own, in turn, several rounds; frames go in where the
websocket hands them over (`Adapter.json_to_event`, then `Bot.handle_event`), so the network is left
out, which would only bring the ratios nearer to 1. Variants:

- bare: NoneBot, the stock adapter, one `on_message` matcher that does nothing;
- pinbang-N: everything PinBang runs on a message (reading, all judges, router with N commands and
  phrases, or as many as it has by itself when that is more, observers), the database open;
- nonebot-N: for comparison, N `on_command` matchers the usual way.

The ratios that matter are computed within a round, and their medians reported.
"""

import argparse
import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.machine import describe

ROOT = Path(__file__).resolve().parent.parent
GROUP, BOT = 700100200, 10001
TEXTS = (
    "今天的果园浇水了吗",
    "谢谢大家帮忙，已经砍成了",
    "这个牌子的纸巾好用不，多少钱买的",
    "哈哈哈哈哈哈",
    "晚上八点有活动，记得来看",
    "我家快递到了，明天去拿",
    "请问这个怎么退货啊，第一次买不太懂，有没有人知道流程的",
    "收到",
)


def frame(number: int) -> dict[str, Any]:
    """Make the n-th clean message, as NapCat sends it; nobody writes twice within minutes."""
    text = TEXTS[(number + number // 200) % len(TEXTS)]
    user = 610000 + number % 200
    return {
        "self_id": BOT,
        "user_id": user,
        "time": 1795390000 + 2 * number,
        "message_id": number + 1,
        "message_seq": number + 1,
        "message_type": "group",
        "sender": {"user_id": user, "nickname": "小王", "card": "", "role": "member"},
        "raw_message": text,
        "font": 14,
        "sub_type": "normal",
        "message": [{"type": "text", "data": {"text": text}}],
        "message_format": "array",
        "post_type": "message",
        "group_id": GROUP,
    }


async def feed(adapter: Any, bot: Any, messages: int) -> float:
    """Push messages through one after the other; return seconds per message."""
    numbers = itertools.count()
    for _ in range(min(500, messages)):
        await bot.handle_event(adapter.json_to_event(frame(next(numbers))))
    started = time.perf_counter()
    for _ in range(messages):
        await bot.handle_event(adapter.json_to_event(frame(next(numbers))))
    return (time.perf_counter() - started) / messages


def run_nonebot(commands: int, messages: int) -> dict[str, float]:
    """Measure NoneBot with one no-op matcher and `commands` on_command matchers."""
    import nonebot
    from nonebot.adapters.onebot.v11 import Adapter, Bot

    nonebot.init(log_level="WARNING")
    driver = nonebot.get_driver()
    driver.register_adapter(Adapter)
    noop = nonebot.on_message(block=False)

    @noop.handle()
    async def _() -> None:
        """Do nothing."""

    for number in range(commands):
        nonebot.on_command(f"命令{number}")
    adapter = driver._adapters[Adapter.get_name()]
    seconds = asyncio.run(feed(adapter, Bot(adapter, str(BOT)), messages))
    return {"seconds": seconds, "commands": commands}


def run_pinbang(commands: int, messages: int) -> dict[str, float]:
    """Measure the whole of PinBang with `commands` commands in its table."""
    os.environ["LOG_LEVEL"] = "WARNING"
    import nonebot
    from nonebot.adapters.onebot.v11 import Bot

    import bot as entry
    from pinbang import crypto
    from pinbang.commands import commands as registered
    from pinbang.commands import member_command
    from pinbang.gateway.adapter import GatewayAdapter
    from pinbang.logs import configure_logs
    from pinbang.settings import Settings
    from pinbang.store.opening import opened_database, prepare_database

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=folder, log_level="WARNING", sandbox="off")
        configure_logs("WARNING")
        crypto.use_keyring(crypto.load_keyring([], Path(folder)))
        entry.initialise(settings)
        entry.load_plugins()
        for number in range(max(0, commands - len(list(registered())))):
            member_command(f"命令{number}", usage=f"/命令{number}", brief="")
        present = len(list(registered()))
        adapter = nonebot.get_driver()._adapters[GatewayAdapter.get_name()]

        async def measure() -> float:
            await prepare_database(settings)
            async with opened_database(settings.effective_database_url):
                return await feed(adapter, Bot(adapter, str(BOT)), messages)

        return {"seconds": asyncio.run(measure()), "commands": present}


def worker(variant: str, messages: int) -> None:
    """Run one variant in this process and print its seconds per message."""
    kind, _, number = variant.partition("-")
    count = int(number or 0)
    result = run_pinbang(count, messages) if kind == "pinbang" else run_nonebot(count, messages)
    print(json.dumps(result))


def measure(variant: str, messages: int) -> dict[str, float]:
    """Run one variant in a process of its own; seconds per message and commands registered."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.dispatch", "--variant", variant, "--messages", str(messages)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure every variant in turn and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--variant", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.variant:
        worker(options.variant, options.messages)
        return
    variants = ["bare", "pinbang-10", "pinbang-100", "pinbang-300"]
    results = [
        {variant: measure(variant, options.messages) for variant in variants}
        for _ in range(options.rounds)
    ]
    rounds = [{name: result["seconds"] for name, result in one.items()} for one in results]
    usual = measure("nonebot-40", max(200, options.messages // 20))["seconds"]
    medians = {variant: statistics.median(one[variant] for one in rounds) for variant in variants}
    print(
        json.dumps(
            {
                "machine": describe(),
                "messages": options.messages,
                "rounds": options.rounds,
                "commands_and_phrases": {
                    variant: results[0][variant]["commands"] for variant in variants
                },
                "microseconds_per_message": {
                    **{variant: round(value * 1e6, 1) for variant, value in medians.items()},
                    "nonebot-40": round(usual * 1e6, 1),
                },
                "ratio_to_bare": {
                    variant: round(
                        statistics.median(one[variant] / one["bare"] for one in rounds), 3
                    )
                    for variant in variants[1:]
                },
                "ratio_300_to_10": round(
                    statistics.median(one["pinbang-300"] / one["pinbang-10"] for one in rounds), 3
                ),
            },
            ensure_ascii=False,
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
