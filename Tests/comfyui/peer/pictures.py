"""Pictures: batches of them are lists of Pillow images. Pillow is loaded with the first: a server has to start quickly."""

from __future__ import annotations

import hashlib
import io
import typing

if typing.TYPE_CHECKING:
    from PIL import Image

Batch = list["Image.Image"]


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def digest_of(images: Batch) -> str:
    whole = hashlib.sha256()
    for image in images:
        whole.update(repr(image.size).encode() + image.tobytes())
    return whole.hexdigest()


def plain(width: int, height: int, color: int) -> "Image.Image":
    from PIL import Image

    return Image.new("RGB", (width, height), (color >> 16 & 255, color >> 8 & 255, color & 255))


def made_of(text: str, width: int, height: int) -> "Image.Image":
    """What passes for the output of a model: an 8 × 8 pattern of colours that another text changes everywhere."""
    from PIL import Image

    cells = b"".join(digest(f"{text}/{part}") for part in range(6))
    return Image.frombytes("RGB", (8, 8), cells).resize((max(width, 1), max(height, 1)), Image.Resampling.NEAREST)


def noisy(image: "Image.Image", seed: int, strength: float) -> "Image.Image":
    """Noise that goes by the seed and is the same everywhere."""
    from PIL import Image

    width, height = image.size
    count = width * height * 3
    stream = hashlib.shake_128(str(seed).encode()).digest(count)
    return Image.blend(image, Image.frombytes("RGB", (width, height), stream), min(max(strength, 0), 1) / 2)


def encoded(image: "Image.Image", image_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=image_format, **{**({"quality": 95} if image_format == "JPEG" else {}), **options})
    return buffer.getvalue()


def scaled(image: "Image.Image", width: int, height: int, method: str, crop: str) -> "Image.Image":
    """A width or height of 0 goes by the other, to keep the shape."""
    from PIL import Image

    if width == 0 and height == 0:
        return image
    width = width or max(1, round(image.width * height / image.height))
    height = height or max(1, round(image.height * width / image.width))
    methods = {
        "nearest-exact": Image.Resampling.NEAREST, "bilinear": Image.Resampling.BILINEAR, "area": Image.Resampling.BOX,
        "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
    }
    if crop == "center":
        ratio = width / height
        if image.width / image.height > ratio:
            cut = round((image.width - image.height * ratio) / 2)
            image = image.crop((cut, 0, image.width - cut, image.height))
        else:
            cut = round((image.height - image.width / ratio) / 2)
            image = image.crop((0, cut, image.width, image.height - cut))
    return image.resize((width, height), methods[method])
