"""/api/jobs: what waits, runs and has ended in one list. Only the newer server has it."""

from __future__ import annotations

import json

from aiohttp import web

from .execution import Executor
from .prompt_queue import PromptQueue
from .prompts import is_id

STATES = ["pending", "in_progress", "completed", "failed", "cancelled"]


class Jobs:
    def __init__(self, queue: PromptQueue, executor: Executor):
        self._queue = queue
        self._executor = executor

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/jobs", self.list), web.get("/api/jobs/{id}", self.one), web.post("/api/jobs/cancel", self.cancel_some),
            web.post("/api/jobs/{id}/cancel", self.cancel),
        ]

    async def list(self, request: web.Request) -> web.Response:
        query = request.rel_url.query
        wanted = [state for state in query.get("status", "").lower().split(",") if state] or STATES
        unknown = [state for state in wanted if state not in STATES]
        if unknown:
            text = f"Invalid status value(s): {', '.join(unknown)}. Valid values: {', '.join(STATES)}"
            return web.json_response({"error": text}, status=400)
        limit = None
        if "limit" in query:
            limit = int(query["limit"]) if query["limit"].lstrip("-").isdigit() else 0
            if limit <= 0:
                return web.json_response({"error": "limit must be a positive integer"}, status=400)
        offset = max(int(query.get("offset", 0)), 0)
        jobs = [job for job in map(brief, self._all()) if job["status"] in wanted]
        if query.get("sort_by") == "execution_duration":
            key = lambda job: job.get("execution_end_time", 0) - job.get("execution_start_time", 0)  # noqa: E731
        else:
            key = lambda job: job.get("create_time", 0)  # noqa: E731
        jobs.sort(key=key, reverse=query.get("sort_order", "desc") == "desc")
        page = jobs[offset:] if limit is None else jobs[offset : offset + limit]
        more = offset + len(page) < len(jobs)
        pagination = {"offset": offset, "limit": limit, "total": len(jobs), "has_more": more}
        return web.json_response({"jobs": page, "pagination": pagination})

    def _all(self) -> list[dict]:
        running, waiting = self._queue.state()
        ended = [of_history(entry) for entry in self._queue.history().values()]
        return [of_item(item, "pending") for item in waiting] + [of_item(item, "in_progress") for item in running] + ended

    async def one(self, request: web.Request) -> web.Response:
        job = next((job for job in self._all() if job["id"] == request.match_info["id"]), None)
        if job is None:
            return web.json_response({"error": "Job not found"}, status=404)
        return web.json_response(job)

    def _cancel(self, prompt_id: str) -> bool:
        if self._queue.delete(prompt_id):
            return True
        if self._queue.is_running(prompt_id):
            self._executor.interrupted = True
            return True
        return False

    async def cancel(self, request: web.Request) -> web.Response:
        return web.json_response({"cancelled": self._cancel(request.match_info["id"])})

    async def cancel_some(self, request: web.Request) -> web.Response:
        try:
            given = await request.json()
        except json.JSONDecodeError:
            return web.json_response({"error": "Request body must be valid JSON"}, status=400)
        ids = given.get("job_ids", [])
        strange = [each for each in ids if not is_id(each)]
        if strange:
            return web.json_response({"error": "job_ids contains invalid id(s)", "invalid_ids": strange}, status=400)
        return web.json_response({"cancelled": any([self._cancel(each) for each in ids])})


def brief(job: dict) -> dict:
    return {key: value for key, value in job.items() if key not in ("outputs", "execution_status", "workflow")}


def of_item(item: tuple, state: str) -> dict:
    return {
        "id": item[1], "status": state, "priority": item[0], "create_time": item[3].get("create_time"), "outputs_count": 0,
        "previewable_outputs_count": 0,
    }


def of_history(entry: dict) -> dict:
    number, prompt_id, graph, extra, _ = entry["prompt"]
    messages = dict(entry["status"]["messages"])
    outputs = entry["outputs"]
    if "execution_interrupted" in messages:
        state = "cancelled"
    else:
        state = "completed" if entry["status"]["completed"] else "failed"
    job = {"id": prompt_id, "status": state, "priority": number, "create_time": extra.get("create_time")}
    last = entry["status"]["messages"][-1][1]
    job |= {"execution_start_time": messages["execution_start"]["timestamp"], "execution_end_time": last["timestamp"]}
    if "execution_error" in messages:
        job["execution_error"] = messages["execution_error"]
    files = [
        {**file, "nodeId": node, "mediaType": kind}
        for node, ui in outputs.items() for kind, entries in ui.items() for file in entries if isinstance(file, dict)
    ]
    job |= {"outputs_count": len(files), "previewable_outputs_count": len(files)}
    if files:
        job["preview_output"] = next((file for file in files if file["type"] == "output"), files[0])
    job |= {
        "outputs": outputs, "execution_status": entry["status"], "workflow": {"prompt": graph, "extra_data": extra},
    }
    return job
