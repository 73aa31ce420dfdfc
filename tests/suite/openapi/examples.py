"""Runs every example of the OpenAPI document, with nothing known but the document and some keys.

    examples.py BASE KEYS

KEYS is JSON: a key for each security scheme that is a bearer's (for devices, by their kind), and fields of a body whose value
is a secret and in no document. Each answer has to have the status that the operation tells of its example, and a body of the shape told.
"""

import json
import sys

import requests
from jsonschema import Draft202012Validator, FormatChecker

BASE, KEYS = sys.argv[1], json.loads(sys.argv[2])
DOCUMENT = requests.get(f"{BASE}/openapi.json", timeout=30).json()
faults = []


def resolved(part):
    """What a reference within the document stands for."""
    while "$ref" in part:
        found = DOCUMENT
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def bearer(operation):
    """The key that the operation asks for, if it lets nobody in without."""
    if {} in operation["security"] or not operation["security"]:
        return None
    key = KEYS[next(iter(operation["security"][0]))]
    return key[operation["x-device-kinds"][0]] if isinstance(key, dict) else key


def sent(path, operation):
    """The example as an address and a request's arguments."""
    query = {}
    for parameter in operation["parameters"]:
        if "example" in parameter and parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
        elif "example" in parameter:
            query[parameter["name"]] = parameter["example"]
    arguments = {"params": query, "headers": {}}
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        example = {**body["example"], **KEYS.get(operation["operationId"], {})}
        arguments["json" if media_type == "application/json" else "data"] = example
    key = bearer(operation)
    if key:
        arguments["headers"]["Authorization"] = f"Bearer {key}"
    return path, arguments


def check(place, answer, told):
    """Holds an answer against what is told of its status."""
    for name in told.get("headers", {}):
        if name not in answer.headers:
            faults.append(f"{place}: has no {name}")
    media_type = answer.headers.get("Content-Type", "").split(";")[0]
    if not told.get("content"):
        if answer.content:
            faults.append(f"{place}: has a body, and none is told")
    elif media_type not in told["content"]:
        faults.append(f"{place}: is {media_type}, told are {', '.join(told['content'])}")
    elif media_type.endswith("json"):
        schema = {"allOf": [told["content"][media_type]["schema"]], "components": DOCUMENT["components"]}
        for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(answer.json()):
            faults.append(f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")


n = 0
for path, item in DOCUMENT["paths"].items():
    for method, operation in item.items():
        if "x-example-status" not in operation:
            continue
        address, arguments = sent(path, operation)
        answer = requests.request(method, f"{BASE}{address}", allow_redirects=False, timeout=60, **arguments)
        place = f"{method.upper()} {address} → {answer.status_code}"
        expected = operation["x-example-status"]
        if answer.status_code != expected:
            faults.append(f"{place}: {expected} is told: {answer.text[:300]}")
        else:
            check(place, answer, resolved(operation["responses"][str(expected)]))
        n += 1

for line in faults:
    print(line)
print(f"{n} examples, {len(faults)} faults")
sys.exit(1 if faults else 0)
