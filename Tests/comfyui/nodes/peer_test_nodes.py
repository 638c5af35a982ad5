"""Nodes that a real ComfyUI needs for reel's tests: copy this file into its custom_nodes folder and start it anew.

Slow ones, failing ones and one that says a text, none of which needs a model. The test server (../server.py) has the same.
"""

import asyncio
import time

from comfy.model_management import OOM_EXCEPTION
from comfy.utils import ProgressBar
from PIL import Image
from server import PromptServer

SEED = ("INT", {"default": 0, "min": 0, "max": 0x7FFFFFFFFFFFFFFF})


class PeerNode:
    CATEGORY = "peer_test"
    FUNCTION = "run"
    RETURN_TYPES = ("IMAGE",)


class PeerSleep(PeerNode):
    """Sleeps in steps, each with a tick of progress and, if asked, a preview; can be interrupted between steps."""

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "steps": ("INT", {"default": 10, "min": 1, "max": 100000}),
                "step_s": ("FLOAT", {"default": 0.5, "min": 0.0, "max": 60.0, "step": 0.01}),
                "seed": SEED,
                "previews": ("BOOLEAN", {"default": False}),
            },
            "hidden": {"unique_id": "UNIQUE_ID"},
        }

    def run(self, image, steps, step_s, seed, previews, unique_id):
        progress = ProgressBar(steps, node_id=unique_id)
        for step in range(1, steps + 1):
            time.sleep(step_s)
            preview = ("JPEG", Image.new("RGB", (256, 256), (step * 40 % 256, seed % 256, 128)), 512) if previews else None
            progress.update_absolute(step, steps, preview)
        return (image,)


class PeerBlock(PeerNode):
    """Sleeps at a stretch: an interrupt is only noticed when it is over."""

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "seconds": ("FLOAT", {"default": 3.0, "min": 0.0, "max": 600.0, "step": 0.01}),
                "seed": SEED,
            }
        }

    def run(self, image, seconds, seed):
        time.sleep(seconds)
        return (image,)


class PeerAsync(PeerBlock):
    """Sleeps while other nodes run."""

    async def run(self, image, seconds, seed):
        await asyncio.sleep(seconds)
        return (image,)


class PeerRaise(PeerNode):
    """Fails with a message."""

    KINDS = {"RuntimeError": RuntimeError, "ValueError": ValueError, "MemoryError": MemoryError, "OOM": OOM_EXCEPTION}

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "message": ("STRING", {"default": "boom", "multiline": True}),
                "kind": (list(cls.KINDS),),
            }
        }

    def run(self, image, message, kind):
        raise self.KINDS[kind](message)


class PeerText(PeerNode):
    """Says a text while it runs, and puts it out."""

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {"image": ("IMAGE",), "text": ("STRING", {"default": "", "multiline": True})},
            "hidden": {"unique_id": "UNIQUE_ID"},
        }

    def run(self, image, text, unique_id):
        PromptServer.instance.send_progress_text(text, unique_id)
        return {"ui": {"text": [text]}, "result": (image,)}


NODE_CLASS_MAPPINGS = {each.__name__: each for each in (PeerSleep, PeerBlock, PeerAsync, PeerRaise, PeerText)}
