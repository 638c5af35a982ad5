"""A recording: what was sent to a real server and what came back, in order."""

from __future__ import annotations

import json
import os
import re
import typing

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "recordings")


class Recording:
    def __init__(self, version: str, name: str):
        self.name = name
        with open(os.path.join(HERE, version, f"{name}.jsonl"), encoding="utf-8") as lines:
            self.events: list[dict] = [json.loads(line) for line in lines]

    @staticmethod
    def names(version: str) -> list[str]:
        return sorted(name.removesuffix(".jsonl") for name in os.listdir(os.path.join(HERE, version)) if name.endswith(".jsonl"))

    @property
    def starts_afresh(self) -> bool:
        """Whether the server had just been started: the first prompt got number 0."""
        for event in self.events:
            number = re.search(r'"number": (-?[\d.]+)', str(event.get("body", ""))) if event["kind"] == "http_response" else None
            if number:
                return number.group(1) == "0"
        return False

    def outcome(self, number: int) -> dict:
        """How a request ended: its http_response or http_error."""
        return next(
            event for event in self.events if event.get("id") == number and event["kind"] in ("http_response", "http_error"))


class Message:
    """Something that came on a WebSocket."""

    def __init__(self, text: str | None = None, binary: bytes | None = None, recorded: dict | None = None):
        self.json: dict | None = json.loads(text) if text is not None else None
        if self.json is not None and self.json["type"] == "progress_state" and recorded is None:
            self.json = shortened(self.json)
        self.head = binary[:32] if binary is not None else None
        if recorded is not None and "head32_hex" in recorded:
            self.head = bytes.fromhex(recorded["head32_hex"])

    @property
    def type(self) -> str:
        return "binary" if self.json is None else self.json["type"]

    @property
    def data(self) -> dict:
        return {} if self.json is None else self.json["data"]

    @property
    def is_tick(self) -> bool:
        """Whether it tells how far a node is: how many of them come is a matter of time."""
        if self.type == "progress" or (self.head is not None and self.head[3] in (1, 4)):
            return True
        if self.type != "progress_state":
            return False
        return any(state == "running" and (value, most) != (0.0, 1.0) for value, most, state in self.data["nodes"].values())

    @property
    def nodes(self) -> list[str]:
        """The one node that it is about; none for what is about the whole prompt."""
        node = self.data.get("node")
        return [node] if isinstance(node, str) else []


def shortened(message: dict) -> dict:
    """As the recordings keep a progress_state; what they leave out has to be as it always is."""
    prompt_id = message["data"]["prompt_id"]
    nodes: dict[str, typing.Any] = {}
    for name, entry in message["data"]["nodes"].items():
        rest = {key: value for key, value in entry.items() if key not in ("value", "max", "state")}
        usual = {
            "node_id": name, "prompt_id": prompt_id, "display_node_id": name, "parent_node_id": None, "real_node_id": name,
        }
        nodes[name] = [entry["value"], entry["max"], entry["state"]] if rest == usual else entry
    return {"type": message["type"], "data": {"prompt_id": prompt_id, "nodes": nodes}}
