"""The attributes of blocks in a tutorial: which role allows which, and what values they can have.

A misspelt attribute must not switch a check off, so everything that means nothing where it stands is an error. Names
that do not exist at all are reported where info strings are read.
"""

import difflib
import re
from collections.abc import Callable, Collection

from octavo.model import Value
from octavo.tutorialkeys import parse_duration

__all__ = ["ALLOWED", "KNOWN", "AttributeProblem", "check_value"]

_ANY_RUN = ("literal", "needs", "only", "os", "retry", "timeout", "xfail")
ALLOWED: dict[str, tuple[str, ...]] = {
    "file": ("check", "file"),
    "edit": ("check", "edit"),
    "diff": ("check",),
    "append": ("append", "check", "gap"),
    "show": ("show",),
    "console": ("background", "exit", "ready", "reload", "show", "stop", *_ANY_RUN),
    "http": _ANY_RUN,
    "pycon": _ANY_RUN,
    "run": ("exit", "raises", "run", *_ANY_RUN),
    "output": ("literal", "output"),
}
KNOWN = frozenset(name for names in ALLOWED.values() for name in names) | {"norun", "skip"}

_NAME = re.compile(r"[A-Za-z][\w-]{0,40}")
_SYSTEMS = ("linux", "macos", "windows")


class AttributeProblem(Value, frozen=True):
    """What is wrong with the value of an attribute."""

    message: str
    hint: str


_Check = Callable[[str, Collection[str], Collection[str]], str]
"""Takes the value, the names of profiles and of secrets; gives a hint, empty where the value can be."""


def _flag(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "write the bare word" if value else ""


def _exit(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    fits = value == "!0" or (value.isascii() and value.isdigit() and int(value[:4]) <= 255)
    return "" if fits else 'write a status from 0 to 255, or `"!0"` for any failure'


def _name(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if _NAME.fullmatch(value) else "write a short name such as `web`"


def _ready(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    fits = re.fullmatch(r"port:[0-9]{1,5}|(?:GET|HEAD) (?:/|https?://)\S*", value)
    return "" if fits else "write `port:5000` or `GET /health`"


def _time(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if parse_duration(value) is not None else "write `30s`, `500ms` or `2m`"


def _count(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if re.fullmatch(r"[1-9]|10", value) else "write a number from 1 to 10"


def _gap(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if re.fullmatch(r"[0-5]", value) else "write a number of blank lines from 0 to 5"


def _off(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if value == "off" else "the only value is `off`"


def _exception(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    fits = value and all(part.isidentifier() for part in value.split("."))
    return "" if fits else "write the name of an exception such as `ZeroDivisionError`"


def _text(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    return "" if value.strip() else "say why"


def _systems(value: str, _profiles: Collection[str], _secrets: Collection[str]) -> str:
    for word in value.split(","):
        if word.strip() not in _SYSTEMS:
            close = difflib.get_close_matches(word.strip()[:20].lower(), _SYSTEMS, n=1)
            return (
                f"did you mean `{close[0]}`?" if close else "the systems are `linux`, `macos` and `windows`"
            )
    return ""


def _profile(value: str, profiles: Collection[str], _secrets: Collection[str]) -> str:
    if value in profiles:
        return ""
    close = difflib.get_close_matches(value[:40], sorted(profiles), n=1)
    listed = ", ".join(f"`{name}`" for name in sorted(profiles))
    return f"did you mean `{close[0]}`?" if close else f"the tutorial's `profiles` are {listed}"


def _needs(value: str, _profiles: Collection[str], secrets: Collection[str]) -> str:
    for word in (item.strip() for item in value.split(",")):
        if word.startswith("secret:") and word.removeprefix("secret:") not in secrets:
            return (
                f"list `{word.removeprefix('secret:')}` under `tutorial: env: secrets` of the folder's page"
            )
        if not re.fullmatch(r"(?:secret:)?[\w.+-]{1,60}", word):
            return "write the name of a program, or `secret:NAME`"
    return ""


_CHECKS: dict[str, _Check] = {
    "append": _flag,
    "background": _name,
    "check": _off,
    "edit": _flag,
    "exit": _exit,
    "gap": _gap,
    "literal": _flag,
    "needs": _needs,
    "norun": _text,
    "only": _profile,
    "os": _systems,
    "output": _flag,
    "raises": _exception,
    "ready": _ready,
    "reload": _off,
    "retry": _count,
    "run": _flag,
    "skip": _text,
    "stop": _name,
    "timeout": _time,
    "xfail": _text,
}


def check_value(
    name: str, value: str, role: str, *, profiles: Collection[str], secrets: Collection[str]
) -> AttributeProblem | None:
    """Tell what is wrong with a value; None where nothing is."""
    if name == "show":
        hint = "" if value == ("captured" if role == "console" else "") else "write the bare word"
        if role == "console" and hint:
            hint = 'write `show="captured"` to show what the command really prints'
    elif name == "file":
        hint = "" if value else "name a file of the site folder"
    else:
        hint = _CHECKS[name](value, profiles, secrets)
    if not hint:
        return None
    if name in {"skip", "norun", "xfail"}:
        return AttributeProblem(
            message=f"`{name}` has no reason", hint=f'write `{name}="why"`: readers see it'
        )
    said = f"cannot be `{value[:60]}`" if value else "needs a value"
    return AttributeProblem(message=f"`{name}` {said}", hint=hint)
