"""What a node class is, and what one has while it runs."""

from __future__ import annotations

import dataclasses
import typing

from .clock import Clock
from .faults import Faults
from .folders import Folders
from .record import Record
from .settings import Settings


class Interrupted(Exception):
    """The prompt was interrupted."""


class Progress(typing.Protocol):
    def tick(self, value: float, most: float, preview=None) -> None: ...
    def say(self, text: str) -> None: ...
    def check(self) -> None: ...


@dataclasses.dataclass
class Context:
    """What a node that runs can reach."""

    settings: Settings
    folders: Folders
    faults: Faults
    clock: Clock
    record: Record
    progress: Progress
    prompt_id: str
    node_id: str
    graph: dict
    extra: dict

    def written(self, prefix: str, path: str) -> None:
        self.record.add("written", prefix=prefix, path=path, prompt_id=self.prompt_id, node=self.node_id)
        self.faults.reached("written")


@dataclasses.dataclass
class Result:
    """values: one for each output. ui: what a client is told, for nodes that put something out."""

    values: tuple = ()
    ui: dict | None = None
    node_id: str = ""
    """Of the node that it was made for; one of another prompt that takes it from the cache may have another."""


@dataclasses.dataclass
class NodeClass:
    name: str
    run: typing.Callable[..., Result | tuple]
    required: dict[str, list]
    optional: dict[str, list]
    hidden: dict[str, typing.Any]
    returns: tuple[str, ...]
    return_names: tuple[str, ...]
    is_output: bool
    display_name: str | None
    category: str
    module: str
    is_schema: bool
    """Declared in the newer way: /object_info then shows more of it."""
    returns_old: tuple[str, ...] | None
    """Where 0.3.64 returns something else."""
    required_old: dict[str, list] | None
    optional_old: dict[str, list] | None
    check: typing.Callable[[Folders, dict], str | None] | None
    checked_inputs: tuple[str, ...]
    changed: typing.Callable[[Folders, dict], typing.Any] | None

    def required_in(self, settings: Settings) -> dict[str, list]:
        return self.required if settings.is_new or self.required_old is None else self.required_old

    def optional_in(self, settings: Settings) -> dict[str, list]:
        return self.optional if settings.is_new or self.optional_old is None else self.optional_old

    def returns_in(self, settings: Settings) -> tuple[str, ...]:
        return self.returns if settings.is_new or self.returns_old is None else self.returns_old

    @property
    def knows_its_id(self) -> bool:
        return "UNIQUE_ID" in [kind[0] if isinstance(kind, list) else kind for kind in self.hidden.values()]


CLASSES: dict[str, NodeClass] = {}


def node(
    name: str, required: dict[str, list] | None = None, *, optional: dict[str, list] | None = None, hidden: dict | None = None,
    returns: tuple[str, ...] = (), names: tuple[str, ...] | None = None, output: bool = False, display: str | None = None,
    category: str = "", module: str = "nodes", schema: bool = False, returns_old: tuple[str, ...] | None = None,
    required_old: dict[str, list] | None = None, optional_old: dict[str, list] | None = None, check=None, checked: tuple[str, ...] = (), changed=None,
):
    """Declares the function under it as a node class."""

    def declare(run):
        CLASSES[name] = NodeClass(
            name, run, required or {}, optional or {}, hidden or {}, returns, names or returns, output, display, category, module,
            schema, returns_old, required_old, optional_old, check, checked, changed)
        return run

    return declare


def integer(default: int, low: int, high: int, **more) -> list:
    return ["INT", {"default": default, "min": low, "max": high, **more}]


def decimal(default: float, low: float, high: float, step: float | None = None, **more) -> list:
    return ["FLOAT", {"default": default, "min": low, "max": high, **({"step": step} if step is not None else {}), **more}]


def one_of(*options: str, **more) -> list:
    """A list to choose from, as nodes of the newer kind declare it."""
    return ["COMBO", {"multiselect": False, "options": list(options), **more}]


def models(folder: str) -> list:
    """A list to choose from: the files in a folder of models, as they are when it is asked."""
    return [{"models": folder}]


def inputs(kind: str, **more) -> list:
    """A list to choose from: the files of that kind (image or audio) in the folder of inputs."""
    return [{"inputs": kind}, more]
