"""Holds the schemas of bodies against the readers: every body read is one that its schema lets pass, and the other way round.

    agree.py DOCUMENT CASES

CASES has a line of JSON for each body: its shape's name, the body itself as text, and whether the reader took it.
"""

import json
import sys

import jsonschema_rs

with open(sys.argv[1], encoding="utf-8") as file:
    document = json.load(file)


def not_whole(_):
    """What stands for a number with a fraction or an exponent: to a schema 4.0 is whole, to a reader of answers it is not."""
    return {"not": "whole"}


def trimmed(value):
    """Blanks around a code are taken off before it is read."""
    if not isinstance(value, dict):
        return value
    codes = {name: value[name].strip() for name in ("desk", "round") if isinstance(value.get(name), str)}
    return {**value, **codes}


def validator(name):
    schema = {**document["components"]["schemas"][name], "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


validators = {name: validator(name) for name in ("SentResponse", "SentIssue", "SentReport")}
n, faults = {}, []
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        name, body, is_read = json.loads(line)
        value = trimmed(json.loads(body, parse_float=not_whole))
        is_valid = validators[name].is_valid(value)
        n[name, is_read] = n.get((name, is_read), 0) + 1
        if is_valid != is_read:
            faults.append(f"{name}: the schema says {is_valid}, the reader {is_read}: {body[:400]}")

for line in faults[:20]:
    print(line)
told = ", ".join(f"{count} {name} {'read' if is_read else 'refused'}" for (name, is_read), count in sorted(n.items()))
print(f"{told}; {len(faults)} differ")
sys.exit(1 if faults or len(n) < 2 * len(validators) else 0)
