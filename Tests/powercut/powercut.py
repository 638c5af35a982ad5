"""Power cuts: what `reel make` finds after one, at each moment of an earlier run.

A run is recorded with strace. For every prefix of the calls that changed files, the states that a disk may show are put there again
(see file_model.py), equal ones once. In each of them every take that can be seen is whole; a new `reel make` ends with 0 and makes
everything good; and a program that counts its runs is not run again for a take that is there or for an output that was safe.

usage: powercut.py --reel REEL --engine storyboard|program [--every N] [--first N] FOLDER

FOLDER is a scratch folder that must exist. The last line of the output is a summary as JSON; the exit status is 1 when something was
wrong, with a line for each fault before.
"""

import argparse
import glob
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import file_model

SHOTS = 2

ENGINE = r'''
import json, os, struct, sys, zlib
job = json.load(sys.stdin)
file = os.open(sys.argv[1] + "/runs", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
os.write(file, (job["fingerprint"] + "\n").encode())
os.close(file)
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
rows = b"".join(b"\0" + bytes(16) for _ in range(16))
os.mkdir(job["output"] + "/deep")
out = os.open(job["output"] + "/deep/out.png", os.O_WRONLY | os.O_CREAT, 0o600)
os.write(out, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0))
  + chunk(b"tEXt", b"Recipe\0" + json.dumps(job["recipe"], sort_keys=True).encode())
  + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
os.close(out)
print(json.dumps({"result": {"file": "deep/out.png"}}), flush=True)
'''


class Film:
    """A project, and what reel keeps about it: all below one folder, none of it anybody's own."""

    def __init__(self, folder, reel, engine):
        self.folder, self.reel, self.engine = os.path.realpath(folder), reel, engine
        self.project, self.state, self.cache, self.place = (
            f"{self.folder}/{name}" for name in ("film", "state", "cache", "place"))
        for name in ("film", "film/sequences", "state", "cache", "place", "run", "home", "config", "config/reelwright"):
            os.mkdir(f"{self.folder}/{name}", 0o700)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": f"{self.folder}/home", "LANG": "C.UTF-8",
            "XDG_STATE_HOME": self.state, "XDG_CACHE_HOME": self.cache, "XDG_RUNTIME_DIR": f"{self.folder}/run",
            "XDG_CONFIG_HOME": f"{self.folder}/config",
        }
        self.write("engine.py", ENGINE)
        if engine == "program":
            # One's own engines are trusted.
            command = ["python3", f"{self.folder}/engine.py", self.place]
            self.write("config/reelwright/config.json", json.dumps({"engines": {"program": {
                "type": "command", "command": command}}}))
        self.write("film/project.json", json.dumps({
            "name": "Film", "engine": engine, "frame": {"width": 96, "height": 64}}))
        self.write("film/sequences/sequence_001.json", json.dumps({
            "shots": [{"id": f"shot_{number}", "prompt": f"fog {number}"} for number in range(1, SHOTS + 1)]}))

    def write(self, name, content):
        with open(f"{self.folder}/{name}", "w") as stream:
            stream.write(content)

    @property
    def roots(self):
        return [self.project, self.state, self.cache]

    def make(self, wrapper=()):
        return subprocess.run(
            [*wrapper, self.reel, "-C", self.project, "make", "--json"], env=self.environment, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)

    # MARK: Runs of the program

    @property
    def runs(self):
        try:
            with open(f"{self.place}/runs") as stream:
                return stream.read().split()
        except FileNotFoundError:
            return []

    def set_runs(self, runs):
        self.write("place/runs", "".join(f"{run}\n" for run in runs))

    # MARK: States

    def restore(self, tree):
        """Makes the disk show a state. The folders themselves stay: reel knows a project by its path and inode."""
        for root in self.roots:
            for entry in os.scandir(root):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    os.unlink(entry.path)
        for path in sorted(tree):
            content = tree[path]
            if content is None:
                os.mkdir(path, 0o700)
            elif content == "pipe":
                os.mkfifo(path, 0o600)
            else:
                with open(path, "wb") as stream:
                    stream.write(content)

    def takes(self, faults):
        """Fingerprints of the takes that can be seen; what is torn goes into `faults`."""
        found = []
        for output in glob.glob(f"{self.project}/sequences/*/*.png"):
            with open(output, "rb") as stream:
                digest = hashlib.sha256(stream.read()).hexdigest()
            if not output.endswith(f"-{digest[:8]}.png"):
                faults.append(f"{output} is torn")
        for sidecar in glob.glob(f"{self.project}/sequences/*/*.png.json"):
            try:
                with open(sidecar, "rb") as stream:
                    said = json.load(stream)
                with open(sidecar.removesuffix(".json"), "rb") as stream:
                    if said["output"]["sha256"] != hashlib.sha256(stream.read()).hexdigest():
                        faults.append(f"the take of {sidecar} is torn")
                found.append(said["fingerprint"])
            except (OSError, ValueError, KeyError) as error:
                faults.append(f"{sidecar}: {error}")
        return found

    def open_jobs(self):
        """The ids of the jobs that the journal on disk knows to be at their engine."""
        with tempfile.TemporaryDirectory() as copy:
            for file in glob.glob(f"{self.state}/reelwright/*/journal.sqlite*"):
                shutil.copy(file, copy)
            if not os.path.exists(f"{copy}/journal.sqlite"):
                return []
            connection = sqlite3.connect(f"{copy}/journal.sqlite")
            try:
                return [row[0] for row in connection.execute("SELECT id FROM jobs WHERE state IN ('running', 'writing')")]
            except sqlite3.Error:
                return []
            finally:
                connection.close()

    def safe_outputs(self, last):
        """Fingerprints of what the program made and reel can still fetch: the job is known, its status and its output are whole."""
        found = []
        for job in self.open_jobs():
            for folder in glob.glob(f"{self.state}/reelwright/*/jobs/{job}"):
                files = [f"{folder}/{name}" for name in ("request.json", "status.json", "output/deep/out.png")]
                try:
                    contents = [open(file, "rb").read() for file in files]
                except OSError:
                    continue
                if all(content and content == last.get(file) for file, content in zip(files, contents)):
                    found.append(json.loads(contents[0])["fingerprint"])
        return found


def record(film, model):
    """Runs reel under strace and gives a list of the states after each call, with the program's runs until then."""
    log = f"{film.folder}/log"
    model.load()
    outcome = film.make([
        "strace", "-f", "-y", "-xx", "-s", "100000000", "-qqq", "-e", "signal=none", "-e", f"trace={file_model.CALLS}", "-o", log])
    if outcome.returncode != 0:
        sys.exit(f"the recorded run ended with {outcome.returncode}: {outcome.stdout.decode()}")
    prefixes, calls, last, runs = {}, 0, {}, []

    def note():
        for variant, tree in model.states():
            prefixes.setdefault(file_model.key(tree), (calls, variant, tree, list(runs)))

    note()
    for call in file_model.read_log(log):
        if call.name == "write" and call.path_of(0) == f"{film.place}/runs":
            runs.append(call.string(1).decode().strip())
            continue
        if file_model.apply(call, model):
            calls += 1
            note()
            # What every file held last, also those that are gone by the end.
            last.update((path, content) for path, content in model.now().items() if isinstance(content, bytes) and content)
    real = file_model.Model(film.roots)
    real.load()
    if file_model.key(real.now()) != file_model.key(model.now()):
        ours, theirs = model.now(), real.now()
        odd = sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
        sys.exit(f"the log was not followed right: {odd}")
    return calls, list(prefixes.values()), last


def check(film, number, state, last):
    calls, variant, tree, runs = state
    faults = []
    film.restore(tree)
    film.set_runs(runs)
    there = film.takes(faults)
    safe = film.safe_outputs(last) if film.engine == "program" else []
    began = time.monotonic()
    try:
        outcome = film.make()
        said = outcome.stdout.decode(errors="replace")
        if outcome.returncode != 0:
            faults.append(f"make ended with {outcome.returncode}: {said}")
    except subprocess.TimeoutExpired:
        said = ""
        faults.append("make did not end")
    seconds = time.monotonic() - began
    made = film.takes(faults)
    if sorted(set(made)) != sorted(made) or len(made) != SHOTS:
        faults.append(f"{len(made)} takes: {made}\n{said}")
    for left in glob.glob(f"{film.project}/**/.reel-*", recursive=True):
        faults.append(f"{left} was left")
    after = film.runs[len(runs):]
    for fingerprint in made if film.engine == "program" else []:
        again = after.count(fingerprint)
        if fingerprint in there and again:
            faults.append(f"{fingerprint} was there and its program ran again")
        if fingerprint in safe and again:
            faults.append(f"{fingerprint} was made and safe, and its program ran again\n{said}")
        if again > 1:
            faults.append(f"the program ran {again} times for {fingerprint}")
    for fault in faults:
        print(f"state {number}, after call {calls}, {variant}: {fault}", flush=True)
    return len(faults), len(there), len(safe), seconds


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--reel", required=True)
    arguments.add_argument("--engine", choices=["storyboard", "program"], required=True)
    arguments.add_argument("--every", type=int, default=1)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("folder")
    options = arguments.parse_args()
    os.umask(0o077)
    film = Film(options.folder, os.path.realpath(options.reel), options.engine)
    model = file_model.Model(film.roots)
    calls, states, last = record(film, model)
    chosen = list(enumerate(states))[options.first::options.every]
    faults = takes = safe = 0
    slowest = 0.0
    for number, state in chosen:
        wrong, visible, kept, seconds = check(film, number, state, last)
        faults, takes, safe, slowest = faults + wrong, takes + visible, safe + kept, max(slowest, seconds)
    print(json.dumps({
        "engine": options.engine, "calls": calls, "states": len(states), "checked": len(chosen), "faults": faults,
        "visible": takes, "safe": safe, "slowest": round(slowest, 2)}))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
