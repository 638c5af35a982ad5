"""Running programs and timing them."""

import math
import os
import statistics
import time
from dataclasses import dataclass


@dataclass
class Run:
    """How one run of a program went."""

    seconds: float
    #: User and system time of all its threads and of the children it waited for.
    cpu: float
    status: int
    #: Bytes that it asked read(2) and its like for.
    read: int
    out: bytes


def run(words, cwd=None, env=None, out=False, expect=(0,)):
    """Runs a program from its start to its end.

    posix_spawn, since what lies between fork and exec counts: some programs end after a millisecond. What the program says is
    given with `out`, else thrown away; what it complains of stands in the message when it ends otherwise than expected.
    """
    answer = os.memfd_create("out")
    complaint = os.memfd_create("complaint")
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, complaint, 2)]
    if out:
        actions.append((os.POSIX_SPAWN_DUP2, answer, 1))
    else:
        actions.append((os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0))
    words = [str(word) for word in words]
    here = os.getcwd()
    if cwd:
        os.chdir(cwd)
    try:
        start = time.perf_counter()
        pid = os.posix_spawnp(words[0], words, env or os.environ, file_actions=actions)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        seconds = time.perf_counter() - start
    finally:
        os.chdir(here)
    try:
        with open(f"/proc/{pid}/io") as file:
            read = int(file.readline().split()[1])
    except OSError:
        read = 0
    _, status, usage = os.wait4(pid, 0)
    status = os.waitstatus_to_exitcode(status)
    said = _content(answer)
    if status not in expect:
        raise RuntimeError(f"{' '.join(words)} ended with {status}: {(_content(complaint) + said)[-2000:].decode(errors='replace')}")
    os.close(answer)
    os.close(complaint)
    return Run(seconds, usage.ru_utime + usage.ru_stime, status, read, said)


def _content(memory):
    return os.pread(memory, os.fstat(memory).st_size, 0)


def in_turn(contestants, runs, warm=1):
    """Calls each of the functions so many times, one after the other and again, so that noise hits all of them.

    contestants: name to function; what a function gives is its figure, None means the wall time of the call.
    Gives name to list of figures; those of the first `warm` rounds are left out.
    """
    figures = {name: [] for name in contestants}
    for number in range(runs + warm):
        for name, work in contestants.items():
            start = time.perf_counter()
            figure = work()
            if figure is None:
                figure = time.perf_counter() - start
            if number >= warm:
                figures[name].append(figure)
    return figures


def median(figures):
    return statistics.median(figures)


def p95(figures):
    return sorted(figures)[max(0, math.ceil(len(figures) * 0.95) - 1)]


def rest_of_two_seconds():
    """Files that are younger than two seconds are not trusted by their stamps, by reel and by git alike."""
    time.sleep(3)


def wait_until(what, seconds, step=0.01):
    """The first true value that the function gives; an error after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(step)
    raise TimeoutError(f"{getattr(what, '__doc__', None) or 'what was waited for'} did not come within {seconds} s")
