"""Sends all that was recorded against a real ComfyUI to the test server, and compares what comes back.

    Tests/comfyui/replay [--version 0.3.64|0.33.0] [--only NAME]
    Tests/comfyui/replay --url http://127.0.0.1:8188 --base FOLDER --version 0.33.0      the same against a real one

Without --url the test server is started, for both versions, and its nodes sleep by a clock that the recordings set.
README.md says what is compared and what is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time

from replaying import catalog
from replaying.comparing import Correspondence
from replaying.player import Player
from replaying.recording import Recording
from replaying.servers import OtherServer, OwnServer

# What cannot be played against a server that must not be killed.
KILLS = {"21_kill9_midrun", "22_sigterm_restart", "23_worker_dead"}


async def replay(version: str, arguments: argparse.Namespace) -> int:
    server = OtherServer(arguments.url, arguments.base, arguments.start, arguments.stop) if arguments.url else OwnServer(version)
    known = Correspondence()
    failed = played = 0
    try:
        for name in Recording.names(version):
            recording = Recording(version, name)
            if arguments.only and not name.startswith(arguments.only):
                continue
            if not server.can_be_killed and name in KILLS:
                print(f"{version} {name}: left out, it kills the server")
                continue
            if arguments.url and name.startswith("30_"):
                print(f"{version} {name}: left out, it needs a model")
                continue
            if recording.starts_afresh and server.can_be_killed and name != "01_success":
                server.end(signal.SIGKILL)
                server.start()
            known.restarted()
            player = Player(server, known)
            player._is_race = name.startswith("20_")
            began = time.monotonic()
            await player.play(recording)
            played += 1
            for fault in player.faults:
                print(f"{version} {name}: {fault}", file=sys.stderr)
            failed += bool(player.faults)
            if arguments.verbose:
                print(f"{version} {name}: {'DIFFERS' if player.faults else 'same'} ({time.monotonic() - began:.1f} s)")
            if name == "23_worker_dead":
                server.end(signal.SIGKILL)
                server.start()
        if version == "0.33.0" and not arguments.only:
            faults = await catalog.compare(server.url)
            played += 1
            failed += bool(faults)
            for fault in faults:
                print(f"{version} object_info: {fault}", file=sys.stderr)
    finally:
        server.remove()
    print(f"comfyui {version}: {played - failed} recordings answered as by the real server, {failed} otherwise")
    return failed


async def main() -> int:
    parser = argparse.ArgumentParser(description="Holds a server against the recordings of real ones.")
    parser.add_argument("--version", choices=["0.3.64", "0.33.0"], help="only that one")
    parser.add_argument("--only", help="only the recordings whose name begins so; what the cache holds then may be other than after those before")
    parser.add_argument("--url", help="a server that runs already; it is not killed")
    parser.add_argument("--base", help="its base directory, for the recording that deletes a file")
    parser.add_argument("--start", help="a command that starts it, with the same files, and returns when it answers")
    parser.add_argument("--stop", help="a command that ends it by the signal that is named in $SIGNAL; without both it is never killed")
    parser.add_argument("--verbose", action="store_true", help="a line for each recording")
    arguments = parser.parse_args()
    versions = [arguments.version] if arguments.version else ["0.3.64", "0.33.0"]
    return sum(await asyncio.gather(*(replay(version, arguments) for version in versions)))


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main()) else 0)
