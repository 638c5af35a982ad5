"""A ComfyUI server for tests. README.md beside it says what it can do; peer/faults.py, how it fails.

    .build/venv/bin/python Tests/comfyui/server.py --base-directory FOLDER [--version 0.3.64|0.33.0] [--port 0]

prints `listening on http://127.0.0.1:PORT` as soon as it can be connected to.
"""

from __future__ import annotations

import sys

sys.dont_write_bytecode = True

import asyncio
import os
import signal
import socket

from aiohttp import web

from peer import nodes_image, nodes_media, nodes_model, nodes_peer, nodes_value  # noqa: F401  They declare their classes.
from peer.about import About, features
from peer.catalog import Catalog
from peer.clock import Clock
from peer.control import Control
from peer.execution import Executor
from peer.faults import Faults
from peer.files import Files
from peer.folders import Folders
from peer.jobs import Jobs
from peer.prompt_queue import PromptQueue
from peer.prompts import Prompts
from peer.record import Record
from peer.settings import Settings
from peer.sockets import Sockets
from peer.worker import Worker


async def nothing_there(request: web.Request) -> web.Response:
    return web.Response(status=404)


async def home(request: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><title>ComfyUI</title>", content_type="text/html")


async def serve(settings: Settings) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    folders = Folders(settings.base)
    folders.wipe_temp()
    record = Record(settings.base)
    faults = Faults()
    clock = Clock(faults)
    sockets = Sockets(faults, features(settings))
    queue = PromptQueue(faults, clock, sockets.send_status)
    sockets.remaining = lambda: queue.remaining
    catalog = Catalog(settings, folders, faults)
    executor = Executor(settings, folders, catalog, faults, clock, record, sockets)
    control = Control(settings, faults, clock, record, sockets)

    parts = [Prompts(settings, folders, catalog, queue, executor, faults, record), Files(settings, folders, record)]
    parts += [About(settings, catalog)]
    routes = [route for part in parts for route in part.routes()] + [web.get("/ws", sockets.serve)]
    app = web.Application(client_max_size=features(settings)["max_upload_size"], middlewares=[control.middleware()])
    app.add_routes(routes + [web.route(route.method, f"/api{route.path}", route.handler) for route in routes])
    if settings.is_new:
        app.add_routes(Jobs(queue, executor).routes())
    app.add_routes(control.routes())
    app.add_routes([web.get("/", home), web.get("/{path:.*}", nothing_there)])

    worker = Worker(queue, executor, sockets, faults, record)
    clock.is_worker_done = lambda: queue.is_worker_idle() or not worker.is_alive()
    worker.start()
    publishing = asyncio.create_task(sockets.publish())
    bound = socket.create_server((settings.host, settings.port), reuse_port=False) if settings.refuse_seconds == 0 else None
    if bound is None:
        # Taken but not listened on: connections are refused.
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((settings.host, settings.port))
    address = f"http://{settings.host}:{bound.getsockname()[1]}"
    record.add("start", address=address, version=settings.version)
    if settings.refuse_seconds > 0:
        print(f"listening on {address}", flush=True)
        await asyncio.sleep(settings.refuse_seconds)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound, backlog=128).start()
    if settings.refuse_seconds == 0:
        print(f"listening on {address}", flush=True)

    await ended.wait()
    # As the real one ends: at once and without a word to anybody.
    sockets.cut()
    publishing.cancel()


if __name__ == "__main__":
    asyncio.run(serve(Settings.from_arguments()))
    # The worker may be in the middle of a node.
    os._exit(0)
