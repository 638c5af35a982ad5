"""Nodes for texts and numbers."""

from __future__ import annotations

import json

from .node import Context, Result, node

LARGEST = 0x7FFFFFFFFFFFFFFF
MODULE = "comfy_extras.nodes_primitive"


def primitive(name: str, kind: str, more: dict, display: str):
    @node(
        name, {"value": [kind, more]}, returns=(kind,), display=display, category="utilities/primitive", module=MODULE, schema=True)
    def give(context: Context, value):
        return (value,)


primitive("PrimitiveString", "STRING", {"multiline": False}, "Text")
primitive("PrimitiveStringMultiline", "STRING", {"multiline": True}, "Text (Multiline)")
primitive("PrimitiveInt", "INT", {"min": -LARGEST, "max": LARGEST, "control_after_generate": True}, "Int")
primitive("PrimitiveFloat", "FLOAT", {"min": -LARGEST, "max": LARGEST, "step": 0.1}, "Float")
primitive("PrimitiveBoolean", "BOOLEAN", {}, "Boolean")


@node(
    "StringConcatenate",
    {
        "string_a": ["STRING", {"multiline": True}], "string_b": ["STRING", {"multiline": True}],
        "delimiter": ["STRING", {"default": "", "multiline": False}],
    },
    returns=("STRING",), display="Concatenate", category="utils/string", module="comfy_extras.nodes_string", schema=True)
def concatenate(context: Context, string_a: str, string_b: str, delimiter: str):
    return (delimiter.join((string_a, string_b)),)


@node(
    "PreviewAny", {"source": ["*", {}]}, returns=("STRING",), returns_old=(), output=True, display="Preview as Text",
    category="utilities", module="comfy_extras.nodes_preview_any")
def preview_any(context: Context, source=None):
    if isinstance(source, str):
        text = source
    elif isinstance(source, (int, float, bool)):
        text = str(source)
    elif source is None:
        text = "None"
    else:
        try:
            text = json.dumps(source, indent=4)
        except (TypeError, ValueError):
            text = str(source)
    return Result((text,), {"text": (text,)})
