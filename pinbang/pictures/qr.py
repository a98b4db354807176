"""Read the QR codes in a picture, whatever state the picture is in.

A picture is read at half its size and at full size, dark on light and light on dark; an animated
one in its first and its middle frame. Measured with bench/pictures.py.
"""

import asyncio
import io
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import zxingcpp
from PIL import Image

MAX_PIXELS = 40_000_000
"""Of a JPEG, which is decoded straight to grey: one byte a pixel."""
MAX_COLOUR_PIXELS = 20_000_000
"""Of other formats: four bytes a pixel."""
MAX_FRAME_PIXELS = 100_000_000
"""To go through on the way to the middle frame of an animation."""
MAX_FRAMES = 200
MIN_SIDE = 21
"""Modules of the smallest QR code."""
WORKERS = 2
DECODE_SECONDS = 3.0

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
_GIF_FRAME = b"\x21\xf9\x04"
"""The beginning of the block that precedes a frame."""

# Pillow warns of a picture between one and two times its limit; ours is checked before decoding.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="pictures")


async def decode(data: bytes, *, seconds: float = DECODE_SECONDS) -> tuple[str, ...]:
    """Read the codes off the event loop, a few pictures at a time; nothing when it takes too long.

    A picture that is being decoded cannot be stopped, so it keeps its worker until it is done.
    """
    reading = asyncio.get_running_loop().run_in_executor(_workers, read_codes, data)
    try:
        return await asyncio.wait_for(reading, seconds)
    except asyncio.TimeoutError:
        return ()


def read_codes(data: bytes) -> tuple[str, ...]:
    """Return what the QR codes in a picture say, each once; nothing for a broken picture."""
    found: dict[str, None] = {}
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if not _is_affordable(image):
                return ()
            for frame in _frames(image, data):
                for grey in _greys(frame):
                    found.update(dict.fromkeys(_codes(grey)))
    except Exception:  # noqa: BLE001, S110 -- Pillow raises anything at all on what strangers send
        pass
    return tuple(found)


def _is_affordable(image: Image.Image) -> bool:
    limit = MAX_PIXELS if image.format == "JPEG" else MAX_COLOUR_PIXELS
    return min(image.size) >= MIN_SIDE and image.width * image.height <= limit


def _frames(image: Image.Image, data: bytes) -> Iterator[Image.Image]:
    image.draft("L", image.size)
    yield image
    # Counting a GIF's frames by Pillow goes through all of them, and there may be very many.
    count = data.count(_GIF_FRAME) if image.format == "GIF" else getattr(image, "n_frames", 1)
    affordable = MAX_FRAME_PIXELS // (image.width * image.height)
    middle = min(count // 2, MAX_FRAMES, affordable)
    if middle > 0:
        image.seek(middle)
        yield image


def _greys(frame: Image.Image) -> Iterator[Image.Image]:
    """Yield a frame in shades of grey; one with transparent parts on white and on black."""
    if not frame.has_transparency_data:
        yield frame.convert("L")
        return
    layered = frame.convert("LA")
    alpha = layered.getchannel("A")
    for background in (255, 0):
        grey = Image.new("L", frame.size, background)
        grey.paste(layered.getchannel("L"), mask=alpha)
        yield grey


def _codes(grey: Image.Image) -> Iterator[str]:
    # The half size finds codes that are blurred or noisy, the full size small ones. Both are always
    # read: a large harmless code must not hide a small one.
    for picture, thorough in ((grey.reduce(2), False), (grey, True)):
        for code in zxingcpp.read_barcodes(
            picture,
            formats=_QR,
            try_invert=thorough,
            try_downscale=thorough,
            text_mode=zxingcpp.TextMode.Plain,
        ):
            if code.text:
                yield code.text
