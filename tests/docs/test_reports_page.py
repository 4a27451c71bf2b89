"""The handbook's page of reports says what the JSON report holds."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tutorial" / "reports"))
from sample import sample

from handbook_reader import read_page
from octavo.tutorial.reports import SCHEMA, json_report

REPORT = json.loads(json_report(sample()))
CHAPTER = REPORT["chapters"][0]
STEP = CHAPTER["steps"][3]
OBJECTS = {"json-report": REPORT, "json-chapter": CHAPTER, "json-step": STEP, "json-failure": STEP["failure"]}
TYPES = {str: "text", bool: "true or false", int: "number", float: "number", list: "list", dict: "object"}


@pytest.mark.parametrize("section", OBJECTS)
def test_every_key_of_the_json_report_is_there_with_its_type(section):
    table = read_page("reports.md").table(section, "key", "type", "meaning")

    expected = [(f"`{key}`", TYPES[type(value)]) for key, value in OBJECTS[section].items()]
    assert expected == [(row[0], row[1].removesuffix(" or null")) for row in table.rows]


def test_the_number_of_the_form_is_that_of_the_code():
    table = read_page("reports.md").table("json-report", "key", "type", "meaning")

    assert f"The number of the form, {SCHEMA}." == table.rows[0][2]
