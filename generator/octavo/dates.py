"""Dates as authors write them: ISO 8601 calendar dates, with a time of day or without."""

import re
from datetime import datetime
from typing import Any

from octavo.fields import FieldReport
from octavo.yamlnodes import ScalarNode, YamlNode

__all__ = ["read_date"]

# RFC 3339, section 5.6, with the seconds and the offset left to the author and a space allowed for the T.
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?) ?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_MIDNIGHT_AFTER = "24:"
_SHORT_DATE = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")


def read_date(node: YamlNode, key: str, report: FieldReport) -> Any:
    """Read a date, or a date with a time, and check it against the calendar.

    Gives the author's text with a `T` between date and time and without a space before the offset.
    """
    expected = "a date such as `2026-11-23`"
    if not isinstance(node, ScalarNode):
        return report.wrong_type(key, node, expected, "write one date")
    match = _DATE.fullmatch(node.text.strip(" "))
    if match is None:
        return report.wrong_type(key, node, expected, _hint(node.text))
    date, time, offset = match[1], match[2] or "", (match[3] or "").upper()
    text = date + ("T" + time + offset if time else "")
    try:
        # 24:00 is valid ISO 8601 and is read by new versions of Python only.
        valid = not time.startswith(_MIDNIGHT_AFTER) and datetime.fromisoformat(text) is not None
    except ValueError:
        valid = False
    if not valid:
        return report.invalid(
            key, node, "is no date of the calendar", "check the day, the time and the offset"
        )
    return text


def _hint(text: str) -> str:
    """Say how a date is written; the date itself, where year, month and day stand in this order."""
    match = _SHORT_DATE.fullmatch(text.strip())
    if match is None:
        return "write year, month and day with hyphens and all digits"
    return f"write the day as `{match[1]}-{match[2]:0>2}-{match[3]:0>2}`"
