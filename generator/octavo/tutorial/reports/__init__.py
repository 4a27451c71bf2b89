"""Reports of a test run for machines: pure functions from reported chapters to text.

`junit`, `jsontext`, `github` and `summary` are the forms; `totals` counts, `characters` makes any text fit to be written.
"""

from octavo.tutorial.reports.github import github_annotations
from octavo.tutorial.reports.jsontext import SCHEMA, json_report
from octavo.tutorial.reports.junit import junit_report
from octavo.tutorial.reports.summary import step_summary
from octavo.tutorial.reports.totals import Totals, count_totals, name_counts, name_totals

__all__ = [
    "SCHEMA",
    "Totals",
    "count_totals",
    "github_annotations",
    "json_report",
    "junit_report",
    "name_counts",
    "name_totals",
    "step_summary",
]
