"""Where everything is: the programs of this tree, and a scratch folder that keeps reel's memory apart from the user's."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import clock
import film

ROOT = Path(__file__).resolve().parent.parent
REEL = ROOT / ".build/release/reel"
BENCH = ROOT / ".build/bench/release/reel-bench"
SAMPLE = ROOT / "sample-project"


class Place:
    """One run's scratch folder, with an environment for all programs that are started."""

    def __init__(self, quick):
        self.quick = quick
        self.scratch = ROOT / ".build/bench/scratch"
        shutil.rmtree(self.scratch, ignore_errors=True)
        for name in ("state", "cache", "config/reelwright", "home"):
            (self.scratch / name).mkdir(parents=True)
        # What is made is to be made each time, not restored.
        (self.scratch / "config/reelwright/config.json").write_text('{ "cache": { "size": 0 } }\n')
        # Sockets have names of at most 108 bytes.
        self.sockets = Path(tempfile.mkdtemp(prefix="reel-bench-"))
        self.environment = {
            # Debian's programs first: they are what is compared with.
            "PATH": "/usr/bin:/bin:" + os.environ.get("PATH", ""),
            "HOME": str(self.scratch / "home"),
            "XDG_STATE_HOME": str(self.scratch / "state"),
            "XDG_CACHE_HOME": str(self.scratch / "cache"),
            "XDG_CONFIG_HOME": str(self.scratch / "config"),
            "XDG_RUNTIME_DIR": str(self.sockets),
            "REEL_IMAGING": str(ROOT / ".build/release/reel-imaging"),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Bench",
            "GIT_AUTHOR_EMAIL": "bench@example.org",
            "GIT_COMMITTER_NAME": "Bench",
            "GIT_COMMITTER_EMAIL": "bench@example.org",
        }
        # posix_spawnp looks along our own PATH.
        os.environ["PATH"] = self.environment["PATH"]
        self._films = {}

    def pick(self, full, quick):
        """A number for a whole run, or for one that only shows that everything works."""
        return quick if self.quick else full

    def folder(self, name):
        """A name in the scratch folder that is free."""
        path = self.scratch / name
        shutil.rmtree(path, ignore_errors=True)
        return path

    def run(self, *words, cwd=None, out=False, expect=(0,)):
        return clock.run(words, cwd=cwd, env=self.environment, out=out, expect=expect)

    def answer(self, *words, cwd=None, expect=(0,)):
        """What a program answers with `--json`, as a value."""
        return json.loads(self.run(*words, cwd=cwd, out=True, expect=expect).out)

    def start(self, *words, cwd=None, out=subprocess.DEVNULL, **more):
        """A program that goes on running, without what it complains of."""
        return subprocess.Popen(
            [str(word) for word in words], cwd=cwd, env=self.environment, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.DEVNULL, **more)

    # Films that several measures look at.

    def fill(self, folder):
        """Makes all takes of a project, without drawing; gives the seconds."""
        return self.answer(BENCH, "make", folder)["seconds"]

    def film(self, shots):
        """A project of so many shots with all its takes, known to reel. Who changes it puts it back."""
        if shots not in self._films:
            folder = film.write(self.folder(f"film-{shots}"), shots)
            self.fill(folder)
            self.keep(shots, folder)
        return self._films[shots]

    def keep(self, shots, folder):
        """Hands over a project whose takes are there for `film`."""
        clock.rest_of_two_seconds()
        self.run(REEL, "-C", folder, "status")
        self._films[shots] = folder

    def drop(self, shots):
        """A film that nobody looks at any more goes, if it is there."""
        folder = self._films.pop(shots, None)
        if folder:
            shutil.rmtree(folder)

    def forget(self, folder):
        """Deletes what reel remembers of a project's files; not the journal, which is no memory of files."""
        for state in self.states(folder):
            for file in list(state.glob("index.sqlite*")) + list(state.glob("rest")):
                file.unlink()

    def states(self, folder):
        """The state folder of a project: its name begins with the project's."""
        found = list((self.scratch / "state/reelwright").glob(f"{folder.name}-*"))
        # film-100 is no prefix of film-1000 with the dash behind it.
        return [path for path in found if len(path.name) == len(folder.name) + 17]

    def end(self):
        shutil.rmtree(self.scratch, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)
