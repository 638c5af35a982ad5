"""Comparing what came on one WebSocket."""

from __future__ import annotations

from .comparing import Correspondence, Difference, short
from .recording import Message


# Status messages that were on their way when the recorded client hung up.
LATE = 2


def compare(recorded: list[Message], actual: list[Message], is_cut: bool, known: Correspondence) -> None:
    """is_cut: the recorded client hung up in the middle, so that more may have come here. Else what had gone silent has to be silent.

    Order counts within a prompt, except for nodes that may run in any order; status messages stand wherever the server's threads
    put them, so that only their number and the last of them count."""
    compare_statuses(recorded, actual, LATE if is_cut else 0, known)
    left, right = Conversation(recorded), Conversation(actual)
    if len(left.prompts) != len(right.prompts):
        raise Difference(f"messages of {len(right.prompts)} prompts instead of {len(left.prompts)}")
    known.compare(left.other, right.other, "messages of no prompt")
    pairs = list(zip(left.prompts.items(), right.prompts.items()))
    for index, ((prompt_id, ours), (other_id, theirs)) in enumerate(pairs):
        known.compare(prompt_id, other_id, "prompt")
        if is_cut and index == len(pairs) - 1:
            theirs = cut_as(ours, theirs)
        compare_prompts(ours, theirs, known)


def compare_statuses(recorded: list[Message], actual: list[Message], late: int, known: Correspondence) -> None:
    left, right = ([message.json for message in side if message.type == "status"] for side in (recorded, actual))
    if not left and not right:
        return
    if not len(left) <= len(right) <= len(left) + late:
        raise Difference(f"{len(right)} status messages instead of {len(left)}")
    known.compare(left[0], right[0], "first status")
    if len(left) == len(right):
        known.compare(left[-1], right[-1], "last status")


class Conversation:
    def __init__(self, messages: list[Message]):
        # By prompt: messages and, as strings, binary ones, which belong to the prompt before them.
        self.prompts: dict[str, list[Message]] = {}
        self.other: list = []
        last: str | None = None
        for message in messages:
            if message.type == "status":
                continue
            prompt_id = message.data.get("prompt_id")
            if prompt_id is not None:
                last = prompt_id
            elif message.type != "binary":
                self.other.append(message.json)
                continue
            self.prompts.setdefault(last or "", []).append(message)


class Step:
    """A message, and the ticks after it."""

    def __init__(self, message: Message | None):
        self.message = message
        self.ticks: list[Message] = []


def steps(messages: list[Message]) -> list[Step]:
    made = [Step(None)]
    for message in messages:
        if message.is_tick:
            made[-1].ticks.append(message)
        else:
            made.append(Step(message))
    return made


def cut_as(recorded: list[Message], actual: list[Message]) -> list[Message]:
    """The messages up to where the others end, if those end in the middle."""
    if not recorded or recorded[-1].type == "executing" and recorded[-1].data.get("node", "") is None:
        return actual
    firm = sum(not message.is_tick for message in recorded)
    for index, message in enumerate(actual):
        firm -= not message.is_tick
        if firm < 0:
            return actual[:index]
    return actual


def compare_prompts(recorded: list[Message], actual: list[Message], known: Correspondence) -> None:
    try:
        compare_in_order(recorded, actual, known)
    except Difference:
        if len({node for message in recorded if message.type == "executed" for node in message.nodes}) < 2:
            raise
        compare_by_node(recorded, actual, known)


def compare_in_order(recorded: list[Message], actual: list[Message], known: Correspondence) -> None:
    left, right = steps(recorded), steps(actual)
    kinds = [[step.message.type for step in side if step.message] for side in (left, right)]
    if kinds[0] != kinds[1]:
        raise Difference(f"the order {' '.join(kinds[1])} instead of {' '.join(kinds[0])}")
    for index, (one, other) in enumerate(zip(left, right)):
        if one.message is not None and other.message is not None:
            compare_messages(one.message, other.message, known)
        following = left[index + 1].message if index + 1 < len(left) else None
        is_cut = index == 0 or following is None or following.type == "execution_interrupted"
        compare_ticks(one.ticks, other.ticks, is_cut, known)


def compare_by_node(recorded: list[Message], actual: list[Message], known: Correspondence) -> None:
    """Several outputs: which comes first is a matter of chance, in the real server too."""
    def parts(messages: list[Message]) -> dict[str, list[Message]]:
        made: dict[str, list[Message]] = {}
        for message in messages:
            if message.type != "progress_state":
                made.setdefault((message.nodes or [""])[0], []).append(message)
        return made

    left, right = parts(recorded), parts(actual)
    if set(left) != set(right):
        raise Difference(f"messages of nodes {sorted(right)} instead of {sorted(left)}")
    for node in left:
        compare_in_order(left[node], right[node], known)
    ends = [
        next((message.data["nodes"] for message in reversed(side) if message.type == "progress_state"), {})
        for side in (recorded, actual)
    ]
    known.compare(ends[0], ends[1], "last progress_state")


def compare_ticks(recorded: list[Message], actual: list[Message], is_cut: bool, known: Correspondence) -> None:
    if is_cut:
        # Where somebody broke in, how far it got is a matter of time.
        if bool(recorded) != bool(actual) and max(len(recorded), len(actual)) > 4:
            raise Difference(f"{len(actual)} ticks instead of {len(recorded)}")
        return
    if len(recorded) != len(actual):
        raise Difference(f"{len(actual)} ticks instead of {len(recorded)}")
    for one, other in zip(recorded, actual):
        compare_messages(one, other, known)


def compare_messages(recorded: Message, actual: Message, known: Correspondence) -> None:
    if recorded.type != actual.type:
        raise Difference(f"{actual.type} {short(actual.json)} instead of {recorded.type}")
    if recorded.head is not None and actual.head is not None:
        # The kind of frame, and what begins in it; a text is compared as it is, a picture is another one.
        kind = recorded.head[3]
        length = 32 if kind == 3 else 10 if kind == 1 else 8
        if recorded.head[:length] != actual.head[:length]:
            raise Difference(f"a binary message {actual.head.hex()} instead of {recorded.head.hex()}")
        return
    known.compare(recorded.json, actual.json, recorded.type)
