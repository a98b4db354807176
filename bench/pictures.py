"""QR codes in pictures: how many of the hard cases are read, and how long that takes.

    uv run python -m bench.pictures [--pictures 200] [--seed 1]

Half of the pictures have a code, all kinds of `HARD_CASES` in turn; the others are photos without,
of the sizes members send. Times are for one picture, decoding included, on one thread. `stall_ms`
is the longest the event loop stood still while pictures were read beside it. Prints JSON.
"""

import argparse
import asyncio
import json
import random
import statistics
import time

from bench.machine import describe
from pinbang.pictures.qr import decode, read_codes
from pinbang.testing.pictures import HARD_CASES, jpeg, photo

SIZES = ((640, 480), (1080, 1440), (1440, 1080), (1080, 2340), (2000, 1500))
TICK = 0.001


def timed(data: bytes) -> tuple[tuple[str, ...], float]:
    """Read a picture; return what it says and the milliseconds it took."""
    begin = time.perf_counter()
    codes = read_codes(data)
    return codes, (time.perf_counter() - begin) * 1000


def summary(times: list[float]) -> dict[str, float]:
    """Reduce milliseconds to what matters."""
    ranked = sorted(times)
    return {
        "median_ms": round(statistics.median(ranked), 2),
        "p99_ms": round(ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))], 2),
        "max_ms": round(ranked[-1], 2),
    }


async def stall(pictures: list[bytes]) -> float:
    """Read pictures off the loop; return the longest pause of the loop in milliseconds."""
    longest = 0.0
    done = asyncio.gather(*(decode(data, seconds=60) for data in pictures))
    before = time.perf_counter()
    while not done.done():
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        longest, before = max(longest, now - before - TICK), now
    await done
    return round(longest * 1000, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="hit rate and speed of reading QR codes")
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    read_codes(jpeg(photo(chance)))  # the first one loads the decoders

    kinds = list(HARD_CASES)
    hits = {kind: [0, 0] for kind in kinds}
    with_code: list[float] = []
    without: list[float] = []
    false_alarms = 0
    samples: list[bytes] = []
    for number in range(options.pictures // 2):
        kind = kinds[number % len(kinds)]
        text = f"https://qm.qq.com/q/{chance.getrandbits(48):010x}"
        data = HARD_CASES[kind](chance, text)
        codes, spent = timed(data)
        with_code.append(spent)
        hits[kind][0] += text in codes
        hits[kind][1] += 1
        false_alarms += any(code != text for code in codes)
        clean = jpeg(photo(chance, SIZES[number % len(SIZES)]))
        codes, spent = timed(clean)
        without.append(spent)
        false_alarms += bool(codes)
        samples.append(clean)
    read, total = (sum(pair[i] for pair in hits.values()) for i in (0, 1))
    print(
        json.dumps(
            {
                "machine": describe(),
                "pictures": {"with_code": total, "without": len(without)},
                "hit_rate": round(read / total, 4),
                "missed": {kind: f"{n - got} of {n}" for kind, (got, n) in hits.items() if got < n},
                "false_alarms": false_alarms,
                "all": summary(with_code + without),
                "with_code": summary(with_code),
                "without": summary(without),
                "stall_ms": asyncio.run(stall(samples)),
            },
            ensure_ascii=False,
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
