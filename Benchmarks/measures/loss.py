"""12. Files of which a watcher never tells."""

import os
import signal
import time

import film
import table
from peers import Listening, WATCHDOG, WATCHFILES, Watchman, end, script
from place import REEL


class Reel:
    """What the watcher knows of the pictures in `inbox/` once it says that it has seen all: its count is compared, not its lines."""

    def __init__(self, place, folder):
        self.place, self.folder = place, folder
        film.write(folder, 1)

    def __enter__(self):
        self.listening = Listening(self.place, REEL, "-C", self.folder, "watch", "--json")
        self.listening.wait(lambda line: b'"type":"idle"' in line)
        self.pid = self.listening.pid
        return self

    def __exit__(self, *_):
        self.listening.__exit__()

    def known(self, paths):
        self.place.run(REEL, "-C", self.folder, "sync", "--idle")
        live = self.place.answer(REEL, "-C", self.folder, "status", "--json")["inbox"]["images"]
        cold = self.place.answer(REEL, "-C", self.folder, "status", "--cold", "--json")["inbox"]["images"]
        if cold != len(paths):
            raise RuntimeError(f"reel counts {cold} pictures of {len(paths)} when it looks itself")
        return live


class Printer:
    """What a program prints: each path that it names at least once counts as told."""

    def __init__(self, place, folder, *words, ready=None):
        self.place, self.words, self.ready = place, words, ready
        self.output = place.scratch / "told"

    def __enter__(self):
        # A file, so that nobody waits for us to read.
        with open(self.output, "wb") as out:
            self.process = self.place.start(*self.words, out=out)
        self.pid = self.process.pid
        if self.ready:
            while self.ready not in self.output.read_bytes():
                time.sleep(0.05)
        # Watches of what is there by now.
        time.sleep(1)
        return self

    def __exit__(self, *_):
        end(self.process)

    def known(self, paths):
        """Once nothing more was told for three seconds."""
        size = -1
        while self.output.stat().st_size != size:
            size = self.output.stat().st_size
            time.sleep(3)
        told = set(self.output.read_text(errors="replace").splitlines())
        return sum(path in told for path in paths)


class ByWatchman:
    def __init__(self, place, folder):
        self.place, self.folder = place, folder

    def __enter__(self):
        self.watchman = Watchman(self.place)
        self.pid = self.watchman.pid
        self.watchman.ask("watch", str(self.folder))
        self.clock = self.watchman.ask("clock", str(self.folder), {"sync_timeout": 60_000})["clock"]
        return self

    def __exit__(self, *_):
        self.watchman.__exit__()

    def known(self, paths):
        query = {"since": self.clock, "expression": ["allof", ["type", "f"], "exists"], "fields": ["name"], "sync_timeout": 60_000}
        told = set(self.watchman.ask("query", str(self.folder), query)["files"])
        return sum(path.removeprefix(f"{self.folder}/") in told for path in paths)


WATCHERS = {
    "reel watch": Reel,
    "watchman": ByWatchman,
    "inotifywait -mr": lambda place, folder: Printer(
        place, folder, "inotifywait", "-mrq", "-e", "create,close_write,moved_to", "--format", "%w%f", folder),
    "watchfiles": lambda place, folder: Printer(place, folder, *script(WATCHFILES, folder), ready=b"ready"),
    "watchdog": lambda place, folder: Printer(place, folder, *script(WATCHDOG, folder), ready=b"ready"),
}


def burst(place, watcher, inbox):
    return _write(inbox / "burst", place.pick(30_000, 500))


def nested(place, watcher, inbox):
    paths = []
    for number in range(place.pick(200, 20)):
        folder = inbox / f"nest{number}" / "a" / "b"
        os.makedirs(folder)
        paths += _write(folder, 1)
        # A moment for what looks at each by itself: this is not a burst.
        time.sleep(0.005)
    return paths


def stopped(place, watcher, inbox):
    # More events than the kernel keeps: 16,384 unless somebody said otherwise.
    os.kill(watcher.pid, signal.SIGSTOP)
    try:
        return _write(inbox / "stopped", place.pick(20_000, 8_000))
    finally:
        os.kill(watcher.pid, signal.SIGCONT)


def _write(folder, count):
    """So many pictures, one after the other; gives their paths."""
    folder.mkdir(exist_ok=True)
    content = film.small_picture()
    paths = [f"{folder}/picture_{number:05}.png" for number in range(count)]
    for path in paths:
        with open(path, "wb", buffering=0) as file:
            file.write(content)
    return paths


SCENES = {"burst": burst, "nested": nested, "stopped": stopped}


def lost(place, make, scene):
    folder = place.folder("loss")
    (folder / "inbox").mkdir(parents=True)
    # They are there before, so that a tool that looks at folders as they come is not tried twice.
    for name in ("burst", "stopped"):
        (folder / "inbox" / name).mkdir()
    with make(place, folder) as watcher:
        paths = scene(place, watcher, folder / "inbox")
        return len(paths) - watcher.known(paths), len(paths)


def measure(place):
    found = {name: [lost(place, make, scene) for scene in SCENES.values()] for name, make in WATCHERS.items()}
    counts = [count for _, count in next(iter(found.values()))]
    return [
        table.Section(
            "12. Files lost",
            "Files made of which the watcher did not tell, once nothing more came; for reel and watchman, which answer questions: of which "
            f"they did not know. Burst: {counts[0]:,} files into one folder, as fast as they can be written. Nested: {counts[1]:,} times three "
            f"folders in each other and a file in the innermost, at once. Stopped: {counts[2]:,} files while the watcher is stopped by SIGSTOP; the "
            f"kernel's queue holds {_queue():,} events. Wanted: 0.",
            ["", "burst", "nested", "stopped"],
            [[name, *(f"{missed:,}" for missed, _ in figures)] for name, figures in found.items()])
    ]


def _queue():
    with open("/proc/sys/fs/inotify/max_queued_events") as file:
        return int(file.read())
