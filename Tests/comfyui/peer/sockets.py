"""WebSockets, and what is said on them.

The table of sockets has the real one's faults: it goes by client id, so that a second socket takes the place of the first, and
the end of either removes whichever is in the table.
"""

from __future__ import annotations

import asyncio
import json
import struct
import typing
import uuid

from aiohttp import WSMsgType, web

from .faults import Faults

PREVIEW, TEXT, PREVIEW_WITH_METADATA = 1, 3, 4


class Sockets:
    def __init__(self, faults: Faults, features: dict):
        self._faults = faults
        self._features = features
        self._table: dict[typing.Any, web.WebSocketResponse] = {}
        self._client_features: dict[typing.Any, dict] = {}
        self._all: set[web.WebSocketResponse] = set()
        self._messages: asyncio.Queue = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        # Who posted the prompt that runs or ran last, and what it is at.
        self.client_id: typing.Any = None
        self.last_node: str | None = None
        self.remaining: typing.Callable[[], int] = lambda: 0

    # Saying; from any thread

    def send(self, kind: str, data: dict, to=None) -> None:
        """To the socket of a client, or to all when that is None."""
        self._post((json.dumps({"type": kind, "data": data}), to))

    def send_status(self) -> None:
        self.send("status", {"status": {"exec_info": {"queue_remaining": self.remaining()}}})

    def send_preview(self, image_format: str, image: bytes, to=None) -> None:
        kind = 2 if image_format == "PNG" else 1
        self._post((struct.pack(">II", PREVIEW, kind) + image, to))

    def send_preview_with_metadata(self, metadata: dict, image: bytes, to=None) -> None:
        text = json.dumps(metadata).encode()
        self._post((struct.pack(">II", PREVIEW_WITH_METADATA, len(text)) + text + image, to))

    def send_text(self, node_id: str, text: str, to=None) -> None:
        node = node_id.encode()
        self._post((struct.pack(">II", TEXT, len(node)) + node + text.encode(), to))

    def wants_metadata(self, client_id) -> bool:
        return bool(self._client_features.get(client_id, {}).get("supports_preview_metadata"))

    def _post(self, message) -> None:
        try:
            self._loop.call_soon_threadsafe(self._messages.put_nowait, message)
        except RuntimeError:
            pass  # The loop has ended.

    async def publish(self) -> None:
        """Sends what was said, in order, for ever."""
        while True:
            message, to = await self._messages.get()
            sockets = list(self._table.values()) if to is None else [self._table[to]] if to in self._table else []
            for socket in sockets:
                await self._send(socket, message)

    async def _send(self, socket: web.WebSocketResponse, message: str | bytes) -> None:
        if self._faults.mute_sockets:
            return
        try:
            await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
        except (ConnectionError, RuntimeError):
            pass

    # Being one

    async def serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        sid = request.rel_url.query.get("clientId", "") or uuid.uuid4().hex
        self._table[sid] = socket
        self._client_features[sid] = {}
        self._all.add(socket)
        try:
            status = {"status": {"exec_info": {"queue_remaining": self.remaining()}}, "sid": sid}
            await self._send(socket, json.dumps({"type": "status", "data": status}))
            if self.client_id == sid and self.last_node is not None:
                await self._send(socket, json.dumps({"type": "executing", "data": {"node": self.last_node}}))
            is_first = True
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    continue
                await self._heard(sid, socket, message.data, is_first)
                is_first = False
        finally:
            self._table.pop(sid, None)
            self._client_features.pop(sid, None)
            self._all.discard(socket)
        return socket

    async def _heard(self, sid, socket: web.WebSocketResponse, text: str, is_first: bool) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        if is_first and isinstance(said, dict) and said.get("type") == "feature_flags":
            self._client_features[sid] = said.get("data", {})
            await self._send(socket, json.dumps({"type": "feature_flags", "data": self._features}))

    def cut(self) -> None:
        """Ends all connections without a word."""
        for socket in list(self._all):
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()
