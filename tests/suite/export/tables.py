"""Whether a table is the same in every format that holds its rows, each read by another reader; as JSON. Its labels, too."""
import json
import sys

import openpyxl
import pandas
import pyarrow.parquet
import pyreadstat

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
labels = json.loads(file.metadata.metadata[b"sipas.variables"])


def compare(name, rows, expected):
    """Rows of a labelled format beside what they have to be; SPSS and Stata know no difference between no text and an empty one."""
    if len(rows) != len(parquet):
        differences.append(f"{name}: {len(rows)} rows")
    for place, (row, true) in enumerate(zip(rows, parquet)):
        for variable in labels:
            read, value = plain(row[variable["name"]]), expected(variable, true[variable["name"]])
            if (None if read == "" else read) != value:
                differences.append(f"{name}, row {place}, {variable['name']}: {read!r} is not {value!r}")


def in_spss(variable, value):
    return None if value == "" else value.rstrip(" ") if isinstance(value, str) else value


def category(variable, code):
    return next(category for category in variable["categories"] if category["code"] == code)


def in_stata(variable, value):
    """A missing code is a missing value; its reason is tested elsewhere."""
    if value is not None and variable.get("categories") and category(variable, value)["is_missing"]:
        return None
    return None if value == "" else value


def in_excel(variable, value):
    if value is not None and variable.get("categories"):
        return category(variable, value)["label"]["vi"]
    return None if value == "" else value


compare("sav", pyreadstat.read_sav(base + ".sav", user_missing=True)[0].to_dict("records"), in_spss)
compare("dta", pandas.read_stata(base + ".dta", convert_categoricals=False).to_dict("records"), in_stata)
sheet = openpyxl.load_workbook(base + ".xlsx", read_only=True).worksheets[0].iter_rows(values_only=True)
heading = next(sheet)
compare("xlsx", [dict(zip(heading, row)) for row in sheet], in_excel)
print(json.dumps({
    "rows": len(parquet),
    "differences": differences[:20],
    "labels": labels,
}))
