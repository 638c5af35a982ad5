"""2. Nothing to do: what it costs to find that out."""

import clock
import table
from place import REEL
from measures import tools


def reel(place, folder):
    def work():
        return place.run(REEL, "-C", folder, "status").seconds

    return work


def reel_without_rest(place, folder):
    """As if the film had been anything but at rest the last time: with its index, without the answers of last time."""

    def work():
        for state in place.states(folder):
            (state / "rest").unlink(missing_ok=True)
        return reel(place, folder)()

    return work


def git(place, folder):
    """`git status` of the same folder, its repository being elsewhere, so that reel has none to look at."""
    words = tools.repository(place, folder)
    place.run(*words, "add", "-A", cwd=folder)
    place.run(*words, "commit", "-q", "-m", "all", cwd=folder)

    def work():
        return place.run(*words, "status", "--porcelain", cwd=folder, out=True).seconds

    return work


def measure(place):
    shots, runs = place.pick(10_000, 300), place.pick(15, 3)
    folder = place.film(shots)
    copies = tools.built(place, shots)
    # git first, as it looks at all files and reel is to know them afterwards.
    look = git(place, folder)
    clock.rest_of_two_seconds()
    answer = place.answer(REEL, "-C", folder, "status", "--json")
    if answer["shots"]["fresh"] != shots:
        raise RuntimeError(f"the film is not at rest: {answer['shots']}")
    say = place.run("ninja", "-C", copies.folder, out=True).out
    if b"no work to do" not in say:
        raise RuntimeError(f"ninja has work to do: {say[-200:]}")
    figures = clock.in_turn(
        {
            "reel status": reel(place, folder),
            "reel status, without the answers of last time": reel_without_rest(place, folder),
            "ninja": lambda: place.run("ninja", "-C", copies.folder).seconds,
            "make": lambda: place.run("make", "-s", "-C", copies.folder).seconds,
            "find, stat of each file": lambda: place.run("find", folder, "-printf", "%s %T@\n").seconds,
            "git status": look,
        }, runs)
    few = tools.snakemake(place)[0], tools.dvc(place)[0]
    snakes, stages = (len(copies.names) for copies in few)
    slow = clock.in_turn(
        {
            f"snakemake -n, {snakes:,} files": lambda: tools.run_snakemake(place, few[0], "-n").seconds,
            f"dvc status, {stages:,} stages": lambda: tools.run_dvc(place, few[1], "status").seconds,
        }, place.pick(3, 1), warm=1)
    return [
        table.times(
            f"2. Nothing to do, {shots:,} shots",
            f"A process that starts, finds nothing to do and ends. Reel, find and git look at the same {shots:,} takes with their sidecars; "
            f"ninja and make at {shots:,} copies of {shots:,} files. Snakemake and dvc have fewer, as is said. Wanted: faster than ninja.",
            figures | slow, "reel status")
    ]
