"""Lints the OpenAPI document of the server at the address given: valid by the specification, and told in full."""

import sys

import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

document = requests.get(f"{sys.argv[1]}/openapi.json", timeout=30).json()
faults = [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]


def fault(place, message):
    faults.append(f"{place}: {message}")


tags = {tag["name"] for tag in document["tags"]}
names = set()
for path, item in document["paths"].items():
    for method, operation in item.items():
        place = f"{method.upper()} {path}"
        for member in ("operationId", "summary", "description"):
            if not operation.get(member):
                fault(place, f"has no {member}")
        if operation["operationId"] in names:
            fault(place, f"{operation['operationId']} is another's name too")
        names.add(operation["operationId"])
        if not set(operation["tags"]) <= tags:
            fault(place, "has a tag that is not described")
        in_path = {name.strip("{}") for name in path.split("/") if name.startswith("{")}
        told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
        if in_path != told:
            fault(place, f"has {in_path} in its path and tells {told}")
        for parameter in operation["parameters"]:
            if not parameter.get("description"):
                fault(place, f"{parameter['name']} is not described")
            if parameter["in"] == "path" and "example" not in parameter and "x-example-status" in operation:
                fault(place, f"{parameter['name']} has no example")
        for body in operation.get("requestBody", {}).get("content", {}).values():
            if not body.get("example"):
                fault(place, "has no example of its body")

used = str(document)
for kind, parts in document["components"].items():
    for name in parts:
        if kind != "securitySchemes" and f"#/components/{kind}/{name}'" not in used:
            fault(f"components/{kind}/{name}", "is used nowhere")

for line in faults:
    print(line)
print(f"{len(names)} operations, {len(document['components']['schemas'])} shapes, {len(faults)} faults")
sys.exit(1 if faults else 0)
