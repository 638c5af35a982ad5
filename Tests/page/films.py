"""Films to look at, and the watchers that serve them: each in a folder of its own, with a home of its own."""

import atexit
import json
import os

import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
REEL = SOURCE / ".build/debug/reel"
LIMIT = 60


def eventually(what, probe, limit=LIMIT):
    """What `probe` gives once it gives something; fails with a sentence after `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {limit} seconds")
        time.sleep(0.02)


class Film:
    """A copy of the sample film."""

    def __init__(self, engine=None):
        self.scratch = Path(tempfile.mkdtemp(prefix="reel-page-"))
        self.folder = self.scratch / "film"
        shutil.copytree(Film.made.get(engine) or SOURCE / "sample-project", self.folder, copy_function=shutil.copy2)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(self.scratch / "home"), "LANG": "C.UTF-8", "TZ": "UTC", "SWIFT_BACKTRACE": "enable=no", **{name: os.environ[name] for name in ("REEL_PAGE_FILES",) if name in os.environ},
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for name in ("state", "cache", "config", "run"):
            self.env[f"XDG_{'RUNTIME_DIR' if name == 'run' else name.upper() + '_HOME'}"] = str(self.scratch / name)
            (self.scratch / name).mkdir(mode=0o700)
        (self.scratch / "home").mkdir()
        (self.scratch / "home/.gitconfig").write_text("[user]\n\tname = Mara\n\temail = mara@example.org\n")
        self.watcher = None
        # Windows that look at it.
        self.visitors = []
        if engine:
            self.use(engine)

    # Films whose takes are made, by engine: what most tests begin with is drawn once.
    made = {}

    @classmethod
    def with_takes(cls, engine=None):
        """A film that has a take for each shot."""
        if engine not in cls.made:
            film = cls(engine)
            film.reel("make")
            cls.made[engine] = film.folder
            atexit.register(film.end)
        return cls(engine)

    def use(self, engine):
        """Lets a program of the user's own make the takes; it waits for `self.gate` while that is closed."""
        tool = self.scratch / "config/reelwright"
        tool.mkdir(exist_ok=True)
        shutil.copy(Path(__file__).with_name(f"{engine}.py"), tool / f"{engine}.py")
        entry = {"type": "command", "command": ["python3", f"{engine}.py"], "reads": ["prompt", "negativePrompt", "parameters", "frame"], "seeding": "seed"}
        (tool / "config.json").write_text(json.dumps({"engines": {engine: entry}}))
        project = json.loads((self.folder / "project.json").read_text())
        project["engine"] = engine
        project["frame"] = {"width": 320, "height": 180}
        project.pop("engines", None)
        (self.folder / "project.json").write_text(json.dumps(project, indent=2) + "\n")

    @property
    def gate(self):
        """The painter goes on only while this file is not there."""
        return self.scratch / "config/reelwright/closed"

    def file(self, number):
        return self.folder / f"sequences/sequence_00{number}.json"

    def replace(self, number, old, new):
        """What an editor does: writes beside and renames."""
        path = self.file(number)
        text = path.read_text()
        assert old in text
        part = path.with_name(path.name + "~")
        part.write_text(text.replace(old, new))
        part.rename(path)

    def record(self, name, *arguments):
        """Makes a take of the first sequence with ffmpeg, as a person puts one there."""
        path = self.folder / "sequences/sequence_001" / name
        part = self.scratch / name
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments, part], check=True, timeout=60)
        part.rename(path)
        return path.name

    def reel(self, *words, check=True):
        done = subprocess.run([REEL, *words], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=120)
        if check and done.returncode not in (0, 2):
            raise AssertionError(f"reel {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.story}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.reel(*words, "--json"))

    def watch(self, idle=True):
        self.watcher = Watcher(self)
        if idle:
            self.settle()
        return self.watcher

    def settle(self):
        self.reel("sync", "--idle")

    @property
    def address(self):
        """With the token."""
        return self.reel("open", "--print").strip()

    @property
    def story(self):
        return "\n".join(json.dumps(event) for event in self.watcher.events[-60:]) if self.watcher else ""

    def end(self):
        if self.watcher:
            self.watcher.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)


class Watcher:
    """A running `reel watch --json`."""

    def __init__(self, film, *words):
        self.events = []
        self.process = subprocess.Popen(
            [REEL, "watch", "--json", *words], cwd=film.folder, env=film.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.next("loaded")

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def next(self, kind, fits=lambda event: True, since=0):
        def probe():
            for event in self.events[since:]:
                if event["type"] == kind and fits(event):
                    return event
            if self.process.poll() is not None:
                raise AssertionError(f"reel watch ended with {self.process.returncode}")
            return None

        return eventually(f"the event {kind}", probe)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=LIMIT)


def sidecars(film):
    """All sidecars by the path of their take."""
    found = {}
    for path in sorted((film.folder / "sequences").glob("*/*.json")):
        found[str(path.relative_to(film.folder))[:-5]] = json.loads(path.read_text())
    return found


def pictures(film):
    """The outputs of all takes; the sidecar of one that was removed stays."""
    return {str(path.relative_to(film.folder)) for path in (film.folder / "sequences").glob("*/*.png")}


def ratings(film):
    """What was rated: `{take's name or content: entry}` of all files in ratings/."""
    folder = film.folder / "ratings"
    return {path.name: path.read_text() for path in folder.glob("*.json")} if folder.is_dir() else {}


def differing(before, after):
    """The bytes that differ, as `(old, new)` without what both begin and end with."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


