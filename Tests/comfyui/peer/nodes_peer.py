"""The nodes of ../nodes/peer_test_nodes.py."""

from __future__ import annotations

from .node import Context, Result, decimal, integer, node

SEED = integer(0, 0, 0x7FFFFFFFFFFFFFFF)
MODULE = "custom_nodes.peer_test_nodes"


@node(
    "PeerSleep",
    {
        "image": ["IMAGE"], "steps": integer(10, 1, 100000), "step_s": decimal(0.5, 0.0, 60.0, 0.01), "seed": SEED,
        "previews": ["BOOLEAN", {"default": False}],
    },
    hidden={"unique_id": "UNIQUE_ID"}, returns=("IMAGE",), category="peer_test", module=MODULE)
def peer_sleep(context: Context, image, steps: int, step_s: float, seed: int, previews: bool):
    for step in range(1, steps + 1):
        context.clock.sleep(step_s)
        preview = None
        if previews:
            from PIL import Image

            preview = ("JPEG", Image.new("RGB", (256, 256), (step * 40 % 256, seed % 256, 128)))
        context.progress.tick(step, steps, preview)
    return (image,)


@node(
    "PeerBlock", {"image": ["IMAGE"], "seconds": decimal(3.0, 0.0, 600.0, 0.01), "seed": SEED}, returns=("IMAGE",),
    category="peer_test", module=MODULE)
def peer_block(context: Context, image, seconds: float, seed: int):
    context.clock.sleep(seconds)
    return (image,)


@node(
    "PeerAsync", {"image": ["IMAGE"], "seconds": decimal(3.0, 0.0, 600.0, 0.01), "seed": SEED}, returns=("IMAGE",),
    category="peer_test", module=MODULE)
async def peer_async(context: Context, image, seconds: float, seed: int):
    await context.clock.sleep_beside(seconds)
    return (image,)


class OutOfMemoryError(RuntimeError):
    type_name = "torch.OutOfMemoryError"
    tips = (
        "This error means you ran out of memory on your GPU.\n\n"
        "TIPS: If the workflow worked before you might have accidentally set the batch_size to a large number."
    )


KINDS = {"RuntimeError": RuntimeError, "ValueError": ValueError, "MemoryError": MemoryError, "OOM": OutOfMemoryError}


@node(
    "PeerRaise",
    {"image": ["IMAGE"], "message": ["STRING", {"default": "boom", "multiline": True}], "kind": [list(KINDS)]},
    returns=("IMAGE",), category="peer_test", module=MODULE)
def peer_raise(context: Context, image, message: str, kind: str):
    raise KINDS[kind](message)


@node(
    "PeerText", {"image": ["IMAGE"], "text": ["STRING", {"default": "", "multiline": True}]}, hidden={"unique_id": "UNIQUE_ID"},
    returns=("IMAGE",), category="peer_test", module=MODULE)
def peer_text(context: Context, image, text: str):
    context.progress.say(text)
    return Result((image,), {"text": [text]})
