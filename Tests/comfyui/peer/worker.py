"""The one thread on which graphs run, one after the other."""

from __future__ import annotations

import threading

from .execution import Executor
from .faults import Faults
from .prompt_queue import PromptQueue
from .record import Record
from .sockets import Sockets


class Worker(threading.Thread):
    def __init__(self, queue: PromptQueue, executor: Executor, sockets: Sockets, faults: Faults, record: Record):
        super().__init__(name="worker", daemon=True)
        self._queue = queue
        self._executor = executor
        self._sockets = sockets
        self._faults = faults
        self._record = record

    def run(self) -> None:
        """Ends with any error, as the real one does: the server goes on, and nothing runs any more."""
        while True:
            taken = self._queue.take()
            if self._faults.worker_dead:
                return
            if taken is not None:
                self._do(*taken)
            flags = self._queue.take_flags()
            if flags.get("free_memory"):
                self._executor.forget()

    def _do(self, item: tuple, ticket: int) -> None:
        prompt_id, graph, extra, outputs = item[1:5]
        self._record.add("started", prompt_id=prompt_id)
        result, status = self._executor.run(graph, prompt_id, extra, outputs)
        self._faults.reached("before_history")
        self._queue.done(ticket, result, status)
        self._record.add("finished", prompt_id=prompt_id, status=status["messages"][-1][0])
        client = self._sockets.client_id
        if client is not None:
            self._sockets.send("executing", {"node": None, "prompt_id": prompt_id}, client)
