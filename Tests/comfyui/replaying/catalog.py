"""Comparing what /object_info says of the node classes that a server has."""

from __future__ import annotations

import json
import os

import aiohttp

from .comparing import WORDS, Correspondence, Difference
from .recording import HERE

COMPARED = ["input", "input_order", "output", "output_name", "output_node", "display_name", "python_module", "category", "name"]


async def compare(url: str) -> list[str]:
    """What differs, of the classes that were recorded and are there."""
    with open(os.path.join(HERE, "object_info.json"), encoding="utf-8") as file:
        recorded = json.load(file)
    async with aiohttp.ClientSession() as session, session.get(f"{url}/object_info") as answer:
        actual = await answer.json()
    faults = []
    for name, wanted in recorded.items():
        if name not in actual:
            continue
        try:
            known = Correspondence()
            for key in COMPARED:
                known.compare(plain(wanted.get(key)), plain(actual[name].get(key)), f"{name}.{key}")
        except Difference as difference:
            faults.append(str(difference))
    return faults


def plain(value):
    """Without what is said for people, and without lists that depend on what files there are."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items() if key not in WORDS}
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[1], dict) and {"image_upload", "audio_upload"} & set(value[1]):
            # The files that lie there.
            return ["files"]
        return [plain(each) for each in value]
    return value
