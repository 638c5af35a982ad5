"""The same work in the hands of build tools, set up once for all measures."""

import sys

from copies import Copies


def built(place, count):
    """Copies that ninja has made; make knows them, too. Measure 5 hands over those that it has timed."""
    found = _kept(place).get(("ninja", count))
    if not found:
        found = Copies(place.folder(f"copies-{count}"), count).for_ninja().for_make()
        place.run("ninja", "-C", found.folder)
        keep(place, found)
    return found


def keep(place, copies):
    _kept(place)["ninja", len(copies.names)] = copies


def _kept(place):
    if not hasattr(place, "tools"):
        place.tools = {}
    return place.tools


def repository(place, folder):
    """The words that call git on a folder whose fresh repository lies elsewhere."""
    name = f"{folder.name}.git"
    place.run("git", "init", "-q", "--bare", place.folder(name))
    place.run("git", f"--git-dir={place.scratch / name}", "config", "core.bare", "false")
    return ["git", f"--git-dir={place.scratch / name}", f"--work-tree={folder}"]


def snakemake(place):
    """Copies that snakemake has made, and the seconds that it took for each."""
    kept = _kept(place)
    if "snakemake" not in kept:
        copies = Copies(place.folder("snakemake"), place.pick(1000, 20)).for_snakemake()
        seconds = run_snakemake(place, copies, "--quiet", "all").seconds
        if not copies.built():
            raise RuntimeError("snakemake left copies out")
        said = run_snakemake(place, copies, "-n").out
        if b"Nothing to be done" not in said:
            raise RuntimeError(f"snakemake has work to do: {said[-500:]}")
        kept["snakemake"] = copies, seconds / len(copies.names)
    return kept["snakemake"]


def run_snakemake(place, copies, *words):
    # Its log goes to standard error; what a dry run has to say there is what is to be looked at.
    line = f'exec "{sys.executable}" -m snakemake --cores 2 {" ".join(words)} 2>&1'
    return place.run("sh", "-c", line, cwd=copies.folder, out=True)


def dvc(place):
    """Stages that dvc has made, and the seconds that it took for each, start of the program and all."""
    kept = _kept(place)
    if "dvc" not in kept:
        copies = Copies(place.folder("dvc"), place.pick(20, 3)).for_dvc()
        run_dvc(place, copies, "init", "--no-scm", "-q")
        run_dvc(place, copies, "config", "core.analytics", "false")
        run_dvc(place, copies, "config", "core.check_update", "false")
        seconds = run_dvc(place, copies, "repro", "-q").seconds
        if not copies.built():
            raise RuntimeError("dvc repro left copies out")
        said = run_dvc(place, copies, "status").out
        if b"up to date" not in said:
            raise RuntimeError(f"dvc has work to do: {said[-500:]}")
        kept["dvc"] = copies, seconds / len(copies.names)
    return kept["dvc"]


def run_dvc(place, copies, *words):
    return place.run(sys.executable, "-m", "dvc", *words, cwd=copies.folder, out=True)
