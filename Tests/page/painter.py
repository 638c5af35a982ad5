"""An engine for tests: paints a picture in a colour of its own, says how far it is, and waits while its gate is closed."""

import json
import struct
import sys
import time
import zlib
from pathlib import Path

job = json.load(sys.stdin)
gate = Path(__file__).with_name("closed")
size = job["recipe"].get("frame", {"width": 320, "height": 180})
step = 0
while True:
    step = min(step + 1, 9)
    print(json.dumps({"progress": step / 20, "doing": f"step {step} of 20"}), flush=True)
    if not gate.exists():
        break
    time.sleep(0.1)
if "FAIL" in job["recipe"].get("prompt", ""):
    print(json.dumps({"error": {"message": "the brush broke", "canPass": False}}), flush=True)
    sys.exit(1)
colour = bytes.fromhex(job["fingerprint"][7:13])
rows = b"".join(b"\0" + bytes((value * (row + 40)) // (size["height"] + 40) for value in colour) * size["width"] for row in range(size["height"]))


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


head = struct.pack(">2I5B", size["width"], size["height"], 8, 2, 0, 0, 0)
with open(job["output"] + "/frame.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
print(json.dumps({"result": {"file": "frame.png"}}), flush=True)
