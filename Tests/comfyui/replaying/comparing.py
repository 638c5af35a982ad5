"""Whether two answers say the same, when ids, times, numbers and names of files may be others, but must stay the same others."""

from __future__ import annotations

import json
import re
import typing

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
FILE = re.compile(r"([\w%.-]*?)_(\d{5})(_?\.\w+)")
TEMP = re.compile(r"ComfyUI_temp_[a-z]{5}")
DATE = re.compile(r"\b20\d\d-\d\d-\d\d\b")
PATH = re.compile(r"/[^\s'\"]+")

# What /object_info says for people, and what depends on the installation.
WORDS = {
    "tooltip", "search_aliases", "essentials_category", "price_badge", "output_tooltips", "dev_only", "output_matchtypes",
    "description", "category", "deprecated", "experimental", "api_node",
}
# Lists that stand for sets.
SETS = {"executed", "current_outputs", "nodes", "dependent_outputs"}
# What a machine has, not what the protocol is.
MACHINE = {
    "ram_total", "ram_free", "vram_total", "vram_free", "torch_vram_total", "torch_vram_free", "python_version", "pytorch_version",
    "argv", "comfy_package_versions", "traceback", "required_frontend_version", "installed_templates_version",
    "required_templates_version",
}


class Difference(Exception):
    pass


class Correspondence:
    """Which id, which file of the one stands for which of the other."""

    def __init__(self) -> None:
        self._there: dict[str, str] = {}
        self._back: dict[str, str] = {}
        self._shift: int | None = None

    def bind(self, recorded: str, actual: str) -> None:
        if self._there.setdefault(recorded, actual) != actual or self._back.setdefault(actual, recorded) != recorded:
            raise Difference(f"{actual} instead of {self._there[recorded]}")

    def translated(self, text: str) -> str:
        """A text that was recorded, with what is known of the other side put in."""
        for pattern in (UUID, FILE, DATE):
            text = pattern.sub(lambda found: self._there.get(found.group(), found.group()), text)
        return text

    def same_number(self, recorded: int, actual: int) -> bool:
        """Numbers of prompts count from the server's start."""
        if self._shift is None:
            self._shift = abs(actual) - abs(recorded)
        return (recorded < 0) == (actual < 0) and abs(actual) - abs(recorded) == self._shift

    def restarted(self) -> None:
        self._shift = None

    # Comparing

    def compare(self, recorded, actual, place: str = "") -> None:
        """Raises Difference."""
        if isinstance(recorded, dict) and isinstance(actual, dict):
            self._compare_objects(recorded, actual, place)
        elif isinstance(recorded, list) and isinstance(actual, list):
            self._compare_lists(recorded, actual, place)
        elif isinstance(recorded, str) and isinstance(actual, str):
            self._compare_texts(recorded, actual, place)
        elif type(recorded) is not type(actual) or recorded != actual:
            both = [recorded, actual]
            if all(isinstance(value, int) and value > 1_600_000_000_000 for value in both):
                return
            raise Difference(f"{place}: {short(actual)} instead of {short(recorded)}")

    def _compare_objects(self, recorded: dict, actual: dict, place: str) -> None:
        recorded, actual = ({key: value for key, value in each.items() if key not in WORDS} for each in (recorded, actual))
        others = {self.translated(key): key for key in recorded}
        if set(others) != set(actual):
            missing, more = sorted(set(others) - set(actual)), sorted(set(actual) - set(others))
            raise Difference(f"{place}: keys missing {missing}, more {more}")
        for other, key in others.items():
            left, right = recorded[key], actual[other]
            if key in MACHINE:
                continue
            if key in ("number", "priority") and type(left) is int and type(right) is int:
                if not self.same_number(left, right):
                    raise Difference(f"{place}.{key}: {right} instead of {left}")
                continue
            if key in SETS and isinstance(left, list) and isinstance(right, list):
                left, right = sorted(left, key=str), sorted(right, key=str)
            self.compare(left, right, f"{place}.{key}")

    def _compare_lists(self, recorded: list, actual: list, place: str) -> None:
        if len(recorded) != len(actual):
            raise Difference(f"{place}: {len(actual)} elements instead of {len(recorded)}: {short(actual)}")
        if len(recorded) == 5 and isinstance(recorded[2], dict) and isinstance(recorded[1], str):
            # What waits, runs or ran: number, id, graph, extra data, outputs in any order.
            recorded, actual = ([*each[:4], sorted(each[4])] for each in (recorded, actual))
            if type(recorded[0]) is int and type(actual[0]) is int:
                if not self.same_number(recorded[0], actual[0]):
                    raise Difference(f"{place}[0]: {actual[0]} instead of {recorded[0]}")
                recorded, actual = recorded[1:], actual[1:]
        for index, (left, right) in enumerate(zip(recorded, actual)):
            self.compare(left, right, f"{place}[{index}]")

    def _compare_texts(self, recorded: str, actual: str, place: str) -> None:
        if recorded == actual and not FILE.search(recorded) and not UUID.search(recorded):
            return
        if recorded.startswith("tensor(") and actual.startswith("tensor("):
            return
        if "/srv/comfyui" in recorded:
            recorded, actual = PATH.sub("/PATH", recorded), PATH.sub("/PATH", actual)
        for pattern in (UUID, FILE, DATE):
            left, right = list(pattern.finditer(recorded)), list(pattern.finditer(actual))
            if len(left) == len(right):
                for one, other in zip(left, right):
                    if pattern is FILE and plain(one.group(1)) + one.group(3) != plain(other.group(1)) + other.group(3):
                        raise Difference(f"{place}: {short(actual)} instead of {short(recorded)}")
                    self.bind(one.group(), other.group())
            recorded, actual = pattern.sub("*", recorded), pattern.sub("*", actual)
        if recorded != actual:
            raise Difference(f"{place}: {short(actual)} instead of {short(recorded)}")


def plain(stem: str) -> str:
    return TEMP.sub("ComfyUI_temp", stem)


def short(value: typing.Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else text[:200] + "…"
