"""7. A watcher at rest: memory, processor, and how soon it is ready."""

import time
from pathlib import Path

import clock
import table
from peers import Listening, Watchman
from place import REEL


def memory(pid):
    """Resident bytes, and the part of them that is this process's own share."""
    values = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        values[name] = int(value.split()[0]) * 1024
    return values["Rss"], values["Pss"]


def work(pid):
    """Of each thread so far: seconds of processor time, to the nanosecond, and how often it was woken up to do something."""
    threads = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            seconds = int((task / "schedstat").read_text().split()[0]) / 1e9
            lines = (task / "status").read_text().splitlines()
        except FileNotFoundError:
            continue  # It ended meanwhile.
        switches = sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
        threads[task.name] = (seconds, switches)
    return threads


def idle(pid, seconds):
    """Share of a core and wakeups a second, over so many seconds. A thread that ends takes what it did along, and is left out."""
    before, start = work(pid), time.perf_counter()
    time.sleep(seconds)
    after, passed = work(pid), time.perf_counter() - start
    done = [(now[0] - before.get(name, (0, 0))[0], now[1] - before.get(name, (0, 0))[1]) for name, now in after.items()]
    return sum(one[0] for one in done) / passed, sum(one[1] for one in done) / passed


def reel(place, folder, seconds):
    """Ready after, resident, own share, share of a core, wakeups a second."""
    with Listening(place, REEL, "-C", folder, "watch", "--json") as watch:
        ready, _ = watch.wait(lambda line: b'"type":"loaded"' in line)
        watch.wait(lambda line: b'"type":"idle"' in line)
        time.sleep(min(3, seconds))
        return ready - watch.started, *memory(watch.pid), *(idle(watch.pid, seconds) if seconds else (0, 0))


def watchman(place, folder, seconds):
    with Watchman(place) as peer:
        start = time.perf_counter()
        peer.ask("watch", str(folder))
        answer = peer.ask("query", str(folder), {"expression": ["type", "f"], "fields": ["name"]})
        ready = time.perf_counter() - start
        if not answer["files"]:
            raise RuntimeError("watchman sees no files")
        time.sleep(min(3, seconds))
        return ready, *memory(peer.pid), *(idle(peer.pid, seconds) if seconds else (0, 0))


def row(name, runs):
    """Medians of several runs; those that did not look at idling count for the rest only."""
    ready, resident, share, load, wakeups = zip(*runs)
    return [
        name, table.time(clock.median(ready)), table.megabytes(clock.median(resident)), table.megabytes(clock.median(share)),
        f"{load[-1] * 100:.3f} %", f"{wakeups[-1]:.1f}"]


COLUMNS = ["", "ready after", "RSS", "PSS", "processor", "wakeups a second"]


def measure(place):
    shots, runs, seconds = place.pick(10_000, 300), place.pick(5, 2), place.pick(10, 1)
    folder = place.film(shots)
    found = {"reel watch": [], "watchman": []}
    for number in range(runs):
        # Idling is looked at once.
        rest = seconds if number == runs - 1 else 0.1
        found["reel watch"].append(reel(place, folder, rest))
        found["watchman"].append(watchman(place, folder, rest))
    return [
        table.Section(
            f"7. At rest, {shots:,} shots",
            "Ready: from the start of the process to `loaded`, the film being known from last time; for watchman from its `watch` to the answer "
            f"to its first query, the program running already. Processor and wakeups over {seconds} s in which nothing happens. Wanted: under "
            "60 MB, ready before watchman.",
            COLUMNS, [row(name, figures) for name, figures in found.items()])
    ]
