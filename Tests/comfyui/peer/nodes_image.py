"""Nodes that make and change pictures; the real ones need no model either."""

from __future__ import annotations

import hashlib

from . import pictures
from .node import Context, Result, decimal, inputs, integer, node

LARGEST = 16384
SEED = integer(0, 0, 0xFFFFFFFFFFFFFFFF, control_after_generate=True)
METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
MOST_BYTES = 64 << 30


@node(
    "EmptyImage",
    {
        "width": integer(512, 1, LARGEST, step=1), "height": integer(512, 1, LARGEST, step=1), "batch_size": integer(1, 1, 4096),
        "color": integer(0, 0, 0xFFFFFF, step=1, display="color"),
    },
    returns=("IMAGE",), display="Empty Image", category="image")
def empty_image(context: Context, width: int, height: int, batch_size: int, color: int):
    wanted = width * height * batch_size * 4
    if wanted > MOST_BYTES:
        raise RuntimeError(
            "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
            f"{wanted} bytes. Error code 12 (Cannot allocate memory)")
    return ([pictures.plain(width, height, color)] * batch_size,)


def file_digest(folders, values: dict) -> str:
    with open(folders.input_path(values["image"]), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def file_is_there(folders, values: dict) -> str | None:
    image = values.get("image")
    return None if image is None or folders.has_input(image) else f"Invalid image file: {image}"


class UnidentifiedImageError(Exception):
    type_name = "PIL.UnidentifiedImageError"


def opened(path: str):
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError as Unidentified

    ImageFile.LOAD_TRUNCATED_IMAGES = True  # The real one takes half a file for a whole one.
    try:
        return ImageOps.exif_transpose(Image.open(path))
    except Unidentified:
        raise UnidentifiedImageError(f"cannot identify image file '{path}'") from None


@node(
    "LoadImage", {"image": inputs("image", image_upload=True)}, returns=("IMAGE", "MASK"), display="Load Image", category="image",
    check=file_is_there, checked=("image",), changed=file_digest)
def load_image(context: Context, image: str):
    from PIL import Image, ImageChops

    picture = opened(context.folders.input_path(image))
    if "A" in picture.getbands():
        mask = ImageChops.invert(picture.getchannel("A"))
    else:
        mask = Image.new("L", (64, 64), 0)
    return ([picture.convert("RGB")], [mask])


@node(
    "LoadImageMask", {"image": inputs("image", image_upload=True), "channel": [["alpha", "red", "green", "blue"]]}, returns=("MASK",),
    display="Load Image (as Mask)", category="image", check=file_is_there, checked=("image",), changed=file_digest)
def load_image_mask(context: Context, image: str, channel: str):
    return ([opened(context.folders.input_path(image)).convert("RGBA").getchannel(channel[0].upper())],)


@node(
    "ImageScale",
    {
        "image": ["IMAGE"], "upscale_method": [METHODS], "width": integer(512, 0, LARGEST, step=1),
        "height": integer(512, 0, LARGEST, step=1), "crop": [["disabled", "center"]],
    },
    returns=("IMAGE",), display="Upscale Image", category="image/upscaling")
def image_scale(context: Context, image, upscale_method: str, width: int, height: int, crop: str):
    return ([pictures.scaled(each, width, height, upscale_method, crop) for each in image],)


@node(
    "ImageScaleBy", {"image": ["IMAGE"], "upscale_method": [METHODS], "scale_by": decimal(1.0, 0.01, 8.0, 0.01)},
    returns=("IMAGE",), display="Upscale Image By", category="image/upscaling")
def image_scale_by(context: Context, image, upscale_method: str, scale_by: float):
    return (
        [
            pictures.scaled(each, round(each.width * scale_by), round(each.height * scale_by), upscale_method, "disabled")
            for each in image
        ],
    )


@node(
    "ImageBlur", {"image": ["IMAGE", {}], "blur_radius": integer(1, 1, 31, step=1), "sigma": decimal(1.0, 0.1, 10.0, 0.1)},
    returns=("IMAGE",), display="Blur Image", category="image/filters", module="comfy_extras.nodes_post_processing", schema=True)
def image_blur(context: Context, image, blur_radius: int, sigma: float):
    from PIL import ImageFilter

    return ([each.filter(ImageFilter.GaussianBlur(blur_radius * sigma)) for each in image],)


@node("ImageInvert", {"image": ["IMAGE"]}, returns=("IMAGE",), display="Invert Image Colors", category="image/color")
def image_invert(context: Context, image):
    from PIL import ImageOps

    return ([ImageOps.invert(each) for each in image],)


@node(
    "ImageAddNoise", {"image": ["IMAGE", {}], "seed": SEED, "strength": decimal(0.5, 0.0, 1.0, 0.01)}, returns=("IMAGE",),
    display="Add Noise to Image", category="image/filters", module="comfy_extras.nodes_images", schema=True)
def image_add_noise(context: Context, image, seed: int, strength: float):
    return ([pictures.noisy(each, seed, strength) for each in image],)


@node(
    "ImageBatch", {"image1": ["IMAGE"], "image2": ["IMAGE"]}, returns=("IMAGE",), display="Batch Images (DEPRECATED)",
    category="image/batch")
def image_batch(context: Context, image1, image2):
    """The first one's size is that of all."""
    width, height = image1[0].size
    return (image1 + [pictures.scaled(each, width, height, "bilinear", "center") for each in image2],)


@node(
    "ImageCrop",
    {
        "image": ["IMAGE", {}], "width": integer(512, 1, LARGEST, step=1), "height": integer(512, 1, LARGEST, step=1),
        "x": integer(0, 0, LARGEST, step=1), "y": integer(0, 0, LARGEST, step=1),
    },
    returns=("IMAGE",), display="Crop Image (DEPRECATED)", category="image/transform", module="comfy_extras.nodes_images",
    schema=True)
def image_crop(context: Context, image, width: int, height: int, x: int, y: int):
    return ([each.crop((x, y, min(x + width, each.width), min(y + height, each.height))) for each in image],)


@node(
    "ImageToMask",
    {"image": ["IMAGE"], "channel": ["COMBO", {"multiselect": False, "options": ["red", "green", "blue", "alpha"]}]},
    required_old={"image": ["IMAGE"], "channel": [["red", "green", "blue", "alpha"], {}]}, returns=("MASK",),
    display="Convert Image to Mask", category="mask", module="comfy_extras.nodes_mask")
def image_to_mask(context: Context, image, channel: str):
    return ([each.convert("RGBA").getchannel(channel[0].upper()) for each in image],)


@node(
    "MaskToImage", {"mask": ["MASK"]}, returns=("IMAGE",), display="Convert Mask to Image", category="mask",
    module="comfy_extras.nodes_mask")
def mask_to_image(context: Context, mask):
    return ([each.convert("RGB") for each in mask],)


def save(context: Context, images, prefix: str, kind: str, compress: int) -> Result:
    """PNG files that hold the graph, as those of the real one do."""
    import json
    import os

    from PIL import PngImagePlugin

    from .folders import OutputName

    name = OutputName(context.folders, kind, prefix, images[0].size, context.settings.is_new)
    told = []
    for number, image in enumerate(images):
        info = PngImagePlugin.PngInfo()
        info.add_text("prompt", json.dumps(context.graph))
        for key, value in (context.extra.get("extra_pnginfo") or {}).items():
            info.add_text(key, json.dumps(value))
        file = name.next("_.png", number)
        path = os.path.join(name.folder, file)
        image.save(path, pnginfo=info, compress_level=compress)
        told.append({"filename": file, "subfolder": name.subfolder, "type": kind})
    context.written(prefix, os.path.join(name.subfolder, told[0]["filename"]))
    return Result((images,), {"images": told})


HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}


@node(
    "SaveImage", {"images": ["IMAGE", {}], "filename_prefix": ["STRING", {"default": "ComfyUI"}]}, hidden=HIDDEN,
    returns=("IMAGE",), names=("images",), returns_old=(), output=True, display="Save Image", category="image")
def save_image(context: Context, images, filename_prefix: str = "ComfyUI"):
    return save(context, images, filename_prefix, "output", 4)


@node(
    "PreviewImage", {"images": ["IMAGE"]}, hidden=HIDDEN, returns=("IMAGE",), names=("images",), returns_old=(), output=True,
    display="Preview Image", category="image")
def preview_image(context: Context, images):
    import random
    import string

    letters = "".join(random.choices(string.ascii_lowercase, k=5))
    return save(context, images, f"ComfyUI_temp_{letters}", "temp", 1)


def now(folders, values: dict) -> float:
    import time

    return time.time()


@node(
    "SaveImageWebsocket", {"images": ["IMAGE"]}, output=True, category="api/image", module="custom_nodes.websocket_image_save",
    changed=now)
def save_image_websocket(context: Context, images):
    """The pictures go over the WebSocket, as previews do, and nowhere else."""
    for number, image in enumerate(images):
        context.progress.tick(number, len(images), ("PNG", image))
    return Result(())
