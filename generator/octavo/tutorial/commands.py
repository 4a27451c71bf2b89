"""Commands that no tutorial runs: those that ask for the rights of another user, and those that run what they download.

A command is read as a shell reads it, as far as this needs: quotes, comments, here-documents, pipes, substitutions. What
stands in quotes is text. It is a help for authors and readers, and no wall: a command can hide what it does.
"""

import re
from collections.abc import Iterator, Sequence

from octavo.model import Value

__all__ = ["refuse_command"]

_OTHER_USER = frozenset({"sudo", "su", "doas"})
_DOWNLOADS = frozenset({"curl", "wget", "fetch", "aria2c"})
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "fish"})
_PYTHON = re.compile(r"python(?:[23](?:\.[0-9]{1,2})?)?")
_EVALUATING = frozenset({"eval", "source", "."})
# Words behind which a command still follows.
_LEADING = frozenset(
    {"!", "{", "then", "do", "else", "elif", "if", "while", "until"}
    | {"time", "exec", "env", "command", "builtin", "nohup", "nice", "xargs"}
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_HERE = re.compile(r"<<-?[ \t]*(?P<quote>['\"]?)(?P<word>[\w.-]+)(?P=quote)")
_REDIRECTION = re.compile(r"[0-9]*(?:>>|>\||>&|<&|<>|>|<)")
_MAX = 100_000
_DEEPEST = 20


class _Command(Value, frozen=True):
    """One simple command of a pipe."""

    words: tuple[str, ...]
    """Without quotes."""
    inner: tuple[str, ...] = ()
    """The texts of substitutions in it."""
    piped: bool = False
    """True where it reads what the command before it writes."""


def refuse_command(text: str) -> tuple[str, str] | None:
    """Say why a command is not run, and what to do instead; None where it is run."""
    try:
        return _refuse(text[:_MAX], 0)
    except RecursionError:
        return None  # nested deeper than any command that a page shows


def _refuse(text: str, depth: int) -> tuple[str, str] | None:
    if depth > _DEEPEST:
        return None
    downloads = False
    for command in _commands(text):
        name, arguments = _name(command.words)
        if name in _OTHER_USER:
            return (
                f"`{name}` asks for the rights of another user, and no tutorial gets them",
                'give the block `skip="why"`, or find a way without it',
            )
        downloads = command.piped and downloads
        runs = name in _EVALUATING or name in _SHELLS
        fetched = runs and any(_fetches(inner) for inner in command.inner)
        if fetched or (downloads and _reads_program(name, arguments)):
            return (
                f"`{name}` would run what was downloaded before anybody has seen it",
                'give the block `skip="why"`, or download to a file and check it first',
            )
        downloads = downloads or name in _DOWNLOADS
        for inner in (*command.inner, *_given(name, arguments)):
            if found := _refuse(inner, depth + 1):
                return found
    return None


def _given(name: str, arguments: Sequence[str]) -> Sequence[str]:
    """Give the commands that a shell gets as a word: `bash -c '...'`."""
    if name not in _SHELLS or "-c" not in arguments:
        return ()
    at = list(arguments).index("-c") + 1
    return arguments[at : at + 1]


def _fetches(text: str) -> bool:
    return any(_name(command.words)[0] in _DOWNLOADS for command in _commands(text))


def _reads_program(name: str, arguments: Sequence[str]) -> bool:
    """Tell whether a program takes its standard input for a program."""
    if name not in _SHELLS and not _PYTHON.fullmatch(name):
        return False
    for word in arguments:
        if word in {"-", "-s"}:
            return True
        if not word.startswith("-") or word in {"-c", "-m"}:
            return False
    return True


def _name(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Give the name of the program that a command starts, without its folder, and what follows it."""
    leading = False
    for number, word in enumerate(words):
        if _ASSIGNMENT.fullmatch(word) or (leading and word.startswith("-")):
            continue
        if word in _LEADING:
            leading = True
            continue
        return word.rpartition("/")[2], words[number + 1 :]
    return "", ()


def _commands(text: str) -> Iterator[_Command]:
    """Give the simple commands of a text in their order."""
    reader = _Reader(text)
    piped = False
    while True:
        words, inner, end = reader.command()
        if words or inner:
            yield _Command(words=tuple(words), inner=tuple(inner), piped=piped)
        if not end:
            return
        # `|&` and `|` hand output on; a group or a loop may stand on either side of them.
        piped = end == "|" or (piped and not words)


class _Reader:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._here: list[str] = []

    def command(self) -> tuple[list[str], list[str], str]:
        """Read to the end of a simple command; gives words, texts of substitutions, and the sign that ends it."""
        words: list[str] = []
        inner: list[str] = []
        word: list[str] | None = None
        text = self._text
        skips = False  # the next word is the file of a redirection

        def close() -> None:
            nonlocal word, skips
            if word is not None:
                if not skips:
                    words.append("".join(word))
                word, skips = None, False

        while self._at < len(text):
            char = text[self._at]
            if char in " \t":
                self._at += 1
                close()
            elif char == "#" and word is None:
                self._skip_line()
            elif text.startswith("\\\n", self._at):
                self._at += 2
            elif char == "\n":
                self._at += 1
                close()
                self._skip_here()
                return words, inner, "\n"
            elif char in "<>" and text[self._at : self._at + 2] in {"<(", ">("}:
                self._at += 2
                inner.append(self._to_close())
                word = [*(word or ()), "\0"]
            elif found := _HERE.match(text, self._at) if char == "<" else None:
                self._at = found.end()
                self._here.append(found["word"])
                close()
            elif char in "<>" or (word is None and (found := _REDIRECTION.match(text, self._at))):
                match = _REDIRECTION.match(text, self._at)
                self._at = match.end() if match else self._at + 1
                close()
                skips = True
            elif char in ";&|()":
                close()
                return words, inner, self._operator()
            else:
                word = word or []
                word.append(self._piece(inner))
        close()
        return words, inner, ""

    def _operator(self) -> str:
        text = self._text
        two = text[self._at : self._at + 2]
        self._at += 2 if two in {"&&", "||", ";;", "|&"} else 1
        return "|" if two == "|&" else two if two in {"&&", "||", ";;"} else two[:1]

    def _piece(self, inner: list[str]) -> str:
        """Read one character, one quoted text or one substitution of a word."""
        text, at = self._text, self._at
        char = text[at]
        self._at += 1
        if char == "\\":
            self._at += 1
            return text[at + 1 : at + 2]
        if char == "'":
            end = text.find("'", at + 1)
            self._at = end + 1 if end >= 0 else len(text)
            return text[at + 1 : end if end >= 0 else len(text)]
        if char == '"':
            return self._quoted(inner)
        if char == "`":
            end = text.find("`", at + 1)
            self._at = end + 1 if end >= 0 else len(text)
            inner.append(text[at + 1 : end if end >= 0 else len(text)])
            return "\0"
        if text.startswith("$(", at):
            self._at += 1
            inner.append(self._to_close())
            return "\0"
        return char

    def _quoted(self, inner: list[str]) -> str:
        parts: list[str] = []
        while self._at < len(self._text) and self._text[self._at] != '"':
            if self._text[self._at] == "'":
                parts.append("'")
                self._at += 1
            else:
                parts.append(self._piece(inner))
        self._at += 1
        return "".join(parts)

    def _to_close(self) -> str:
        """Give the text up to the bracket that closes a substitution; quotes in it are stepped over."""
        start = self._at
        depth = 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "()":
                depth += 1 if char == "(" else -1
                self._at += 1
                if not depth:
                    return self._text[start : self._at - 1]
            elif char in "\\'\"`":
                self._piece([])
            else:
                self._at += 1
        return self._text[start:]

    def _skip_line(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = end if end >= 0 else len(self._text)

    def _skip_here(self) -> None:
        """Step over the lines of here-documents, which are data."""
        for word in self._here:
            while self._at < len(self._text):
                start = self._at
                self._skip_line()
                self._at += 1
                if self._text[start : self._at - 1].strip("\t") == word:
                    break
        self._here = []
