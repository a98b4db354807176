"""Pictures with and without QR codes, as members take and send them, for tests and benchmarks.

Needs the development dependency segno; nothing else in this package imports it.
"""

import io
import random
from collections.abc import Callable, Sequence

import segno
from PIL import Image, ImageDraw, ImageFilter, ImageOps

GROUP_LINK = "https://qm.qq.com/q/AbCdEfGh12"
AID_LINK = "https://mobile.yangkeduo.com/goods2.html?ps=abcDEF12"

WHITE = "white"


def code(
    text: str, *, scale: int = 8, dark: str = "black", light: str | None = WHITE, error: str = "m"
) -> Image.Image:
    """Draw a QR code; without `light` its background is transparent."""
    file = io.BytesIO()
    segno.make(text, error=error, micro=False).save(
        file, kind="png", scale=scale, dark=dark, light=light
    )
    image = Image.open(file)
    image.load()
    return image.convert("RGBA" if light is None else "RGB")


def photo(chance: random.Random, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Draw what could be a photo: a coloured ground, things on it, lines of writing, grain."""
    width, height = size
    ground = Image.radial_gradient("L").resize(size)
    hues = [tuple(chance.randrange(256) for _ in range(3)) for _ in range(2)]
    image = ImageOps.colorize(ground, hues[0], hues[1])
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y = chance.randrange(width), chance.randrange(height)
        w, h = chance.randrange(10, width // 4), chance.randrange(10, height // 4)
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape = chance.choice([draw.rectangle, draw.ellipse])
        shape((x, y, x + w, y + h), fill=colour, outline=chance.choice([None, "black"]))
    for _ in range(12):
        draw.text(
            (chance.randrange(width), chance.randrange(height)),
            "PIN TUAN 12.90 99 ORDER 20261125",
            fill=chance.choice(["black", "white"]),
            font_size=chance.randrange(12, 48),
        )
    return grain(image, chance, 0.06)


def grain(image: Image.Image, chance: random.Random, amount: float) -> Image.Image:
    """Blend noise into a picture."""
    # Pillow's noise is not seeded; pixels from a seeded generator are.
    pixels = chance.randbytes(image.width * image.height)
    noise = Image.frombytes("L", image.size, pixels).convert(image.mode)
    return Image.blend(image, noise, amount)


def put(image: Image.Image, small: Image.Image, at: tuple[int, int]) -> Image.Image:
    """Lay one picture on another."""
    image = image.copy()
    image.paste(small, at, small if small.mode == "RGBA" else None)
    return image


def turned(image: Image.Image, angle: float) -> Image.Image:
    """Turn a picture, on white."""
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)


def slanted(image: Image.Image, by: float) -> Image.Image:
    """Show a picture as photographed from the side; at its far end `by` is lost above and below."""
    width, height = image.size
    tilt = -2 * by / width
    coefficients = (1 + tilt * width, 0, 0, tilt * height / 2, 1, 0, tilt, 0)
    return image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        coefficients,
        Image.Resampling.BICUBIC,
        fillcolor=WHITE,
    )


def with_logo(image: Image.Image, share: float = 0.18) -> Image.Image:
    """Cover the middle of a code, as apps do with a portrait."""
    side = int(min(image.size) * share)
    x, y = (image.width - side) // 2, (image.height - side) // 2
    return put(image, Image.new("RGB", (side, side), "crimson"), (x, y))


def png(image: Image.Image) -> bytes:
    """Write as PNG."""
    return _written(image, "PNG")


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """Write as JPEG."""
    return _written(image.convert("RGB"), "JPEG", quality=quality)


def animation(frames: Sequence[Image.Image], kind: str = "GIF") -> bytes:
    """Write as an animated sticker."""
    first, *others = frames
    return _written(first, kind, save_all=True, append_images=others, duration=80, loop=0)


def _written(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _in_photo(chance: random.Random, image: Image.Image) -> Image.Image:
    back = photo(chance, (1080, 1440))
    x = chance.randrange(max(1, back.width - image.width))
    y = chance.randrange(max(1, back.height - image.height))
    return put(back, image, (x, y))


def _small_in_big(chance: random.Random, text: str) -> bytes:
    back = photo(chance, (3000, 4000))
    return jpeg(put(back, code(text, scale=4), (chance.randrange(2700), chance.randrange(3700))))


def _screenshot(chance: random.Random, text: str) -> bytes:
    page = Image.new("RGB", (1080, 2340), "#f5f5f5")
    draw = ImageDraw.Draw(page)
    for line in range(30):
        draw.text((60, 80 + line * 70), "12:30 hello 99 orders", fill="#333333", font_size=36)
    return jpeg(put(page, code(text, scale=9), (chance.randrange(700), chance.randrange(1900))), 70)


def _sticker(_: random.Random, text: str) -> bytes:
    drawn = code(text, scale=5)
    blank = Image.new("RGB", drawn.size, WHITE)
    return animation([blank, blank, drawn, drawn, drawn])


HARD_CASES: dict[str, Callable[[random.Random, str], bytes]] = {
    "plain": lambda _, text: png(code(text)),
    "tiny": lambda _, text: png(code(text, scale=2)),
    "large": lambda _, text: png(code(text, scale=40)),
    "turned": lambda chance, text: jpeg(turned(code(text), chance.uniform(0, 360))),
    "slanted": lambda chance, text: jpeg(slanted(code(text), chance.uniform(0.05, 0.2))),
    "noisy": lambda chance, text: jpeg(grain(code(text), chance, 0.4)),
    "blurred": lambda _, text: jpeg(code(text).filter(ImageFilter.GaussianBlur(4))),
    "crushed": lambda _, text: jpeg(code(text, scale=4), 12),
    "pale": lambda _, text: jpeg(code(text, dark="#a0a0a0")),
    "coloured": lambda _, text: jpeg(code(text, dark="#07c160", light="#fff3c4")),
    "inverted": lambda _, text: png(ImageOps.invert(code(text))),
    "mirrored": lambda _, text: png(ImageOps.mirror(code(text))),
    "transparent": lambda _, text: png(code(text, light=None)),
    "white on transparent": lambda _, text: png(code(text, dark="white", light=None)),
    "logo": lambda _, text: jpeg(with_logo(code(text, error="h"))),
    "in a photo": lambda chance, text: jpeg(_in_photo(chance, code(text, scale=6))),
    "turned in a photo": lambda chance, text: jpeg(
        _in_photo(chance, turned(code(text, scale=7), chance.uniform(0, 90)))
    ),
    "small in a big photo": _small_in_big,
    "screenshot": _screenshot,
    "sticker": _sticker,
}
"""How codes come: a name, and a picture of that kind made of chance and the code's text."""
