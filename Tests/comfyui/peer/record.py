"""What a server did, line by line, in peer.jsonl of its folder: it outlives kills and restarts, and tests read it."""

from __future__ import annotations

import json
import os
import time


class Record:
    def __init__(self, base: str):
        self.path = os.path.join(base, "peer.jsonl")
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def add(self, event: str, **facts) -> None:
        os.write(self._file, (json.dumps({"event": event, "time": round(time.time(), 3), **facts}) + "\n").encode())

    def read(self) -> list[dict]:
        with open(self.path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def summary(self) -> dict:
        """Counts over all lives of the server."""
        accepted, started, finished, prefixes, requests = {}, {}, {}, {}, {}
        nodes: dict[str, int] = {}
        for line in self.read():
            event = line["event"]
            if event == "accepted":
                accepted[line["prompt_id"]] = accepted.get(line["prompt_id"], 0) + 1
            elif event == "started":
                started[line["prompt_id"]] = started.get(line["prompt_id"], 0) + 1
            elif event == "finished":
                finished[line["prompt_id"]] = line["status"]
            elif event == "executed":
                nodes[line["class"]] = nodes.get(line["class"], 0) + 1
            elif event == "written":
                prefixes[line["prefix"]] = prefixes.get(line["prefix"], 0) + 1
            elif event == "request":
                key = f"{line['method']} {line['path']}"
                requests[key] = requests.get(key, 0) + 1
        return {
            "accepted": accepted, "started": started, "finished": finished, "written_by_prefix": prefixes,
            "executed_by_class": nodes, "requests": requests,
        }
