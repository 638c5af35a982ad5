"""4. A default of the whole project changes: everything is to be made anew, and each job has a reason."""

import json

import clock
import film
import table
from measures import tools
from place import REEL


def sample(place, shots, runs):
    """Seconds of `reel plan --json` as a process of its own, after the frame went from 64 to 72 pixels."""
    folder = place.film(shots)
    before = (folder / "project.json").read_bytes()
    film.write_project(folder, side=72)
    clock.rest_of_two_seconds()

    def work():
        run = place.run(REEL, "-C", folder, "plan", "--json", out=True, expect=(2,))
        work.said = run.out
        return run.seconds

    figures = clock.in_turn({"reel": work}, runs)["reel"]
    jobs = json.loads(work.said)["jobs"]
    if len(jobs) != shots or any("64" not in job["reason"] or "72" not in job["reason"] for job in jobs):
        raise RuntimeError(f"{len(jobs)} jobs, {jobs[:1]}")
    (folder / "project.json").write_bytes(before)
    clock.rest_of_two_seconds()
    place.run(REEL, "-C", folder, "status")
    return figures


def measure(place):
    shots = place.pick(10_000, 300)
    figures = {f"reel plan --json, {shots:,} jobs": sample(place, shots, place.pick(11, 2))}
    copies, _ = tools.snakemake(place)

    def snakemake():
        run = tools.run_snakemake(place, copies, "-n", "--config", "frame=72")
        if run.out.count(b"reason: Params have changed") != len(copies.names):
            raise RuntimeError(f"snakemake gives no reason: {run.out[-500:]}")
        return run.seconds

    name = f"snakemake -n, {len(copies.names):,} jobs"
    figures |= clock.in_turn({name: snakemake}, place.pick(3, 1))
    return [
        table.times(
            f"4. A project's frame changes, {shots:,} jobs",
            "A process that starts, finds that every output is of other parameters, and lists each with its reason. Wanted: under 0.3 s.",
            figures, next(iter(figures)))
    ]
