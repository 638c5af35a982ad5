"""Runs the measures and writes what they found; see Benchmarks/run."""

import argparse
import os
import sys
import time
import traceback

import machine
from measures import ALL
from place import ROOT, Place


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that everything works")
    parser.add_argument("measures", metavar="MEASURE", nargs="*", help=", ".join(ALL))
    choice = parser.parse_args()
    for name in choice.measures:
        if name not in ALL:
            parser.error(f"there is no measure {name}: {', '.join(ALL)}")
    names = [name for name in ALL if not choice.measures or name in choice.measures]
    is_whole = not choice.measures and not choice.quick
    place = Place(choice.quick)
    failed = []
    try:
        head = machine.description(place)
        print(head, flush=True)
        sections = {}
        for name in names:
            start = time.monotonic()
            try:
                sections[name] = ALL[name].measure(place)
            except Exception:
                failed.append(name)
                traceback.print_exc()
                continue
            for section in sections[name]:
                print(f"\n{section.text()}", flush=True)
            print(f"(measure {name} took {time.monotonic() - start:.0f} s)", file=sys.stderr, flush=True)
    finally:
        place.end()
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")
    if is_whole:
        write(head, sections)


def write(head, sections):
    # In the order of their numbers, not in that in which they ran.
    order = sorted(sections, key=lambda name: int(name) if name.isdigit() else 99)
    text = "\n".join(section.text() for name in order for section in sections[name])
    file = ROOT / "Benchmarks/RESULTS.md"
    file.with_suffix(".part").write_text(
        "# What reel costs\n\nWritten by `make bench`. [How it is measured](README.md). Times are those of one machine; what counts is how they "
        f"compare.\n\n{head}\n\n{text}")
    os.rename(file.with_suffix(".part"), file)
    print(f"written to {file.relative_to(ROOT)}")


main()
