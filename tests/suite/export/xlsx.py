"""What openpyxl finds in a workbook, as JSON."""
import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])


def cell(c):
    return {"value": c.value, "type": c.data_type, "format": c.number_format, "bold": c.font.b,
            "quoted": bool(c.quotePrefix)}


print(json.dumps({
    "title": book.properties.title,
    "sheets": {sheet.title: {
        "frozen": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "widths": {name: column.width for name, column in sheet.column_dimensions.items()},
        "rows": [[cell(c) for c in row] for row in sheet.iter_rows()],
    } for sheet in book.worksheets},
}))
