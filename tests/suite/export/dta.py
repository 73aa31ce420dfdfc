"""What pandas finds in a Stata file, as JSON."""
import json
import sys

import pandas
from pandas.io.stata import StataMissingValue, StataReader

with StataReader(sys.argv[1], convert_categoricals=False, convert_missing=True) as reader:
    frame = reader.read()
    title, labels, meanings = reader.data_label, reader.variable_labels(), reader.value_labels()


def value(x):
    if isinstance(x, StataMissingValue):
        return x.string
    if x is None or (isinstance(x, float) and x != x):
        return None
    return x if isinstance(x, str) else float(x)


print(json.dumps({
    "title": title,
    "labels": labels,
    "meanings": {name: {int(code): label for code, label in labels.items()} for name, labels in meanings.items()},
    "types": {name: str(kind) for name, kind in frame.dtypes.items()},
    "rows": [[value(x) for x in row] for row in frame.itertuples(index=False)],
}))
