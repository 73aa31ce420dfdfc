"""What pyreadstat finds in an SPSS file, as JSON."""
import json
import sys

import pyreadstat

frame, meta = pyreadstat.read_sav(sys.argv[1], user_missing=True)


def value(x):
    return None if x is None or x != x else x


print(json.dumps({
    "title": meta.file_label,
    "encoding": meta.file_encoding,
    "notes": meta.notes,
    "n_rows": meta.number_rows,
    "labels": meta.column_names_to_labels,
    "meanings": {name: {int(code): label for code, label in labels.items()}
                 for name, labels in meta.variable_value_labels.items()},
    "measures": meta.variable_measure,
    "missing": meta.missing_ranges,
    "widths": meta.variable_storage_width,
    "rows": [[value(x) for x in row] for row in frame.itertuples(index=False)],
}))
