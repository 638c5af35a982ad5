"""Nodes for moving pictures and sound."""

from __future__ import annotations

import hashlib
import os

from . import sound, video
from .folders import OutputName
from .node import Context, Result, decimal, inputs, integer, node, one_of

IMAGES = "comfy_extras.nodes_images"
VIDEO = "comfy_extras.nodes_video"
AUDIO = "comfy_extras.nodes_audio"
LARGEST = 0xFFFFFFFFFFFFFFFF
HIDDEN = {"prompt": ["PROMPT"], "extra_pnginfo": ["EXTRA_PNGINFO"]}


def prefix(default: str) -> list:
    return ["STRING", {"default": default, "multiline": False}]


def put(context: Context, content: bytes, prefix: str, ending: str, size: tuple[int, int] = (0, 0), kind: str = "output") -> dict:
    """Writes a file and gives what is told of it."""
    name = OutputName(context.folders, kind, prefix, size, context.settings.is_new)
    file = name.next(ending)
    with open(os.path.join(name.folder, file), "wb") as output:
        output.write(content)
    context.written(prefix, os.path.join(name.subfolder, file))
    return {"filename": file, "subfolder": name.subfolder, "type": kind}


# Moving pictures


def animation(context: Context, images, prefix: str, kind: str, fps: float, **options) -> Result:
    from . import pictures

    content = pictures.encoded(
        images[0], kind.upper(), save_all=True, append_images=images[1:], duration=round(1000 / fps), loop=0, **options)
    told = put(context, content, prefix, f"_.{kind}", images[0].size)
    return Result((images,), {"images": [told], "animated": [True]})


@node(
    "SaveAnimatedWEBP",
    {
        "images": ["IMAGE", {}], "filename_prefix": prefix("ComfyUI"), "fps": decimal(6.0, 0.01, 1000.0, 0.01),
        "lossless": ["BOOLEAN", {"default": True}], "quality": integer(80, 0, 100), "method": one_of("default", "fastest", "slowest"),
    },
    hidden=HIDDEN, returns=("IMAGE",), names=("images",), returns_old=(), output=True, display="Save Animated WEBP",
    category="image", module=IMAGES, schema=True)
def save_webp(context: Context, images, filename_prefix: str, fps: float, lossless: bool, quality: int, method: str):
    return animation(context, images, filename_prefix, "webp", fps, lossless=lossless, quality=quality)


@node(
    "SaveAnimatedPNG",
    {
        "images": ["IMAGE", {}], "filename_prefix": prefix("ComfyUI"), "fps": decimal(6.0, 0.01, 1000.0, 0.01),
        "compress_level": ["INT", {"advanced": True, "default": 4, "min": 0, "max": 9}],
    },
    hidden=HIDDEN, returns=("IMAGE",), names=("images",), returns_old=(), output=True, display="Save Animated PNG",
    category="image", module=IMAGES, schema=True)
def save_png(context: Context, images, filename_prefix: str, fps: float, compress_level: int):
    return animation(context, images, filename_prefix, "png", fps)


@node(
    "CreateVideo", {"images": ["IMAGE", {}], "fps": decimal(30.0, 1.0, 120.0, 1.0)},
    optional={"audio": ["AUDIO", {}], "bit_depth": integer(8, 8, 10, step=2, display="number")}, optional_old={"audio": ["AUDIO", {}]},
    returns=("VIDEO",), display="Create Video", category="video", module=VIDEO, schema=True)
def create_video(context: Context, images, fps: float, audio=None, bit_depth: int = 8):
    return (video.Video(images, fps),)


def choice(**options: dict) -> list:
    """A list whose choice brings more inputs with it."""
    return ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": key, "inputs": more} for key, more in options.items()]}]


def codecs(*names: str) -> list:
    quality = {"h264": (23.0, 51.0), "av1": (30.0, 63.0)}
    return choice(auto={"required": {}}, **{name: {"required": {}, "optional": {"encoding": encoding(*quality[name])}} for name in names})


def encoding(default: float, most: float) -> list:
    space = ["COMBO", {"display_name": "color space", "default": "auto", "multiselect": False, "options": ["auto", "sRGB", "HDR", "HDR PQ"]}]
    anew = {"required": {"crf": decimal(default, 0.0, most, 1.0), "color_space": space}}
    made = choice(**{"auto": {"required": {}}, "re-encode": anew})
    return [made[0], {"display_name": "encoding mode", **made[1]}]


BOTH = codecs("h264", "av1")
FORMATS = choice(
    auto={"required": {"codec": BOTH}}, mp4={"required": {"codec": BOTH}}, mkv={"required": {"codec": BOTH}},
    webm={"required": {"codec": codecs("av1")}})


@node(
    "SaveVideo", {"video": ["VIDEO", {}], "filename_prefix": prefix("video/ComfyUI"), "format": FORMATS},
    optional={"codec": [BOTH[0], {"hidden": True, **BOTH[1]}]}, optional_old={},
    required_old={
        "video": ["VIDEO", {}], "filename_prefix": prefix("video/ComfyUI"), "format": one_of("auto", "mp4", default="auto"),
        "codec": one_of("auto", "h264", default="auto"),
    },
    hidden=HIDDEN, returns=("VIDEO",), names=("video",), returns_old=(), output=True, display="Save Video", category="video",
    module=VIDEO, schema=True)
def save_video(context: Context, video, filename_prefix: str, format: str = "auto", codec: str = "auto"):
    from .video import mp4, webm

    content, ending = (webm(video), "_.webm") if format == "webm" else (mp4(video), "_.mp4")
    told = put(context, content, filename_prefix, ending, video.images[0].size)
    return Result((video,), {"images": [told], "animated": [True]})


@node(
    "SaveWEBM",
    {
        "images": ["IMAGE", {}], "filename_prefix": prefix("ComfyUI"), "codec": one_of("vp9", "av1"),
        "fps": decimal(24.0, 0.01, 1000.0, 0.01), "crf": decimal(32.0, 0, 63.0, 1),
    },
    hidden=HIDDEN, returns=("IMAGE",), names=("images",), returns_old=(), output=True, display="Save WEBM", category="video",
    module=VIDEO, schema=True)
def save_webm(context: Context, images, filename_prefix: str, codec: str, fps: float, crf: float):
    told = put(context, video.webm(video.Video(images, fps)), filename_prefix, "_.webm", images[0].size)
    return Result((images,), {"images": [told], "animated": [True]})


# Sound


@node(
    "EmptyAudio",
    {
        "duration": decimal(60.0, 0.0, LARGEST, 0.01), "sample_rate": ["INT", {"advanced": True, "default": 44100, "min": 1, "max": 192000}],
        "channels": ["INT", {"advanced": True, "default": 2, "min": 1, "max": 2}],
    },
    returns=("AUDIO",), display="Empty Audio", category="audio", module=AUDIO, schema=True)
def empty_audio(context: Context, duration: float, sample_rate: int, channels: int):
    return (sound.silence(duration, sample_rate, channels),)


def audio_digest(folders, values: dict) -> str:
    with open(folders.input_path(values["audio"]), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def audio_is_there(folders, values: dict) -> str | None:
    name = values.get("audio")
    return None if name is None or folders.has_input(name) else f"Invalid audio file: {name}"


@node(
    "LoadAudio", {"audio": inputs("audio", audio_upload=True)}, returns=("AUDIO",), display="Load Audio", category="audio",
    module=AUDIO, schema=True, check=audio_is_there, checked=("audio",), changed=audio_digest)
def load_audio(context: Context, audio: str):
    return (sound.read(context.folders.input_path(audio)),)


def save_sound(context: Context, audio, prefix: str, kind: str, folder: str = "output") -> Result:
    content = sound.mp3(audio) if kind == "mp3" else sound.flac(audio)
    # The newer one leaves out the line under the number.
    told = put(context, content, prefix, f".{kind}" if context.settings.is_new else f"_.{kind}", kind=folder)
    return Result((audio,), {"audio": [told]})


@node(
    "SaveAudio", {"audio": ["AUDIO", {}], "filename_prefix": prefix("audio/ComfyUI")}, hidden=HIDDEN, returns=("AUDIO",),
    names=("audio",), returns_old=(), output=True, display="Save Audio (FLAC) (DEPRECATED)", category="audio", module=AUDIO,
    schema=True)
def save_audio(context: Context, audio, filename_prefix: str = "audio/ComfyUI"):
    return save_sound(context, audio, filename_prefix, "flac")


@node(
    "SaveAudioMP3",
    {
        "audio": ["AUDIO", {}], "filename_prefix": prefix("audio/ComfyUI"), "quality": one_of("V0", "128k", "320k", default="V0"),
    },
    hidden=HIDDEN, returns=("AUDIO",), names=("audio",), returns_old=(), output=True, display="Save Audio (MP3) (DEPRECATED)",
    category="audio", module=AUDIO, schema=True)
def save_mp3(context: Context, audio, filename_prefix: str = "audio/ComfyUI", quality: str = "V0"):
    return save_sound(context, audio, filename_prefix, "mp3")


@node(
    "PreviewAudio", {"audio": ["AUDIO", {}]}, hidden=HIDDEN, returns=("AUDIO",), names=("audio",), returns_old=(), output=True,
    display="Preview Audio", category="audio", module=AUDIO, schema=True)
def preview_audio(context: Context, audio):
    import random
    import string

    letters = "".join(random.choices(string.ascii_lowercase, k=5))
    return save_sound(context, audio, f"ComfyUI_temp_{letters}", "flac", "temp")
