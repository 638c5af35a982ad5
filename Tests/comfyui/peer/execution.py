"""Running one graph: order, cache, progress, errors, and what is told of all that."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
import typing

from . import pictures
from .catalog import Catalog
from .clock import Clock
from .faults import Faults
from .folders import Folders
from .node import Context, Interrupted, NodeClass, Result
from .record import Record
from .settings import Settings
from .sockets import Sockets


class Executor:
    """Runs graphs one after the other; keeps what nodes made."""

    def __init__(
        self, settings: Settings, folders: Folders, catalog: Catalog, faults: Faults, clock: Clock, record: Record,
        sockets: Sockets,
    ):
        self.settings = settings
        self.folders = folders
        self.catalog = catalog
        self.faults = faults
        self.clock = clock
        self.record = record
        self.sockets = sockets
        self.interrupted = False
        self.cache: dict[str, Result] = {}

    def forget(self) -> None:
        self.cache = {}

    def run(self, graph: dict, prompt_id: str, extra: dict, outputs: list[str]) -> tuple[dict, dict]:
        """What history will hold of it, and its status."""
        self.interrupted = False
        self.sockets.client_id = extra.get("client_id")
        run = Run(self, graph, prompt_id, extra, outputs)
        asyncio.run(run.run())
        self.sockets.last_node = None
        result = {
            "outputs": {name: ui for name, ui in run.ui.items()},
            "meta": {
                name: {"node_id": of, "display_node": of, "parent_node": None, "real_node_id": of} for name, of in run.made_by.items()
            },
        }
        word = "success" if run.is_success else "error"
        return result, {"status_str": word, "completed": run.is_success, "messages": run.messages}


class Run:
    """One graph that runs."""

    def __init__(self, executor: Executor, graph: dict, prompt_id: str, extra: dict, outputs: list[str]):
        self.executor = executor
        self.graph = graph
        self.prompt_id = prompt_id
        self.extra = extra
        self.outputs = outputs
        self.client = extra.get("client_id")
        self.sockets = executor.sockets
        self.messages: list[list] = []
        self.ui: dict[str, dict] = {}
        self.made_by: dict[str, str] = {}
        self.is_success = True
        self.executed: list[str] = []
        self.states: dict[str, dict] = {}
        self.keys = Signatures(executor, graph)

    # Telling

    def tell(self, kind: str, more: dict, to_all: bool = False) -> None:
        """What history keeps, too."""
        data = {"prompt_id": self.prompt_id, **more, "timestamp": int(time.time() * 1000)}
        self.messages.append([kind, data])
        if self.client is not None or to_all:
            self.sockets.send(kind, data, self.client)

    def tell_states(self, name: str, **state) -> None:
        entry = self.states.setdefault(name, {})
        entry.update(state)
        nodes = {
            each: {
                **told, "node_id": each, "prompt_id": self.prompt_id, "display_node_id": each, "parent_node_id": None,
                "real_node_id": each,
            }
            for each, told in self.states.items()
        }
        self.sockets.send("progress_state", {"prompt_id": self.prompt_id, "nodes": nodes}, self.client)

    def tell_executed(self, name: str, result: Result) -> None:
        ui = result.ui or {}
        self.ui[name], self.made_by[name] = ui, result.node_id
        if self.client is not None:
            data = {"node": name, "display_node": name, "output": ui, "prompt_id": self.prompt_id}
            self.sockets.send("executed", data, self.client)

    # Running

    async def run(self) -> None:
        executor = self.executor
        self.tell("execution_start", {})
        if not executor.settings.is_new:
            self._drop_unused()
        cached = [name for name in self.graph if self.keys.of(name) in executor.cache]
        self.tell("execution_cached", {"nodes": cached})
        plan = Plan(self)
        running: dict[str, asyncio.Task] = {}
        while not plan.is_done:
            name = plan.next(set(running))
            if name is None:
                with executor.clock.waiting_for(len(running)):
                    finished, _ = await asyncio.wait(running.values(), return_when=asyncio.FIRST_COMPLETED)
                for each in [each for each, task in running.items() if task in finished]:
                    if not self._settle(each, running.pop(each)):
                        return
                    plan.finish(each)
                continue
            if self.keys.of(name) in executor.cache:
                self._repeat(name)
                plan.finish(name)
            else:
                work = self._start(name)
                if inspect.isawaitable(work):
                    running[name] = asyncio.ensure_future(work)
                    await asyncio.sleep(0)
                    continue
                if not self._settle(name, work):
                    return
                plan.finish(name)
            if executor.settings.is_new:
                # It gives back memory after each node, and that is all of what this graph does not name.
                self._drop_unused()
        self.tell("execution_success", {})

    def _drop_unused(self) -> None:
        used = {self.keys.of(name) for name in self.graph}
        self.executor.cache = {key: result for key, result in self.executor.cache.items() if key in used}

    def _repeat(self, name: str) -> None:
        """A node whose result is there."""
        result = self.executor.cache[self.keys.of(name)]
        if result.ui is not None:
            self.tell_executed(name, result)
        self.tell_states(name, value=1, max=1, state="finished")

    def _start(self, name: str):
        """Its result, the error it ended with, or something that will be one of both."""
        self.tell_states(name, value=0.0, max=1.0, state="running")
        if self.client is not None:
            self.sockets.last_node = name
            self.sockets.send("executing", {"node": name, "display_node": name, "prompt_id": self.prompt_id}, self.client)
        executor = self.executor
        kind = executor.catalog.find(self.graph[name]["class_type"])
        ticks = Ticks(self, name)
        context = Context(
            executor.settings, executor.folders, executor.faults, executor.clock, executor.record, ticks, self.prompt_id, name, self.graph,
            self.extra)
        executor.record.add("executed", prompt_id=self.prompt_id, node=name, **{"class": kind.name})
        executor.faults.reached("executing")
        try:
            ticks.check()
            if kind.name in executor.faults.fail_node:
                raise RuntimeError(executor.faults.fail_node[kind.name])
            work = kind.run(context, **self._values(name, kind))
        except Exception as error:
            return error
        if not inspect.isawaitable(work):
            return work

        async def wait():
            try:
                return await work
            except Exception as error:
                return error

        return wait()

    def _values(self, name: str, kind: NodeClass) -> dict:
        required, optional = self.executor.catalog.inputs(kind)
        given = self.graph[name]["inputs"]
        return {key: self._value(value) for key, value in given.items() if key in required or key in optional}

    def _value(self, value):
        if not isinstance(value, list):
            return value
        return self.executor.cache[self.keys.of(value[0])].values[value[1]]

    def _settle(self, name: str, outcome) -> bool:
        """Takes in how a node ended; false ends the graph."""
        if isinstance(outcome, asyncio.Task):
            outcome = outcome.result()
        if isinstance(outcome, Exception):
            self._fail(name, outcome)
            return False
        result = outcome if isinstance(outcome, Result) else Result(values=outcome)
        result.node_id = name
        if result.ui:
            self.tell_executed(name, result)
        self.executor.cache[self.keys.of(name)] = result
        state = self.states[name]
        self.tell_states(name, value=state["max"], state="finished")
        self.executed.append(name)
        return True

    def _fail(self, name: str, error: Exception) -> None:
        self.is_success = False
        kind = self.graph[name]["class_type"]
        about = {"node_id": name, "node_type": kind, "executed": list(self.executed)}
        if isinstance(error, Interrupted):
            self.tell("execution_interrupted", about, to_all=True)
            return
        declared = self.executor.catalog.find(kind)
        values = {key: shown(value) for key, value in self._values(name, declared).items()} if declared is not None else {}
        if declared is not None and "prompt" in declared.hidden:
            values |= {"prompt": str(self.graph), "extra_pnginfo": self.extra.get("extra_pnginfo")}
        tips = getattr(error, "tips", "")
        about |= {
            "exception_message": f"{error}\n{tips}",
            "exception_type": getattr(error, "type_name", type(error).__name__),
            "traceback": [f'  File "peer.py", line 1, in {kind}\n'],
            "current_inputs": {key: [value] for key, value in values.items()},
            "current_outputs": list(self.graph),
        }
        self.tell("execution_error", about)


class Ticks:
    """A node's progress, told as it comes.

    The newer server leaves out what follows the last too soon, and does not notice an interrupt then either.
    """

    LEAST_CHANGE = 0.005

    def __init__(self, run: Run, name: str):
        self._run = run
        self._name = name
        self._last: tuple[float, float] | None = None

    def check(self) -> None:
        """Raises if the prompt was interrupted meanwhile."""
        if self._run.executor.interrupted:
            self._run.executor.interrupted = False
            raise Interrupted()

    def _is_too_soon(self, value, most, preview) -> bool:
        if not self._run.executor.settings.is_new or preview is not None or self._last is None or value >= most:
            return False
        when, before = self._last
        is_small = most > 0 and (value - before) / most < self.LEAST_CHANGE
        return is_small or self._run.executor.clock.now() - when < self._run.executor.faults.tick_interval - 1e-6

    def tick(self, value, most, preview=None) -> None:
        if self._is_too_soon(value, most, preview):
            return
        self._last = (self._run.executor.clock.now(), value)
        self.check()
        run, sockets = self._run, self._run.sockets
        with_metadata = preview is not None and sockets.wants_metadata(run.client)
        run.tell_states(self._name, value=value, max=most, state="running")
        if with_metadata:
            metadata = {
                "node_id": self._name, "prompt_id": run.prompt_id, "display_node_id": self._name, "parent_node_id": None,
                "real_node_id": self._name, "image_type": "image/png" if preview[0] == "PNG" else "image/jpeg",
            }
            sockets.send_preview_with_metadata(metadata, pictures.encoded(preview[1], preview[0]), run.client)
        sockets.send("progress", {"value": value, "max": most, "prompt_id": run.prompt_id, "node": self._name}, run.client)
        if preview is not None and not with_metadata:
            sockets.send_preview(preview[0], pictures.encoded(preview[1], preview[0]), run.client)

    def say(self, text: str) -> None:
        self._run.sockets.send_text(self._name, text, self._run.client)


class Plan:
    """In which order nodes run: what an output needs and is not there yet, from its inputs on."""

    def __init__(self, run: Run):
        self._run = run
        self._needs: dict[str, set[str]] = {}
        self._users: dict[str, set[str]] = {}
        for name in run.outputs:
            self._add(name)

    def _add(self, name: str) -> None:
        waiting = [name]
        while waiting:
            each = waiting.pop()
            if each in self._needs:
                continue
            self._needs[each] = set()
            self._users.setdefault(each, set())
            if self._run.keys.of(each) in self._run.executor.cache:
                continue
            for value in self._run.graph[each]["inputs"].values():
                if not isinstance(value, list) or self._run.keys.of(value[0]) in self._run.executor.cache:
                    continue
                self._needs[each].add(value[0])
                self._users.setdefault(value[0], set()).add(each)
                waiting.append(value[0])

    @property
    def is_done(self) -> bool:
        return not self._needs

    def next(self, running: set[str]) -> str | None:
        """Outputs first, then what is nearest to one, so that results come early."""
        ready = [name for name, needs in self._needs.items() if not needs and name not in running]
        if not ready:
            return None
        now = [name for name in ready if self._is_output(name) or self._is_async(name)]
        near = [name for name in ready if any(map(self._is_output, self._users[name]))]
        nearer = [
            name for name in ready if any(self._is_output(far) for user in self._users[name] for far in self._users[user])
        ]
        return next(iter(now + near + nearer + ready))

    def finish(self, name: str) -> None:
        del self._needs[name]
        for user in self._users[name]:
            self._needs[user].discard(name)

    def _kind(self, name: str) -> NodeClass | None:
        return self._run.executor.catalog.find(self._run.graph[name]["class_type"])

    def _is_output(self, name: str) -> bool:
        kind = self._kind(name)
        return kind is not None and kind.is_output

    def _is_async(self, name: str) -> bool:
        kind = self._kind(name)
        return kind is not None and inspect.iscoroutinefunction(kind.run)


class Signatures:
    """By what a node's result is found again: its class, its values and the same of all nodes above it. Other ids change nothing,
    except for classes that are told their id."""

    def __init__(self, executor: Executor, graph: dict):
        self._executor = executor
        self._graph = graph
        self._made: dict[str, str] = {}

    def of(self, name) -> str:
        if name in self._made:
            return self._made[name]
        each = self._graph.get(name)
        if each is None:
            return f"missing {name}"
        kind = self._executor.catalog.find(each.get("class_type"))
        own: list[typing.Any] = [each.get("class_type")]
        if kind is None or kind.knows_its_id:
            own.append(name)
        inputs = each.get("inputs", {})
        if kind is not None and kind.changed is not None:
            try:
                own.append(kind.changed(self._executor.folders, inputs))
            except Exception:
                own.append(time.time())
        for key in sorted(inputs):
            value = inputs[key]
            is_link = isinstance(value, list) and len(value) == 2
            own.append([key, self.of(value[0]), value[1]] if is_link else [key, value])
        self._made[name] = pictures.digest(json.dumps(own, default=str)).hex()
        return self._made[name]


def shown(value):
    """A value as an error tells of it."""
    if isinstance(value, (int, float, bool, str)) or value is None:
        return value
    if isinstance(value, list):
        return "tensor([[[[0., 0., 0.],\n          ...,\n          [0., 0., 0.]]]])"
    return str(value)
