"""3. The index from nothing: all takes are met for the first time."""

import clock
import table
from measures import tools
from place import REEL


def measure(place):
    shots, runs = place.pick(10_000, 300), place.pick(7, 2)
    folder = place.film(shots)

    def reel():
        place.forget(folder)
        return place.run(REEL, "-C", folder, "status").seconds

    def git():
        words = tools.repository(place, folder)
        return place.run(*words, "add", "-A", cwd=folder).seconds

    figures = clock.in_turn({"reel status, nothing remembered": reel, "git add, fresh repository": git}, runs)
    place.run(REEL, "-C", folder, "status")
    return [
        table.times(
            f"3. Index from nothing, {shots:,} takes",
            "Both read all sequence files and sidecars of the same folder. git also reads the takes and writes objects of what it read; reel "
            "tells a take by its sidecar and its size until somebody asks for more. Wanted: faster than git add.",
            figures, "reel status, nothing remembered")
    ]
