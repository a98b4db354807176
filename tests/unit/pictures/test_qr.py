"""Reading QR codes: every kind of picture that carries one, and every kind of broken file."""

import asyncio
import random
import struct
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pinbang.pictures import qr
from pinbang.pictures.qr import decode, read_codes
from pinbang.testing.pictures import (
    AID_LINK,
    GROUP_LINK,
    HARD_CASES,
    animation,
    code,
    jpeg,
    photo,
    png,
    put,
)


@pytest.mark.parametrize("kind", HARD_CASES)
def test_a_code_is_read(kind: str) -> None:
    assert read_codes(HARD_CASES[kind](random.Random(5), GROUP_LINK)) == (GROUP_LINK,)


@pytest.mark.parametrize("text", ["加群看公告", "WIFI:T:WPA;S:家里;P:12345678;;", "wxp://f2f0AbC"])
def test_a_code_may_say_anything(text: str) -> None:
    assert read_codes(png(code(text))) == (text,)


@pytest.mark.parametrize("seed", range(6))
def test_a_photo_says_nothing(seed: int) -> None:
    assert read_codes(jpeg(photo(random.Random(seed)))) == ()


def test_a_large_code_does_not_hide_a_small_one() -> None:
    page = put(photo(random.Random(1), (1600, 1200)), code(AID_LINK, scale=20), (20, 20))
    assert set(read_codes(jpeg(put(page, code(GROUP_LINK, scale=3), (1300, 900))))) == {
        AID_LINK,
        GROUP_LINK,
    }


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_read_in_its_middle_too(kind: str) -> None:
    drawn = code(GROUP_LINK)
    blank = Image.new("RGB", drawn.size, "white")
    assert read_codes(animation([blank, drawn, drawn, drawn, blank], kind)) == (GROUP_LINK,)


def test_an_animation_of_very_many_frames_costs_little() -> None:
    frames = [Image.new("L", (300, 300), shade % 256) for shade in range(1500)]
    data = animation(frames)
    begin = time.perf_counter()
    assert read_codes(data) == ()
    assert time.perf_counter() - begin < 1


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be large; a few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(5000, 5000), (9000, 9000), (10000, 10000), (60000, 60000)])
def test_a_bomb_is_not_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "_frames", lambda *_: pytest.fail("unpacked"))
    assert read_codes(bomb(*size)) == ()


def test_a_large_jpeg_is_read_in_grey() -> None:
    page = Image.new("RGB", (6000, 6000), "white")
    assert read_codes(jpeg(put(page, code(GROUP_LINK, scale=12), (3000, 3000)), 60)) == (
        GROUP_LINK,
    )


SOUND = png(code(GROUP_LINK))
BROKEN = [
    b"",
    b"GIF89a",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xe0",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"BM",
    b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"%PDF-1.4",
    SOUND[: len(SOUND) // 2],
    SOUND.replace(b"IDAT", b"IDAX"),
    png(Image.new("RGB", (1, 1))),
    png(Image.new("RGB", (5000, 1))),
    bomb(400, 400),
]


@pytest.mark.parametrize("data", BROKEN, ids=lambda data: repr(data[:12]))
def test_a_broken_file_says_nothing(data: bytes) -> None:
    assert read_codes(data) == ()


FILES = [SOUND, jpeg(code(GROUP_LINK)), animation([code(GROUP_LINK)] * 3)]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_no_damage_raises(data: bytes, chance: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(chance.draw(st.integers(1, 8))):
        damaged[chance.draw(st.integers(0, len(data) - 1))] = chance.draw(st.integers(0, 255))
    assert set(read_codes(bytes(damaged))) <= {GROUP_LINK}


async def test_the_loop_goes_on_meanwhile() -> None:
    large = jpeg(photo(random.Random(3), (5000, 4000)))
    reading = asyncio.create_task(decode(large))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert await reading == ()


async def test_a_reader_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "read_codes", lambda _: time.sleep(0.5))
    begin = time.perf_counter()
    assert await decode(SOUND, seconds=0.05) == ()
    assert time.perf_counter() - begin < 0.4
