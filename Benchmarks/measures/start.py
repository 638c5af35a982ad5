"""11. How long it takes to start and to say something small."""

import shutil

import clock
import table
from measures import tools
from place import REEL, SAMPLE


def measure(place):
    runs = place.pick(200, 10)
    folder = place.folder("sample")
    shutil.copytree(SAMPLE, folder)
    place.run(REEL, "-C", folder, "make")
    words = tools.repository(place, folder)
    place.run(*words, "add", "-A", cwd=folder)
    place.run(*words, "commit", "-q", "-m", "all", cwd=folder)
    clock.rest_of_two_seconds()
    place.run(REEL, "-C", folder, "status")
    answer = place.answer(REEL, "-C", folder, "status", "--json")
    if answer["shots"]["fresh"] != answer["shots"]["total"]:
        raise RuntimeError(f"the sample is not at rest: {answer['shots']}")
    versions = clock.in_turn(
        {
            "reel --version": lambda: place.run(REEL, "--version").seconds,
            "git --version": lambda: place.run("git", "--version").seconds,
        }, runs, warm=5)
    looks = clock.in_turn(
        {
            "reel status": lambda: place.run(REEL, "-C", folder, "status").seconds,
            "git status": lambda: place.run(*words, "status", cwd=folder).seconds,
        }, runs, warm=5)
    return [
        table.times(
            "11. Start", "From posix_spawn to the end of the process. Wanted: under 5 ms.", versions, "reel --version"),
        table.times(
            "11. Status of the sample film",
            f"{answer['shots']['total']} shots with their takes, nothing to do; git looks at the same folder. Wanted: under 15 ms.", looks,
            "reel status"),
    ]
