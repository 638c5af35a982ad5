"""How nodes sleep: as long as they say, or by a clock that a test sets, so that what happens does not depend on how busy the computer is.

POST /_peer/clock {"to": SECONDS} sets the clock, and is answered when all that can happen up to then has happened: the worker has
nothing to do, or sleeps until later. From then on nodes sleep by that clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import typing

from .faults import Faults


class Clock:
    def __init__(self, faults: Faults):
        self._faults = faults
        self._set: float | None = None
        # What time it is for the worker.
        self._now = 0.0
        self._wakes: float | None = None
        # When nodes wake that run side by side, and how many of those there are once no other can begin.
        self._beside: list[float] = []
        self._count: int | None = None
        self.is_worker_done: typing.Callable[[], bool] = lambda: True

    def now(self) -> float:
        return time.monotonic() if self._set is None else self._now

    @property
    def shows(self) -> float:
        return self._set or 0.0

    def begin(self, arrived: float) -> None:
        """A prompt begins, that came when the clock showed that."""
        self._now = max(self._now, arrived)

    def sleep(self, seconds: float) -> None:
        if self._set is None:
            time.sleep(seconds * self._faults.sleep_scale)
            return
        with self._faults.changed:
            self._wakes = self._now + seconds
            self._faults.changed.wait_for(self._is_time)
            self._now, self._wakes = self._wakes, None

    async def sleep_beside(self, seconds: float) -> None:
        """The same for nodes that let others run meanwhile."""
        if self._set is None:
            await asyncio.sleep(seconds * self._faults.sleep_scale)
            return
        end = self._now + seconds
        self._beside.append(end)
        while self._set is not None and self._set < end:
            await asyncio.sleep(0.001)
        self._beside.remove(end)
        self._now = max(self._now, end)

    @contextlib.contextmanager
    def waiting_for(self, count: int):
        """While the worker waits for so many nodes that run side by side."""
        self._count = count
        yield
        self._count = None

    def _is_time(self) -> bool:
        return self._set is None or self._wakes is None or self._wakes <= self._set

    async def set(self, to: float) -> None:
        """Returns when nothing more can happen."""
        await self._rest()
        with self._faults.changed:
            self._set = to
            self._faults.changed.notify_all()
        await self._rest()

    async def _rest(self) -> None:
        while self._set is not None and not self._is_at_rest():
            await asyncio.sleep(0.001)

    def _is_at_rest(self) -> bool:
        with self._faults.changed:
            if self._count is not None:
                ends = list(self._beside)
                return len(ends) == self._count and min(ends) > (self._set or 0)
            return not self._is_time() if self._wakes is not None else self.is_worker_done()
