"""The server that is replayed against: one that is started here, or one that runs somewhere."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request


class OwnServer:
    """The test server, in a folder of its own."""

    can_be_killed = True

    def __init__(self, version: str):
        self._version = version
        # By its own clock: all that it does is done by the time that its recording says, however busy the computer is.
        self.clock = 0.0
        self.base = tempfile.mkdtemp(prefix="comfyui-replay-")
        self._port = 0
        self._process: subprocess.Popen | None = None
        self.url = ""
        self.start()

    @property
    def is_up(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        program = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "server.py")
        command = [sys.executable, program, "--base-directory", self.base, "--version", self._version]
        command += ["--port", str(self._port), "--preview-method", "latent2rgb"]
        # What it says of a dead worker is no news.
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith("listening on "):
            raise RuntimeError("server.py did not start")
        self.url = line.split()[-1]
        # Samplers are no quicker than that, so that they can be interrupted.
        self._post("faults", {"step_seconds": 0.05})
        self._post("clock", {"to": self.clock})
        self._port = int(self.url.rsplit(":", 1)[1])

    def _post(self, route: str, content: dict) -> None:
        request = urllib.request.Request(f"{self.url}/_peer/{route}", data=json.dumps(content).encode(), method="POST")
        urllib.request.urlopen(request, timeout=60).close()

    async def pass_time(self, seconds: float) -> None:
        """Returns when all has happened that happens in that time."""
        self.clock += seconds
        if self.is_up:
            await asyncio.to_thread(self._post, "clock", {"to": self.clock})

    def end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.end(signal.SIGKILL)
        shutil.rmtree(self.base, ignore_errors=True)


class OtherServer:
    """One that somebody else started. It is only killed and started again if there are commands for that."""

    def __init__(self, url: str, base: str | None, start: str | None, stop: str | None):
        self.url = url.rstrip("/")
        self.base = base
        self._commands = (start, stop) if start and stop else None
        self.is_up = True

    @property
    def can_be_killed(self) -> bool:
        return self._commands is not None

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds if self.is_up else 0)

    def start(self) -> None:
        """The command returns when the server answers."""
        if self._commands is not None:
            subprocess.run(self._commands[0], shell=True, check=True, stdout=subprocess.DEVNULL)
        self.is_up = True

    def end(self, number: int) -> None:
        """The command finds the signal's name in SIGNAL."""
        if self._commands is None:
            raise RuntimeError("not ours to end")
        name = signal.Signals(number).name.removeprefix("SIG")
        subprocess.run(self._commands[1], shell=True, check=True, env={**os.environ, "SIGNAL": name})
        while self._answers():
            time.sleep(0.05)
        self.is_up = False

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/queue", timeout=5).close()
        except OSError:
            return False
        return True

    def remove(self) -> None:
        pass
