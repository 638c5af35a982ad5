"""1. From the save of a sequence file to the job that follows."""

import itertools
import json
import os
import random
import time

import clock
import film
import table
from peers import Listening, WATCHFILES, Watchman, script
from place import REEL


#: No prompt is written twice: what was made once is not made again.
WORDS = itertools.count(1)


class Saver:
    """Changes one shot of a sequence file at a time, by a rename over the file or in place, and puts all back in the end."""

    def __init__(self, folder, shots, by_rename):
        self.folder = folder
        self.shots = shots
        self.by_rename = by_rename
        self.random = random.Random(7)
        self.before = {}
        self.values = {}

    def save(self):
        """Gives the moment at which the file began to change, the path in the project, and the shot's address."""
        number = self.random.randrange((self.shots + film.SHOTS_A_SEQUENCE - 1) // film.SHOTS_A_SEQUENCE)
        file = film.sequence_file(self.folder, number)
        if file not in self.before:
            self.before[file] = file.read_bytes()
            self.values[file] = json.loads(self.before[file])
        value = self.values[file]
        shot = self.random.choice(value["shots"])
        shot["prompt"] = f"a small harbour by night, words {next(WORDS)}"
        text = (json.dumps(value, indent=2) + "\n").encode()
        path, address = f"sequences/{file.name}", f"{file.stem}/{shot['id']}"
        if not self.by_rename:
            start = time.perf_counter()
            with open(file, "wb", buffering=0) as opened:
                opened.write(text)
            return start, path, address
        aside = file.with_name(file.name + ".tmp")
        aside.write_bytes(text)
        start = time.perf_counter()
        os.rename(aside, file)
        return start, path, address

    def put_back(self):
        for file, content in self.before.items():
            file.write_bytes(content)


def reel(place, lines, saver):
    """From a save to the line that says that its job was started. Waits until that job is over."""

    def work():
        start, _, address = saver.save()
        wanted = f'"shot":"{address}"'.encode()
        end, _ = lines.wait(lambda line: b'"type":"started"' in line and wanted in line)
        lines.wait(lambda line: b'"type":"idle"' in line)
        pause()
        return end - start

    return work


def peer(lines, saver, fits):
    """From a save to the line that names the file."""

    def work():
        lines.drain(0)
        start, path, _ = saver.save()
        end, _ = lines.wait(lambda line: fits(line.decode(), path))
        pause(lines)
        return end - start

    return work


def pause(lines=None):
    """Saves do not come in step with anybody's clock, and what a peer says late is not taken for the next."""
    seconds = random.uniform(0.15, 0.3)
    if lines:
        lines.drain(seconds)
    else:
        time.sleep(seconds)


def sample(place, shots, runs, by_rename):
    """Reel alone: seconds from save to job."""
    folder = place.film(shots)
    saver = Saver(folder, shots, by_rename)
    with Listening(place, REEL, "-C", folder, "watch", "--json") as watch:
        watch.wait(lambda line: b'"type":"idle"' in line)
        figures = clock.in_turn({"reel": reel(place, watch.lines, saver)}, runs, warm=2)["reel"]
        saver.put_back()
        watch.wait(lambda line: b'"type":"idle"' in line)
    return figures


def against_peers(place, shots, runs, by_rename):
    folder = place.film(shots)
    # Each watcher has a film of its own, so that all run at once and nobody works at the save of another.
    films = {name: film.write(place.folder(f"saved-{name}"), shots) for name in ("inotifywait", "watchman", "entr", "watchfiles")}
    saver = {name: Saver(folder, shots, by_rename) for name, folder in films.items()}
    ours = Saver(folder, shots, by_rename)
    listed, write = os.pipe()
    os.write(write, "".join(f"{path}\n" for path in sorted((films["entr"] / "sequences").glob("*.json"))).encode())
    os.close(write)
    with (
        Listening(place, REEL, "-C", folder, "watch", "--json") as watch,
        Listening(place, "inotifywait", "-mrq", "-e", "close_write", "-e", "moved_to", "--format", "%w%f", films["inotifywait"]) as notifier,
        Listening(place, "entr", "-n", "-p", "echo", "changed", stdin=listed) as entr,
        Listening(place, *script(WATCHFILES, films["watchfiles"])) as watchfiles,
        Watchman(place) as watchman,
    ):
        os.close(listed)
        watchman.ask("watch", str(films["watchman"]))
        watchman.ask("subscribe", str(films["watchman"]), "saves", {"expression": ["suffix", "json"], "fields": ["name"]})
        watchfiles.wait(lambda line: line == b"ready")
        watch.wait(lambda line: b'"type":"idle"' in line)
        watchman.lines.drain(1)
        named = lambda line, path: line.endswith(path)
        figures = clock.in_turn(
            {
                "reel, `started` of the right shot": reel(place, watch.lines, ours),
                "inotifywait -m, line": peer(notifier.lines, saver["inotifywait"], named),
                "watchman, subscription": peer(
                    watchman.lines, saver["watchman"], lambda line, path: path in json.loads(line).get("files", [])),
                "entr, line of its command": peer(entr.lines, saver["entr"], lambda line, path: line == "changed"),
                "watchfiles, as it comes": peer(watchfiles.lines, saver["watchfiles"], named),
            }, runs, warm=2)
        ours.put_back()
        watch.wait(lambda line: b'"type":"idle"' in line)
    for path in films.values():
        place.folder(path.name)
    return figures


def measure(place):
    shots, runs = place.pick(10_000, 300), place.pick(40, 5)
    sections = []
    for by_rename in (True, False):
        way = "renamed over it" if by_rename else "written in place"
        sections.append(
            table.times(
                f"1. Save to job, {shots:,} shots, {way}",
                "From the start of the save to the line that tells of it. Reel has read the file and decided by then, watchman and "
                "watchfiles have waited for more, inotifywait has done neither. Wanted: median under 5 ms, p95 under 10 ms.",
                against_peers(place, shots, runs, by_rename), "reel, `started` of the right shot"))
    return sections
