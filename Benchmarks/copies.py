"""The work of a film as build tools know it: so many files, each made of another by `cp`."""

from pathlib import Path


class Copies:
    """A folder with `in/` and, once built, `out/`: twice as many files as the film has shots, as takes have sidecars."""

    def __init__(self, folder: Path, count, size=4300):
        self.folder = folder
        self.names = [f"{number:06}" for number in range(1, count + 1)]
        (folder / "in").mkdir(parents=True)
        for name in self.names:
            (folder / "in" / name).write_bytes(name.encode().ljust(size, b"."))

    def for_ninja(self):
        builds = "".join(f"build out/{name}: copy in/{name}\n" for name in self.names)
        (self.folder / "build.ninja").write_text(f"rule copy\n  command = cp $in $out\n{builds}")
        return self

    def for_make(self):
        (self.folder / "out").mkdir(exist_ok=True)
        rules = "".join(f"out/{name}: in/{name}\n\tcp in/{name} out/{name}\n" for name in self.names)
        everything = " ".join(f"out/{name}" for name in self.names)
        (self.folder / "Makefile").write_text(f".PHONY: all\nall: {everything}\n{rules}")
        return self

    def for_snakemake(self):
        """What is made depends on a parameter that stands in the configuration, as takes on the frame of the project."""
        (self.folder / "Snakefile").write_text(
            f"""NAMES = [f"{{number:06}}" for number in range(1, {len(self.names)} + 1)]
rule all:
    input: expand("out/{{name}}", name=NAMES)
rule copy:
    input: "in/{{name}}"
    output: "out/{{name}}"
    params: frame=config.get("frame", 64)
    shell: "cp {{input}} {{output}}"
""")
        return self

    def for_dvc(self):
        stages = "".join(
            f"  copy{name}:\n    cmd: cp in/{name} out/{name}\n    deps: [in/{name}]\n    outs: [out/{name}]\n"
            for name in self.names)
        (self.folder / "dvc.yaml").write_text(f"stages:\n{stages}")
        (self.folder / "out").mkdir(exist_ok=True)
        return self

    def built(self):
        """Whether each copy is there and as long as what it was made of."""
        for name in self.names:
            made, source = self.folder / "out" / name, self.folder / "in" / name
            if not made.exists() or made.stat().st_size != source.stat().st_size:
                return False
        return True
