"""Plays a recording: does what the client did when it was made, waits where it waited, and keeps what comes back."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import time

import aiohttp
import yarl

from . import conversations
from .comparing import Correspondence, Difference, short
from .recording import Message, Recording
from .uploads import UPLOADS, form

# Seconds for which what was recorded is waited for.
PATIENCE = 30
COMPARED_HEADERS = ["Content-Disposition", "X-Content-Type-Options", "Accept-Ranges", "Allow"]


class Line:
    """A WebSocket, as recorded and as it is."""

    def __init__(self, name: str):
        self.name = name
        self.recorded: list[Message] = []
        self.actual: list[Message] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self.listener: asyncio.Task | None = None
        self.news = asyncio.Event()
        # When something came last and when the client hung up, in the recording.
        self.heard = self.left = 0.0

    async def listen(self) -> None:
        assert self.socket is not None
        async for message in self.socket:
            if message.type == aiohttp.WSMsgType.TEXT:
                self.actual.append(Message(text=message.data))
            elif message.type == aiohttp.WSMsgType.BINARY:
                self.actual.append(Message(binary=message.data))
            self.news.set()

    async def catches_up(self, seconds: float) -> bool:
        """Waits until it has; one that is closed hears nothing more."""
        limit = time.monotonic() + seconds
        while not self._has_caught_up():
            if self.listener is not None and self.listener.done():
                return True
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), max(limit - time.monotonic(), 0.001))
            except TimeoutError:
                return self._has_caught_up()
        return True

    def _has_caught_up(self) -> bool:
        """Whether all that had come by then has come now; of a node's ticks, as many or the message after them."""
        wanted, got = (
            [message for message in side if message.type != "status"] for side in (self.recorded, self.actual)
        )
        firm, got_firm = ([message for message in side if not message.is_tick] for side in (wanted, got))
        if len(got_firm) != len(firm):
            return len(got_firm) > len(firm)
        return ticks_at_end(got) >= ticks_at_end(wanted)


def ticks_at_end(messages: list[Message]) -> int:
    count = 0
    for message in reversed(messages):
        if not message.is_tick:
            break
        count += 1
    return count


class Player:
    """An abrupt end of a connection waits until the one that was opened at once after it has heard what it heard: when the recordings
    were made the server saw the end after the beginning, and what follows from that is what they show."""

    def __init__(self, server, known: Correspondence):
        self._server = server
        self._known = known
        self._lines: dict[str, Line] = {}
        self._answers: dict[int, asyncio.Task] = {}
        self._asked: dict[int, dict] = {}
        self._dying: Line | None = None
        # Seconds that have passed more than had passed when it was recorded.
        self._ahead = 0.0
        self.faults: list[str] = []

    async def play(self, recording: Recording) -> None:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as session:
            self._session = session
            before = 0.0
            for event in recording.events:
                kind = event["kind"]
                if kind in ("ws_text", "ws_binary"):
                    line = self._lines.get(event["conn"])
                    if line is not None:
                        line.recorded.append(Message(text=event.get("data"), recorded=event))
                        line.heard = event["t"]
                    continue
                is_deed = kind in ("http_request", "ws_open", "ws_send", "ws_connect_error") or (
                    kind == "note" and re.match(r"client (closes|drops)|kill|SIGTERM|now delete|503", event["text"]))
                if is_deed:
                    await self._wait(event["t"] - before, is_opening=kind == "ws_open")
                    before = event["t"]
                await self._do(kind, event, recording)
            await self._wait(recording.events[-1]["t"] - before, is_opening=False)
            for name in list(self._lines):
                await self._hang_up(name, False, recording.events[-1]["t"])

    async def _wait(self, seconds: float, is_opening: bool) -> None:
        """Until that has happened which had happened when the client did the next thing."""
        if self._dying is not None and not (is_opening and seconds < 0.5):
            await self._catch_up()
            await self._bury()
            await asyncio.sleep(0.1)
        await self._server.pass_time(max(seconds - self._ahead, 0))
        self._ahead = max(self._ahead - seconds, 0)
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Until all lines have heard what they had heard. It may take a little longer than it took: that much the next step is shorter."""
        for _ in range(12):
            if all([await line.catches_up(1) for line in self._lines.values()]):
                return
            await self._server.pass_time(0.05)
            self._ahead += 0.05
        for line in self._lines.values():
            if not await line.catches_up(PATIENCE):
                got, wanted = ([message.type for message in side][-3:] for side in (line.actual, line.recorded))
                self.faults.append(f"on {line.name}: waited in vain for … {wanted}, last came {got}")
                line.recorded, line.actual = [], []

    async def _do(self, kind: str, event: dict, recording: Recording) -> None:
        if kind == "http_request":
            outcome = recording.outcome(event["id"])
            if outcome["kind"] == "http_response" and not self._server.is_up:
                self._start()
            self._asked[event["id"]] = event
            unanswered = [task for task in self._answers.values() if not task.done()]
            if unanswered:
                # Sent at once when it was recorded; in which order they came would be a matter of chance.
                await asyncio.wait(unanswered)
            self._answers[event["id"]] = asyncio.create_task(self._ask(event))
        elif kind in ("http_response", "http_error"):
            await self._compare_answer(event)
        elif kind == "ws_open":
            if not self._server.is_up:
                self._start()
            await self._open(event)
        elif kind == "ws_connect_error":
            try:
                await self._session.ws_connect(f"{self._server.url}/ws")
                self.faults.append("a WebSocket was opened that ought to be refused")
            except aiohttp.ClientError:
                pass
        elif kind == "ws_send":
            socket = self._lines[event["conn"]].socket
            assert socket is not None
            await socket.send_str(self._known.translated(event["data"]))
        elif kind == "note":
            await self._note(event["text"], event["t"])

    def _start(self) -> None:
        self._server.start()
        self._known.restarted()

    async def _note(self, text: str, when: float) -> None:
        gone = re.match(r"client (closes|drops TCP of) (\w+)", text)
        if gone:
            await self._hang_up(gone.group(2), gone.group(1) != "closes", when)
        elif text.startswith("kill -9") or text.startswith("503/refused"):
            await self._end(signal.SIGKILL)
        elif text.startswith("SIGTERM"):
            await self._end(signal.SIGTERM)
        elif text.startswith("now delete the output file"):
            os.remove(os.path.join(self._server.base, "output", self._known.translated("peer_00001_.png")))

    async def _end(self, number: int) -> None:
        self._server.end(number)
        for line in self._lines.values():
            if line.listener is not None:
                await asyncio.wait([line.listener], timeout=PATIENCE)

    # WebSockets

    async def _open(self, event: dict) -> None:
        name = event["conn"]
        query = event["url"].split("/ws", 1)[1]
        line = Line(name)
        line.socket = await self._session.ws_connect(f"{self._server.url}/ws{query}", max_msg_size=0)
        line.listener = asyncio.create_task(line.listen())
        self._lines[name] = line

    async def _hang_up(self, name: str, drops: bool, when: float) -> None:
        line = self._lines.pop(name, None)
        if line is None or line.socket is None:
            return
        line.left = when
        if drops:
            self._dying = line
            return
        # Late ones.
        await asyncio.sleep(0.05)
        await line.socket.close()
        self._compare_line(line)

    async def _bury(self) -> None:
        """Cuts the connection that was to be cut."""
        line, self._dying = self._dying, None
        if line is None or line.socket is None:
            return
        response = line.socket._response
        if response.connection is not None and response.connection.transport is not None:
            response.connection.transport.abort()
        response.close()
        self._compare_line(line)

    def _compare_line(self, line: Line) -> None:
        if line.listener is not None:
            line.listener.cancel()
        try:
            conversations.compare(line.recorded, line.actual, line.left - line.heard < 0.3, self._known)
        except Difference as difference:
            self.faults.append(f"on {line.name}: {difference}")

    # Requests

    async def _ask(self, event: dict):
        address = yarl.URL(self._server.url + self._known.translated(event["path"]).replace("+", "%2B"), encoded=True)
        body = event["body"]
        if body in UPLOADS:
            data = form(body)
        else:
            data = None if body is None else self._known.translated(body).encode()
        headers = event["headers"]
        try:
            async with self._session.request(event["method"], address, data=data, headers=headers, allow_redirects=False) as answer:
                return answer.status, answer.headers, await answer.read()
        except aiohttp.ClientError as error:
            return error

    async def _compare_answer(self, event: dict) -> None:
        asked = self._asked[event["id"]]
        place = f"{asked['method']} {short(asked['path'])[1:-1]} (#{event['id']})"
        got = await self._answers[event["id"]]
        try:
            if event["kind"] == "http_error":
                if not isinstance(got, aiohttp.ClientError):
                    raise Difference("an answer where none was")
                return
            if isinstance(got, Exception):
                raise Difference(f"{got!r}")
            self._compare_parts(asked, event, *got)
        except Difference as difference:
            self.faults.append(f"{place}: {difference}")

    def _compare_parts(self, asked: dict, event: dict, status: int, headers, body: bytes) -> None:
        if status != event["status"]:
            raise Difference(f"status {status} instead of {event['status']}: {body[:200]!r}")
        kind = event["headers"].get("Content-Type", "")
        if kind and "octet-stream" not in kind and headers.get("Content-Type", "") != kind:
            raise Difference(f"Content-Type {headers.get('Content-Type')} instead of {kind}")
        for name in COMPARED_HEADERS:
            self._known.compare(event["headers"].get(name), headers.get(name), name)
        if event.get("body") is not None and "json" in kind and asked["method"] != "HEAD":
            self._compare_json(asked, event["body"], body)
        elif "body_head_hex" in event:
            recorded = bytes.fromhex(event["body_head_hex"])
            # A picture's kind and size; of other files what they begin with.
            start, end = (0, 24) if recorded.startswith(b"\x89PNG") else (4, 8) if recorded[4:8] == b"ftyp" else (0, 4)
            if recorded[start:end] != body[start : min(end, len(recorded))]:
                raise Difference(f"a body that begins with {body[:end]!r} instead of {recorded[:end]!r}")
        elif event.get("body_len") == 0 and body:
            raise Difference(f"a body where none was: {body[:100]!r}")
        elif kind.startswith("text/plain") and event.get("body") and event["body"] != body.decode():
            raise Difference(f"{body[:200]!r} instead of {event['body']!r}")

    def _compare_json(self, asked: dict, recorded: str, body: bytes) -> None:
        actual = json.loads(body)
        try:
            wanted = json.loads(recorded)
        except json.JSONDecodeError:
            # Cut when it was recorded.
            return
        if asked["path"].startswith("/history/") and {} in (wanted, actual) and self._is_race:
            return
        self._known.compare(wanted, actual)

    _is_race = False
