"""Checks what no metaschema checks: that the schemas keep to what all editors understand, and to each other.

Prints every fault and ends with 1 if there is one. Argument: the folder of the schemas.
"""

import json
import pathlib
import sys

import jsonschema

faults = []
definitions = {}  # name -> (file, definition)


def walk(node, where):
    """Every object of a schema, with the way to it."""
    if isinstance(node, dict):
        yield node, where
        for key, value in node.items():
            yield from walk(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{where}/{index}")


for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    text = path.read_text(encoding="utf-8")
    schema = json.loads(text)
    if schema.get("$schema") != "http://json-schema.org/draft-07/schema#":
        faults.append(f"{path.name}: is not draft-07")
    for key in ("title", "description"):
        if not schema.get(key):
            faults.append(f"{path.name}: has no {key}")

    used = set()
    for node, where in walk(schema, path.name):
        target = node.get("$ref")
        if isinstance(target, str):
            name = target.removeprefix("#/definitions/")
            used.add(name)
            if name == target or name not in schema.get("definitions", {}):
                faults.append(f"{where}: {target} is no definition of this file")
            if len(node) > 1:
                faults.append(f"{where}: has keywords beside $ref, which editors pass over")
        if "enumDescriptions" in node and len(node["enumDescriptions"]) != len(node.get("enum", [])):
            faults.append(f"{where}: has not one description for each value")
        # What stands under "properties" are names, not keywords.
        if isinstance(node.get("examples"), list) and not where.endswith("/properties"):
            validator = jsonschema.Draft7Validator({**node, "definitions": schema.get("definitions", {})})
            for example in node["examples"]:
                for error in validator.iter_errors(example):
                    faults.append(f"{where}/examples: {error.message}")
        # A condition and what follows from it speak of properties that are described elsewhere.
        if isinstance(node.get("properties"), dict) and not where.endswith(("/if", "/then")):
            for name, value in node["properties"].items():
                if "$ref" not in value and "description" not in value:
                    faults.append(f"{where}/properties/{name}: has no description")
            if "note" not in node["properties"]:
                # The sidecar's inner objects are written by reel alone.
                if not path.name.startswith("sidecar"):
                    faults.append(f"{where}: does not say that a note may stand here")
            if node.get("additionalProperties") is False:
                faults.append(f"{where}: refuses unknown keys")

    for name, definition in schema.get("definitions", {}).items():
        if name not in used:
            faults.append(f"{path.name}: nothing uses the definition {name}")
        first, known = definitions.setdefault(name, (path.name, definition))
        # A person's own programs may lie anywhere, those of a project may not.
        if known != definition and name != "program":
            faults.append(f"{path.name}: its definition of {name} is not that of {first}")

for fault in faults:
    print(fault)
sys.exit(1 if faults else 0)
