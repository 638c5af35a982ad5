"""13. Hashing of reference pictures that nobody has seen yet."""

import json

import clock
import film
import table
from place import REEL


def written(place, count, size):
    """A project with a shot for each of so many pictures of that size."""
    folder = place.folder("references")
    film.write(folder, count)
    (folder / "inbox").mkdir()
    value = film.sequence(0, count)
    for number, shot in enumerate(value["shots"]):
        shot["references"] = [f"inbox/reference_{number:03}.png"]
        (folder / shot["references"][0]).write_bytes(film.noise_picture(size, number))
    film.sequence_file(folder, 0).write_text(json.dumps(value, indent=2) + "\n")
    return folder


def measure(place):
    count, size = place.pick((64, 16_000_000), (8, 1_000_000))
    runs = place.pick(3, 1)
    folder = written(place, count, size)
    total = sum(file.stat().st_size for file in (folder / "inbox").iterdir())
    place.run("sync")
    clock.rest_of_two_seconds()

    cpu, read = {}, {}

    def look():
        return place.run(REEL, "-C", folder, "status")

    def first(name, work):
        def timed():
            run = work()
            cpu.setdefault(name, []).append(run.cpu / run.seconds)
            read[name] = run.read
            return run.seconds

        return timed

    def reel():
        place.forget(folder)
        return look()

    def over(words):
        return lambda: place.run("sh", "-c", f"cd '{folder}/inbox' && {words}")

    works = {
        "reel status, nothing remembered": reel,
        "sha256sum": over("sha256sum *"),
        "xargs -P2 sha256sum": over("ls | xargs -P2 -n 4 sha256sum"),
        "b3sum": over("b3sum *"),
    }
    figures = clock.in_turn({name: first(name, work) for name, work in works.items()}, runs)
    again = [look() for _ in range(3)]
    if read["reel status, nothing remembered"] < total:
        raise RuntimeError(f"reel read {read} of {total} bytes that it was to hash")
    if again[-1].read >= size:
        raise RuntimeError(f"reel read {again[-1].read} bytes of what it knows")
    ours = clock.median(figures["reel status, nothing remembered"])
    section = table.Section(
        f"13. Hashing, {count} references of {total / count / 1e6:.0f} MB",
        "Whole PNGs, each the reference of a shot, in the kernel's memory before. Reel and sha256sum make SHA-256, which this processor "
        f"{'has' if _has_sha() else 'has no'} instructions for; b3sum makes BLAKE3 and reads by mapping. Wanted: all cores busy, and "
        "unchanged files never read again.",
        ["", "median", "GB/s", "cores busy", "times reel", "bytes read"])
    for name, seconds in figures.items():
        middle = clock.median(seconds)
        section.rows.append(
            [name, table.time(middle), f"{total / middle / 1e9:.2f}", f"{clock.median(cpu[name]):.2f}", table.ratio(middle, ours),
             "mapped" if name == "b3sum" else table.megabytes(read[name])])
    section.rows.append(
        ["reel status, once more", table.time(clock.median([run.seconds for run in again])), "", "", "", table.megabytes(again[-1].read)])
    return [section]


def _has_sha():
    with open("/proc/cpuinfo") as file:
        return "sha_ni" in file.read()
