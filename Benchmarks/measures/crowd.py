"""10, a third part: what the watcher's own work costs while many browsers look."""

import json
import subprocess
import sys

import clock
import table
from measures import save
from peers import Listening, end
from place import REEL
from visitor import Visitor, wait_until_served

#: Follows the events on so many connections and reads all that comes; says when all were greeted, and when one has ended.
STREAMS = """
import select, socket, sys
port, cookie, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
streams = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
poll = select.poll()
for stream in streams:
    stream.sendall(f"GET /api/events HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nCookie: {cookie}\\r\\n\\r\\n".encode())
    poll.register(stream, select.POLLIN)
by_number = {stream.fileno(): stream for stream in streams}
greeted = 0
while True:
    for number, _ in poll.poll():
        bytes = by_number[number].recv(1 << 16)
        if not bytes:
            poll.unregister(number)
            print("ended", flush=True)
        if b"event: snapshot" in bytes:
            greeted += 1
            if greeted == count:
                print("all follow", flush=True)
"""


def resident(pid):
    """Megabytes."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


def measure(place):
    shots, saves = place.pick(10_000, 300), place.pick(40, 5)
    streams, rate, clients, seconds = place.pick(500, 20), place.pick(1000, 100), 10, place.pick(60, 4)
    folder = place.film(shots)
    other = place.film(place.pick(1000, 100))
    ours, theirs = save.Saver(folder, shots, by_rename=True), save.Saver(other, place.pick(1000, 100), by_rename=True)
    with (
        Listening(place, REEL, "-C", folder, "watch", "--json") as watch,
        Listening(place, "inotifywait", "-mrq", "-e", "moved_to", "--format", "%w%f", other) as notifier,
    ):
        wait_until_served(watch)
        client = Visitor(place, folder)
        state = json.loads(client.get("/api/state")[1])
        contestants = {
            "reel, save to `started`": save.reel(place, watch.lines, ours),
            "inotifywait -m, line": save.peer(notifier.lines, theirs, lambda line, path: line.endswith(path)),
        }
        quiet = clock.in_turn(contestants, saves, warm=2)
        before = resident(watch.pid)
        paths = ["/api/history", "/page/main.js", "/"]
        for take in state["takes"][:20]:
            paths += [f"/thumb/{take[0]}?w=256&v={take[-1]}", f"/api/takes?key={take[0]}"]
        paths += [f"/api/shots?key={shot[0]}" for shot in state["shots"][:20]]
        # Made once, so that it is the server that is asked and not the drawing process.
        for path in paths:
            client.get(path)
        listed = place.folder("paths")
        listed.write_text("".join(f"http://127.0.0.1:{client.port}{path}\n" for path in paths))
        cookie = client.headers["Cookie"]
        with Listening(place, sys.executable, "-c", STREAMS, str(client.port), cookie, str(streams)) as followers:
            followers.wait(lambda line: line == b"all follow")
            with subprocess.Popen(
                ["h2load", "--h1", f"--clients={clients}", f"--rps={rate // clients}", f"--duration={seconds}", "--threads=1",
                 f"--header=Cookie: {cookie}", f"--input-file={listed}"],
                env=place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as load:
                try:
                    busy = clock.in_turn(contestants, saves, warm=2)
                    after = resident(watch.pid)
                    said = load.communicate(timeout=seconds + 60)[0].decode()
                except BaseException:
                    end(load)
                    raise
            if any(line == b"ended" for line in followers.lines.drain(0)):
                raise RuntimeError("a stream of events has ended")
        ours.put_back()
        theirs.put_back()
        watch.wait(lambda line: b'"type":"idle"' in line)
    if load.returncode:
        raise RuntimeError(f"h2load: {said[-1000:]}")
    answers = next(line for line in said.splitlines() if line.startswith("status codes:"))
    served = next(line for line in said.splitlines() if line.startswith("finished in"))
    section = table.Section(
        f"10. A watcher that many look at, {shots:,} shots",
        f"{streams} streams of events are followed and {rate} requests a second come over {clients} connections for {seconds} s (h2load: {served.split(', ', 1)[1]}; {answers}). All of that "
        f"runs on this machine, so inotifywait, which has nothing to do with it, shows what the load alone costs. The watcher's memory: {before:.0f} MB before, {after:.0f} MB under load.",
        ["", "median", "p95", "runs"])
    for name in contestants:
        for when, figures in (("nobody looks", quiet), ("many look", busy)):
            section.rows.append([f"{name}, {when}", table.time(clock.median(figures[name])), table.time(clock.p95(figures[name])), len(figures[name])])
    return section
