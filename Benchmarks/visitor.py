"""One who looks at the live page without a browser."""

import base64
import hashlib
import http.client
import json
import socket
import time

from place import REEL


def key(address):
    """The page's name for a shot."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"shot:{address}".encode()).digest())[:12].decode()


def wait_until_served(watch):
    """Waits until a watcher rests and its page can be looked at, whichever comes first."""
    left = {b'"type":"page"', b'"type":"idle"'}

    def fits(line):
        left.difference_update([word for word in left if word in line])
        return not left

    watch.wait(fits)


class Visitor:
    """A client that came in."""

    def __init__(self, place, folder):
        url = json.loads(place.run(REEL, "-C", folder, "open", "--json", out=True).out)["url"]
        address, self.token = url.split("/?token=")
        self.port = int(address.rsplit(":", 1)[1])
        self.headers = {"Cookie": f"reel-{self.port}={self.token}"}
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def get(self, path, expect=200, **headers):
        """How long it took, the body, and the ETag."""
        start = time.perf_counter()
        self.connection.request("GET", path, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != expect:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]}")
        return time.perf_counter() - start, body, answer.headers.get("ETag")

    def follow(self, event):
        stream = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        stream.sendall(
            f"GET /api/events?after={event} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.headers['Cookie']}\r\n\r\n".encode())
        return stream


def wait_for(stream, words):
    """The moment at which a stream has said all of some words."""
    seen = b""
    while not all(word in seen for word in words):
        more = stream.recv(1 << 16)
        if not more:
            raise EOFError("the stream of events has ended")
        seen += more
    return time.perf_counter()


def drain(stream, seconds):
    stream.settimeout(seconds)
    try:
        while stream.recv(1 << 16):
            pass
    except TimeoutError:
        pass
    stream.settimeout(60)
