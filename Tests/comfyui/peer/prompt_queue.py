"""What waits, what runs, what has ended.

Items are tuples on a heap as in the real server, since what goes wrong there goes wrong with it: two that have the same number
and the same id are compared by their graphs, which raises TypeError in POST /prompt and then in the worker.
"""

from __future__ import annotations

import copy
import heapq
import time
import typing

from .clock import Clock
from .faults import Faults

# (number, prompt id, graph, extra data, outputs[, what is not shown])
Item = tuple


class PromptQueue:
    LONGEST_HISTORY = 10000

    def __init__(self, faults: Faults, clock: Clock, updated: typing.Callable[[], None]):
        self._faults = faults
        self._clock = clock
        self._arrived: dict[tuple, float] = {}
        self._updated = updated
        # One lock for both: the worker waits for what is put and for faults that are taken back.
        self._lock = faults.changed
        self._waiting: list[Item] = []
        self._running: dict[int, Item] = {}
        self._taken = 0
        self._is_worker_here = False
        self._flags: dict[str, bool] = {}
        self._history: dict[str, dict] = {}
        self._shown_from: dict[str, float] = {}

    # Waiting

    def put(self, item: Item) -> None:
        with self._lock:
            self._arrived[item[:2]] = self._clock.shows
            heapq.heappush(self._waiting, item)
            self._updated()
            self._lock.notify_all()

    def take(self) -> tuple[Item, int] | None:
        """The next one, for the worker; None when there is a flag to look at instead, or when the worker is dead."""
        with self._lock:
            self._is_worker_here = True
            self._lock.wait_for(self._has_work)
            self._is_worker_here = False
            if self._faults.worker_dead or self._faults.hold or not self._waiting:
                return None
            item = heapq.heappop(self._waiting)
            self._clock.begin(self._arrived.pop(item[:2], 0.0))
            ticket = self._taken
            self._taken += 1
            self._running[ticket] = copy.deepcopy(item)
            self._updated()
            return item, ticket

    def _has_work(self) -> bool:
        return bool(self._faults.worker_dead or self._flags or (self._waiting and not self._faults.hold))

    def is_worker_idle(self) -> bool:
        """Whether the worker waits for something to do."""
        with self._lock:
            return self._is_worker_here and not self._has_work()

    def delete(self, prompt_id) -> bool:
        """Takes away one of that id."""
        with self._lock:
            for place, item in enumerate(self._waiting):
                if item[1] == prompt_id:
                    if len(self._waiting) == 1:
                        self.clear()
                    else:
                        del self._waiting[place]
                        heapq.heapify(self._waiting)
                    self._updated()
                    return True
            return False

    def clear(self) -> None:
        with self._lock:
            self._waiting = []
            self._updated()

    @property
    def remaining(self) -> int:
        with self._lock:
            return len(self._waiting) + len(self._running)

    def state(self) -> tuple[list[Item], list[Item]]:
        """What runs and what waits, in the heap's order."""
        with self._lock:
            return list(self._running.values()), list(self._waiting)

    def is_running(self, prompt_id) -> bool:
        with self._lock:
            return any(item[1] == prompt_id for item in self._running.values())

    # Flags

    def set_flag(self, name: str) -> None:
        with self._lock:
            self._flags[name] = True
            self._lock.notify_all()

    def take_flags(self) -> dict[str, bool]:
        with self._lock:
            flags, self._flags = self._flags, {}
            return flags

    # History

    def done(self, ticket: int, result: dict, status: dict) -> None:
        with self._lock:
            item = self._running.pop(ticket)
            if len(self._history) > self.LONGEST_HISTORY:
                del self._history[next(iter(self._history))]
            if self._faults.lose_history > 0:
                self._faults.lose_history -= 1
            else:
                self._shown_from[item[1]] = time.monotonic() + self._faults.history_delay
                self._history[item[1]] = {"prompt": list(item[:5]), "outputs": {}, "status": status, **result}
            self._updated()

    def history(self, prompt_id: str | None = None, most: int | None = None, offset: int = -1) -> dict:
        with self._lock:
            now = time.monotonic()
            shown = {key: entry for key, entry in self._history.items() if self._shown_from.get(key, 0) <= now}
        if prompt_id is not None:
            return {prompt_id: shown[prompt_id]} if prompt_id in shown else {}
        keys = list(shown)
        if offset < 0 and most is not None:
            offset = len(keys) - most
        keys = keys[max(offset, 0):]
        if most is not None:
            keys = keys[: max(most, 1)]
        return {key: shown[key] for key in keys}

    def forget(self, prompt_id: str) -> None:
        with self._lock:
            self._history.pop(prompt_id, None)

    def forget_all(self) -> None:
        with self._lock:
            self._history = {}
