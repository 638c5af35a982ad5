"""POST /prompt and what goes with it: /queue, /interrupt, /history, /free."""

from __future__ import annotations

import json
import time
import typing
import uuid

from aiohttp import web

from .catalog import Catalog
from .execution import Executor
from .faults import Faults
from .folders import Folders
from .prompt_queue import PromptQueue
from .record import Record
from .settings import Settings
from .validation import fault, judge

SECRET = ("auth_token_comfy_org", "api_key_comfy_org")


def is_id(value: typing.Any) -> bool:
    """Whether it is a UUID in its one canonical form."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


class Prompts:
    def __init__(
        self, settings: Settings, folders: Folders, catalog: Catalog, queue: PromptQueue, executor: Executor, faults: Faults,
        record: Record,
    ):
        self._settings = settings
        self._folders = folders
        self._catalog = catalog
        self._queue = queue
        self._executor = executor
        self._faults = faults
        self._record = record
        self._number = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/prompt", self.remaining), web.post("/prompt", self.post), web.get("/queue", self.queued),
            web.post("/queue", self.change_queue), web.post("/interrupt", self.interrupt), web.get("/history", self.history),
            web.get("/history/{id}", self.history_of), web.post("/history", self.change_history), web.post("/free", self.free),
        ]

    async def remaining(self, request: web.Request) -> web.Response:
        return web.json_response({"exec_info": {"queue_remaining": self._queue.remaining}})

    async def post(self, request: web.Request) -> web.Response:
        given = await request.json()
        if "number" in given:
            number = float(given["number"])
        else:
            number = -self._number if given.get("front") else self._number
            self._number += 1
        if "prompt" not in given:
            return self._refusal(fault("no_prompt", "No prompt provided", "No prompt provided"))
        graph = given["prompt"]
        prompt_id = given.get("prompt_id")
        if self._settings.is_new:
            if prompt_id is None:
                prompt_id = str(uuid.uuid4())
            elif not is_id(prompt_id):
                details = "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one"
                return self._refusal(fault("invalid_prompt_id", "prompt_id must be a valid UUID", details))
        else:
            prompt_id = str(given.get("prompt_id", uuid.uuid4()))
        verdict = judge(graph, given.get("partial_execution_targets"), self._settings, self._catalog, self._folders)
        if verdict.error is not None:
            return self._refusal(verdict.error, verdict.node_errors)
        extra = given.get("extra_data", {})
        if "client_id" in given:
            extra["client_id"] = given["client_id"]
        secret = {key: extra.pop(key) for key in SECRET if key in extra}
        item: tuple = (number, prompt_id, graph, extra, verdict.outputs)
        if self._settings.is_new:
            extra["create_time"] = int(time.time() * 1000)
        prefixes = [
            node["inputs"]["filename_prefix"] for node in graph.values() if "filename_prefix" in node.get("inputs", {})
        ]
        self._record.add("accepted", prompt_id=prompt_id, number=number, prefixes=prefixes)
        self._queue.put((*item, secret) if self._settings.is_new else item)
        self._faults.reached("accepted")
        return web.json_response({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})

    @staticmethod
    def _refusal(error: dict, node_errors: dict | None = None) -> web.Response:
        return web.json_response({"error": error, "node_errors": node_errors or {}}, status=400)

    async def queued(self, request: web.Request) -> web.Response:
        running, waiting = self._queue.state()
        return web.json_response({"queue_running": [item[:5] for item in running], "queue_pending": [item[:5] for item in waiting]})

    async def change_queue(self, request: web.Request) -> web.Response:
        given = await request.json()
        if given.get("clear"):
            self._queue.clear()
        for prompt_id in given.get("delete", []):
            self._queue.delete(prompt_id)
        return web.Response()

    async def interrupt(self, request: web.Request) -> web.Response:
        try:
            given = await request.json()
        except json.JSONDecodeError:
            given = {}
        prompt_id = given.get("prompt_id")
        self._record.add("interrupt", prompt_id=prompt_id)
        if not prompt_id or self._queue.is_running(prompt_id):
            self._executor.interrupted = True
        return web.Response()

    async def history(self, request: web.Request) -> web.Response:
        query = request.rel_url.query
        most = int(query["max_items"]) if "max_items" in query else None
        return web.json_response(self._queue.history(most=most, offset=int(query.get("offset", -1))))

    async def history_of(self, request: web.Request) -> web.Response:
        return web.json_response(self._queue.history(request.match_info["id"]))

    async def change_history(self, request: web.Request) -> web.Response:
        given = await request.json()
        if given.get("clear"):
            self._queue.forget_all()
        for prompt_id in given.get("delete", []):
            self._queue.forget(prompt_id)
        return web.Response()

    async def free(self, request: web.Request) -> web.Response:
        """Acted on by the worker, after what runs."""
        given = await request.json()
        for flag in ("unload_models", "free_memory"):
            if given.get(flag):
                self._queue.set_flag(flag)
        return web.Response()
