"""What an XML reader finds in a DDI description, as JSON."""
import json
import sys
import xml.etree.ElementTree as tree

DDI = "{ddi:codebook:2_5}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
root = tree.parse(sys.argv[1]).getroot()


def texts(element, name):
    return {child.get(LANGUAGE): child.text for child in element.findall(DDI + name)}


print(json.dumps({
    "title": root.find(f"{DDI}stdyDscr/{DDI}citation/{DDI}titlStmt/{DDI}titl").text,
    "notes": texts(root.find(DDI + "stdyDscr"), "notes"),
    "n_rows": root.find(f"{DDI}fileDscr/{DDI}fileTxt/{DDI}dimensns/{DDI}caseQnty").text,
    "variables": [{
        "name": var.get("name"), "nature": var.get("nature"), "weight": var.get("wgt"), "weighted": var.get("wgt-var"),
        "label": texts(var, "labl"),
        "missing": [item.get("VALUE") for item in var.findall(f"{DDI}invalrng/{DDI}item")],
        "categories": [{"code": category.find(DDI + "catValu").text, "missing": category.get("missing", "N"),
                        "label": texts(category, "labl")} for category in var.findall(DDI + "catgry")],
    } for var in root.findall(f"{DDI}dataDscr/{DDI}var")],
}))
