"""Programs that are compared with and keep running while they are asked."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time

import clock


class Lines:
    """What a program writes, line by line, each with the moment in which it was read here."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.buffer = b""

    def wait(self, fits, seconds=60):
        """The first line that fits: when it was read, and the line. Those before it are dropped.

        Lines that are here already are of the moment of now: what is waited for must not have been asked for before.
        """
        end = time.monotonic() + seconds
        while True:
            while b"\n" in self.buffer:
                line, self.buffer = self.buffer.split(b"\n", 1)
                if fits(line):
                    return time.perf_counter(), line
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.descriptor], [], [], left)[0]:
                raise TimeoutError(f"a line that fits did not come within {seconds} s")
            more = os.read(self.descriptor, 1 << 20)
            if not more:
                raise EOFError("the program that was listened to has ended")
            self.buffer += more

    def drain(self, seconds):
        """Reads until nothing came for so long, and gives the lines."""
        while select.select([self.descriptor], [], [], seconds)[0]:
            more = os.read(self.descriptor, 1 << 20)
            if not more:
                break
            self.buffer += more
        *lines, self.buffer = self.buffer.split(b"\n")
        return lines


class Listening:
    """A program whose lines are read, until the block ends."""

    def __init__(self, place, *words, cwd=None, stdin=subprocess.DEVNULL):
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [str(word) for word in words], cwd=cwd, env=place.environment, stdin=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        self.lines = Lines(self.process.stdout.fileno())
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end(self.process)

    def wait(self, fits, seconds=60):
        return self.lines.wait(fits, seconds)


def end(process):
    """Ends a program that was started here, and those that it started."""
    process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


class Watchman:
    """A watchman of our own, with its state in a folder of its own; talked to over its socket, as its client program buffers."""

    def __init__(self, place):
        home = place.folder("watchman")
        home.mkdir(mode=0o700)
        self.path = str(place.sockets / "watchman")
        self.process = place.start(
            "watchman", "--foreground", f"--sockname={self.path}", f"--statefile={home}/state", f"--logfile={home}/log",
            f"--pidfile={home}/pid")
        self.pid = self.process.pid
        self.socket = clock.wait_until(self._connect, 20)
        self.lines = Lines(self.socket.fileno())

    def _connect(self):
        """watchman's socket"""
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self.path)
            return connection
        except OSError:
            connection.close()
            return None

    def ask(self, *command, seconds=120):
        """The answer to a command; what subscriptions say meanwhile is dropped."""
        self.socket.sendall(json.dumps(command).encode() + b"\n")
        _, line = self.lines.wait(lambda line: b'"version"' in line and b'"unilateral"' not in line, seconds)
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"watchman: {answer['error']}")
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        end(self.process)
        if os.path.exists(self.path):
            os.unlink(self.path)


#: Prints the paths of each batch, one a line, as watchfiles and watchdog tell them with nothing set.
WATCHFILES = """
import sys, watchfiles
print("ready", flush=True)
for changes in watchfiles.watch(sys.argv[1]):
    sys.stdout.write("".join(path + "\\n" for _, path in changes))
    sys.stdout.flush()
"""

WATCHDOG = """
import sys, threading
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

class Printer(FileSystemEventHandler):
    def on_any_event(self, event):
        sys.stdout.write(event.src_path + "\\n")
        sys.stdout.flush()

observer = Observer()
observer.schedule(Printer(), sys.argv[1], recursive=True)
observer.start()
print("ready", flush=True)
threading.Event().wait()
"""


def script(text, folder):
    """The words that run one of these scripts on a folder."""
    return [sys.executable, "-c", text, folder]
