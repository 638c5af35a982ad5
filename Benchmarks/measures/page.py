"""10. The live page: its server here, what a browser makes of it in browser.py, and the watcher with many browsers in crowd.py."""

import json

import clock
import table
from measures import browser, crowd
from measures.save import Saver
from peers import Listening
from place import REEL
from visitor import Visitor, drain, key, wait_for, wait_until_served


def measure(place):
    shots, runs, saves = place.pick(10_000, 300), place.pick(5, 2), place.pick(40, 5)
    folder = place.film(shots)
    figures = {name: [] for name in (
        "state, the first time", "state, unchanged (304)", "state, after a change", "card of a shot", "small picture, made", "small picture, kept",
        "save to event")}
    size = 0
    for run in range(runs):
        with Listening(place, REEL, "-C", folder, "watch", "--json") as watch:
            wait_until_served(watch)
            page = Visitor(place, folder)
            seconds, body, etag = page.get("/api/state")
            figures["state, the first time"].append(seconds)
            size = len(body)
            state = json.loads(body)
            for _ in range(10):
                figures["state, unchanged (304)"].append(page.get("/api/state", 304, **{"If-None-Match": etag})[0])
            for shot in state["shots"][:20]:
                figures["card of a shot"].append(page.get(f"/api/shots?key={shot[0]}")[0])
            for take in state["takes"][run * 20:run * 20 + 20]:
                picture = f"/thumb/{take[0]}?w=256&v={take[-1]}"
                figures["small picture, made"].append(page.get(picture)[0])
                figures["small picture, kept"].append(page.get(picture)[0])
            stream = page.follow(state["event"])
            drain(stream, 0.5)
            saver = Saver(folder, shots, by_rename=True)
            for _ in range(saves):
                start, _, address = saver.save()
                figures["save to event"].append(wait_for(stream, [b"event: change", key(address).encode()]) - start)
                watch.wait(lambda line: b'"type":"idle"' in line)
                drain(stream, 0.2)
                figures["state, after a change"].append(page.get("/api/state")[0])
            saver.put_back()
            watch.wait(lambda line: b'"type":"idle"' in line)
            stream.close()
    section = table.Section(
        f"10. The page's server, {shots:,} shots",
        f"A state of {size / 1000:.0f} kB, asked for over one connection; the first time the watcher has just started and nobody had looked. From the rename of a "
        "sequence file to the event that names its shot, as a client of the stream reads it. Wanted: a first view within a second and a change within "
        "100 ms, browser included.",
        ["", "median", "p95", "runs"])
    for name, seconds in figures.items():
        section.rows.append([name, table.time(clock.median(seconds)), table.time(clock.p95(seconds)), len(seconds)])
    return [section, browser.measure(place), crowd.measure(place)]
