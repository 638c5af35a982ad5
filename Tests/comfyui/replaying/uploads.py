"""The files that were uploaded when the recordings were made; the recordings only describe them."""

from __future__ import annotations

import io
import math
import struct
import wave

import aiohttp
from PIL import Image


def png(color: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (128, 96), color).save(buffer, "PNG")
    return buffer.getvalue()


def half_a_png() -> bytes:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(whole, "PNG")
    return whole.getvalue()[: len(whole.getvalue()) // 2]


def tone() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(step / 6))) for step in range(16000)))
    return buffer.getvalue()


A, B = png((200, 30, 30)), png((30, 30, 200))

# By what the recording says of it: field, name, bytes, other fields.
UPLOADS = {
    "multipart/form-data image=a.png": ("image", "a.png", A, {}),
    "multipart/form-data image=a.png again, same bytes": ("image", "a.png", A, {}),
    "multipart/form-data image=other bytes under the name a.png": ("image", "a.png", B, {}),
    "multipart/form-data image=other bytes under the name a.png, overwrite=true": ("image", "a.png", B, {"overwrite": "true"}),
    "multipart/form-data image=a.png back, overwrite=1": ("image", "a.png", A, {"overwrite": "1"}),
    "multipart/form-data image=subfolder=job1/x": ("image", "a.png", A, {"subfolder": "job1/x"}),
    "multipart/form-data image=type=temp": ("image", "a.png", A, {"type": "temp"}),
    "multipart/form-data image=type=output": ("image", "a.png", A, {"type": "output", "subfolder": "up"}),
    "multipart/form-data image=type=nosuch": ("image", "a.png", A, {"type": "nosuch"}),
    "multipart/form-data image=subfolder=../..": ("image", "a.png", A, {"subfolder": "../.."}),
    "multipart/form-data image=filename=../evil.png": ("image", "../evil.png", A, {}),
    "multipart/form-data image=filename with spaces and unicode": ("image", "été  #1 猫.png", A, {}),
    "multipart/form-data image=a text file": ("image", "notes.txt", b"no picture\n", {}),
    'multipart with field "file" instead of "image"': ("file", "a.png", A, {}),
    "b.png as a.png overwrite": ("image", "a.png", B, {"overwrite": "true"}),
    "multipart image=tone.wav (audio goes through the same endpoint)": ("image", "tone.wav", tone(), {}),
    "multipart image=corrupt.png": ("image", "corrupt.png", half_a_png(), {}),
    "multipart image=notimage.png": ("image", "notimage.png", b"this is no image", {}),
    "multipart image=101 MiB": ("image", "big.bin", bytes(101 << 20), {}),
}


def form(description: str) -> aiohttp.FormData:
    field, name, content, more = UPLOADS[description]
    data = aiohttp.FormData(quote_fields=False)
    data.add_field(field, content, filename=name, content_type="application/octet-stream")
    for key, value in more.items():
        data.add_field(key, value)
    return data
