"""Faults on demand: POST /_peer/faults with a JSON object; every key that it holds replaces what was set, DELETE takes all back.

rules           requests that go wrong, a list of
                {"do": WHAT, "path": "/prompt", "method": "POST", "count": 1, "skip": 0, "status": 503, "seconds": 1}
                path is where the request's path begins (without /api), method may be left out; count is how many requests it meets
                (0: all), after skip of them went through. WHAT is
                  drop_before   the connection is cut before anything is done
                  drop_after    it is done, but instead of the answer the connection is cut
                  status        answered with that status and nothing done
                  garbage       done, but answered with 200 and half a JSON text
                  not_json      done, but answered with a page of HTML, as proxies do
                  wrong_length  done, but the answer announces more bytes than come
                  truncate      done, but the connection is cut in the middle of the body
                  corrupt       done, but the body's bytes are others, as many
                  hang          never answered
                  delay         done after so many seconds
                  refuse_socket a WebSocket handshake is answered with that status (503 if none is said)
mute_sockets    true: nothing is sent on any WebSocket any more, all stay open
history_delay   seconds for which history does not show what has ended
lose_history    how many prompts do not get into history at all when they end
missing_classes node classes that this server does not have
models          {"checkpoints": [...]}: what the folder of models holds instead
worker_dead     true: the worker takes nothing from the queue any more, for good; all else answers as ever
hold            true: the worker takes nothing from the queue until it is false again
step_seconds    how long each step of a sampler takes
sleep_scale     what the seconds of PeerSleep, PeerBlock and PeerAsync are multiplied with
tick_interval   seconds that ticks of progress are apart at least, in the newer server (0.1)
fail_node       {"CLASS": "message"}: nodes of that class raise RuntimeError
kill_at         accepted | executing | written | before_history: the process ends there, as by kill -9, for the next prompt that gets there
close_sockets   true: all WebSockets are cut now
require_header  {"name": "Authorization", "value": "Bearer x"}: 401 without it; null takes it back
"""

from __future__ import annotations

import dataclasses
import os
import threading
import typing


@dataclasses.dataclass
class Rule:
    do: str
    path: str = "/"
    method: str | None = None
    count: int = 1
    skip: int = 0
    status: int = 503
    seconds: float = 1

    def takes(self, method: str, path: str) -> bool:
        """Whether the request is one of those; counts it."""
        if self.count < 0 or not path.startswith(self.path) or self.method not in (None, method):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.count > 0:
            self.count -= 1
            if self.count == 0:
                self.count = -1
        return True


ACTIONS = {
    "drop_before", "drop_after", "status", "garbage", "not_json", "wrong_length", "truncate", "corrupt", "hang", "delay",
    "refuse_socket",
}


@dataclasses.dataclass
class Faults:
    rules: list[Rule] = dataclasses.field(default_factory=list)
    mute_sockets: bool = False
    history_delay: float = 0
    lose_history: int = 0
    missing_classes: list[str] = dataclasses.field(default_factory=list)
    models: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    worker_dead: bool = False
    hold: bool = False
    step_seconds: float = 0
    sleep_scale: float = 1
    tick_interval: float = 0.1
    fail_node: dict[str, str] = dataclasses.field(default_factory=dict)
    kill_at: str | None = None
    close_sockets: bool = False
    require_header: dict[str, str] | None = None

    def __post_init__(self) -> None:
        self.changed = threading.Condition()

    def set(self, given: dict[str, typing.Any]) -> None:
        """Raises ValueError for what is unknown: a fault that is misspelt must not pass for one that is survived."""
        known = {field.name for field in dataclasses.fields(self)}
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"there is no fault {name}")
            if name == "rules":
                value = [Rule(**rule) for rule in value]
                for rule in value:
                    if rule.do not in ACTIONS:
                        raise ValueError(f"a rule cannot do {rule.do}")
            if name == "kill_at" and value not in (None, "accepted", "executing", "written", "before_history"):
                raise ValueError(f"there is no point {value}")
            with self.changed:
                setattr(self, name, value)
                self.changed.notify_all()

    def reset(self) -> None:
        """Takes all back but the worker's death."""
        fresh = Faults()
        with self.changed:
            for field in dataclasses.fields(self):
                if field.name != "worker_dead":
                    setattr(self, field.name, getattr(fresh, field.name))
            self.changed.notify_all()

    def reached(self, point: str) -> None:
        """Ends the process if it is to end here."""
        if self.kill_at == point:
            os._exit(137)

    def rule(self, method: str, path: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.takes(method, path)), None)
