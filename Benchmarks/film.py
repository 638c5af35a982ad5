"""Projects to measure with."""

import json
import random
import struct
import zlib
from pathlib import Path

SHOTS_A_SEQUENCE = 100


def sequence(number, shots, prompt="a small harbour at dawn, fog over the wet pier"):
    """The value of a sequence file. Its shots are numbered through the film."""
    first = number * SHOTS_A_SEQUENCE + 1
    return {
        "id": f"sequence_{number + 1:04}",
        "name": f"Part {number + 1}",
        "order": number + 1,
        "shots": [
            {
                "id": f"shot_{shot:06}",
                "name": f"Harbour {shot}",
                "prompt": f"{prompt}, view {shot}",
                "duration": 4,
                "clip": {"camera": {"move": "dolly-in", "amount": 0.3}},
            }
            for shot in range(first, first + shots)
        ],
    }


def write(folder: Path, shots, side=64):
    """A project of so many shots, a hundred to a sequence file, with frames so small that takes cost next to nothing."""
    (folder / "sequences").mkdir(parents=True)
    write_project(folder, side)
    for number in range(0, (shots + SHOTS_A_SEQUENCE - 1) // SHOTS_A_SEQUENCE):
        count = min(SHOTS_A_SEQUENCE, shots - number * SHOTS_A_SEQUENCE)
        sequence_file(folder, number).write_text(json.dumps(sequence(number, count), indent=2) + "\n")
    return folder


def write_project(folder: Path, side):
    value = {"version": 1, "name": "Measured film", "frame": {"width": side, "height": side}, "engine": "storyboard"}
    (folder / "project.json").write_text(json.dumps(value, indent=2) + "\n")


def sequence_file(folder: Path, number):
    return folder / "sequences" / f"sequence_{number + 1:04}.json"


def noise_picture(size, seed):
    """A grey PNG of noise with about so many bytes: its rows are stored, not compressed."""
    width = 4096
    rows = max(1, size // (width + 1))
    noise = random.Random(seed).randbytes(rows * width)
    data = b"".join(b"\0" + noise[row * width : (row + 1) * width] for row in range(rows))
    return _png(width, rows, zlib.compress(data, 0))


def small_picture():
    """The smallest PNG: one grey point."""
    return _png(1, 1, zlib.compress(b"\0\0"))


def _png(width, height, rows):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
