"""Says of many texts at once what the schemas say of each: one run for a whole corpus.

Arguments: the folder of the schemas, a file with an object {"format", "text"} on each line. Prints for each of them a line: null where
the schema accepts the text, else {"message", "path"} of what it minds. Patterns are those of ECMAScript, as in editors, and not Python's.
"""

import json
import pathlib
import sys

import jsonschema
import regress

compiled = {}


def pattern(_, expression, instance, __):
    if isinstance(instance, str):
        regex = compiled.setdefault(expression, None) or regress.Regex(expression, flags="u")
        compiled[expression] = regex
        if regex.find(instance) is None:
            yield jsonschema.ValidationError(f"{instance!r} does not match {expression!r}")


Validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": pattern})
validators = {}


def validator(form):
    if form not in validators:
        path = pathlib.Path(sys.argv[1]) / f"{form}.schema.json"
        validators[form] = Validator(json.loads(path.read_text(encoding="utf-8")))
    return validators[form]


for line in pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").split("\n"):
    if line:
        case = json.loads(line)
        error = next(validator(case["format"]).iter_errors(json.loads(case["text"])), None)
        print(json.dumps({"message": error.message[:200], "path": list(error.absolute_path)} if error else None))
