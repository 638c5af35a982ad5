"""What was measured on, and with what."""

import datetime
import os
import re
import subprocess
import sys
from importlib.metadata import version

from place import REEL, ROOT


def description(place):
    """The head of the results: machine, programs, date."""
    return "\n".join(
        [
            f"- machine: {_cores()} of {_model()}, {_memory()} of memory, Linux {os.uname().release.partition('-')[0]}, {_file_system(place.scratch)}",
            f"- load before the first measure: {os.getloadavg()[0]:.2f}",
            f"- {_reel(place)}, {_commit(place)}; {_swift(place)}",
            f"- compared with: {', '.join(_peers(place))}",
            f"- date: {datetime.date.today().isoformat()}",
        ])


def _cores():
    count = len(os.sched_getaffinity(0))
    return {1: "one core", 2: "two cores", 4: "four cores"}.get(count, f"{count} cores")


def _field(path, name):
    with open(path) as file:
        for line in file:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return "unknown"


def _model():
    return _field("/proc/cpuinfo", "model name")


def _memory():
    kilobytes = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return f"{kilobytes / 2**20:.0f} GiB"


def _file_system(path):
    # stat(1) knows ext4 by the name of ext2 only.
    said = subprocess.run(["df", "--output=fstype", path], capture_output=True, text=True).stdout
    return said.split()[-1] if said else "unknown file system"


def _reel(place):
    return place.run(REEL, "--version", out=True).out.decode().strip()


def _commit(place):
    commit = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty", "--exclude=*"], capture_output=True, text=True)
    return f"commit {commit.stdout.strip() or 'unknown'}"


def _swift(place):
    said = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"Swift version (\S+)", said)
    return f"Swift {found.group(1) if found else 'unknown'}"


#: Debian's programs that are called: the words that make each say its version.
PROGRAMS = {
    "inotifywait": ["--help"], "watchman": ["--version"], "entr": [], "ninja": ["--version"], "make": ["--version"],
    "git": ["--version"], "find": ["--version"], "convert": ["-version"], "vipsthumbnail": ["--version"], "sha256sum": ["--version"],
    "b3sum": ["--version"],
}
PACKAGES = ["watchfiles", "watchdog", "snakemake", "dvc", "orjson"]


def _peers(place):
    found = []
    for name, words in PROGRAMS.items():
        said = subprocess.run([name, *words], capture_output=True, text=True, env=place.environment, stdin=subprocess.DEVNULL)
        number = re.search(r"\d+(\.\d+)+(-\d+)?", said.stdout + said.stderr)
        found.append(f"{'ImageMagick' if name == 'convert' else name} {number.group() if number else 'unknown'}")
    found += [f"{name} {version(name)}" for name in PACKAGES]
    return found + [f"Python {sys.version.split()[0]}"]
