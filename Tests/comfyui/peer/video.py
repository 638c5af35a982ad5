"""Films, and files of them that players take: each picture for itself, JPEG in MP4 and VP8 in WebM."""

from __future__ import annotations

import dataclasses
import struct

from . import pictures


@dataclasses.dataclass(frozen=True)
class Video:
    images: list
    fps: float


# MP4


def box(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind.encode() + body


def full_box(kind: str, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
SCALE = 1000


def mp4(video: Video) -> bytes:
    frames = [pictures.encoded(image, "JPEG") for image in video.images]
    head = box("ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    start = len(head) + len(movie(video, frames, 0)) + 8
    return head + movie(video, frames, start) + box("mdat", *frames)


def movie(video: Video, frames: list[bytes], start: int) -> bytes:
    width, height = video.images[0].size
    step = round(SCALE / video.fps)
    length = step * len(frames)
    # An object type of 0x6C says that it is JPEG.
    decoder = bytes([0x6C, 0x11]) + bytes(3) + struct.pack(">II", 0, 0)
    stream = bytes([0x04, len(decoder)]) + decoder + bytes([0x06, 1, 2])
    entry = box(
        "mp4v", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HHIII", width, height, 0x480000, 0x480000, 0),
        struct.pack(">H", 1), bytes(32), struct.pack(">Hh", 24, -1),
        full_box("esds", bytes([0x03, len(stream) + 3, 0, 1, 0]), stream))
    table = box(
        "stbl", full_box("stsd", struct.pack(">I", 1), entry), full_box("stts", struct.pack(">III", 1, len(frames), step)),
        full_box("stsc", struct.pack(">IIII", 1, 1, len(frames), 1)),
        full_box("stsz", struct.pack(">II", 0, len(frames)), b"".join(struct.pack(">I", len(frame)) for frame in frames)),
        full_box("stco", struct.pack(">II", 1, start)))
    media = box(
        "mdia", full_box("mdhd", struct.pack(">IIIIHH", 0, 0, SCALE, length, 0x55C4, 0)),
        full_box("hdlr", bytes(4), b"vide", bytes(12), b"video\0"),
        box(
            "minf", full_box("vmhd", bytes(8), flags=1),
            box("dinf", full_box("dref", struct.pack(">I", 1), full_box("url ", flags=1))), table))
    track = box(
        "trak",
        full_box(
            "tkhd", struct.pack(">IIIII", 0, 0, 1, 0, length), bytes(16), MATRIX, struct.pack(">II", width << 16, height << 16),
            flags=3),
        media)
    header = full_box(
        "mvhd", struct.pack(">IIIIIH", 0, 0, SCALE, length, 0x10000, 0x100), bytes(10), MATRIX, bytes(24), struct.pack(">I", 2))
    return box("moov", header, track)


# WebM


def element(name: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + struct.pack(">Q", 1 << 56 | len(body)) + body


def number(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def webm(video: Video) -> bytes:
    width, height = video.images[0].size
    step = 1000 / video.fps
    head = element(
        0x1A45DFA3, number(0x4286, 1), number(0x42F7, 1), number(0x42F2, 4), number(0x42F3, 8), element(0x4282, b"webm"),
        number(0x4287, 4), number(0x4285, 2))
    about = element(
        0x1549A966, number(0x2AD7B1, 1000000), element(0x4489, struct.pack(">d", step * len(video.images))),
        element(0x4D80, b"peer"), element(0x5741, b"peer"))
    tracks = element(
        0x1654AE6B,
        element(
            0xAE, number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), element(0x86, b"V_VP8"), number(0x23E383, round(step * 1e6)),
            element(0xE0, number(0xB0, width), number(0xBA, height))))
    clusters = b"".join(
        element(
            0x1F43B675, number(0xE7, round(index * step)), element(0xA3, b"\x81\x00\x00\x80", vp8(image)))
        for index, image in enumerate(video.images))
    return head + element(0x18538067, about, tracks, clusters)


def vp8(image) -> bytes:
    """A picture in WebP is one in VP8 with a few bytes around it."""
    whole = pictures.encoded(image.convert("RGB"), "WEBP", quality=80)
    place = whole.index(b"VP8 ")
    length = struct.unpack("<I", whole[place + 4 : place + 8])[0]
    return whole[place + 8 : place + 8 + length]
