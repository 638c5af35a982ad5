"""Whether a graph can run: the answer that POST /prompt gives, in the words of the real server."""

from __future__ import annotations

import dataclasses
import typing

from .catalog import Catalog
from .folders import Folders
from .node import NodeClass
from .settings import Settings


@dataclasses.dataclass
class Verdict:
    """outputs: the nodes that will run. error: why none will. node_errors: what is wrong with single nodes, also when others run."""

    outputs: list[str]
    error: dict | None
    node_errors: dict


def fault(kind: str, message: str, details: str = "", **extra) -> dict:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


class Graph:
    """A graph that is being judged. Literal values are turned into what their inputs take, in place."""

    def __init__(self, nodes, settings: Settings, catalog: Catalog, folders: Folders):
        self._nodes = nodes
        self._settings = settings
        self._catalog = catalog
        self._folders = folders
        # By node: whether it is good, and what is wrong with itself.
        self._judged: dict[str, tuple[bool, list[dict]]] = {}
        self._path: list[str] = []

    def verdict(self, targets: list[str] | None) -> Verdict:
        if self._settings.is_new:
            # The newer one looks for replaced classes first and falls over what is no graph.
            for each in self._nodes.values():
                each.get("class_type")
        outputs = []
        for name in self._nodes:
            kind = self._class(name)
            if isinstance(kind, dict):
                return Verdict([], kind, {})
            if kind.is_output and (targets is None or name in targets):
                outputs.append(name)
        if not outputs:
            return Verdict([], fault("prompt_no_outputs", "Prompt has no outputs"), {})
        return self._judge_outputs(outputs)

    def _class(self, name: str) -> NodeClass | dict:
        """A node's class, or what is wrong."""
        each = self._nodes[name]
        place = f"Node ID '#{name}'"
        is_new = self._settings.is_new
        if "class_type" not in each:
            if not is_new:
                return fault("invalid_prompt", "Cannot execute because a node is missing the class_type property.", place)
            title = each.get("_meta", {}).get("title")
            named = title or f"ID #{name}"
            message = f"Node '{named}' has no class_type. The workflow may be corrupted or a custom node is missing."
            return fault("missing_node_type", message, place, node_id=name, class_type=None, node_title=title)
        kind = self._catalog.find(each["class_type"])
        if kind is not None:
            return kind
        if not is_new:
            return fault("invalid_prompt", f"Cannot execute because node {each['class_type']} does not exist.", place)
        title = each.get("_meta", {}).get("title", each["class_type"])
        message = f"Node '{title}' not found. The custom node may not be installed."
        return fault("missing_node_type", message, place, node_id=name, class_type=each["class_type"], node_title=title)

    def _judge_outputs(self, outputs: list[str]) -> Verdict:
        good: list[str] = []
        told: list[str] = []
        node_errors: dict[str, dict] = {}
        for name in outputs:
            try:
                is_good, errors = self._judge(name)
            except RecursionError:
                # A cycle: the older server has nothing to say but no.
                is_good, errors = False, []
                self._judged.clear()
            except Exception as error:
                is_good = False
                errors = [
                    fault(
                        "exception_during_validation", "Exception when validating node", str(error),
                        exception_type=type(error).__name__, traceback=["(omitted)"])
                ]
                self._judged[name] = (False, errors)
            if is_good:
                good.append(name)
                continue
            told += [f"{error['message']}: {error['details']}" for error in errors]
            for other, (other_is_good, other_errors) in self._judged.items():
                if other_is_good or not other_errors:
                    continue
                entry = node_errors.setdefault(
                    other, {"errors": other_errors, "dependent_outputs": [], "class_type": self._nodes[other]["class_type"]})
                entry["dependent_outputs"].append(name)
        error = None
        if not good:
            error = fault("prompt_outputs_failed_validation", "Prompt outputs failed validation", "\n".join(told))
        return Verdict(good, error, node_errors)

    def _judge(self, name: str) -> tuple[bool, list[dict]]:
        if name in self._judged:
            return self._judged[name]
        if name in self._path:
            return self._cycle(name)
        self._path.append(name)
        try:
            is_good, errors = self._judge_inputs(name)
        finally:
            self._path.pop()
        if name in self._judged:  # A cycle was found further up.
            before = self._judged[name]
            is_good, errors = before[0] and is_good, before[1] + [error for error in errors if error not in before[1]]
        self._judged[name] = (is_good and not errors, errors)
        return self._judged[name]

    def _cycle(self, name: str) -> tuple[bool, list[dict]]:
        if not self._settings.is_new:
            raise RecursionError
        ring = self._path[self._path.index(name):]
        words = " -> ".join(f"{each} ({self._nodes[each]['class_type']})" for each in [*ring, name])
        for each in ring:
            error = fault("dependency_cycle", "Dependency cycle detected", words, node_id=each, cycle_nodes=ring)
            self._judged[each] = (False, [error])
        return self._judged[name]

    def _judge_inputs(self, name: str) -> tuple[bool, list[dict]]:
        given = self._nodes[name]["inputs"]
        kind = self._catalog.find(self._nodes[name]["class_type"])
        required, optional = self._catalog.inputs(kind)
        errors: list[dict] = []
        is_good = True
        for key, config in {**required, **optional}.items():
            if key not in given:
                if key in required:
                    errors.append(fault("required_input_missing", "Required input is missing", key, input_name=key))
                continue
            value = given[key]
            if isinstance(value, list):
                is_good &= self._judge_link(name, key, config, value, errors)
            else:
                self._judge_value(kind, given, key, config, errors)
        if kind.check is not None:
            values = {key: value for key, value in given.items() if not isinstance(value, list)}
            said = kind.check(self._folders, values)
            if said is not None:
                for key in kind.checked_inputs:
                    errors.append(
                        fault("custom_validation_failed", "Custom validation failed for node", f"{key} - {said}", input_name=key))
        return is_good, errors

    def _judge_link(self, name: str, key: str, config: list, link: list, errors: list[dict]) -> bool:
        if len(link) != 2:
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            errors.append(fault("bad_linked_input", message, key, input_name=key, input_config=config, received_value=link))
            return True
        other = link[0]
        kind = self._catalog.find(self._nodes[other]["class_type"])
        received = kind.returns_in(self._settings)[link[1]]
        if not self._fits(received, config[0]):
            wanted = "COMBO" if isinstance(config[0], list) else config[0]
            details = f"{key}, received_type({received}) mismatch input_type({wanted})"
            errors.append(
                fault(
                    "return_type_mismatch", "Return type mismatch between linked nodes", details, input_name=key,
                    input_config=config, received_type=received, linked_node=link))
            return True
        try:
            return self._judge(other)[0]
        except RecursionError:
            raise
        except Exception as error:
            self._judged[other] = (
                False,
                [
                    fault(
                        "exception_during_inner_validation", "Exception when validating inner node", str(error), input_name=key,
                        input_config=config, exception_message=str(error), exception_type=type(error).__name__,
                        traceback=["(omitted)"], linked_node=link)
                ],
            )
            return False

    @staticmethod
    def _fits(received: str, wanted) -> bool:
        if isinstance(wanted, list):
            wanted = "COMBO"
        return "*" in (received, wanted) or set(received.split(",")) <= set(wanted.split(","))

    def _judge_value(self, kind: NodeClass, given: dict, key: str, config: list, errors: list[dict]) -> None:
        wanted = config[0]
        more = config[1] if len(config) > 1 else {}
        value = given[key]
        if isinstance(value, dict) and "__value__" in value:
            value = given[key] = value["__value__"]
        about: dict[str, typing.Any] = {"input_name": key, "input_config": config, "received_value": value}
        convert = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}.get(wanted) if isinstance(wanted, str) else None
        if convert is not None:
            try:
                value = given[key] = convert(value)
            except (ValueError, TypeError) as error:
                errors.append(
                    fault(
                        "invalid_input_type", f"Failed to convert an input value to a {wanted} value", f"{key}, {value}, {error}",
                        **about, exception_message=str(error)))
                return
        about["received_value"] = value
        if key in kind.checked_inputs:
            return
        if "min" in more and value < more["min"]:
            errors.append(fault("value_smaller_than_min", f"Value {value} smaller than min of {more['min']}", key, **about))
        elif "max" in more and value > more["max"]:
            errors.append(fault("value_bigger_than_max", f"Value {value} bigger than max of {more['max']}", key, **about))
        elif isinstance(wanted, list) or wanted == "COMBO":
            options = wanted if isinstance(wanted, list) else more.get("options", [])
            if value not in options:
                if len(options) > 20:
                    listed = f"(list of length {len(options)})"
                    about["input_config"] = None
                else:
                    listed = str(options)
                errors.append(fault("value_not_in_list", "Value not in list", f"{key}: {value!r} not in {listed}", **about))


def judge(nodes, targets: list[str] | None, settings: Settings, catalog: Catalog, folders: Folders) -> Verdict:
    """Raises what the real server falls over, for a 500."""
    return Graph(nodes, settings, catalog, folders).verdict(targets)
