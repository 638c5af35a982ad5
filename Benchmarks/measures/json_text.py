"""8. JSON: reading with places and verbatim numbers, and the canonical text."""

import json
import sys

import clock
import film
import table
from place import BENCH

PEER = """
import json, sys, time
import orjson

text = open(sys.argv[1], "rb").read()

def rate(work, size):
    start, runs = time.perf_counter(), 0
    while runs == 0 or time.perf_counter() - start < 1:
        work()
        runs += 1
    return size * runs / (time.perf_counter() - start) / 1e6

# As canonical as they can be asked to be: keys in order, no space.
plain = lambda: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
quick = lambda: orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
value = json.loads(text)
print(json.dumps({
    "json": [rate(lambda: json.loads(text), len(text)), rate(plain, len(plain().encode()))],
    "orjson": [rate(lambda: orjson.loads(text), len(text)), rate(quick, len(quick()))],
}))
"""


def measure(place):
    shots, runs = place.pick(40_000, 300), place.pick(3, 1)
    folder = place.folder("json")
    folder.mkdir()
    file = folder / "sequence.json"
    file.write_text(json.dumps(film.sequence(0, shots), indent=2) + "\n")
    names = ["reel, document", "reel, document and its value", "Python json", "orjson"]
    read, written = {name: [] for name in names}, {name: [] for name in names}
    for _ in range(runs):
        ours = place.answer(BENCH, "json", file)
        theirs = place.answer(sys.executable, "-c", PEER, file)
        read[names[0]].append(ours["read"])
        read[names[1]].append(ours["values"])
        written[names[1]].append(ours["print"])
        for name, key in ((names[2], "json"), (names[3], "orjson")):
            read[name].append(theirs[key][0])
            written[name].append(theirs[key][1])
    section = table.Section(
        f"8. JSON, a sequence file of {shots:,} shots, {table.megabytes(file.stat().st_size)}",
        "Megabytes of text a second, in one thread. A document of reel's knows the place of each value and keeps numbers as they are written, and "
        "checks keys that stand twice; its value is what the others make. Canonical: sorted keys, no space. Wanted: over 200 MB/s.",
        ["", "read, MB/s", "canonical text, MB/s"])
    for name in names:
        section.rows.append(
            [name, *(f"{clock.median(figures[name]):.0f}" if figures[name] else "" for figures in (read, written))])
    return [section]
