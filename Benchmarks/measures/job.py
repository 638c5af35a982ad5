"""5. What a job costs beside the work itself."""

import clock
import film
import table
from copies import Copies
from measures import tools


def measure(place):
    shots = place.pick(10_000, 300)
    last = {}

    def reel():
        place.drop(shots)
        last["film"] = film.write(place.folder(f"film-{shots}"), shots)
        place.run("sync")
        return place.fill(last["film"]) / shots

    def ninja():
        copies = last["copies"] = Copies(place.folder(f"copies-{shots}"), shots).for_ninja().for_make()
        place.run("sync")
        made = place.run("ninja", "-C", copies.folder).seconds
        synced = place.run("sync").seconds
        if not copies.built():
            raise RuntimeError("ninja left copies out")
        return (made + synced) / shots

    figures = clock.in_turn({"reel, take and sidecar": reel, "ninja running cp, then sync": ninja}, place.pick(3, 2), warm=0)
    place.keep(shots, last["film"])
    tools.keep(place, last["copies"])
    for name, (copies, each) in {"snakemake": tools.snakemake(place), "dvc repro": tools.dvc(place)}.items():
        figures[f"{name} running cp, {len(copies.names):,} files"] = [each]
    return [
        table.times(
            f"5. Cost of a job, {shots:,} jobs",
            "An engine that gives a small picture at once; the program with all of reel's loop in it writes each take with its sidecar, durably. "
            "The time is that of the whole run by the number of jobs. Wanted: within 1.5 times of ninja.",
            figures, "reel, take and sidecar")
    ]
