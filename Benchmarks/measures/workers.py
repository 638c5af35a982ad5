"""6. How busy four servers are kept."""

import json
import random
import subprocess
import time

import table
from place import REEL, ROOT

#: As in Tests/comfyui: a server that answers as ComfyUI does and needs no GPU; a node of it takes as long as it is told.
SERVER = ROOT / "Tests/comfyui/server.py"
PYTHON = ROOT / ".build/bench-venv/bin/python"
WORKERS = 4


class Server:
    def __init__(self, place, number):
        self.base = place.folder(f"comfyui-{number}")
        self.process = subprocess.Popen(
            [PYTHON, SERVER, "--base-directory", self.base, "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def end(self):
        self.process.terminate()
        self.process.wait()

    def spans(self):
        """When each prompt began and ended, in seconds."""
        began = {}
        spans = []
        for line in (self.base / "peer.jsonl").read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "started":
                began[event["prompt_id"]] = event["time"]
            elif event["event"] == "finished":
                spans.append((began.pop(event["prompt_id"]), event["time"]))
        return spans


def write(folder, urls, steps):
    """A film whose shots take so many steps each, of 50 ms."""
    (folder / "sequences").mkdir(parents=True)
    (folder / "workflows").mkdir()
    graph = {
        "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 0}, "_meta": {"title": "@frame"}},
        "2": {"class_type": "PeerSleep", "inputs": {"image": ["1", 0], "steps": 4, "step_s": 0.05, "seed": 0, "previews": False},
              "_meta": {"title": "@steps"}},
        "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
    }
    (folder / "workflows/steps.json").write_text(json.dumps(graph))
    (folder / "project.json").write_text(json.dumps({
        "name": "Measured film", "frame": {"width": 64, "height": 64}, "engine": "comfyui", "limits": {"burst": 10_000},
        "engines": {"comfyui": {"type": "comfyui", "urls": urls, "workflow": "workflows/steps.json"}},
    }))
    shots = [{"id": f"shot_{n:03}", "prompt": "x", "seed": n, "parameters": {"steps": count}} for n, count in enumerate(steps)]
    (folder / "sequences/sequence_001.json").write_text(json.dumps({"shots": shots}))


def measure(place):
    jobs = place.pick(200, 24)
    # From 0.2 to 2 seconds, in no order.
    numbers = random.Random(6)
    steps = [numbers.randrange(4, 41) for _ in range(jobs)]
    servers = [Server(place, number) for number in range(WORKERS)]
    try:
        folder = place.folder("workers")
        write(folder, [server.url for server in servers], steps)
        place.run(REEL, "-C", folder, "trust")
        # The scratch folder lies in a repository: what is there may have come with it.
        place.run(REEL, "-C", folder, "approve")
        start = time.perf_counter()
        place.run(REEL, "-C", folder, "make")
        seconds = time.perf_counter() - start
    finally:
        for server in servers:
            server.end()
    spans = [server.spans() for server in servers]
    if sum(map(len, spans)) != jobs:
        raise RuntimeError(f"{sum(map(len, spans))} prompts for {jobs} jobs")
    busy = sum(end - begin for server in spans for begin, end in server)
    first = min(begin for server in spans for begin, _ in server)
    last = max(end for server in spans for _, end in server)
    # The end is uneven whoever shares out: the last job of each worker ends at another time.
    rows = [
        ["share of time that the workers were busy, first job to last", f"{100 * busy / (WORKERS * (last - first)):.1f} %"],
        ["the same by the whole run of `reel make`", f"{100 * busy / (WORKERS * seconds):.1f} %"],
        ["jobs by worker", ", ".join(str(len(server)) for server in spans)],
        ["the work itself, shared out evenly", f"{busy / WORKERS:.1f} s"],
        ["`reel make`", f"{seconds:.1f} s"],
    ]
    return [
        table.Section(
            f"6. Four workers, {jobs} jobs of 0.2 to 2 s",
            "Four servers that answer as ComfyUI does, on this machine; a job of theirs waits as long as it is told. Wanted: over 97 %.",
            ["", "reel"], rows)
    ]
