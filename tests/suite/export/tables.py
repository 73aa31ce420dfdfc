"""Whether a table is the same as CSV, JSON Lines and Parquet, each read by another reader; as JSON. Its labels, too."""
import json
import sys

import pandas
import pyarrow.parquet

base = sys.argv[1]
file = pyarrow.parquet.ParquetFile(base + ".parquet")
parquet = file.read().to_pylist()
schema = {field.name: str(field.type) for field in file.schema_arrow}
texts = [name for name, kind in schema.items() if "string" in kind]
csv = pandas.read_csv(base + ".csv", dtype={name: str for name in texts}, keep_default_na=False, na_values=[""],
                      float_precision="round_trip")
with open(base + ".jsonl", encoding="utf-8") as lines:
    jsonl = [json.loads(line) for line in lines]


def plain(value):
    """Empty fields of a CSV are NaN for pandas."""
    return None if value is None or value != value else value


differences = []
if not len(csv) == len(jsonl) == len(parquet):
    differences.append(f"rows: {len(csv)}, {len(jsonl)}, {len(parquet)}")
if not list(csv.columns) == list(schema):
    differences.append("the columns have other names")
for place, (a, b, c) in enumerate(zip(csv.to_dict("records"), jsonl, parquet)):
    for name in schema:
        if not plain(a.get(name)) == b.get(name) == c[name]:
            differences.append(f"row {place}, {name}: {a.get(name)!r}, {b.get(name)!r}, {c[name]!r}")
print(json.dumps({
    "rows": len(parquet),
    "differences": differences[:20],
    "labels": json.loads(file.metadata.metadata[b"sipas.variables"]),
}))
