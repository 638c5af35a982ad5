"""The routes that real servers do not have, and the faults that meet requests on their way."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import typing
import urllib.parse

from aiohttp import web

from .clock import Clock
from .faults import Faults, Rule
from .record import Record
from .settings import Settings
from .sockets import Sockets


class Control:
    def __init__(self, settings: Settings, faults: Faults, clock: Clock, record: Record, sockets: Sockets):
        self._clock = clock
        self._settings = settings
        self._faults = faults
        self._record = record
        self._sockets = sockets

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_peer/faults", self.set), web.delete("/_peer/faults", self.reset), web.get("/_peer/log", self.log),
            web.post("/_peer/clock", self.set_clock),
        ]

    async def set(self, request: web.Request) -> web.Response:
        try:
            self._faults.set(json.loads(await request.text()))
        except (ValueError, TypeError) as error:
            return web.Response(status=400, text=f"{error}\n")
        if self._faults.close_sockets:
            self._faults.close_sockets = False
            self._sockets.cut()
        return web.Response()

    async def reset(self, request: web.Request) -> web.Response:
        self._faults.reset()
        return web.Response()

    async def set_clock(self, request: web.Request) -> web.Response:
        await self._clock.set((await request.json())["to"])
        return web.Response()

    async def log(self, request: web.Request) -> web.Response:
        return web.json_response(self._record.summary())

    # Requests on their way

    def middleware(self):
        @web.middleware
        async def meet(request: web.Request, handler) -> web.StreamResponse:
            path = request.path
            if path.startswith("/_peer/"):
                return await handler(request)
            bare = path[4:] if path.startswith("/api/") and not path.startswith("/api/jobs") else path
            self._record.add("request", method=request.method, path=bare, query=request.query_string)
            if not self._has_header(request):
                return web.Response(status=401)
            if self._is_foreign(request):
                return web.Response(status=403)
            rule = self._faults.rule(request.method, bare)
            if rule is None:
                return await self._answer(request, handler)
            return await self._go_wrong(rule, request, handler)

        return meet

    @staticmethod
    async def _answer(request: web.Request, handler) -> web.StreamResponse:
        return web.Response() if request.method == "OPTIONS" else await handler(request)

    def _has_header(self, request: web.Request) -> bool:
        wanted = [self._settings.required_header] if self._settings.required_header else []
        if self._faults.require_header:
            wanted.append((self._faults.require_header["name"], self._faults.require_header["value"]))
        return all(request.headers.get(name) == value for name, value in wanted)

    @staticmethod
    def _is_foreign(request: web.Request) -> bool:
        """Whether a browser sent it for a page from elsewhere; only asked of loopback addresses."""
        origin = request.headers.get("Origin")
        host = urllib.parse.urlsplit(f"//{request.headers.get('Host', '')}")
        theirs = urllib.parse.urlsplit(origin or "")
        if not theirs.netloc or not host.hostname:
            return False
        try:
            if not ipaddress.ip_address(host.hostname).is_loopback:
                return False
        except ValueError:
            if host.hostname != "localhost":
                return False
        if theirs.port is None or host.port is None:
            return theirs.hostname != host.hostname
        return theirs.netloc.lower() != host.netloc.lower()

    async def _go_wrong(self, rule: Rule, request: web.Request, handler) -> web.StreamResponse:
        what = rule.do
        if what == "drop_before":
            return self._cut(request)
        if what in ("status", "refuse_socket"):
            return web.Response(status=rule.status, text=f"{rule.status}: {web.Response(status=rule.status).reason}")
        if what == "hang":
            await asyncio.sleep(3600)
        if what == "delay":
            await asyncio.sleep(rule.seconds)
            return await self._answer(request, handler)
        answer = await self._answer(request, handler)
        if what == "drop_after":
            return self._cut(request)
        if what == "garbage":
            return web.Response(body=b'{"prompt_id": "', content_type="application/json")
        if what == "not_json":
            return web.Response(text="<!doctype html><title>Welcome</title><p>Please log in.", content_type="text/html")
        return await self._spoil(what, request, answer)

    @staticmethod
    def _cut(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)

    @staticmethod
    async def _spoil(what: str, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        body = body_of(answer)
        headers = {
            key: value for key, value in answer.headers.items() if key not in ("Content-Length", "Content-Encoding")
        }
        if what == "corrupt":
            return web.Response(status=answer.status, headers=headers, body=bytes(byte ^ 0x55 for byte in body))
        spoilt = web.StreamResponse(status=answer.status, headers=headers)
        spoilt.content_length = len(body) if what == "truncate" else len(body) + 7
        await spoilt.prepare(request)
        await spoilt.write(body[: len(body) // 2] if what == "truncate" else body)
        if request.transport is not None:
            request.transport.close()
        return spoilt


def body_of(answer: web.StreamResponse) -> bytes:
    if isinstance(answer, web.FileResponse):
        with open(typing.cast(typing.Any, answer)._path, "rb") as file:
            return file.read()
    body = getattr(answer, "body", None)
    return bytes(body) if isinstance(body, (bytes, bytearray)) else b""
